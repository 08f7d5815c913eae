"""Measure what a search finds: ``python benchmarks/retrieval.py [path of a library of the demo]``.

nDCG@10 of the fused search, of contents alone and of words alone (BM25), with 95 % intervals by bootstrap over queries,
on the collections of retrieval_sets.py; and the difference of the fused search to the better of the two.
"""

from __future__ import annotations

import sys

import numpy as np
import retrieval_sets
from numpy.typing import NDArray

from nova_explore.exploration.chain import explore
from nova_explore.library.store import open_library
from nova_explore.similarity.words_index import WordScores, WordsIndex

QUERIES = 300
CUT = 10


class NoWords:
    """An index of words that finds nothing."""

    def search(self, _: str) -> WordScores:
        return WordScores(np.empty(0, np.intp), np.empty(0, np.float32), np.empty(0, np.float32))


def ndcg(ids: list[str] | tuple[str, ...], right: frozenset[str]) -> float:
    """Gain of the first ten, each right one 1, as a share of the best that is possible."""
    gains = 1 / np.log2(np.arange(CUT) + 2)
    return float(sum(gains[i] for i, id in enumerate(ids[:CUT]) if id in right) / gains[: len(right)].sum())


def with_interval(values: NDArray[np.float64]) -> str:
    draw = np.random.default_rng(0)
    means = [values[draw.integers(0, len(values), len(values))].mean() for _ in range(1000)]
    low, high = np.quantile(means, [0.025, 0.975])
    return f"{values.mean():.3f} [{low:.3f}, {high:.3f}]"


def measure(judged: retrieval_sets.Judged) -> None:
    exploration = judged.exploration
    background = exploration.finder.background
    words: WordsIndex = background.words
    rows, draw = [], np.random.default_rng(0)
    for query, right in retrieval_sets.first(judged.answers, QUERIES).items():
        answers = frozenset(right)
        fused = exploration.search(query, k=CUT).ids
        background.__dict__["words"] = NoWords()
        content = exploration.search(query, k=CUT).ids
        background.__dict__["words"] = words
        found = words.search(query)
        # Equal scores come as they happen to: the order of a collection puts its pictures first, which the answers are.
        best = found.positions[np.lexsort((draw.random(len(found.scores)), -found.scores))[:CUT]]
        rows.append([ndcg(ids, answers) for ids in (fused, content, [exploration.collection.ids[row] for row in best])])
    fused, content, alone = np.array(rows).T
    better = content if content.mean() > alone.mean() else alone
    print(
        f"{judged.name}, {len(rows)} queries, {len(exploration):,} items: fused {with_interval(fused)}, "
        f"content {with_interval(content)}, words {with_interval(alone)}, fused less the better "
        f"{with_interval(fused - better)}",
        flush=True,
    )


def main() -> None:
    measure(retrieval_sets.r_manuals())
    measure(retrieval_sets.clip_art())
    if len(sys.argv) > 1:
        for judged in retrieval_sets.stamps(explore(open_library(sys.argv[1]), progress=False)):
            measure(judged)


if __name__ == "__main__":
    main()
