"""Which items go by which path, and what of it a budget covers."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence

from nova_explore.collection import Item
from nova_explore.jobs.ledger import Service
from nova_explore.jobs.segments import Medium, media_of, unfit
from nova_explore.models.cost import Estimate, Line, Prices, lines_of
from nova_explore.models.nova_calls import Calls
from nova_explore.models.nova_jobs import Choice, divide


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
        parts = divide(items, s3=service.bucket.place, role=service.role)
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


def estimate_parts(parts: Iterable[tuple[Choice, Sequence[Item]]], calls: Calls, *, asked: set[str]) -> Estimate:
    """What parts would cost by the paths that they take.

    Parameters
    ----------
    parts : iterable of (Choice, sequence of Item)
        From `part`; nothing in them has a vector that was paid for.
    calls : Calls
        Whose prices hold.
    asked : set of str
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
