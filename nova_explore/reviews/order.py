"""Items in the order of their cosine with a query; equal ones by id, as trec_eval orders them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from nova_explore.reviews.asking import Query

if TYPE_CHECKING:
    from nova_explore.exploration.bundle import Exploration


def id_order(ids: Sequence[str]) -> NDArray[np.intp]:
    """Place of every id among all ids in alphabetical order: what decides between equal scores."""
    order = np.empty(len(ids), np.intp)
    order[sorted(range(len(ids)), key=lambda position: ids[position].encode())] = np.arange(len(ids))
    return order


def scores_of(exploration: Exploration, query: Query) -> NDArray[np.float32]:
    """Cosine of every item with a query; the item that the query is stands last."""
    scores = exploration.vectors @ query.vector
    if query.position >= 0:
        scores[query.position] = -np.inf
    return scores
