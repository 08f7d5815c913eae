"""The pace finds a limit that nobody told it, keeps to it, and finds it again when it moves. In simulated time."""

from __future__ import annotations

import heapq
import random
import threading

import pytest

from nova_explore.models.nova.pace import Pace, Room, Tokens


def simulate(
    seconds, *, limit=None, latency=0.1, faults=0.0, own=0.0, burst=None, ceiling=64, outage=(0.0, 0.0), quota=None,
    found=None, seed=0, theirs=True,
):  # fmt: skip
    """A service with a token bucket, and a client that asks whenever the pace lets it; returns pace, good, refused.

    A share ``own`` is refused whatever the pace.
    """
    now = [0.0]
    pace = Pace(ceiling=ceiling, limit=quota, found=found, clock=lambda: now[0])
    draw = random.Random(seed)
    size = burst if burst is not None else limit or 0.0
    tokens, filled, number = size, 0.0, 0
    flying: list[tuple[float, int, str, float]] = []
    good: list[float] = []
    refused: list[float] = []
    most = 0
    while now[0] < seconds:
        pause = pace.wait(len(flying))
        if pause == 0:
            pace.sent()
            answer, chance = "good", draw.random()
            if outage[0] <= now[0] < outage[1] or draw.random() < own:
                answer = "busy" if theirs else "refused"
            elif chance < faults / 2:
                answer = "refused"
            elif chance < faults:
                answer = "fault"
            elif limit:
                tokens, filled = min(size, tokens + (now[0] - filled) * limit), now[0]
                answer = "good" if tokens >= 1 else "refused"
                tokens -= answer == "good"
            number += 1
            heapq.heappush(flying, (now[0] + latency * draw.uniform(0.8, 1.2), number, answer, now[0]))
            most = max(most, len(flying))
            continue
        now[0] = min(now[0] + pause, flying[0][0] if flying else float("inf"))
        while flying and flying[0][0] <= now[0]:
            _, _, answer, sent = heapq.heappop(flying)
            no = answer in ("refused", "busy")
            pace.answered(now[0] - sent, good=answer == "good", refused=no, theirs=answer == "busy")
            good += [now[0]] * (answer == "good")
            refused += [now[0]] * no
    return pace, good, refused, most


def rate(good, start, end):
    return sum(start <= at < end for at in good) / (end - start)


@pytest.mark.parametrize("limit", [2, 10, 50, 300])
@pytest.mark.parametrize("faults", [0.0, 0.05])
def test_at_least_nine_tenths_of_an_unknown_limit_are_used(limit, faults):
    _, good, _, _ = simulate(40, limit=limit, faults=faults, ceiling=128)
    assert rate(good, 0, 40) >= 0.9 * limit


def test_refusals_stay_few_once_the_limit_is_found():
    pace, good, refused, _ = simulate(60, limit=50, burst=10)
    assert len(refused) / (len(refused) + len(good)) < 0.15
    assert 48 <= (pace.rate or 0) <= 62


def test_without_a_limit_all_that_may_fly_flies():
    pace, good, _, most = simulate(10, ceiling=16)
    assert pace.rate is None
    assert most == 16
    assert len(good) / 10 >= 0.9 * 16 / 0.1


def test_random_faults_are_not_taken_for_a_limit():
    pace, good, _, _ = simulate(20, ceiling=16, faults=0.05)
    assert pace.rate is None
    assert len(good) / 20 >= 0.9 * 0.95 * 16 / 0.1


@pytest.mark.slow
@pytest.mark.parametrize("theirs", [True, False])
@pytest.mark.parametrize(("own", "least"), [(0.1, 0.85), (0.17, 0.75), (0.25, 0.65), (0.5, 0.4)])
def test_refusals_that_do_not_depend_on_the_pace_do_not_slow_it(own, least, theirs):
    calm = len(simulate(40, latency=0.06)[1])
    for seed in range(3):
        pace, good, _, _ = simulate(40, latency=0.06, own=own, seed=seed, theirs=theirs)
        assert len(good) >= least * calm
        assert pace.rate is None


@pytest.mark.parametrize(("own", "least"), [(0.1, 0.95), (0.17, 0.95), (0.25, 0.95)])
def test_a_limit_is_used_though_a_share_is_refused_whatever_the_pace(own, least):
    shares = [len(simulate(60, limit=50, latency=0.06, own=own, seed=seed)[1]) / 60 / 50 for seed in range(5)]
    assert sorted(shares)[2] >= least


def test_a_limit_is_not_taken_for_the_services_own_refusals():
    for seed in range(5):
        pace, _, _, _ = simulate(60, limit=50, seed=seed)
        assert 45 <= (pace.rate or 0) <= 65


def test_the_limit_is_found_when_the_services_own_refusals_have_ended():
    pace, _, _, _ = simulate(30, limit=50, own=0.25)
    pace.hold(0.0)
    assert pace.own_share < 0.45


def test_an_outage_is_met_with_few_requests_and_its_end_is_noticed():
    _, good, refused, _ = simulate(60, limit=50, outage=(10, 30))
    assert sum(10 <= at < 30 for at in refused) < 200, "a steady client would have sent a thousand into the outage"
    assert rate(good, 42, 60) >= 45


def test_a_known_quota_is_never_passed():
    _, good, refused, _ = simulate(20, limit=50, quota=20.0)
    assert not refused
    assert 19 <= rate(good, 2, 20) <= 20.5


def test_long_calls_are_no_reason_to_send_fewer():
    _, good, _, most = simulate(60, latency=4.0, ceiling=32)
    assert most == 32
    assert rate(good, 20, 60) >= 0.9 * 32 / 4.0


def waiting(room: Room, load: int) -> threading.Event:
    """Set once the load has got its room."""
    entered = threading.Event()

    def enter() -> None:
        with room.taken(load):
            entered.set()

    threading.Thread(target=enter, daemon=True).start()
    return entered


def test_a_load_waits_until_there_is_room_and_a_huge_one_goes_alone():
    room = Room(100)
    with room.taken(80):
        entered = waiting(room, 500)
        assert not entered.wait(0.05)
        assert room.used == 80
    assert entered.wait(2)


def test_a_bound_that_is_moved_lets_in_what_waits():
    room = Room(1)
    with room.taken():
        entered = waiting(room, 1)
        assert not entered.wait(0.05)
        room.resize(2)
        assert entered.wait(2)


def test_a_rate_that_was_found_before_is_used_from_the_first_second():
    found, _, _, _ = simulate(20, limit=50)
    assert found.found == pytest.approx(50, rel=0.15)
    _, fresh, _, _ = simulate(2, limit=50, burst=5, latency=0.5)
    _, kept, refused, _ = simulate(2, limit=50, burst=5, latency=0.5, found=found.found)
    assert len(kept) > 1.2 * len(fresh)
    assert len(refused) < 0.2 * len(kept)


def test_a_service_that_refuses_nothing_has_no_rate_to_be_kept():
    pace, _, _, _ = simulate(5)
    assert pace.found is None


def test_tokens_of_a_minute_are_never_passed_and_the_count_of_the_service_holds():
    now = [0.0]
    tokens = Tokens(600, clock=lambda: now[0])
    tokens.sent(40)
    assert tokens.wait() == pytest.approx(4.0)  # 40 at 10 a second
    tokens.counted(40, 20)
    assert tokens.wait() == pytest.approx(2.0)
    now[0] = 60.0
    sent = 0
    while now[0] + tokens.wait() < 120:
        now[0] += tokens.wait()
        tokens.sent(25)
        sent += 25
    assert sent <= 600 + 10 + 25


def test_lost_connections_are_no_reason_to_ask_faster():
    now = [0.0]
    pace = Pace(ceiling=64, found=50.0, clock=lambda: now[0])
    for _ in range(500):
        now[0] += 0.02
        pace.answered(0.1, good=False, refused=False)
    assert pace.rate == 50.0
