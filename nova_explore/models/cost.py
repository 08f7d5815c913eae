"""What a collection would cost, before anything is sent.

Prices are in one file, ``prices.json``, with their date and source. Prices that are not confirmed are marked, and a
region without a price list is said to have none: no figure is made up.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from typing import Any

from nova_explore.collection import Item, Modality

CHARACTERS_A_TOKEN = 4.0
"""Characters of Latin, Greek and Cyrillic script to a token: the usual rule of thumb; every other character is counted
as one token of its own."""

LONGEST_SEGMENT = 30.0

NOUNS = {"text": "text", "image": "image", "page": "page", "audio": "recording", "video": "video"}


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
    earlier : int
        Items among them that earlier runs have left over, and that this one asks for too.
    """

    lines: tuple[Line, ...]
    prices: Prices
    cached: int = 0
    earlier: int = 0

    def __add__(self, other: Estimate) -> Estimate:
        """Both together, at the prices of the first; a line a modality and path."""
        lines: dict[tuple[str, str], Line] = {}
        for line in (*self.lines, *other.lines):
            known = lines.get((line.modality, line.path))
            lines[line.modality, line.path] = line if known is None else replace(
                known, items=known.items + line.items, calls=known.calls + line.calls, units=known.units + line.units,
                cost=_sum(known.cost, line.cost), most=_sum(known.most, line.most),
            )  # fmt: skip
        cached, earlier = self.cached + other.cached, self.earlier + other.earlier
        return Estimate(tuple(lines.values()), self.prices, cached, earlier)

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
        total = f"{self.asked}, about {dollars(self.cost)}"
        if dollars(self.most) != dollars(self.cost):
            total += f", at most {dollars(self.most)}"
        if self.unknown:
            total += f", without {', '.join(self.unknown)}, for which no price is known"
        if self.earlier:
            total += f"; {count_of(self.earlier, 'item')} of it left over from earlier runs"
        if self.cached:
            total += f"; {count_of(self.cached, 'item')} {'needs' if self.cached == 1 else 'need'} no call of their own"
        origin = f"Prices of {self.prices.date} for {self.prices.region or 'no region'}: {self.prices.source}."
        return "\n".join([*rows, f"{total}.", origin])

    @property
    def asked(self) -> str:
        """What is asked for, in a few words: ``12 calls, 1 asynchronous job``."""
        nouns = {"sync": "call", "async": "asynchronous job", "batch": "record in batch jobs"}
        counts = {path: sum(line.calls for line in self.lines if line.path == path) for path in nouns}
        said = [count_of(count, nouns[path]) for path, count in counts.items() if count]
        return ", ".join(said) or "0 calls"

    def _row(self, line: Line) -> str:
        many = count_of(line.items, NOUNS.get(line.modality, "item"))
        if line.price and line.price.unit != "image":
            many += f" · {count_of(round(line.units), line.price.unit)}"
        if line.path != "sync":
            many = f"{line.path}: {many}"
        if line.cost is None:
            return f"{many} · no price is known"
        doubt = "" if line.price is None or line.price.confirmed else f" (not confirmed: {line.price.why})"
        share = self.prices.share(line.modality, line.path)
        cheaper = f" at {share:.0%} of the price of single calls" if share < 1 else ""
        return f"{many} · {dollars(line.cost)}{cheaper}{doubt}"


def _sum(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one + other


def estimate(items: Iterable[Item], prices: Prices, *, cached: int = 0, earlier: int = 0) -> Estimate:
    """What it would cost to embed items, each content once.

    Parameters
    ----------
    items : iterable of Item
        Copies of the same content count once.
    prices : Prices
        Of the region that is called.
    cached : int, default 0
        Items left out because their vectors are there; for the text of the estimate.
    earlier : int, default 0
        Items that earlier runs have left over; for the text of the estimate.
    """
    contents = {item.content_key: item for item in items}.values()
    counted = ((item.modality, prices.units(item)) for item in contents)
    return Estimate(lines_of(counted, prices), prices, cached, earlier)


def check_budget(budget: float | None) -> None:
    """Make sure that a budget is an amount of money.

    Raises
    ------
    ValueError
        If it is negative or no number.
    """
    if budget is not None and not (budget >= 0 and math.isfinite(budget)):
        raise ValueError(
            f"budget={budget!r} is no amount of US dollars. Give one of at least 0, or None for no budget."
        )


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
    """A sum for a person, to the cent.

    Examples
    --------
    >>> dollars(1234.5), dollars(0.0042), dollars(0)
    ('$1,234.50', 'less than a cent', '$0.00')
    """
    return "less than a cent" if 0 < amount < 0.01 else f"${amount:,.2f}"


def price_of_one(amount: float) -> str:
    """The price of one call, which is far below a cent, in two digits that count.

    Examples
    --------
    >>> price_of_one(0.0006), price_of_one(0.0000123), price_of_one(1.5)
    ('$0.0006', '$0.000012', '$1.50')
    """
    if amount >= 0.1 or amount <= 0:
        return f"${amount:,.2f}"
    places = 1 - math.floor(math.log10(amount))
    return f"${amount:.{places}f}".rstrip("0")


def count_of(count: int, noun: str) -> str:
    """A number and its noun.

    Examples
    --------
    >>> count_of(1, "item"), count_of(1200, "record in batch jobs")
    ('1 item', '1,200 records in batch jobs')
    """
    first, space, rest = noun.partition(" in ")
    return f"{count:,} {first}{'' if count == 1 else 's'}{space}{rest}"
