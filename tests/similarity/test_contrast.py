"""What sets a slice apart is found where it was planted, and nothing is where there is nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from fakes.items import text_item
from fakes.toy_model import ToyModel
from similarity.test_colours import square

from nova_explore.collection import Collection, Modality, Span, number_copies
from nova_explore.errors import SpaceMismatchError, TooFewItemsError
from nova_explore.similarity.background import Background
from nova_explore.similarity.contrast import contrast
from nova_explore.similarity.two_shares import interval

WORDS = (
    *("owl", "boat", "loaf", "star", "anchor", "nest", "oven", "comet"),
    *("mast", "wing", "flour", "moon", "deck", "beak", "yeast", "orbit"),
)


def background(n: int = 200, seed: int = 0, planted: int = 0) -> Background:
    """Texts of random words; the first ``planted`` are more often about thistles."""
    draw = np.random.default_rng(seed)
    items = []
    for i in range(n):
        words = [str(word) for word in draw.choice(WORDS, 5, replace=False)]
        if i < planted and draw.random() < 0.6:
            words.append("thistle")
        year = int(draw.integers(1900, 2000))
        items.append(replace(text_item(f"{seed}-{i}", f"{i}.txt"), text=" ".join(words), metadata={"year": year}))

    def no_model():
        raise SpaceMismatchError("a query", "none", "There is none.")

    return Background(Collection(number_copies(items)), np.zeros((n, 4), np.float32), model=no_model)


@pytest.mark.slow
def test_a_planted_word_is_first_in_nearly_all_draws():
    hits = 0
    for seed in range(40):
        known = background(seed=seed, planted=40)
        found = contrast(known, known.collection.ids[:40])
        hits += bool(found.differences) and found.differences[0].what == "thistle"
    assert hits >= 38


def test_slices_drawn_at_random_differ_in_at_most_one_of_twenty():
    known = background(n=300)
    draw = np.random.default_rng(1)
    ids = np.array(known.collection.ids)
    shown = [len(contrast(known, draw.choice(ids, 50, replace=False).tolist())) > 0 for _ in range(60)]
    assert sum(shown) <= 5


def test_a_column_of_numbers_that_differs_is_found_by_its_quarters():
    known = background()
    ids = known.collection.ids
    late = sorted(ids, key=lambda id: -int(str(known.collection[id].metadata["year"])))[:40]
    found = contrast(known, late)
    assert found.differences[0].what.startswith("year: at least")
    assert found.differences[0].inside == 1.0
    assert "concepts" in found.left_out[0]


def test_the_interval_is_that_of_newcombes_first_example():
    # Newcombe 1998, table II (a), method 10: 56/70 - 48/80 is .2000, from .0524 to .3339.
    low, high = interval(*(np.array([value]) for value in (56, 70, 48, 80)))
    assert low[0] == pytest.approx(0.0524, abs=5e-5)
    assert high[0] == pytest.approx(0.3339, abs=5e-5)


def test_a_slice_of_too_few_is_refused():
    known = background()
    with pytest.raises(TooFewItemsError, match="needs 5"):
        contrast(known, known.collection.ids[:4])
    with pytest.raises(TooFewItemsError, match="needs 5"):
        contrast(known, known.collection.ids)


def test_colours_of_pictures_set_a_slice_apart():
    known = background(60)
    known.collection = Collection(replace(item, modality=Modality.IMAGE, text=None) for item in known.collection)
    ids = known.collection.ids
    pictures = {id: square("red" if i < 20 else "blue") for i, id in enumerate(ids)}
    found = contrast(known, ids[:20], thumbnails=lambda wanted: {id: pictures[id] for id in wanted})
    assert {("colour", "red"), ("colour", "blue")} <= {(one.sort, one.what) for one in found.differences}


def test_the_toy_models_phrases_are_tried_as_concepts():
    known = background()
    ids = known.collection.ids[:40]
    vectors = np.random.default_rng(0).normal(size=(200, 48)).astype(np.float32)
    assert contrast(Background(known.collection, vectors, model=ToyModel), ids).tried > contrast(known, ids).tried


def of_files(seed: int) -> Background:
    """Texts of random words, ten of each file, all of which carry its file's word."""
    known = background(n=300, seed=seed)
    draw = np.random.default_rng(seed)
    own = [f"{a}{b}" for a in ("amber", "cedar", "ivory") for b in ("lake", "hill", "gate", "road", "wood")]
    words = [own[int(i)] for i in draw.integers(0, len(own), 30)]
    items = [
        replace(
            item,
            digest=f"{i // 10:02x}" * 32,
            span=Span("page", i % 10, i % 10 + 1),
            text=f"{item.text} {words[i // 10]}",
        )
        for i, item in enumerate(known.collection)
    ]
    return Background(Collection(items), known.vectors, model=known._open)


@pytest.mark.slow
def test_slices_of_whole_files_that_were_drawn_at_random_do_not_seem_apart():
    some = 0
    for seed in range(40):
        known = of_files(seed)
        files = np.random.default_rng(seed + 1).choice(30, 6, replace=False)
        ids = [known.collection.ids[10 * file + i] for file in files for i in range(10)]
        some += bool(contrast(known, ids).differences)
    assert some <= 2


@pytest.mark.slow
def test_single_pages_of_many_files_that_were_drawn_at_random_do_not_seem_apart():
    """Each page in a slice is of another file, and those outside are of few: counted by files, pages would be many."""
    known = background(n=300)
    items = [
        replace(item, metadata={"kind": "single"})
        if i < 240
        else replace(item, digest=f"{i // 10:064x}", span=Span("page", i % 10, i % 10 + 1), metadata={"kind": "page"})
        for i, item in enumerate(known.collection)
    ]
    cut = Background(Collection(items), known.vectors, model=known._open)
    some = 0
    for seed in range(40):
        rows = np.random.default_rng(seed).choice(300, 40, replace=False)
        some += bool(contrast(cut, [cut.collection.ids[row] for row in rows]).differences)
    assert some <= 2


def test_a_slice_of_one_file_is_too_few_whatever_its_pages():
    known = of_files(0)
    with pytest.raises(
        TooFewItemsError, match="The slice has 1 items and the rest 29, items of one file counted as one"
    ):
        contrast(known, known.collection.ids[:10])


def test_a_property_is_of_a_file_that_has_it_in_half_of_its_items():
    from nova_explore.similarity.contrast import Sides

    sides = Sides(np.array([1, 1, 1, 1, 0, 0], bool), np.array([0, 0, 1, 1, 2, 3]))
    has = np.array([[1, 0], [0, 0], [1, 1], [1, 1], [0, 1], [1, 0]], bool)
    known = np.array([[1, 1], [1, 0], [1, 1], [1, 1], [1, 1], [1, 1]], bool)
    a, m = sides.count(has, known, inside=True)
    assert (a.tolist(), m.tolist()) == ([2, 1], [2, 2])
    b, n = sides.count(has, known, inside=False)
    assert (b.tolist(), n.tolist()) == ([1, 1], [2, 2])
    from scipy.sparse import csc_array

    assert [each.tolist() for each in sides.count(csc_array(has), None, inside=True)] == [[2, 1], [2, 2]]
