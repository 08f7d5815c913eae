"""Code is compiled whether or not there is a folder to keep it in."""

from __future__ import annotations

import numba
import pytest

from nova_explore.map.compiled import compiled


def test_a_compiled_function_gives_what_python_gives():
    def add(a, b):
        return a + b

    assert compiled()(add)(2, 3) == 5


def test_without_a_folder_to_keep_it_in_it_is_compiled_all_the_same(monkeypatch):
    from numba.core.dispatcher import Dispatcher

    def refuse(self):
        raise RuntimeError("cannot cache function 'double': no locator available")

    monkeypatch.setattr(Dispatcher, "enable_caching", refuse)

    def double(a):
        return 2 * a

    made = compiled(nogil=True)(double)
    assert made(4) == 8
    assert isinstance(made, Dispatcher)


def test_another_mistake_is_not_hidden():
    with pytest.raises(numba.TypingError):
        compiled()(lambda a: a.no_such_attribute)(1)
