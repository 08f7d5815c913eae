"""Judgements are kept as they are made, by several judges, and can be taken back one by one."""

from __future__ import annotations

import pytest

from nova_explore.library import judgement_rows
from nova_explore.library.store import open_library


@pytest.fixture
def library(own_toy_160):
    return own_toy_160


def rows(library) -> list[tuple]:
    return [tuple(row)[:4] for row in open_library(library.path).judgements.frame().itertuples(index=False)]


def test_a_judgement_is_there_when_the_library_is_opened_again(library):
    with library.writing():
        library.judgements.judge("owls", "a", 1, judge="Ann")
        library.judgements.judge("owls", "b", None, judge="Ann")
        library.judgements.judge("owls", "a", 0, judge="Bo")
    found = rows(library)
    assert found[0] == ("owls", "a", 1.0, "Ann")
    assert found[1][2] != found[1][2]  # "I cannot say" has no number
    assert found[2] == ("owls", "a", 0.0, "Bo")


def test_the_later_decision_of_one_judge_counts(library):
    with library.writing():
        library.judgements.judge("owls", "a", 1, judge="Ann")
        library.judgements.judge("owls", "a", 0, judge="Ann")
    assert rows(library) == [("owls", "a", 0.0, "Ann")]


def test_undo_brings_the_earlier_decision_back_and_leaves_other_judges_alone(library):
    with library.writing():
        library.judgements.judge("owls", "a", 1, judge="Ann")
        library.judgements.judge("owls", "a", 0, judge="Ann")
        library.judgements.judge("owls", "a", 2, judge="Bo")
        assert library.judgements.undo("Ann")
    assert sorted(rows(library)) == [("owls", "a", 1.0, "Ann"), ("owls", "a", 2.0, "Bo")]
    with library.writing():
        assert library.judgements.undo("Ann")
        assert not library.judgements.undo("Ann")
    assert rows(library) == [("owls", "a", 2.0, "Bo")]


def test_a_library_without_judgements_has_none(library):
    assert not len(library.judgements.frame())


def test_people_judge_while_the_library_is_written_and_many_decisions_are_joined(library, monkeypatch):
    monkeypatch.setattr(judgement_rows, "COMPACTED", 4)
    with library.writing():  # an embedding that runs in another process holds the same lock
        for number in range(9):
            assert library.judgements.judge("owls", f"i{number}", 1, judge="Ann") == number
    assert len(library.judgements.frame()) == 9
    assert library.judgements.undo("Ann") == ("owls", "i8")
