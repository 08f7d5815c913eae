"""Searching among the items of a library: by text, by an item, by a medium, with the model opened when it is needed."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nova_explore.collection import Collection
from nova_explore.library.store import Library
from nova_explore.library.vector_index import IndexReport
from nova_explore.models.model import EmbeddingModel
from nova_explore.models.queries import open_model_of
from nova_explore.similarity.finder import TUNING_QUERIES, Finder, embed_example, embed_phrases
from nova_explore.similarity.ranking import Ranking
from nova_explore.space import Space


class Searchable:
    """Items with vectors that can be searched in words and by example.

    Attributes
    ----------
    library : Library
        Where indexes are, if it has any.
    collection : Collection of n items
    space : Space
        What the vectors mean.
    vectors : float32 array of shape (n, d)
        Unit rows.
    """

    library: Library
    collection: Collection
    space: Space
    vectors: NDArray[np.float32]
    _model_name: str
    _model: EmbeddingModel | None

    @property
    def model(self) -> EmbeddingModel:
        """The model that made the vectors, opened at first use, for queries.

        Raises
        ------
        SpaceMismatchError
            If the installed model makes vectors of another space than the library holds.
        """
        return self._open("a query")

    def _open(self, what: str) -> EmbeddingModel:
        if self._model is None:
            self._model = open_model_of(self.space, self._model_name, what=what)
        return self._model

    def search(self, query: str, *, k: int = 24, modality: str | None = None) -> Ranking:
        """Find the items that fit a text.

        Parameters
        ----------
        query : str
            In words.
        k : int, default 24
            Results at most.
        modality : str, optional
            Only items of this kind.

        Returns
        -------
        Ranking
            Items of kinds that the model cannot find by their content, and those in which someone speaks, are
            compared by the words that come with them, and the ranking's ``note`` says so.

        Raises
        ------
        ValueError
            If the query is blank.
        UnknownNameError
            If there is no such modality.
        """
        return self._finder.by_text(query, k=k, modality=modality)

    def search_like(self, example: str | Path, *, k: int = 24, modality: str | None = None) -> Ranking:
        """Find the items most like an item of this collection (by id) or like a medium on disk (by path).

        Raises
        ------
        UnreadableError
            If the medium cannot be read or embedded.
        """
        if isinstance(example, str) and example in self.collection.ids:
            place = self.collection.position(example)
            item, vector = self.collection[place], self.vectors[place]
        else:
            place, (item, vector) = -1, embed_example(self.model, example)
        kind = str(item.modality)
        return self._finder.like(item.title, kind, vector, k=k, itself=place, modality=modality)

    def build_index(self, *, progress: bool = True) -> list[IndexReport]:
        """Make the indexes that searches use from now on, tuned with 256 phrases; see `Library.build_index`."""
        queries = embed_phrases(self.model, TUNING_QUERIES)
        reports = self.library.build_index(self.space, queries=queries, progress=progress)
        self.__dict__.pop("_finder", None)
        return reports

    @cached_property
    def _finder(self) -> Finder:
        indexes = self.library.indexes(self.space, self.collection)
        return Finder(self.collection, self.vectors, model=lambda: self.model, indexes=indexes)
