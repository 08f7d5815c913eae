"""Items come in as they are needed; what is answered already, and what another call answers, needs none of its own."""

from __future__ import annotations

from fakes.played import VECTOR, Played
from fakes.toy_library import text_items

from nova_explore.models.model import Account
from nova_explore.models.nova.asking import Known
from nova_explore.models.nova.intake import LOOKED_UP, Intake, over_budget
from nova_explore.space import ItemError


def some(count: int):
    return text_items([("", f"text {n}") for n in range(count)])


def model(**options) -> Played:
    return Played(lambda item, now: None, **options)


def test_items_are_taken_only_as_they_are_needed():
    taken = []

    def source():
        for item in some(3 * LOOKED_UP):
            taken.append(item)
            yield item

    intake = Intake(source(), model(), Account())
    assert not taken
    assert not intake.empty
    assert len(taken) == LOOKED_UP
    assert not intake.at_end


def test_what_is_known_is_settled_without_a_call():
    items = some(3)
    known = {
        items[0].content_key: Known(VECTOR, 5),
        items[1].content_key: Known(ItemError("No.", "blocked")),
    }
    account = Account()
    intake = Intake(items, model(there=known), account)
    assert not intake.empty
    assert intake.first is items[2]
    assert [item for item, _ in intake.settled] == items[:2]
    assert account.cached == 1, "a blocked item is no vector"
    assert account.truncated == {items[0].content_key: 5}


def test_equal_texts_are_settled_together_and_asked_for_again_when_they_come_later():
    items = text_items([("", "same")] * 3)
    account = Account()
    intake = Intake(items, model(), account)
    assert not intake.empty
    first = intake.pop()
    assert intake.empty
    intake.settle(first, VECTOR)
    assert [item for item, _ in intake.settled] == items
    assert account.cached == 2


def test_items_from_all_over_the_rest_are_taken_out_of_it():
    items = some(1000)
    intake = Intake(items, model(), Account())
    found = intake.spread(8)
    assert [items.index(item) for item in found] == [0, 125, 250, 375, 500, 625, 750, 875]
    left = []
    while not intake.empty:
        left.append(intake.pop())
    assert left == [item for item in items if item not in found]
    assert intake.spread(8) == []


def test_why_an_item_is_over_budget_is_the_same_for_equal_prices():
    assert over_budget(0.02, 0.0006).reason == over_budget(0.02, 0.0006).reason
    assert "up to $0.0006" in over_budget(0.02, 0.0006).reason
    assert "no price is known" in over_budget(0.02, None).reason
