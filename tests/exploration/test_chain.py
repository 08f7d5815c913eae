"""A person's words are part of a map: they name it, are kept with it, and name its other clusters."""

from __future__ import annotations

import pytest
from fakes.toy_library import toy_library
from fakes.toy_model import ToyModel

from nova_explore.exploration.chain import explore
from nova_explore.exploration.stored_maps import open_map


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    return toy_library(tmp_path_factory.mktemp("chain") / "a.nova", per_topic=20)


def look(library, **wanted):
    return explore(library, model=ToyModel(), progress=False, **wanted)


def test_every_cluster_has_the_share_that_its_name_is_true_of(library):
    clusters = look(library).clusters
    assert clusters["score"].iloc[:-1].between(0, 1).all()
    assert clusters["score"].isna().iloc[-1]


def test_a_persons_words_name_the_clusters_and_are_kept_with_the_map(library):
    plain = look(library)
    word = plain.names[0].alternates[0].name
    own = look(library, vocabulary=[word])
    assert own.key != plain.key
    assert own.names[0].name.split(", ")[0] == word
    again = look(library, vocabulary=[word])
    assert again.key == own.key
    assert dict(again.names) == dict(own.names)
    assert open_map(library.path, own.key).names == own.names


def test_a_persons_stop_words_are_in_no_name_of_any_size_of_clusters(library):
    plain = look(library)
    stopped = plain.names[0].keywords[0][0].split()[0]
    own = look(library, stop_words=[stopped])
    finer = own.recluster(min_cluster_size=4)
    for exploration in (own, finer, open_map(library.path, own.key).recluster(min_cluster_size=4)):
        for name in exploration.names.values():
            assert stopped not in name.name.replace(",", " ").split()
            assert stopped not in {part for word, _ in name.keywords for part in word.split()}


def test_one_string_is_refused_before_anything_is_computed(library):
    with pytest.raises(ValueError, match="Pass a list of words"):
        look(library, vocabulary="owl")
