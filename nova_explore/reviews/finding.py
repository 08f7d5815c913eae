"""What a review says: findings, each with its number, interval, n and chance level, and what did not run."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from nova_explore.tables import show_table

if TYPE_CHECKING:
    import pandas as pd

FEWEST = 30
"""Members that a group needs before a number is reported about it."""

CAVEAT = "A spot check is not an audit. No finding does not mean fair."
"""Stands under every review, on the screen and on paper."""


class Chance(NamedTuple):
    """What a measure shows where nothing is going on: its mean and 95 % band under the null hypothesis."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence of a review, with what it is measured against.

    Attributes
    ----------
    statement : str
        One plain sentence.
    measure : str
        Named as the field does: ``nDCG@10``, ``Bias@20``.
    value : float
    low, high : float
        95 % interval; NaN where there is none.
    n : int
        Queries, items or pairs that the value is of.
    chance : Chance or None
        None where the measure has no null hypothesis.
    p : float or None
        Of the null hypothesis.
    q : float or None
        The p-value after correction over the whole review (Benjamini and Hochberg 1995).
    ids : tuple of str
        Items to look at.
    source : str
        The paper or page that the measure follows.
    """

    statement: str
    measure: str
    value: float
    low: float
    high: float
    n: int
    chance: Chance | None = None
    p: float | None = None
    q: float | None = None
    ids: tuple[str, ...] = ()
    source: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Plain values that JSON can hold; what is no finite number is None."""
        chance = None if self.chance is None else {name: _plain(v) for name, v in self.chance._asdict().items()}
        numbers = {name: _plain(getattr(self, name)) for name in ("value", "low", "high", "p", "q")}
        words = {"statement": self.statement, "measure": self.measure, "source": self.source}
        return {**words, **numbers, "n": self.n, "chance": chance, "ids": list(self.ids)}


@dataclass(frozen=True, slots=True, eq=False)
class Review:
    """The findings of one review, and all that it took.

    Attributes
    ----------
    name : str
        Of the review.
    findings : tuple of Finding
    tables : mapping of str to pandas.DataFrame
        Every number behind the findings.
    not_run : tuple of (check, reason)
        What was not measured, and why; groups that are too small are here.
    calls : int
        Inputs that the model embedded for this review; what the library held already is not counted.
    cost : float
        US dollars that those are estimated to have cost; 0 for a model without a price.
    settings : mapping
        What was asked for, as plain values.
    """

    name: str
    findings: tuple[Finding, ...] = ()
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    not_run: tuple[tuple[str, str], ...] = ()
    calls: int = 0
    cost: float = 0.0
    settings: Mapping[str, Any] = field(default_factory=dict)

    def to_frame(self) -> pd.DataFrame:
        """One row a finding, in order."""
        import pandas as pd

        columns = ("statement", "measure", "value", "low", "high", "n", "chance", "chance_low", "chance_high", "p", "q")
        rows = []
        for one in self.findings:
            band = one.chance or Chance(math.nan, math.nan, math.nan)
            rows.append(
                (one.statement, one.measure, one.value, one.low, one.high, one.n, *band, one.p, one.q, one.source)
            )
        return pd.DataFrame(rows, columns=[*columns, "source"])

    def to_dict(self) -> dict[str, Any]:
        """Plain values that JSON can hold: docs/review.schema.json describes them."""
        return {
            "name": self.name,
            "caveat": CAVEAT,
            "findings": [one.to_dict() for one in self.findings],
            "not_run": [{"check": check, "reason": reason} for check, reason in self.not_run],
            "tables": {name: _rows(table) for name, table in self.tables.items()},
            "calls": self.calls,
            "cost_usd": round(self.cost, 6),
            "settings": dict(self.settings),
        }

    def __repr__(self) -> str:
        count = len(self.findings)
        missing = f", {len(self.not_run)} not run" if self.not_run else ""
        return f"<Review {self.name}: {count} {'finding' if count == 1 else 'findings'}{missing}>"

    def _repr_html_(self) -> str:
        rows = [
            (
                one.statement,
                one.measure,
                one.value,
                span_of(one.low, one.high),
                one.n,
                tell_chance(one.chance),
                tell_q(one.q),
            )
            for one in self.findings
        ]
        notes = [CAVEAT, *(f"Not run: {check}: {reason}" for check, reason in self.not_run)]
        head = ("finding", "measure", "value", "95 % interval", "n", "by chance", "q")
        return show_table(f"Review: {self.name}", head, rows, notes=notes)


def with_q(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Give every finding that has a p-value its q, corrected over all of them (Benjamini and Hochberg 1995)."""
    from scipy.stats import false_discovery_control

    tested = [place for place, one in enumerate(findings) if one.p is not None]
    corrected = list(findings)
    if tested:
        for place, q in zip(tested, false_discovery_control([findings[place].p for place in tested]), strict=True):
            corrected[place] = replace(findings[place], q=float(q))
    return tuple(corrected)


def too_few(name: str, n: int, fewest: int) -> tuple[str, str]:
    """The entry of ``not_run`` for a group that is too small for a number."""
    return name, f"too few ({n} < {fewest}), not reported"


def span_of(low: float, high: float) -> str:
    """An interval in words; empty where there is none.

    Examples
    --------
    >>> span_of(0.1, 0.25), span_of(float("nan"), 1)
    ('0.100 to 0.250', '')
    """
    return "" if math.isnan(low) or math.isnan(high) else f"{low:z.3f} to {high:z.3f}"


def tell_chance(chance: Chance | None) -> str:
    """A chance level in words."""
    return "" if chance is None else f"{chance.mean:z.3f} ({span_of(chance.low, chance.high)})"


def tell_q(q: float | None) -> str:
    """A corrected p-value in words that stay in one line; empty where there is none."""
    return "" if q is None else "<\N{NO-BREAK SPACE}.001" if q < 0.001 else f"{q:.3f}"


def _plain(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    rows = table.reset_index().to_dict("records") if table.index.name else table.to_dict("records")
    return [{str(name): _value(value) for name, value in row.items()} for row in rows]


def _value(value: Any) -> Any:
    value = value.item() if hasattr(value, "item") else value
    if isinstance(value, float):
        return _plain(value)
    return value if value is None or isinstance(value, bool | int | str) else str(value)
