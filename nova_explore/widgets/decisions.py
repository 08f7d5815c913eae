"""What a person decides about clusters in the app: each intent is one call of `Labels`."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from nova_explore.errors import UnwritableError
from nova_explore.widgets.board import NOTHING, Answer, Later

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from nova_explore.exploration.bundle import Exploration
    from nova_explore.labels.labels import Labels

PIECE_MEDOIDS = 5


class Deciding(Protocol):
    """What decisions need of the app."""

    exploration: Exploration
    read_only: Any
    chosen: NDArray[np.intp] | None

    def refresh(self, *boards: str) -> None:
        """Tell the browser again what these boards show."""
        ...


@contextmanager
def deciding(app: Deciding) -> Iterator[Labels]:
    """The labels, to decide; who was overtaken reads it on the board, not in the log of the server.

    Raises
    ------
    UnwritableError
        If the app only shows labels.
    """
    if app.read_only:
        raise UnwritableError(
            "This app shows labels and takes no decisions: it was opened to read. Open it without read_only=True."
        )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        yield app.exploration.labels


def accept(app: Deciding, *, key: str, name: str = "") -> Answer:
    """Accept the proposed name of a cluster, or another one that was proposed."""
    with deciding(app) as labels:
        labels.rename(int(key), name) if name else labels.accept(int(key))
    return NOTHING


def rename_cluster(app: Deciding, *, key: str, name: str) -> Answer:
    """Call a cluster something else."""
    with deciding(app) as labels:
        labels.rename(int(key), name)
    return NOTHING


def merge(app: Deciding, *, keys: list[str], name: str) -> Answer:
    """Make several clusters one label."""
    with deciding(app) as labels:
        labels.merge([int(key) for key in keys], name)
    return NOTHING


def mark(app: Deciding, *, key: str, mark: str) -> Answer:
    """Say of a cluster that it is mixed, or that one is unsure."""
    with deciding(app) as labels:
        labels.mark(int(key), mark)
    return NOTHING


def pieces(app: Deciding, *, key: str, into: int) -> Later:
    """Answer with what a split would make: name, size and central items of each piece."""
    exploration = app.exploration

    def compute() -> list[dict[str, Any]]:
        told = []
        for name, ids in exploration.labels.pieces(int(key), into):
            vectors = exploration.vectors[exploration.collection.positions(ids)]
            central = np.argsort(-(vectors @ vectors.mean(axis=0)), kind="stable")[:PIECE_MEDOIDS]
            told.append({"name": name, "size": len(ids), "ids": [ids[row] for row in central.tolist()]})
        return told

    return Later("", compute, lambda told: ({"pieces": told}, []))


def split(app: Deciding, *, key: str, into: int) -> Later:
    """Split a cluster along the tree."""
    with deciding(app) as labels:
        prepare = labels.pieces

    def then(_: Any) -> Answer:
        with deciding(app) as labels:
            labels.split(int(key), into)
        return NOTHING

    # The tree and the names are made beside the kernel's thread; the decision is written on it.
    return Later("", lambda: prepare(int(key), into), then)


def undo(app: Deciding) -> Answer:
    """Undo the latest decision of this person."""
    with deciding(app) as labels:
        return {"action": labels.undo() or ""}, []


def redo(app: Deciding) -> Answer:
    """Do again what was undone."""
    with deciding(app) as labels:
        return {"action": labels.redo() or ""}, []


def tag_cluster(app: Deciding, *, key: str, tag: str) -> Answer:
    """Give the items of a cluster a tag."""
    with deciding(app) as labels:
        labels.tag(_members(app.exploration, int(key)), tag)
    return NOTHING


def untag_cluster(app: Deciding, *, key: str, tag: str) -> Answer:
    """Take a tag from the items of a cluster."""
    with deciding(app) as labels:
        labels.untag(_members(app.exploration, int(key)), tag)
    return NOTHING


def note(app: Deciding, *, key: str, text: str) -> Answer:
    """Write something down about a cluster."""
    with deciding(app) as labels:
        labels.note(int(key), text)
    return NOTHING


def move_slice(app: Deciding, *, name: str) -> Answer:
    """Put the items of the slice into a label."""
    with deciding(app) as labels:
        labels.move(app.exploration.selection.ids, to=name)
    return NOTHING


def tag_slice(app: Deciding, *, tag: str) -> Answer:
    """Give the items of the slice a tag."""
    with deciding(app) as labels:
        labels.tag(app.exploration.selection.ids, tag)
    return NOTHING


def sign(app: Deciding, *, by: str) -> Answer:
    """Decide under this name from now on."""
    with deciding(app) as labels:
        labels.by = by
    app.refresh("clusters")
    return NOTHING


def news(app: Deciding) -> Answer:
    """Read what others have decided meanwhile; the board tells of it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return {"version": app.exploration.labels.refresh()}, []


def _members(exploration: Exploration, cluster: int) -> list[str]:
    ids = exploration.collection.ids
    return [ids[position] for position in exploration.clustering.members(cluster).tolist()]


ANSWERS: tuple[Callable[..., Answer | Later], ...] = (
    accept, rename_cluster, merge, mark, pieces, split, undo, redo, tag_cluster, untag_cluster, note, move_slice,
    tag_slice, sign, news,
)  # fmt: skip
"""Questions that the board of clusters answers."""
