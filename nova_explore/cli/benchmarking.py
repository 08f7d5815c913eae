"""The command ``nova-explore benchmark``: a benchmark on this disk, measured beside its published figures."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from functools import reduce
from operator import add
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from nova_explore.collection import Item
    from nova_explore.exploration.bundle import Exploration
    from nova_explore.models.cost import Estimate
    from nova_explore.reviews.finding import Finding, Review
    from nova_explore.sources.benchmarks import Benchmark

INAPPLICABLE = ("inconsistent results", "contradictory results")
"""Checks that need queries which no benchmark has."""


def benchmark(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The benchmark's files, as they were published.")],
    model: Annotated[str, typer.Option(help="The model that makes the vectors: local, or nova.")] = "local",
    to: Annotated[Path | None, typer.Option("--to", help="The library to make; by default beside the folder.")] = None,
    budget: Annotated[float | None, typer.Option(help="US dollars that the calls must not pass.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before calls that cost money.")] = False,
) -> None:
    """Measure a model on a benchmark that lies on this disk, in all its directions; nothing is fetched.

    Prints the measure that the benchmark's paper uses, beside published figures with their source. Words look for
    media, and media for words where papers measure that, too: each direction has its own library.
    """
    from nova_explore.cli.spending import confirm_cost
    from nova_explore.sources.benchmarks import benchmark as read_benchmark

    found = read_benchmark(folder)
    typer.echo(f"Benchmark: {found.name}, {found.layout}")
    libraries = libraries_of(found, to or folder.resolve().with_name(f"{folder.resolve().name}-{model}.nova"))
    confirm_cost(expected_cost(found, libraries, model), budget, yes=yes)
    embedded: set[str] = set()
    for one, library in zip(found.directions, libraries, strict=True):
        if found.other_directions:
            typer.echo(f"Direction: {one.direction}")
        for note in one.notes:
            typer.echo(f"           {note}")
        asked = one if one is found else _askable(one, embedded)
        if one is not found and (len(one.collection) < 2 or not asked.queries):
            typer.echo("Not run:   a direction needs at least 2 candidates and a query, each with a vector.")
            continue
        exploration, review, spent = _measure(asked, library, model, budget)
        budget = None if budget is None else max(0.0, budget - spent)
        embedded |= {item.content_key for item in exploration.collection}
        for line in compare(asked, model, review.findings):
            typer.echo(line)
        for check, reason in review.not_run:
            if check not in INAPPLICABLE:
                typer.echo(f"Not run:   {check}: {reason}")
    typer.echo("Figures of another pool or another measure cannot be compared.")


def libraries_of(found: Benchmark, first: Path) -> list[Path]:
    """Where each direction has its library: the first one as named, the others beside it."""
    libraries = [first]
    for one in found.other_directions:
        ending = one.direction.replace(" → ", "-to-").replace(", ", "-")
        beside = first.with_name(f"{first.stem}-{ending}.nova")
        libraries.append(first.with_name(f"{first.stem}-{one.layout}.nova") if beside in libraries else beside)
    return libraries


def expected_cost(found: Benchmark, libraries: list[Path], model: str) -> Estimate | None:
    """What candidates and queries of all directions would cost; None for a model that costs nothing."""
    from nova_explore.collection import Modality
    from nova_explore.embedding.embed import estimate
    from nova_explore.models.model import PricedModel, aim
    from nova_explore.models.registry import open_model

    opened = open_model(model)
    parts: list[Any] = []
    for one, library in zip(found.directions, libraries, strict=True):
        asking = aim(opened, [Modality(name) for name in one.collection.counts()])
        if isinstance(asking, PricedModel):
            parts += [estimate(one.collection, to=library, model=opened), asking.estimate(_asking_items(one.queries))]
    return reduce(add, parts) if parts else None


def compare(found: Benchmark, model: str, findings: tuple[Finding, ...]) -> list[str]:
    """What was measured in one direction, and its published figures, a line each."""
    values = {one.measure: one.value for one in findings}
    measures = [found.measure, f"nDCG@{found.k}"]
    if values.get(found.measure) != values.get(f"hit rate@{found.k}"):  # papers count any relevant item as enough
        measures.append(f"hit rate@{found.k}")
    lines = []
    for one in findings:
        if one.measure in measures:
            by_chance = "" if one.chance is None else f", by chance {one.chance.mean:.3f}"
            ends = "too few for an interval" if math.isnan(one.low) else f"[{one.low:.3f}, {one.high:.3f}]"
            span = f"{ends}, n {one.n:,}{by_chance}"
            lines.append(f"Measured:  {one.measure} {one.value:.3f} {span}, {model}, this disk")
    for figure in found.published:
        value = "no figure was found as text" if figure.value is None else f"{figure.value:.3f}"
        pool = f"; {figure.pool}" if figure.pool else ""
        lines.append(
            f"Published: {figure.measure} {value}, {figure.model}, by {figure.measured_by}{pool}. {figure.source}"
        )
    if not found.published:
        what = "this benchmark" if found.asks == "text" else "this direction"
        lines.append(f"Published: no figure for {what} is kept here.")
    return lines


def _measure(one: Benchmark, library: Path, model: str, budget: float | None) -> tuple[Exploration, Review, float]:
    """Embed the candidates of a direction and ask its queries; also the US dollars that it took at most."""
    from nova_explore.embedding.embed import embed
    from nova_explore.embedding.receipt import receipt
    from nova_explore.exploration.chain import explore
    from nova_explore.reviews.retrieval import effectiveness

    filled = embed(one.collection, to=library, model=model, budget=budget, say_cost=False)
    spent = float(receipt(filled.runs()[-1])["usd_high"])
    exploration = explore(filled)
    left = None if budget is None else max(0.0, budget - spent)
    review = effectiveness(exploration, one.queries, one.judgements, k=one.k, budget=left)
    return exploration, review, spent + review.cost


def _askable(one: Benchmark, embedded: Collection[str]) -> Benchmark:
    """The direction without the media that got no vector as candidates of the first one: they would get none now."""
    kept: dict[str, Any] = {}
    for name, value in one.queries.items():
        parts = value if isinstance(value, list) else [value]
        good = [part for part in parts if _is_askable(part, embedded)]
        if good:
            kept[name] = good if isinstance(value, list) else value
    lost = len(one.queries) - len(kept)
    if lost:
        typer.echo(f"           {lost:,} queries got no vector and are not asked.")
    return replace(one, queries=kept)


def _is_askable(part: Any, embedded: Collection[str]) -> bool:
    from nova_explore.collection import Item, Modality

    return not isinstance(part, Item) or part.modality is Modality.TEXT or part.content_key in embedded


def _asking_items(queries: Mapping[str, Any]) -> Iterator[Item]:
    from nova_explore.models.queries import text_item
    from nova_explore.sources.read import read

    for value in queries.values():
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, Path):
                yield from list(read(part, progress=False))[:1]
            else:
                yield text_item(part) if isinstance(part, str) else part
