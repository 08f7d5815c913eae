"""Values of tables, of JSON and of side files as plain scalars that a library can keep."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from nova_explore.collection import Scalar
from nova_explore.media.encoding import repaired


def to_scalar(value: Any) -> Scalar:
    """A value of a table or of JSON as a plain scalar.

    Missing values (None, NaN, NaT, pandas.NA) are None, numbers of numpy are numbers of Python, moments are ISO 8601,
    lists of scalars are joined with commas, anything deeper is JSON. Half an emoji, as cut exports hold it, becomes
    the replacement character: no file could be written with it.
    """
    if isinstance(value, str):
        return repaired(value)
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return None if value != value else value
    if isinstance(value, bytes | bytearray | memoryview):
        return f"<{len(value):,} bytes>"
    if hasattr(value, "tolist"):  # numpy scalars and arrays
        return to_scalar(value.tolist())
    if type(value).__name__ in ("NaTType", "NAType"):
        return None
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if isinstance(value, Mapping):
        return json.dumps({str(key): to_scalar(inner) for key, inner in value.items()}, ensure_ascii=False)
    if isinstance(value, list | tuple | set | frozenset):
        plain = [
            to_scalar(inner) for inner in (sorted(value, key=str) if isinstance(value, set | frozenset) else value)
        ]
        return ", ".join(str(inner) for inner in plain if inner is not None)
    return repaired(str(value))


def is_broken(value: Any) -> bool:
    """Whether a string holds half a character, which `to_scalar` replaces."""
    return isinstance(value, str) and repaired(value) is not value


def combined(own: Mapping[str, Scalar], *given: Mapping[str, Any]) -> dict[str, Scalar]:
    """Metadata of an item: what was measured, then what was given; a name taken already becomes ``given_NAME``.

    Columns whose text was repaired are named in ``repaired``.
    """
    columns = dict(own)
    mended: list[str] = []
    for source in given:
        for column, value in source.items():
            name = repaired(f"given_{column}" if column in own else str(column))
            columns[name] = to_scalar(value)
            mended += [name] if is_broken(value) else []
    if mended:
        columns.setdefault("repaired", "half a character in " + ", ".join(dict.fromkeys(mended)))
    return columns
