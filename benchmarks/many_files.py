"""How the rate of embedding holds as a folder grows, and how long all glosses of WordNet take, with the local model.

    python benchmarks/many_files.py                  1,000 and 20,000 files, then a table of 117,659 texts
    python benchmarks/many_files.py --files 1000 --texts 0

Each file is one gloss. Seconds are of the clock, from nothing to a library on disk: reading, embedding, thumbnails.
Every run is a process of its own, so that no run is warmed by the one before.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd
from wordnet import REAL, glosses

import nova_explore as nx


def embed_files(n: int, folder: Path) -> None:
    """Print the rate of embedding a folder of n files."""
    texts, _ = glosses()
    media = folder / "media"
    for row, text in enumerate(texts[:: len(texts) // n][:n]):
        to = media / f"{row // 1000}" / f"{row}.txt"
        to.parent.mkdir(parents=True, exist_ok=True)
        to.write_text(text, encoding="utf-8")
    begin = time.perf_counter()
    library = nx.embed(media, to=folder / "files.nova", progress=False)
    took = time.perf_counter() - begin
    print(f"{len(library.collection()):7,} files: {took:6.1f} s, {n / took:.0f} a second", flush=True)


def embed_table(n: int, folder: Path) -> None:
    """Print the rate of embedding the rows of a table."""
    frame = pd.DataFrame({"text": glosses()[0][:n]})
    begin = time.perf_counter()
    library = nx.embed(frame, to=folder / "table.nova", progress=False)
    took = time.perf_counter() - begin
    print(f"{len(library.collection()):7,} rows of a table: {took:6.1f} s, {n / took:.0f} a second", flush=True)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--files", type=int, nargs="*", default=[1_000, 20_000])
    asked.add_argument("--texts", type=int, default=REAL)
    asked.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    options = asked.parse_args()
    if options.one:
        what, n = options.one
        with tempfile.TemporaryDirectory() as folder:
            {"files": embed_files, "table": embed_table}[what](int(n), Path(folder))
        return
    runs = [("files", n) for n in options.files] + ([("table", options.texts)] if options.texts else [])
    for what, n in runs:
        subprocess.run([sys.executable, __file__, "--one", what, str(n)], check=True)


if __name__ == "__main__":
    main()
