"""Media made on the spot: small pictures, sounds, films and documents with known content."""

from __future__ import annotations

import io
import struct
import wave
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from PIL import Image, ImageDraw

CODECS = {
    "mp4": ("libx264", "aac"),
    "mov": ("libx264", "aac"),
    "mkv": ("libx264", "libopus"),
    "webm": ("libvpx-vp9", "libopus"),
    "avi": ("mpeg4", "libmp3lame"),
    "flv": ("libx264", "aac"),
    "ts": ("libx264", "aac"),
}


def tone(seconds: float, *, rate: int = 48000, hertz: float = 440.0) -> np.ndarray:
    """A sine of half amplitude."""
    return (0.5 * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)).astype(np.float32)


def frame_at(second: float, size: tuple[int, int] = (96, 64)) -> Image.Image:
    """A grey frame that tells its time: brightness 40 + 3 for every second."""
    grey = min(255, 40 + 3 * int(second))
    image = Image.new("RGB", size, (grey, grey, grey))
    ImageDraw.Draw(image).rectangle((4, 4, 20, 20), fill=(200, 30, 30))
    return image


def film(
    path: Path,
    *,
    seconds: float = 3.0,
    sound: bool = True,
    fps: int = 10,
    size: tuple[int, int] = (96, 64),
    gop: int = 20,
) -> Path:
    """A film whose brightness tells the second; the suffix of the path chooses container and codecs."""
    pictures, sounds = CODECS[path.suffix[1:]]
    with av.open(str(path), "w") as media:
        video: Any = media.add_stream(
            pictures, rate=fps, options={"g": str(gop), "cpu-used": "8", "deadline": "realtime"}
        )
        video.width, video.height, video.pix_fmt = *size, "yuv420p"
        track: Any = media.add_stream(sounds, rate=48000, layout="mono") if sound else None
        for number in range(round(seconds * fps)):
            frame = av.VideoFrame.from_image(frame_at(number / fps, size))
            frame.pts, frame.time_base = number, Fraction(1, fps)
            media.mux(video.encode(frame))
        media.mux(video.encode(None))
        if track is not None:
            put_tone(media, track, seconds)
    return path


def put_tone(media: Any, track: Any, seconds: float) -> None:
    """Write a sine into an open sound stream."""
    frame = av.AudioFrame.from_ndarray(tone(seconds)[None, :], format="fltp", layout="mono")
    frame.sample_rate, frame.pts = 48000, 0
    resampler = av.AudioResampler(
        format=track.format, layout=track.layout, rate=48000, frame_size=track.frame_size or 1024
    )
    for piece in [*resampler.resample(frame), *resampler.resample(None)]:
        media.mux(track.encode(piece))
    media.mux(track.encode(None))


def sound_only(path: Path, *, codec: str = "aac", seconds: float = 2.0, container: str | None = None) -> Path:
    """A sine in a container without pictures, such as m4a."""
    with av.open(str(path), "w", format=container) as media:
        track = media.add_stream(codec, rate=48000, layout="mono")
        put_tone(media, track, seconds)
    return path


def pdf(pages: list[str | None], *, size: tuple[int, int] = (300, 400), extra: str = "") -> bytes:
    """A PDF written by hand, one line of Helvetica a page; None leaves a page blank."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>"]
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(len(pages)))
    objects.append(f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>")
    objects.append("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
    for number, words in enumerate(pages):
        stream = f"BT /F1 18 Tf 20 {size[1] - 60} Td ({words}) Tj ET" if words else ""
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {size[0]} {size[1]}] "
            f"/Resources << /Font << /F1 3 0 R >> >> /Contents {5 + 2 * number} 0 R >>"
        )
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
    return pdf_objects(objects, extra=extra)


def pdf_objects(objects: list[str], *, extra: str = "", end: bool = True) -> bytes:
    """A PDF of numbered objects, the first its catalogue."""
    out = io.BytesIO(b"%PDF-1.4\n")
    out.seek(0, 2)
    places = []
    for number, body in enumerate(objects, 1):
        places.append(out.tell())
        out.write(f"{number} 0 obj\n{body}\nendobj\n".encode("latin-1"))
    table = out.tell()
    out.write(f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode())
    out.write("".join(f"{place:010d} 00000 n \n" for place in places).encode())
    out.write(
        f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R {extra}>>\nstartxref\n{table}\n".encode()
        + (b"%%EOF\n" if end else b"%%EO")
    )
    return out.getvalue()


def png(size: tuple[int, int] = (40, 30), color: str = "teal", *, noise: bool = False) -> bytes:
    """A PNG; with noise it is long enough to be cut in the middle."""
    image = Image.new("RGB", size, color)
    if noise:
        image = Image.fromarray(np.random.default_rng(0).integers(0, 255, (size[1], size[0], 3), dtype=np.uint8))
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


RED, GREEN, BLUE, YELLOW = (200, 40, 40), (40, 160, 60), (40, 70, 200), (230, 200, 40)


def quarters(size: tuple[int, int] = (96, 64)) -> Image.Image:
    """Four coloured quarters (red, green / blue, yellow), so that every turn and every wrong colour is seen."""
    image = Image.new("RGB", size)
    wide, high = size[0] // 2, size[1] // 2
    for colour, at in ((RED, (0, 0)), (GREEN, (wide, 0)), (BLUE, (0, high)), (YELLOW, (wide, high))):
        image.paste(colour, (*at, at[0] + wide, at[1] + high))
    return image


def encoded(image: Image.Image, format: str, **options: Any) -> bytes:
    """A picture as the bytes of a file."""
    out = io.BytesIO()
    image.save(out, format, **options)
    return out.getvalue()


def wav(samples: np.ndarray, rate: int = 22050) -> bytes:
    """16-bit samples (n,) or (n, channels) as a WAV file."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1 if samples.ndim == 1 else samples.shape[1])
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    return out.getvalue()


def track(path: Path, seconds: float, *, codec: str, format: str | None = None, options: Any = None) -> Path:
    """A sine of some length in any codec and container; ``options`` are the muxer's."""
    with av.open(str(path), "w", format=format, options=options or {}) as media:
        stream: Any = media.add_stream(codec, rate=44100, layout="mono")
        samples = tone(seconds, rate=44100)
        frame = av.AudioFrame.from_ndarray(samples[None, :], format="fltp", layout="mono")
        frame.sample_rate, frame.pts = 44100, 0
        resampler = av.AudioResampler(
            format=stream.format, layout=stream.layout, rate=44100, frame_size=stream.frame_size or 1024
        )
        for piece in [*resampler.resample(frame), *resampler.resample(None)]:
            media.mux(stream.encode(piece))
        media.mux(stream.encode(None))
    return path


def heic(path: Path, picture: Image.Image) -> Path:
    """A HEIC picture: one HEVC key frame in the boxes of ISO/IEC 23008-12, written by hand."""
    wide, high = picture.size
    film_path = path.with_suffix(".mp4")
    with av.open(str(film_path), "w") as media:
        stream: Any = media.add_stream("libx265", rate=1, options={"x265-params": "log-level=none:qp=10:bframes=0"})
        stream.width, stream.height, stream.pix_fmt = wide, high, "yuv420p"
        for packet in [*stream.encode(av.VideoFrame.from_image(picture)), *stream.encode(None)]:
            packet.pts = packet.dts = 0  # of a single frame x265 leaves the time unset
            media.mux(packet)
    data = film_path.read_bytes()
    at = data.index(b"hvcC") - 4
    settings = data[at : at + int.from_bytes(data[at : at + 4], "big")]
    with av.open(str(film_path)) as media:
        frame = next(bytes(packet) for packet in media.demux(video=0) if packet.size)
    film_path.unlink()

    def box(kind: bytes, *bodies: bytes) -> bytes:
        body = b"".join(bodies)
        return (8 + len(body)).to_bytes(4, "big") + kind + body

    def number(value: int, size: int = 4) -> bytes:
        return value.to_bytes(size, "big")

    start = box(b"ftyp", b"heic", number(0), b"mif1heic")

    def meta(offset: int) -> bytes:
        return box(
            b"meta",
            number(0),
            box(b"hdlr", number(0), number(0), b"pict", bytes(12), b"\0"),
            box(b"pitm", number(0), number(1, 2)),
            box(
                b"iloc", number(0), b"\x44\0", number(1, 2), number(1, 2), number(0, 2), number(1, 2), number(offset),
                number(len(frame)),
            ),
            box(b"iinf", number(0), number(1, 2), box(b"infe", number(2 << 24), number(1, 2), number(0, 2), b"hvc1\0")),
            box(
                b"iprp",
                box(b"ipco", settings, box(b"ispe", number(0), number(wide), number(high))),
                box(b"ipma", number(0), number(1), number(1, 2), b"\2\x81\2"),
            ),
        )  # fmt: skip

    path.write_bytes(start + meta(len(start) + len(meta(0)) + 8) + box(b"mdat", frame))
    return path


def titled_in_latin_1(path: Path) -> Path:
    """A sound in WAV of the title "caf\u00e9!", written as programs of the nineties did."""
    data = track(path, 2, codec="pcm_s16le").read_bytes()
    info = b"INFO" + b"INAM" + struct.pack("<I", 6) + b"caf\xe9!\0"
    data += b"LIST" + struct.pack("<I", len(info)) + info
    path.write_bytes(data[:4] + struct.pack("<I", len(data) - 8) + data[8:])
    return path
