"""WEAT against its published values, on vectors and word lists that the wheel of wefe carries."""

# pyright: reportOperatorIssue=false
# pyright: reportOptionalMemberAccess=false, reportOptionalOperand=false, reportGeneralTypeIssues=false
# pyright: reportArgumentType=false, reportOptionalSubscript=false, reportAttributeAccessIssue=false
from __future__ import annotations

import json
from math import comb
from pathlib import Path

import numpy as np
import pytest
from fakes.reviewed import gallery

from nova_explore import reviews
from nova_explore.errors import TooFewItemsError
from nova_explore.reviews.word_association import effect_size, leans, permutation_p
from nova_explore.sources.fetch import fetch_wheel, unpack

TESTS = {
    1: ("flowers", "insects", "pleasant_5", "unpleasant_5a", 1.5393, None),
    2: ("instruments", "weapons", "pleasant_5", "unpleasant_5a", 1.6279, None),
    6: ("male_names", "female_names", "career", "family", 1.8899, 7.770e-5),
    7: ("math", "arts", "male_terms", "female_terms", 0.9664, 0.022688),
    8: ("science", "arts_2", "male_terms_2", "female_terms_2", 1.2439, 0.00404),
    9: ("mental_disease", "physical_disease", "temporary", "permanent", 1.2967, 0.00758),
}
"""Lists, and what Caliskan, Bryson and Narayanan 2017 print rounded to two digits."""


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> Path:
    """The files of wefe's wheel, which asks for an old NumPy and so cannot be installed beside this package."""
    folder = tmp_path_factory.mktemp("wefe")
    unpack(fetch_wheel("wefe==1.0.1", folder), folder, wanted=lambda name: "/datasets/data/" in name)
    return folder / "wefe/datasets/data"


@pytest.fixture(scope="module")
def words(files) -> dict[str, np.ndarray]:
    rows = [line.split() for line in (files / "weat_w2v____old.txt").read_text("utf-8").splitlines()]
    return {row[0]: np.array(row[1:], float) for row in rows if len(row) > 100}


@pytest.fixture(scope="module")
def lists(files) -> dict[str, list[str]]:
    return json.loads((files / "WEAT.json").read_text("utf-8"))


@pytest.mark.parametrize("number", TESTS)
def test_weat_gives_the_published_effect_size(number, words, lists):
    *names, expected, p = TESTS[number]
    # A word that the vectors lack is left out, as in the paper: "axe" of the weapons.
    x, y, a, b = (np.stack([words[word] for word in lists[name] if word in words]) for name in names)
    lean = leans(np.concatenate([x, y]), a, b)
    assert effect_size(lean, len(x)) == pytest.approx(expected, abs=0.005)
    if p is not None:
        found, exact, _ = permutation_p(lean, len(x))
        assert exact
        assert found == pytest.approx(p, rel=0.01)


@pytest.fixture
def sets() -> list[np.ndarray]:
    random = np.random.default_rng(0)
    return [random.normal(size=(n, 6)) for n in (5, 5, 4, 4)]


def test_the_effect_size_changes_its_sign_with_either_pair(sets):
    x, y, a, b = sets
    d = effect_size(leans(np.concatenate([x, y]), a, b), 5)
    assert effect_size(leans(np.concatenate([y, x]), a, b), 5) == pytest.approx(-d)
    assert effect_size(leans(np.concatenate([x, y]), b, a), 5) == pytest.approx(-d)


def test_the_effect_size_reaches_its_bound_and_no_more():
    assert effect_size(np.array([1.0] * 8 + [-1.0] * 8), 8) == pytest.approx(2 * np.sqrt(15 / 16))


def test_the_smallest_exact_p_value_is_one_of_all_splits():
    p, exact, null = permutation_p(np.array([4, 3, 2.5, 2, -1, -2, -3, -4]), 4)
    assert exact
    assert len(null) == comb(8, 4)
    assert p == pytest.approx(1 / comb(8, 4))


def test_the_review_tells_the_difference_in_cosine_before_the_effect_size(sets):
    exploration = gallery(np.random.default_rng(1).normal(size=(40, 6)), [{}] * 40)
    review = reviews.association(exploration, *sets)
    raw, d = review.findings
    assert (raw.measure, d.measure) == ("WEAT difference", "WEAT d")
    assert raw.p == d.p
    assert raw.low < raw.value < raw.high
    assert review.calls == 0


def test_three_things_on_a_side_have_no_p_value(sets):
    exploration = gallery(np.random.default_rng(1).normal(size=(40, 6)), [{}] * 40)
    x, y, a, b = sets
    review = reviews.association(exploration, x[:3], y[:3], a, b)
    assert [one.p for one in review.findings] == [None, None]
    assert "smallest possible value is 0.050" in review.not_run[0][1]


def test_sets_of_two_modalities_are_not_compared(sets):
    exploration = gallery(np.random.default_rng(1).normal(size=(40, 6)), [{}] * 40)
    x, _, a, b = sets
    review = reviews.association(exploration, x, ["i00001", "i00002"], a, b)
    assert not review.findings
    assert "two modalities cannot be compared" in review.not_run[0][1]


def test_one_attribute_is_too_few(sets):
    exploration = gallery(np.random.default_rng(1).normal(size=(40, 6)), [{}] * 40)
    with pytest.raises(TooFewItemsError, match="A has 1"):
        reviews.association(exploration, sets[0], sets[1], sets[2][:1], sets[3])


def test_copies_of_a_thing_are_one_unit_and_no_evidence():
    random = np.random.default_rng(2)
    exploration = gallery(random.normal(size=(40, 8)), [{}] * 40)
    x, y, a, b = (random.normal(size=(5, 8)) for _ in range(4))
    once = reviews.association(exploration, x, y, a, b)
    copies = reviews.association(exploration, np.repeat(x, 6, 0), np.repeat(y, 6, 0), a, b)
    assert copies.findings[0].value == pytest.approx(once.findings[0].value)
    assert copies.findings[0].p == pytest.approx(once.findings[0].p, abs=0.03)
    alone = reviews.association(exploration, np.repeat(x, 6, 0), np.repeat(y, 6, 0), a, b, unit=list(range(60)))
    assert alone.findings[0].p < once.findings[0].p
