"""What a vector means, and what stands in the place of a vector that could not be made.

Everything that changes what a vector means is part of its *space*. Vectors of two spaces are never compared, averaged
or cached under one key.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float32]


Role = Literal["index", "query"]


FailureKind = Literal["item", "refused", "service", "budget", "blocked"]


@dataclass(frozen=True, slots=True)
class Space:
    """What a vector means.

    Attributes
    ----------
    model : str
        Model id as its provider writes it.
    revision : str
        Version of the weights.
    purpose : str
        What the vectors are made for (``index``, ``clustering`` …), where the model distinguishes it.
    dimension : int
        Length of every vector.
    preprocessing : str
        Version of our own preparation of the media, raised whenever it changes an input's bytes.
    """

    model: str
    revision: str
    purpose: str
    dimension: int
    preprocessing: str

    @property
    def key(self) -> str:
        """Twelve hex digits that name this space in a library."""
        parts = (self.model, self.revision, self.purpose, str(self.dimension), self.preprocessing)
        return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:12]

    def __str__(self) -> str:
        return (
            f"{self.model} (revision {self.revision}, purpose {self.purpose}, {self.dimension} dimensions, "
            f"preprocessing {self.preprocessing})"
        )


@dataclass(frozen=True, slots=True)
class ItemError:
    """Why one item got no vector.

    Attributes
    ----------
    reason : str
        A sentence a person can act on.
    kind : {"item", "refused", "service", "budget", "blocked"}
        Whose fault it is: the item's own (it cannot be read), the service's, or money's, all of which the next run
        tries again; or refused by the provider for what it is, and sent again only on wish; or blocked for its
        content, and then never sent again.
    """

    reason: str
    kind: FailureKind = "item"
