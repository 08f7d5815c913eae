"""Previews are drawn of media that have a vector, and of nothing else."""

from __future__ import annotations

from collections import deque

import numpy as np
import pytest
from PIL import Image

from nova_explore.embedding.thumbnails import draw_thumbnails, draw_while_waiting, is_kept
from nova_explore.library.store import open_library
from nova_explore.sources.read import read
from nova_explore.space import ItemError, Space

SPACE = Space("m", "1", "index", 4, "1")


@pytest.fixture
def library(tmp_path):
    for shade in range(3):
        Image.new("RGB", (8, 8), (shade * 80, 0, 0)).save(tmp_path / f"{shade}.png")
    (tmp_path / "words.txt").write_text("An owl.")
    made = open_library(tmp_path / "a.nova", create=True)
    made.add(read(tmp_path, progress=False))
    return made


def test_nothing_is_drawn_of_what_was_blocked_and_of_texts(library):
    items = library.collection()
    pictures = [item for item in items if is_kept(item)]
    vector = np.array([1, 0, 0, 0], np.float32)
    library.add_vectors(SPACE, {item.content_key: vector for item in items if item is not pictures[1]})
    library.add_failures(SPACE, {pictures[1].content_key: ItemError("No.", "blocked")})
    draw_thumbnails(library, items, SPACE)
    assert library.thumbnailed() == {pictures[0].content_key, pictures[2].content_key}


def test_while_a_run_waits_previews_are_drawn_for_as_long_as_it_waits(library):
    queue = deque(item for item in library.collection() if is_kept(item))
    draw_while_waiting(library, queue, seconds=0.0)
    assert len(queue) == 3
    draw_while_waiting(library, queue, seconds=60.0)
    assert not queue
    assert len(library.thumbnailed()) == 3
