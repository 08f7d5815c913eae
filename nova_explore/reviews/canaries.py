"""Fifty small media of all modalities, made by arithmetic: the same bytes on every machine, whatever is installed.

No encoder takes part: pictures are PNG files of stored blocks, sounds are PCM, videos are uncompressed AVI, pages hold
an uncompressed picture, and every sample is computed with integers.
"""

from __future__ import annotations

import hashlib
import io
import struct
import wave
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nova_explore.collection import Item, Modality, Scalar, number_copies

VERSION = "1"
"""Raised whenever a canary's bytes change: fingerprints of two versions cannot be compared."""

SENTENCES = (
    "A red fox crosses the snow at dawn.", "Der Zug nach Bremen hat zehn Minuten Verspätung.",
    "今日はとても良い天気です。", "La tasa de interés subió un cuarto de punto.", "def add(a, b): return a + b",
    "Stir the flour into the melted butter.", "القطة نائمة على السرير", "She sold the company for 4.2 million dollars.",
    "हम कल पहाड़ों पर जाएँगे।", "0 1 1 2 3 5 8 13 21 34", "The patient was given 5 mg twice a day.",
    "Mahali hapa ni pazuri sana.", "Keep away from fire and children.", "🐟🐟🐟",
)  # fmt: skip
SHAPES = ("disc", "square", "stripes", "checks", "gradient", "noise", "rings")
SOUNDS = ("low", "high", "chord", "noise", "clicks", "rising", "quiet", "falling")
RATE = 16_000

Pixels = NDArray[np.uint8]


def write_canaries(folder: str | Path) -> list[Item]:
    """Write the set into a folder and return its items: 14 texts, 14 pictures, 7 pages, 8 sounds, 7 videos.

    Parameters
    ----------
    folder : str or Path
        Made if it is not there.
    """
    place = Path(folder).expanduser().absolute()
    place.mkdir(parents=True, exist_ok=True)
    items = []
    for number, words in enumerate(SENTENCES):
        items.append(_item(place, Modality.TEXT, f"text-{number:02d}", "txt", words.encode(), text=words))
    for number, shape in enumerate(SHAPES):
        for size in (96, 160):
            items.append(_item(place, Modality.IMAGE, f"picture-{shape}-{size}", "png", png(draw(shape, size, number))))
        items.append(_item(place, Modality.PAGE, f"page-{shape}", "pdf", pdf(draw(shape, 48, number + 7))))
        frames = [np.roll(draw(shape, 64, number), 8 * step, axis=1) for step in range(8)]
        facts: dict[str, Scalar] = {"duration": 2.0, "width": 64, "height": 64, "fps": 4.0, "has_sound": False}
        items.append(_item(place, Modality.VIDEO, f"video-{shape}", "avi", avi(frames, rate=4), facts=facts))
    for number, kind in enumerate(SOUNDS):
        facts = {"duration": 2.0, "channels": 1, "sample_rate": RATE}
        items.append(_item(place, Modality.AUDIO, f"sound-{kind}", "wav", wav(play(kind, number)), facts=facts))
    return number_copies(items)


def _item(
    folder: Path,
    modality: Modality,
    name: str,
    format: str,
    data: bytes,
    *,
    text: str | None = None,
    facts: Mapping[str, Scalar] | None = None,
) -> Item:
    path = folder / f"{name}.{format}"
    if not path.exists() or path.read_bytes() != data:
        path.write_bytes(data)
    digest = hashlib.sha256(data).hexdigest()
    # A PDF's page is the whole of its source here, so that no text layer is looked for.
    page = modality is Modality.PAGE
    return Item("", modality, str(path), name, format, digest, text=text, as_image=page, metadata=facts or {})


def draw(shape: str, size: int, seed: int) -> Pixels:
    """A picture of a shape in two colours, uint8 of shape (size, size, 3)."""
    y, x = np.mgrid[0:size, 0:size].astype(np.int64)
    far = (2 * x - size) ** 2 + (2 * y - size) ** 2
    inside = {
        "disc": far < size * size // 2,
        "square": (abs(2 * x - size) < size // 2) & (abs(2 * y - size) < size // 2),
        "stripes": (x + y) // 8 % 2 == 0,
        "checks": (x // 12 + y // 12) % 2 == 0,
        "gradient": (x * 7 + y * 3) % size < size // 2,
        "noise": _noise(size * size, seed).reshape(size, size) < 128,
        "rings": far // (16 * size) % 2 == 0,
    }[shape]
    ink, paper = np.array(_noise(6, seed * 31 + 5), np.int64).reshape(2, 3) // 2
    picture = np.where(inside[..., None], ink, 255 - paper)
    return np.asarray(picture + (x[..., None] * 16 // size if shape == "gradient" else 0)).clip(0, 255).astype(np.uint8)


def play(kind: str, seed: int) -> NDArray[np.int16]:
    """Two seconds of sound, by integers alone: a sine of the C library may differ in its last bit."""
    n = np.arange(2 * RATE, dtype=np.int64)
    steps = {"rising": n * n // (2 * RATE), "falling": (2 * RATE - n) ** 2 // (2 * RATE)}.get(kind, n)
    pitches = {
        "low": [110],
        "high": [1760],
        "chord": [220, 275, 330],
        "rising": [880],
        "falling": [660],
        "quiet": [440],
    }
    if kind in pitches:
        total = sum(_triangle(steps * pitch % RATE) for pitch in pitches[kind])
        return np.asarray(total // (len(pitches[kind]) * (16 if kind == "quiet" else 2))).astype(np.int16)
    if kind == "clicks":
        return np.where(n % 4000 < 20, 20_000, 0).astype(np.int16)
    return ((_noise(len(n), seed) - 128) * 100).astype(np.int16)


def _triangle(phase: NDArray[np.int64]) -> NDArray[np.int64]:
    return 30_000 - abs(phase * 4 - 2 * RATE) * 60_000 // (2 * RATE)


def _noise(n: int, seed: int) -> NDArray[np.int64]:
    """Bytes of SHA-256 in counter mode: numpy's generators may change their streams between versions."""
    blocks = (hashlib.sha256(f"{seed}:{block}".encode()).digest() for block in range(-(-n // 32)))
    return np.frombuffer(b"".join(blocks), np.uint8)[:n].astype(np.int64)


def png(picture: Pixels) -> bytes:
    """A PNG file of stored blocks: no compressor, whose output depends on its version."""
    height, width = picture.shape[:2]
    rows = b"".join(b"\0" + row.tobytes() for row in picture)
    parts = [rows[i : i + 0xFFFF] for i in range(0, len(rows), 0xFFFF)]
    stored = b"".join(struct.pack("<BHH", part is parts[-1], len(part), len(part) ^ 0xFFFF) + part for part in parts)
    data = b"\x78\x01" + stored + struct.pack(">I", zlib.adler32(rows))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", data), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in chunks
    )


def wav(samples: NDArray[np.int16]) -> bytes:
    """A mono WAV file of 16-bit PCM."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.astype("<i2").tobytes())
    return out.getvalue()


def avi(frames: Sequence[Pixels], *, rate: int) -> bytes:
    """An AVI file of uncompressed frames, with its index."""
    height, width = frames[0].shape[:2]
    size = width * height * 3  # rows of a multiple of four pixels need no padding
    main = struct.pack("<14I", 10**6 // rate, size * rate, 0, 0x10, len(frames), 0, 1, size, width, height, 0, 0, 0, 0)
    stream = b"vidsDIB " + struct.pack("<10I", 0, 0, 0, 1, rate, 0, len(frames), size, 10_000, 0)
    stream += struct.pack("<4H", 0, 0, width, height)
    picture = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, 0, size, 0, 0, 0, 0)
    header = _list(b"hdrl", _chunk(b"avih", main) + _list(b"strl", _chunk(b"strh", stream) + _chunk(b"strf", picture)))
    pictures = [_chunk(b"00db", frame[::-1, :, ::-1].tobytes()) for frame in frames]
    index = b"".join(
        struct.pack("<4sIII", b"00db", 0x10, 4 + place * (size + 8), size) for place in range(len(pictures))
    )
    return _chunk(b"RIFF", b"AVI " + header + _list(b"movi", b"".join(pictures)) + _chunk(b"idx1", index))


def _chunk(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def _list(kind: bytes, body: bytes) -> bytes:
    return _chunk(b"LIST", kind + body)


def pdf(picture: Pixels) -> bytes:
    """A PDF of one page that holds nothing but an uncompressed picture."""
    height, width = picture.shape[:2]
    about = f"/Type/XObject/Subtype/Image/Width {width}/Height {height}/ColorSpace/DeviceRGB/BitsPerComponent 8"
    drawing = b"q 144 0 0 144 28 28 cm /P Do Q"
    bodies = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R/Resources<</XObject<</P 5 0 R>>>>>>",
        b"<</Length %d>>\nstream\n%b\nendstream" % (len(drawing), drawing),
        b"<<%b/Length %d>>\nstream\n%b\nendstream" % (about.encode(), picture.size, picture.tobytes()),
    )
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(bodies, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(bodies) + 1, len(out))
    return out + b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1) + table + trailer
