"""The embedding run: what has no vector yet is asked for, and every answer is stored as it arrives.

Plain models answer batch by batch, hosted ones item by item, as their answers come; both are stored the same way. What
was blocked by a provider is never asked for again, whatever else failed is tried again by the next run.
"""

from __future__ import annotations

import os
import time
import uuid
import warnings
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from nova_explore.collection import Item
from nova_explore.embedding.thumbnails import draw_thumbnails, draw_while_waiting, is_kept
from nova_explore.library.stamps import now, package_versions
from nova_explore.library.store import Library
from nova_explore.models.cost import dollars
from nova_explore.models.model import Account, DerivedModel, EmbeddingModel, PricedModel, StreamingModel
from nova_explore.space import ItemError, Space, Vector

COMPACT_AFTER = 16
"""Appends after which a table's small files are joined at the end of a run."""

STORE_EVERY, STORE_AT = 0.5, 64
"""Seconds and vectors after which the answers of a hosted model are stored."""

DRAWING = 0.5
"""Part of the time between two lots of answers in which thumbnails are drawn, where calls wait for a service's rate."""


Answers = list[tuple[Item, Vector | ItemError]]


def run(
    library: Library,
    items: Sequence[Item],
    model: EmbeddingModel,
    *,
    budget: float | None = None,
    progress: bool = True,
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
    progress : bool
        Show a bar.

    Raises
    ------
    ServiceRefusedError, ServiceUnavailableError
        If a hosted model refuses every call, or has not answered for long; what is embedded is kept.
    """
    from tqdm.auto import tqdm

    space = model.space
    contents = len({item.content_key for item in items})
    derived = _derive(library, items, model)
    done = library.embedded(space)
    blocked = library.blocked(space)
    missing = {item.content_key: item for item in items if item.content_key not in done}
    todo = [item for key, item in missing.items() if key not in blocked]
    before = contents - len(missing)
    account = Account()
    record: dict[str, Any] = {
        "id": uuid.uuid4().hex, "kind": "embed", "model": model.name, "space": space.key, "started": now(),
        "ended": None, "process": os.getpid(), "items": len(items), "contents": contents,
        "stored_before": before, "embedded": 0, "derived": derived, "failed": len(missing) - len(todo), "failures": {},
        "versions": package_versions(),
    }  # fmt: skip
    if todo and isinstance(model, StreamingModel):
        record["service"] = model.provenance()
    if todo and isinstance(model, PricedModel):
        expected = model.estimate(todo)
        record["estimate_usd"], record["budget_usd"] = round(expected.cost, 6), budget
        if progress:
            tqdm.write(str(expected))
    library.clear_failures(space)
    library.record_run(record)
    stored = 0
    undrawn: deque[Item] = deque()
    since = time.monotonic()
    try:
        with tqdm(
            total=contents, initial=contents - len(todo), desc="embedding", unit="item", disable=not progress
        ) as bar:
            for answers in _ask(model, todo, account=account, budget=budget):
                stored += _store(library, space, answers, record)
                _show(bar, len(answers), account)
                undrawn.extend(item for item, answer in answers if not isinstance(answer, ItemError) and is_kept(item))
                if account.waits:
                    draw_while_waiting(library, undrawn, seconds=DRAWING * (time.monotonic() - since))
                since = time.monotonic()
        if stored > COMPACT_AFTER:
            library.compact_vectors(space)
        draw_thumbnails(library, items, space, progress=progress)
    except BaseException as error:
        error.add_note(
            f"{before + record['embedded']:,} of {contents:,} items are stored in {str(library.path)!r}. "
            "Make the same call again to go on from there; nothing is embedded twice."
        )
        raise
    finally:
        if isinstance(model, StreamingModel):
            record["account"] = account.summary()
        library.record_run(record | {"ended": now()})
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


def _ask(model: EmbeddingModel, items: Sequence[Item], *, account: Account, budget: float | None) -> Iterator[Answers]:
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


def _lots(stream: Iterator[tuple[Item, Vector | ItemError] | None]) -> Iterator[Answers]:
    lot: Answers = []
    since = time.monotonic()
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


def _store(library: Library, space: Space, answers: Answers, record: dict[str, Any]) -> int:
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
    record["embedded"] += len(vectors)
    record["failed"] += len(failures)
    for failure in failures.values():
        record["failures"][failure.kind] = record["failures"].get(failure.kind, 0) + 1
    return int(bool(answers))


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
        parts = [f"{account.rate:.0f} calls/s", f"{account.in_flight} in flight"]
        parts += [f"{account.throttled:,} throttled"] if account.throttled else []
        # What was asked for and never arrived may be on the bill all the same.
        parts += [f"at most {dollars(account.spent + account.lost)}" if account.lost else dollars(account.spent)]
        bar.set_postfix_str(" · ".join(parts), refresh=count == 0)
    bar.update(count)


def _warn(record: Mapping[str, Any], account: Account) -> None:
    """Say what a person must know and would not see: money that ran out, contents that were blocked, texts cut."""
    counts: Mapping[str, int] = record["failures"]
    if counts.get("blocked"):
        warnings.warn(
            f"{counts['blocked']:,} items were blocked by the provider's safety filters. They are recorded, and never "
            "sent again. Have them looked at: library.blocked(space) lists them.",
            stacklevel=4,
        )
    if counts.get("budget"):
        warnings.warn(
            f"{counts['budget']:,} items were not sent, to keep within the budget of {dollars(record['budget_usd'])}. "
            "Make the same call with a higher budget to go on.",
            stacklevel=4,
        )
    if account.truncated:
        warnings.warn(
            f"{len(account.truncated):,} texts were longer than the model takes and were embedded from their "
            "beginning. The record of the run says which, and how far.",
            stacklevel=4,
        )
