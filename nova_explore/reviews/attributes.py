"""Attributes of items: which group an item belongs to, as a person wrote it down; nothing here is inferred."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nova_explore.errors import UnknownNameError
from nova_explore.reviews.finding import FEWEST, too_few

if TYPE_CHECKING:
    from nova_explore.exploration.bundle import Exploration

CROSS = " × "


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """The groups of an attribute that are large enough to be reported.

    Attributes
    ----------
    name : str
        Of the attribute.
    names : tuple of str
        Of the groups, the largest first.
    labels : int array of shape (n,)
        Group of every item; -1 for items without a value, or of a group that is too small.
    not_run : tuple of (check, reason)
        Groups that are too small, and how many items have no value.
    """

    name: str
    names: tuple[str, ...]
    labels: NDArray[np.int64]
    not_run: tuple[tuple[str, str], ...]

    @property
    def positions(self) -> NDArray[np.intp]:
        """Positions of the items that belong to a reported group."""
        return np.flatnonzero(self.labels >= 0)

    @property
    def sizes(self) -> NDArray[np.intp]:
        """Items of every group."""
        return np.bincount(self.labels[self.labels >= 0], minlength=len(self.names))


def groups_of(exploration: Exploration, attribute: Any, *, fewest: int = FEWEST) -> Groups:
    """Group the items by an attribute.

    Parameters
    ----------
    exploration : Exploration of n items
    attribute : str, sequence of str, or mapping
        A metadata column; several columns, whose combinations are the groups; a mapping (or series) from item id to
        group; or the group of each item, in order. A column name may also hold several, joined by ``" × "``.
    fewest : int, default 30
        Members that a group needs to be reported.

    Raises
    ------
    UnknownNameError
        If there is no such column, or an id of the mapping is no item.
    """
    name, values = _values(exploration, attribute)
    counts: dict[str, int] = {}
    for value in values:
        if value is not None:
            counts[value] = counts.get(value, 0) + 1
    kept = sorted((value for value in counts if counts[value] >= fewest), key=lambda value: (-counts[value], value))
    place = {value: number for number, value in enumerate(kept)}
    labels = np.array([-1 if value is None else place.get(value, -1) for value in values], np.int64)
    not_run = [too_few(f"{name} {value}", counts[value], fewest) for value in sorted(counts) if value not in place]
    without = sum(value is None for value in values)
    if without:
        not_run.append((f"{without:,} items", f"have no value of {name} and take no part"))
    return Groups(name, tuple(kept), labels, tuple(not_run))


def _values(exploration: Exploration, attribute: Any) -> tuple[str, list[str | None]]:
    collection = exploration.collection
    if hasattr(attribute, "to_dict") and not isinstance(attribute, Mapping):
        attribute = attribute.to_dict()
    if isinstance(attribute, Mapping):
        for id in attribute:
            collection.position(str(id))
        return "group", [_word(attribute.get(item.id)) for item in collection]
    if not isinstance(attribute, str) and len(attribute) == len(collection) and set(attribute) - {*collection.columns}:
        return "group", [_word(value) for value in attribute]
    columns: Sequence[str] = [attribute] if isinstance(attribute, str) else list(attribute)
    if isinstance(attribute, str) and attribute not in collection.columns and CROSS in attribute:
        columns = attribute.split(CROSS)
    for column in columns:
        if column not in collection.columns:
            raise UnknownNameError("metadata column", column, collection.columns)
    values: list[str | None] = []
    for item in collection:
        words = [_word(item.metadata.get(column)) for column in columns]
        values.append(None if None in words else CROSS.join(filter(None, words)))
    return CROSS.join(columns), values


def _word(value: Any) -> str | None:
    word = "" if value is None or value != value else str(value).strip()
    return word or None
