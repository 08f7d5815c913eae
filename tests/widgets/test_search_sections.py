"""What a search found: in sections, with a strength that sorts, and with doubt where doubt is due."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from fakes.stand_in import StandIn

from nova_explore.errors import SpaceMismatchError
from nova_explore.similarity.ranking import Ranking
from nova_explore.widgets import App, search_sections
from nova_explore.widgets.boards import items


def ranking(via: str, matches: str, query: str = "dog") -> Ranking:
    """One result a letter: w by words, b by both, c by content; + matches, - does not."""
    k = len(via)
    return Ranking(
        query, tuple(f"i{place}" for place in range(k)), np.arange(k, dtype=np.int32),
        np.linspace(0.5, 0.1, k, dtype=np.float32), np.linspace(1, 0.5, k, dtype=np.float32),
        tuple({"w": "words", "b": "both", "c": "content"}[letter] for letter in via), None,
        np.linspace(9, 0, k, dtype=np.float32), np.array([sign == "+" for sign in matches]),
    )  # fmt: skip


@pytest.fixture
def all_carry(monkeypatch):
    """Whatever was found by words carries them."""
    monkeypatch.setattr(search_sections, "carrying", lambda exploration, _: np.arange(len(exploration)))


class Answering(StandIn):
    """Answers every search with one ranking."""

    def __init__(self, answer: Ranking | Exception) -> None:
        super().__init__()
        self.answer = answer

    def search(self, query: str, **options: Any) -> Ranking:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def test_items_with_the_word_come_first_then_those_like_it_then_chance(all_carry):
    shown = search_sections.search(Answering(ranking("cwcbcc", "+++++-")), "dog", ["image"])
    assert shown.ids == ("i1", "i3", "i0", "i2", "i4", "i5")
    assert search_sections.sections_of(shown) == [
        ("2 with the word", 0),
        ("3 like it", 2),
        ("1 no closer than chance", 5),
    ]
    assert search_sections.title_of(shown) == "“dog” · 2 with the word, 3 like it"
    assert search_sections.lit(shown).tolist() == [1, 3, 0, 2, 4]


def test_what_is_compared_by_its_words_but_carries_none_of_the_query_is_like_it():
    shown = search_sections.search(Answering(ranking("wb", "++", "orchids")), "orchids", ["image"])
    captions = [str(StandIn().collection[int(p)].metadata["caption"]) for p in shown.positions]
    assert [via == "content" for via in shown.via] == ["orchids" not in caption for caption in captions]


def test_where_nothing_matches_the_title_says_so_and_what_is_near_is_shown_as_chance():
    shown = search_sections.search(Answering(ranking("c" * 40, "-" * 40, "asdkjh")), "asdkjh", ["image"])
    assert len(shown) == search_sections.LEAST
    assert search_sections.title_of(shown) == "Nothing is like “asdkjh”"
    assert search_sections.doubt_of(shown) == "What is shown is no closer than chance."
    assert search_sections.sections_of(shown) == [("24 no closer than chance", 0)]


def test_all_that_match_are_shown_however_many(all_carry):
    shown = search_sections.search(Answering(ranking("c" * 90, "+" * 80 + "-" * 10)), "dog", ["image"])
    assert (len(shown), shown.matching) == (80, 80)


def test_the_strength_never_rises_from_one_result_of_a_section_to_the_next(all_carry):
    app: Any = App(Answering(ranking("w" * 5 + "c" * 30, "+" * 20 + "-" * 15)))
    app.search("dog")
    tiles = items.tiles(app, serial=app.items["serial"], start=0)[0]["tiles"]
    starts = [section["start"] for section in app.items["sections"]] + [len(tiles)]
    for start, end in pairwise(starts):
        steps = [tile["strength"] for tile in tiles[start:end]]
        assert steps == sorted(steps, reverse=True)
    assert {tile["strength"] for tile in tiles} >= {3, 5}
    assert "of 5: " in tiles[0]["why"]
    assert "score" not in tiles[0]


def test_without_a_model_words_alone_find_and_the_note_says_so():
    exploration = Answering(SpaceMismatchError("a query", "imported vectors", "Embed again."))
    shown = search_sections.search(exploration, "orchids", ["image", "text"])
    assert shown.matching
    assert set(shown.via) == {"words"}
    assert {str(exploration.collection[id].modality) for id in shown.ids} == {"image", "text"}
    assert all("orchids" in str(exploration.collection[id].metadata["caption"]) for id in shown.ids)
    assert shown.note == "No model fits the vectors: found by words alone."
    assert not len(search_sections.search(exploration, "zzzz", ["image"]))


@pytest.mark.parametrize(("query", "words"), [("dog", "the word"), ("a dog", "the words")])
def test_a_section_speaks_of_as_many_words_as_there_are(query, words):
    assert search_sections.sections_of(ranking("w", "+", query)) == [(f"1 with {words}", 0)]
