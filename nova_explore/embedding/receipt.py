"""What a run has cost, as a sentence and as plain values, to be compared with Amazon's own bill."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nova_explore.models.cost import count_of, dollars

NOT_FOUND_AGAIN = ("service", "budget")
"""Kinds of failure after which the same call may bring a vector."""


def receipt(record: Mapping[str, Any]) -> dict[str, Any]:
    """The receipt of a run that is over.

    Parameters
    ----------
    record : Mapping
        Of the run, as `Library.runs` returns it.

    Returns
    -------
    dict
        Plain values: when, model, caller, calls, tokens, US dollars low and high, answers from the cache, items given
        up, request ids of failures.
    """
    account: Mapping[str, Any] = record.get("account") or {}
    service: Mapping[str, Any] = record.get("service") or {}
    rows: Mapping[str, Mapping[str, float]] = account.get("by_modality") or {}
    failures: Mapping[str, int] = record.get("failures") or {}
    return {
        "run": record["id"], "started": record["started"], "ended": record.get("ended"), "model": record["model"],
        "caller": service.get("caller"), "region": service.get("region"), "calls": account.get("calls", 0),
        "answered": account.get("answered", 0), "tokens": int(sum(row["tokens"] for row in rows.values())),
        "usd_low": account.get("spent_usd", 0.0),
        "usd_high": max(account.get("at_most_usd", 0.0), account.get("spent_usd", 0.0)),
        "from_cache": account.get("cached", 0), "embedded": record.get("embedded", 0),
        "not_embedded": dict(failures),
        "failed_requests": [row["request_id"] for row in account.get("failed_requests", ()) if row.get("request_id")],
    }  # fmt: skip


def sentence(paid: Mapping[str, Any]) -> str:
    """A receipt in a sentence.

    Examples
    --------
    >>> sentence({"usd_low": 0.021, "usd_high": 0.06, "calls": 158, "from_cache": 12, "not_embedded": {}})
    'Spent about $0.02, at most $0.06, in 158 calls; 12 answers were paid for before.'
    """
    low, high = paid["usd_low"], paid["usd_high"]
    about = f"about {dollars(low)}" + (f", at most {dollars(high)}" if dollars(high) != dollars(low) else "")
    said = f"Spent {about}, in {count_of(paid['calls'], 'call')}" if paid["calls"] else "Nothing was spent"
    if paid["from_cache"]:
        said += f"; {count_of(paid['from_cache'], 'answer')} {_were(paid['from_cache'])} paid for before"
    return f"{said}."


def given_up(paid: Mapping[str, Any]) -> str:
    """What the same call may still bring, in a sentence; empty where it would bring nothing more."""
    failures: Mapping[str, int] = paid["not_embedded"]
    said = []
    if service := failures.get("service"):
        said.append(f"{count_of(service, 'item')} {_were(service)} given up for the service's own faults")
    if budget := failures.get("budget"):
        said.append(f"{count_of(budget, 'item')} {_were(budget)} not sent, to keep within the budget")
    if not said:
        return ""
    higher = " with a higher budget" if failures.get("budget") else ""
    return f"{'; '.join(said)}. Make the same call again{higher} to ask for them: nothing is paid for twice."


def _were(count: int) -> str:
    return "was" if count == 1 else "were"
