"""New items on a map that exists: how well they are placed, against the items that the map was made of.

    python benchmarks/adding.py [mapped] [added]

Entries of WordNet are held out, the others mapped, then the held-out ones added. Measured, always beside the same of
the mapped items:

- preservation: the share of an item's 15 nearest mapped items that are the nearest to it on the map;
- adjusted mutual information of the clusters with the 45 lexicographer files, and with the clusters of a map of all;
- the share of mapped items that the same vote, of their own neighbours, puts where they are;
- seconds, with what is written to and read from the library.
"""

from __future__ import annotations

import hashlib
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from wordnet import sample

from nova_explore.collection import Collection, Item, Modality, number_copies
from nova_explore.embedding.own_vectors import import_vectors
from nova_explore.exploration.chain import explore
from nova_explore.exploration.stored_maps import open_map
from nova_explore.map.out_of_sample import vote_again


def entry(row: int) -> Item:
    text = f"entry {row}"
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Item("", Modality.TEXT, f"/wordnet#row={row}", text, "txt", digest, text=text)


def measure(mapped: int, added: int, folder: Path) -> None:
    vectors, files = sample(mapped + added)
    order = np.random.default_rng(1).permutation(len(vectors))
    vectors, files = vectors[order], files[order]
    items = number_copies(entry(row) for row in range(len(vectors)))

    def bring(rows: slice, to: str):
        own = dict(zip([item.id for item in items[rows]], vectors[rows], strict=True))
        return import_vectors(Collection(items[rows]), own, to=folder / to, model="wordnet", progress=False)

    def timed(what: str, work):
        begun = time.perf_counter()
        done = work()
        print(f"{what}: {time.perf_counter() - begun:.2f} s", flush=True)
        return done

    explore(bring(slice(0, 500), "warm.nova")).add(progress=False)  # what is compiled once
    bring(slice(500, 520), "warm.nova")
    open_map(folder / "warm.nova").add(progress=False)
    library = bring(slice(0, mapped), "a.nova")
    before = timed(f"map of {mapped:,}", lambda: explore(library))
    bring(slice(mapped, None), "a.nova")
    after = timed(f"{added:,} added", lambda: before.add(progress=False))
    timed("the same again, read", lambda: before.add(progress=False))
    timed("opened", lambda: open_map(library))
    placed, labels = after.placed, after.clustering.labels
    assert placed is not None
    assert np.array_equal(after.layout.xy[:mapped], before.layout.xy)
    assert [item.name for item in after.collection] == [f"entry {row}" for row in range(len(items))]
    k = placed.k
    print(placed.sentence)
    print(
        f"preservation: {placed.preservation.mean() * k:.2f} of {k} for the added, "
        f"{before.layout.preservation.mean() * k:.2f} for the mapped"
    )
    print(
        f"unclustered: {np.mean(labels[mapped:] < 0):.1%} of the added, "
        f"{np.mean(labels[:mapped] < 0):.1%} of the mapped"
    )
    agree("the lexicographer files", labels, files, mapped)
    own_vote = type(placed)(
        before.layout.xy.copy(), labels[:mapped].copy(), before.clustering.strengths.copy(),
        before.neighbors.indices.copy(), before.neighbors.similarities.copy(), before.layout.preservation.copy(),
    )  # fmt: skip
    voted = vote_again(own_vote, before.clustering.labels).labels
    same = (voted == before.clustering.labels).mean()
    print(f"the vote of their own neighbours puts {same:.1%} of the mapped where they are")
    whole = timed(f"map of all {len(items):,}", lambda: explore(library))
    there = whole.clustering.labels[whole.collection.positions(after.collection.ids)]
    agree("the clusters of a map of all", labels, there, mapped)


def agree(what: str, labels: np.ndarray, other: np.ndarray, mapped: int) -> None:
    """Compare the clusters of the added and, as many at a time, of the mapped: the measure depends on how many."""
    from sklearn.metrics import adjusted_mutual_info_score

    def score(rows: np.ndarray) -> tuple[float, float]:
        inside = rows[(labels[rows] >= 0) & (other[rows] >= 0)]
        return (
            adjusted_mutual_info_score(other[rows], labels[rows]),
            adjusted_mutual_info_score(other[inside], labels[inside]),
        )

    draw, added = np.random.default_rng(2), len(labels) - mapped
    own = np.mean([score(draw.choice(mapped, min(added, mapped), replace=False)) for _ in range(20)], axis=0)
    new = score(np.arange(mapped, len(labels)))
    print(
        f"adjusted mutual information with {what}: added {new[0]:.3f}, mapped {own[0]:.3f}; "
        f"those in a cluster: added {new[1]:.3f}, mapped {own[1]:.3f}"
    )


if __name__ == "__main__":
    mapped, added = [*map(int, sys.argv[1:]), *(10_000, 1_000)[len(sys.argv) - 1 :]]
    with tempfile.TemporaryDirectory() as folder:
        measure(mapped, added, Path(folder))
