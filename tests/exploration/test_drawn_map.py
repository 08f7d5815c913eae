"""A map on disk comes back as it was, half a map is never read, and its key is all that changes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

import numpy as np
import pytest

from nova_explore.exploration.drawn_map import DrawnMap, load_map, load_parts, map_key, read_records, save_map


def assert_same(one: Any, other: Any) -> None:
    """Field by field, array by array."""
    assert type(one) is type(other)
    for field in fields(one):
        a: Any = getattr(one, field.name)
        b: Any = getattr(other, field.name)
        if isinstance(a, np.ndarray):
            np.testing.assert_array_equal(a, b, err_msg=field.name)
            assert a.dtype == b.dtype, field.name
        elif is_dataclass(a) and field.name != "names":
            assert_same(a, b)
        else:
            assert (dict(a) == dict(b)) if isinstance(a, Mapping) else a == b, field.name


@pytest.fixture
def drawn(exploration) -> DrawnMap:
    return exploration._drawn


def test_a_map_comes_back_field_by_field(drawn, own_toy_160):
    save_map(own_toy_160, drawn)
    back = load_map(own_toy_160, drawn.key)
    assert back is not None
    assert_same(back, drawn)
    assert back.made_of == 160


def test_a_map_that_was_not_stored_is_none(own_toy_160):
    assert load_map(own_toy_160, "0" * 16) is None


def test_a_process_killed_before_the_record_leaves_no_map(drawn, own_toy_160, monkeypatch):
    from nova_explore.library.lance import Tables

    def killed(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Tables, "upsert", killed)
        with pytest.raises(KeyboardInterrupt):
            save_map(own_toy_160, drawn)
    assert load_map(own_toy_160, drawn.key) is None
    assert read_records(own_toy_160) == {}


@pytest.mark.parametrize(
    "other",
    [("t", ["a", "b"], {"k": 1}), ("s", ["b", "a"], {"k": 1}), ("s", ["a"], {"k": 1}), ("s", ["a", "b"], {"k": 2})],
    ids=["space", "order", "items", "parameters"],
)
def test_whatever_changes_a_map_changes_its_key(other):
    assert map_key("s", ["a", "b"], {"k": 1}) != map_key(*other)


def test_the_key_does_not_depend_on_the_order_of_parameters():
    assert map_key("s", ["a"], {"k": 1, "seed": 0}) == map_key("s", ["a"], {"seed": 0, "k": 1})


def test_only_what_another_map_shares_is_taken_from_it(drawn, own_toy_160):
    save_map(own_toy_160, drawn)
    ask: dict[str, Any] = {"k": drawn.layout.k, "min_dist": 0.1, "seed": 0}
    same = load_parts(own_toy_160, drawn.space, drawn.ids, **ask)
    assert same.found is not None
    assert same.layout is not None
    spaced = load_parts(own_toy_160, drawn.space, drawn.ids, k=ask["k"], min_dist=0.5, seed=0)
    assert spaced.layout is None
    assert spaced.found is not None
    changes: list[dict[str, Any]] = [ask | {"seed": 1}, ask | {"k": 3}]
    for changed in changes:
        nothing = load_parts(own_toy_160, drawn.space, drawn.ids, **changed)
        assert (nothing.found, nothing.layout, nothing.hierarchy) == (None, None, None)
    assert load_parts(own_toy_160, drawn.space, drawn.ids[::-1], **ask).found is None


def test_a_map_with_placed_items_is_no_map_to_take_parts_from(drawn, own_toy_160):
    save_map(own_toy_160, replace(drawn, onto="f" * 16))
    ask: dict[str, Any] = {"k": drawn.layout.k, "min_dist": 0.1, "seed": 0}
    assert load_parts(own_toy_160, drawn.space, drawn.ids, **ask).found is None
