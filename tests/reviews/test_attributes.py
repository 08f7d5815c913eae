"""Groups come from a person's table: a column, several columns, or a mapping by id; the rest is counted."""

from __future__ import annotations

import numpy as np
import pytest
from fakes.reviewed import gallery

from nova_explore.errors import UnknownNameError
from nova_explore.reviews.attributes import groups_of


@pytest.fixture
def people():
    facts = [
        {"gender": "ab"[row % 2], "age": "old" if row < 8 else "young", "note": None if row < 5 else "x"}
        for row in range(80)
    ]
    return gallery(np.random.default_rng(0).normal(size=(80, 8)), facts)


def test_groups_are_in_the_order_of_their_size(people):
    groups = groups_of(people, "age", fewest=5)
    assert groups.names == ("young", "old")
    assert groups.sizes.tolist() == [72, 8]


def test_columns_can_be_crossed_by_a_list_or_by_name(people):
    one, two = groups_of(people, ["gender", "age"]), groups_of(people, "gender × age")
    assert one.names == two.names == ("a × young", "b × young")
    assert ("gender × age a × old", "too few (4 < 30), not reported") in one.not_run


def test_items_without_a_value_are_counted(people):
    groups = groups_of(people, "note")
    assert ("5 items", "have no value of note and take no part") in groups.not_run
    assert (groups.labels[:5] == -1).all()


def test_a_mapping_by_id_groups_and_an_unknown_id_is_named(people):
    ids = people.collection.ids
    groups = groups_of(people, {id: "x" if row % 2 else "y" for row, id in enumerate(ids)})
    assert groups.names == ("x", "y")
    with pytest.raises(UnknownNameError, match="i9"):
        groups_of(people, {"i9": "x"})


def test_the_group_of_each_item_may_be_given_in_order(people):
    labels = ["x" if place % 2 else "y" for place in range(len(people))]
    groups = groups_of(people, np.array(labels), fewest=2)
    assert set(groups.names) == {"x", "y"}
    assert [groups.names[label] for label in groups.labels] == labels
