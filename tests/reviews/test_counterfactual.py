"""Explicit queries come by group, by query, or as a frame; a group that is not there is named."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from fakes.reviewed import gallery

from nova_explore.errors import UnknownNameError
from nova_explore.reviews.attributes import groups_of
from nova_explore.reviews.counterfactual import by_group

WANTED = {"men": {"cook": ["a male cook"], "nurse": ["a male nurse"]}, "women": {"cook": ["a female cook"]}}


@pytest.fixture
def groups():
    sides = [{"gender": "men" if place % 2 else "women"} for place in range(20)]
    return groups_of(gallery(np.eye(20), sides, k=5), "gender", fewest=2)


def test_every_form_gives_the_same_queries(groups):
    assert by_group(
        {group: {name: words[0] for name, words in one.items()} for group, one in WANTED.items()}, groups
    ) == (WANTED)
    by_query = {"cook": {"men": "a male cook", "women": "a female cook"}, "nurse": {"men": "a male nurse"}}
    turned = by_group(by_query, groups)
    assert {group: {name: [words] for name, words in one.items()} for group, one in turned.items()} == WANTED
    frame = pd.DataFrame(
        [(group, name, words[0]) for group, one in WANTED.items() for name, words in one.items()],
        columns=["group", "query", "words"],
    )
    assert by_group(frame, groups) == WANTED


def test_a_group_that_is_not_there_is_named(groups):
    with pytest.raises(UnknownNameError, match="'children'"):
        by_group({"children": {"cook": "a young cook"}, "men": {}}, groups)
    with pytest.raises(UnknownNameError, match="'cook'"):
        by_group({"cook": "a young cook"}, groups)
