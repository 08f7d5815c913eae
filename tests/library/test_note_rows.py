"""Notes about findings: the last one counts, none is lost, an empty one takes it back."""

from __future__ import annotations

from nova_explore.library.store import open_library


def test_the_last_note_counts_and_survives(own_toy_160):
    with own_toy_160.writing():
        own_toy_160.notes.write("retrieval fairness", "gender: nurse", "look again", by="Ann")
        own_toy_160.notes.write("retrieval fairness", "gender: pilot", "<b>drawn so</b>")
        own_toy_160.notes.write("retrieval fairness", "gender: nurse", "long hair", by="Ben")
    frame = open_library(own_toy_160.path).notes.frame().set_index("finding")
    assert frame["text"].to_dict() == {"gender: nurse": "long hair", "gender: pilot": "<b>drawn so</b>"}
    assert frame.loc["gender: nurse", "by"] == "Ben"
    assert frame["at"].str.startswith("20").all()


def test_an_empty_note_takes_it_back(own_toy_160):
    with own_toy_160.writing():
        own_toy_160.notes.write("exposure", "Gini@10", "few")
        own_toy_160.notes.write("exposure", "Gini@10", "")
    assert own_toy_160.notes.frame().empty


def test_a_library_without_notes_has_none(own_toy_160):
    assert list(own_toy_160.notes.frame().columns) == ["review", "finding", "text", "by", "at"]
