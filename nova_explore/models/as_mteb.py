"""Any model of this library as an encoder of mteb (https://github.com/embeddings-benchmark/mteb).

The extra ``mteb`` brings it, and PyTorch with it; nothing here is imported before an adapter is asked for.
"""

from __future__ import annotations

import hashlib
import io
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nova_explore.collection import Item, Modality
from nova_explore.errors import UnreadableError, import_extra
from nova_explore.models.model import EmbeddingModel, aim
from nova_explore.models.registry import open_model
from nova_explore.space import ItemError, Role

_COLUMNS = (("image", Modality.IMAGE), ("audio", Modality.AUDIO), ("text", Modality.TEXT))
"""Columns of mteb's batches, and the kind of item each becomes; where there are several, the first counts."""


def as_mteb(model: str | EmbeddingModel) -> Any:
    """Present a model as an encoder: ``mteb.evaluate(as_mteb("local"), tasks)``.

    Texts, pictures and sounds are taken, one of them an input; a query is embedded as a query, and everything else for
    indexing.

    Parameters
    ----------
    model : str or EmbeddingModel
        The model.

    Returns
    -------
    mteb.models.abs_encoder.AbsEncoder
        With ``mteb_model_meta`` filled in from the model's space.

    Raises
    ------
    MissingExtraError
        If the extra ``mteb`` is not installed.
    """
    import_extra("mteb", feature="The adapter for mteb", extra="mteb")
    from mteb.models import ModelMeta  # pyright: ignore[reportMissingImports]
    from mteb.models.abs_encoder import AbsEncoder  # pyright: ignore[reportMissingImports]
    from mteb.models.model_meta import ScoringFunction  # pyright: ignore[reportMissingImports]

    opened = open_model(model)
    space = opened.space
    kinds = {column for column, kind in _COLUMNS if kind in opened.capabilities.modalities}
    about = ModelMeta.create_empty(
        {
            "name": f"nova-explore/{opened.name.replace(':', '-').replace('/', '-')}",
            "revision": f"{space.revision}-{space.key}",
            "embed_dim": space.dimension,
            "similarity_fn_name": ScoringFunction.COSINE,
            "modalities": sorted(kinds),
        }
    )

    class Adapter(AbsEncoder):
        mteb_model_meta = about

        def __init__(self) -> None:
            self.model_prompts = None

        def encode(self, inputs: Any, *, prompt_type: Any = None, **_: Any) -> NDArray[np.float32]:
            role: Role = "query" if str(getattr(prompt_type, "value", prompt_type)) == "query" else "index"
            return encode_batches(opened, inputs, role=role)

    return Adapter()


def encode_batches(model: EmbeddingModel, batches: Iterable[Mapping[str, Any]], *, role: Role) -> NDArray[np.float32]:
    """Embed the batches that mteb hands over.

    Returns
    -------
    float32 array of shape (n, d)
        One row an input, in order.

    Raises
    ------
    UnreadableError
        If the model has no vector for an input: a benchmark with gaps would measure something else.
    """
    rows: list[NDArray[np.float32]] = []
    size = model.capabilities.batch_size
    with tempfile.TemporaryDirectory(prefix="nova-explore-") as folder:
        for batch in batches:
            items = _items(batch, Path(folder), start=len(rows))
            asked = aim(model, {item.modality for item in items}) if role == "query" else model
            for start in range(0, len(items), size):
                part = items[start : start + size]
                for item, answer in zip(part, asked.embed_batch(part, role=role), strict=True):
                    if isinstance(answer, ItemError):
                        raise UnreadableError(f"Input {item.name} has no vector: {answer.reason}")
                    rows.append(answer)
    return np.stack(rows) if rows else np.empty((0, model.space.dimension), np.float32)


def _items(batch: Mapping[str, Any], folder: Path, *, start: int) -> list[Item]:
    for column, kind in _COLUMNS:
        if column in batch:
            return [_item(kind, each, folder, start + place) for place, each in enumerate(batch[column])]
    raise UnreadableError(f"mteb hands over {', '.join(batch)}; texts, pictures and sounds are taken.")


def _item(kind: Modality, content: Any, folder: Path, number: int) -> Item:
    if kind is Modality.TEXT:
        digest = hashlib.sha256(str(content).encode()).hexdigest()
        return Item(f"input-{number}", kind, "mteb:", str(number), "txt", digest, text=str(content))
    out = io.BytesIO()
    facts: dict[str, Any] = {}
    if kind is Modality.IMAGE:
        content.convert("RGB").save(out, "PNG")
    else:
        import soundfile

        samples, rate = np.asarray(content["array"], np.float32), int(content["sampling_rate"])
        soundfile.write(out, samples.T, rate, format="WAV", subtype="PCM_16")
        facts = {"duration": samples.shape[-1] / rate}
    data, format = out.getvalue(), "png" if kind is Modality.IMAGE else "wav"
    digest = hashlib.sha256(data).hexdigest()
    path = folder / f"{digest}.{format}"
    path.write_bytes(data)
    return Item(f"input-{number}", kind, str(path), str(number), format, digest, metadata=facts)
