"""The command ``nova-explore benchmark``: a benchmark on this disk, measured beside its published figures."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from nova_explore.reviews.finding import Finding
    from nova_explore.sources.benchmarks import Benchmark


def benchmark(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The benchmark's files, as they were published.")],
    model: Annotated[str, typer.Option(help="The model that makes the vectors: local, or nova.")] = "local",
    to: Annotated[Path | None, typer.Option("--to", help="The library to make; by default beside the folder.")] = None,
    budget: Annotated[float | None, typer.Option(help="US dollars that the calls must not pass.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before calls that cost money.")] = False,
) -> None:
    """Measure a model on a benchmark that lies on this disk; nothing is fetched.

    Prints the measure that the benchmark's paper uses, beside published figures with their source.
    """
    from nova_explore.cli.spending import confirm_cost
    from nova_explore.embedding.embed import embed, estimate
    from nova_explore.exploration.chain import explore
    from nova_explore.reviews.retrieval import effectiveness
    from nova_explore.sources.benchmarks import benchmark as read_benchmark

    found = read_benchmark(folder)
    typer.echo(f"Benchmark: {found.name}, {found.layout}")
    for note in found.notes:
        typer.echo(f"           {note}")
    library = to or folder.resolve().with_name(f"{folder.resolve().name}-{model}.nova")
    confirm_cost(estimate(found.collection, to=library, model=model), budget, yes=yes)
    exploration = explore(embed(found.collection, to=library, model=model, budget=budget, say_cost=False))
    review = effectiveness(exploration, found.queries, found.judgements, k=found.k, budget=budget)
    for line in compare(found, model, review.findings):
        typer.echo(line)
    for check, reason in review.not_run:
        if check in ("inconsistent results", "contradictory results"):  # no benchmark has queries for these
            continue
        typer.echo(f"Not run:   {check}: {reason}")


def compare(found: Benchmark, model: str, findings: tuple[Finding, ...]) -> list[str]:
    """What was measured, and the published figures, a line each."""
    lines = []
    for one in findings:
        if one.measure in (found.measure, f"nDCG@{found.k}"):
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
        lines.append("Published: no figure for this benchmark is kept here.")
    lines.append("Figures of another pool or another measure cannot be compared.")
    return lines
