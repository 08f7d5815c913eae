from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nova_explore.sources.scalars import combined, is_broken, to_scalar

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.slow
@given(JSON)
def test_whatever_json_holds_becomes_a_scalar_that_can_be_written(value):
    found = to_scalar(value)
    assert found is None or isinstance(found, str | int | float | bool)
    json.dumps(found).encode("utf-8")
    str(found).encode("utf-8")


def test_what_was_measured_is_never_overwritten_and_what_was_repaired_is_named():
    found = combined({"bytes": 3}, {"bytes": 4, "note": "half \ud83d"}, {"note": "later"})
    assert found == {"bytes": 3, "given_bytes": 4, "note": "later", "repaired": "half a character in note"}
    assert is_broken("\ud83d")
    assert not is_broken("whole")
