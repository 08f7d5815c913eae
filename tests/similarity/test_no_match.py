"""A query that nothing is like is known from what meaningless queries score."""

from __future__ import annotations

import numpy as np
import pytest
from fakes.toy_library import toy_library
from fakes.toy_model import ToyModel

from nova_explore.exploration.chain import explore
from nova_explore.similarity.no_match import Level, level_of, level_of_pairs, matches, nonsense, script_of


@pytest.fixture(scope="module")
def exploration(tmp_path_factory):
    folder = tmp_path_factory.mktemp("toy")
    return explore(toy_library(folder / "toy.nova", per_topic=40), model=ToyModel())


def test_the_levels_are_quantiles_of_the_best_scores_of_meaningless_queries():
    best = np.random.default_rng(0).gumbel(2.0, 0.5, 20_000)
    level = level_of(best)
    assert (best < level.enters).mean() == pytest.approx(0.99, abs=0.003)
    assert (best < level.stays).mean() == pytest.approx(0.75, abs=0.01)


def test_one_item_above_the_high_level_lets_those_above_the_low_one_in():
    levels = {"text": Level(3, 1), "image": Level(4, 2)}
    scores = {"text": np.array([0.5, 1.5, 3.5]), "image": np.array([1.9, 2.1])}
    found = matches(scores, levels, words=False)
    assert found["text"].tolist() == [False, True, True]
    assert found["image"].tolist() == [False, True]
    nothing = matches({"text": np.array([2.9]), "image": np.array([3.9])}, levels, words=False)
    assert not nothing["text"].any()
    assert not nothing["image"].any()


def test_meaningless_queries_are_in_the_script_of_the_query():
    assert script_of("ein Hund") == "LATIN"
    assert script_of("犬") == "CJK"
    assert script_of("42 !") == "LATIN"
    for query in ("собака", "犬小屋", "σκύλος"):
        made = nonsense(script_of(query), 16)
        assert {script_of(one) for one in made} == {script_of(query)}
    assert nonsense("LATIN", 16) == nonsense("LATIN", 16)


def test_pairs_of_items_set_one_level():
    assert level_of_pairs(np.arange(1001) / 1000) == Level(0.99, 0.99)


def test_nonsense_finds_nothing_and_words_that_items_carry_are_found(exploration):
    missed = [exploration.search(query, k=10).matching for query in nonsense("LATIN", 40, seed=5)]
    assert np.mean(np.array(missed) <= 2) >= 0.9
    found = exploration.search("owl feather", k=10)
    assert found.matches.all()
    assert found.via[0] == "both"
    assert "Nothing here is like this" in exploration.search("zzxqv", k=5).sentence
