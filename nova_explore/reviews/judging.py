"""What people judge: results of queries from several spaces and rankings, shuffled, without saying which found them.

A pool is kept in the library with its order. Each judge sees its pairs in an order of their own, goes on where they
stopped, and may take a decision back.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from nova_explore.errors import OverBudgetError, SourceError
from nova_explore.models.cost import check_budget, dollars
from nova_explore.parameters import whole_number
from nova_explore.reviews.asking import names_of_queries
from nova_explore.reviews.chance import Mean
from nova_explore.reviews.judgements import SETTLED, agreement, judgements_needed
from nova_explore.reviews.rankers import Ranker, by_ranking, by_space, choose, list_rankers

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


class Pool(list[Pair]):
    """Pairs to judge, in a shuffled order, and what found them.

    Attributes
    ----------
    rankers : tuple of str
        By name. Which of them found a pair is not kept, so that nobody who judges can know.
    unanswered : tuple of str
        Names of queries for which none of them found anything.
    """

    def __init__(self, pairs: Iterable[Pair], *, rankers: Iterable[str], unanswered: Iterable[str] = ()) -> None:
        super().__init__(pairs)
        self.rankers = tuple(rankers)
        self.unanswered = tuple(unanswered)


def pool(
    exploration: Exploration,
    queries: Any,
    *,
    rankers: Literal["free"] | Sequence[str] | None = None,
    others: Mapping[str, Exploration] | None = None,
    rankings: Any = (),
    depth: int = DEPTH,
    budget: float | None = None,
    seed: int = 0,
) -> Pool:
    """Gather the first results of every query, from all spaces and rankings, each pair once, shuffled.

    Parameters
    ----------
    exploration : Exploration
    queries : mapping, frame, sequence or file
        See `asking.ask`.
    rankers : "free" or sequence of str, optional
        What ranks the items: names of those that `rankers.list_rankers` lists for this library, such as ``local 640``,
        ``search`` (content and words, as the app's search box) and ``words`` (BM25). ``"free"`` takes all that make no
        paid call; by default, the space of the exploration alone.
    others : mapping of name to Exploration, optional
        The same items in other libraries.
    rankings : sequence, or mapping of name to ranking, optional
        Results of other systems: mappings from query name to ids, frames, or TREC runs. See `rankers.read_ranking`.
    depth : int, default 10
        Results of each query and ranker that are judged.
    budget : float, optional
        US dollars that the calls of all spaces must not pass together; nothing is sent where they would.
    seed : int, default 0

    Returns
    -------
    Pool
        A list of `Pair`. Queries stay together, in a shuffled order; the items of each are shuffled.

    Raises
    ------
    OverBudgetError
        If the calls cost more than the budget.
    SourceError
        If a ranking answers what nobody asked, or ranks no item of the collection.
    UnknownNameError
        If there is no such ranker.
    """
    depth = whole_number("depth", depth, least=1)
    check_budget(budget)
    chosen = _chosen(exploration, rankers)
    chosen += [by_space(name, lambda view=view: view) for name, view in (others or {}).items()]
    chosen += [by_ranking(name, one, exploration.collection) for name, one in _named(rankings)]
    words = names_of_queries(exploration, queries)
    expected = 0.0 if budget is None else sum(ranker.expect(queries) for ranker in chosen)
    if budget is not None and expected > budget:
        raise OverBudgetError(
            f"The queries may cost {dollars(expected)}, the budget is {dollars(budget)}. Nothing was sent. Raise the "
            "budget, or pool from fewer spaces."
        )
    found: dict[str, dict[str, None]] = {name: {} for name in words}
    for ranker in chosen:
        for name, ids in ranker.rank(queries, depth).items():
            if name not in words:
                raise SourceError(f"A ranking answers {name!r}, which is not among the queries.")
            found[name].update(dict.fromkeys(id for id in ids if exploration.collection.has(id)))
    random = np.random.default_rng(seed)
    pairs = []
    for name in random.permutation(np.array(list(found), object)).tolist():
        pairs += [
            Pair(name, words[name], id) for id in random.permutation(np.array(list(found[name]), object)).tolist()
        ]
    unanswered = [name for name, ids in found.items() if not ids]
    return Pool(pairs, rankers=[ranker.name for ranker in chosen], unanswered=unanswered)


def _chosen(exploration: Exploration, rankers: Literal["free"] | Sequence[str] | None) -> list[Ranker]:
    if rankers is None:
        return [by_space("this space", lambda: exploration)]
    known = list_rankers(exploration)
    if rankers == "free":
        return [ranker for ranker in known if not ranker.is_paid]
    return choose(known, [rankers] if isinstance(rankers, str) else rankers)


def _named(rankings: Any) -> list[tuple[str, Any]]:
    """Rankings with their names: those given, the stem of a file, or a number."""
    if isinstance(rankings, Mapping):
        return [(str(name), one) for name, one in rankings.items()]
    if isinstance(rankings, str | Path) or hasattr(rankings, "columns"):
        rankings = [rankings]
    return [
        (Path(one).stem if isinstance(one, str | Path) else f"ranking {number}", one)
        for number, one in enumerate(rankings, 1)
    ]


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

    Attributes
    ----------
    pairs : tuple of Pair
        The newest pool of the library.
    rankers : tuple of str
        What found it; empty where that is not known.
    """

    def __init__(self, library: Library) -> None:
        self.library = library
        self.pairs: tuple[Pair, ...] = tuple(Pair(*row) for row in library.judgements.pool())
        self.rankers: tuple[str, ...] = tuple(library.judgements.pooled_from())

    def begin(self, pairs: Sequence[Pair]) -> None:
        """Make these pairs the pool; what was decided about pairs before stays."""
        if not pairs:
            raise SourceError("There is nothing to judge: no query found anything. Ask others, or pool from a space.")
        rankers = pairs.rankers if isinstance(pairs, Pool) else ()
        self.library.judgements.save_pool([(pair.query, pair.words, pair.item) for pair in pairs], rankers=rankers)
        self.pairs, self.rankers = tuple(pairs), rankers

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
