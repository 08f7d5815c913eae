"""The fingerprint of a model: its vectors of a fixed set of small items, by which a change of it is noticed.

A hosted model can be replaced without a word. Its vectors would then mix with older ones in one library, and no
number would say so. Every canary (see `canaries`) is embedded twice; how far the two answers differ is the noise
floor. A model that prepares media on this machine sees the same bytes only while its encoders are the same: where
videos alone have moved, look first at the versions of PyAV that both fingerprints name.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nova_explore.collection import Item
from nova_explore.errors import SourceError, SpaceMismatchError
from nova_explore.library.stamps import now, package_versions
from nova_explore.models.model import EmbeddingModel
from nova_explore.models.registry import open_model
from nova_explore.reviews.canaries import VERSION, write_canaries
from nova_explore.space import ItemError, Space

SAME, NOISE, CHANGED = "the same", "within noise", "changed"

SLACK = 1e-6
"""Distance that float32 answers may differ by through rounding alone, where the noise floor itself is zero."""


@dataclass(frozen=True, slots=True, eq=False)
class Fingerprint:
    """The vectors of the canaries.

    Attributes
    ----------
    space : Space
        What the vectors mean.
    version : str
        Of the set of canaries.
    taken : str
        When, UTC.
    names : tuple of str
        Canaries with an answer.
    vectors : float32 array of shape (n, d)
        The first answer of each, unit rows.
    noise : float32 array of shape (n,)
        Cosine distance between the two answers of each, in [0, 2].
    failed : dict of str to str
        Canaries without an answer, and why.
    versions : dict of str to str
        Of the packages that prepared the media.
    """

    space: Space
    version: str
    taken: str
    names: tuple[str, ...]
    vectors: NDArray[np.float32]
    noise: NDArray[np.float32]
    failed: dict[str, str]
    versions: dict[str, str]

    @property
    def floor(self) -> float:
        """The noise floor: the largest distance between two answers to the same bytes."""
        return float(self.noise.max(initial=0.0))


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """What has become of a model since its fingerprint was taken.

    Attributes
    ----------
    verdict : {"the same", "within noise", "changed"}
        ``changed`` where any canary has moved further than twice the larger of the two noise floors.
    distances : dict of str to float
        Cosine distance between then and now, by canary.
    moved : tuple of str
        Canaries that moved further than noise.
    lost, gained : tuple of str
        Canaries that had an answer and have none now, and the other way round.
    limit : float
        The distance above which a canary has moved.
    sentence : str
        The same for a person.
    """

    verdict: str
    distances: dict[str, float]
    moved: tuple[str, ...]
    lost: tuple[str, ...]
    gained: tuple[str, ...]
    limit: float
    sentence: str


def take_fingerprint(model: str | EmbeddingModel, *, folder: str | Path) -> Fingerprint:
    """Embed every canary twice.

    Parameters
    ----------
    model : str or EmbeddingModel
        A model that keeps its answers (``NovaModel(cache=True)``) would answer the second time from its cache, and
        the noise floor would be zero for that reason: switch the cache off.
    folder : str or Path
        Where the canaries are written.

    Raises
    ------
    SourceError
        If the model answers none of them.
    """
    opened = open_model(model)
    items = [item for item in write_canaries(folder) if item.modality in opened.capabilities.modalities]
    first, second = _answers(opened, items), _answers(opened, items)
    pairs = list(zip(items, first, second, strict=True))
    failed = {i.name: a.reason for i, one, two in pairs for a in (two, one) if isinstance(a, ItemError)}
    fine = [(i.name, one, two) for i, one, two in pairs if i.name not in failed]
    if not fine:
        raise SourceError(
            f"The model {opened.name!r} answered none of {len(items)} canaries: {next(iter(failed.values()), '')}"
        )
    vectors = np.stack([np.asarray(one, np.float32) for _, one, _ in fine])
    again = np.stack([np.asarray(two, np.float32) for _, _, two in fine])
    noise = _distances(vectors, again)
    return Fingerprint(
        opened.space, VERSION, now(), tuple(name for name, _, _ in fine), vectors, noise, failed, package_versions()
    )


def compare(then: Fingerprint, later: Fingerprint) -> Comparison:
    """Tell whether a model is the one that it was.

    Raises
    ------
    SpaceMismatchError
        If the fingerprints are of two spaces, or of two versions of the canaries.
    """
    if then.space != later.space:
        raise SpaceMismatchError(str(later.space), str(then.space), "Take the fingerprint with the same settings.")
    if then.version != later.version:
        raise SpaceMismatchError(
            f"canaries of version {later.version}",
            f"version {then.version}",
            "Take both with one version of nova-explore.",
        )
    both = [name for name in then.names if name in later.names]
    rows = [[f.names.index(name) for name in both] for f in (then, later)]
    distances = _distances(then.vectors[rows[0]], later.vectors[rows[1]])
    limit = 2 * max(then.floor, later.floor, SLACK / 2)
    moved = tuple(name for name, far in zip(both, distances, strict=True) if far > limit)
    lost = tuple(name for name in then.names if name not in later.names)
    gained = tuple(name for name in later.names if name not in then.names)
    stayed = NOISE if distances.max(initial=0.0) > SLACK else SAME
    verdict = CHANGED if moved or lost or gained else stayed
    said = (
        f"{verdict[0].upper()}{verdict[1:]}: {len(moved)} of {len(both)} canaries moved further than noise "
        f"({limit:.2g}); the furthest by {float(distances.max(initial=0.0)):.2g} in cosine distance."
    )
    if lost or gained:
        said += f" {len(lost)} lost their answer, {len(gained)} gained one."
    if verdict == CHANGED:
        said += " Vectors from before and after do not belong in one library: embed into a new one."
    return Comparison(verdict, dict(zip(both, map(float, distances), strict=True)), moved, lost, gained, limit, said)


def save_fingerprint(fingerprint: Fingerprint, path: str | Path) -> Path:
    """Write a fingerprint to a file (``.npz``), and return where."""
    where = Path(path)
    fields = ("model", "revision", "purpose", "dimension", "preprocessing")
    about = {
        "space": {field: getattr(fingerprint.space, field) for field in fields},
        "version": fingerprint.version, "taken": fingerprint.taken, "names": fingerprint.names,
        "failed": fingerprint.failed, "versions": fingerprint.versions,
    }  # fmt: skip
    with where.open("wb") as file:
        np.savez_compressed(file, about=json.dumps(about), vectors=fingerprint.vectors, noise=fingerprint.noise)
    return where


def load_fingerprint(path: str | Path) -> Fingerprint:
    """Read a fingerprint.

    Raises
    ------
    SourceError
        If the file is none.
    """
    try:
        with np.load(Path(path), allow_pickle=False) as file:
            about: dict[str, Any] = json.loads(str(file["about"]))
            vectors, noise = file["vectors"], file["noise"]
    except (OSError, ValueError, KeyError) as error:
        raise SourceError(f"{str(path)!r} is no fingerprint ({error}). Write one with save_fingerprint.") from error
    space = Space(**about["space"])
    names = tuple(about["names"])
    return Fingerprint(
        space, about["version"], about["taken"], names, vectors, noise, about["failed"], about["versions"]
    )


def _answers(model: EmbeddingModel, items: Sequence[Item]) -> list[Any]:
    size = model.capabilities.batch_size
    return [a for start in range(0, len(items), size) for a in model.embed_batch(items[start : start + size])]


def _distances(one: NDArray[np.float32], other: NDArray[np.float32]) -> NDArray[np.float32]:
    # Half the squared distance of unit vectors is 1 - cosine, without the cancellation near 1.
    return (np.square(one.astype(np.float64) - other).sum(axis=1) / 2).astype(np.float32)
