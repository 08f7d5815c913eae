"""Cut a label in pieces that each get a name: along the tree of the clusters, or some of its items and the rest."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nova_explore.clusters.cluster import Clustering
from nova_explore.errors import UnknownNameError
from nova_explore.labels.decision import plain_name
from nova_explore.labels.labelled_map import Labelled
from nova_explore.labels.tree_split import split_by_tree
from nova_explore.parameters import whole_number

Piece = tuple[str, tuple[str, ...]]
"""A name, and ids."""

LONGEST = 190
"""Characters of a name that is made, so that a number still fits behind it."""


def along_tree(labelled: Labelled, members: Sequence[str], *, into: int, taken: set[str]) -> list[Piece]:
    """Cut items where the tree of the clusters joins them last; the largest piece first. See `split_by_tree`."""
    count = whole_number("into", into, least=2)
    ids = labelled.collection.ids
    positions = np.array(sorted(labelled.collection.positions(members)), np.intp)
    cut = split_by_tree(labelled.hierarchy(), positions, labelled.vectors, into=count)
    pieces = [tuple(ids[position] for position in piece.tolist()) for piece in cut]
    return list(zip(name_pieces(labelled, pieces, taken=taken), pieces, strict=True))


def chosen_and_rest(
    labelled: Labelled, old: str, members: Sequence[str], chosen: tuple[str, ...], *, name: str | None, taken: set[str]
) -> list[Piece]:
    """Take some items out of a label; the rest keeps its name.

    Raises
    ------
    UnknownNameError
        If an item is not in the label.
    ValueError
        If none or all of the items are chosen.
    """
    inside, out = {*members}, {*chosen}
    rest = tuple(id for id in members if id not in out)
    if strange := [id for id in chosen if id not in inside]:
        raise UnknownNameError(f"item in {old!r}", strange[0], members)
    if not chosen or not rest:
        raise ValueError(
            f"{len(chosen):,} of the {len(members):,} items of {old!r} are chosen. Needed: some of them, not "
            "none and not all. To name all of them, call rename."
        )
    called = plain_name(name) if name is not None else name_pieces(labelled, [chosen], taken=taken)[0]
    return [(called, chosen), (old, rest)]


def name_pieces(labelled: Labelled, pieces: Sequence[Sequence[str]], *, taken: set[str]) -> list[str]:
    """Make a name for each of several sets of items from what they say, every one different.

    Parameters
    ----------
    labelled : Labelled
    pieces : sequence of sequences of str
        Ids.
    taken : set of str
        Names that none may have.
    """
    labels = np.full(len(labelled.collection), -1, np.int32)
    for number, piece in enumerate(pieces):
        labels[labelled.collection.positions(piece)] = number
    named = labelled.naming(Clustering(labels, (labels >= 0).astype(np.float32), {}), {})
    names: list[str] = []
    for name in (named[number].name for number in range(len(pieces))):
        plain = called = plain_name(name[:LONGEST])
        number = 2
        while called in taken or called in names:
            called, number = f"{plain} ({number})", number + 1
        names.append(called)
    return names
