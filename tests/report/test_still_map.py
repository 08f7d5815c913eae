"""The still picture holds every point at its place, and the names that fit."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from nova_explore.palette import rgb, spread_colors
from nova_explore.report import still_map
from nova_explore.report.still_map import map_png


def drawn(exploration, **options) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(map_png(exploration, 800, 550, **options))).convert("RGB")).astype(int)


@pytest.mark.slow
def test_the_picture_has_its_size_and_is_the_same_every_time(exploration):
    picture = map_png(exploration, 800, 550)
    assert picture == map_png(exploration, 800, 550)
    assert Image.open(io.BytesIO(picture)).size == (800, 550)
    assert picture != map_png(exploration, 800, 550, thumbnails=False)


def test_the_colour_of_every_cluster_is_in_the_picture(exploration):
    pixels = drawn(exploration, thumbnails=False).reshape(-1, 3)
    for color in spread_colors(exploration.layout.xy, exploration.clustering.labels):
        assert (np.abs(pixels - rgb(color)).max(axis=1) <= 40).any(), f"{color} is nowhere"


@pytest.mark.slow
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


def test_a_name_that_no_font_has_is_drawn_as_the_clusters_number(exploration, monkeypatch):
    monkeypatch.setattr("nova_explore.report.still_map.font_of", lambda text, **_: None if "猫" in text else "")
    assert still_map.label_of("猫", 2) == "cluster 3, named in Chinese characters"
    assert still_map.label_of("castle", 2) == "castle"


@pytest.mark.slow
def test_names_in_another_script_are_drawn_otherwise_than_what_no_script_has(exploration):
    before = dict(exploration.names)
    pictures = []
    for text in ("猫犬鳥", "\ufdd0\ufdd1\ufdd2"):
        for cluster, name in before.items():
            exploration.names[cluster] = replace(name, name=text)
        pictures.append(map_png(exploration, 800, 550, thumbnails=False))
    exploration.names.update(before)
    assert pictures[0] != pictures[1]


def test_the_share_that_a_name_is_true_of_stands_under_it(exploration):
    name = replace(exploration.names[0], score=0.84)
    assert still_map.evidence_of(name) == f"{name.size:,} items · name true of 84%"
    assert still_map.evidence_of(replace(name, score=None)) == f"{name.size:,} items"
