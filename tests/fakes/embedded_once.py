"""What the local model and the reader of words made of an item in one kernel, and the next does not make again."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

START = """from pathlib import Path
from fakes.embedded_once import share
share(Path({folder!r}))
"""


def ipython_folder(folder: Path) -> Path:
    """Write the settings of an IPython whose kernels embed each item once, and return where they are."""
    startup = folder / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (folder / "made").mkdir()
    (startup / "10-share.py").write_text(START.format(folder=str(folder / "made")), encoding="utf-8")
    return folder / "ipython"


def share(folder: Path) -> None:
    """Let this process take the vectors and words that are in a folder, and leave there those it makes."""
    _share_vectors(folder)
    _share_words(folder)


def _share_vectors(folder: Path) -> None:
    from nova_explore.models.local.model import LocalModel

    embed_batch = LocalModel.embed_batch

    def shared(self: Any, items: Sequence[Any], *, role: str = "index") -> list[Any]:
        files = [_file_of(item, role, folder=folder) for item in items]
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


def _share_words(folder: Path) -> None:
    """Share what is read in pages and heard in sounds: of a sound it takes several times as long as its vector."""
    from nova_explore import media

    read_words = media.read_words

    def shared(item: Any) -> str:
        file = _file_of(item, "words", folder=folder).with_suffix(".txt")
        if not file.exists():
            file.write_text(read_words(item), encoding="utf-8")
        return file.read_text(encoding="utf-8")

    media.read_words = shared


def _file_of(item: Any, made: str, *, folder: Path) -> Path:
    named = hashlib.sha256(f"{item.content_key} {item.modality} {made}".encode()).hexdigest()
    return folder / f"{named}.npy"
