"""Fairness spot checks: whom the first results of neutral queries show, on what a blind pick would show."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import numpy as np

from nova_explore.errors import SourceError
from nova_explore.reviews.finding import CAVEAT, Finding, Review, tell_q
from nova_explore.reviews.occupations import OCCUPATIONS, TEMPLATES
from nova_explore.widgets.board import NOTHING, Answer, Later, Shown
from nova_explore.widgets.boards.items import card

if TYPE_CHECKING:
    from nova_explore.exploration.bundle import Exploration
    from nova_explore.reviews.attributes import Groups

K = 20
MOST_GROUPS = 6
"""Groups with a line of their own in a row."""

MOST_QUERIES = 100

PLAIN = {
    "explicit words move the results": "open “Ask other queries” and write a word for each group: female, male",
    "the query finds its concept": "nothing says which items show what a query asks for; in Python, pass concept=",
    "perturbed galleries": 'blurred and grey pictures are compared in Python: perturbed=("blur", "grey")',
}
"""What to do about a check that did not run, in words of this board."""


@dataclass(slots=True)
class _Session:
    attributes: list[str]
    attribute: str = ""
    review: Review | None = None
    groups: Groups | None = None
    k: int = K
    notes: dict[str, str] = field(default_factory=dict)


_SESSIONS: WeakKeyDictionary[Any, _Session] = WeakKeyDictionary()


def facts(app: Shown) -> dict[str, Any]:
    """What can be picked, and the rows of the last run; next to nothing before the board is opened."""
    session = _SESSIONS.get(app)
    if session is None:
        return {"ready": False}
    told: dict[str, Any] = {
        "ready": True, "attributes": session.attributes, "attribute": session.attribute, "k": session.k,
        "languages": list(TEMPLATES), "caveat": CAVEAT, "ran": session.review is not None,
        "occupations": {
            language: "\n".join(words[column] for words in OCCUPATIONS.values())
            for column, language in enumerate(TEMPLATES)
        },
    }  # fmt: skip
    if session.review is None or session.groups is None:
        return told | {"rows": [], "overall": [], "checks": [], "not_run": [], "groups": []}
    review, groups = session.review, session.groups
    shares = groups.sizes / max(int(groups.sizes.sum()), 1)
    return told | {
        "groups": [
            [name, int(n), f"{share:.0%}"] for name, n, share in zip(groups.names, groups.sizes, shares, strict=True)
        ],
        "rows": rows_of(app.exploration, session),
        "overall": [_line(one) for one in review.findings if _is_overall(one)],
        "checks": [_line(one) for one in review.findings if _is_check(one)],
        "not_run": [[check, PLAIN.get(check, reason)] for check, reason in review.not_run],
        "calls": review.calls,
    }  # fmt: skip


def open_fairness(app: Shown) -> Answer:
    """List the columns that could be attributes."""
    if app not in _SESSIONS:
        from nova_explore.reviews.pack import attributes_of

        found = attributes_of(app.exploration)
        _SESSIONS[app] = _Session(found, attribute=found[0] if found else "")
    app.refresh("fairness")
    return NOTHING


def run_fairness(
    app: Shown, *, attribute: str, queries: str, language: str, k: int, explicit: dict[str, str] | None = None
) -> Later:
    """Ask the queries, one a line, in five wordings each, and measure whom the first k results show."""
    lines = list(dict.fromkeys(line.strip() for line in queries.splitlines() if line.strip()))
    if not lines:
        raise SourceError("There are no queries. Write what people look for, one query a line.")
    if len(lines) > MOST_QUERIES:
        raise SourceError(f"These are {len(lines)} queries; this board takes {MOST_QUERIES}. Use a pack for more.")
    asked = {line: [template.format(line) for template in TEMPLATES[language]] for line in lines}
    words = {group: word.strip() for group, word in (explicit or {}).items() if word.strip()}
    others = {
        group: {line: [template.format(with_word(line, word)) for template in TEMPLATES[language]] for line in lines}
        for group, word in words.items()
    }
    exploration = app.exploration

    def compute() -> tuple[Review, Groups, dict[str, str]]:
        from nova_explore.reviews.attributes import groups_of
        from nova_explore.reviews.top_groups import retrieval_fairness

        review = retrieval_fairness(exploration, attribute, asked, k=k, counterfactuals=others or None)
        return review, groups_of(exploration, attribute), _notes(exploration)

    def then(result: tuple[Review, Groups, dict[str, str]]) -> Answer:
        session = _session(app)
        session.review, session.groups, session.notes = result
        session.attribute, session.k = attribute, k
        app.refresh("fairness")
        return NOTHING

    return Later("asking the queries", compute, then)


def choose_shown(app: Shown, *, query: str, group: str) -> Answer:
    """Select the items of one group that a query shows; all of them where no group is named."""
    session = _session(app)
    finding = next((one for one in _by_query(session) if _query_of(one) == query), None)
    if finding is None or session.groups is None:
        return NOTHING
    positions = np.array(app.exploration.collection.positions(finding.ids), np.intp)
    if group:
        positions = positions[session.groups.labels[positions] == session.groups.names.index(group)]
    app.choose(positions, named=f"“{query}”: {group or 'all results'}")
    return NOTHING


def note_finding(app: Shown, *, query: str, text: str) -> Answer:
    """Keep a note about a row in the library."""
    session = _session(app)
    key = _key(session.attribute, query)
    app.exploration.library.notes.write("retrieval fairness", key, text.strip())
    session.notes[key] = text.strip()
    app.refresh("fairness")
    return NOTHING


def with_word(query: str, word: str) -> str:
    """A query with an explicit word: ``an engineer`` and ``female`` give ``a female engineer``.

    Examples
    --------
    >>> with_word("an engineer", "female"), with_word("Arzt oder Ärztin", "weiblich")
    ('a female engineer', 'Arzt oder Ärztin, weiblich')
    """
    article, _, noun = query.partition(" ")
    if article in ("a", "an") and noun:
        return f"{'an' if word[0].lower() in 'aeiou' else 'a'} {word} {noun}"
    return f"{query}, {word}"


def rows_of(exploration: Exploration, session: _Session) -> list[dict[str, Any]]:
    """A row a query, those farthest from what chance shows first."""
    if session.review is None or session.groups is None or "queries" not in session.review.tables:
        return []
    groups, rows = session.groups, []
    table: Any = session.review.tables["queries"]
    for one in _by_query(session):
        query = _query_of(one)
        mine = table[table["query"] == query].head(MOST_GROUPS).to_dict("records")
        bars = [
            {
                "group": row["group"], "count": round(float(row["count"]), 1), "of": int(row["k"]),
                "low": float(row["chance_low"]), "high": float(row["chance_high"]), "expected": float(row["chance"]),
                "outside": not row["chance_low"] <= row["count"] <= row["chance_high"],
            }
            for row in mine
        ]  # fmt: skip
        positions = exploration.collection.positions(one.ids[: session.k])
        pictures = [
            {name: tile[name] for name in ("id", "title", "modality", "words")}
            | {"group": int(groups.labels[position])}
            for position, tile in ((position, card(exploration, position)) for position in positions)
        ]
        q = 1.0 if one.q is None else one.q
        rows.append(
            {
                "query": query, "sentence": say_row(bars), "bars": bars, "pictures": pictures,
                "measure": say_measure(one),
                "reading": "not what chance shows" if q < 0.05 else "within what chance shows",
                "outside": q < 0.05,
                "note": session.notes.get(_key(session.attribute, query), ""), "order": q,
            }
        )  # fmt: skip
    return sorted(rows, key=lambda row: row["order"])


def _by_query(session: _Session) -> list[Finding]:
    return [] if session.review is None else [one for one in session.review.findings if one.statement[:1] == "“"]


def _query_of(one: Finding) -> str:
    return one.statement[1:].partition("”: ")[0]


def _is_check(one: Finding) -> bool:
    return one.measure.startswith(("recall@", "shift@", "copies", "lean"))


def _is_overall(one: Finding) -> bool:
    return one.statement[:1] != "“" and not _is_check(one)


def _line(one: Finding) -> dict[str, Any]:
    chance = None if one.chance is None else [one.chance.low, one.chance.mean, one.chance.high]
    return {"statement": one.statement, "measure": one.measure, "value": one.value, "chance": chance,
            "q": say_q(one), "n": f"n {one.n:,}"}  # fmt: skip


def say_q(one: Finding) -> str:
    """The p-value after correction over the whole review."""
    return "" if one.q is None else f"q {tell_q(one.q)}"


def say_measure(one: Finding) -> str:
    """The measure as the field calls it, for those who know it."""
    return f"{one.measure} {one.value:+.2f} ({one.low:+.2f} to {one.high:+.2f}), n {one.n}, {say_q(one)}"


def say_row(bars: list[dict[str, Any]]) -> str:
    """A row for a person who has never heard of its measure: the group that is shown most beyond what chance shows."""
    most = max(bars, key=lambda bar: bar["count"] - bar["expected"])
    low, high, mean = (f"{round(most[name], 1):g}" for name in ("low", "high", "expected"))
    return (
        f"{most['count']:g} of the first {most['of']} results are {most['group']}. "
        f"Picking {most['of']} without looking shows {low} to {high} of them, {mean} on average."
    )


def _key(attribute: str, query: str) -> str:
    return f"{attribute}: {query}"


def _notes(exploration: Exploration) -> dict[str, str]:
    frame = exploration.library.notes.frame()
    mine = frame[frame["review"] == "retrieval fairness"]
    return dict(zip(mine["finding"], mine["text"], strict=True))


def _session(app: Shown) -> _Session:
    if app not in _SESSIONS:
        open_fairness(app)
    return _SESSIONS[app]


WRITES = ("note_finding",)
ANSWERS = (open_fairness, run_fairness, choose_shown, note_finding)
