"""Numbers of numpy mean what they say, and what is no number of the kind is refused in words."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any, cast

import numpy as np
import pytest
from fakes.toy_library import toy_library
from fakes.toy_model import ToyModel

from nova_explore.errors import UnknownNameError
from nova_explore.exploration.bundle import Exploration
from nova_explore.exploration.chain import explore
from nova_explore.exploration.stored_maps import open_map
from nova_explore.parameters import share, whole_number


@pytest.mark.parametrize("kind", [int, np.int8, np.int64, np.uint16, np.array])
def test_a_whole_number_of_any_kind_is_an_int(kind):
    assert type(whole_number("k", kind(7), least=1)) is int


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (10.0, r"k=10.0 is no whole number. Pass k=10\."),
        (np.float64(10), r"Pass k=10\."),
        (10.5, "Pass a whole number, 1 or more"),
        ("10", "Pass a whole number"),
        (None, "Pass a whole number"),
        (0, "k=0 is not possible. Pass 1 or more"),
        (np.int64(-1), "k=-1 is not possible"),
    ],
)
def test_what_is_no_whole_number_is_refused_with_what_to_pass(value, said):
    with pytest.raises(ValueError, match=said):
        whole_number("k", value, least=1)


@pytest.mark.parametrize("value", [np.float16(0.1), np.float32(0.1), np.float64(0.1), 0.1, Fraction(1, 10)])
def test_a_share_is_the_decimal_number_that_was_written(value):
    assert share("min_dist", value) == 0.1


@pytest.mark.parametrize("value", [-0.1, 1.1, float("nan"), "much", None, np.array([0.1, 0.2])])
def test_what_is_no_share_is_refused(value):
    with pytest.raises(ValueError, match=r"min_dist=.* is not possible\. Pass 0 to 1"):
        share("min_dist", value)


@pytest.fixture(scope="module")
def exploration(tmp_path_factory) -> Exploration:
    library = toy_library(tmp_path_factory.mktemp("parameters") / "a.nova", per_topic=12)
    numbers: dict[str, Any] = {"k": np.int32(8), "min_cluster_size": np.int64(5), "min_dist": np.float32(0.1)}
    return explore(library, model=ToyModel(), seed=cast("Any", np.uint8(3)), progress=False, **numbers)


def test_a_map_by_numbers_of_numpy_is_the_map_by_numbers_of_python(exploration):
    json.dumps(exploration.provenance)
    same = explore(exploration.library, model=ToyModel(), k=8, min_cluster_size=5, min_dist=0.1, seed=3, progress=False)
    assert same.key == exploration.key
    assert open_map(exploration.library, exploration.key).provenance == exploration.provenance


@pytest.mark.slow
def test_variants_by_numbers_of_numpy_can_be_told_and_added_to(exploration):
    changed = exploration.recluster(min_cluster_size=np.int64(6)).redraw(min_dist=np.float64(0.3), k=np.int16(4))
    told = json.loads(json.dumps(changed.provenance))
    assert told["clustering"]["min_cluster_size"] == 6
    assert told["layout"]["min_dist"] == 0.3
    toy_library(exploration.library.path, per_topic=13)
    grown = changed.add(progress=False)
    assert len(grown) > 48
    json.dumps(grown.provenance)


@pytest.mark.parametrize(
    ("call", "error", "said"),
    [
        (lambda e: explore(e.library, seed=-1, progress=False), ValueError, "seed=-1 is not possible"),
        (lambda e: explore(e.library, k=cast("Any", 10.0), progress=False), ValueError, "Pass k=10"),
        (lambda e: e.recluster(min_cluster_size=6.5), ValueError, "no whole number"),
        (lambda e: e.redraw(k=2.0), ValueError, "Pass k=2"),
        (lambda e: e.redraw(min_dist=2), ValueError, "Pass 0 to 1"),
        (lambda e: e.nearest(e.collection.ids[0], k=-1), ValueError, "k=-1 is not possible"),
        (lambda e: e.nearest(e.collection.ids[0], k=3.0), ValueError, "Pass k=3"),
        (lambda e: e.search("owl", k=-1), ValueError, "k=-1 is not possible"),
        (lambda e: e.search_like(e.collection.ids[0], k=2.5), ValueError, "no whole number"),
        (lambda e: e.name_of(99), UnknownNameError, "No cluster named '99'"),
        (lambda e: e.name_of(-2), UnknownNameError, "No cluster named '-2'"),
    ],
)
def test_an_exploration_refuses_in_words(exploration, call, error, said):
    with pytest.raises(error, match=said):
        call(exploration)


def test_results_can_be_counted_by_numpy(exploration):
    assert len(exploration.nearest(exploration.collection.ids[0], k=np.int64(3))) == 3
    assert len(exploration.search_like(exploration.collection.ids[0], k=np.uint8(3))) == 3
    assert exploration.name_of(np.int32(-1)) == "unclustered"
