"""One call for every path: short items one by one, long media as asynchronous jobs, large libraries as batch jobs."""

from __future__ import annotations

import uuid
import warnings
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from nova_explore.collection import Collection, Item
from nova_explore.embedding.cuts import as_cut_before, settled
from nova_explore.embedding.embed import embed, estimate, refuse_second_space
from nova_explore.embedding.job_table import JobTable, asked_by_jobs
from nova_explore.embedding.jobs.ledger import Outcome, Service, keep
from nova_explore.embedding.jobs.plan import Choice, estimate_parts, part, within
from nova_explore.embedding.jobs.records import embed_records, stop_records
from nova_explore.embedding.jobs.segments import How, embed_segments
from nova_explore.embedding.payer import before_paying
from nova_explore.embedding.run import unanswered
from nova_explore.embedding.thumbnails import draw_thumbnails
from nova_explore.errors import ServiceRefusedError, UnknownNameError
from nova_explore.library.stamps import now, package_versions
from nova_explore.library.store import MARKER, Library, open_library
from nova_explore.models.cost import Estimate, check_budget, count_of
from nova_explore.models.model import EmbeddingModel
from nova_explore.models.nova.client import open_client
from nova_explore.models.nova.job import Job, Patience
from nova_explore.models.nova.model import NovaModel
from nova_explore.models.nova.prepare import prepare
from nova_explore.models.nova.s3 import Bucket, S3Place, open_s3
from nova_explore.models.registry import open_model
from nova_explore.sources.read import read
from nova_explore.space import ItemError, Vector

if TYPE_CHECKING:
    import pandas as pd

PATHS = ("auto", "sync", "async", "batch")


def embed_by_jobs(
    source: Any,
    *,
    to: str | Path,
    s3: S3Place | str | None = None,
    model: str | NovaModel = "nova",
    path: Literal["auto", "sync", "async", "batch"] = "auto",
    role: str | None = None,
    segment: int | None = None,
    new_space: bool = False,
    budget: float | None = None,
    retry_refused: bool = False,
    wait: Literal["all", "none"] = "all",
    patience: Patience | None = None,
    progress: bool = True,
    say_cost: bool = True,
) -> Library:
    """Embed a collection by jobs of Amazon Bedrock where they fit, and the rest one by one.

    What was asked for by an earlier call, in this process or another, is collected first; nothing is asked for twice.

    Parameters
    ----------
    source : Collection, or anything that `nova_explore.read` takes
        What to embed.
    to : str or Path
        The library's folder.
    s3 : S3Place or str, optional
        Where input and output of the jobs lie, in the region of the model: ``"s3://bucket/prefix"``.
    model : str or NovaModel, default "nova"
        The model; its region, profile and purpose hold for the jobs too.
    path : {"auto", "sync", "async", "batch"}, default "auto"
        ``auto`` chooses for each item and says why. What a path cannot take goes one by one.
    role : str, optional
        ARN of the service role of batch jobs.
    segment : int, optional
        Seconds or characters of a segment of long media. A medium of which parts have vectors stays cut as it is.
    new_space : bool, default False
        As in `nova_explore.embed`.
    budget : float, optional
        US dollars that must not be passed. A job is asked for only if it fits at the highest price that any source
        gives, without the discount of batch jobs; what does not fit goes one by one with what is left.
    retry_refused : bool, default False
        As in `nova_explore.embed`.
    wait : {"all", "none"}, default "all"
        ``none`` asks for the jobs and returns; `collect_jobs`, or the same call, brings what they made.
    patience : Patience, optional
        How long to wait between two looks at a job.
    progress : bool, default True
        Say what is chosen, and show how jobs and calls come on.
    say_cost : bool, default True
        Show the estimate before anything is sent, where progress is shown.

    Returns
    -------
    Library
        With a vector, or a recorded reason, for every item.

    Raises
    ------
    UnknownNameError
        If there is no such path.
    ServiceRefusedError
        If the service refuses every call, or a path is asked for that lacks its place in S3 or its role.
    TooFewItemsError
        If ``path="batch"`` is asked for with fewer than 100 items that have no vector yet.
    """
    from tqdm.auto import tqdm

    check_budget(budget)
    if path not in PATHS:
        raise UnknownNameError("path", path, PATHS)
    if wait not in ("all", "none"):
        raise UnknownNameError("way to wait", wait, ("all", "none"))
    opened = _nova(model)
    collection = source if isinstance(source, Collection) else read(source, progress=progress)
    common: dict[str, Any] = {
        "to": to, "model": opened, "new_space": new_space, "retry_refused": retry_refused, "progress": progress,
        "say_cost": say_cost,
    }  # fmt: skip
    if path == "sync" or (path == "auto" and s3 is None):
        return embed(collection, budget=budget, **common)
    service = open_service(opened, s3, role=role, patience=patience)
    if path == "batch" and not role:
        raise ServiceRefusedError(
            "Batch jobs run under a service role and none is given. Pass role='arn:aws:iam::…:role/…', made from "
            "docs/policies/batch-role.json and batch-role-trust.json.",
            family="role",
        )
    library = open_library(to, create=True)
    refuse_second_space(library, opened, new_space=new_space)
    with library.writing():
        collection = as_cut_before(library, collection)
        library.add_space(opened.name, opened.space)
        keep(library, service.spec, _known(library, collection, service), Outcome())
        wanted = {i.content_key for i in _wanted(library, collection, opened, retry_refused=retry_refused)}
        todo = [item for item in collection if item.content_key in wanted]
        library.add(Collection([item for item in collection if item.content_key not in wanted], collection.unread))
        asked = _asked_before(library, opened)
        parts = part(todo, path, service, begun=_begun(library, opened) - asked)
        given = budget
        parts, budget = within(parts, opened.prices, budget, asked=asked)
        jobs = [(choice, items) for choice, items in parts if choice.path != "sync"]
        expected = estimate_parts(jobs, service.calls, asked=asked)
        money = {"estimate_usd": round(expected.cost, 6), "budget_usd": given}
        if progress and say_cost and expected.calls:
            tqdm.write("\n".join((str(expected), *before_paying(opened, expected))))
        cut = settled(library)
        how = How(segment, cut, fall_back=path == "auto", wait=wait == "all")
        outcome = _run(library, parts, opened, service, how, money=money, progress=progress)
    rest = [(item, choice.reason) for choice, items in parts if choice.path == "sync" for item in items]
    rest += outcome.left
    if rest and path != "auto":
        reasons = " ".join(dict.fromkeys(reason for _, reason in rest))
        warnings.warn(f"{count_of(len(rest), 'item')} cannot go by {path} and go one by one. {reasons}", stacklevel=2)
    return embed(Collection([item for item, _ in rest]), budget=budget, **common)


def estimate_jobs(
    source: Any,
    *,
    to: str | Path,
    s3: S3Place | str | None = None,
    model: str | NovaModel = "nova",
    path: Literal["auto", "sync", "async", "batch"] = "auto",
    role: str | None = None,
    retry_refused: bool = False,
) -> Estimate | None:
    """What `embed_by_jobs` would cost with the same arguments; nothing is sent and nothing is written.

    Parameters
    ----------
    source, to, s3, model, path, role, retry_refused
        As in `embed_by_jobs`. A budget is not looked at: it decides what is sent, and how.

    Returns
    -------
    Estimate or None
        One line for every modality and path.
    """
    if path not in PATHS:
        raise UnknownNameError("path", path, PATHS)
    opened = _nova(model)
    collection = source if isinstance(source, Collection) else read(source, progress=False)
    if path == "sync" or (path == "auto" and s3 is None):
        return estimate(collection, to=to, model=opened, retry_refused=retry_refused)
    service = open_service(opened, s3, role=role)
    if not (Path(to).expanduser() / MARKER).exists():
        return _expected(list(collection), [], path, service)
    library = open_library(to)
    collection = as_cut_before(library, collection)
    todo = _wanted(library, collection, opened, retry_refused=retry_refused)
    named = {item.content_key for item in collection}
    earlier = [
        item
        for item in unanswered(library, library.collection(), opened.space, retry_refused=retry_refused)
        if item.content_key not in named
    ]
    asked = _asked_before(library, opened)
    return _expected(todo, earlier, path, service, asked=asked, begun=_begun(library, opened) - asked)


def _expected(
    todo: list[Item],
    earlier: list[Item],
    path: str,
    service: Service,
    *,
    asked: Container[str] = frozenset(),
    begun: Container[str] = frozenset(),
) -> Estimate:
    """What items would cost by their paths; what earlier runs have left over goes one by one."""
    known = service.calls.look_up([*todo, *earlier])
    todo, earlier = ([item for item in some if item.content_key not in known] for some in (todo, earlier))
    parts = [*part(todo, path, service, begun=begun), (Choice("sync", "Left over from earlier runs."), earlier)]
    return replace(estimate_parts(parts, service.calls, asked=asked), cached=len(known), earlier=len(earlier))


def _wanted(library: Library, collection: Collection, model: NovaModel, *, retry_refused: bool) -> list[Item]:
    """Items of a collection that are to be asked for, those of open jobs included: they are collected."""
    open_jobs = asked_by_jobs(library, collection, model.space.key)
    some = {i.content_key for i in unanswered(library, collection, model.space, retry_refused=retry_refused)}
    return [item for item in collection if item.content_key in some | open_jobs]


def collect_jobs(
    to: str | Path | Library,
    *,
    s3: S3Place | str,
    model: str | NovaModel = "nova",
    patience: Patience | None = None,
    progress: bool = True,
) -> Library:
    """Wait for the jobs that a library has open, and store what they bring; nothing new is asked for.

    Parameters
    ----------
    to : str, Path or Library
        The library.
    s3, model, patience, progress
        As in `embed_by_jobs`.
    """
    library = to if isinstance(to, Library) else open_library(to)
    opened = _nova(model)
    service = open_service(opened, s3, patience=patience)
    with library.writing():
        parts: list[tuple[Choice, list[Item]]] = [(Choice("async", ""), []), (Choice("batch", ""), [])]
        _run(library, parts, opened, service, How(), progress=progress)
    return library


def list_jobs(library: Library) -> pd.DataFrame:
    """The jobs of a library, oldest first: path, state, ARN, how many records or media, what came back, messages."""
    import pandas as pd

    columns = ("path", "state", "created", "changed", "arn", "asked", "vectors", "failures", "usd", "message")
    rows = [
        (
            job.path, job.state, job.created, job.changed, job.arn,
            len(job.records) or len({source["digest"] for source in job.sources}),
            job.counts.get("vectors"), job.counts.get("failures"), job.counts.get("usd"), job.message,
        )
        for job in JobTable(library).jobs()
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(columns))


def stop_jobs(library: Library, *, s3: S3Place | str, model: str | NovaModel = "nova") -> list[Job]:
    """Ask Bedrock to stop the open batch jobs of a library; asynchronous jobs cannot be stopped.

    What a stopped job has done is written, paid for, and collected by the next run.
    """
    service = open_service(_nova(model), s3)
    with library.writing():
        return stop_records(library, service)


def open_service(
    model: NovaModel,
    s3: S3Place | str | None,
    *,
    role: str | None = None,
    patience: Patience | None = None,
) -> Service:
    """Reach Bedrock and S3 the way the model does: its region, its profile, the ordinary AWS environment.

    Raises
    ------
    ServiceRefusedError
        If no place in S3 is given.
    """
    if s3 is None:
        raise ServiceRefusedError(
            "Jobs read and write files in S3 and no place is given. Pass s3='s3://bucket/prefix', in the region of "
            "the model, or use path='sync'.",
            family="s3",
        )
    where: dict[str, Any] = {"region": model.region, "profile": model.profile}
    bucket = Bucket(open_s3(**where), S3Place(s3) if isinstance(s3, str) else s3)
    control = open_client("bedrock", **where)
    return Service(model.spec(), model.calls(), model.client, control, bucket, role, patience or Patience())


def _nova(model: str | EmbeddingModel) -> NovaModel:
    opened = open_model(model)
    if not isinstance(opened, NovaModel):
        raise UnknownNameError("model with jobs", opened.name, ["nova"])
    return opened


def _run(
    library: Library,
    parts: Iterable[tuple[Choice, list[Item]]],
    model: NovaModel,
    service: Service,
    how: How,
    *,
    progress: bool,
    money: Mapping[str, Any] | None = None,
) -> Outcome:
    """Run the jobs of all parts, with a record of the run and a line of progress."""
    from tqdm.auto import tqdm

    total = Outcome()
    record: dict[str, Any] = {
        "id": uuid.uuid4().hex, "kind": "jobs", "model": model.name, "space": model.space.key, "started": now(),
        "ended": None, "service": {**model.provenance(), "s3": service.bucket.place.uri, "role": service.role},
        "paths": {}, "embedded": 0, "failed": 0, "notes": [], "versions": package_versions(),
        **(money or {}),
    }  # fmt: skip
    try:
        with tqdm(desc="jobs", unit="vector", disable=not progress) as bar:
            for choice, items in parts:
                if items:
                    record["paths"][choice.path] = {"items": len(items), "reason": choice.reason}
                    library.record_run(record)
                    bar.write(f"{choice.path}: {len(items):,} items. {choice.reason}") if progress else None
                last = Outcome()
                for last in _of(choice, library, items, service, how):
                    bar.update(total.stored + last.stored - bar.n)
                total = _sum(total, last)
        draw_thumbnails(library, library.collection(), model.space, progress=progress)
    except BaseException as error:
        open_jobs = sum(job.open for job in JobTable(library).jobs(model.space.key))
        error.add_note(
            f"{open_jobs:,} jobs are open at the service and remembered in {str(library.path)!r}. "
            "Make the same call again to collect them; nothing is asked for twice."
        )
        raise
    finally:
        jobs = [job for job in JobTable(library).jobs(model.space.key) if job.changed >= record["started"][:19]]
        record |= {"ended": now(), "embedded": total.stored, "failed": total.failed, "notes": total.notes}
        record["account"] = {"spent_usd": round(total.spent, 6)}
        record["jobs"] = [{"arn": job.arn, "state": job.state, "counts": dict(job.counts)} for job in jobs]
        if jobs or record["paths"]:
            library.record_run(record)
    return total


def _known(library: Library, collection: Collection, service: Service) -> dict[str, Vector | ItemError]:
    """What the person has paid for before, in another library, and what was blocked there."""
    done = library.embedded(service.spec.space)
    known = service.calls.look_up([item for item in collection if item.content_key not in done])
    return {key: found.answer for key, found in known.items()}


def _asked_before(library: Library, model: NovaModel) -> set[str]:
    """Digests of media and content keys of records of jobs that are open or, for media, done."""
    before = [job for job in JobTable(library).jobs(model.space.key) if job.open or job.state == "done"]
    media = {source["digest"] for job in before for source in job.sources}
    return media | {key for job in before if job.open for key in job.records}


def _begun(library: Library, model: NovaModel) -> set[str]:
    """Digests of media of which a part has a vector of the model."""
    done = library.embedded(model.space)
    return {item.digest for item in library.collection() if item.span and item.content_key in done}


def _of(choice: Choice, library: Library, items: list[Item], service: Service, how: How) -> Iterator[Outcome]:
    if choice.path == "async":
        return embed_segments(library, items, service, how)
    if choice.path == "batch":
        kept = library.add(Collection(items)) if items else None
        wanted = {item.content_key for item in items}
        here = [item for item in kept or () if item.content_key in wanted]
        return embed_records(library, here, service, prepare=prepare, wait=how.wait)
    return iter(())


def _sum(one: Outcome, other: Outcome) -> Outcome:
    return Outcome(
        one.stored + other.stored,
        one.failed + other.failed,
        one.spent + other.spent,
        one.left + other.left,
        one.notes + other.notes,
    )
