"""Collections whose items someone else has sorted: unit vectors, and for every item what it was sorted as.

=============  ======  ==================================================================  ========================
name           items   what                                                                sorted by
=============  ======  ==================================================================  ========================
digits          1,797  8 x 8 pixels of handwritten digits, scikit-learn                    digit
docstrings     ~2,400  docstrings of Python's own library, first paragraphs, by the local  module
                       model
stamps          ~800   pictures of the demo collection, by the local model                 folder, at two depths
clipart         2,500  drawings of Debian's ``openclipart-png``, by the local model        top folder
packages        4,000  descriptions of Debian's packages, by the local model               section
wordnet        10,000  glosses, by the local model: see `wordnet`                          lexicographer file
wordnet-all   117,659  all of them
=============  ======  ==================================================================  ========================

What the local model embeds is embedded once and kept in the cache.
"""

from __future__ import annotations

import importlib
import inspect
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import wordnet
from numpy.typing import NDArray

from nova_explore.cache_folder import cache_folder

Labelled = tuple[NDArray[np.float32], NDArray[np.int32]]

MODULES = [
    "argparse",
    "ast",
    "asyncio",
    "calendar",
    "cgitb",
    "collections",
    "concurrent.futures",
    "configparser",
    "csv",
    "ctypes",
    "datetime",
    "decimal",
    "difflib",
    "email",
    "email.message",
    "enum",
    "fractions",
    "http.client",
    "http.cookiejar",
    "imaplib",
    "inspect",
    "io",
    "ipaddress",
    "json",
    "logging",
    "mailbox",
    "multiprocessing.managers",
    "optparse",
    "pathlib",
    "pickle",
    "random",
    "shutil",
    "smtplib",
    "socket",
    "sqlite3",
    "ssl",
    "statistics",
    "string",
    "subprocess",
    "tarfile",
    "tempfile",
    "threading",
    "tkinter",
    "turtle",
    "unittest",
    "urllib.request",
    "uuid",
    "wave",
    "xml.dom.minidom",
    "xml.etree.ElementTree",
    "zipfile",
    "numpy.linalg",
    "numpy.ma",
    "numpy.random",
    "pandas",
    "PIL.Image",
    "scipy.signal",
    "scipy.stats",
]
FEWEST, MOST = 20, 150
CLIPART, PACKAGES = 2_500, 4_000
WITHOUT_MEANING = {"unsorted", "special", "shapes", "logos", "buttons"}


def digits() -> Labelled:
    from sklearn.datasets import load_digits

    loaded: Any = load_digits()
    return _unit(loaded.data), loaded.target.astype(np.int32)


def docstrings() -> Labelled:
    texts, sorted_as = [], []
    for name in MODULES:
        try:
            module = importlib.import_module(name)
        except ImportError:
            continue
        own = sorted({text for text in _docstrings_of(module) if 30 <= len(text) <= 1_000})
        if len(own) >= FEWEST:
            texts += own[:MOST]
            sorted_as += [name] * len(own[:MOST])
    return _embed_texts(texts), _number(sorted_as)


def _docstrings_of(module: object) -> list[str]:
    found = []
    for name, value in vars(module).items():
        if name.startswith("_") or not callable(value):
            continue
        found.append(inspect.getdoc(value) or "")
        if inspect.isclass(value):
            found += [inspect.getdoc(of) or "" for key, of in vars(value).items() if not key.startswith("_")]
    return [text.split("\n\n")[0].replace("\n", " ") for text in found]


def stamps() -> Labelled:
    from nova_explore.sources.datasets import demo

    media = demo()
    pictures = sorted(media.rglob("*.png"))
    folders = [path.relative_to(media).parts for path in pictures]
    return _embed_pictures(pictures), _number(
        ["/".join((parts[0], *parts[2:3][: len(parts) > 3])) for parts in folders]
    )


def clipart() -> Labelled:
    from nova_explore.sources.fetch import fetch_debian, unpack

    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        unpack(fetch_debian("openclipart-png", folder), folder, wanted=lambda name: name.endswith(".png"))
        root = next(folder.rglob("png"))
        pictures = sorted(path for path in root.rglob("*.png") if len(path.relative_to(root).parts) > 1)
        tops = np.array([path.relative_to(root).parts[0] for path in pictures])
        names, counts = np.unique(tops, return_counts=True)
        known = set(names[counts >= FEWEST]) - WITHOUT_MEANING
        wanted = np.flatnonzero([top in known for top in tops])
        drawn = np.sort(np.random.default_rng(0).choice(wanted, min(CLIPART, len(wanted)), replace=False))
        return _embed_pictures([pictures[i] for i in drawn]), _number(tops[drawn].tolist())


def packages() -> Labelled:
    said = subprocess.run(["apt-cache", "dumpavail"], capture_output=True, text=True, check=True).stdout
    described = {}
    for stanza in said.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in stanza.splitlines() if ": " in line and line[0].isalpha())
        text = fields.get("Description-en") or fields.get("Description", "")
        section = fields.get("Section", "").rpartition("/")[2]
        if text and section and section not in {"libs", "libdevel", "debug", "doc", "devel", "misc", "oldlibs"}:
            described[text] = section
    texts = sorted(described)
    drawn = np.sort(np.random.default_rng(0).choice(len(texts), min(PACKAGES, len(texts)), replace=False))
    return _embed_texts([texts[i] for i in drawn]), _number([described[texts[i]] for i in drawn])


SETS: dict[str, Callable[[], Labelled]] = {
    "digits": digits,
    "docstrings": docstrings,
    "stamps": stamps,
    "clipart": clipart,
    "packages": packages,
    "wordnet": lambda: wordnet.sample(10_000),
    "wordnet-all": lambda: wordnet.sample(wordnet.REAL),
}


def load(name: str) -> Labelled:
    """Return unit vectors and labels of a set; what takes long is computed once."""
    if name == "digits" or name.startswith("wordnet"):
        return SETS[name]()
    kept = cache_folder() / "benchmarks" / f"{name}-local-v1.npz"
    if not kept.exists():
        vectors, labels = SETS[name]()
        kept.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=kept.parent, suffix=".npz", delete=False) as file:
            np.savez(file, vectors=vectors, labels=labels)
        Path(file.name).replace(kept)
    with np.load(kept) as loaded:
        return loaded["vectors"], loaded["labels"]


def _embed_texts(texts: Sequence[str]) -> NDArray[np.float32]:
    from nova_explore.models.local.text import TextEncoder

    return TextEncoder(threads=0).encode(texts)


def _embed_pictures(paths: Sequence[Path]) -> NDArray[np.float32]:
    from PIL import Image

    from nova_explore.models.local.model import LocalModel

    model = LocalModel()
    rows = []
    Image.MAX_IMAGE_PIXELS = None  # posters, of a package that is trusted
    for path in paths:
        with Image.open(path) as image:
            image.thumbnail((512, 512))
            flat = Image.new("RGB", image.size, "white")
            flat.paste(image.convert("RGBA"), mask=image.convert("RGBA"))
        rows.append(model.embed_pictures([flat])[0])
    return _unit(np.array(rows))


def _unit(rows: NDArray) -> NDArray[np.float32]:
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def _number(names: Sequence[str]) -> NDArray[np.int32]:
    return np.unique(np.array(names), return_inverse=True)[1].astype(np.int32)


if __name__ == "__main__":
    for wanted in sys.argv[1:] or SETS:
        rows, sorted_as = load(wanted)
        print(f"{wanted:12} {len(rows):7,} x {rows.shape[1]:3}, {sorted_as.max() + 1} labels", flush=True)
