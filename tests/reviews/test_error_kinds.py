"""Four kinds of errors, ranked: what was not looked for is listed and not counted as free of errors."""

# pyright: reportGeneralTypeIssues=false, reportCallIssue=false, reportArgumentType=false
# pyright: reportOptionalMemberAccess=false, reportAttributeAccessIssue=false
from __future__ import annotations

import numpy as np
import pandas as pd
from fakes.reviewed import gallery

from nova_explore import reviews
from nova_explore.reviews.error_kinds import KINDS


def test_each_kind_is_found_where_it_is_planted():
    axes = np.eye(16)
    exploration = gallery(axes, [{}] * 16, k=5)
    queries = {"good": axes[0] + 0.5 * axes[1], "bad": axes[2] + 0.5 * axes[3]}
    judged = pd.DataFrame(
        [("good", "i00000", 2), ("good", "i00001", 1), ("bad", "i00015", 2), ("bad", "i00002", 0)],
        columns=["query", "item", "relevance"],
    )
    opposites = {"good": [-axes[0] - 0.5 * axes[1]], "bad": [axes[2] + 0.5 * axes[3]]}
    paraphrases = {"good": [axes[0] + 0.4 * axes[1]], "bad": [axes[9] + 0.5 * axes[8]]}
    review = reviews.effectiveness(exploration, queries, judged, k=2, opposites=opposites, paraphrases=paraphrases)
    errors = review.tables["errors"]
    assert set(zip(errors["error"], errors["query"], strict=True)) == {
        ("irrelevant shown", "bad"), ("relevant missed", "bad"), ("contradictory", "bad"), ("inconsistent", "bad"),
    }  # fmt: skip
    assert errors["weight"].is_monotonic_decreasing
    counts = review.tables["kinds of errors"].set_index("error")
    assert counts.loc[list(KINDS), "queries"].tolist() == [1, 1, 1, 1]
    assert counts.loc[list(KINDS), "of"].tolist() == [2, 2, 2, 2]


def test_what_was_not_looked_for_is_not_counted_as_free_of_errors():
    exploration = gallery(np.eye(8), [{}] * 8, k=5)
    review = reviews.effectiveness(exploration, {"q": np.eye(8)[0]}, {"q": ["i00001"]}, k=2)
    counts = review.tables["kinds of errors"]
    assert counts["error"].tolist()[0] == "relevant missed"
    assert counts.set_index("error").loc["contradictory", "worst query"] == "not looked for"
    assert counts.set_index("error").loc["irrelevant shown", "worst query"] == "no item is judged irrelevant"
    assert counts.set_index("error")["share"].isna().sum() == 3


def test_where_items_are_judged_irrelevant_those_that_are_shown_are_counted_even_if_none_is():
    exploration = gallery(np.eye(8), [{}] * 8, k=5)
    judged = pd.DataFrame([("q", "i00000", 1), ("q", "i00007", 0)], columns=["query", "item", "relevance"])
    review = reviews.effectiveness(exploration, {"q": np.eye(8)[0]}, judged, k=1)
    row = review.tables["kinds of errors"].set_index("error").loc["irrelevant shown"]
    assert row[["queries", "of", "share", "worst query"]].tolist() == [0, 1, 0, ""]
