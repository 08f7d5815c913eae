# ruff: noqa: E402
"""How soon a hover is answered while a sweep, a stability run and a redraw go on, in a real JupyterLab.

    python benchmarks/hover.py [n ...]                 by default 1,506 and 100,000 glosses of WordNet
    python benchmarks/hover.py --keep DIR [n ...]      with libraries that stay in a folder, for the next time
    python benchmarks/hover.py --keep DIR --make       make those, and measure nothing

Seconds are of the page's clock, from the pointer resting on an item to its card, less the moment that the app waits for
the pointer to rest. The long work is asked for in the Clusters lens, as a person does.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "benchmarks")]

import numpy as np
from first_picture import bring

import nova_explore as nx

DWELL_S = 0.14
HOVERED = 30
MOST_S = 30

HOVER = """(i) => new Promise((done) => {
  const stage = document.querySelector(".nx-stage"), box = stage.getBoundingClientRect();
  const [x, y] = stage.map.spot(i);
  const move = (x, y) => stage.dispatchEvent(
    new PointerEvent("pointermove", { clientX: box.x + x, clientY: box.y + y, bubbles: true }));
  move(2, 2);
  const start = performance.now();
  move(x, y);
  const look = () => {
    const card = document.querySelector(".nx-card");
    if (card || performance.now() - start > 20000) return done((performance.now() - start) / 1000);
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})"""
"""Point at an item, by events: a real mouse's way to it crosses others."""


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("sizes", nargs="*", type=int, default=[1_506, 100_000])
    asked.add_argument("--keep", type=Path)
    asked.add_argument("--make", action="store_true")
    options = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        kept = options.keep or Path(folder)
        kept.mkdir(parents=True, exist_ok=True)
        for n in options.sizes:
            if not (kept / f"{n}.nova").exists():
                bring(n, kept)
                nx.explore(kept / f"{n}.nova", progress=False)
        if options.make:
            return
        measure(options.sizes, kept, Path(folder))


def measure(sizes: list[int], libraries: Path, folder: Path) -> None:
    """Print the answers at rest and during work, for each number of items."""
    from fakes.chromium import started_chromium
    from fakes.jupyter_page import Lab, Notebook

    with started_chromium() as browser:
        (folder / "lab").mkdir()
        lab = Lab(folder / "lab")
        try:
            for n in sizes:
                library = (libraries / f"{n}.nova").resolve()
                cell = f"import nova_explore as nx\napp = nx.show(nx.explore({str(library)!r}, progress=False))\napp"
                notebook = Notebook(lab, browser, f"hover-{n}", [cell])
                notebook.page.set_default_timeout(240_000)
                app = notebook.app()
                app.settle()
                page, draw = notebook.page, np.random.default_rng(0)
                items = draw.choice(n, HOVERED, replace=False).tolist()
                at_rest = [page.evaluate(HOVER, i) - DWELL_S for i in items]
                app.turn_to("clusters")
                app.root.locator(".nx-finer").click()
                button = app.root.get_by_text("Measure stability")
                if not button.count():  # of a small map it is there from the start, and of another cut it is not
                    app.root.locator("[aria-label='Smallest cluster']").focus()
                    page.keyboard.press("ArrowLeft")
                button.click()
                slider = app.root.locator("[aria-label='Spacing of items']")
                slider.focus()
                page.keyboard.press("ArrowRight")
                working, start = [], time.monotonic()
                while app.root.locator(".nx-working").is_visible() or time.monotonic() - start < 2:
                    working.append(page.evaluate(HOVER, int(draw.integers(n))) - DWELL_S)
                    if time.monotonic() - start > MOST_S:
                        break
                for name, seconds in (("at rest", at_rest), ("during work", working)):
                    p50, p95 = np.quantile(seconds, [0.5, 0.95])
                    print(
                        f"{n:9,} {name:12} {len(seconds):4} hovers: median {p50 * 1000:.0f} ms, "
                        f"p95 {p95 * 1000:.0f} ms, longest {max(seconds) * 1000:.0f} ms",
                        flush=True,
                    )
                page.evaluate("() => jupyterapp.shell.currentWidget.sessionContext.shutdown()")
                notebook.close()
        finally:
            lab.stop()


if __name__ == "__main__":
    main()
