"""Queries and judgements come together by id, name or address; queries of one unit are one observation."""

# pyright: reportOptionalMemberAccess=false, reportOptionalOperand=false, reportGeneralTypeIssues=false
# pyright: reportArgumentType=false, reportAttributeAccessIssue=false
from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from fakes.reviewed import gallery

from nova_explore import reviews
from nova_explore.errors import UnknownNameError
from nova_explore.reviews.judged import columns_of


@pytest.fixture
def few():
    return gallery(np.eye(12), [{}] * 12, k=5)


def test_items_may_be_called_by_name_where_only_one_is_called_so(few):
    queries = {f"q{row}": np.eye(12)[row] for row in range(4)}
    by_id = reviews.effectiveness(few, queries, {name: [f"i0000{row}"] for row, name in enumerate(queries)})
    by_name = reviews.effectiveness(few, queries, {name: [f"item {row}"] for row, name in enumerate(queries)})
    assert by_name.findings[0].value == by_id.findings[0].value == 1
    assert not any("not in this collection" in why for _, why in by_name.not_run)


def test_several_wordings_of_a_query_are_one_unit(few):
    random = np.random.default_rng(0)
    one = {f"q{row}": random.normal(size=12) for row in range(8)}
    four = {name: [vector] * 4 for name, vector in one.items()}
    judged = {name: [f"i{row:05d}"] for row, name in enumerate(one)}
    first, again = (reviews.effectiveness(few, queries, judged).findings[0] for queries in (one, four))
    assert again.value == pytest.approx(first.value)
    # Four copies of the same eight queries are no more evidence than the eight.
    assert again.high - again.low == pytest.approx(first.high - first.low, rel=0.1)
    alone = reviews.effectiveness(
        few, {f"{name}.{n}": vector for name, vector in one.items() for n in range(4)},
        {f"{name}.{n}": ids for name, ids in judged.items() for n in range(4)},
    ).findings[0]  # fmt: skip
    assert alone.high - alone.low < 0.7 * (first.high - first.low)


def test_units_and_groups_may_be_columns_of_the_frame_of_queries(few):
    frame = pd.DataFrame({"query": [f"q{row}" for row in range(8)], "vector": list(np.eye(12)[:8]),
                          "topic": list("aabbccdd"), "side": list("xxxxyyyy")})  # fmt: skip
    judged = {f"q{row}": [f"i{(row + row % 2) % 12:05d}"] for row in range(8)}
    review = reviews.effectiveness(few, frame, judged, by="side", unit="topic", fewest=3)
    assert review.tables["groups"]["group"].tolist() == ["x", "y"]
    with pytest.raises(UnknownNameError, match="region"):
        columns_of(frame, "region")
    assert columns_of(None, {1: "a"}) == {"1": "a"}
