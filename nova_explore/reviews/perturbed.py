"""The same measure on perturbed galleries: what blur or missing colour alone moves is no property of the people shown.

A weak blur of the background moves published bias scores by up to 43 % (Hirota et al. 2025, arXiv 2509.07596). So a
composition comes with the range of what it is on perturbed pictures.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from nova_explore.collection import Item, Modality
from nova_explore.errors import NovaExploreError, OverBudgetError, UnknownNameError, UnwritableError
from nova_explore.models.cost import dollars
from nova_explore.models.model import PricedModel
from nova_explore.space import ItemError

if TYPE_CHECKING:
    from PIL.Image import Image

    from nova_explore.exploration.bundle import Exploration

HIROTA = "Hirota et al. 2025, arXiv 2509.07596"
MIDDLE = 0.6
"""Share of each side that is taken for the subject: nothing here finds people in pictures."""

LONGEST = 512


def blur_background(image: Image) -> Image:
    """Blur all but the middle of a picture, with a soft border."""
    from PIL import Image as Images
    from PIL import ImageFilter

    width, height = image.size
    radius = max(image.size) / 40
    mask = Images.new("L", image.size, 0)
    left, top = round(width * (1 - MIDDLE) / 2), round(height * (1 - MIDDLE) / 2)
    mask.paste(255, (left, top, width - left, height - top))
    return Images.composite(
        image, image.filter(ImageFilter.GaussianBlur(radius)), mask.filter(ImageFilter.GaussianBlur(radius))
    )


def grey(image: Image) -> Image:
    """Take the colour out of a picture."""
    return image.convert("L").convert("RGB")


PERTURBATIONS: Mapping[str, Callable[[Image], Image]] = {"blur": blur_background, "grey": grey}
"""By name, as a pack and `retrieval_fairness` know them."""


def perturbed_vectors(
    exploration: Exploration, gallery: NDArray[np.intp], names: Sequence[str], *, budget: float | None = None
) -> tuple[dict[str, NDArray[np.float32]], int, float, list[tuple[str, str]]]:
    """Vectors of all items, those of the gallery's pictures made from perturbed pictures.

    Parameters
    ----------
    exploration : Exploration of n items
    gallery : int array
        Positions.
    names : sequence of str
        Of `PERTURBATIONS`.
    budget : float, optional
        US dollars that the calls must not pass.

    Returns
    -------
    vectors : dict of name to float32 array of shape (n, d)
    calls : int
        Pictures that were embedded now; the library keeps them.
    cost : float
    not_run : list of (check, reason)
    """
    for name in names:
        if name not in PERTURBATIONS:
            raise UnknownNameError("perturbation", name, PERTURBATIONS)
    pictures = [int(p) for p in gallery if exploration.collection[int(p)].modality is Modality.IMAGE]
    if not pictures:
        return {}, 0, 0.0, [("perturbed galleries", "the gallery has no pictures")] if names else []
    found, calls, cost, not_run = {}, 0, 0.0, []
    for name in names:
        rows, asked, paid, failed = _embedded(exploration, pictures, name, budget=budget)
        vectors = exploration.vectors.copy()
        for position, row in rows.items():
            vectors[position] = row
        found[name], calls, cost = vectors, calls + asked, cost + paid
        if failed:
            not_run.append((f"{failed:,} pictures ({name})", "cannot be perturbed: they stay as they are"))
    return found, calls, cost, not_run


def _embedded(
    exploration: Exploration, positions: Sequence[int], name: str, *, budget: float | None
) -> tuple[dict[int, NDArray[np.float32]], int, float, int]:
    library, space = exploration.library, exploration.space
    items = {position: exploration.collection[position] for position in positions}
    keys = {
        position: hashlib.sha256(f"picture {name} 1:{item.content_key}".encode()).hexdigest()
        for position, item in items.items()
    }
    stored = library.queries.read(space, keys.values())
    rows = {position: stored[key] for position, key in keys.items() if key in stored}
    missing = [position for position in positions if position not in rows]
    if not missing:
        return rows, 0, 0.0, 0
    failed, cost, model = 0, 0.0, exploration.model
    with tempfile.TemporaryDirectory(prefix="nova-perturbed-") as folder:
        made: dict[int, Item] = {}
        for position in missing:
            try:
                made[position] = _perturb(items[position], PERTURBATIONS[name], Path(folder))
            except (NovaExploreError, OSError, ValueError):
                failed += 1
        if isinstance(model, PricedModel) and made:
            estimate = model.estimate(list(made.values()))
            cost = float(estimate.cost)
            if budget is not None and estimate.most > budget:
                raise OverBudgetError(
                    f"{len(made):,} perturbed pictures may cost {dollars(estimate.most)}, the budget is "
                    f"{dollars(budget)}. Nothing was sent. Raise the budget, or leave perturbed= out."
                )
        new: dict[int, NDArray[np.float32]] = {}
        order, size = list(made), model.capabilities.batch_size
        for start in range(0, len(order), size):
            batch = order[start : start + size]
            for position, answer in zip(batch, model.embed_batch([made[p] for p in batch]), strict=True):
                if isinstance(answer, ItemError):
                    failed += 1
                else:
                    new[position] = answer
    try:
        with library.writing():
            library.queries.save(space, {keys[position]: row for position, row in new.items()})
    except UnwritableError:  # a library that can be read only: the answers are used, and asked for again next time
        pass
    return rows | new, len(made), cost, failed


def _perturb(item: Item, change: Callable[[Image], Image], folder: Path) -> Item:
    from nova_explore.media import drawing, image

    data = drawing.to_png(change(image.load(item, longest=LONGEST).image.convert("RGB")))
    digest = hashlib.sha256(data).hexdigest()
    path = folder / f"{digest[:24]}.png"
    path.write_bytes(data)
    return replace(item, uri=str(path), name=path.name, format="png", digest=digest, span=None)
