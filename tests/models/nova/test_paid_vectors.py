"""What is paid for is kept, found again, and asked for by one call at a time, whoever asks."""

from __future__ import annotations

import gc
import os
import sqlite3
import subprocess
import sys
import threading
from functools import partial

import numpy as np
import pytest

from nova_explore.models.nova import paid_vectors
from nova_explore.models.nova.paid_vectors import VectorCache

VECTOR = np.array([0.6, 0.8], np.float32)


@pytest.fixture
def cache(tmp_path):
    return VectorCache(tmp_path / "vectors.sqlite")


def test_a_vector_comes_back_as_it_was(cache):
    cache.put("key", VECTOR, kept=7)
    (found,) = cache.get(["key", "other"]).values()
    np.testing.assert_array_equal(found[0], VECTOR)
    assert found[1] == 7


def test_more_keys_than_one_question_takes_are_found(cache):
    for number in range(1201):
        cache.put(f"{number}", VECTOR)
    assert len(cache.get(map(str, range(1300)))) == 1201


def test_a_file_of_an_earlier_version_keeps_its_vectors_and_learns_the_new_tables(tmp_path):
    path = tmp_path / "vectors.sqlite"
    old = sqlite3.connect(path)
    old.execute("CREATE TABLE vectors (key TEXT PRIMARY KEY, vector BLOB NOT NULL, kept INTEGER) WITHOUT ROWID")
    old.execute("INSERT INTO vectors VALUES ('paid', ?, NULL)", (VECTOR.astype("<f4").tobytes(),))
    old.commit()
    old.close()
    cache = VectorCache(path)
    assert list(cache.get(["paid"])) == ["paid"]
    assert cache.claim(["x"], owner="one")


def test_a_cache_that_nobody_uses_any_more_lets_go_of_its_file(tmp_path, monkeypatch):
    """Python 3.13 warns of a connection that is forgotten while it is open."""
    closed = []

    class Watched(sqlite3.Connection):
        def close(self) -> None:
            closed.append(self)
            super().close()

    monkeypatch.setattr(paid_vectors.sqlite3, "connect", partial(sqlite3.connect, factory=Watched))
    VectorCache(tmp_path / "vectors.sqlite").put("key", VECTOR)
    (tmp_path / "no-cache").write_bytes(b"no database" * 1000)
    with pytest.raises(sqlite3.DatabaseError):
        VectorCache(tmp_path / "no-cache")
    gc.collect()
    assert len(closed) == 2


def test_the_same_bytes_lead_to_the_vector_that_was_paid_for(cache):
    cache.put_all({"item": VECTOR}, bodies={"body": "item"})
    assert cache.keys_of(["body", "another"]) == {"body": "item"}


def test_the_vectors_of_one_answer_are_kept_together_or_not_at_all(cache):
    with pytest.raises(AttributeError):
        cache.put_all({"a": VECTOR}, bodies=object())  # pyright: ignore[reportArgumentType]
    assert cache.get(["a"]) == {}


# ---- claims ---------------------------------------------------------------------------------------------------------


def test_a_key_is_claimed_by_one_call_until_it_is_paid_for_or_given_back(cache):
    assert cache.claim(["a", "b"], owner="one")
    assert cache.claim(["a"], owner="one"), "again, by the same"
    assert not cache.claim(["b", "c"], owner="two")
    cache.release(owner="one")
    assert cache.claim(["b", "c"], owner="two")
    cache.put_all({"b": VECTOR}, owner="two")
    assert cache.claim(["c"], owner="three")


def test_a_claim_that_is_refused_claims_nothing(cache):
    cache.claim(["a"], owner="one")
    cache.claim(["a", "b"], owner="two")
    assert cache.claim(["b"], owner="three")


def test_of_many_threads_one_gets_the_claim(cache):
    won: list[int] = []
    start = threading.Barrier(16)

    def claim(number: int) -> None:
        start.wait()
        if cache.claim(["a"], owner=str(number)):
            won.append(number)

    threads = [threading.Thread(target=claim, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1


CLAIMING = """
import sys
from pathlib import Path
from nova_explore.models.nova.paid_vectors import VectorCache
cache = VectorCache(Path(sys.argv[1]))
print(cache.claim(["a"], owner="other"), flush=True)
sys.stdin.read()
"""


@pytest.mark.slow
def test_another_living_process_holds_its_claim_and_a_dead_one_does_not(cache):
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", CLAIMING, str(cache.path)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, text=True)
    assert process.stdin is not None
    assert process.stdout is not None
    with process.stdin, process.stdout:
        assert process.stdout.readline().strip() == "True"
        assert not cache.claim(["a"], owner="mine")
        process.kill()
        process.wait()
    assert cache.claim(["a"], owner="mine")


def test_a_claim_is_void_when_no_call_can_still_be_on_its_way(cache, monkeypatch):
    cache.claim(["a"], owner="one")
    monkeypatch.setattr(paid_vectors, "CLAIM_HOLDS", -1.0)
    assert cache.claim(["a"], owner="two")


# ---- what is not to be sent, and how fast ---------------------------------------------------------------------------


def test_what_was_blocked_is_known_until_it_is_taken_back(cache):
    cache.block("a", "No.")
    assert cache.blocked(["a", "b"]) == {"a": "No."}
    cache.unblock(["a"])
    assert cache.blocked(["a"]) == {}


def test_a_rate_holds_for_a_day_and_what_is_learned_for_good(cache, monkeypatch):
    cache.keep_rate("place", 12.0)
    assert cache.rate("place") == 12.0
    monkeypatch.setattr(paid_vectors.time, "time", lambda: 10 * 365 * 24 * 3600.0 + 2e9)
    assert cache.rate("place") is None
    assert cache.rate("place", holds=None) == 12.0


def test_of_calls_that_claim_one_thing_at_the_same_time_the_first_has_it(tmp_path):
    cache = VectorCache(tmp_path / "v.sqlite")
    asked = [(["a", "b"], "one"), (["b", "c"], "two"), (["c"], "three")]
    assert cache.claim_some(asked) == [True, False, True]
    assert not cache.claim(["a"], owner="two")
    cache.release(owner="one")
    assert cache.claim(["a", "b"], owner="two")
