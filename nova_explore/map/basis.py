"""What every drawing and every clustering of the same vectors has in common, each part computed once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from nova_explore.map.layout import principal_components, weigh
from nova_explore.map.modality_gap import ModalityGap, close_gap
from nova_explore.map.neighbors import Neighbors

if TYPE_CHECKING:
    from scipy.sparse import csr_array

COMPONENTS = 5
"""Dimensions in which clusters are looked for: density estimates need few, and two lose neighbours that five keep.

The first two of them are where a drawing starts."""


class MapBasis:
    """Neighbours, the vectors they are of, their weighted graph, and the principal components.

    Parameters
    ----------
    vectors : float32 array of shape (n, d)
        Unit rows, as the model made them.
    modalities : sequence of str, length n
    neighbors : Neighbors
    gap : ModalityGap
    made_of : int, optional
        Rows from which the modalities' means are taken: the first ones. All where it is not given.
    compared : float32 array of shape (n, d), optional
        The vectors that the neighbours are of, where they are at hand.
    """

    def __init__(
        self,
        vectors: NDArray[np.float32],
        modalities: Sequence[str],
        neighbors: Neighbors,
        gap: ModalityGap,
        *,
        made_of: int | None = None,
        compared: NDArray[np.float32] | None = None,
    ) -> None:
        self.vectors = vectors
        self.modalities = modalities
        self.neighbors = neighbors
        self.gap = gap
        self._made_of = made_of
        if compared is not None:
            self.__dict__["compared"] = compared

    @cached_property
    def compared(self) -> NDArray[np.float32]:
        """The vectors that the neighbours are of: float32 array of shape (n, d), unit rows."""
        if not self.gap.corrected:
            return self.vectors
        return close_gap(self.vectors, self.modalities, made_of=self._made_of)

    @cached_property
    def graph(self) -> csr_array:
        """The weights between neighbours that layout and clusters are made of, of shape (n, n)."""
        return weigh(self.neighbors)

    @cached_property
    def components(self) -> NDArray[np.float32]:
        """Principal components of the compared vectors: float32 array of shape (n, `COMPONENTS`)."""
        return principal_components(self.compared, COMPONENTS)
