"""Which items go by which path, and what of it a budget covers."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from typing import Literal, NamedTuple

from nova_explore.collection import Item, Modality
from nova_explore.embedding.jobs.ledger import Service
from nova_explore.embedding.jobs.segments import Medium, media_of, unfit
from nova_explore.models.cost import Estimate, Line, Prices, count_of, dollars, lines_of
from nova_explore.models.nova.calls import Calls
from nova_explore.models.nova.job import ASYNC_FORMATS, LONGEST_ASYNC_SECONDS

Route = Literal["sync", "async", "batch"]

LONGEST_SYNC_SECONDS = 30.0
LONGEST_SYNC_CHARACTERS = 8_000

LONG_MEDIUM = 300.0
"""Seconds of a recording from which ``auto`` prefers a job: it would be ten calls and as many encodings here."""

SYNC_PER_SECOND = 10.0
"""Answers a second that clients of this model report; only used to tell a person how long a path may take."""

BATCH_FROM = 36_000
"""Items from which ``auto`` prefers batch where a role is given: an hour of synchronous calls at that pace."""


def part(
    items: Sequence[Item], path: str, service: Service, *, begun: Container[str] = ()
) -> list[tuple[Choice, list[Item]]]:
    """Items by the path they take; both kinds of job are always there, so that open ones are collected.

    Parameters
    ----------
    items : sequence of Item
        Without a vector.
    path : {"auto", "async", "batch"}
        What was asked for.
    service : Service
        Whose place and role decide what can be taken.
    begun : container of str
        Digests of media of which parts have vectors: a job would pay for those again.
    """
    rest = [item for item in items if item.span and item.digest in begun and path != "batch"]
    if rest:
        held = {item.id for item in rest}
        parts = part([item for item in items if item.id not in held], path, service)
        return [*parts, (Choice("sync", "Other parts of them have vectors already."), rest)]
    if path == "auto":
        parts = divide(items, s3=service.bucket.place, role=service.role, prices=service.calls.prices)
    elif path == "batch":
        parts = [(Choice("batch", "Asked for."), list(items))]
    else:
        fit = {item.id for medium in media_of(items) if not unfit(medium) for item in medium.items}
        parts = [
            (Choice("async", "Asked for."), [item for item in items if item.id in fit]),
            (Choice("sync", "Asynchronous jobs take no such items."), [item for item in items if item.id not in fit]),
        ]
    there = {choice.path for choice, _ in parts}
    for other in ("async", "batch"):
        if other not in there:
            parts.append((Choice(other, "Collecting what was asked for before."), []))
    return parts


def estimate_parts(parts: Iterable[tuple[Choice, Sequence[Item]]], calls: Calls, *, asked: Container[str]) -> Estimate:
    """What parts would cost by the paths that they take.

    Parameters
    ----------
    parts : iterable of (Choice, sequence of Item)
        From `part`; nothing in them has a vector that was paid for.
    calls : Calls
        Whose prices hold.
    asked : container of str
        Digests of media, and content keys of records, that a job was asked for before: they cost nothing now.
    """
    lines: list[Line] = []
    for choice, items in parts:
        if choice.path == "async":
            media = [medium for medium in media_of(items) if medium.first.digest not in asked]
            counted = [(medium.first.modality, medium.units()) for medium in media]
        else:
            contents = {item.content_key: item for item in items if item.content_key not in asked}.values()
            counted = [(item.modality, calls.prices.units(item)) for item in contents]
        lines += lines_of(counted, calls.prices, path=choice.path)
    return Estimate(tuple(lines), calls.prices)


def within(
    parts: list[tuple[Choice, list[Item]]], prices: Prices, budget: float | None, *, asked: set[str]
) -> tuple[list[tuple[Choice, list[Item]]], float | None]:
    """Take out of the jobs what a budget does not cover; the rest goes one by one, where each call is weighed.

    Parameters
    ----------
    parts : list of (Choice, list of Item)
        From `part`.
    prices : Prices
        Of the region.
    budget : float or None
        US dollars.
    asked : set of str
        Digests of media, and content keys of records, that a job was asked for before: they cost nothing now.

    Returns
    -------
    parts : list of (Choice, list of Item)
        As given, with one more of the path ``sync``.
    budget : float or None
        What is left when the jobs are paid.
    """
    if budget is None:
        return parts, None
    kept: list[tuple[Choice, list[Item]]] = []
    over: list[Item] = []
    for choice, items in parts:
        if choice.path == "sync":
            kept.append((choice, items))
            continue
        fits: list[Item] = []
        paid = set(asked)
        for medium in media_of(items) if choice.path == "async" else [Medium((item,)) for item in items]:
            key = medium.first.digest if choice.path == "async" else medium.first.content_key
            cost = 0.0 if key in paid else medium.most_expensive(prices)
            if cost is not None and cost <= budget:
                budget -= cost
                paid.add(key)
                fits += medium.items
            else:
                over += medium.items
        kept.append((choice, fits))
    return [*kept, (Choice("sync", "The budget does not cover them as jobs."), over)], budget


class Choice(NamedTuple):
    """A path, and the reason in a sentence."""

    path: Route
    reason: str


def choose_path(
    items: Sequence[Item], *, s3: object = None, role: str | None = None, prices: Prices | None = None
) -> Choice:
    """Choose the interface of Bedrock for items that are to be sent alike.

    Parameters
    ----------
    items : sequence of Item
        All of short media, or all of long ones; `divide` separates them.
    s3 : S3Place, optional
        Without a place in S3 only the synchronous path can be taken.
    role : str, optional
        ARN of the service role that batch jobs run under; without one there is no batch.
    prices : Prices, optional
        To say what long media will cost.

    Returns
    -------
    Choice
        ``(path, reason)``
    """
    n = len(items)
    media = [medium for medium in media_of(items) if is_long(medium)]
    long = f"{len(media):,} long {'medium' if len(media) == 1 else 'media'}"
    if media and s3 is None:
        return Choice("sync", f"{long}: without a place in S3 (s3=…) they go part by part.")
    if media:
        of = prices.of if prices else {}
        costs = [(of[str(m.first.modality)].usd or 0.0) * m.units() for m in media if str(m.first.modality) in of]
        about = f", about {dollars(sum(costs))}" if costs else ""
        return Choice("async", f"{long}{about}: Bedrock cuts into segments, which takes it some minutes.")
    hours = n / SYNC_PER_SECOND / 3600
    if n >= BATCH_FROM and s3 is not None and role:
        return Choice(
            "batch",
            f"{n:,} items would take about {hours:.1f} h of calls at {SYNC_PER_SECOND:g} a second: "
            "batch jobs cost about half for text and need no machine of yours meanwhile.",
        )
    if n >= BATCH_FROM:
        missing = "s3=… and role=…" if s3 is None else "role=…"
        return Choice("sync", f"{n:,} items, about {hours:.1f} h of calls. With {missing} they could go as batch jobs.")
    return Choice("sync", f"{count_of(n, 'short item')}: answers come at once, and a batch would wait in a queue.")


def divide(
    items: Iterable[Item], *, s3: object = None, role: str | None = None, prices: Prices | None = None
) -> list[tuple[Choice, list[Item]]]:
    """Separate long media from short ones, and choose a path for each part.

    Returns
    -------
    list of (Choice, list of Item)
        At most one entry a path; every item is in exactly one.
    """
    items = list(items)
    long = {item.id for medium in media_of(items) if is_long(medium) for item in medium.items}
    parts = [[item for item in items if (item.id in long) is wanted] for wanted in (False, True)]
    chosen: dict[Route, tuple[Choice, list[Item]]] = {}
    for some in filter(None, parts):
        choice = choose_path(some, s3=s3, role=role, prices=prices)
        chosen.setdefault(choice.path, (choice, []))[1].extend(some)
    return list(chosen.values())


def is_long(medium: Medium) -> bool:
    """Whether a medium goes as a job where that can be: part of it is too long for a call, or all of it is long."""
    if any(map(needs_segments, medium.items)):
        return True
    first = medium.first
    fits = first.format in ASYNC_FORMATS.get(first.modality, ()) and first.modality is not Modality.TEXT
    return fits and LONG_MEDIUM <= medium.length <= LONGEST_ASYNC_SECONDS


def needs_segments(item: Item) -> bool:
    """Whether an item is longer than one synchronous call takes, and could be cut by the service."""
    if item.format not in ASYNC_FORMATS.get(item.modality, ()):
        return False
    if item.modality is Modality.TEXT:
        return len(item.text or "") > LONGEST_SYNC_CHARACTERS
    length = item.span.end - item.span.start if item.span else item.metadata.get("duration") or 0.0
    return float(length) > LONGEST_SYNC_SECONDS + 0.05  # containers round: 30.02 s is a clip of 30 s
