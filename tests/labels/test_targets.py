"""What a person points at: clusters by number, labels by name, and what is neither."""

from __future__ import annotations

import numpy as np
import pytest

from nova_explore.errors import UnknownNameError


@pytest.mark.parametrize("cluster", [4, 99, np.int64(7)])
def test_a_number_that_is_no_cluster_is_named_with_those_there_are(exploration, cluster):
    with pytest.raises(UnknownNameError, match=r"No cluster named .* There is: 0, 1, 2, 3"):
        exploration.labels.ids_of(cluster)


def test_the_unclustered_items_are_no_cluster_to_decide_about(exploration):
    with pytest.raises(UnknownNameError, match=r"labels\.move\(ids, to=name\) takes some"):
        exploration.labels.ids_of(-1)


@pytest.mark.parametrize("cluster", [True, 1.5, None, [0], -5])
def test_what_is_no_whole_number_is_refused(exploration, cluster):
    with pytest.raises(ValueError, match=r"no whole number|not possible"):
        exploration.labels.ids_of(cluster)


def test_a_proposed_name_stands_for_its_cluster(exploration):
    name = exploration.proposed[2].name
    assert exploration.labels.ids_of(name) == exploration.labels.ids_of(np.int32(2))
