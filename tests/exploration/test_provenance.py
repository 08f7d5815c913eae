"""How a map came about is plain values, and what a person should know before reading it is said."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from fakes.added import new_texts

from nova_explore.clusters.cluster import Clustering
from nova_explore.collection import Collection
from nova_explore.exploration.provenance import MEANINGLESS, list_caveats, tell_headline


def test_provenance_is_plain_json_and_names_space_seed_and_versions(exploration):
    said = json.loads(json.dumps(exploration.provenance))
    assert said["space"]["model"] == "toy-words"
    assert said["layout"]["seed"] == 0
    assert said["versions"]["numba"]
    assert said["runs"][0]["embedded"] == 160


def test_the_headline_counts_items_clusters_and_what_is_unclustered(exploration):
    drawn = exploration._drawn
    labels = np.repeat(np.array([0, -1], np.int32), [40, 120])
    one = replace(drawn, clustering=Clustering(labels, np.ones(160, np.float32), {"min_cluster_size": 5}))
    assert tell_headline(one) == "160 items · 1 cluster · unclustered 75%"
    none = replace(drawn, clustering=Clustering(labels, np.ones(160, np.float32), {}))
    assert tell_headline(none) == "160 items · not clustered yet"


@pytest.mark.slow
def test_what_was_added_is_counted_and_said(own_toy_160):
    from nova_explore.exploration.chain import explore

    after = explore(own_toy_160, progress=False).add(Collection(new_texts(2)), progress=False)
    assert after.headline.startswith("168 items, 8 of them added · ")
    assert after.placed is not None
    assert after.placed.sentence in after.caveats
    assert after.provenance["placed"] == {"onto": after._drawn.onto, "items": 8, "k": 15}


def test_no_map_is_without_the_caveat_about_sizes_and_gaps(exploration):
    caveats = list_caveats(exploration._drawn, exploration.collection)
    assert caveats[0] == MEANINGLESS
    assert all(caveats), "an empty sentence is none"
