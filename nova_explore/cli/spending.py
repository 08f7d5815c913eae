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

SIGNS = {"ok": "ok      ", "missing": "MISSING ", "unknown": "unknown "}


def show_preflight(model: NovaModel, s3: str | None, *, whole: bool = False, call: bool = True) -> bool:
    """Print what the account can do with the model; whether nothing is missing."""
    from nova_explore.models.nova.preflight import preflight

    nothing_missing = True
    for found in preflight(model, s3=s3, whole=whole, call=call):
        typer.echo(f"{SIGNS[found.state]}  {found.name:<10}{found.detail}")
        nothing_missing = nothing_missing and found.state != "missing"
    return nothing_missing


def show_first(model: Any) -> None:
    """Before the first paid call of a machine: print what the account can do, as far as looking costs nothing."""
    from nova_explore.models.nova.model import NovaModel

    if isinstance(model, NovaModel) and not model.calls().looked_at():
        show_preflight(model, None, call=False)


def show_caller(model: Any) -> None:
    """Print who pays, where: before anybody is asked whether to send."""
    show_first(model)
    about = model.provenance()
    arn = about.get("caller")
    account = arn.split(":")[4] if arn else "unknown (sts:GetCallerIdentity is not answered)"
    caller = f" · caller {arn.split(':', 5)[5]}" if arn else ""
    typer.echo(
        f"Account {account}{caller} · profile {about.get('profile') or 'of the environment'} · region {about['region']}"
    )


def show_duration(model: Any, expected: Any) -> None:
    """Print how long the account's quota of tokens lets a run take, where both are known."""
    from nova_explore.models.nova.model import NovaModel
    from nova_explore.models.nova.preflight import time_of

    if isinstance(model, NovaModel) and (quota := model.quota()) and (said := time_of(model, expected, quota)):
        typer.echo(said)


def confirm_cost(expected: Any, budget: float | None, *, yes: bool, model: Any = None) -> None:
    """Show what a run would cost and who pays, and ask, before anything is sent."""
    from nova_explore.models.cost import dollars
    from nova_explore.models.model import StreamingModel

    if expected is None or not expected.calls:
        return
    typer.echo(str(expected))
    if isinstance(model, StreamingModel):
        show_caller(model)
        show_duration(model, expected)
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
    from nova_explore.models.cost import dollars

    paid = [receipt(run) for run in library.runs() if run.get("account")]
    if as_json:
        typer.echo(json.dumps(paid, indent=1))
        return
    for one in paid:
        typer.echo(f"{one['started'][:16].replace('T', ' ')}  {one['model']}: {sentence(one)}")
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
