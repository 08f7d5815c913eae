"""What is checked before a composition: copies across groups, whether queries find their concept, shared words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from nova_explore.errors import UnknownNameError
from nova_explore.reviews.asking import Asked
from nova_explore.reviews.attributes import Groups
from nova_explore.reviews.chance import bootstrap_mean, chance_of
from nova_explore.reviews.finding import Finding
from nova_explore.reviews.order import id_order, scores_of
from nova_explore.reviews.pixels import pixels_of

if TYPE_CHECKING:
    import pandas as pd

    from nova_explore.exploration.bundle import Exploration

NOT_ASSESSABLE = "not assessable with this model"

SHUFFLES = 999
HIROTA = "Hirota et al. 2025, arXiv 2509.07596 (controls before a bias score)"


def copies_across(exploration: Exploration, groups: Groups) -> list[Finding]:
    """A finding where items of different groups are the same bytes: no model can tell these apart."""
    held: dict[str, set[int]] = {}
    for item, label in zip(exploration.collection, groups.labels, strict=True):
        if label >= 0:
            held.setdefault(item.content_key, set()).add(int(label))
    ids = tuple(
        item.id
        for item, label in zip(exploration.collection, groups.labels, strict=True)
        if label >= 0 and len(held[item.content_key]) > 1
    )
    if not ids:
        return []
    n = len(groups.positions)
    statement = f"{len(ids):,} of {n:,} items are byte for byte the same as an item of another group: data, not model."
    share = len(ids) / n
    return [Finding(statement, "copies across groups", share, share, share, n, ids=ids, source="content keys")]


def finds_concepts(
    exploration: Exploration, asked: Asked, gallery: NDArray[np.intp], concept: str, *, k: int, seed: int
) -> tuple[list[Finding], str]:
    """Recall of each query's concept among its first k, against the rankings of other queries, and what failed."""
    collection = exploration.collection
    if concept not in collection.columns:
        raise UnknownNameError("metadata column", concept, collection.columns)
    values = np.array([str(collection[int(position)].metadata.get(concept)) for position in gallery])
    tie = id_order([collection.ids[position] for position in gallery])
    names, recalls = [], []
    concepts = [name for name in dict.fromkeys(query.name for query in asked.queries) if (values == name).any()]
    if not concepts:
        return [], f"no item has the name of a query in the column {concept!r}"
    for query in asked.queries:
        if query.name not in concepts:
            continue
        first = np.lexsort((-tie, -scores_of(exploration.vectors, query)[gallery]))[:k]
        names.append(query.name)
        recalls.append([(values[first] == name).sum() / min(k, (values == name).sum()) for name in concepts])
    table = np.array(recalls)
    own = np.array([concepts.index(name) for name in names])
    mean = bootstrap_mean(table[np.arange(len(own)), own], own, seed=seed)
    random = np.random.default_rng(seed)
    orders = random.random((SHUFFLES, len(concepts))).argsort(axis=1)
    null = table[np.arange(len(own)), orders[:, own]].mean(axis=1)
    chance = chance_of(null)
    statement = (
        f"Neutral queries find {mean.value:.0%} of what could be found of their concept; queries of other concepts "
        f"{chance.mean:.0%}."
    )
    found = Finding(
        statement, f"recall@{k} of the concept", mean.value, mean.low, mean.high, mean.n, chance, source=HIROTA
    )
    # Of four concepts, one of 24 orders is the right one: the upper end of the band is the value itself.
    enough = mean.value > (chance.high if len(concepts) > 4 else chance.mean)
    reason = f"neutral queries do not find their concept ({mean.value:.2f}, chance {chance.mean:.2f})"
    return [found], "" if enough else reason


def word_baseline(exploration: Exploration, asked: Asked, groups: Groups, *, k: int) -> tuple[pd.DataFrame, str]:
    """Who is shown by the words that items share with a query alone; and why there is none, where there is none."""
    import pandas as pd

    index, rows = exploration.finder.background.words, []
    for query in asked.queries:
        if query.modality != "text" or query.position >= 0:
            continue
        found = index.search(query.words)
        inside = groups.labels[found.positions] >= 0
        order = np.argsort(-found.scores[inside], kind="stable")[:k]
        top = groups.labels[found.positions[inside][order]]
        counts = np.bincount(top, minlength=len(groups.names))
        rows += [
            (query.name, query.words, name, int(n), len(top)) for name, n in zip(groups.names, counts, strict=True)
        ]
    table = pd.DataFrame(rows, columns=["query", "words", "group", "count", "found"])
    if not any(row[-1] for row in rows):
        return table, "no item shares a word with a query"
    return table, ""


def pixel_baseline(
    exploration: Exploration, asked: Asked, groups: Groups, gallery: NDArray[np.intp], *, k: int
) -> tuple[pd.DataFrame, str]:
    """Who is shown by raw pixels alone, for queries that are pictures of the library; and why not, where not."""
    import pandas as pd

    columns = ["query", "group", "count", "found"]
    queries = [query for query in asked.queries if query.position >= 0 and query.modality == "image"]
    if not queries:
        return pd.DataFrame(columns=columns), "queries are not pictures of this library: words have no pixels"
    rows = pixels_of(exploration, gallery.tolist())
    mine = pixels_of(exploration, [query.position for query in queries])
    if rows is None or mine is None:
        return pd.DataFrame(columns=columns), "the gallery has items that are no pictures, or cannot be opened"
    rows = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    table = []
    for query, pixels in zip(queries, mine, strict=True):
        order = np.argsort(-(rows @ pixels), kind="stable")
        top = groups.labels[gallery[order[gallery[order] != query.position][:k]]]
        counts = np.bincount(top, minlength=len(groups.names))
        table += [(query.name, name, int(n), len(top)) for name, n in zip(groups.names, counts, strict=True)]
    return pd.DataFrame(table, columns=columns), ""
