"""The order of results: items by the cosine of their vector with a query's, equal ones as trec_eval orders them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nova_explore.reviews.asking import Query


def id_order(ids: Sequence[str]) -> NDArray[np.intp]:
    """Place of every id among all ids in alphabetical order: what decides between equal scores."""
    order = np.empty(len(ids), np.intp)
    order[sorted(range(len(ids)), key=lambda position: ids[position].encode())] = np.arange(len(ids))
    return order


def scores_of(vectors: NDArray[np.float32], query: Query) -> NDArray[np.float32]:
    """Cosine of every item with a query; the item that the query is stands last."""
    scores = vectors @ query.vector
    if query.position >= 0:
        scores[query.position] = -np.inf
    return scores
