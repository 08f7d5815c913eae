"""Decisions as they are written down."""

from __future__ import annotations

import json

import pytest

from nova_explore.labels.decision import Decision, Put, plain_ids, plain_name


def test_a_decision_comes_back_from_json_as_it_was():
    one = Decision(
        "x", "2026-01-01", "Ada", "1-2", "rename", (Put("birds", "renamed", (("a", "b"), ("c",)), True),), ("d",),
        ("t",), "text", "y", {"name": "birds", "score": 0.5},
    )  # fmt: skip
    assert Decision.of_record(json.loads(json.dumps(one.as_record())) | {"later": 1}) == one
    assert one.items == {"a", "b", "c", "d"}


@pytest.mark.parametrize("name", ["", " \n", "\x00\x1b", "x" * 201])
def test_a_name_that_says_nothing_or_too_much_is_refused(name):
    with pytest.raises(ValueError, match=r"says nothing|characters"):
        plain_name(name)


def test_half_a_character_is_left_out_of_a_name_and_a_joined_emoji_stays():
    assert plain_name("a\ud800 b") == "a b"
    assert plain_name("👩‍🚒 crew") == "👩‍🚒 crew"


def test_ids_are_kept_once_in_their_order():
    assert (plain_ids("a"), plain_ids(["b", "a", "b"])) == (("a",), ("b", "a"))
