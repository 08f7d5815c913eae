"""Who pays, where, whether the account can, and how long its quota lets it take: told before anything is sent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from nova_explore.models.model import StreamingModel

if TYPE_CHECKING:
    from nova_explore.models.cost import Estimate
    from nova_explore.models.nova.preflight import Finding

SIGNS = {"ok": "ok      ", "missing": "MISSING ", "unknown": "unknown "}


def line_of(found: Finding) -> str:
    """One thing that was looked at, as a line."""
    return f"{SIGNS[found.state]}  {found.name:<10}{found.detail}"


def before_paying(model: Any, expected: Estimate) -> Iterator[str]:
    """What a person wants to know before a run is sent, a line each; nothing of it costs anything.

    Parameters
    ----------
    model : EmbeddingModel
        Any; of one that is not hosted there is nothing to say.
    expected : Estimate
        Of the run.

    Yields
    ------
    str
        On a machine's first run all that the account can do, then always caller, profile and region, then how long a
        quota of tokens lets the run take, where both are known.
    """
    if not isinstance(model, StreamingModel):
        return
    from nova_explore.models.nova.model import NovaModel
    from nova_explore.models.nova.preflight import preflight, time_of

    hosted = model if isinstance(model, NovaModel) else None
    if hosted is not None and not hosted.calls().looked_at():
        yield from map(line_of, preflight(hosted, call=False))
    yield _caller(model)
    if hosted is not None and (quota := hosted.quota()) and (said := time_of(hosted, expected, quota)):
        yield said


def _caller(model: StreamingModel) -> str:
    about = model.provenance()
    arn = about.get("caller")
    account = arn.split(":")[4] if arn else "unknown (sts:GetCallerIdentity is not answered)"
    caller = f" · caller {arn.split(':', 5)[5]}" if arn else ""
    profile = about.get("profile") or "of the environment"
    return f"Account {account}{caller} · profile {profile} · region {about.get('region')}"
