"""The embedding run: what has no vector yet is asked for, and every answer is stored as it arrives.

Plain models answer batch by batch, hosted ones item by item, as their answers come; both are stored the same way. What
was blocked by a provider is never asked for again, what it refused only on wish; whatever else failed is tried again by
the next run. A reason is kept until its item has a vector or another reason.
"""

from __future__ import annotations

import os
import time
import uuid
import warnings
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, nullcontext, suppress
from typing import Any

import numpy as np

from nova_explore import media
from nova_explore.collection import Item
from nova_explore.embedding import disk
from nova_explore.embedding.job_table import asked_by_jobs
from nova_explore.embedding.landing import landing
from nova_explore.embedding.payer import before_paying
from nova_explore.embedding.receipt import given_up, receipt, sentence
from nova_explore.embedding.thumbnails import Seen, draw_thumbnails, draw_while_waiting, is_kept
from nova_explore.library.stamps import now, package_versions
from nova_explore.library.store import Library
from nova_explore.models.cost import count_of, dollars, price_of_one
from nova_explore.models.model import Account, DerivedModel, EmbeddingModel, PricedModel, StreamingModel
from nova_explore.space import ItemError, Space, Vector

COMPACT_AFTER = 16
"""Appends after which a table's small files are joined at the end of a run."""

STORE_EVERY, STORE_AT = 0.5, 64
"""Seconds and vectors after which the answers of a hosted model are stored."""

DRAWING = 0.5
"""Part of the time between two lots of answers in which thumbnails are drawn, where calls wait for a service's rate."""


Answers = list[tuple[Item, Vector | ItemError]]


def unanswered(library: Library, items: Iterable[Item], space: Space, *, retry_refused: bool = False) -> list[Item]:
    """The items that a run asks for: without a vector, without a settled reason, and not asked for by an open job.

    Parameters
    ----------
    library : Library
    items : iterable of Item
        Copies of one content count once.
    space : Space
        Whose vectors count.
    retry_refused : bool, default False
        Ask again for what the provider refused for what it is; never for what it blocked for its content.
    """
    settled = ("blocked",) if retry_refused else ("blocked", "refused")
    items = list(items)
    done = library.embedded(space) | set(library.failures_of(space, *settled))
    done |= asked_by_jobs(library, items, space.key)
    return list({item.content_key: item for item in items if item.content_key not in done}.values())


def run(
    library: Library,
    items: Sequence[Item],
    model: EmbeddingModel,
    *,
    budget: float | None = None,
    retry_refused: bool = False,
    progress: bool = True,
    say_cost: bool = True,
) -> None:
    """Give every item a vector in the library, or record why it got none.

    Parameters
    ----------
    library : Library
        Held for writing.
    items : sequence of Item
        Of the library; copies of one content are embedded once.
    model : EmbeddingModel
        Asked for what is not there.
    budget : float, optional
        US dollars that must not be passed.
    retry_refused : bool, default False
        Ask again for what a provider refused.
    progress : bool
        Show a bar, and what was spent.
    say_cost : bool
        Show what it will cost before anything is sent, where progress is shown.

    Raises
    ------
    ServiceRefusedError, ServiceUnavailableError
        If a hosted model refuses every call, or has not answered for long; what is embedded is kept.
    LibraryError
        If the disk has no room for the vectors.
    """
    from tqdm.auto import tqdm

    space = model.space
    contents = len({item.content_key for item in items})
    derived = _derive(library, items, model)
    done = library.embedded(space)
    without = len({item.content_key for item in items if item.content_key not in done})
    todo = unanswered(library, items, space, retry_refused=retry_refused)
    before = contents - without
    account = Account(stored_before=len(done))
    record: dict[str, Any] = {
        "id": uuid.uuid4().hex, "kind": "embed", "model": model.name, "space": space.key, "started": now(),
        "ended": None, "process": os.getpid(), "items": len(items), "contents": contents,
        "stored_before": before, "embedded": 0, "derived": derived, "failed": without - len(todo), "failures": {},
        "budget_usd": budget,
        "safety_events": [], "versions": package_versions(),
    }  # fmt: skip
    if todo:
        disk.check_room(library.path, vectors=len(todo), dimension=space.dimension)
    if todo and isinstance(model, StreamingModel):
        record["service"] = model.provenance()
    if todo and isinstance(model, PricedModel):
        expected = model.estimate(todo)
        record["estimate_usd"] = round(expected.cost, 6)
        if progress and say_cost:
            tqdm.write("\n".join((str(expected), *before_paying(model, expected))))
    library.record_run(record)
    stored, full = 0, False
    undrawn: deque[Item] = deque()
    seen = Seen(library)
    since = time.monotonic()
    try:
        with (
            media.watched(seen),
            tqdm(
                total=contents, initial=contents - len(todo), desc="embedding", unit="item", disable=not progress
            ) as bar,
            landing(account) if isinstance(model, StreamingModel) else nullcontext(),
            closing(_ask(model, todo, account=account, budget=budget)) as lots,
        ):
            for answers in lots:
                stored += _store(library, space, answers, record, account)
                seen.keep(item.content_key for item, answer in answers if not isinstance(answer, ItemError))
                _show(bar, len(answers), account)
                undrawn.extend(item for item, answer in answers if not isinstance(answer, ItemError) and is_kept(item))
                if account.waits and not account.stopping:
                    draw_while_waiting(library, undrawn, seconds=DRAWING * (time.monotonic() - since))
                since = time.monotonic()
                if answers and disk.free(library.path) < disk.SPARE // 2:
                    full = account.stopping = True  # what is in the air still finds room
        seen.flush()
        if full:
            raise disk.full_disk(library.path)
        if stored > COMPACT_AFTER:
            library.compact_vectors(space)
        draw_thumbnails(library, items, space, progress=progress)
    except BaseException as error:
        note = (
            f"{before + record['embedded']:,} of {contents:,} items are stored in {str(library.path)!r}. "
            "Make the same call again to go on from there; nothing is embedded twice."
        )
        if disk.is_full(error):
            error = disk.full_disk(library.path)
            error.add_note(note)
            raise error from None
        error.add_note(note)
        raise
    finally:
        if isinstance(model, StreamingModel):
            record["account"] = account.summary()
        with suppress(Exception) if disk.free(library.path) < disk.SPARE // 2 else nullcontext():
            library.record_run(record | {"ended": now()})
    if progress and todo and isinstance(model, StreamingModel):
        paid = receipt(record)
        tqdm.write(" ".join(filter(None, (sentence(paid), given_up(paid)))))
    _warn(record, account)


def _derive(library: Library, items: Iterable[Item], model: EmbeddingModel) -> int:
    """Store the vectors that follow from those of another space in the library; returns how many."""
    if not isinstance(model, DerivedModel) or model.derives_from is None:
        return 0
    done = library.embedded(model.space)
    keys = list(dict.fromkeys(item.content_key for item in items if item.content_key not in done))
    vectors, present = library.vectors(model.derives_from, keys)
    there = [key for key, found in zip(keys, present, strict=True) if found]
    library.add_vectors(model.space, {key: model.derive(v) for key, v in zip(there, vectors, strict=True)})
    return len(there)


def _ask(
    model: EmbeddingModel, items: Sequence[Item], *, account: Account, budget: float | None
) -> Generator[Answers, None, None]:
    """Answers in lots that are stored together."""
    if not items:
        return
    if isinstance(model, StreamingModel):
        yield from _lots(model.embed_stream(items, budget=budget, account=account))
        return
    size = model.capabilities.batch_size
    for start in range(0, len(items), size):
        batch = items[start : start + size]
        answers = model.embed_batch(batch)
        if len(answers) != len(batch):
            raise RuntimeError(
                f"The model {model.name!r} answered {len(answers)} times for {len(batch)} items. It must answer each "
                "item once, in order: with any other count, vectors would go to the wrong items."
            )
        yield list(zip(batch, answers, strict=True))


def _lots(stream: Iterator[tuple[Item, Vector | ItemError] | None]) -> Generator[Answers, None, None]:
    lot: Answers = []
    since = time.monotonic()
    with closing(stream) if isinstance(stream, Generator) else nullcontext():
        try:
            for answer in stream:
                if answer is not None:
                    lot.append(answer)
                vectors = sum(not isinstance(found, ItemError) for _, found in lot) if len(lot) >= STORE_AT else 0
                if vectors >= STORE_AT or time.monotonic() - since >= STORE_EVERY:
                    # An empty lot stores nothing and lets the bar show that the run is alive.
                    yield lot
                    lot, since = [], time.monotonic()
        except GeneratorExit:
            raise
        except BaseException:
            # What came before an interrupt or a refusal is paid for: store it, then end as the stream did.
            yield lot
            raise
    if lot:
        yield lot


def _store(library: Library, space: Space, answers: Answers, record: dict[str, Any], account: Account) -> int:
    """Store one lot; what is not a finite unit vector of the right length is a failure. Returns 1 if anything was."""
    vectors: dict[str, Vector] = {}
    failures: dict[str, ItemError] = {}
    for item, answer in answers:
        fault = answer if isinstance(answer, ItemError) else _fault(answer, space)
        if fault is None:
            vectors[item.content_key] = answer  # pyright: ignore[reportArgumentType]
        else:
            failures[item.content_key] = fault
    # Failures first: what was blocked must not be sent again, even if this process ends here.
    library.add_failures(space, failures)
    library.add_vectors(space, vectors)
    if vectors:
        library.solve_failures(space, vectors)
    record["embedded"] += len(vectors)
    record["failed"] += len(failures)
    for failure in failures.values():
        record["failures"][failure.kind] = record["failures"].get(failure.kind, 0) + 1
    record["safety_events"] += [
        _safety_event(item, answer, account)
        for item, answer in answers
        if isinstance(answer, ItemError) and answer.kind == "blocked"
    ]
    return int(bool(answers))


def _safety_event(item: Item, error: ItemError, account: Account) -> dict[str, Any]:
    """Names and hashes, for whoever must follow the law; nothing is shown of it."""
    failed = (row for row in account.failed_requests if row["content_key"] == item.content_key)
    about = next(failed, {"family": "known from before", "request_id": ""})
    span = str(item.span) if item.span else None
    return {
        "name": item.name, "uri": item.uri, "span": span, "sha256": item.digest, "when": now(),
        "family": about["family"], "request_id": about["request_id"], "reason": error.reason,
    }  # fmt: skip


def _fault(vector: Vector, space: Space) -> ItemError | None:
    if vector.shape != (space.dimension,):
        return ItemError(
            f"The model returned a vector of shape {vector.shape}, its space has {space.dimension} dimensions."
        )
    if not np.isfinite(vector).all():
        return ItemError("The model returned a vector with values that are not finite.")
    length = float(np.linalg.norm(vector))
    if abs(length - 1) > 1e-3:
        return ItemError(f"The model returned a vector of length {length:.4f}, it must be 1.")
    return None


def _show(bar: Any, count: int, account: Account) -> None:
    if account.calls:
        # A silent wait frightens: what is waited for stands in the place of a rate of nothing.
        parts = [account.note] if account.note else [f"{account.rate:.0f} calls/s", f"{account.in_flight} in flight"]
        parts += [f"{account.throttled:,} throttled"] if account.throttled else []
        # What was asked for and never arrived may be on the bill all the same.
        parts += [f"at most {dollars(account.spent + account.lost)}" if account.lost else dollars(account.spent)]
        bar.set_postfix_str(" · ".join(parts), refresh=count == 0)
    bar.update(count)


def _warn(record: Mapping[str, Any], account: Account) -> None:
    """Say what a person must know and would not see: money that ran out, contents that were blocked, texts cut."""
    counts: Mapping[str, int] = record["failures"]
    if counts.get("blocked"):
        blocked = counts["blocked"]
        warnings.warn(
            f"{count_of(blocked, 'item')} {'was' if blocked == 1 else 'were'} blocked by the provider's safety "
            "filters. They are recorded, and never sent again. Follow your organisation's procedure: the law "
            "may ask you to report them. library.runs()[-1]['safety_events'] has their names and hashes.",
            stacklevel=4,
        )
    if counts.get("budget"):
        left = "" if account.left_of_budget is None else f" {price_of_one(account.left_of_budget)} of it is left,"
        less = " less than the next of them may cost." if left else ""
        said = count_of(counts["budget"], "item")
        warnings.warn(
            f"{said} {'was' if counts['budget'] == 1 else 'were'} not sent, to keep within the budget of "
            f"{dollars(record['budget_usd'] or 0.0)}.{left}{less} Make the same call with a higher budget to go on.",
            stacklevel=4,
        )
    if account.truncated:
        said = count_of(len(account.truncated), "text")
        warnings.warn(
            f"{said} {'was' if len(account.truncated) == 1 else 'were'} longer than the model takes and embedded from "
            "the beginning. The record of the run says which, and how far.",
            stacklevel=4,
        )
