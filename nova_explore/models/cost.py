"""What a collection would cost, before anything is sent.

Prices are in one file, ``prices.json``, with their date and source. Prices that are not confirmed are marked, and a
region without a price list is said to have none: no figure is made up.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from nova_explore.collection import Item, Modality

CHARACTERS_A_TOKEN = 4.0
"""Characters of Latin, Greek and Cyrillic script to a token: the usual rule of thumb; every other character is counted
as one token of its own."""

LONGEST_SEGMENT = 30.0


@dataclass(frozen=True, slots=True)
class Price:
    """What one unit of a modality costs.

    Attributes
    ----------
    unit : {"token", "image", "second"}
        What is counted.
    usd, most : float or None
        US dollars for one unit, and the highest figure of any source; None where no source gives one.
    confirmed : bool
        Whether the sources agree.
    why : str
        What is not certain about it.
    """

    unit: str
    usd: float | None
    most: float | None
    confirmed: bool
    why: str = ""


@dataclass(frozen=True, slots=True)
class Prices:
    """The price list of one region.

    Attributes
    ----------
    region, date, source : str
        Where and when the prices hold, and who says so.
    of : dict of str to Price
        By modality.
    batch : dict of str to float or None
        Share of the price that batch jobs cost, by modality; None where no source gives a discount.
    """

    region: str
    date: str
    source: str
    of: dict[str, Price]
    batch: dict[str, float | None] = field(default_factory=dict)

    def share(self, modality: str, path: str) -> float:
        """Share of the price that a path costs: below 1 for batch jobs where a source gives a discount."""
        return (self.batch.get(modality) or 1.0) if path == "batch" else 1.0

    def units(self, item: Item) -> float:
        """Tokens, images or seconds that an item is charged for."""
        if item.modality is Modality.TEXT:
            size = item.metadata.get("bytes")
            unread = "x" * int(size) if item.text is None and isinstance(size, int | float) else ""
            return float(count_tokens(item.text or unread))
        if item.modality in (Modality.IMAGE, Modality.PAGE):
            return 1.0
        return seconds_of(item)

    def cost(self, item: Item, *, tokens: int | None = None, most: bool = False) -> float | None:
        """US dollars for one item; None where there is no price.

        Parameters
        ----------
        item : Item
            What is embedded.
        tokens : int, optional
            Tokens that the service counted, where it said so.
        most : bool, default False
            By the highest figure of any source.
        """
        price = self.of.get(str(item.modality))
        each = None if price is None else price.most if most else price.usd
        if each is None:
            return None
        counted = float(tokens) if tokens is not None and item.modality is Modality.TEXT else self.units(item)
        return each * counted


@cache
def _price_file() -> dict[str, Any]:
    return json.loads(files("nova_explore.models").joinpath("prices.json").read_text("utf-8"))


def load_prices(region: str) -> Prices:
    """The price list of a region; empty where none is known."""
    listed = _price_file()
    of = {
        modality: Price(
            entry["unit"],
            None if entry["usd"] is None else entry["usd"] / entry["per"],
            None if entry["most"] is None else entry["most"] / entry["per"],
            entry["confirmed"],
            entry.get("why", ""),
        )
        for modality, entry in listed["regions"].get(region, {}).items()
    }
    return Prices(region, listed["date"], listed["source"], of, listed["batch_share"])


def count_tokens(text: str) -> int:
    """About how many tokens a text has; the service's own tokenizer is not public.

    Examples
    --------
    >>> count_tokens("A quiet lake."), count_tokens("静かな湖")
    (4, 4)
    """
    alphabetic = sum(ord(character) < 0x0530 for character in text)
    return max(1, math.ceil(alphabetic / CHARACTERS_A_TOKEN + (len(text) - alphabetic)))


def seconds_of(item: Item) -> float:
    """Seconds of a recording; the longest segment there is where its length is not known."""
    if item.span is not None and item.span.unit == "seconds":
        return item.span.end - item.span.start
    duration = item.metadata.get("duration")
    known = isinstance(duration, int | float) and not isinstance(duration, bool) and duration > 0
    return min(float(duration), LONGEST_SEGMENT) if known else LONGEST_SEGMENT  # pyright: ignore[reportArgumentType]


@dataclass(frozen=True, slots=True)
class Line:
    """What the items of one modality would cost.

    Attributes
    ----------
    modality : str
    items, calls : int
        Items to embed, and requests that they need: a medium that goes as one job is one, a record of a batch job too.
    units : float
        Tokens, images or seconds.
    price : Price or None
        None where the region has no price for it.
    cost, most : float or None
        US dollars; and by the highest figure of any source, without a discount.
    path : {"sync", "async", "batch"}
        Which interface they go by.
    """

    modality: str
    items: int
    calls: int
    units: float
    price: Price | None
    cost: float | None
    most: float | None
    path: str = "sync"


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a run would cost.

    Attributes
    ----------
    lines : tuple of Line
        One a modality and path.
    prices : Prices
        The price list that was used.
    cached : int
        Items that need no call, because their vectors are there already.
    """

    lines: tuple[Line, ...]
    prices: Prices
    cached: int = 0

    @property
    def calls(self) -> int:
        """Requests."""
        return sum(line.calls for line in self.lines)

    @property
    def cost(self) -> float:
        """US dollars, of the modalities that have a price."""
        return sum(line.cost or 0.0 for line in self.lines)

    @property
    def most(self) -> float:
        """US dollars by the highest figures of any source, of the modalities that have a price."""
        return sum(line.most or 0.0 for line in self.lines)

    @property
    def unknown(self) -> tuple[str, ...]:
        """Modalities that have no price."""
        return tuple(line.modality for line in self.lines if line.cost is None)

    def __str__(self) -> str:
        rows = [self._row(line) for line in self.lines]
        total = f"{self.calls:,} calls, about {dollars(self.cost)}"
        if self.most > self.cost * 1.01:
            total += f", at most {dollars(self.most)}"
        if self.unknown:
            total += f", without {', '.join(self.unknown)}, for which no price is known"
        if self.cached:
            total += f"; {self.cached:,} items need no call, their vectors are there"
        origin = f"Prices of {self.prices.date} for {self.prices.region or 'no region'}: {self.prices.source}."
        return "\n".join([*rows, f"{total}.", origin])

    def _row(self, line: Line) -> str:
        many = f"{line.items:,} {line.modality} · {line.units:,.0f} {line.price.unit if line.price else 'unit'}s"
        if line.path != "sync":
            many = f"{line.path}: {many}"
        if line.cost is None:
            return f"{many} · no price is known"
        doubt = "" if line.price is None or line.price.confirmed else f" (not confirmed: {line.price.why})"
        share = self.prices.share(line.modality, line.path)
        cheaper = f" at {share:.0%} of the price of single calls" if share < 1 else ""
        return f"{many} · {dollars(line.cost)}{cheaper}{doubt}"


def estimate(items: Iterable[Item], prices: Prices, *, cached: int = 0) -> Estimate:
    """What it would cost to embed items, each content once.

    Parameters
    ----------
    items : iterable of Item
        Copies of the same content count once.
    prices : Prices
        Of the region that is called.
    cached : int, default 0
        Items left out because their vectors are there; for the text of the estimate.
    """
    contents = {item.content_key: item for item in items}.values()
    return Estimate(lines_of(((item.modality, prices.units(item)) for item in contents), prices), prices, cached)


def lines_of(counted: Iterable[tuple[Modality, float]], prices: Prices, *, path: str = "sync") -> tuple[Line, ...]:
    """One line a modality.

    Parameters
    ----------
    counted : iterable of (Modality, float)
        Tokens, images or seconds of every call.
    prices : Prices
        Of the region.
    path : {"sync", "async", "batch"}
        Which interface they go by.
    """
    units: dict[Modality, list[float]] = {}
    for modality, amount in counted:
        units.setdefault(modality, []).append(amount)
    lines = []
    for modality in filter(units.__contains__, Modality):
        amounts, price = units[modality], prices.of.get(str(modality))
        each, most = (price.usd, price.most) if price else (None, None)
        total = math.fsum(amounts)
        lines.append(
            Line(
                str(modality), len(amounts), len(amounts), total, price,
                None if each is None else each * prices.share(modality, path) * total,
                None if most is None else most * total,
                path,
            )
        )  # fmt: skip
    return tuple(lines)


def dollars(amount: float) -> str:
    """An amount for a person: cents, or more places where it is less than a cent."""
    if amount >= 0.01 or amount == 0:
        return f"${amount:,.2f}"
    return f"${amount:.6f}"
