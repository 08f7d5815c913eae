"""Lengths are those of what plays, whatever headers say; sound is heard whichever track and phase it is in."""

from __future__ import annotations

import struct
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile
from fakes.making import film, frame_at, tone, track, wav

from nova_explore import media
from nova_explore.collection import Item, Modality
from nova_explore.media import container
from nova_explore.media.content import Clip, Sound
from nova_explore.sources.read import read


def _one(path: Path) -> Item:
    collection = read(path, progress=False)
    assert not collection.unread, collection.unread
    return collection[0]


def _heard(item: Item) -> Sound:
    content = media.load(item)
    sound = content.sound if isinstance(content, Clip) else content
    assert isinstance(sound, Sound)
    return sound


def _loudness(item: Item) -> float:
    return float(np.sqrt(np.mean(np.square(_heard(item).samples))))


def _put_pictures(out, stream, seconds: float, *, start: float = 0.0, fps: int = 5) -> None:
    for number in range(round(seconds * fps)):
        frame = av.VideoFrame.from_image(frame_at(number / fps))
        frame.pts, frame.time_base = round((start + number / fps) * 1000), Fraction(1, 1000)
        out.mux(stream.encode(frame))
    out.mux(stream.encode(None))


def _put_sound(out, stream, samples: np.ndarray, *, start: float = 0.0) -> None:
    frame = av.AudioFrame.from_ndarray(samples[None, :], format="fltp", layout="mono")
    frame.sample_rate, frame.pts, frame.time_base = 48000, round(start * 48000), Fraction(1, 48000)
    resampler = av.AudioResampler(
        format=stream.format, layout=stream.layout, rate=48000, frame_size=stream.frame_size or 1024
    )
    for piece in [*resampler.resample(frame), *resampler.resample(None)]:
        out.mux(stream.encode(piece))
    out.mux(stream.encode(None))


def _talk(path: Path, *, pictures: float, sounds: list[np.ndarray], start: float = 0.0) -> Path:
    with av.open(str(path), "w") as out:
        video = out.add_stream("libx264", rate=5)
        video.width, video.height, video.pix_fmt, video.time_base = 96, 64, "yuv420p", Fraction(1, 1000)
        tracks = [out.add_stream("aac", rate=48000, layout="mono") for _ in sounds]
        _put_pictures(out, video, pictures, start=start)
        for stream, samples in zip(tracks, sounds, strict=True):
            _put_sound(out, stream, samples, start=start)
    return path


def test_two_recordings_joined_in_one_mp3_are_heard_to_their_end(tmp_path):
    one = track(tmp_path / "1.mp3", 2, codec="libmp3lame").read_bytes()
    other = track(tmp_path / "2.mp3", 4, codec="libmp3lame").read_bytes()
    (tmp_path / "joined.mp3").write_bytes(one + other)
    item = _one(tmp_path / "joined.mp3")
    assert item.metadata["duration"] == pytest.approx(6, abs=0.3)
    assert len(_heard(item).samples) / 44100 == pytest.approx(6, abs=0.3)


def test_a_chained_ogg_is_heard_to_its_end_and_each_part_is_in_its_place(tmp_path):
    links = []
    for number, hertz in enumerate((200, 900)):
        soundfile.write(tmp_path / f"{number}.ogg", tone(20, rate=8000, hertz=hertz), 8000)
        data = bytearray((tmp_path / f"{number}.ogg").read_bytes())
        links.append(_with_serial(bytes(data), number + 1))
    (tmp_path / "radio.ogg").write_bytes(b"".join(links))
    parts = read(tmp_path / "radio.ogg", progress=False)
    assert sum(part.span.end - part.span.start for part in parts if part.span) == pytest.approx(40, abs=0.1)
    last = _heard(parts[1])
    spectrum = np.abs(np.fft.rfft(last.samples))
    assert float(np.argmax(spectrum) * last.rate / len(last.samples)) == pytest.approx(900, abs=3)


def _with_serial(data: bytes, serial: int) -> bytes:
    """The same Ogg under another serial number, its checksums computed again (RFC 3533)."""
    out, at = bytearray(), 0
    while at < len(data):
        count = data[at + 26]
        size = 27 + count + sum(data[at + 27 : at + 27 + count])
        page = bytearray(data[at : at + size])
        page[14:18], page[22:26] = struct.pack("<I", serial), bytes(4)
        page[22:26] = struct.pack("<I", _ogg_sum(bytes(page)))
        out, at = out + page, at + size
    return bytes(out)


def _ogg_sum(page: bytes) -> int:
    total = 0
    for byte in page:
        total ^= byte << 24
        for _ in range(8):
            total = ((total << 1) ^ (0x04C11DB7 if total & 0x80000000 else 0)) & 0xFFFFFFFF
    return total


def test_an_mp3_whose_bit_rate_varies_without_a_header_is_as_long_as_it_plays(tmp_path):
    with av.open(str(tmp_path / "a.mp3"), "w", options={"write_xing": "0"}) as out:
        stream = out.add_stream("libmp3lame", rate=48000, layout="mono", options={"q": "5"})
        noise = np.random.default_rng(0).normal(0, 0.3, 4 * 48000).astype(np.float32)
        _put_sound(out, stream, np.concatenate([0 * tone(4), noise]))
    assert _one(tmp_path / "a.mp3").metadata["duration"] == pytest.approx(8, abs=0.3)


def test_an_mp3_that_was_cut_is_read_and_says_what_is_missing(tmp_path):
    whole = track(tmp_path / "a.mp3", 4, codec="libmp3lame").read_bytes()
    (tmp_path / "a.mp3").write_bytes(whole[: len(whole) // 2])
    item = _one(tmp_path / "a.mp3")
    assert item.metadata["duration"] == pytest.approx(2, abs=0.3)
    assert "2 times as long" in str(item.metadata["incomplete"])


@pytest.mark.parametrize("field", ["riff 8 too long", "no lengths", "lengths unknown"])
def test_a_wav_is_as_long_as_its_samples_whatever_its_header_says(tmp_path, field):
    data = bytearray(wav(tone(1, rate=16000), 16000))
    if field == "riff 8 too long":
        data[4:8] = struct.pack("<I", len(data))
    else:
        data[4:8] = data[40:44] = b"\0\0\0\0" if field == "no lengths" else b"\xff\xff\xff\xff"
    (tmp_path / "a.wav").write_bytes(data)
    assert _one(tmp_path / "a.wav").metadata["duration"] == pytest.approx(1, abs=0.02)


def test_a_flac_from_a_pipe_that_does_not_know_its_length_is_read(tmp_path):
    soundfile.write(tmp_path / "a.flac", tone(2), 48000)
    data = bytearray((tmp_path / "a.flac").read_bytes())
    data[21] &= 0xF0
    data[22:26] = bytes(4)
    (tmp_path / "a.flac").write_bytes(data)
    item = _one(tmp_path / "a.flac")
    assert item.metadata["duration"] == pytest.approx(2, abs=0.1)
    assert len(_heard(item).samples) == pytest.approx(96000, abs=4800)


@pytest.mark.slow
def test_sound_that_outlasts_the_pictures_is_kept_and_the_last_picture_stands(tmp_path):
    path = _talk(tmp_path / "talk.mp4", pictures=2, sounds=[tone(70)])
    parts = read(path, progress=False)
    assert [str(part.span) for part in parts][:2] == ["0–30 s", "30–60 s"]
    assert parts[0].metadata["pictures_until"] == pytest.approx(2, abs=0.3)
    last = media.load(parts[-1])
    assert isinstance(last, Clip)
    assert last.frames
    assert _loudness(parts[-1]) > 0.1
    assert media.thumbnail(parts[-1])
    assert media.playable(parts[-1]).mime == "video/mp4"


def test_a_piece_of_a_longer_recording_begins_at_0(tmp_path):
    path = _talk(tmp_path / "piece.mkv", pictures=4, sounds=[tone(4)], start=100.0)
    item = _one(path)
    assert item.metadata["duration"] == pytest.approx(4, abs=0.3)
    assert item.span is None
    assert _loudness(item) > 0.1


def test_of_several_sound_tracks_the_first_that_is_not_silent_is_used_and_named(tmp_path):
    item = _one(_talk(tmp_path / "screen.mkv", pictures=2, sounds=[0 * tone(2), tone(2)]))
    assert (item.metadata["sound_track"], item.metadata["sound_tracks"]) == (2, 2)
    assert _loudness(item) > 0.1


def test_channels_in_opposite_phase_do_not_become_silence(tmp_path):
    one = tone(1, rate=22050)
    (tmp_path / "wide.wav").write_bytes(wav(np.column_stack([one, -one])))
    assert _loudness(_one(tmp_path / "wide.wav")) > 0.3


def test_channels_are_averaged_as_long_as_something_is_left_of_them():
    left, right = np.ones(4, np.float32), np.full(4, 0.5, np.float32)
    assert container.mixed(np.stack([left, right])).tolist() == [0.75] * 4
    assert container.mixed(np.stack([left, -0.9 * left])).tolist() == [1.0] * 4


def test_pictures_of_chapters_do_not_make_an_audiobook_a_film(tmp_path):
    with av.open(str(tmp_path / "book.m4b"), "w", format="mp4") as out:
        sound = out.add_stream("aac", rate=48000, layout="mono")
        cover = out.add_stream("mjpeg", rate=Fraction(1, 2))
        cover.width, cover.height, cover.pix_fmt = 96, 64, "yuvj420p"
        for _ in range(2):
            out.mux(cover.encode(av.VideoFrame.from_image(frame_at(0))))
        out.mux(cover.encode(None))
        _put_sound(out, sound, tone(4))
    assert _one(tmp_path / "book.m4b").modality is Modality.AUDIO


@pytest.mark.parametrize(
    ("name", "codec", "format"),
    [
        ("a.aac", "aac", "adts"), ("a.caf", "pcm_s16be", "caf"), ("a.au", "pcm_s16be", "au"), ("a.wv", "wavpack", "wv"),
        ("a.aiff", "pcm_s16be", "aiff"), ("a.mp2", "mp2", "mp2"),
    ],
)  # fmt: skip
def test_sounds_of_further_kinds_are_read_where_ffmpeg_decodes_them(tmp_path, name, codec, format):
    item = _one(track(tmp_path / name, 1, codec=codec, format=format))
    assert item.modality is Modality.AUDIO
    assert item.metadata["duration"] == pytest.approx(1, abs=0.15)
    assert _loudness(item) > 0.2
    assert media.playable(item).mime == "audio/mpeg"


@pytest.mark.parametrize(
    ("name", "codec", "format"),
    [("a.mts", "libx264", "mpegts"), ("a.mpg", "mpeg2video", "mpeg"), ("a.flv", "flv", "flv")],
)
def test_films_of_further_kinds_are_read_where_ffmpeg_decodes_them(tmp_path, name, codec, format):
    with av.open(str(tmp_path / name), "w", format=format) as out:
        stream = out.add_stream(codec, rate=25)
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p"
        for number in range(50):
            out.mux(stream.encode(av.VideoFrame.from_image(frame_at(number / 25))))
        out.mux(stream.encode(None))
    item = _one(tmp_path / name)
    assert item.modality is Modality.VIDEO
    assert item.metadata["duration"] == pytest.approx(2, abs=0.2)
    clip = media.load(item)
    assert isinstance(clip, Clip)
    assert len(clip.frames) == 4
    assert media.thumbnail(item)
    assert media.playable(item).mime == "video/mp4"


def test_frames_that_only_repeat_the_last_do_not_end_a_film(tmp_path):
    """Theora writes an empty packet for a frame that repeats; decoders take it for the end."""
    path = film(tmp_path / "a.mkv", seconds=1, sound=False)
    with container.opened(path) as opened:
        stream = container.picture_stream(opened)

        class Repeating:
            """A container whose third packet is empty."""

            size = 1000

            def demux(self, which):
                for number, packet in enumerate(opened.demux(which)):
                    if number == 2:
                        empty = av.Packet(b"")
                        empty.pts = empty.dts = packet.pts
                        yield empty
                    yield packet

        assert len(list(container.frames(Repeating(), stream))) == 10


def test_streams_without_a_decoder_are_passed_over():
    class Stream:
        def __init__(self, type: str, codec_context: object) -> None:
            self.type, self.codec_context = type, codec_context

    class Streams:
        video = (Stream("video", None),)
        audio = (Stream("audio", None), Stream("audio", object()))

    class Damaged:
        streams = Streams()

    assert container.picture_stream(Damaged()) is None
    assert container.sound_streams(Damaged()) == [Damaged.streams.audio[1]]
