"""Which item is asked for when, and what a failure means, in simulated time."""

from __future__ import annotations

import pytest
from fakes.played import FAMILIES, Played, play
from fakes.toy_library import text_items

from nova_explore.errors import ServiceRefusedError, ServiceUnavailableError
from nova_explore.models.model import Account
from nova_explore.models.nova.families import Kind
from nova_explore.models.nova.schedule import CANARY, UNREACHED
from nova_explore.space import ItemError


def some(count: int, bad: int = 0):
    """So many items, the first of them bad."""
    return text_items([("", f"{'bad' if n < bad else 'good'} item {n:04d}") for n in range(count)])


def bad_are(fault: str):
    return lambda item, now: fault if (item.text or "").startswith("bad") else None


def kinds(answers) -> dict[str, int]:
    found: dict[str, int] = {}
    for answer in answers.values():
        name = answer.kind if isinstance(answer, ItemError) else "vector"
        found[name] = found.get(name, 0) + 1
    return found


# ---- hiccups of seconds ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", ["model", "timeout", "damaged", "server", "network", "busy"])
@pytest.mark.parametrize("began", [0.0, 1.0])
def test_five_seconds_in_which_everything_fails_cost_no_item(fault, began):
    model = Played(lambda item, now: fault if began <= now < began + 5 else None)
    answers, _, seconds = play(some(900), model)
    assert kinds(answers) == {"vector": 900}
    assert max(model.good.values()) == 1
    assert seconds < 60


@pytest.mark.parametrize("fault", ["model", "timeout", "damaged"])
def test_an_item_on_which_the_model_always_fails_is_given_up_after_half_a_minute_and_once_more_at_the_end(fault):
    model = Played(bad_are(fault))
    answers, account, seconds = play(some(400, bad=3), model)
    assert kinds(answers) == {"vector": 397, "service": 3}
    assert all(4 <= count <= 8 for count in model.asked.values() if count > 1)
    assert sum(count > 1 for count in model.asked.values()) == 3
    assert 20 < seconds < 120
    assert len(account.failed_requests) == 3


def test_a_library_of_one_item_that_always_fails_comes_to_an_end():
    answers, _, seconds = play(some(1, bad=1), Played(bad_are("model")))
    assert kinds(answers) == {"service": 1}
    assert seconds < 120


# ---- whose fault a refusal is ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("bad", [1, 19, 20, 40, 300])
@pytest.mark.parametrize("fault", ["odd", "decode", "unseen"])
def test_refused_items_that_come_first_stop_nothing(bad, fault):
    model = Played(bad_are(fault))
    answers, _, _ = play(some(bad + 100, bad=bad), model)
    kind = "blocked" if FAMILIES[fault].kind is Kind.BLOCKED else "refused"
    assert kinds(answers) == {"vector": 100, kind: bad}
    assert max(model.asked.values()) == 1


def test_a_library_that_holds_vectors_is_not_stopped_by_items_that_are_all_refused():
    account = Account(stored_before=1)
    model = Played(bad_are("odd"))
    answers, _, _ = play(some(50, bad=50), model, account=account)
    assert kinds(answers) == {"refused": 50}
    assert "canary" not in model.asked


def test_items_that_are_all_refused_keep_their_reasons_where_a_plain_text_is_answered():
    model = Played(bad_are("odd"))
    answers, account, _ = play(some(50, bad=50), model)
    assert kinds(answers) == {"refused": 50}
    assert model.asked["canary"] == 1
    assert "canary" not in answers
    assert account.answered == 1, "and it is paid for"


@pytest.mark.parametrize("fault", ["odd", "unseen"])
def test_a_service_that_refuses_a_plain_text_too_ends_the_run_and_blocks_nothing(fault):
    model = Played(lambda item, now: fault)
    with pytest.raises(ServiceRefusedError, match="a plain text too"):
        play(some(400), model)
    assert model.asked.total() < 60, "of 400"
    assert model.blocked == set()


def test_a_gateway_that_refuses_the_first_call_is_asked_once_more_and_then_stops_the_run():
    model = Played(lambda item, now: "gateway")
    with pytest.raises(ServiceRefusedError, match="a plain text too"):
        play(some(400), model, window=1)
    assert model.asked.total() <= 1 + 9


def test_a_gateway_that_refuses_one_item_among_others_is_asked_again_by_the_next_run():
    answers, _, _ = play(some(30, bad=1), Played(bad_are("gateway")))
    assert kinds(answers) == {"vector": 29, "service": 1}


def test_what_is_blocked_in_known_words_is_recorded_at_once():
    model = Played(bad_are("filter"))
    answers, _, _ = play(some(3, bad=3), model)
    assert kinds(answers) == {"blocked": 3}
    assert len(model.blocked) == 3
    assert "canary" not in model.asked


def test_a_fault_that_every_call_would_meet_ends_the_run():
    with pytest.raises(ServiceRefusedError, match="no permission"):
        play(some(400), Played(lambda item, now: "denied"))


def test_the_canary_is_a_text_of_a_few_tokens():
    assert len(CANARY) < 40


# ---- patience -------------------------------------------------------------------------------------------------------


def test_a_service_that_answers_nothing_for_long_is_given_up_after_its_patience_and_not_before():
    model = Played(lambda item, now: "busy" if now > 2 else None)
    with pytest.raises(ServiceUnavailableError, match="No good answer for 100 seconds"):
        play(some(900), model, patience=100.0)
    model = Played(lambda item, now: "busy" if 2 < now < 90 else None)
    answers, _, _ = play(some(900), model, patience=100.0)
    assert kinds(answers) == {"vector": 900}


def test_an_endpoint_that_is_never_reached_is_given_up_sooner():
    model = Played(lambda item, now: "network")
    account = Account()
    with pytest.raises(ServiceUnavailableError, match="not been reached"):
        play_unreached(model, account)


def play_unreached(model, account):
    from nova_explore.models.nova.faults import Fault
    from nova_explore.models.nova.schedule import Schedule

    schedule = Schedule(some(1), model, account=account, seed=0)
    now = 0.0
    while now < 10 * UNREACHED:
        task = schedule.due(now, window=4)
        if task is not None:
            schedule.sent(task, now)
            schedule.failed(task, Fault(FAMILIES["network"], "no route"), now + 1)
        schedule.give_up(now + 1)
        now = max(now + 1, schedule.next_due or 0.0)


def test_the_last_items_are_not_kept_waiting_where_others_are_answered():
    """Nothing new comes after them: every answer leaves a place empty."""
    model, bad = Played(lambda item, now: None), bad_are("busy")
    model.answer = lambda item, now: bad(item, now) if model.asked[item.name] < 3 else None
    items = list(reversed(some(200, bad=12)))
    _, _, calm = play(items, Played(lambda item, now: None))
    answers, _, seconds = play(items, model)
    assert kinds(answers) == {"vector": 200}
    assert seconds - calm < 2 * (0.1 + 0.1), "two more calls each, and a short pause before each"


def test_what_the_run_waits_for_is_said():
    from nova_explore.models.nova.faults import Fault
    from nova_explore.models.nova.schedule import Schedule

    schedule = Schedule(some(1), Played(lambda item, now: None), account=Account(), seed=0)
    task = schedule.due(0.0, window=4)
    assert task is not None
    schedule.sent(task, 0.0)
    assert schedule.waits_for(10.0) == ""
    schedule.failed(task, Fault(FAMILIES["busy"], "busy", "id"), 10.0)
    assert schedule.waits_for(10.0).startswith("no capacity, next try in ")


# ---- budget, equal texts, claims ------------------------------------------------------------------------------------


@pytest.mark.parametrize("budget", [0.0, 1.0, 7.5, 30.0])
def test_a_budget_is_used_and_never_passed(budget):
    model = Played(lambda item, now: None)
    answers, account, _ = play(some(20), model, budget=budget)
    assert account.spent <= budget
    assert kinds(answers).get("vector", 0) == min(20, int(budget))
    assert all("left of the budget" in a.reason for a in answers.values() if isinstance(a, ItemError))


def test_without_a_price_a_budget_sends_nothing():
    model = Played(lambda item, now: None, price=None)
    answers, _, _ = play(some(5), model, budget=1.0)
    assert model.asked.total() == 0
    assert {answer.kind for answer in answers.values()} == {"budget"}


def test_equal_texts_are_one_call_and_every_item_gets_its_answer():
    items = text_items([("", f"small print {n % 8}") for n in range(120)])
    model = Played(lambda item, now: None)
    answers, account, _ = play(items, model)
    assert model.asked.total() == 8
    assert len(answers) == len(items)
    assert account.cached == len(items) - 8


def test_a_claimed_item_is_put_off_and_its_call_is_not_counted():
    from nova_explore.models.nova.schedule import Schedule

    account = Account()
    schedule = Schedule(some(1), Played(lambda item, now: None), account=account, seed=0)
    task = schedule.due(0.0, window=4)
    assert task is not None
    schedule.sent(task, 0.0)
    schedule.claimed(task, 0.0)
    assert (account.calls, schedule.in_flight) == (0, 0)
    assert schedule.due(0.0, window=4) is None
    assert schedule.due(5.0, window=4) is task
