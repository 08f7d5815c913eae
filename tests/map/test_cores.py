"""Parts of the rows cover all of them, once each, whatever the number of cores."""

from __future__ import annotations

import numpy as np
import pytest

from nova_explore.map import cores


@pytest.mark.parametrize("n", [0, 1, 7, 100])
@pytest.mark.parametrize("count", [1, 2, 5])
def test_every_row_is_in_one_part(n, count, monkeypatch):
    monkeypatch.setattr(cores, "count", lambda: count)
    visits = np.zeros(n, int)

    def visit(first: int, end: int) -> None:
        visits[first:end] += 1

    with cores.over_rows(n) as each_part:
        each_part(visit)
        each_part(visit)
    np.testing.assert_array_equal(visits, 2)


def test_what_goes_wrong_in_a_part_is_raised():
    def fail(first: int, end: int) -> None:
        raise ZeroDivisionError

    with cores.over_rows(10) as each_part, pytest.raises(ZeroDivisionError):
        each_part(fail)


def test_there_is_a_core():
    assert cores.count() >= 1
