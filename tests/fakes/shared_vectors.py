"""Vectors of the local model that several kernels share: what one notebook has embedded, the next does not again."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

START = """from pathlib import Path
from fakes.shared_vectors import share
share(Path({folder!r}))
"""


def ipython_folder(folder: Path) -> Path:
    """Write the settings of an IPython whose kernels share vectors in a folder, and return where they are."""
    startup = folder / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (folder / "vectors").mkdir()
    (startup / "10-share.py").write_text(START.format(folder=str(folder / "vectors")), encoding="utf-8")
    return folder / "ipython"


def share(folder: Path) -> None:
    """Let the local model of this process take the vectors that are in a folder, and leave there those it makes."""
    from nova_explore.models.local.model import LocalModel

    embed_batch = LocalModel.embed_batch

    def file_of(item: Any, role: str) -> Path:
        named = hashlib.sha256(f"{item.content_key} {item.modality} {role}".encode()).hexdigest()
        return folder / f"{named}.npy"

    def shared(self: Any, items: Sequence[Any], *, role: str = "index") -> list[Any]:
        files = [file_of(item, role) for item in items]
        answers: list[Any] = [np.load(file) if file.exists() else None for file in files]
        missing = [place for place, answer in enumerate(answers) if answer is None]
        if missing:
            made = embed_batch(self, [items[place] for place in missing], role=role)  # type: ignore[arg-type]
            for place, vector in zip(missing, made, strict=True):
                answers[place] = vector
                if isinstance(vector, np.ndarray):
                    np.save(files[place], vector)
        return answers

    LocalModel.embed_batch = shared  # type: ignore[method-assign]
