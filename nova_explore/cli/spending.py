"""Commands around money and Amazon: what an account can do, what was spent, what jobs have brought."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from nova_explore.library.store import Library
    from nova_explore.models.nova.model import NovaModel

INCOMPLETE = 1
"""Nothing was done, or not all of it."""


def show_preflight(model: NovaModel, s3: str | None, *, whole: bool = False) -> bool:
    """Print what the account can do with the model; whether nothing is missing."""
    from nova_explore.embedding.payer import line_of
    from nova_explore.models.nova.preflight import preflight

    nothing_missing = True
    for found in preflight(model, s3=s3, whole=whole):
        typer.echo(line_of(found))
        nothing_missing = nothing_missing and found.state != "missing"
    return nothing_missing


def confirm_cost(expected: Any, budget: float | None, *, yes: bool, model: Any = None) -> None:
    """Show what a run would cost and who pays, and ask, before anything is sent."""
    from nova_explore.embedding.payer import before_paying
    from nova_explore.models.cost import dollars

    if expected is None or not expected.calls:
        return
    typer.echo(str(expected))
    for line in before_paying(model, expected):
        typer.echo(line)
    if budget is not None:
        typer.echo(f"Budget: {dollars(budget)}; the run stops before it is passed.")
    if yes:
        return
    try:
        wanted = typer.confirm("Send it?")
    except typer.Abort:
        typer.secho("Nothing was sent: nobody can answer here. Use --yes to send without a question.", err=True)
        raise typer.Exit(INCOMPLETE) from None
    if not wanted:
        typer.secho("Nothing was sent.", err=True)
        raise typer.Exit(INCOMPLETE)


def show_receipts(library: Library, *, as_json: bool) -> None:
    """Print what every run of a library has cost, and the sum."""
    from nova_explore.embedding.receipt import receipt, sentence
    from nova_explore.library.stamps import to_the_minute
    from nova_explore.models.cost import dollars

    paid = [receipt(run) for run in library.runs() if run.get("account")]
    if as_json:
        typer.echo(json.dumps(paid, indent=1))
        return
    for one in paid:
        typer.echo(f"{to_the_minute(one['started'])}  {one['model']}: {sentence(one)}")
    low, high = (sum(one[name] for one in paid) for name in ("usd_low", "usd_high"))
    typer.echo(f"In all: about {dollars(low)}, at most {dollars(max(low, high))}. Amazon's bill counts, not this.")


def collect(library: Path, s3: str, model: Any) -> Library:
    """Wait for the jobs that a library has open and store what they bring."""
    from nova_explore.embedding.jobs import collect_jobs, list_jobs

    done = collect_jobs(library, s3=s3, model=model)
    counts = Counter(list_jobs(done)["state"])
    typer.echo(f"Jobs:      {', '.join(f'{count:,} {state}' for state, count in sorted(counts.items())) or 'none'}")
    return done


def grouped(reasons: Iterable[tuple[str, str]]) -> list[str]:
    """Reasons with the items that share them: one line a reason, the most frequent first.

    Parameters
    ----------
    reasons : iterable of (title, reason)

    Examples
    --------
    >>> grouped([("a.png", "No."), ("b.png", "No."), ("c.png", "Too large.")])
    ['2 items, such as a.png: No.', 'c.png: Too large.']
    """
    found: dict[str, list[str]] = {}
    for title, reason in reasons:
        found.setdefault(reason, []).append(title)
    ordered = sorted(found.items(), key=lambda pair: -len(pair[1]))
    return [f"{len(t):,} items, such as {t[0]}: {r}" if len(t) > 1 else f"{t[0]}: {r}" for r, t in ordered]
