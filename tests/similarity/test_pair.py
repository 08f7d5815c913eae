"""Two things are compared against what is usual of such pairs, and said in words."""

from __future__ import annotations

import numpy as np
import pytest
from fakes.toy_library import toy_library
from fakes.toy_model import ToyModel

from nova_explore.exploration.chain import explore


@pytest.fixture(scope="module")
def exploration(tmp_path_factory):
    return explore(toy_library(tmp_path_factory.mktemp("toy") / "toy.nova", per_topic=20), model=ToyModel())


def two_of(exploration, *topics):
    ids = {}
    for item in exploration.collection:
        ids.setdefault(item.metadata["topic"], []).append(item.id)
    return [ids[topic][place] for place, topic in enumerate(topics)]


def test_ranks_are_places_among_all_counted_by_hand(exploration):
    a, b = two_of(exploration, "birds", "birds")
    pair = exploration.compare(a, b)
    rows = [exploration.collection.position(id) for id in (a, b)]
    cosines = exploration.vectors @ exploration.vectors[rows].T
    assert pair.cosine == pytest.approx(float(cosines[rows[1], 0]), abs=1e-6)
    for place, (mine, other) in enumerate((rows, rows[::-1])):
        nearer = sum(cosines[i, place] > pair.cosine + 1e-6 for i in range(len(cosines)) if i not in (mine, other))
        assert pair.ranks[place] == nearer + 1


def test_a_pair_of_one_topic_stands_higher_than_one_of_two(exploration):
    same, other = (
        exploration.compare(*two_of(exploration, *topics)) for topics in (("birds", "birds"), ("birds", "boats"))
    )
    assert same.percentile > 0.75 > other.percentile
    assert same.shared_metadata["topic"] == "birds"
    assert "topic" not in other.shared_metadata
    assert len(same.shared_neighbors) > len(other.shared_neighbors)
    assert same.map_ranks is not None
    assert same.map_distance is not None
    assert same.map_distance < other.map_distance
    assert same.copy != "copy"


def test_words_and_an_item_are_a_pair_without_a_place_on_the_map(exploration):
    [owl] = [item.id for item in exploration.collection if "owl" in item.text.split()][:1]
    pair = exploration.compare("owl", owl)
    assert pair.modalities == ("words", "text")
    assert pair.ids == (None, owl)
    assert pair.map_ranks is None
    assert "owl" in pair.shared_words


def test_a_text_on_disk_with_the_words_of_an_item_is_its_copy(exploration, tmp_path):
    item = exploration.collection[3]
    path = tmp_path / "again.txt"
    path.write_text(f"{item.text.upper()}.\n", encoding="utf-8")
    pair = exploration.compare(path, item.id)
    assert pair.copy == "copy"
    assert pair.how == "the same words"


def test_the_table_and_the_page_hold_what_was_found_and_escape_it(exploration):
    pair = exploration.compare("<b>owl</b>", exploration.collection[0].id)
    assert pair.to_frame().loc["cosine", "value"] == pair.cosine
    assert "<b>owl" not in pair._repr_html_()
    assert "&lt;b&gt;owl" in pair._repr_html_()
    assert np.isfinite(pair.typical).all()
