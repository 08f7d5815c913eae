"""Everything that changes what a vector means changes its space."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest

from nova_explore.space import ItemError, Space

SPACE = Space("model", "1", "index", 384, "1")


def test_the_key_is_twelve_hex_digits_and_the_same_on_every_machine():
    assert SPACE.key == "0616bc4da5ae"


@pytest.mark.parametrize("field", [field.name for field in fields(Space)])
def test_every_part_of_a_space_changes_its_key(field):
    other = replace(SPACE, **{field: 256 if field == "dimension" else "other"})
    assert other != SPACE
    assert other.key != SPACE.key


def test_parts_do_not_run_into_each_other():
    assert Space("ab", "c", "index", 1, "1").key != Space("a", "bc", "index", 1, "1").key


def test_a_space_says_all_that_it_is_made_of():
    assert str(SPACE) == "model (revision 1, purpose index, 384 dimensions, preprocessing 1)"


def test_a_failure_is_the_items_own_unless_it_says_otherwise():
    assert ItemError("Too long.").kind == "item"
