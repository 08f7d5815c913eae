"""Measure how well a search says that nothing is like a query: ``python benchmarks/nothing_here.py LIBRARY [COUNT]``.

By modality: queries for what is there (captions of its items, each without the item's own words in the index) and for
what is not (phrases of the vocabulary of which no item carries a word). How high the best result of the modality stands
tells the two apart: the area under the ROC curve, with a 95 % interval by bootstrap. Then made-up words: how many
results are shown as matches.
"""

from __future__ import annotations

import sys

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from nova_explore.exploration.bundle import Exploration
from nova_explore.exploration.chain import explore
from nova_explore.library.store import open_library
from nova_explore.models.queries import embed_texts
from nova_explore.similarity.no_match import nonsense, script_of
from nova_explore.similarity.words_index import terms
from nova_explore.words import read_vocabulary

QUERIES = 200


def present(exploration: Exploration, modality: str, count: int) -> list[str]:
    """Captions of items of a modality, every caption once, drawn at random."""
    captions = {item.title.rstrip(".") for item in exploration.collection if str(item.modality) == modality}
    captions = sorted(caption for caption in captions if "/" not in caption and len(caption.split()) <= 8)
    draw = np.random.default_rng(0)
    return [captions[i] for i in draw.permutation(len(captions))[:count]]


def absent(exploration: Exploration, count: int) -> list[str]:
    """Phrases at large of which no item carries any word."""
    words = exploration.finder.background.words
    phrases = [phrase for phrase in read_vocabulary() if terms(phrase) and not len(words.search(phrase).positions)]
    draw = np.random.default_rng(1)
    return [phrases[i] for i in draw.permutation(len(phrases))[:count]]


def standings(exploration: Exploration, queries: list[str], modality: str) -> NDArray[np.float64]:
    """How high the best item of a modality stands by content, for each query, above what enters."""
    background = exploration.finder.background
    model = background.model
    background.refer_to_phrases("text", model)
    pool = background.by_words[modality]
    mean, deviation = background.usual_of(modality, pool, "text")
    vectors = embed_texts(model, queries, role="query")
    rows = np.concatenate([background.vectors[pool.content], pool.words])
    best = (vectors @ rows.T).max(axis=1)
    level = [background.level_of_words("text", model, script_of(query), modality).enters for query in queries]
    return (best - mean) / deviation - np.array(level)


def with_interval(yes: NDArray[np.float64], no: NDArray[np.float64]) -> str:
    draw = np.random.default_rng(0)

    def auroc(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
        return float(roc_auc_score(np.r_[np.ones(len(a)), np.zeros(len(b))], np.r_[a, b]))

    again = [auroc(draw.choice(yes, len(yes)), draw.choice(no, len(no))) for _ in range(500)]
    low, high = np.quantile(again, [0.025, 0.975])
    return f"{auroc(yes, no):.3f} [{low:.3f}, {high:.3f}]"


def main() -> None:
    count = int(sys.argv[2]) if len(sys.argv) > 2 else QUERIES
    exploration = explore(open_library(sys.argv[1]), progress=False)
    missing = absent(exploration, count)
    for modality in exploration.collection.counts():
        there = present(exploration, modality, count)
        if len(there) < 20:
            print(f"{modality}: too few captions ({len(there)} < 20)")
            continue
        yes, no = standings(exploration, there, modality), standings(exploration, missing, modality)
        print(
            f"{modality}: {len(there)} present, {len(missing)} absent, AUROC by content {with_interval(yes, no)}; "
            f"matched {float((yes >= 0).mean()):.0%} of the present, {float((no >= 0).mean()):.0%} of the absent",
            flush=True,
        )
    found, kept = [], []
    for query in nonsense(count=count, seed=7):
        found.append(exploration.search(query).matching)
    print(f"made-up words: 0 to 2 results in {float((np.array(found) <= 2).mean()):.1%} of {len(found)}")
    for modality in exploration.collection.counts():
        for query in present(exploration, modality, count // 4):
            ranking = exploration.search(query, k=10)
            right = [i for i, id in enumerate(ranking.ids) if exploration.collection[id].title.rstrip(".") == query]
            if right:
                kept.append(float(ranking.matches[right].mean()))
    print(f"real queries: {1 - float(np.mean(kept)):.1%} of what is right within the first 10 is lost ({len(kept)})")


if __name__ == "__main__":
    main()
