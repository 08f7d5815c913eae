"""Why two things are alike: which words, regions or seconds of an item carry its similarity to another.

The item is embedded again with parts hidden, and a linear surrogate tells what each part contributes; the best parts
are then cut finer (coarse to fine). A masked version does not depend on what the item is compared with, so one bank of
versions explains an item against everything: m versions of one side and n of the other explain both in m + n calls.
An explanation says itself when it is not to be relied on: if the parts do not add up (R²), if hiding the best parts
first does not hurt more than hiding random ones, or if two ways to hide parts disagree.
"""

from __future__ import annotations

import html
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nova_explore.errors import UnreadableError
from nova_explore.media.content import Page, Picture, Text
from nova_explore.media.perturb import FILLS, Maskable
from nova_explore.media.place import Place, among_neighbors, nearness, shares_of
from nova_explore.models.model import EmbeddingModel, PricedModel
from nova_explore.models.queries import embed_items
from nova_explore.similarity.background import Background
from nova_explore.similarity.overlay import Part, overlay, small
from nova_explore.similarity.sides import Example, Side
from nova_explore.similarity.surrogate import Surrogate, area, draw_masks, fit

if TYPE_CHECKING:
    import pandas as pd

MASKS_A_PART = 3
REFINED = 0.25
"""Share of the parts that are cut finer."""

STEPS = 6
"""Steps of the curves in which parts are hidden, or shown, one group after another."""

RANDOM_ORDERS = 2
FEWEST_STEPS = 3
"""Steps, with one random order, where few calls are allowed."""

FITS = 0.5
"""R² from which on parts explain a similarity one by one."""

AGREE = 0.5
"""Correlation of the parts' weights under two fills, from which on they agree."""

CARRIES = 0.01
"""Standard deviation of the cosine over the masks below which nothing carries it."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Which parts of an item carry its similarity to a query, and how far to trust that.

    Attributes
    ----------
    query, title : str
        What was compared: the query, and the item that is explained.
    id : str or None
        The item's, where it is in the collection.
    cosine : float
    parts : tuple of Part
        Together they are the whole item. First the heaviest part of the place that carries most, of boxes and seconds
        with its neighbours; then the others by their weight. Empty where it was only planned.
    r2 : float
        Share of the variance over masks that the parts explain one by one.
    spread : float
        Standard deviation of the cosine over the masks.
    deletion, insertion : (float, float)
        Area under the curve of the cosine while the parts that are heaviest for their size are hidden, or shown, first,
        by the share of the item that they are, and the mean of random orders. Lower is better for deletion, higher for
        insertion.
    fills : (str, str)
        The two ways in which parts were hidden.
    agreement : float
        Correlation of the parts' weights under both.
    calls : int
        Versions that the model was asked for; those asked for before are not counted.
    planned : int
        Versions that all of it takes at most.
    cost : float or None
        US dollars that ``planned`` costs at most; None for a model that costs nothing.
    segments : tuple of (str, float)
        Other items of the same source and their cosine with the query: what of a long medium is like it, without a
        call.
    text : str
        What characters of a text are counted in; empty for other media.
    picture : bytes
        A picture or page, small, as WebP, that boxes are shares of; empty for other media.
    """

    query: str
    title: str
    id: str | None
    cosine: float
    parts: tuple[Part, ...] = ()
    r2: float = 0.0
    spread: float = 0.0
    deletion: tuple[float, float] = (0.0, 0.0)
    insertion: tuple[float, float] = (0.0, 0.0)
    fills: tuple[str, str] = ("", "")
    agreement: float = 0.0
    calls: int = 0
    planned: int = 0
    cost: float | None = None
    segments: tuple[tuple[str, float], ...] = ()
    text: str = ""
    picture: bytes = b""

    @property
    def carried(self) -> bool:
        """Whether any part makes a difference."""
        return self.spread >= CARRIES

    @property
    def doubts(self) -> tuple[str, ...]:
        """Why the explanation is not reliable, one reason each; none where it is."""
        if not self.parts:
            return ("it was planned, not made",)
        found = []
        if self.r2 < FITS:
            found.append(f"the parts do not add up (R² {self.r2:.2f})")
        if self.deletion[0] >= self.deletion[1]:
            found.append("to hide the heaviest parts first hurts no more than to hide random ones")
        if self.agreement < AGREE:
            found.append(f"two ways to hide parts disagree (correlation {self.agreement:.2f})")
        return tuple(found)

    @property
    def reliable(self) -> bool:
        """Whether nothing speaks against it."""
        return self.carried and not self.doubts

    @property
    def sentence(self) -> str:
        """The explanation in words."""
        title, query = (name if name.startswith("“") else f"“{name}”" for name in (self.title, self.query))
        head = f"{title} is like {query} by a cosine of {self.cosine:.2f}"
        if not self.parts:
            cost = "" if self.cost is None else f", about ${self.cost:.4f}"
            return f"{head}. To explain it takes at most {self.planned} calls{cost}."
        if not self.carried:
            return f"{head}. Nothing carries it: whatever is hidden, the cosine stays within {self.spread:.3f}."
        best = "; ".join(f"{part.name} ({part.weight:+.3f})" for part in self.parts[:3])
        doubts = f" Not reliable: {'; '.join(self.doubts)}." if self.doubts else ""
        return f"{head}. It is carried by {best}.{doubts}"

    def to_frame(self) -> pd.DataFrame:
        """One row a part."""
        import pandas as pd

        rows = [
            {"part": p.name, "unit": p.place.unit, "at": p.place.at, "weight": p.weight, "low": p.low, "high": p.high}
            for p in self.parts
        ]
        return pd.DataFrame(rows)

    def _repr_html_(self) -> str:
        items = "".join(f"<li>{html.escape(part.name)}: {part.weight:+.3f}</li>" for part in self.parts[:8])
        laid = overlay(self.parts, text=self.text, picture=self.picture) if self.carried else ""
        return f"<div><p>{html.escape(self.sentence)}</p>{laid}<ol>{items}</ol></div>"


def explain(
    background: Background,
    query: Example,
    id: Example,
    *,
    max_calls: int | None = None,
    budget: float | None = None,
    seed: int = 0,
) -> Explanation:
    """Explain which parts of an item carry its similarity to a query or to another item.

    Parameters
    ----------
    background : Background
        Of the collection; it keeps the vectors of masked versions for the session.
    query : id, path, bytes, Item or words
        What the item is compared with, as it is. To explain the other side, call with the two exchanged.
    id : id, path, bytes or Item
        The item whose parts are weighed.
    max_calls : int, optional
        Versions that may be embedded at most; few give fewer and larger parts, more are cut finer. 0: only say what it
        would take.
    budget : float, optional
        US dollars that the calls may cost at most.
    seed : int, default 0

    Raises
    ------
    ValueError
        If the model costs money and neither ``max_calls`` nor ``budget`` is given, or they allow too little.
    UnreadableError
        If a medium cannot be read or embedded.
    """
    from nova_explore import media

    asked, side = background.side(query), background.example(id)
    model = background.model
    with tempfile.TemporaryDirectory(prefix="nova-explore-") as folder:
        medium = Maskable(side.item, media.load(side.item), Path(folder))
        parts = medium.parts()
        coarse = _masks(len(parts))
        refined = min(len(parts), max(1, round(REFINED * len(parts))))
        curves = STEPS * (2 + 2 * RANDOM_ORDERS)
        planned = 2 * coarse + _masks(len(parts) + 3 * refined) + curves
        one = _price(model, medium)
        plan = Explanation(
            asked.title,
            side.title,
            background.collection.ids[side.position] if side.position >= 0 else None,
            float(asked.vector @ side.vector),
            planned=planned,
            cost=None if one is None else one * planned,
            segments=_segments(background, asked, side),
            text=medium.content.text if isinstance(medium.content, Text) else "",
            picture=small(medium.content.image) if isinstance(medium.content, Picture | Page) else b"",
        )
        if max_calls == 0:
            return plan
        if one is not None and max_calls is None and budget is None:
            raise ValueError(
                f"To explain this takes at most {planned} calls, about ${one * planned:.4f}. "
                "Pass max_calls= or budget= to allow it, or max_calls=0 to see the plan."
            )
        allowed = planned if max_calls is None else max_calls
        if one and budget is not None:
            allowed = min(allowed, int(budget / one))
        if len(parts) < 2:
            raise UnreadableError(f"{side.title} has only one part, so that nothing in it can be told apart.")
        if allowed < _least(parts):
            parts = medium.parts(coarse=True)
        if allowed < _least(parts):
            raise ValueError(f"At most {allowed} calls are allowed and {_least(parts)} are needed. Allow more.")
        return _Weighing(background, medium, asked, allowed, seed).explain(plan, parts, refined)


class _Weighing:
    """One explanation in the making: counts the calls and keeps what was embedded."""

    def __init__(self, background: Background, medium: Maskable, asked: Side, allowed: int, seed: int) -> None:
        self.background, self.medium, self.asked = background, medium, asked
        self.allowed, self.seed = allowed, seed
        self.steps, self.orders = STEPS, RANDOM_ORDERS
        self.calls = 0

    @property
    def curves(self) -> int:
        """Versions that deletion and insertion take at most."""
        return self.steps * (2 + 2 * self.orders)

    def explain(self, plan: Explanation, parts: list[Place], refined: int) -> Explanation:
        first, second = FILLS[self.medium.item.modality]
        if self.allowed < 2 * _masks(len(parts)) + STEPS * (2 + 2 * RANDOM_ORDERS):
            self.steps, self.orders = FEWEST_STEPS, 1
        count = min(_masks(len(parts)), (self.allowed - self.curves) // 2)
        masks = draw_masks(len(parts), count, near=nearness(parts), seed=self.seed)
        values, others = self.cosines(parts, masks, first), self.cosines(parts, masks, second)
        found, other = fit(masks, values, seed=self.seed), fit(masks, others, seed=self.seed)
        agreement = _correlation(found.weights, other.weights)
        # Both ways to hide together tell more of the same parts than either.
        both = fit(
            np.concatenate([masks, masks]),
            np.concatenate([values, others - others.mean() + values.mean()]),
            seed=self.seed,
        )
        found = replace(both, r2=found.r2, spread=found.spread)
        carried = among_neighbors(parts, found.weights)
        place = np.arange(len(parts))
        if found.spread >= CARRIES:
            parts, place, found = self._finer(parts, place, carried, found, refined, first)
        heaviest = np.argsort(-found.weights, kind="stable")
        head = np.lexsort((-found.weights, -carried[place]))[0]
        order = np.concatenate([[head], heaviest[heaviest != head]])
        dense = np.argsort(-found.weights / shares_of(parts), kind="stable")
        deletion, insertion = self._curves(parts, dense, first) if found.spread >= CARRIES else ((0, 0), (0, 0))
        return replace(
            plan,
            parts=tuple(
                Part(
                    self.medium.named(parts[i]),
                    parts[i],
                    *(float(v[i]) for v in (found.weights, found.low, found.high)),
                )
                for i in order
            ),
            r2=found.r2,
            spread=found.spread,
            deletion=deletion,
            insertion=insertion,
            fills=(first, second),
            agreement=agreement,
            calls=self.calls,
        )

    def _finer(
        self,
        parts: list[Place],
        place: NDArray[np.intp],
        carried: NDArray[np.float64],
        found: Surrogate,
        refined: int,
        fill: str,
    ) -> tuple[list[Place], NDArray[np.intp], Surrogate]:
        """Cut the heaviest places finer and weigh all again, where calls are left for it."""
        heaviest = set(np.argsort(-np.abs(carried), kind="stable")[:refined].tolist())
        pieces = [self.medium.finer(part) if i in heaviest else [part] for i, part in enumerate(parts)]
        finer = [piece for cut in pieces for piece in cut]
        left = self.allowed - self.calls - self.curves
        if len(finer) == len(parts) or left < len(finer) + 2:
            return parts, place, found
        masks = draw_masks(len(finer), min(_masks(len(finer)), left), near=nearness(finer), seed=self.seed + 1)
        again = fit(masks, self.cosines(finer, masks, fill), seed=self.seed)
        if again.r2 < min(found.r2, FITS):
            return parts, place, found
        return finer, np.repeat(place, [len(cut) for cut in pieces]), again

    def _curves(
        self, parts: list[Place], order: NDArray[np.intp], fill: str
    ) -> tuple[tuple[float, float], tuple[float, float]]:
        """Areas under the curves of deletion and insertion: of this order, and the mean of random ones."""
        draw = np.random.default_rng(self.seed)
        orders = [order, *(draw.permutation(len(parts)) for _ in range(self.orders))]
        shares = shares_of(parts)
        hidden, shown = [], []
        for one in orders:
            gone = np.concatenate([[0.0], np.cumsum(shares[one])])
            steps = np.linspace(0, 1, self.steps + 1)
            counts = np.unique(np.abs(gone[:, None] - steps).argmin(axis=0))
            keep = np.ones((len(counts), len(parts)), np.bool_)
            for row, count in enumerate(counts):
                keep[row, one[:count]] = False
            hidden.append(area(self.cosines(parts, keep, fill), gone[counts]))
            shown.append(area(self.cosines(parts, ~keep, fill), gone[counts]))
        return (hidden[0], float(np.mean(hidden[1:]))), (shown[0], float(np.mean(shown[1:])))

    def cosines(self, parts: Sequence[Place], masks: NDArray[np.bool_], fill: str) -> NDArray[np.float64]:
        """Cosines of the query with the versions of which only these parts are kept."""
        versions = [[part for part, kept in zip(parts, mask, strict=True) if not kept] for mask in masks]
        key = self.medium.item.content_key
        names = [(key, fill if hidden else "", *(str(place.at) for place in hidden)) for hidden in versions]
        new = {name: hidden for name, hidden in zip(names, versions, strict=True) if name not in self.background.masked}
        items = [self.medium.hide(hidden, fill) for hidden in new.values()]
        self.background.masked |= zip(new, embed_items(self.background.model, items, role="index"), strict=True)
        self.calls += len(items)
        return np.array([float(self.background.masked[name] @ self.asked.vector) for name in names])


def _masks(m: int) -> int:
    return MASKS_A_PART * m + 1


def _least(parts: Sequence[Place]) -> int:
    """Calls without which parts cannot be weighed: all, all but each, and one more under two fills; the curves."""
    return 2 * (len(parts) + 2) + 4 * FEWEST_STEPS


def _correlation(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    return float(np.corrcoef(a, b)[0, 1]) if min(a.std(), b.std()) > 1e-12 else 0.0


def _price(model: EmbeddingModel, medium: Maskable) -> float | None:
    """US dollars that one version costs at most; None for a model that costs nothing."""
    if not isinstance(model, PricedModel):
        return None
    estimate: Any = model.estimate([medium.hide([], FILLS[medium.item.modality][0])])
    return float(estimate.most)


def _segments(background: Background, asked: Side, side: Side) -> tuple[tuple[str, float], ...]:
    parent = side.item.parent
    if parent is None:
        return ()
    rows = [row for row, item in enumerate(background.collection) if item.parent == parent]
    cosines = background.vectors[rows] @ asked.vector
    return tuple((background.collection.ids[rows[i]], float(cosines[i])) for i in np.argsort(-cosines, kind="stable"))
