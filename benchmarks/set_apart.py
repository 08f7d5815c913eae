"""Measure what sets a slice apart: ``python benchmarks/set_apart.py LIBRARY [DRAWS]``.

Planted: a random slice of the demo of which a share gets a word that a few others have as well; it must come first.
Nulls: random slices, where nothing may differ; and random slices of whole files, whose pages come together.
"""

from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np

from nova_explore.collection import Collection
from nova_explore.exploration.bundle import Exploration
from nova_explore.exploration.chain import explore
from nova_explore.library.store import open_library
from nova_explore.similarity.background import Background
from nova_explore.similarity.contrast import contrast

DRAWS = 200
SIZE = 40
INSIDE, OUTSIDE = 0.5, 0.02


def of(exploration: Exploration, collection: Collection) -> Background:
    """The background of these items, with the phrases that were embedded before."""
    known = exploration.finder.background
    made = Background(collection, exploration.vectors, model=lambda: known.model)
    made.__dict__["concepts"] = known.concepts
    return made


def planted(exploration: Exploration, draws: int) -> int:
    """In how many draws the planted difference comes first."""
    first = 0
    for seed in range(draws):
        draw = np.random.default_rng(seed)
        rows = draw.choice(len(exploration), SIZE, replace=False)
        inside = np.isin(np.arange(len(exploration)), rows)
        has = draw.random(len(inside)) < np.where(inside, INSIDE, OUTSIDE)
        items = [
            replace(item, metadata={**item.metadata, "planted": "yes" if there else "no"})
            for item, there in zip(exploration.collection, has, strict=True)
        ]
        found = contrast(of(exploration, Collection(items)), [items[row].id for row in rows])
        first += bool(len(found)) and found.differences[0].what.startswith("planted: ")
    return first


def nulls(exploration: Exploration, draws: int, *, whole_files: bool) -> int:
    """In how many random slices anything differs."""
    background = exploration.finder.background
    files = np.unique([item.parent or item.id for item in exploration.collection], return_inverse=True)[1]
    some = 0
    for seed in range(draws):
        draw = np.random.default_rng(10_000 + seed)
        if whole_files:
            order = draw.permutation(files.max() + 1)
            rows: list[int] = []
            for file in order:
                rows += np.flatnonzero(files == file).tolist()
                if len(rows) >= SIZE:
                    break
        else:
            rows = draw.choice(len(exploration), SIZE, replace=False).tolist()
        some += bool(len(contrast(background, [exploration.collection.ids[row] for row in rows])))
    return some


def main() -> None:
    draws = int(sys.argv[2]) if len(sys.argv) > 2 else DRAWS
    exploration = explore(open_library(sys.argv[1]), progress=False)
    print(f"nulls, items at random: findings in {nulls(exploration, draws, whole_files=False)} of {draws}", flush=True)
    print(f"nulls, whole files: findings in {nulls(exploration, draws, whole_files=True)} of {draws}", flush=True)
    print(f"planted ({INSIDE:.0%} of {SIZE} against {OUTSIDE:.0%}): first in {planted(exploration, draws)} of {draws}")


if __name__ == "__main__":
    main()
