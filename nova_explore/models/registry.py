"""Models by name, opened at first use."""

from __future__ import annotations

from collections.abc import Callable

from nova_explore.errors import UnknownNameError
from nova_explore.models.model import EmbeddingModel

_FACTORIES: dict[str, Callable[..., EmbeddingModel]] = {}


def register(name: str, factory: Callable[..., EmbeddingModel]) -> None:
    """Make a model available as ``model="name"``; the factory is called at first use.

    A model that comes in variants is opened as ``"name:variant"``; its factory then gets the variant, a string.
    """
    _FACTORIES[name] = factory


def open_model(model: str | EmbeddingModel) -> EmbeddingModel:
    """Return the model of this name, or the model itself if one is given.

    Raises
    ------
    UnknownNameError
        If no model of this name is registered.
    """
    if not isinstance(model, str):
        return model
    name, _, variant = model.partition(":")
    if name not in _FACTORIES:
        raise UnknownNameError("model", model, _FACTORIES)
    return _FACTORIES[name](variant) if variant else _FACTORIES[name]()


def _local() -> EmbeddingModel:
    from nova_explore.models.local.model import LocalModel

    return LocalModel()


def _nova(variant: str = "") -> EmbeddingModel:
    from nova_explore.models.nova.model import NovaModel

    return NovaModel.of_variant(variant)


register("local", _local)


register("nova", _nova)
