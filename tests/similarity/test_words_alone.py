"""A search by words alone."""

from __future__ import annotations

import pytest
from fakes.stand_in import StandIn

from nova_explore.similarity.words_alone import find_words
from nova_explore.similarity.words_index import WordsIndex


@pytest.fixture(scope="module")
def collection():
    return StandIn().collection


@pytest.fixture(scope="module")
def words(collection):
    return WordsIndex(collection)


def test_it_finds_what_carries_the_words_best_first(collection, words):
    ranking = find_words(collection, words, "whale song", k=10)
    assert len(ranking) == 10
    assert ranking.matches.all()
    assert set(ranking.via) == {"words"}
    assert list(ranking.merits) == sorted(ranking.merits, reverse=True)
    assert all("whale song" in collection[id].metadata["caption"] for id in ranking.ids)


def test_only_the_wanted_modalities_are_found(collection, words):
    ranking = find_words(collection, words, "orchids", k=50, modalities=["audio"], note="words")
    assert {str(collection[id].modality) for id in ranking.ids} == {"audio"}
    assert ranking.note == "words"


def test_words_that_nothing_carries_find_nothing(collection, words):
    assert len(find_words(collection, words, "zzzz", k=5)) == 0
