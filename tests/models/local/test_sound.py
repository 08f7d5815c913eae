"""Sounds become the spectra that the network was trained on, whatever their rate and length."""

from __future__ import annotations

import numpy as np
import pytest

from nova_explore.models.local.sound import LONGEST_SECONDS, RATE, SoundEncoder, compute_blocks, mel_filters, resample


def test_mel_filters_are_triangles_of_unit_sum_up_to_half_the_rate():
    filters = mel_filters()
    assert filters.shape == (96, 1025)
    np.testing.assert_allclose(filters.sum(axis=1), 1, atol=1e-5)
    peak = np.fft.rfftfreq(2048, 1 / RATE)[filters[48].argmax()]
    # Band 48 of 96 is at 49/97 of the mel scale up to 22,050 Hz: 3923.3 · 49/97 = 1981.9 mel = 3363 Hz.
    assert peak == pytest.approx(3363, abs=RATE / 2048)


@pytest.mark.parametrize(("frames", "blocks"), [(1, 1), (100, 1), (101, 2), (150, 2), (200, 2), (201, 3), (1000, 10)])
def test_a_sound_is_covered_by_as_few_blocks_as_can_be(frames, blocks):
    assert compute_blocks(np.zeros(1024 * (frames - 1), np.float32)).shape == (blocks, 100, 96)


@pytest.mark.parametrize("seconds", [0.5, 2.0, 2.5, 3.4, 4.6, 9.9])
def test_every_tenth_of_a_second_is_heard(seconds):
    quiet = np.zeros(int(seconds * RATE), np.float32)
    silent = compute_blocks(quiet)
    for start in np.arange(0, seconds - 0.1, 0.1):
        heard = quiet.copy()
        at = int(start * RATE)
        heard[at : at + RATE // 10] = tone(440, seconds=0.1)
        assert np.abs(compute_blocks(heard) - silent).max() > 0.1, f"nothing is heard at {start:.1f} s"


def tone(frequency: float, *, seconds: float = 1.0, rate: int = RATE) -> np.ndarray:
    return (0.3 * np.sin(2 * np.pi * frequency * np.arange(int(seconds * rate)) / rate)).astype(np.float32)


@pytest.mark.parametrize("rate", [8_000, 22_050, 48_000])
def test_resampling_keeps_length_in_seconds_and_the_pitch(rate):
    brought = resample(tone(440, rate=rate), rate)
    assert len(brought) == pytest.approx(RATE, abs=2)
    spectrum = np.abs(np.fft.rfft(brought))
    assert np.argmax(spectrum) * RATE / len(brought) == pytest.approx(440, abs=2)


def test_samples_of_the_right_rate_are_left_alone():
    samples = tone(440)
    assert resample(samples, RATE) is samples


def test_a_tone_lights_the_band_of_its_pitch():
    blocks = compute_blocks(tone(3363))
    assert abs(int(blocks[0].mean(axis=0).argmax()) - 48) <= 1, "band 48 has its peak at 3,363 Hz"


@pytest.mark.slow
def test_an_encoder_gives_two_unit_vectors_and_hears_no_more_than_the_longest():
    encoder = SoundEncoder(threads=1)
    long = np.tile(tone(440), LONGEST_SECONDS + 2)
    heard, sounds = encoder.encode(long, RATE)
    assert (heard.shape, sounds.shape) == ((384,), (128,))
    assert np.linalg.norm(heard) == pytest.approx(1, abs=1e-5)
    assert np.linalg.norm(sounds) == pytest.approx(1, abs=1e-5)
    np.testing.assert_array_equal(encoder.encode(long[: LONGEST_SECONDS * RATE], RATE)[0], heard)
