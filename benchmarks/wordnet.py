"""Real vectors to measure on: the glosses of WordNet, embedded by the local model.

WordNet 3.0 has 117,659 synsets, each with its lemmas, a gloss and one of 45 lexicographer files (noun.animal,
verb.motion …), which a clustering can be compared with. The text comes from Debian's package ``wordnet-base``. Larger
sets are the same vectors again, jittered: real in the large, made up in the small, and said so wherever they are used.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tqdm.auto import tqdm

from nova_explore.cache_folder import cache_folder
from nova_explore.models.local.text import TextEncoder
from nova_explore.sources.fetch import fetch_debian, unpack

REAL = 117_659
PARTS = ("noun", "verb", "adj", "adv")
JITTER = 0.35
"""Length of what is added to a unit vector to make another of it: neighbours of a copy are then as far as real ones."""


def glosses() -> tuple[list[str], NDArray[np.int32]]:
    """Return the texts ("lemma, lemma: gloss") and the lexicographer file of each."""
    texts: list[str] = []
    files: list[int] = []
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        unpack(fetch_debian("wordnet-base", folder), folder, wanted=lambda name: "/data." in name)
        for part in PARTS:
            for line in next(folder.rglob(f"data.{part}")).read_text(encoding="latin-1").splitlines():
                if line.startswith(" "):
                    continue  # the licence
                head, _, gloss = line.partition("| ")
                fields = head.split()
                lemmas = [lemma.split("(")[0].replace("_", " ") for lemma in fields[4 : 4 + 2 * int(fields[3], 16) : 2]]
                texts.append(f"{', '.join(lemmas)}: {gloss.strip()}")
                files.append(int(fields[1]))
    return texts, np.array(files, np.int32)


def vectors() -> tuple[NDArray[np.float32], NDArray[np.int32]]:
    """Return unit vectors of shape (117659, 384) and lexicographer files; embedded once, then kept in the cache."""
    kept = cache_folder() / "benchmarks" / "wordnet-local-v1.npz"
    if not kept.exists():
        texts, files = glosses()
        encoder = TextEncoder(threads=0)
        rows = [encoder.encode(texts[i : i + 256]) for i in tqdm(range(0, len(texts), 256), "Embedding WordNet")]
        kept.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=kept.parent, suffix=".npz", delete=False) as file:
            np.savez(file, vectors=np.vstack(rows), files=files)
        Path(file.name).replace(kept)
    with np.load(kept) as loaded:
        return loaded["vectors"], loaded["files"]


def sample(n: int, dimension: int = 384, seed: int = 0) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
    """Return n unit vectors: a random part of the real ones, or all of them and jittered copies where n is more.

    Other dimensions than 384 are reached by a fixed random rotation, cut or padded with directions of no variance.
    """
    base, files = vectors()
    draw = np.random.default_rng(seed)
    if n <= len(base):
        chosen = np.sort(draw.choice(len(base), n, replace=False))
        rows = base[chosen]
    else:
        chosen = np.concatenate([np.arange(len(base)), draw.integers(0, len(base), n - len(base))])
        rows = base[chosen]
        for start in range(len(base), n, 65536):
            block = rows[start : start + 65536]
            noise = draw.standard_normal(block.shape, dtype=np.float32)
            block += noise * np.float32(JITTER / np.sqrt(block.shape[1]))
    if dimension != rows.shape[1]:
        rotation, _ = np.linalg.qr(draw.standard_normal((max(dimension, rows.shape[1]),) * 2))
        rows = rows @ rotation[: rows.shape[1], :dimension].astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return np.ascontiguousarray(rows), files[chosen]
