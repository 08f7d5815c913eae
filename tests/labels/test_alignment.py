"""Whatever is decided, undone, clustered anew, added and embedded again: item, media, position and label stay one."""

from __future__ import annotations

import contextlib
import copy
import tempfile
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from fakes.toy_library import copy_of, text_items
from fakes.toy_model import ToyModel, topic_texts
from hypothesis import HealthCheck, given, note, settings

import nova_explore as nx
from nova_explore.collection import Collection
from nova_explore.exploration.stored_maps import open_map
from nova_explore.library.store import open_library

ACTIONS = (
    "accept", "rename", "merge", "split", "split ids", "mark", "move", "tag", "untag", "note", "undo", "redo",
    "recluster", "inside", "add", "embed again", "open anew",
)  # fmt: skip
STEPS = st.lists(st.tuples(st.sampled_from(ACTIONS), st.integers(0, 10_000)), min_size=4, max_size=14)


class Ledger:
    """What a person would expect after every decision: the label and the tags of every item, by id."""

    def __init__(self) -> None:
        self.label: dict[str, str] = {}
        self.tags: dict[str, set[str]] = {}
        self.past: list[tuple[dict[str, str], dict[str, set[str]]]] = []
        self.future: list[tuple[dict[str, str], dict[str, set[str]]]] = []

    def decide(self, labels: dict[str, str], tags: dict[str, set[str]] | None = None) -> None:
        self.past.append((self.label, self.tags))
        self.future.clear()
        self.label = self.label | labels
        self.tags = self.tags if tags is None else tags

    def turn(self, off: list, on: list) -> None:
        on.append((self.label, self.tags))
        self.label, self.tags = off.pop()


def act(exploration: Any, ledger: Ledger, action: str, draw: int, model: ToyModel) -> tuple[Any, ToyModel]:
    """Do one thing; what cannot be done here raises ValueError and has changed nothing."""
    labels, count = exploration.labels, exploration.clustering.count
    ids = [exploration.collection.ids[(draw + 37 * i) % len(exploration)] for i in range(5)]
    cluster, other = draw % count, (draw // count) % count
    match action:
        case "accept":
            chosen = labels.ids_of(cluster)
            ledger.decide(dict.fromkeys(chosen, labels.accept(cluster)))
        case "rename":
            chosen = labels.ids_of(cluster)
            ledger.decide(dict.fromkeys(chosen, labels.rename(cluster, f"name {draw % 7}")))
        case "merge":
            both = labels.ids_of(cluster) + labels.ids_of(other)
            ledger.decide(dict.fromkeys(both, labels.merge([cluster, other], f"both {draw % 3}")))
        case "split":
            pieces = labels.pieces(cluster, 2)
            assert labels.split(cluster) == tuple(name for name, _ in pieces)
            ledger.decide({id: name for name, piece in pieces for id in piece})
        case "split ids":
            members = [id for id in labels.ids_of(cluster) if exploration.collection.has(id)]
            name, rest = labels.split(cluster, ids=members[: draw % max(len(members), 1)], name=f"part {draw % 5}")
            part = draw % max(len(members), 1)
            ledger.decide(dict.fromkeys(members[:part], name) | dict.fromkeys(members[part:], rest))
        case "mark":
            chosen = labels.ids_of(cluster)
            ledger.decide(dict.fromkeys(chosen, labels.mark(cluster, ("mixed", "unsure", "done")[draw % 3])))
        case "move":
            ledger.decide(dict.fromkeys(ids, labels.move(ids, to=f"name {draw % 3}")))
        case "tag" | "untag":
            getattr(labels, action)(ids, f"t{draw % 2}")
            tags = copy.deepcopy(ledger.tags)
            for id in ids:
                own = tags.setdefault(id, set())
                (own.add if action == "tag" else own.discard)(f"t{draw % 2}")
            ledger.decide({}, tags)
        case "note":
            labels.note(ids[0], "seen")
            ledger.decide({})
        case "undo":
            assert (labels.undo() is not None) == bool(ledger.past)
            if ledger.past:
                ledger.turn(ledger.past, ledger.future)
        case "redo":
            assert (labels.redo() is not None) == bool(ledger.future)
            if ledger.future:
                ledger.turn(ledger.future, ledger.past)
        case "recluster":
            exploration = exploration.recluster(min_cluster_size=(8, 12, 20)[draw % 3])
        case "inside":
            exploration = exploration.recluster(inside=cluster, min_cluster_size=6)
        case "add":
            more = text_items(topic_texts(2, seed=100 + draw))
            exploration = exploration.add(Collection(more), progress=False)
        case "embed again":
            model = ToyModel(revision=str(draw % 3 + 1))
            items = exploration.library.collection()
            library = nx.embed(items, to=exploration.library.path, model=model, progress=False)
            exploration = nx.explore(library, model=model, progress=False)
        case "open anew":
            exploration = open_map(open_library(exploration.library.path), exploration.key)
    return exploration, model


def check(exploration: Any, ledger: Ledger, text_of: dict[str, str]) -> None:
    """Hold what the exploration says against the ledger, item by item."""
    frame, here = exploration.frame, exploration.collection.has
    assert frame.index.tolist() == list(exploration.collection.ids)
    assert frame["label"].dropna().to_dict() == {id: name for id, name in ledger.label.items() if here(id)}
    assert {id: {*tags} for id, tags in frame["tags"].items() if tags} == {
        id: tags for id, tags in ledger.tags.items() if tags and here(id)
    }
    assert all(text_of.get(item.id, item.text) == item.text for item in exploration.collection)
    assert np.array_equal(frame["x"], exploration.layout.xy[:, 0])
    names = {*ledger.label.values()}
    assert {*exploration.labels.carried().values()} | {*exploration.labels.unattached["name"]} == names
    for cluster, name in exploration.labels.carried().items():
        members = {exploration.collection.ids[p] for p in exploration.clustering.members(cluster).tolist()}
        assert members & {id for id, label in ledger.label.items() if label == name}
        assert exploration.name_of(cluster) == name


@pytest.mark.slow
@given(steps=STEPS)
@settings(max_examples=15, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_random_sequences_hold_id_media_position_and_label_together(mapped_toy_160, steps):
    with tempfile.TemporaryDirectory() as folder:
        exploration: Any = open_map(copy_of(mapped_toy_160, Path(folder) / "own.nova"))
        ledger, model = Ledger(), ToyModel()
        text_of = {item.id: item.text for item in exploration.collection}
        for action, draw in steps:
            note(f"{action} {draw}")
            if not exploration.clustering.count:
                break
            # All of its items may be in other labels, or it has no parts.
            with contextlib.suppress(ValueError, LookupError):
                exploration, model = act(exploration, ledger, action, draw, model)
            check(exploration, ledger, text_of)
            text_of |= {item.id: item.text for item in exploration.collection}
        check(open_map(open_library(exploration.library.path), exploration.key), ledger, text_of)
