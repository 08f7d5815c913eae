from __future__ import annotations

import io

import av
import numpy as np
import pytest
import soundfile
from fakes.making import sound_only, tone
from PIL import Image

from nova_explore import media
from nova_explore.collection import Span
from nova_explore.media import audio
from nova_explore.media.container import samples, segments
from nova_explore.sources.read import read


def _pitch(sound) -> float:
    """The strongest frequency, in hertz."""
    spectrum = np.abs(np.fft.rfft(sound.samples))
    return float(np.argmax(spectrum) * sound.rate / len(sound.samples))


@pytest.mark.parametrize("suffix", ["wav", "mp3", "ogg", "flac", "m4a"])
def test_a_sound_is_decoded_to_mono_at_its_own_rate(tmp_path, suffix):
    path = tmp_path / f"a.{suffix}"
    if suffix == "m4a":
        sound_only(path)
    else:
        soundfile.write(path, np.stack([tone(2.0), np.zeros(96000, np.float32)], axis=1), 48000)
    item = read(path, progress=False)[0]
    sound = audio.load(item)
    assert (sound.rate, sound.samples.dtype, sound.samples.ndim) == (48000, np.float32, 1)
    assert len(sound.samples) / sound.rate == pytest.approx(2.0, abs=0.06)
    assert item.metadata["duration"] == pytest.approx(2.0, abs=0.06)
    assert _pitch(sound) == pytest.approx(440, abs=2)


@pytest.mark.parametrize(
    ("duration", "expected"),
    [
        (12.0, []),
        (30.0, []),
        (70.0, [0, 30, 60, 70]),
        (60.5, [0, 30, 45.25, 60.5]),
        (61.0, [0, 30, 60, 61]),
        (30.5, [0, 15.25, 30.5]),
    ],
)
def test_segments_cover_a_recording_without_a_stub(duration, expected):
    spans = segments(duration)
    if not expected:
        assert spans == [None]
        return
    assert [0, *(span.end for span in spans if span)] == expected
    assert [span.start for span in spans if span] == expected[:-1]


def test_a_long_recording_is_cut_and_each_part_sounds_as_it_should(tmp_path):
    low, high = tone(30, rate=8000, hertz=200), tone(10, rate=8000, hertz=900)
    soundfile.write(tmp_path / "a.wav", np.concatenate([low, high]), 8000)
    parts = read(tmp_path, progress=False)
    assert [str(part.span) for part in parts] == ["0–30 s", "30–40 s"]
    assert [round(_pitch(audio.load(part))) for part in parts] == [200, 900]


def test_a_part_of_a_compressed_recording_begins_at_the_right_sample(tmp_path):
    """The container is sought by FFmpeg; the same stretch cut from the whole is the reference."""
    path = sound_only(tmp_path / "a.m4a", seconds=4.0)
    whole, rate = samples(path, None)
    part, _ = samples(path, Span("seconds", 1.5, 2.5))
    assert len(part) == rate
    assert np.abs(part - whole[round(1.5 * rate) : round(2.5 * rate)]).max() < 0.02


def test_a_browser_gets_the_file_itself_or_the_part_as_mp3(tmp_path):
    soundfile.write(tmp_path / "a.wav", tone(2.0), 48000)
    soundfile.write(tmp_path / "b.wav", tone(30.5, rate=8000), 8000)
    whole, part, _ = read(tmp_path, progress=False)
    assert media.playable(whole) == media.Playable("audio/wav", (tmp_path / "a.wav").read_bytes())
    shown = media.playable(part)
    assert shown.mime == "audio/mpeg"
    with av.open(io.BytesIO(shown.data), "r") as encoded:
        heard = sum(frame.samples for frame in encoded.decode(audio=0)) / encoded.streams.audio[0].rate
    assert heard == pytest.approx(15.25, abs=0.1)


def test_a_waveform_shows_where_it_is_loud(tmp_path):
    soundfile.write(tmp_path / "a.wav", np.concatenate([0.02 * tone(1.0), tone(1.0)]), 48000)
    item = read(tmp_path, progress=False)[0]
    picture = np.asarray(Image.open(io.BytesIO(media.thumbnail(item, 160))).convert("L"))
    assert picture.shape == (100, 160)
    ink = (picture < 150).sum(axis=0)
    assert ink[82:].sum() > 3 * ink[:78].sum() > 0


def test_silence_is_a_sound_and_draws_a_flat_line(tmp_path):
    soundfile.write(tmp_path / "a.wav", np.zeros(4800), 48000)
    item = read(tmp_path, progress=False)[0]
    assert not audio.load(item).samples.any()
    assert Image.open(io.BytesIO(media.thumbnail(item))).size == (160, 100)
