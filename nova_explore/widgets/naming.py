"""Names by a language model, asked for on the board of clusters: what would be sent is shown before anything is."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from nova_explore.labels.language_model import PRICE_LIST
from nova_explore.labels.proposals import open_converse
from nova_explore.models.cost import count_of, price_of_one
from nova_explore.widgets.board import NOTHING, Answer, Later, Shown, kept_for

if TYPE_CHECKING:
    import pandas as pd

    from nova_explore.exploration.bundle import Exploration

MODELS = ("amazon.nova-lite-v1:0", "amazon.nova-micro-v1:0", "amazon.nova-pro-v1:0")
"""Offered to choose from, the usual one first; any other id can be written."""


@dataclass
class Plan:
    """What was shown to be sent, until a person confirms it.

    Attributes
    ----------
    exploration : Exploration or None
        None where nothing was shown yet.
    model : str
    clusters : list of int
    budget : float or None
        US dollars that were shown as the most; None where no price is known.
    key : str
        Equal for what would be sent alike.
    stops : bool
        Whether a person wants no further question to be sent.
    """

    exploration: Exploration | None = None
    model: str = ""
    clusters: Sequence[int] = ()
    budget: float | None = None
    key: str = ""
    stops: bool = False


def plan_names(app: Shown, *, model: str, keys: list[str]) -> Later:
    """Answer with what asking a language model would send, where to, and what it costs; nothing is sent."""
    exploration, model = app.exploration, model.strip()
    clusters = [int(key) for key in keys]

    def compute() -> tuple[pd.DataFrame, str]:
        if not model:
            raise ValueError(f"No model is named. Write its id, such as {MODELS[0]}.")
        table = exploration.labels.propose(model, clusters=clusters, send=False)
        return table, str(open_converse().meta.endpoint_url)

    def say(planned: tuple[pd.DataFrame, str]) -> Answer:
        table, address = planned
        key = hashlib.sha256(json.dumps([model, *table["sent"].tolist()]).encode()).hexdigest()
        budget = _sum(table["most"].tolist())
        plan = kept_for(app, Plan)
        plan.exploration, plan.model, plan.clusters, plan.budget, plan.key = exploration, model, clusters, budget, key
        return words_of(exploration, table, model=model, address=address) | {"plan": key}, []

    return Later("", compute, say, urgent=True)


def words_of(exploration: Exploration, table: pd.DataFrame, *, model: str, address: str) -> dict[str, Any]:
    """What would be sent, in words."""
    new = table[~table["known"]]
    example = new.iloc[:1]
    least, most = _sum(new["least"].tolist()), _sum(new["most"].tolist())
    if least is None or most is None:
        cost = f"The price of {model} is not known here."
    else:
        cost = f"{price_of_one(least)} to {price_of_one(most)}, by {PRICE_LIST}"
    return {
        "clusters": len(table),
        "new": len(new),
        "rows": [
            ["Sent to", f"{model} at {address}"],
            ["Length", f"about {sum(new['tokens'].tolist()):,} tokens, one question a cluster"],
            ["Cost", cost],
        ],
        "example": {
            "name": exploration.name_of(int(str(example.index[0]))),
            "text": json.dumps(json.loads(example["sent"].iloc[0]), ensure_ascii=False, indent=1),
        } if len(example) else None,
    }  # fmt: skip


def ask_names(app: Shown, *, plan: str) -> Later:
    """Ask the language model what was shown, for at most what was shown as its cost.

    Raises
    ------
    ValueError
        If what would be sent is not what was shown.
    """
    shown = kept_for(app, Plan)
    exploration = app.exploration
    if shown.exploration is not exploration or shown.key != plan:
        raise ValueError("The clusters have changed since. Look again at what would be sent; nothing was.")
    shown.stops = False
    model, working = shown.model, f"asking {shown.model} for names"

    def follow(done: int, of: int) -> bool:
        app.work.post(partial(tell_working, app, f"{working}: {done:,} of {of:,}"))
        return not shown.stops

    def compute() -> pd.DataFrame:
        return exploration.labels.propose(model, clusters=shown.clusters, budget=shown.budget, follow=follow)

    def then(table: pd.DataFrame) -> Answer:
        app.refresh("clusters")
        return {"words": result_of(table, stopped=shown.stops)}, []

    return Later(working, compute, then)


def tell_working(app: Any, words: str) -> None:
    """Say how far the asking is, while it goes on."""
    if app.working:
        app.working = words


def result_of(table: pd.DataFrame, *, stopped: bool) -> str:
    """What came of it, in one or two sentences."""
    names = len(table["name"].dropna())
    cost = _sum(table["cost"].tolist())
    paid = "" if not cost else f" It cost {price_of_one(cost)}."
    where = " Each stands among the proposals of its cluster." if names else ""
    missing = len(table) - names
    without = f", none for {missing:,}" if missing else ""
    return f"{'Stopped: ' if stopped else ''}{count_of(names, 'name')} proposed{without}.{where}{paid}"


def stop_names(app: Shown) -> Answer:
    """Send no further question; the answers that came are kept."""
    kept_for(app, Plan).stops = True
    return NOTHING


def _sum(amounts: Sequence[float | None]) -> float | None:
    """US dollars of all; None where one is not known."""
    known = [float(one) for one in amounts if one is not None and one == one]
    return math.fsum(known) if len(known) == len(amounts) else None


ANSWERS: tuple[Callable[..., Answer | Later], ...] = (plan_names, ask_names, stop_names)
"""Questions that the board of clusters answers."""

QUIET, WRITES = ("plan_names", "ask_names"), ("ask_names",)
