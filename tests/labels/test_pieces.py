"""Labels that are cut in pieces, each with a name of its own."""

from __future__ import annotations

import pytest

from nova_explore.errors import UnknownNameError
from nova_explore.labels.pieces import along_tree, chosen_and_rest, name_pieces


@pytest.fixture
def labelled(exploration):
    return exploration.labels._labelled


@pytest.fixture
def members(exploration):
    return [exploration.collection.ids[position] for position in exploration.clustering.members(0).tolist()]


def test_pieces_hold_all_members_once_and_have_different_names(labelled, members):
    pieces = along_tree(labelled, members, into=4, taken=set())
    assert sorted(id for _, ids in pieces for id in ids) == sorted(members)
    assert len({name for name, _ in pieces}) == 4
    sizes = [len(ids) for _, ids in pieces]
    assert sizes == sorted(sizes, reverse=True)


def test_a_name_that_is_taken_gets_a_number(labelled, members):
    [name] = name_pieces(labelled, [members], taken=set())
    assert name_pieces(labelled, [members], taken={name, f"{name} (2)"}) == [f"{name} (3)"]


def test_some_items_leave_a_label_and_the_rest_keeps_its_name(labelled, members):
    pieces = chosen_and_rest(labelled, "birds", members, tuple(members[:3]), name="young", taken=set())
    assert pieces == [("young", tuple(members[:3])), ("birds", tuple(members[3:]))]
    with pytest.raises(UnknownNameError, match="item in 'birds'"):
        chosen_and_rest(labelled, "birds", members, ("no id",), name=None, taken=set())
    for chosen in ((), tuple(members)):
        with pytest.raises(ValueError, match="not none and not all"):
            chosen_and_rest(labelled, "birds", members, chosen, name=None, taken=set())
