"""Models by name, opened at first use: those of this package, those that code registers, those that packages bring.

A package brings a model by an entry point of the group ``nova_explore.models``; see `open_model`.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import entry_points

from nova_explore.errors import UnknownNameError
from nova_explore.models.model import EmbeddingModel

GROUP = "nova_explore.models"
"""Entry points that packages bring their models by."""

_FACTORIES: dict[str, Callable[..., EmbeddingModel]] = {}


def register(name: str, factory: Callable[..., EmbeddingModel]) -> None:
    """Make a model available as ``model="name"``; the factory is called at first use.

    A model that comes in variants is opened as ``"name:variant"``; its factory then gets the variant, a string.
    """
    _FACTORIES[name] = factory


def open_model(model: str | EmbeddingModel) -> EmbeddingModel:
    """Return the model of this name, or the model itself if one is given.

    A name that nobody registered is looked for among the installed packages. One that has in its ``pyproject.toml``

        [project.entry-points."nova_explore.models"]
        owl = "owl_model:OwlModel"

    makes ``model="owl"`` call ``OwlModel()``, and ``model="owl:large"`` call ``OwlModel("large")``. Its module is
    imported when the model is opened, not before. Names of this package and registered names win.

    Raises
    ------
    UnknownNameError
        If no model of this name is registered or installed.
    ImportError, AttributeError
        If a package names a model that it does not hold.
    """
    if not isinstance(model, str):
        return model
    name, _, variant = model.partition(":")
    factory = _FACTORIES.get(name) or _installed_factory(name)
    if factory is None:
        raise UnknownNameError("model", model, {*_FACTORIES, *entry_points(group=GROUP).names})
    return factory(variant) if variant else factory()


def _installed_factory(name: str) -> Callable[..., EmbeddingModel] | None:
    # Two packages may use one name. Python lists both, and the first is taken.
    return next((entry.load() for entry in entry_points(group=GROUP, name=name)), None)


def _local() -> EmbeddingModel:
    from nova_explore.models.local.model import LocalModel

    return LocalModel()


def _nova(variant: str = "") -> EmbeddingModel:
    from nova_explore.models.nova.model import NovaModel

    return NovaModel.of_variant(variant)


register("local", _local)
register("nova", _nova)
