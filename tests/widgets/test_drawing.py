"""What the browser draws: columns that travel one by one."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

import numpy as np
import pytest

from nova_explore.widgets.drawing import Drawing, fit, mask, picked

COLORS = ["#ff0000", "#00ff00", "#0000ff"]


class Canvas:
    """Stands in for the app: keeps what is told, and notes what was told anew."""

    told: set[str]

    def __init__(self) -> None:
        self.__dict__["told"] = set()

    def __setattr__(self, name: str, value: Any) -> None:
        if self.__dict__.get(name) != value:
            self.told.add(name)
        self.__dict__[name] = value

    def hold_sync(self):
        return nullcontext()


@pytest.fixture
def canvas() -> Any:
    return Canvas()


def places(n):
    return np.random.default_rng(0).normal(size=(n, 2)).astype(np.float32)


def drawing_of(canvas, n=30):
    drawing = Drawing(canvas)
    drawing.draw(places(n), np.ones(n, np.uint8))
    drawing.recode(np.arange(n, dtype=np.int32) % 3, COLORS)
    canvas.told.clear()
    return drawing


def test_coordinates_fit_the_square_and_keep_their_proportions():
    fitted = fit(np.array([[0, 0], [10, 0], [10, 5]], np.float32))
    assert np.abs(fitted).max() == 1
    assert np.isclose(np.ptp(fitted[:, 0]) / np.ptp(fitted[:, 1]), 2)
    assert np.isfinite(fit(np.zeros((4, 2), np.float32))).all()
    assert fit(np.zeros((0, 2), np.float32)).shape == (0, 2)


def test_an_item_costs_eight_bytes_for_its_place_and_one_each_for_its_mark_and_its_code(canvas):
    drawing = drawing_of(canvas)
    np.testing.assert_array_equal(np.frombuffer(canvas.xy, np.float32).reshape(-1, 2), fit(places(30)))
    assert np.frombuffer(canvas.codes, np.uint8).tolist() == [0, 1, 2] * 10
    assert set(canvas.marks) == {1}
    drawing.recode(np.arange(30, dtype=np.int32) * 10, ["#000000"] * 300)
    assert np.frombuffer(canvas.codes, np.uint16).tolist() == list(range(0, 300, 10))


def test_every_modality_has_a_mark_of_its_own(canvas):
    Drawing(canvas).draw(places(5), np.arange(5, dtype=np.uint8))
    assert sorted(canvas.marks) == [0, 1, 2, 3, 4]


def test_highlighted_items_travel_as_a_bit_each(canvas):
    drawing = drawing_of(canvas, 20_000)
    many = np.arange(1, 20_000, 7)
    drawing.highlight(many)
    assert len(canvas.lit) == 2500
    assert (
        np.flatnonzero(np.unpackbits(np.frombuffer(canvas.lit, np.uint8), bitorder="little")).tolist() == many.tolist()
    )
    drawing.highlight(np.array([], np.intp))
    assert set(canvas.lit) == {0}
    drawing.highlight(None)
    assert canvas.lit == b""


def test_another_palette_and_another_place_send_what_changed_and_no_more(canvas):
    drawing = drawing_of(canvas)
    drawing.recode(np.arange(30, dtype=np.int32) % 3, COLORS[::-1])
    assert canvas.told == {"colors"}
    canvas.told.clear()
    there = np.random.default_rng(1).normal(size=(30, 2)).astype(np.float32)
    drawing.move(there)
    assert canvas.told == {"xy"}
    np.testing.assert_array_equal(np.frombuffer(canvas.xy, np.float32).reshape(-1, 2), fit(there))
    with pytest.raises(ValueError, match="29 coordinates for 30 items"):
        drawing.move(there[1:])


@pytest.mark.parametrize("packed", [False, True])
def test_what_a_person_picks_comes_as_rising_positions(packed):
    chosen = np.array([7, 2, 11])
    data = mask(chosen, 13) if packed else chosen.astype(np.uint32).tobytes()
    assert picked(data, packed).tolist() == [2, 7, 11]
    assert picked(b"", False).tolist() == []
