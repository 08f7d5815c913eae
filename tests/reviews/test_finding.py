"""A finding cannot be changed, JSON holds no number that is none, and a notebook shows words, not markup."""

from __future__ import annotations

import dataclasses
import json
import math

import pandas as pd
import pytest

from nova_explore.reviews.finding import CAVEAT, Chance, Finding, Review, span_of, tell_chance, too_few

ONE = Finding("<b>Hi</b>", "nDCG@10", 0.5, math.nan, math.nan, 12, Chance(0.1, 0.0, 0.2), p=0.01, q=0.02, ids=("a",))


def test_a_finding_is_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        ONE.value = 1  # pyright: ignore[reportAttributeAccessIssue]


def test_json_has_null_where_there_is_no_number():
    table = pd.DataFrame({"value": [math.nan, 1.0]}, index=pd.Index(["a", "b"], name="id"))
    facts = Review("r", (ONE,), {"t": table}, (("x", "too few"),)).to_dict()
    again = json.loads(json.dumps(facts, allow_nan=False))
    assert again["findings"][0]["low"] is None
    assert again["findings"][0]["chance"] == {"mean": 0.1, "low": 0.0, "high": 0.2}
    assert again["tables"]["t"] == [{"id": "a", "value": None}, {"id": "b", "value": 1.0}]
    assert again["caveat"] == CAVEAT


def test_a_notebook_shows_the_words_and_what_did_not_run():
    shown = Review("r", (ONE,), not_run=(too_few("women", 7, 30),))._repr_html_()
    assert "&lt;b&gt;Hi" in shown
    assert "<b>Hi" not in shown
    assert "Not run: women: too few (7 &lt; 30), not reported" in shown
    assert CAVEAT in shown


def test_a_frame_has_one_row_a_finding():
    frame = Review("r", (ONE, dataclasses.replace(ONE, chance=None))).to_frame()
    assert frame["chance_high"].tolist()[0] == 0.2
    assert frame["chance_high"].isna().tolist() == [False, True]


def test_what_is_not_known_is_left_empty():
    assert span_of(math.nan, 1) == ""
    assert tell_chance(None) == ""
