from __future__ import annotations

import struct

import pytest
import soundfile
from fakes.making import film, sound_only, tone, wav

from nova_explore.errors import UnreadableError
from nova_explore.media import completeness


def test_a_tag_behind_the_last_box_is_no_box(tmp_path):
    path = sound_only(tmp_path / "a.m4a")
    with path.open("ab") as file:
        file.write(b"APETAGEX" + struct.pack("<IIII", 2000, 32, 0, 0x80000000) + bytes(8))
    completeness.check_whole(path, "m4a")


@pytest.mark.parametrize("suffix", ["mp4", "mkv", "avi"])
def test_a_film_that_ends_before_its_content_is_cut_short(tmp_path, suffix):
    path = film(tmp_path / f"a.{suffix}", seconds=1)
    completeness.check_whole(path, suffix)
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 6 // 10])
    with pytest.raises(UnreadableError, match="cut short"):
        completeness.check_whole(path, suffix)


def test_only_the_data_of_a_wav_says_how_long_it_should_be(tmp_path):
    data = bytearray(wav(tone(1, rate=8000), 8000))
    data[4:8] = struct.pack("<I", 2**30)
    (tmp_path / "a.wav").write_bytes(data)
    completeness.check_whole(tmp_path / "a.wav", "wav")
    (tmp_path / "a.wav").write_bytes(data[:8000])
    with pytest.raises(UnreadableError, match="cut short"):
        completeness.check_whole(tmp_path / "a.wav", "wav")


def test_one_recording_is_not_chained_and_two_are(tmp_path):
    soundfile.write(tmp_path / "a.ogg", tone(1), 48000)
    assert not completeness.is_chained(tmp_path / "a.ogg")
    (tmp_path / "b.ogg").write_bytes(2 * (tmp_path / "a.ogg").read_bytes())
    assert completeness.is_chained(tmp_path / "b.ogg")


@pytest.mark.parametrize("suffix", ["aiff", "au", "caf"])
def test_a_sound_that_announces_more_than_is_there_is_cut_short(tmp_path, suffix):
    path = tmp_path / f"a.{suffix}"
    soundfile.write(path, tone(1), 48000, format=suffix.upper())
    completeness.check_whole(path, suffix)
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 6 // 10])
    with pytest.raises(UnreadableError, match="cut short"):
        completeness.check_whole(path, suffix)


def test_the_last_page_of_an_ogg_says_how_long_it_is(tmp_path):
    soundfile.write(tmp_path / "a.ogg", tone(2), 48000)
    assert completeness.last_granule(tmp_path / "a.ogg") == pytest.approx(96_000, abs=2048)
    (tmp_path / "b.ogg").write_bytes(b"no page at all")
    assert completeness.last_granule(tmp_path / "b.ogg") == 0


def test_mpeg_inside_a_wav_is_known_by_its_tag(tmp_path):
    soundfile.write(tmp_path / "a.wav", tone(1), 48000)
    assert not completeness.is_mpeg_in_wav(tmp_path / "a.wav")
    data = bytearray((tmp_path / "a.wav").read_bytes())
    data[20:22] = b"\x55\0"
    (tmp_path / "a.wav").write_bytes(data)
    assert completeness.is_mpeg_in_wav(tmp_path / "a.wav")
