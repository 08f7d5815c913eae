"""What an account can do with the model, looked at before anything is paid for: caller, region, model, quota, S3.

Each line says what was looked at and what was found, and can be pasted into a question to somebody else: nothing secret
is in it. All but one line are free; the call costs less than a thousandth of a cent.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass

from nova_explore.collection import Item, Modality
from nova_explore.errors import NovaExploreError
from nova_explore.models.cost import NOUNS, Estimate, price_of_one
from nova_explore.models.nova.confirm import confirm
from nova_explore.models.nova.confirm_jobs import confirm_jobs
from nova_explore.models.nova.faults import TOKEN_VARIABLE, classify
from nova_explore.models.nova.model import NovaModel
from nova_explore.models.nova.quotas import ask, quotas, tokens_a_minute
from nova_explore.models.nova.request import MODEL_ID
from nova_explore.models.nova.s3 import Bucket, S3Place, open_s3
from nova_explore.space import ItemError

PROBE = "A photograph of a quiet lake."
TRIED = "nova-explore-preflight.txt"
TYPICAL = {Modality.IMAGE: "pictures", Modality.PAGE: "pages", Modality.AUDIO: "seconds of sound",
           Modality.VIDEO: "seconds of video"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes
    ----------
    name : str
        What was looked for.
    state : {"ok", "missing", "unknown"}
        ``unknown`` is what the caller may not ask, and what nothing stops.
    detail : str
        What was found.
    """

    name: str
    state: str
    detail: str


def preflight(
    model: NovaModel, *, s3: S3Place | str | None = None, call: bool = True, whole: bool = False
) -> Iterator[Finding]:
    """Look at all that a run needs, one after the other.

    Parameters
    ----------
    model : NovaModel
        Whose region, profile and endpoint hold.
    s3 : S3Place or str, optional
        Where jobs would read and write: one small object is put, read and deleted there.
    call : bool, default True
        Make one call with a text of five words.
    whole : bool, default False
        Ask as well what the documentation leaves open, for at most 25 cents.
    """
    yield _region(model)
    yield _caller(model)
    yield from _availability(model)
    yield from _lifecycle(model)
    yield from _quotas(model)
    if call:
        yield _call(model)
    if s3 is not None:
        yield _place(model, S3Place(s3) if isinstance(s3, str) else s3)
    if whole:
        yield from (Finding(name, "ok" if known else "unknown", detail) for name, known, detail in confirm(model))
        yield from _jobs(model, s3)


def _jobs(model: NovaModel, s3: S3Place | str | None) -> Iterator[Finding]:
    """What the documentation leaves open about jobs."""
    if s3 is None:
        yield Finding("jobs", "unknown", "with --s3 s3://bucket/prefix three small jobs ask what jobs leave and take")
        return
    asked = confirm_jobs(model, S3Place(s3) if isinstance(s3, str) else s3)
    yield from (Finding(name, "ok" if known else "unknown", detail) for name, known, detail in asked)


def _region(model: NovaModel) -> Finding:
    named = next((name for name in ("AWS_REGION", "AWS_DEFAULT_REGION") if os.environ.get(name)), "the profile")
    priced = "" if model.prices.of else ", for which no prices are known: the model is in us-east-1 and us-gov-west-1"
    profile = model.profile or os.environ.get("AWS_PROFILE") or "default"
    detail = f"{model.region} (from {named}), profile {profile}, endpoint {model.client.meta.endpoint_url}{priced}"
    return Finding("region", "ok" if not priced else "missing", detail)


def _caller(model: NovaModel) -> Finding:
    arn = model.provenance()["caller"]
    if os.environ.get(TOKEN_VARIABLE):
        return Finding("caller", "ok", f"a Bedrock API key ({TOKEN_VARIABLE}); jobs need signed requests besides")
    if arn is None:
        return Finding("caller", "unknown", "sts:GetCallerIdentity is not answered: credentials are missing, or no way")
    return Finding("caller", "ok", f"account {arn.split(':')[4]}, {arn}")


def _availability(model: NovaModel) -> Iterator[Finding]:
    found = ask(
        "bedrock", "get_foundation_model_availability", region=model.region, profile=model.profile, modelId=MODEL_ID
    )
    if isinstance(found, str):
        yield Finding("model", "unknown", f"bedrock:GetFoundationModelAvailability: {found}")
        return
    states = {
        "in the region": found["regionAvailability"] == "AVAILABLE",
        "authorised": found["authorizationStatus"] == "AUTHORIZED",
        "entitled": found["entitlementAvailability"] == "AVAILABLE",
    }
    detail = ", ".join(name if yes else f"not {name}" for name, yes in states.items())
    yield Finding("model", "ok" if all(states.values()) else "missing", f"{MODEL_ID}: {detail}")


def _lifecycle(model: NovaModel) -> Iterator[Finding]:
    found = ask("bedrock", "get_foundation_model", region=model.region, profile=model.profile, modelIdentifier=MODEL_ID)
    if isinstance(found, str):
        yield Finding("lifecycle", "unknown", f"bedrock:GetFoundationModel: {found}")
        return
    cycle = found["modelDetails"].get("modelLifecycle") or {}
    status, end = cycle.get("status", "unknown"), cycle.get("endOfLifeTime")
    yield Finding("lifecycle", "ok" if status == "ACTIVE" else "missing", f"{status}{f', ends {end}' if end else ''}")


def _quotas(model: NovaModel) -> Iterator[Finding]:
    found = quotas(region=model.region, profile=model.profile)
    if isinstance(found, str):
        yield Finding("quotas", "unknown", f"servicequotas:ListServiceQuotas: {found}")
        return
    for name, value in found.items():
        yield Finding("quotas", "ok", f"{name}: {value:,.0f}")
    if minute := tokens_a_minute(found, model.called.model_id):
        yield Finding("pace", "ok", pace_of(model, minute))


def time_of(model: NovaModel, expected: Estimate, tokens: float) -> str:
    """How long a quota of tokens a minute lets single calls take, in a sentence; empty where it is not known.

    Parameters
    ----------
    model : NovaModel
        Whose answers have shown what media count.
    expected : Estimate
        Of the run.
    tokens : float
        The quota.
    """
    calls = model.calls()
    total, allowed = 0.0, []
    for line in expected.lines:
        each = 1.0 if line.modality == Modality.TEXT else calls.tokens_a_unit(Modality(line.modality))
        if line.path != "sync" or not each or not line.items:
            return ""
        total += each * line.units
        noun = NOUNS.get(line.modality, line.modality)
        rate = tokens / 60 / (each * line.units / line.items)
        allowed.append(f"{rate:,.0f} {noun}s a second" if rate >= 1 else f"{60 * rate:,.0f} {noun}s a minute")
    minutes = max(1.0, total / tokens)
    return f"Your quota of {tokens:,.0f} tokens a minute allows about {' or '.join(allowed)}: {minutes:,.0f} min."


def pace_of(model: NovaModel, tokens_a_minute: float) -> str:
    """What a quota of tokens allows, in a sentence: by what the service was seen to count, where it has said so."""
    calls = model.calls()
    learned = {name: calls.tokens_a_unit(modality) for modality, name in TYPICAL.items()}
    said = [f"{tokens_a_minute / 60 / tokens:,.0f} {name} a second" for name, tokens in learned.items() if tokens]
    texts = f"{tokens_a_minute / 60 / 250:,.0f} texts of 1,000 characters a second"
    unseen = [name for name, tokens in learned.items() if not tokens]
    rest = f"; how {', '.join(unseen)} count is learned from the first answers" if unseen else ""
    return f"your quota allows about {', '.join([texts, *said])}{rest}"


def _call(model: NovaModel) -> Finding:
    item = Item("preflight", Modality.TEXT, "", "preflight", "txt", "preflight", text=PROBE)
    calls = model.calls()
    try:
        sent = calls.ask(calls.prepare(item))
    except Exception as error:
        return Finding("call", "missing", classify(error, region=model.region, model=model.called.model_id).message)
    if isinstance(sent.vector, ItemError):
        return Finding("call", "missing", sent.vector.reason)
    counted = "counted no tokens" if sent.tokens is None else f"counted {sent.tokens} tokens"
    cost = price_of_one(sent.cost) if sent.cost else "no known price"
    return Finding("call", "ok", f"{len(sent.vector)} dimensions in {sent.seconds:.1f} s, {counted}, {cost}")


def _place(model: NovaModel, place: S3Place) -> Finding:
    """Put, read and delete one small object, with the key and the owner that jobs would name."""
    bucket = Bucket(open_s3(region=model.region, profile=model.profile), place)
    uri, data = place.below(f"inputs/{TRIED}"), json.dumps({"from": "nova-explore doctor --nova"}).encode()
    try:
        bucket.put(uri, data)
        same = bucket.read(uri) == data
        bucket.delete(uri)
    except NovaExploreError as error:
        return Finding("S3", "missing", str(error))
    key = f", key {place.kms_key}" if place.kms_key else ", the bucket's own encryption"
    owner = f", owner {place.owner}" if place.owner else ", owner not checked"
    return Finding("S3", "ok" if same else "missing", f"an object was put, read and deleted at {place.uri}{key}{owner}")
