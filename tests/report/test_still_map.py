"""The still picture holds every point at its place, and the names that fit."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from nova_explore.palette import rgb, spread_colors
from nova_explore.report.still_map import map_png


def drawn(exploration, **options) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(map_png(exploration, 800, 550, **options))).convert("RGB")).astype(int)


def test_the_picture_has_its_size_and_is_the_same_every_time(exploration):
    picture = map_png(exploration, 800, 550)
    assert picture == map_png(exploration, 800, 550)
    assert Image.open(io.BytesIO(picture)).size == (800, 550)
    assert picture != map_png(exploration, 800, 550, thumbnails=False)


def test_the_colour_of_every_cluster_is_in_the_picture(exploration):
    pixels = drawn(exploration, thumbnails=False).reshape(-1, 3)
    for color in spread_colors(exploration.layout.xy, exploration.clustering.labels):
        assert (np.abs(pixels - rgb(color)).max(axis=1) <= 40).any(), f"{color} is nowhere"


def test_a_medoid_whose_source_is_gone_leaves_its_place_to_the_next(exploration, monkeypatch):
    whole = exploration.thumbnail
    lost = {name.medoids[0] for name in exploration.names.values()}

    def thumbnail(id: str) -> bytes:
        if id in lost:
            raise OSError("gone")
        return whole(id)

    monkeypatch.setattr(exploration, "thumbnail", thumbnail)
    assert drawn(exploration).shape == (550, 800, 3)


def test_a_map_without_clusters_is_drawn(exploration):
    alone = exploration.recluster(min_cluster_size=160)
    assert alone.clustering.count == 0
    assert drawn(alone).min() < 255
