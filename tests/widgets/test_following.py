"""What an app hears of, and that nothing keeps it alive."""

from __future__ import annotations

import gc
import weakref

import pytest
from fakes.toy_library import copy_of

from nova_explore.exploration.stored_maps import open_map
from nova_explore.widgets.following import Following

pytestmark = pytest.mark.slow


class Heard:
    def __init__(self, exploration):
        self.exploration, self.told = exploration, []

    def follow(self, selection):
        self.told.append(selection.ids)

    def rename(self):
        self.told.append("renamed")


def test_selections_of_others_and_decisions_on_any_map_of_the_library_are_told(mapped_toy_160, tmp_path):
    exploration = open_map(copy_of(mapped_toy_160, tmp_path / "own.nova"))
    heard, me = Heard(exploration), object()
    following = Following(heard, me)
    following.begin()
    exploration.select(exploration.collection.ids[:2])
    exploration.recluster(min_cluster_size=8).labels.rename(0, "birds")
    assert heard.told == [exploration.collection.ids[:2], "renamed"]
    following.end()
    exploration.labels.rename(0, "ducks")
    assert len(heard.told) == 2


def test_an_app_that_nobody_shows_is_let_go_of(mapped_toy_160, tmp_path):
    exploration = open_map(copy_of(mapped_toy_160, tmp_path / "own.nova"))
    heard = Heard(exploration)
    Following(heard, object()).begin()
    known = weakref.ref(heard)
    del heard
    gc.collect()
    assert known() is None
    exploration.labels.rename(0, "birds")
