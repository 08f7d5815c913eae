"""Maps on disk: whole whoever stores them, however many at once; a part that is missing is named."""

from __future__ import annotations

import subprocess
import sys
import textwrap

import numpy as np
import pytest
from fakes.toy_library import toy_library
from fakes.toy_model import ToyModel

from nova_explore.errors import DamagedError
from nova_explore.exploration.chain import explore
from nova_explore.exploration.drawn_map import load_map
from nova_explore.exploration.stored_maps import list_maps
from nova_explore.library.store import open_library

SAVE = """
    import sys, time
    from pathlib import Path
    import nova_explore as nx
    from nova_explore.exploration.drawn_map import load_map, save_map

    path, own, all_ = sys.argv[1], Path(sys.argv[2]), [Path(name) for name in sys.argv[3:]]
    library = nx.open_library(path)
    [key] = library.maps.records()
    drawn = load_map(library, key)
    own.touch()
    while not all(one.exists() for one in all_):
        time.sleep(0.001)
    for _ in range(3):
        save_map(library, drawn)
"""


@pytest.mark.slow
def test_four_processes_that_store_the_same_map_at_once_leave_that_map(tmp_path):
    exploration = explore(toy_library(tmp_path / "a.nova"), model=ToyModel(), progress=False)
    ready = [str(tmp_path / f"ready{number}") for number in range(4)]
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(SAVE), str(tmp_path / "a.nova"), own, *ready],
            stderr=subprocess.PIPE, text=True,
        )
        for own in ready
    ]  # fmt: skip
    faults = [writer.communicate()[1] for writer in writers]
    assert [writer.returncode for writer in writers] == [0] * 4, faults
    assert list(list_maps(tmp_path / "a.nova").index) == [exploration.key]
    drawn = load_map(open_library(tmp_path / "a.nova"), exploration.key)
    assert drawn is not None
    np.testing.assert_array_equal(drawn.layout.xy, exploration.layout.xy)
    np.testing.assert_array_equal(drawn.clustering.labels, exploration.clustering.labels)
    assert drawn.ids == exploration.collection.ids


def test_a_part_that_the_library_never_had_is_missing_all_the_same(tmp_path):
    maps = open_library(tmp_path / "a.nova", create=True).maps
    with pytest.raises(DamagedError, match=r"'tree_0123456789abcdef'.*it is not there"):
        maps.read("0123456789abcdef", "tree")


def test_records_stay_in_the_order_in_which_they_were_first_stored_until_they_are_removed(tmp_path):
    maps = open_library(tmp_path / "a.nova", create=True).maps
    for key, note in (("b", 1), ("a", 2), ("b", 3)):
        maps.save(key, {}, {"note": note})
    assert maps.records() == {"b": {"note": 3}, "a": {"note": 2}}
    maps.remove("b")
    assert maps.records() == {"a": {"note": 2}}
