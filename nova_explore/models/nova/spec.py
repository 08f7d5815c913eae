"""What vectors are asked of the service."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from nova_explore.models.nova.request import COMBINED, MODEL_ID, SEPARATE
from nova_explore.space import Space


@dataclass(frozen=True, slots=True)
class VectorSpec:
    """What the vectors of calls or jobs are to be.

    Attributes
    ----------
    space : Space
        Their space.
    purpose : str
        The service's name of the purpose, ``GENERIC_INDEX`` for a library.
    longer : int or None
        Dimension that is asked for where the space keeps a prefix of it; None where the space's own is.
    video : {"combined", "picture", "sound"}
        Which vector of a video is wanted.
    region, model_id : str
        What is called.
    """

    space: Space
    purpose: str = "GENERIC_INDEX"
    longer: int | None = None
    video: Literal["combined", "picture", "sound"] = "combined"
    region: str = ""
    model_id: str = MODEL_ID

    @property
    def dimension(self) -> int:
        """Dimension that the service is asked for."""
        return self.longer or self.space.dimension

    @property
    def video_mode(self) -> str:
        """The service's name of what a video's answer holds."""
        return COMBINED if self.video == "combined" else SEPARATE
