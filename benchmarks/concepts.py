"""How well ten marks of each side find a concept, beside a probe that was trained on all labels.

python benchmarks/concepts.py [SET ...]

For every class of a set, ten items of it and ten of the others are drawn; the rest is ranked by `learn` and by a
logistic regression with all labels, whose scores come from five folds. Both are measured by average precision over the
same items, those without a mark. "asked" marks three of each side at random, then what the head of the ranking and
`Concept.unsure` ask for, at most ten of each side.
"""

from __future__ import annotations

import sys
import warnings

import labelled
import numpy as np

from nova_explore.collection import Collection, Item, Modality
from nova_explore.labels.concept import learn

SETS = ("digits", "docstrings", "stamps", "clipart", "packages")
MARKS, ROUNDS, CLASSES, DRAWS, SMALLEST = 10, 6, 8, 3, 40


def main(names: list[str]) -> None:
    """Print one line a set: average precision of ten random marks a side, of asked ones, and of the whole probe."""
    print("set            items classes   random      all  ratio    asked      all  ratio")
    for name in names:
        vectors, labels = labelled.load(name)
        found = np.array(list(_measure(vectors, labels)))
        random, whole, asked, whole_asked = found.mean(axis=0)
        print(
            f"{name:12} {len(vectors):7,} {len(found):7} {random:8.3f} {whole:8.3f} {random / whole:6.2f} "
            f"{asked:8.3f} {whole_asked:8.3f} {asked / whole_asked:6.2f}",
            flush=True,
        )


def _measure(vectors, labels):
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import average_precision_score
    from sklearn.model_selection import cross_val_predict

    ids = [f"{number:07}" for number in range(len(vectors))]
    collection = Collection(Item(id, Modality.TEXT, id, id, "txt", id) for id in ids)
    draw = np.random.default_rng(0)
    values, counts = np.unique(labels[labels >= 0], return_counts=True)
    large = values[counts >= SMALLEST]
    for value in draw.permutation(large)[:CLASSES]:
        truth = labels == value
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            probe = LogisticRegression(C=10, class_weight="balanced", max_iter=300)
            middle = vectors - vectors.mean(axis=0)
            middle /= np.sqrt((middle**2).sum(axis=1).mean())
            whole = cross_val_predict(probe, middle, truth, cv=5, method="decision_function")
        figures = []
        for _ in range(DRAWS):
            inside, outside = (draw.permutation(np.flatnonzero(side)) for side in (truth, ~truth))
            like, unlike = [ids[i] for i in inside[:MARKS]], [ids[i] for i in outside[:MARKS]]
            ranked = learn(collection, vectors, like, unlike)
            left = ranked.order
            asked = _asked(collection, vectors, truth, inside, outside)
            pairs = ((left, ranked.scores), (left, whole), (asked.order, asked.scores), (asked.order, whole))
            figures.append([average_precision_score(truth[rows], scores[rows]) for rows, scores in pairs])
        yield np.mean(figures, axis=0)


def _asked(collection, vectors, truth, inside, outside):
    """The concept after marks that it asked for, three of its head and three that it is unsure of in each round."""
    ids = collection.ids
    like, unlike = [ids[i] for i in inside[:3]], [ids[i] for i in outside[:3]]
    for _ in range(ROUNDS):
        concept = learn(collection, vectors, like, unlike)
        for id in dict.fromkeys((*concept.ranked[:3], *concept.unsure(3))):
            side = like if truth[collection.position(id)] else unlike
            if len(side) < MARKS:
                side.append(id)
    return learn(collection, vectors, like, unlike)


if __name__ == "__main__":
    main(sys.argv[1:] or list(SETS))
