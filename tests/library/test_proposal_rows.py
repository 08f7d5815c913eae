"""Answers that were paid for."""

from __future__ import annotations

from nova_explore.library.store import open_library


def test_an_answer_is_there_under_the_key_of_its_question(tmp_path):
    rows = open_library(tmp_path / "a.nova", create=True).proposals
    assert rows.read(["k"]) == {}
    rows.save("k", {"name": "a"})
    rows.save("k", {"name": "b"})
    rows.save("l", {"name": "c"})
    assert rows.read(["k", "m"]) == {"k": {"name": "b"}}


def test_the_models_that_have_answered_are_known_by_name(tmp_path):
    rows = open_library(tmp_path / "a.nova", create=True).proposals
    assert rows.models() == []
    for key, record in {"k": {"model": "b"}, "l": {"model": "a"}, "m": {"model": "b"}, "n": {"name": "c"}}.items():
        rows.save(key, record)
    assert rows.models() == ["a", "b"]
