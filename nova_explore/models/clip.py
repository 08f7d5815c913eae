"""Models with an ``encode`` method: sentence-transformers, CLIP and whatever looks like them.

The extra ``clip`` brings sentence-transformers (https://sbert.net), and with it PyTorch; nothing here imports either.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from nova_explore import media
from nova_explore.collection import Item, Modality
from nova_explore.errors import UnreadableError, import_extra
from nova_explore.media.content import Clip, Page, Picture, Text
from nova_explore.models.model import Capabilities
from nova_explore.space import ItemError, Role, Space, Vector

PREPROCESSING = "encode-1"


class EncoderModel:
    """Presents an object with ``encode`` as a model.

    Parameters
    ----------
    encoder : object
        ``encode(list)`` takes texts (str) or pictures (PIL images), one kind at a time, and returns one row each.
    name : str
        What the model is called.
    revision : str
        Its version: what changes the vectors must change this.
    modalities : set of Modality
        Kinds that it takes. Pages and videos go as pictures; a video's vector is the mean of its frames'.
    dimension : int, optional
        Length of its vectors; found by encoding a word where it is not given.
    query_prompt, index_prompt : str
        Written before every text that is searched with, or stored, where the model was trained that way.
    batch_size : int
        Items handed over at a time.

    Raises
    ------
    TypeError
        If the object has no ``encode``.
    """

    def __init__(
        self,
        encoder: Any,
        *,
        name: str,
        revision: str = "1",
        modalities: frozenset[Modality] | set[Modality] = frozenset({Modality.TEXT}),
        dimension: int | None = None,
        query_prompt: str = "",
        index_prompt: str = "",
        batch_size: int = 32,
    ) -> None:
        if not callable(getattr(encoder, "encode", None)):
            raise TypeError(
                f"{type(encoder).__name__} has no method encode. Pass a SentenceTransformer, or an object whose "
                "encode(list) returns one vector each."
            )
        self.name = name
        self._encoder = encoder
        self._prompts = {"query": query_prompt, "index": index_prompt}
        if dimension is None:
            dimension = int(np.asarray(encoder.encode(["a"])).shape[-1])
        prompts = hashlib.sha256(repr((query_prompt, index_prompt)).encode()).hexdigest()[:6]
        marked = f"{PREPROCESSING} prompts-{prompts}" if query_prompt or index_prompt else PREPROCESSING
        self.space = Space(name, revision, "index", dimension, marked)
        self.capabilities = Capabilities(frozenset(modalities), batch_size, frozenset(modalities))

    def embed_batch(self, items: Sequence[Item], *, role: Role = "index") -> list[Vector | ItemError]:
        prepared = [self._inputs(item, role) for item in items]
        answers: list[Vector | ItemError | None] = [p if isinstance(p, ItemError) else None for p in prepared]
        for kind in (str, object):
            flat = [
                (place, each)
                for place, found in enumerate(prepared)
                if not isinstance(found, ItemError) and isinstance(found[0], str) == (kind is str)
                for each in found
            ]
            if flat:
                rows = np.asarray(self._encoder.encode([each for _, each in flat]), np.float64)
                for place in dict.fromkeys(place for place, _ in flat):
                    own = rows[[i for i, (whose, _) in enumerate(flat) if whose == place]]
                    answers[place] = _mean(own, self.space.dimension)
        return [answer if answer is not None else ItemError("The encoder gave no answer.") for answer in answers]

    def _inputs(self, item: Item, role: Role) -> list[Any] | ItemError:
        if item.modality not in self.capabilities.modalities:
            return ItemError(f"The model {self.name!r} takes no {item.modality}. It takes: {self._kinds()}.")
        try:
            content = media.load(item)
        except UnreadableError as error:
            return ItemError(str(error))
        if isinstance(content, Text):
            return [self._prompts[role] + content.text]
        if isinstance(content, Picture | Page):
            return [content.image]
        if isinstance(content, Clip):
            return list(content.frames) or ItemError("The video holds no frames.")
        return ItemError(f"The model {self.name!r} takes no sound.")

    def _kinds(self) -> str:
        return ", ".join(kind for kind in Modality if kind in self.capabilities.modalities)


def open_sentence_transformer(model: str, **options: Any) -> EncoderModel:
    """A model of sentence-transformers, by its name or folder; CLIP models take pictures too.

    Parameters
    ----------
    model : str
        As ``SentenceTransformer`` takes it.
    **options
        Of `EncoderModel`; ``modalities`` are by default texts, and pictures where ``clip`` is in the name.

    Raises
    ------
    MissingExtraError
        If the extra ``clip`` is not installed.
    """
    library = import_extra("sentence_transformers", feature="An encoder of sentence-transformers", extra="clip")
    seen = frozenset({Modality.TEXT, Modality.IMAGE, Modality.PAGE, Modality.VIDEO})
    options.setdefault("modalities", seen if "clip" in model.lower() else frozenset({Modality.TEXT}))
    return EncoderModel(library.SentenceTransformer(model), **{"name": model, **options})


def _mean(rows: np.ndarray, dimension: int) -> Vector | ItemError:
    if rows.shape[-1] != dimension:
        return ItemError(f"The encoder returned {rows.shape[-1]} dimensions, its space has {dimension}.")
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    total = (rows / np.where(lengths == 0, 1, lengths)).mean(axis=0)
    length = np.linalg.norm(total)
    if not np.isfinite(length) or length == 0:
        return ItemError("The encoder returned a vector that is zero or not finite.")
    return (total / length).astype(np.float32)
