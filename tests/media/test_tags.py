from __future__ import annotations

import io
from fractions import Fraction

import av
import pytest
from fakes.making import film, titled_in_latin_1, track

from nova_explore.media import container
from nova_explore.media.tags import tags_of
from nova_explore.sources.read import read


def _tagged(path, codec, format, tags):
    with av.open(str(path), "w", format=format) as out:
        out.metadata.update(tags)
        source = track(path.with_suffix(".wav"), 1, codec="pcm_s16le")
        stream = out.add_stream(codec, rate=48000, layout="mono")
        with av.open(str(source)) as read_from:
            resampler = av.AudioResampler(stream.format, "mono", 48000, frame_size=stream.frame_size or 1024)
            frames = [piece for frame in read_from.decode(audio=0) for piece in resampler.resample(frame)]
            for frame in [*frames, *resampler.resample(None)]:
                out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    source.unlink()
    return path


@pytest.mark.parametrize(
    ("name", "codec", "format"),
    [
        ("a.mp3", "libmp3lame", "mp3"),
        ("a.ogg", "libopus", "ogg"),
        ("a.m4a", "aac", "ipod"),
        ("a.flac", "flac", "flac"),
    ],
)
def test_tags_of_every_container_become_the_same_columns(tmp_path, name, codec, format):
    said = {
        "title": "Dawn",
        "artist": "A. Example",
        "album": "Days",
        "genre": "Field Recording",
        "comment": "By a lake",
    }
    _tagged(tmp_path / name, codec, format, said)
    metadata = read(tmp_path, progress=False)[0].metadata
    assert (metadata["title"], metadata["artist"], metadata["album"]) == ("Dawn", "A. Example", "Days")
    assert (metadata["tags"], metadata["caption"]) == ("Field Recording", "By a lake")
    assert "title: tags" in str(metadata["described_by"])


def test_empty_words_of_programs_are_none(tmp_path):
    _tagged(
        tmp_path / "a.mp3", "libmp3lame", "mp3", {"title": "Track 01", "artist": "Unknown Artist", "genre": "Other"}
    )
    assert not {"title", "artist", "tags"} & set(tags_of(tmp_path / "a.mp3").columns)


def test_a_film_says_its_subtitles_each_part_its_own(tmp_path):
    source = film(tmp_path / "source.mkv", seconds=40, fps=5, sound=False)
    lines = [(1, b"Good morning."), (33, b"<i>Good</i> night.")]
    (tmp_path / "s.srt").write_text("1\n00:00:01,000 --> 00:00:02,000\nx\n")
    with av.open(str(source)) as pictures, av.open(str(tmp_path / "s.srt")) as text, av.open(str(tmp_path / "f.mkv"), "w") as out:  # fmt: skip  # noqa: E501
        shown = out.add_stream_from_template(pictures.streams.video[0])
        spoken = out.add_stream_from_template(text.streams.subtitles[0])
        for packet in pictures.demux(video=0):
            if packet.dts is not None:
                packet.stream = shown
                out.mux(packet)
        for second, words in lines:
            packet = av.Packet(words)
            packet.stream, packet.time_base = spoken, Fraction(1, 1000)
            packet.pts = packet.dts = second * 1000
            packet.duration = 1500
            out.mux(packet)
    assert [line.words for line in tags_of(tmp_path / "f.mkv").lines] == ["Good morning.", "Good night."]
    first, last = read(tmp_path / "f.mkv", progress=False)
    assert (first.text, last.text) == ("Good morning.", "Good night.")


def test_a_recording_that_cannot_be_opened_says_nothing(tmp_path):
    (tmp_path / "a.mp3").write_bytes(b"nothing")
    assert tags_of(tmp_path / "a.mp3").columns == {}


def test_words_that_are_no_utf8_are_marked_and_the_sound_is_read_and_played(tmp_path):
    """A programme of 1998 wrote them in Latin-1; PyAV's versions treat them in three ways."""
    path = titled_in_latin_1(tmp_path / "a.wav")
    (item,) = read(tmp_path, progress=False)
    assert item.metadata["title"] == "caf\ufffd!"
    with container.open_media(io.BytesIO(path.read_bytes())) as media:
        assert next(media.decode(audio=0)).samples
