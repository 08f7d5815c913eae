"""Words are read once, kept by content, and found again; nothing is read where nothing can."""

from __future__ import annotations

import importlib.util
from dataclasses import replace

import pytest

from nova_explore import media
from nova_explore.collection import Modality
from nova_explore.embedding import transcripts as reading
from nova_explore.errors import UnreadableError
from nova_explore.library.store import open_library
from nova_explore.sources.read import read


@pytest.fixture
def library(mixed_folder, tmp_path):
    library = open_library(tmp_path / "a.nova", create=True)
    library.add(read(mixed_folder, progress=False))
    return library


@pytest.fixture
def listener(monkeypatch):
    """Everything can be read; every sound says its own name."""
    asked = []

    def say(item):
        asked.append(item.name)
        if "grey" in item.name:
            raise UnreadableError("The film has gone.")
        return f"this is {item.name}"

    monkeypatch.setattr(importlib.util, "find_spec", lambda name: object())
    monkeypatch.setattr(media, "read_words", say)
    return asked


def test_words_are_read_once_and_stay_with_their_item(library, listener):
    first = reading.read_words(library, library.collection(), progress=False)
    sounds = [item for item in first if item.modality == "audio"]
    assert [item.text for item in sounds] == [f"this is {item.name}" for item in sounds]
    assert sorted(listener) == sorted([*(item.name for item in sounds), "videos/grey.mp4"])
    listener.clear()
    reading.read_words(library, open_library(library.path).collection(), progress=False)
    assert listener == ["videos/grey.mp4"], "only what could not be read is tried again"


def test_what_has_words_of_its_own_is_left_alone(library, listener):
    before = {item.id: item.text for item in library.collection() if item.text}
    after = {item.id: item.text for item in reading.read_words(library, library.collection(), progress=False)}
    assert before
    assert {id: after[id] for id in before} == before


def test_without_the_extras_nothing_is_read(library, monkeypatch, capfd):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(media, "read_words", lambda item: pytest.fail("nothing to read with"))
    items = reading.read_words(library, library.collection(), progress=False)
    assert capfd.readouterr().out == ""
    assert [item.text for item in items if item.modality == "audio"] == [None] * 3


def test_what_an_extra_would_read_is_offered_once(library, monkeypatch, capfd):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    reading.read_words(library, library.collection(), progress=True)
    told = capfd.readouterr().out
    assert "recordings have no words: pip install 'nova-explore[speech]'" in told
    scan = replace(library.collection()[0], modality=Modality.PAGE, text=None)
    assert reading.offered([scan]).startswith("1 page has no words of its own, only a picture: pip install 'nova-")
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: object())
    assert reading.offered([scan]) == ""
