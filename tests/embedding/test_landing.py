"""The first Ctrl-C lets a run land, the second leaves at once."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator

import pytest

from nova_explore.embedding.landing import landing
from nova_explore.models.model import Account


@pytest.fixture(autouse=True)
def heard() -> Iterator[None]:
    """Hear Ctrl-C also where the tests run in the background of a shell, which lets them ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def pressed(times: int, passed: list[bool], error: Exception | None = None) -> None:
    """A run in which Ctrl-C is pressed; notes whether it was asked to stop when it came to its end."""
    account = Account()
    with landing(account):
        for _ in range(times):
            signal.raise_signal(signal.SIGINT)
        passed.append(account.stopping)
        if error:
            raise error


def test_the_first_press_asks_the_run_to_stop_and_is_raised_at_its_end():
    passed: list[bool] = []
    with pytest.raises(KeyboardInterrupt):
        pressed(1, passed)
    assert passed == [True]


def test_the_second_press_leaves_at_once():
    passed: list[bool] = []
    with pytest.raises(KeyboardInterrupt):
        pressed(2, passed)
    assert passed == []


def test_afterwards_ctrl_c_means_what_it_did():
    before = signal.getsignal(signal.SIGINT)
    with landing(Account()):
        assert signal.getsignal(signal.SIGINT) is not before
    assert signal.getsignal(signal.SIGINT) is before


def test_an_error_in_the_block_is_not_hidden_by_a_press():
    with pytest.raises(ValueError, match="first"):
        pressed(1, [], ValueError("first"))


def test_another_thread_and_another_handler_are_left_alone():
    found = []
    thread = threading.Thread(target=lambda: found.append(_handler_inside()))
    thread.start()
    thread.join()
    assert found == [signal.default_int_handler]
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        assert _handler_inside() is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


def _handler_inside():
    with landing(Account()):
        return signal.getsignal(signal.SIGINT)
