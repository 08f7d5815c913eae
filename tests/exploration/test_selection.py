"""A selection is one slice at a time, and no one answers an echo of their own."""

from __future__ import annotations

import pytest
from fakes.items import text_item

from nova_explore.collection import Collection, Slice, number_copies
from nova_explore.errors import UnknownNameError
from nova_explore.exploration.selection import Selection


@pytest.fixture
def collection() -> Collection:
    return Collection(number_copies(text_item(f"d{i}", f"{i}.txt") for i in range(5)))


@pytest.fixture
def selection(collection) -> Selection:
    return Selection(collection)


def test_at_first_nothing_is_selected(selection):
    assert selection.slice == Slice("nothing selected", ())
    assert selection.origin is None


def test_what_is_chosen_keeps_its_order_its_name_and_who_chose_it(selection, collection):
    ids = collection.ids[3:0:-1]
    chosen = selection.choose(iter(ids), "three", origin="app")
    assert chosen == selection.slice == Slice("three", ids)
    assert selection.origin == "app"


def test_a_wrong_id_leaves_everything_as_it_was_and_tells_no_one(selection, collection):
    before = selection.choose(collection.ids[:2], origin="app")
    heard = []
    selection.follow(heard.append)
    with pytest.raises(UnknownNameError):
        selection.choose([collection.ids[0], "nonsense"])
    assert (selection.slice, selection.origin, heard) == (before, "app", [])


def test_an_origin_hears_of_others_and_of_code_but_never_of_itself(selection, collection):
    heard = {"one": [], "two": [], "nobody": []}
    selection.follow(heard["one"].append, origin="one")
    selection.follow(heard["two"].append, origin="two")
    selection.follow(heard["nobody"].append)
    of_one = selection.choose(collection.ids[:1], origin="one")
    of_code = selection.choose(collection.ids[:2])
    assert heard == {"one": [of_code], "two": [of_one, of_code], "nobody": [of_one, of_code]}


def test_whoever_stops_following_hears_no_more_and_may_stop_twice(selection, collection):
    heard = []
    stop = selection.follow(heard.append)
    selection.choose(collection.ids[:1])
    stop()
    stop()
    selection.choose(collection.ids[:2])
    assert len(heard) == 1


def test_a_follower_that_stops_while_it_is_told_keeps_no_one_else_from_hearing(selection, collection):
    heard = []
    stops = [selection.follow(lambda _: stops[0]()), selection.follow(heard.append)]
    selection.choose(collection.ids[:1])
    selection.choose(collection.ids[:2])
    assert len(heard) == 2
