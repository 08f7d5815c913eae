"""Items on their way to their places."""

from __future__ import annotations

import numpy as np
from fakes.stand_in import StandIn

from nova_explore.widgets import motion
from nova_explore.widgets.motion import Motion, draw_again


class Moved:
    def __init__(self) -> None:
        self.pictures = []

    def move(self, xy) -> None:
        self.pictures.append(xy)


def test_pictures_that_come_too_soon_are_left_out(monkeypatch):
    clock = [100.0]
    monkeypatch.setattr(motion.time, "monotonic", lambda: clock[0])
    moved, xy = Moved(), np.zeros((4, 2), np.float32)
    show = Motion(moved)  # pyright: ignore[reportArgumentType]
    for after in (0, 0.05, 0.06, 0.2):
        clock[0] = 100 + after
        show(xy)
    assert len(moved.pictures) == 3 - 1


def test_what_is_shown_is_cut_as_before_when_it_is_drawn_again():
    named = StandIn()
    shown = named.recluster(min_cluster_size=20)
    drawn, cut = draw_again(named, shown, 0.5, lambda _: None)
    assert drawn.clustering.parameters["min_cluster_size"] == 5
    assert cut.clustering.parameters["min_cluster_size"] == 20
    np.testing.assert_array_equal(cut.layout.xy, drawn.layout.xy)
    drawn, cut = draw_again(named, named, 0.5, lambda _: None)
    assert cut is drawn
