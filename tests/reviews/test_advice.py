"""Dimensions and spaces on the person's own queries: the smallest that is not worse, and what cannot be compared."""

# pyright: reportOptionalMemberAccess=false, reportAttributeAccessIssue=false, reportGeneralTypeIssues=false
from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from fakes.reviewed import gallery

from nova_explore import reviews
from nova_explore.errors import SourceError, SpaceMismatchError


def planted(*, useful: int, seed: int = 0, n: int = 80):
    """What tells items apart lies in the first dimensions; the others are noise that is small."""
    random = np.random.default_rng(seed)
    vectors = random.normal(size=(n, 32))
    vectors[:, useful:] *= 0.05
    exploration = gallery(vectors, [{}] * n)
    exploration.model = SimpleNamespace(capabilities=SimpleNamespace(prefix=4))
    queries = {f"q{row}": vectors[row] + 0.1 * random.normal(size=32) for row in range(40)}
    return exploration, queries, {f"q{row}": [f"i{row:05d}"] for row in range(40)}


def test_the_smallest_dimension_that_is_not_worse_is_named():
    exploration, queries, judged = planted(useful=16)
    review = reviews.choose_space(exploration, queries, judged, dimensions=[4, 16])
    spaces = review.tables["spaces"].set_index("space")
    assert review.settings["advice"] == "16 dimensions"
    assert not spaces.loc["4 dimensions", "not worse"]
    assert spaces.loc["16 dimensions", "bytes"] == 80 * 16 * 4
    assert spaces.loc["32 dimensions", "dimension"] == 32
    assert "The smallest space that is not worse by more than 0.02 is 16 dimensions." in review.findings[0].statement
    assert review.calls == 0


def test_beginnings_of_vectors_are_used_only_where_they_mean_something():
    exploration, queries, judged = planted(useful=16)
    exploration.model.capabilities.prefix = None
    review = reviews.choose_space(exploration, queries, judged, dimensions=[16])
    assert review.tables["spaces"]["space"].tolist() == ["32 dimensions"]
    assert review.not_run == (
        ("16 dimensions", "of this model only whole vectors mean something; compare libraries by others="),
    )
    exploration.model.capabilities.prefix = 8
    review = reviews.choose_space(exploration, queries, judged, dimensions=[4, 16])
    assert review.not_run[0][1] == "shorter than 8, the shortest beginning that means something"


def test_vectors_without_a_model_have_no_beginnings():
    class Imported(type(planted(useful=16)[0])):
        @property
        def model(self):
            raise SpaceMismatchError("a query", "imported vectors", "Embed with the model itself.")

    exploration, queries, judged = planted(useful=16)
    del exploration.model
    review = reviews.choose_space(Imported(**vars(exploration)), queries, judged, dimensions=[16])
    assert review.settings["advice"] == "32 dimensions"


def test_another_space_of_the_same_items_is_compared_query_by_query():
    exploration, queries, judged = planted(useful=16)
    noisy = np.random.default_rng(5).normal(size=(80, 32))
    other = gallery(exploration.vectors + 0.6 * noisy, [{}] * 80)
    review = reviews.choose_space(exploration, queries, judged, others={"another model": other}, dimensions=[])
    assert review.settings["best"] == "32 dimensions"
    assert review.findings[1].value < 0
    assert review.findings[1].q is not None
    assert review.tables["spaces"]["queries to see .01"].max() > 40


def test_spaces_that_share_no_judged_query_are_refused():
    exploration, queries, _judged = planted(useful=16)
    with pytest.raises(SourceError, match="No query has a relevant item"):
        reviews.choose_space(exploration, queries, {"someone else": ["i00000"]})
