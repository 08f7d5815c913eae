"""New items on a map that exists: how well they are placed, against the items that the map was made of.

    python benchmarks/adding.py [mapped] [added]

Entries of WordNet are held out, the others mapped, then the held-out ones added. Measured, always beside the same of
the mapped items:

- preservation: the share of an item's 15 nearest mapped items that are the nearest to it on the map;
- agreement with the 45 lexicographer files: adjusted mutual information of the clusters;
- agreement with a map of all items: the share of the held-out items that are in the cluster there which continues
  (`nova_explore.matching`) the one that they were voted into;
- agreement of the vote: the share of mapped items that the same vote, of their own neighbours, puts where they are;
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

from nova_explore.chain import explore
from nova_explore.collection import Collection, Item, Modality, number_copies
from nova_explore.imported import import_vectors
from nova_explore.matching import match_clusters
from nova_explore.out_of_sample import vote_again
from nova_explore.stored_maps import open_map


def entry(row: int) -> Item:
    text = f"entry {row}"
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Item("", Modality.TEXT, f"/wordnet#row={row}", text, "txt", digest, text=text)


def measure(mapped: int, added: int, folder: Path) -> None:
    from sklearn.metrics import adjusted_mutual_info_score

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
    for name, part in (("added", slice(mapped, None)), ("mapped", slice(0, mapped))):
        own, inside = files[part], labels[part] >= 0
        print(
            f"{name}: {1 - inside.mean():.1%} unclustered; with the files, all "
            f"{adjusted_mutual_info_score(own, labels[part]):.3f}, clustered ones "
            f"{adjusted_mutual_info_score(own[inside], labels[part][inside]):.3f}"
        )
    own_vote = type(placed)(
        before.layout.xy.copy(), labels[:mapped].copy(), before.clustering.strengths.copy(),
        before.neighbors.indices.copy(), before.neighbors.similarities.copy(), before.layout.preservation.copy(),
    )  # fmt: skip
    voted = vote_again(own_vote, before.clustering.labels).labels
    print(
        f"the vote of their neighbours puts {(voted == before.clustering.labels).mean():.1%} of the mapped where they are"
    )
    whole = timed(f"map of all {len(items):,}", lambda: explore(library))
    there = whole.clustering.labels[whole.collection.positions(after.collection.ids)]
    stay = match_clusters(labels[:mapped], there[:mapped])
    continued = np.array([stay.get(int(c), -2) if c >= 0 else -1 for c in there])
    for name, part in (("added", slice(mapped, None)), ("mapped", slice(0, mapped))):
        both = (labels[part] >= 0) & (continued[part] >= 0)
        print(
            f"{name}: {(continued[part] == labels[part]).mean():.1%} are in the same cluster (or in none) on a map of "
            f"all, {(continued[part][both] == labels[part][both]).mean():.1%} of the {both.mean():.0%} that are in one "
            "on both"
        )


if __name__ == "__main__":
    mapped, added = [*map(int, sys.argv[1:]), *(10_000, 1_000)[len(sys.argv) - 1 :]]
    with tempfile.TemporaryDirectory() as folder:
        measure(mapped, added, Path(folder))
