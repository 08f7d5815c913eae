"""What people judge: results of queries pooled from several spaces, shuffled, without saying which space found them.

A pool is kept in the library with its order. Each judge sees its pairs in an order of their own, goes on where they
stopped, and may take a decision back.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from nova_explore.errors import SourceError
from nova_explore.parameters import whole_number
from nova_explore.reviews.asking import ask
from nova_explore.reviews.chance import Mean
from nova_explore.reviews.judgements import SETTLED, agreement, judgements_needed
from nova_explore.reviews.order import id_order, scores_of

if TYPE_CHECKING:
    import pandas as pd

    from nova_explore.exploration.bundle import Exploration
    from nova_explore.library.store import Library

DEPTH = 10
LEVELS = {0: "not relevant", 1: "somewhat relevant", 2: "relevant"}
"""What a judge can decide, with the relevance that it stands for; "cannot say" is none of them."""

STATED = 0.05


@dataclass(frozen=True, slots=True)
class Pair:
    """A query and an item that a judge is shown.

    Attributes
    ----------
    query, words : str
        Name of the query, and what it asks.
    item : str
        Id.
    """

    query: str
    words: str
    item: str


def pool(
    exploration: Exploration,
    queries: Any,
    *,
    others: Mapping[str, Exploration] | None = None,
    rankings: Sequence[Mapping[str, Sequence[str]]] = (),
    depth: int = DEPTH,
    budget: float | None = None,
    seed: int = 0,
) -> list[Pair]:
    """Gather the first results of every query, from all spaces and rankings, each pair once, shuffled.

    Parameters
    ----------
    exploration : Exploration
    queries : mapping, frame, sequence or file
        See `asking.ask`.
    others : mapping of name to Exploration, optional
        The same items in other spaces.
    rankings : sequence of mapping from query name to ids, optional
        Results of other systems.
    depth : int, default 10
        Results of each query and space that are judged.
    seed : int, default 0

    Returns
    -------
    list of Pair
        Queries stay together, in a shuffled order; the items of each are shuffled.
    """
    depth = whole_number("depth", depth, least=1)
    words: dict[str, str] = {}
    found: dict[str, dict[str, None]] = {}
    for view in (exploration, *(others or {}).values()):
        tie = id_order(view.collection.ids)
        for query in ask(view, queries, budget=budget).queries:
            order = np.lexsort((-tie, -scores_of(view.vectors, query)))[:depth]
            words.setdefault(query.name, query.words)
            ids = (view.collection.ids[position] for position in order)
            found.setdefault(query.name, {}).update(dict.fromkeys(id for id in ids if exploration.collection.has(id)))
    for ranking in rankings:
        for name, ids in ranking.items():
            if name not in words:
                raise SourceError(f"A ranking answers {name!r}, which is not among the queries.")
            known = [str(id) for id in list(ids)[:depth] if exploration.collection.has(str(id))]
            found[name].update(dict.fromkeys(known))
    random = np.random.default_rng(seed)
    pairs = []
    for name in random.permutation(np.array(list(found), object)).tolist():
        pairs += [
            Pair(name, words[name], id) for id in random.permutation(np.array(list(found[name]), object)).tolist()
        ]
    return pairs


@dataclass(frozen=True, slots=True, eq=False)
class Progress:
    """How far the judging of a pool has come.

    Attributes
    ----------
    pairs : int
        In the pool.
    by_judge : dict of str to int
        Pairs of the pool that each judge has decided, "cannot say" included.
    alpha : Mean or None
        Krippendorff's α (ordinal) of all judges; None before two have judged the same pair.
    disagreements : pandas.DataFrame
        Pairs that judges differ on and have not settled, the largest difference first.
    needed : int or None
        Further queries to judge until the mean relevance of results is known to ± .05; None where it cannot be told.
    """

    pairs: int
    by_judge: dict[str, int]
    alpha: Mean | None
    disagreements: pd.DataFrame
    needed: int | None


class Judging:
    """One pool of a library and what people decided about it.

    Parameters
    ----------
    library : Library
        Judgements are kept there as they are made.
    """

    def __init__(self, library: Library) -> None:
        self.library = library
        self.pairs: tuple[Pair, ...] = tuple(Pair(*row) for row in library.judgements.pool())

    def begin(self, pairs: Sequence[Pair]) -> None:
        """Make these pairs the pool; what was decided about pairs before stays."""
        if not pairs:
            raise SourceError("There is nothing to judge. Give at least one query.")
        self.library.judgements.save_pool([(pair.query, pair.words, pair.item) for pair in pairs])
        self.pairs = tuple(pairs)

    def left(self, judge: str) -> list[Pair]:
        """Pairs that a judge has not decided, in that judge's own order: queries shuffled by the judge's name."""
        done = self._decided(judge)
        names = list(dict.fromkeys(pair.query for pair in self.pairs))
        order = {name: hashlib.sha256(f"{judge}\n{name}".encode()).digest() for name in names}
        mine = [pair for pair in self.pairs if (pair.query, pair.item) not in done]
        return sorted(mine, key=lambda pair: order[pair.query])  # items keep the shuffled order of the pool

    def decide(self, pair: Pair, relevance: float | None, *, judge: str) -> None:
        """Keep a decision; None for "cannot say"."""
        if not judge.strip():
            raise SourceError("A judgement has no judge. Give a name: it is kept with the judgement.")
        if judge.strip() == SETTLED:
            raise SourceError(f"{SETTLED!r} is what judges come to together. Give the name of a person.")
        self.library.judgements.judge(pair.query, pair.item, relevance, judge=judge.strip())

    def settle(self, query: str, item: str, relevance: float) -> None:
        """Keep what judges who differed came to together: it counts in the place of their own decisions."""
        self.library.judgements.judge(query, item, relevance, judge=SETTLED)

    def undo(self, judge: str) -> Pair | None:
        """Take the last decision of a judge back; the pair it was about, or None."""
        gone = self.library.judgements.undo(judge)
        return next((pair for pair in self.pairs if gone == (pair.query, pair.item)), None)

    def judgements(self) -> pd.DataFrame:
        """What was decided about the pool: columns query, item, relevance, judge and at."""
        frame: Any = self.library.judgements.frame()
        pool = {(pair.query, pair.item) for pair in self.pairs}
        return frame[np.array([pair in pool for pair in zip(frame["query"], frame["item"], strict=True)], bool)]

    def progress(self, *, seed: int = 0) -> Progress:
        """How far everybody is, how well judges agree, and what is left to settle."""
        frame: Any = self.judgements()
        agreed = frame[frame["judge"] == SETTLED]
        frame = frame[frame["judge"] != SETTLED]
        by_judge = {str(name): int(count) for name, count in frame["judge"].value_counts(sort=False).items()}
        rated = frame.dropna(subset=["relevance"])
        differing: Any
        alpha, differing = (None, rated.iloc[:0]) if rated["judge"].nunique() < 2 else agreement(rated, seed=seed)
        settled = set(zip(agreed["query"], agreed["item"], strict=True))
        left = [pair not in settled for pair in zip(differing["query"], differing["item"], strict=True)]
        differing = differing[np.array(left, bool)]
        if alpha is not None and alpha.n == 0:
            alpha = None
        means = rated.groupby("query")["relevance"].mean().to_numpy(float)
        needed = None
        if len(means) > 2 and not math.isnan(float(np.std(means))):
            # Relevance of 0 to 2 as a share, so that ± .05 means the same as for precision.
            needed = max(0, judgements_needed(means / max(LEVELS), within=STATED) - len(means))
        return Progress(len(self.pairs), by_judge, alpha, differing, needed)

    def _decided(self, judge: str) -> set[tuple[str, str]]:
        frame = self.library.judgements.frame()
        mine = frame[frame["judge"] == judge.strip()]
        return set(zip(mine["query"], mine["item"], strict=True))
