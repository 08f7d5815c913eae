# ruff: noqa: E402
"""From Shift+Enter in a fresh kernel to the first picture of a library, in a real JupyterLab.

    python benchmarks/first_picture.py [n ...] [--repeats R]      by default 1,500, 10,000 and 117,659 texts, 3 times

``nx.show`` of a library whose map is not computed yet, by turns with bare jupyter-scatter of the first two principal
components of the same vectors, from a file: nothing else is read, searched or shown there. Seconds are of the page's
clock, from running the cell, imports included, to the first picture. Every run has a kernel of its own; a run before
the first is not counted, so that all files have been read once.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import numpy as np
from adding import entry
from widget import PROBE
from wordnet import sample

from nova_explore.collection import Collection, number_copies
from nova_explore.embedding.own_vectors import import_vectors

CELLS = {
    "jupyter-scatter": "import numpy as np, pandas as pd, jscatter\n"
    "vectors = np.load('{n}.npy')\nvectors -= vectors.mean(axis=0)\n"
    "axes = np.linalg.eigh(vectors.T @ vectors)[1][:, -2:]\n"
    "frame = pd.DataFrame(vectors @ axes, columns=['x', 'y'])\n"
    "jscatter.Scatter(data=frame, x='x', y='y', color='#1f6feb', height=560).show()",
    "nova_explore": "import nova_explore as nx\nnx.show('{n}.nova', seed=None)",
}
SEEN = """async () => {
  const start = performance.now();
  jupyterapp.commands.execute("notebook:run-cell-and-select-next");
  while (!probe.seen()) {
    if (performance.now() - start > 30_000) return NaN;
    await new Promise(requestAnimationFrame);
  }
  return (performance.now() - start) / 1000;
}"""


def bring(n: int, folder: Path) -> None:
    """Write the vectors of n texts to a file and into a library."""
    vectors, _ = sample(n)
    np.save(folder / f"{n}.npy", vectors)
    items = number_copies(entry(row) for row in range(n))
    own = dict(zip([item.id for item in items], vectors, strict=True))
    import_vectors(Collection(items), own, to=folder / f"{n}.nova", model="wordnet", progress=False)


def first_picture(lab: Any, browser: Any, contender: str, n: int) -> float:
    """Seconds to the first picture in a kernel of its own."""
    from fakes.jupyter_page import Notebook

    notebook = Notebook(lab, browser, contender, [CELLS[contender].format(n=n)], before=PROBE, run_all=False)
    try:
        notebook.page.set_default_timeout(120_000)
        notebook.page.evaluate("() => probe.python('1')")
        notebook.page.wait_for_timeout(1000)
        return notebook.page.evaluate(SEEN)
    finally:
        notebook.page.evaluate("() => jupyterapp.shell.currentWidget.sessionContext.shutdown()")
        notebook.close()


def main() -> None:
    from fakes.chromium import started_chromium
    from fakes.jupyter_page import Lab

    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("sizes", nargs="*", type=int, default=[1_500, 10_000, 117_659])
    asked.add_argument("--repeats", type=int, default=3)
    options = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder, started_chromium() as browser:
        lab = Lab(Path(folder))
        try:
            for n in options.sizes:
                bring(n, lab.root)
                rounds = [
                    {name: first_picture(lab, browser, name, n) for name in CELLS} for _ in range(options.repeats + 1)
                ][1:]
                for name in CELLS:
                    seconds = [a_round[name] for a_round in rounds]
                    ratio = statistics.median(a_round[name] / a_round["jupyter-scatter"] for a_round in rounds)
                    shown = ", ".join(f"{second:.2f}" for second in seconds)
                    print(f"{n:9,} {name:16} {statistics.median(seconds):.2f} s ({shown})  {ratio:.2f}x", flush=True)
        finally:
            lab.stop()


if __name__ == "__main__":
    main()
