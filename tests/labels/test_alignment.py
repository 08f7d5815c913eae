"""Whatever is decided, undone, clustered anew and added: an item keeps its media, its position and its label."""

from __future__ import annotations

import random

import numpy as np
import pytest
from fakes.toy_library import copy_of, text_items
from fakes.toy_model import topic_texts

from nova_explore.collection import Collection
from nova_explore.exploration.stored_maps import open_map


@pytest.mark.parametrize("seed", range(4))
def test_random_sequences_hold_id_media_position_and_label_together(mapped_toy_160, tmp_path, seed):
    draw = random.Random(seed)
    exploration = open_map(copy_of(mapped_toy_160, tmp_path / "own.nova"))
    text_of = {item.id: item.text for item in exploration.collection}
    expected: dict[str, str] = {}
    past: list[dict[str, str]] = []
    future: list[dict[str, str]] = []
    for step in range(25):
        labels, before = exploration.labels, dict(expected)
        ids = draw.sample(exploration.collection.ids, 5)
        decided = True
        action = draw.choice(["accept", "rename", "merge", "move", "mark", "tag", "undo", "redo", "recluster", "add"])
        cluster = draw.randrange(exploration.clustering.count)
        try:
            if action == "accept":
                expected |= dict.fromkeys(labels.ids_of(cluster), labels.accept(cluster))
            elif action == "rename":
                chosen = labels.ids_of(cluster)
                expected |= dict.fromkeys(chosen, labels.rename(cluster, f"name {step % 7}"))
            elif action == "merge":
                both = labels.ids_of(cluster) + labels.ids_of((cluster + 1) % exploration.clustering.count)
                expected |= dict.fromkeys(
                    both, labels.merge([cluster, (cluster + 1) % exploration.clustering.count], "both")
                )
            elif action == "move":
                expected |= dict.fromkeys(ids, labels.move(ids, to=f"name {step % 3}"))
            elif action == "mark":
                expected |= dict.fromkeys(labels.ids_of(cluster), labels.mark(cluster))
            elif action == "tag":
                labels.tag(ids, "t")
            elif action == "undo":
                if labels.undo() is not None:
                    future.append(expected)
                    expected = past.pop()
                decided = False
            elif action == "redo":
                if labels.redo() is not None:
                    past.append(expected)
                    expected = future.pop()
                decided = False
            elif action == "recluster":
                exploration = exploration.recluster(min_cluster_size=draw.choice([8, 12, 20]))
                decided = False
            else:
                more = text_items(topic_texts(2, seed=100 + step))
                exploration = exploration.add(Collection(more), progress=False)
                text_of |= {item.id: item.text for item in exploration.collection}
                decided = False
        except ValueError:  # all of its items are in other labels, or the two are one label
            expected, decided = before, False
        if decided:
            past.append(before)
            future.clear()
        frame = exploration.frame
        assert frame.index.tolist() == list(exploration.collection.ids)
        assert frame["label"].dropna().to_dict() == expected
        assert all(exploration.collection[id].text == text for id, text in text_of.items())
        table = exploration.labels.table
        # Items that came later to a cluster with a label have none until somebody gives it to them.
        undecided = (frame["cluster"] >= 0) & ~frame["cluster"].isin(list(exploration.labels.carried()))
        inside = int((frame["label"].notna() | undecided).to_numpy().sum())
        assert sum(table["size"].tolist()) == inside
        for number, name in exploration.labels.carried().items():
            members = {exploration.collection.ids[p] for p in exploration.clustering.members(number)}
            assert members & {id for id, label in expected.items() if label == name}
        assert np.array_equal(frame["x"], exploration.layout.xy[:, 0])
    again = open_map(exploration.library)
    assert again.frame["label"].dropna().to_dict() == {
        id: label for id, label in expected.items() if again.collection.has(id)
    }
