"""Judging: an item beside a query, one after the other, without saying which space found it or how high it stood."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from nova_explore.errors import SourceError
from nova_explore.reviews.judging import DEPTH, LEVELS, Judging, Pair, Pool, Progress, pool
from nova_explore.reviews.rankers import Ranker, list_rankers
from nova_explore.widgets.board import NOTHING, Answer, Later, Shown
from nova_explore.widgets.boards.items import card

if TYPE_CHECKING:
    from nova_explore.exploration.bundle import Exploration

UNREAD_LETTERS = 4000
MOST_DISAGREEMENTS = 30
MOST_QUERIES = 200


@dataclass(slots=True)
class _Session:
    judging: Judging
    rankers: list[Ranker]
    judge: str = ""
    left: list[Pair] = field(default_factory=list)
    last: str = ""
    progress: Progress | None = None
    unanswered: tuple[str, ...] = ()


_SESSIONS: WeakKeyDictionary[Any, _Session] = WeakKeyDictionary()
"""What is being judged, for each app that has this board open; judgements themselves are in the library."""


def facts(app: Shown) -> dict[str, Any]:
    """The pair to judge now, how far everybody is, and what judges differ on; next to nothing before it is opened."""
    session = _SESSIONS.get(app)
    if session is None:
        return {"ready": False}
    progress = session.progress
    total = len(session.judging.pairs)
    shown = session.left[0] if session.left and session.judge else None
    return {
        "ready": True,
        "levels": [[str(value), word] for value, word in LEVELS.items()],
        "judge": session.judge,
        "total": total,
        "done": total - len(session.left) if session.judge else 0,
        "pair": None if shown is None else _shown(app.exploration, shown),
        "last": session.last,
        "judges": [] if progress is None else [[name, f"{n:,} of {total:,}"] for name, n in progress.by_judge.items()],
        "agreement": "" if progress is None else say_agreement(progress),
        "needed": "" if progress is None else say_needed(progress),
        "disagreements": [] if progress is None else _disagreements(app.exploration, progress),
        "depth": DEPTH,
        "rankers": [{"name": one.name, "about": one.about, "paid": one.is_paid} for one in session.rankers],
        "pooled": say_pooled(session.judging.rankers, session.unanswered),
    }


def open_judging(app: Shown) -> Answer:
    """Go on with the pool that the library holds."""
    if app not in _SESSIONS:
        _measure(_session(app))
    app.refresh("judging")
    return NOTHING


def begin_pool(
    app: Shown, *, queries: str, depth: int, rankers: list[str] | None = None, budget: float | None = None
) -> Later:
    """Gather the first results of these queries, one a line; what was judged before stays judged.

    They are those of the rankers that are named, and by default of all that make no paid call.
    """
    lines = list(dict.fromkeys(line.strip() for line in queries.splitlines() if line.strip()))
    if not lines:
        raise SourceError("There are no queries. Write what people look for, one query a line.")
    if len(lines) > MOST_QUERIES:
        raise SourceError(f"These are {len(lines)} queries; this board takes {MOST_QUERIES}. Use reviews.judging.pool.")
    session = _session(app)
    free = [one.name for one in session.rankers if not one.is_paid]
    chosen = free if rankers is None else rankers
    if not chosen:
        raise SourceError("Nothing is pooled. Tick at least one space, the search or the words.")
    paid = [name for name in chosen if name not in free]
    if paid and budget is None:
        raise SourceError(f"Queries to {', '.join(paid)} cost money. Say how many US dollars they may take at most.")
    exploration = app.exploration

    def then(pairs: Pool) -> Answer:
        session.judging.begin(pairs)
        session.last, session.unanswered = "", pairs.unanswered
        _measure(session)
        app.refresh("judging")
        return NOTHING

    def compute() -> Pool:
        return pool(exploration, lines, rankers=chosen, depth=depth, budget=budget)

    return Later("finding what to judge", compute, then)


def judge_as(app: Shown, *, judge: str) -> Answer:
    """Say who judges: the decisions of each judge are kept apart."""
    session = _session(app)
    session.judge, session.last = judge.strip(), ""
    _measure(session)
    app.refresh("judging")
    return NOTHING


def decide(app: Shown, *, item: str, relevance: int | None) -> Answer:
    """Keep a decision about the pair that is shown; an item that is not shown any more is not judged twice."""
    session = _session(app)
    if not session.left or session.left[0].item != item:
        return NOTHING
    pair = session.left.pop(0)
    try:
        session.judging.decide(pair, relevance, judge=session.judge)
    except Exception:
        session.left.insert(0, pair)  # nothing was kept, so that it is asked again
        raise
    word = "cannot say" if relevance is None else LEVELS[relevance]
    session.last = f"{_title(app.exploration, pair.item)}: {word}"
    if not session.left:
        _measure(session)
    app.refresh("judging")
    return NOTHING


def take_back(app: Shown) -> Answer:
    """Take the last decision back and show its pair again."""
    session = _session(app)
    pair = session.judging.undo(session.judge)
    session.last = ""
    _measure(session)
    if pair in session.left:
        session.left.remove(pair)
        session.left.insert(0, pair)
    app.refresh("judging")
    return NOTHING


def settle(app: Shown, *, query: str, item: str, relevance: int) -> Answer:
    """Keep what judges who differed came to together."""
    session = _session(app)
    session.judging.settle(query, item, relevance)
    _measure(session)
    app.refresh("judging")
    return NOTHING


def say_pooled(rankers: tuple[str, ...], unanswered: tuple[str, ...] = ()) -> str:
    """What the results are of; which of them found one is told to nobody."""
    said = f"Pooled from: {', '.join(rankers)}." if rankers else ""
    if unanswered:
        said += f" Nothing was found for {', '.join(f'“{name}”' for name in unanswered)}."
    return said.strip()


def say_agreement(progress: Progress) -> str:
    """How well judges agree, in words that need no handbook."""
    alpha = progress.alpha
    if alpha is None or math.isnan(alpha.value):
        return ""
    span = "" if math.isnan(alpha.low) else f" ({alpha.low:.2f} to {alpha.high:.2f})"
    reading = (
        "it is above .80, his cut-off for reliable" if alpha.value >= 0.8 else
        "it is above .667, his cut-off for tentative conclusions" if alpha.value >= 0.667 else
        "it is below .667, his cut-off: settle what judges differ on first"
    )  # fmt: skip
    return (
        f"Agreement: Krippendorff's α is {alpha.value:.2f}{span} over {alpha.n:,} pairs that several judged; "
        f"1 is full agreement, 0 what chance gives. By Krippendorff's own reading, {reading}."
    )


def say_needed(progress: Progress) -> str:
    """How much is left to judge."""
    if progress.needed is None:
        return ""
    if not progress.needed:
        return "The queries judged so far give the mean relevance to ± .05."
    return f"About {progress.needed:,} further queries would give the mean relevance to ± .05."


def _session(app: Shown) -> _Session:
    if app not in _SESSIONS:
        _SESSIONS[app] = _Session(Judging(app.exploration.library), list_rankers(app.exploration))
    return _SESSIONS[app]


def _measure(session: _Session) -> None:
    session.left = session.judging.left(session.judge) if session.judge else []
    session.progress = session.judging.progress()


def _shown(exploration: Exploration, pair: Pair) -> dict[str, Any]:
    position = exploration.collection.position(pair.item)
    item = exploration.collection[position]
    span = item.span
    seconds = [span.start, span.end] if span is not None and span.unit == "seconds" else None
    known = card(exploration, position)
    # Blind: neither the cluster nor the rank is told.
    tile = {name: known[name] for name in ("id", "title", "modality", "span")}
    return {
        "query": pair.query, "words": pair.words,
        "item": tile | {"text": (item.text or "")[:UNREAD_LETTERS], "seconds": seconds},
    }  # fmt: skip


def _title(exploration: Exploration, id: str) -> str:
    return exploration.collection[exploration.collection.position(id)].title


def _disagreements(exploration: Exploration, progress: Progress) -> list[dict[str, Any]]:
    table, told = progress.disagreements, []
    judges = [name for name in table.columns if name not in ("query", "item", "difference")]
    for row in table.head(MOST_DISAGREEMENTS).to_dict("records"):
        if not exploration.collection.has(row["item"]):
            continue
        known = [(name, row[name]) for name in judges if row[name] == row[name]]
        by = " · ".join(f"{name}: {LEVELS.get(int(value), value)}" for name, value in known)
        tile = card(exploration, exploration.collection.position(row["item"]))
        told.append({"query": row["query"], "by": by, "id": tile["id"], "title": tile["title"],
                     "modality": tile["modality"]})  # fmt: skip
    return told


WRITES = ("begin_pool", "decide", "take_back", "settle")
ANSWERS = (open_judging, begin_pool, judge_as, decide, take_back, settle)
