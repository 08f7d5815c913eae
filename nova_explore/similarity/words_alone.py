"""A search by words alone, where no model can embed the query: imported vectors, or a library of another version."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from nova_explore.collection import Collection
from nova_explore.parameters import whole_number
from nova_explore.similarity.ranking import COVERS, Ranking, Scored, rank
from nova_explore.similarity.words_index import WordsIndex


def find_words(
    collection: Collection,
    words: WordsIndex,
    query: str,
    *,
    k: int,
    modalities: Iterable[str] | None = None,
    note: str | None = None,
) -> Ranking:
    """Find the items that carry the words of a query, the most relevant first.

    Parameters
    ----------
    collection : Collection of n items
    words : WordsIndex
        Of the same items.
    query : str
    k : int
        Results at most.
    modalities : iterable of str, optional
        Any set of modalities; all by default.
    note : str, optional
        What a person should know about the ranking.

    Returns
    -------
    Ranking
        Its scores are BM25, and not cosines; a result matches if it carries half of the query's words, each by how
        rare it is.
    """
    k = whole_number("k", k)
    found = words.search(query)
    allowed = np.ones(len(found.positions), bool)
    if modalities is not None:
        allowed = np.isin(collection.modalities[found.positions], list(modalities))
    scores = found.scores[allowed]
    scored = Scored(
        found.positions[allowed], scores, np.full(len(scores), "words", "U7"), scores,
        merits=found.relevance()[allowed], matches=found.coverage[allowed] >= COVERS,
    )  # fmt: skip
    return rank(query, collection, [scored] if len(scores) else [], k=k, note=note)
