"""What the command line can say about Amazon Nova, turned into a model."""

from __future__ import annotations

from nova_explore.errors import UnknownNameError
from nova_explore.models.model import EmbeddingModel
from nova_explore.models.registry import open_model

PATHS = ("auto", "sync", "async", "batch")


def is_nova(model: str) -> bool:
    """Whether a model's name stands for Amazon Nova, or a variant of it."""
    return model.partition(":")[0] == "nova"


def open_named(model: str, *, dimension: int | None = None, purpose: str | None = None) -> EmbeddingModel:
    """Open a model by its name and options; region, profile and endpoint come from the AWS environment.

    Parameters
    ----------
    model : str
        A registered name; variants of Nova such as ``nova:256-of-3072`` are taken as they are.
    dimension : {256, 384, 1024, 3072}, optional
    purpose : str, optional
        ``index``, ``clustering``, or another purpose of Nova.

    Raises
    ------
    UnknownNameError
        If there is no such model, dimension or purpose, or the model has no such options.
    """
    if dimension is None and purpose is None:
        return open_model(model)
    if not is_nova(model):
        options = [name for name, value in (("--dimension", dimension), ("--purpose", purpose)) if value is not None]
        raise UnknownNameError(f"option of the model {model!r}", ", ".join(options), ())
    from nova_explore.models.nova.model import NovaModel

    given = {"dimension": dimension, "purpose": purpose}
    options = {name: value for name, value in given.items() if value is not None}
    return NovaModel.of_variant(model.partition(":")[2], **options)
