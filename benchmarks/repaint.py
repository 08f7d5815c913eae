"""How long a decision takes until the app has said all that changed, at 100,000 items in 1,000 clusters.

python benchmarks/repaint.py [ITEMS] [CLUSTERS]

Python's part of a rename on the board, from the intent of the browser to the last trait: the log on disk, names and
colours, the rows of all clusters, the gallery. What is sent is counted as bytes of JSON and of buffers.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import numpy as np  # noqa: E402

from nova_explore.clusters.cluster import Clustering  # noqa: E402
from nova_explore.clusters.names import ClusterName  # noqa: E402
from nova_explore.collection import Collection, Item, Modality  # noqa: E402
from nova_explore.exploration.bundle import Exploration  # noqa: E402
from nova_explore.exploration.drawn_map import DrawnMap  # noqa: E402
from nova_explore.library.store import open_library  # noqa: E402
from nova_explore.map.layout import Layout  # noqa: E402
from nova_explore.map.modality_gap import ModalityGap  # noqa: E402
from nova_explore.map.neighbors import Neighbors  # noqa: E402
from nova_explore.models.queries import SpaceModel  # noqa: E402
from nova_explore.space import Space  # noqa: E402
from nova_explore.widgets import App  # noqa: E402

RUNS = 25


def made(n: int, clusters: int, folder: Path) -> Exploration:
    """Random items in clusters of equal chance, over a library on disk."""
    draw = np.random.default_rng(0)
    ids = [f"{number:016x}" for number in range(n)]
    kinds = draw.choice(list(Modality), size=n)
    items = (Item(id, Modality(kind), id, id, "txt", id) for id, kind in zip(ids, kinds, strict=True))
    collection = Collection(items)
    labels = np.sort(draw.integers(clusters, size=n)).astype(np.int32)
    xy = (np.column_stack([labels % 32, labels // 32]) + 0.2 * draw.normal(size=(n, 2))).astype(np.float32)
    vectors = np.eye(8, dtype=np.float32)[draw.integers(8, size=n)]
    neighbors = Neighbors(np.tile(np.arange(15, dtype=np.int32), (n, 1)), np.ones((n, 15), np.float32))
    names = {c: ClusterName(c, f"name {c}", "keywords", (), (ids[c],), n // clusters, 0.8) for c in range(clusters)}
    parts = (
        neighbors, ModalityGap(0.2, 0.2, False, 0.2), Layout(xy, np.ones(n, np.float32), 15, {"min_dist": 0.1}),
        Clustering(labels, np.ones(n, np.float32), {"min_cluster_size": 5}), names,
    )  # fmt: skip
    drawn = DrawnMap("0" * 16, "", *parts, {}, collection.ids, "made")
    library = open_library(folder / "a.nova", create=True)
    space = Space("made", "1", "index", 8, "1")
    return Exploration(library, collection, SpaceModel("made", space), vectors, drawn)


def main(items: int, clusters: int) -> None:
    """Print the median, smallest and largest time of a rename, an undo and a card, and what a rename sends."""
    with tempfile.TemporaryDirectory() as folder:
        app = App(made(items, clusters, Path(folder)))
        sent: list[int] = []
        app.send_state = lambda key=None: sent.append(_size(app.get_state(key)))  # type: ignore[method-assign]
        app.send = lambda *_: None  # type: ignore[method-assign]
        times: dict[str, list[float]] = {"rename": [], "undo": [], "card of a cluster": []}
        for run in range(RUNS):
            for what, ask, details in (
                ("rename", "rename_cluster", {"key": str(run), "name": f"label {run}"}),
                ("card of a cluster", "cluster_card", {"key": str(run)}),
                *((("undo", "undo_decision", {}),) if run % 2 else ()),
            ):
                begin = time.perf_counter()
                app._handle_custom_msg({"ask": ask, "from": "me", "with": details}, [])
                times[what].append(time.perf_counter() - begin)
        assert app.last_error == "", app.last_error
    print(f"{items:,} items, {clusters:,} clusters; a rename sends {statistics.median(sent) / 1e3:,.0f} kB")
    for what, seconds in times.items():
        shown = [1000 * value for value in (statistics.median(seconds), min(seconds), max(seconds))]
        print(f"{what:20} {shown[0]:8.1f} ms  ({shown[1]:.1f} to {shown[2]:.1f}, {len(seconds)} runs)")


def _size(state: dict) -> int:
    plain = {name: value for name, value in state.items() if not isinstance(value, bytes | memoryview)}
    return len(json.dumps(plain, default=str)) + sum(
        len(value) for value in state.values() if isinstance(value, bytes | memoryview)
    )


if __name__ == "__main__":
    main(*(int(value) for value in sys.argv[1:3] or (100_000, 1_000)))
