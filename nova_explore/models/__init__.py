"""Models that turn items into vectors of one space: the protocol, the registry, and the models themselves.

Items come in; unit vectors go out, or for each item the reason why there is none.
"""

from nova_explore.models.model import Capabilities, EmbeddingModel
from nova_explore.models.registry import open_model, register
from nova_explore.space import ItemError, Space

__all__ = ["Capabilities", "EmbeddingModel", "ItemError", "Space", "open_model", "register"]
