"""What a person decides about clusters in the app: each intent is one call of `Labels`."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import numpy as np

from nova_explore.widgets.board import NOTHING, Answer, Later

if TYPE_CHECKING:
    from nova_explore.exploration.bundle import Exploration
    from nova_explore.labels.labels import Labels

PIECE_MEDOIDS = 5
ACT = "Label: "
"""What the words of acts that are decisions begin with."""

Done = TypeVar("Done")


class Deciding(Protocol):
    """What decisions need of the app."""

    exploration: Exploration
    acts: Any

    def refresh(self, *boards: str) -> None:
        """Tell the browser again what these boards show."""
        ...


def decide(app: Deciding, line: str, call: Callable[[Labels], Done]) -> Done:
    """Carry a decision out, as an act that can be undone.

    Who was overtaken by somebody else reads it on the board, not in the log of the server.

    Parameters
    ----------
    app : Deciding
    line : str
        Python that does the same, behind ``app.exploration.labels.``.
    call : callable
        Decides.
    """
    from nova_explore.widgets.acts import Act  # which knows the boards, as boards know this module

    labels = app.exploration.labels
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        done = call(labels)
    decision = labels.turns[0]
    if decision is not None:
        turn = partial(_turn, app, decision.id)
        words = f"{ACT}{decision.action} {', '.join(put.name for put in decision.puts) or ', '.join(decision.tags)}"
        app.acts.note(Act(words.strip(), lambda: f"app.exploration.labels.{line}", turn, partial(turn, again=True)))
    return done


def _turn(app: Deciding, id: str, *, again: bool = False) -> None:
    """Undo a decision, or do it again, if it is the one whose turn it is."""
    labels = app.exploration.labels
    decision = labels.turns[1 if again else 0]
    if decision is None or decision.id != id:
        raise ValueError(
            "Something else was decided since, in code or by undoing on the board. Undo it there, under Clusters."
        )
    labels.redo() if again else labels.undo()


def accept(app: Deciding, *, key: str, name: str = "") -> Answer:
    """Accept the proposed name of a cluster, or another one that was proposed."""
    if name:
        decide(app, f"rename({key}, {name!r})", lambda labels: labels.rename(int(key), name))
    else:
        decide(app, f"accept({key})", lambda labels: labels.accept(int(key)))
    return NOTHING


def rename_cluster(app: Deciding, *, key: str, name: str) -> Answer:
    """Call a cluster something else."""
    decide(app, f"rename({key}, {name!r})", lambda labels: labels.rename(int(key), name))
    return NOTHING


def merge(app: Deciding, *, keys: list[str], name: str) -> Answer:
    """Make several clusters one label."""
    numbers = [int(key) for key in keys]
    decide(app, f"merge({numbers}, {name!r})", lambda labels: labels.merge(numbers, name))
    return NOTHING


def mark(app: Deciding, *, key: str, mark: str) -> Answer:
    """Say of a cluster that it is mixed, or that one is unsure."""
    decide(app, f"mark({key}, {mark!r})", lambda labels: labels.mark(int(key), mark))
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

    return Later("", compute, lambda told: ({"pieces": told}, []), urgent=True)


def split(app: Deciding, *, key: str, into: int) -> Later:
    """Split a cluster along the tree."""
    labels = app.exploration.labels

    def then(_: Any) -> Answer:
        decide(app, f"split({key}, {into})", lambda labels: labels.split(int(key), into))
        return NOTHING

    # The tree and the names are made beside the kernel's thread; the decision is written on it.
    return Later("", lambda: labels.pieces(int(key), into), then, urgent=True)


def undo_decision(app: Deciding) -> Answer:
    """Undo the latest decision of this person, also one of an earlier session."""
    if app.acts.facts()["undo"].startswith(ACT):
        app.acts.undo()
    elif app.exploration.labels.turns[0] is not None:
        decide(app, "undo()", lambda labels: labels.undo())
    return NOTHING


def redo_decision(app: Deciding) -> Answer:
    """Do again what was undone."""
    if app.acts.facts()["redo"].startswith(ACT):
        app.acts.redo()
    elif app.exploration.labels.turns[1] is not None:
        decide(app, "redo()", lambda labels: labels.redo())
    return NOTHING


def tag_cluster(app: Deciding, *, key: str, tag: str) -> Answer:
    """Give the items of a cluster a tag."""
    ids = _members(app.exploration, int(key))
    decide(app, f"tag({ids!r}, {tag!r})", lambda labels: labels.tag(ids, tag))
    return NOTHING


def untag_cluster(app: Deciding, *, key: str, tag: str) -> Answer:
    """Take a tag from the items of a cluster."""
    ids = _members(app.exploration, int(key))
    decide(app, f"untag({ids!r}, {tag!r})", lambda labels: labels.untag(ids, tag))
    return NOTHING


def note(app: Deciding, *, key: str, text: str) -> Answer:
    """Write something down about a cluster."""
    decide(app, f"note({key}, {text!r})", lambda labels: labels.note(int(key), text))
    return NOTHING


def move_slice(app: Deciding, *, name: str) -> Answer:
    """Put the items of the slice into a label."""
    ids = app.exploration.selection.ids
    decide(app, f"move({list(ids)!r}, {name!r})", lambda labels: labels.move(ids, to=name))
    return NOTHING


def tag_slice(app: Deciding, *, tag: str) -> Answer:
    """Give the items of the slice a tag."""
    ids = app.exploration.selection.ids
    decide(app, f"tag({list(ids)!r}, {tag!r})", lambda labels: labels.tag(ids, tag))
    return NOTHING


def sign(app: Deciding, *, by: str) -> Answer:
    """Decide under this name from now on."""
    app.exploration.labels.by = by
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
    accept, rename_cluster, merge, mark, pieces, split, undo_decision, redo_decision, tag_cluster, untag_cluster, note,
    move_slice, tag_slice, sign, news,
)  # fmt: skip
"""Questions that the board of clusters answers."""

WRITES = tuple(call.__name__ for call in ANSWERS if call not in (pieces, news))
