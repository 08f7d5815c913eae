"""Effectiveness and fairness of the demo collection with 40 queries, without a screen: seconds, and calls of the model.

    python benchmarks/reviews_demo.py demo.nova        a library of nova_explore.datasets.demo(), made by `embed`

Run it twice: the second run makes no call. Judgements are the folders that the stamps' makers filed them in, and the
groups are the same folders; both are there to measure time, not quality.
"""

from __future__ import annotations

import csv
import sys
import time
from pathlib import Path
from typing import Any

import nova_explore as nx
from nova_explore import reviews


class Counting:
    """The model of a library, which counts what it embeds."""

    def __init__(self, model) -> None:
        self._model, self.inputs = model, 0

    def __getattr__(self, name):
        return getattr(self._model, name)

    def embed_batch(self, items, *, role="index"):
        self.inputs += len(items)
        return self._model.embed_batch(items, role=role)


def main() -> None:
    started = time.perf_counter()
    exploration = nx.explore(nx.open_library(sys.argv[1]), progress=False)
    opened = time.perf_counter()
    model: Any = Counting(exploration.model)
    exploration._model._opened = model
    with (Path(__file__).parents[1] / "data" / "queries.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))[:40]
    queries = {row["query"]: row["query"] for row in rows}
    judged = {
        row["query"]: [item.id for item in exploration.collection if item.metadata.get("folder") == row["folder"]]
        for row in rows
    }
    effective = reviews.effectiveness(exploration, queries, judged)
    between = time.perf_counter()
    fair = reviews.retrieval_fairness(exploration, "folder", queries)
    ended = time.perf_counter()
    print(f"{len(exploration):,} items, {len(queries)} queries, {len(fair.tables['gallery'])} groups")
    print(f"open {opened - started:.1f} s, effectiveness {between - opened:.1f} s, fairness {ended - between:.1f} s")
    print(f"all {ended - started:.1f} s; {model.inputs} inputs embedded, reviews say {effective.calls + fair.calls}")
    print(effective.findings[0].statement)


if __name__ == "__main__":
    main()
