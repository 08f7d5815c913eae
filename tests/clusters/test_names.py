"""Names rest on evidence, and the weights are the paper's."""

from __future__ import annotations

import numpy as np
import pytest
from fakes.items import text_item

from nova_explore.clusters.cluster import Clustering
from nova_explore.clusters.names import ClusterName, class_tfidf, name_clusters
from nova_explore.collection import Item, Modality, number_copies
from nova_explore.words import words_of


def clustering(labels: list[int]) -> Clustering:
    return Clustering(np.array(labels, np.int32), np.ones(len(labels), np.float32), {})


def test_class_tfidf_gives_the_values_worked_by_hand():
    # "cat cat dog" and "dog fish": A = 2.5; terms cat, dog, fish.
    weights = class_tfidf(np.array([[2, 1, 0], [0, 1, 1]], float))
    np.testing.assert_allclose(weights, [[0.540620, 0.270310, 0], [0, 0.405465, 0.626381]], atol=1e-6)


def worded(texts: list[str]) -> list[Item]:
    return number_copies(text_item(f"d{i}", f"{i}.txt", text=text) for i, text in enumerate(texts))


def test_clusters_are_named_by_the_words_that_set_them_apart():
    items = worded(["the red owl flies"] * 4 + ["the red boat sails"] * 4)
    vectors = np.repeat(np.eye(2, dtype=np.float32), 4, axis=0)
    names = name_clusters(items, vectors, clustering([0] * 4 + [1] * 4))
    assert "owl" in names[0].name
    assert "boat" in names[1].name
    assert "red" not in names[0].name.split(",")[0]
    assert names[0].source == "keywords"
    assert dict(names[0].keywords)["owl flies" if "owl flies" in names[0].name else "owl"] == 1.0


def test_one_long_text_does_not_name_its_cluster():
    items = worded(["zebra " * 500 + "owl"] + ["owl nest"] * 5 + ["boat mast"] * 6)
    vectors = np.repeat(np.eye(2, dtype=np.float32), 6, axis=0)
    assert "zebra" not in name_clusters(items, vectors, clustering([0] * 6 + [1] * 6))[0].name


def wordless(count: int) -> list[Item]:
    return number_copies(
        text_item(f"d{i}", f"IMG_{i:04}.png", modality=Modality.IMAGE, format="png") for i in range(count)
    )


def test_a_cluster_without_words_is_named_by_the_nearest_phrases(tmp_path, monkeypatch):
    vocabulary = tmp_path / "vocabulary.txt"
    vocabulary.write_text("bird\nboat\nbread\n", "utf-8")
    monkeypatch.setattr("nova_explore.words.VOCABULARY", vocabulary)
    vectors = np.repeat(np.eye(3, dtype=np.float32)[:2], 4, axis=0)
    names = name_clusters(
        wordless(8), vectors, clustering([0] * 4 + [1] * 4), embed_phrases=lambda texts: np.eye(3, dtype=np.float32)
    )
    assert names[0].name.startswith("bird")
    assert names[1].name.startswith("boat")
    assert names[0].source == "phrase"


def test_without_words_and_phrases_a_cluster_is_called_after_its_medoid():
    vectors = np.array([[1, 0], [0.8, 0.6], [0.6, 0.8]], np.float32)
    names = name_clusters(wordless(3), vectors, clustering([0, 0, 0]))
    assert names[0].source == "medoid"
    assert names[0].medoids[0] == wordless(3)[1].id
    assert "IMG_0001" in names[0].name


def test_no_two_clusters_share_a_name():
    items = worded(["owl nest tree"] * 12)
    vectors = np.repeat(np.eye(3, dtype=np.float32), 4, axis=0)
    names = name_clusters(items, vectors, clustering([0] * 4 + [1] * 4 + [2] * 4))
    assert len({name.name for name in names.values()}) == 3


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("birds/adelaide-rosella.png", "adelaide rosella"),
        ("IMG_2041.png", ""),
        ("DSC0001.jpg", ""),
        ("RedBarn.png", "Barn"),
    ],
)
def test_file_names_count_as_words_only_where_they_hold_some(name, words):
    assert words_of(text_item("d", name, modality=Modality.IMAGE)) == words


def test_a_name_that_stays_is_given_to_no_other_cluster():
    items = worded(["owl nest"] * 4 + ["boat mast"] * 4)
    vectors = np.repeat(np.eye(2, dtype=np.float32), 4, axis=0)
    fresh = name_clusters(items, vectors, clustering([0] * 4 + [1] * 4))
    kept = ClusterName(7, fresh[0].name, "person", (), (), 99)
    names = name_clusters(items, vectors, clustering([0] * 4 + [1] * 4), kept={1: kept})
    assert (names[1].name, names[1].source, names[1].cluster, names[1].size) == (kept.name, "person", 1, 4)
    assert names[1].keywords == fresh[1].keywords
    assert names[0].name != kept.name


def test_no_clusters_give_no_names():
    assert name_clusters(worded(["owl nest"] * 3), np.ones((3, 2), np.float32), clustering([-1] * 3)) == {}
