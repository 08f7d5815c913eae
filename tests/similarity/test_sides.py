"""What is held against a collection is read as what it is: an id, a file, bytes, words; and never as another."""

from __future__ import annotations

from pathlib import Path

import pytest

from nova_explore.errors import SourceError, UnknownNameError
from nova_explore.similarity.sides import Handed, Pasted, is_named, words_item


def test_bytes_are_the_file_that_they_are_of(exploration):
    text = exploration.collection[3].text
    pair = exploration.compare(text.encode(), exploration.collection.ids[3])
    assert pair.copy == "copy"
    assert pair.cosine == pytest.approx(1, abs=1e-5)


def test_bytes_with_a_name_are_called_by_it():
    file = Pasted(b"A text of some words.", "note.txt")
    item = Handed().item(file)
    assert item.title == "note.txt"
    assert repr(file) == "Path('note.txt').read_bytes()"


def test_a_name_with_folders_leads_nowhere_else():
    item = Handed().item(Pasted(b"A text of some words.", "../../etc/x.txt"))
    assert Path(item.uri).parent.parent.parent == Path(item.uri).parents[2]
    assert Path(item.uri).name == "x.txt"
    assert ".." not in item.uri


@pytest.mark.parametrize("words", ["/tmp/nowhere.png", "./a b.png", "nowhere.png", "C:\\x\\y.wav", "~/film.MP4"])
def test_a_path_that_is_not_there_is_not_taken_for_words(words):
    with pytest.raises(SourceError, match="no file"):
        words_item(words)
    assert not is_named(words)


@pytest.mark.parametrize("words", ["a dog", "e.g. dogs", "node.js", "and/or", "St. Mark", "寺", "what is it?\nnothing"])
def test_words_with_dots_and_slashes_are_words(words):
    assert words_item(words).text == words


@pytest.mark.parametrize("words", ["", "  \n"])
def test_blank_words_are_refused(words, exploration):
    with pytest.raises(ValueError, match="blank"):
        exploration.compare(words, exploration.collection.ids[0])


def test_an_id_that_is_not_there_is_named(exploration):
    with pytest.raises(UnknownNameError, match="No item named 'nope'"):
        exploration.search(like="nope")
    with pytest.raises(UnknownNameError, match="No item named 'nope'"):
        exploration.explain("owl", "nope")


def test_what_is_no_example_is_refused_by_its_class(exploration):
    with pytest.raises(SourceError, match="Got a int"):
        exploration.search(like=[3])


def test_the_same_words_are_embedded_once_a_session(exploration, monkeypatch):
    background = exploration.finder.background
    first = background.side("an owl at night")
    monkeypatch.setattr(background, "_open", lambda: pytest.fail("the model was asked again"))
    assert (background.side("an owl at night").vector == first.vector).all()
