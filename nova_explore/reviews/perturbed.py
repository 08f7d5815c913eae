"""The same measure on perturbed galleries: what blur or missing colour alone moves is no property of the people shown.

A weak blur of the background moves published bias scores by up to 43 % (Hirota et al. 2025, arXiv 2509.07596). So a
composition comes with the range of what it is on perturbed pictures.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from nova_explore.collection import Item, Modality
from nova_explore.errors import LibraryError, NovaExploreError, OverBudgetError, UnknownNameError
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
    library, space, collection = exploration.library, exploration.space, exploration.collection
    wanted = {
        name: {
            position: hashlib.sha256(f"picture {name} 1:{collection[position].content_key}".encode()).hexdigest()
            for position in pictures
        }
        for name in names
    }
    stored = library.queries.read(space, [key for keys in wanted.values() for key in keys.values()])
    asked = [collection[position] for keys in wanted.values() for position, key in keys.items() if key not in stored]
    cost = _cost(exploration, asked, budget=budget)
    found, calls, not_run = {}, 0, []
    for name, keys in wanted.items():
        rows = {position: stored[key] for position, key in keys.items() if key in stored}
        missing = [position for position in pictures if position not in rows]
        fresh, failed = _embedded(exploration, missing, name, keys)
        vectors = exploration.vectors.copy()
        for position, row in (rows | fresh).items():
            vectors[position] = row
        found[name], calls = vectors, calls + len(missing) - failed
        if failed:
            not_run.append((f"{failed:,} pictures ({name})", "cannot be perturbed: they stay as they are"))
    return found, calls, cost, not_run


def _cost(exploration: Exploration, items: Sequence[Item], *, budget: float | None) -> float:
    """What pictures are estimated to cost; a perturbed picture costs what the picture costs."""
    if not items or not isinstance(exploration.model, PricedModel):
        return 0.0
    estimate = exploration.model.estimate(items)
    if budget is not None and estimate.most > budget:
        raise OverBudgetError(
            f"{len(items):,} perturbed pictures may cost {dollars(estimate.most)}, {dollars(budget)} of the budget are "
            "left. No picture was sent. Raise the budget, or leave perturbed= out."
        )
    return float(estimate.cost)


def _embedded(
    exploration: Exploration, missing: Sequence[int], name: str, keys: Mapping[int, str]
) -> tuple[dict[int, NDArray[np.float32]], int]:
    """Vectors of perturbed pictures, kept as they come, and how many could not be made."""
    library, model, failed = exploration.library, exploration.model, 0
    found: dict[int, NDArray[np.float32]] = {}
    size = model.capabilities.batch_size
    with tempfile.TemporaryDirectory(prefix="nova-perturbed-") as folder:
        for start in range(0, len(missing), size):
            made: dict[int, Item] = {}
            for position in missing[start : start + size]:
                try:
                    made[position] = _perturb(exploration.collection[position], PERTURBATIONS[name], Path(folder))
                except (NovaExploreError, OSError, ValueError):
                    failed += 1
            new: dict[int, NDArray[np.float32]] = {}
            for position, answer in zip(made, model.embed_batch(list(made.values())), strict=True):
                if isinstance(answer, ItemError):
                    failed += 1
                else:
                    new[position] = answer
            found |= new
            with suppress(LibraryError):  # a library that can be read only keeps none
                library.queries.save(exploration.space, {keys[position]: row for position, row in new.items()})
    return found, failed


def _perturb(item: Item, change: Callable[[Image], Image], folder: Path) -> Item:
    from nova_explore.media import drawing, image

    data = drawing.to_png(change(image.load(item, longest=LONGEST).image.convert("RGB")))
    digest = hashlib.sha256(data).hexdigest()
    path = folder / f"{digest[:24]}.png"
    path.write_bytes(data)
    return replace(item, uri=str(path), name=path.name, format="png", digest=digest, span=None)
