"""Models that turn items into vectors of one space: the protocol, the registry, and the models themselves."""

from nova_explore.models.model import Capabilities, EmbeddingModel, ItemError, Space, open_model, register

__all__ = ["Capabilities", "EmbeddingModel", "ItemError", "Space", "open_model", "register"]
