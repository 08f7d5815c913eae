# ruff: noqa: E402
"""How the app's map keeps up with bare jupyter-scatter (and plotly) in a real JupyterLab, at 100,000 points and more.

    python benchmarks/widget.py                     100,000 and 1,000,000 points, about ten minutes
    python benchmarks/widget.py 100000 --plotly     with plotly's FigureWidget as a third
    python benchmarks/widget.py 100000 --shots DIR  with pictures of the app
    python benchmarks/widget.py 1000000 --first     the first paint alone

Every contender draws the same points in the same Chromium, by turns. Times are of the page's own clock and end with the
last change of the picture. WebGL in software makes all of them longer than a graphics card would; compare ratios.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import numpy as np
from fakes.stand_in import NoLibrary

from nova_explore.clusters.cluster import Clustering
from nova_explore.clusters.names import ClusterName
from nova_explore.collection import Collection, Item, Modality
from nova_explore.exploration.bundle import Exploration
from nova_explore.exploration.drawn_map import DrawnMap
from nova_explore.map.layout import Layout
from nova_explore.map.modality_gap import ModalityGap
from nova_explore.map.neighbors import Neighbors
from nova_explore.models.queries import SpaceModel
from nova_explore.space import Space

GROUPS, NOISE, HEIGHT = 60, 0.2, 560
REPEATS = {100_000: 3}
LASSOED = (0.1, 0.09, 0.11, 0.095, 0.105)
"""Shares of the points that are lassoed, one after the other: a single lasso takes half as long again by chance."""

MEASURES = ("first paint", "zoom", "recolour", "lasso")

# What a page is asked: where its picture is, whether it changes, and when somebody let go of the mouse.
PROBE = """
window.probe = {
  plot() {
    return (this.found ??= [...document.querySelectorAll("div")].find((el) => el.api))?.api;
  },
  map() {
    return document.querySelector(".nx-stage")?.map;
  },
  canvas() {
    return this.map()?.renderer.canvas ?? this.plot()?.get("canvas") ?? document.querySelector(".gl-canvas-context");
  },
  spot(i) {
    return this.map()?.spot(i) ?? this.plot().getScreenPosition(i);
  },
  reset() {
    return this.map() ? this.map().reset() : this.plot().zoomToOrigin();
  },
  seen() {
    const canvas = this.canvas();
    if (!canvas || !canvas.width) return 0;
    this.small ??= Object.assign(document.createElement("canvas"), { width: 160, height: 112 })
      .getContext("2d", { willReadFrequently: true });
    this.small.clearRect(0, 0, 160, 112);
    this.small.drawImage(canvas, 0, 0, 160, 112);
    const { data } = this.small.getImageData(0, 0, 160, 112);
    let sum = 0;
    for (let i = 0; i < data.length; i += 1) sum = (sum * 31 + data[i]) | 0;
    return this.ink(data) ? sum : 0;
  },
  ink: (data) => data.some((value, i) => i % 4 !== 3 && value !== data[i % 4]),
  // Watch from now on; the answer is the time of the last change, once none has come for a while.
  watch(quiet) {
    const start = performance.now();
    let last = this.seen();
    let changed = 0;
    this.watched = new Promise((resolve) => {
      const look = () => {
        const now = performance.now();
        const seen = this.seen();
        if (seen !== last && seen !== 0) [last, changed] = [seen, performance.now()];
        if (changed && now - changed > quiet) return resolve((changed - start) / 1000);
        if (now - start > 90_000) return resolve(NaN);
        requestAnimationFrame(look);
      };
      look();
    });
  },
  async python(code) {
    const { kernel } = window.jupyterapp.shell.currentWidget.sessionContext.session;
    const answer = await kernel.requestExecute({ code }).done;
    if (answer.content.status !== "ok") throw new Error(answer.content.evalue);
  },
  // The middle of the picture and the radius around it that holds a share of the points, in pixels of the page.
  circle(share, n) {
    const box = this.canvas().getBoundingClientRect();
    const spots = Array.from({ length: 20_000 }, (_, i) => this.spot(Math.floor(i * n / 20_000)));
    const [x, y] = [box.width / 2, box.height / 2];
    const far = spots.map((spot) => Math.hypot(spot[0] - x, spot[1] - y)).sort((a, b) => a - b);
    return [box.x + x, box.y + y, far[Math.floor(share * far.length)]];
  },
};
addEventListener("mouseup", () => (window.probe.released = Date.now() / 1000), true);
"""

HEARD = """
import json, time
from pathlib import Path
def hear(kind, ids):
    now = time.time()
    Path(f"heard-{kind}.json").write_text(json.dumps([now, len(ids)]))
"""

CELLS = {
    "nova_explore": (
        "import nova_explore as nx, nova_explore.widgets\nfrom benchmarks.widget import made\nexploration = made({n})",
        "app = nx.show(exploration, height={height})\n"
        "app.observe(lambda change: hear('nova_explore', change['new']), 'selection')\napp",
        "app.color_by('shelf')",
    ),
    "jupyter-scatter": (
        "import jscatter, pandas as pd\nfrom benchmarks.widget import points\nxy, labels, shelves = points({n})\n"
        "frame = pd.DataFrame(dict(x=xy[:, 0], y=xy[:, 1]))\n"
        "frame['cluster'], frame['shelf'] = pd.Categorical(labels), pd.Categorical(shelves)",
        "scatter = jscatter.Scatter(data=frame, x='x', y='y', color_by='cluster', height={height})\n"
        "scatter.widget.observe(lambda change: hear('jupyter-scatter', change['new']), 'selection')\nscatter.show()",
        "scatter.color(by='shelf')",
    ),
    "plotly": (
        "import plotly.graph_objects as go\nfrom benchmarks.widget import points\nxy, labels, shelves = points({n})",
        "figure = go.FigureWidget(go.Scattergl(x=xy[:, 0], y=xy[:, 1], mode='markers',"
        " marker=dict(size=3, color=labels)))\n"
        "figure.update_layout(height={height}, dragmode='lasso')\n"
        "figure.data[0].on_selection(lambda trace, points, state: hear('plotly', points.point_inds))\nfigure",
        "figure.data[0].marker.color = shelves",
    ),
}  # fmt: skip


def points(n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Coordinates, clusters (-1 for a fifth of the items) and shelves of n items, the same every time."""
    draw = np.random.default_rng(0)
    middles = draw.normal(size=(GROUPS, 2)) * 5
    shares = draw.dirichlet(np.full(GROUPS, 2.0)) * (1 - NOISE)
    labels = draw.choice(np.arange(-1, GROUPS), size=n, p=[NOISE, *shares]).astype(np.int32)
    sizes = np.bincount(labels[labels >= 0], minlength=GROUPS)
    rank = np.append(np.argsort(np.argsort(-sizes, kind="stable")), -1).astype(np.int32)
    tilts = draw.normal(size=(GROUPS, 2, 2)) * 0.45
    jitter = draw.normal(size=(n, 2))
    xy = np.where(labels[:, None] < 0, jitter * 5, middles[labels] + np.einsum("nij,nj->ni", tilts[labels], jitter))
    return xy.astype(np.float32), rank[labels], draw.integers(0, 12, n).astype(np.int32)


class Made(Exploration):
    """An exploration of items that have no files: their pictures are one drawing."""

    def thumbnails(self, ids: Any) -> dict[str, bytes]:
        return dict.fromkeys(ids, _picture())


def _picture() -> bytes:
    import io

    from PIL import Image

    out = io.BytesIO()
    Image.linear_gradient("L").resize((96, 72)).save(out, "WEBP")
    return out.getvalue()


def made(n: int) -> Exploration:
    """An exploration of n items of all five kinds, straight from arrays: no library, no model, no embedding."""
    xy, labels, shelves = points(n)
    kinds = list(Modality)
    items = [
        Item(
            f"{i:016x}",
            kinds[i % 5],
            f"/archive/{i}",
            f"item {i}",
            "png",
            f"{i:064x}",
            metadata={"shelf": f"shelf {s}"},
        )
        for i, s in enumerate(shelves.tolist())
    ]
    draw = np.random.default_rng(1)
    neighbors = Neighbors(draw.integers(0, n, (n, 4)).astype(np.int32), np.full((n, 4), 0.5, np.float32))
    names = {}
    for c in range(int(labels.max()) + 1):
        members = np.flatnonzero(labels == c)
        medoids = tuple(items[int(i)].id for i in members[:3])
        names[c] = ClusterName(c, f"cluster {c + 1}", "keywords", (), medoids, len(members))
    drawn = DrawnMap(
        "0" * 16, "2025-01-01T00:00:00+00:00", neighbors, ModalityGap(0.2, 0.2, False, 0.2),
        Layout(xy, draw.uniform(size=n).astype(np.float32), 15, {"method": "made"}),
        Clustering(labels, np.where(labels < 0, 0, 0.8).astype(np.float32), {"method": "made"}), names, {},
        tuple(item.id for item in items), "made",
    )  # fmt: skip
    vectors = draw.normal(size=(n, 8)).astype(np.float32)
    return Made(NoLibrary(), Collection(items), SpaceModel("made", Space("made", "1", "index", 8, "1")), vectors, drawn)  # pyright: ignore[reportArgumentType]


def measure(
    lab: Any, browser: Any, contender: str, n: int, shots: Path | None, *, first: bool = False
) -> dict[str, float]:
    """One notebook of one contender, from its first paint to a lasso, or to its first paint alone."""
    from fakes.jupyter_page import Notebook

    setup, show, recolour = (cell.format(n=n, height=HEIGHT) for cell in CELLS[contender])
    setup = HEARD + setup
    heard = lab.root / f"heard-{contender}.json"
    heard.unlink(missing_ok=True)
    notebook = Notebook(lab, browser, contender, [setup, show], before=PROBE, run_all=False)
    page, quiet = notebook.page, 1500 if n <= 200_000 else 4000
    page.set_default_timeout(300_000)
    times = {}
    try:
        notebook.run("notebook:run-cell-and-select-next")
        page.wait_for_timeout(500)
        page.evaluate("() => probe.python('1')")
        page.evaluate(
            "(quiet) => { probe.watch(quiet); jupyterapp.commands.execute('notebook:run-cell-and-select-next'); }",
            quiet,
        )
        times["first paint"] = page.evaluate("() => probe.watched")
        if shots:
            page.screenshot(path=str(shots / f"{contender}-{n}.png"))
        if first:
            print(f"  {contender:16} first paint {times['first paint']:.2f} s", flush=True)
            return times
        box = page.evaluate(
            "() => { const b = probe.canvas().getBoundingClientRect(); return [b.x, b.y, b.width, b.height]; }"
        )
        middle = (box[0] + box[2] / 2, box[1] + box[3] / 2)
        page.mouse.move(*middle)
        page.wait_for_timeout(1000)
        page.evaluate("(quiet) => probe.watch(quiet)", quiet)
        if contender == "nova_explore":  # the wheel zooms while the map is worked with
            page.evaluate("() => document.querySelector('.nx-stage').dispatchEvent("
                          "new PointerEvent('pointerdown', { bubbles: true, button: 2 }))")  # fmt: skip
        for _ in range(10):
            page.mouse.wheel(0, -40)
        times["zoom"] = page.evaluate("() => probe.watched")
        if shots:
            page.screenshot(path=str(shots / f"{contender}-{n}-zoom.png"))
        if contender != "plotly":
            page.evaluate("() => probe.reset()")
        page.mouse.move(5, 5)
        page.wait_for_timeout(quiet)
        page.evaluate("([quiet, code]) => { probe.watch(quiet); probe.python(code); }", [quiet, recolour])
        times["recolour"] = page.evaluate("() => probe.watched")
        lassos = []
        for share in LASSOED:
            heard.unlink(missing_ok=True)
            lassos.append(lasso(page, contender, n, heard, share))
            page.mouse.move(5, 5)
            page.wait_for_timeout(quiet)
        times["lasso"] = statistics.median(seconds for seconds, _ in lassos)
        told = {name: round(seconds, 2) for name, seconds in times.items()}
        counts = ", ".join(f"{count:,} after {seconds:.2f} s" for seconds, count in lassos)
        print(f"  {contender:16}", told, f"lassoed {counts}", flush=True)
        if shots:
            page.screenshot(path=str(shots / f"{contender}-{n}-lasso.png"))
        if contender == "nova_explore":
            heard.unlink()
            seconds, count = lasso(page, contender, n, heard, 0.9999)
            print(f"  a lasso around everything: {count:,} of {n:,} ids after {seconds:.2f} s", flush=True)
    finally:
        page.evaluate("() => jupyterapp.shell.currentWidget.sessionContext.shutdown()")
        notebook.close()
    return times


def lasso(page: Any, contender: str, n: int, heard: Path, share: float) -> tuple[float, int]:
    """Seconds from letting go of the mouse to the ids in Python, and how many they are."""
    if contender == "nova_explore":
        page.locator(".nx [data-tool=lasso]").first.click()
    elif contender == "jupyter-scatter":
        page.evaluate("() => probe.plot().set({ mouseMode: 'lasso' })")
    if contender == "plotly":
        x, y, radius = page.evaluate(
            "() => { const b = probe.canvas().getBoundingClientRect();"
            " return [b.x + b.width / 2, b.y + b.height / 2, b.height / 7]; }"
        )
    else:
        x, y, radius = page.evaluate("([share, n]) => probe.circle(share, n)", [share, n])
    view = page.locator(".nx-stage").first.bounding_box() if contender == "nova_explore" else None
    around = [(x + radius * np.cos(a), y + radius * np.sin(a)) for a in np.linspace(0, 6.1, 25)]
    if view and share > 0.5:
        left, top, right, bottom = (
            view["x"] + 50,
            view["y"] + 3,
            view["x"] + view["width"] - 3,
            view["y"] + view["height"] - 3,
        )
        around = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top + 20)]
    page.mouse.move(*around[0])
    page.mouse.down()
    for corner in around[1:]:
        page.mouse.move(*corner, steps=2)
    page.mouse.up()
    released = page.evaluate("() => probe.released")
    until = time.monotonic() + 30
    while not heard.exists() and time.monotonic() < until:
        time.sleep(0.05)
    time.sleep(0.2)
    then, count = json.loads(heard.read_text())
    return then - released, count


def main() -> None:
    from fakes.chromium import started_chromium
    from fakes.jupyter_page import Lab

    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("sizes", nargs="*", type=int, default=[100_000, 1_000_000])
    asked.add_argument("--repeats", type=int)
    asked.add_argument("--plotly", action="store_true")
    asked.add_argument("--shots", type=Path)
    asked.add_argument("--first", action="store_true", help="the first paint alone")
    options = asked.parse_args()
    contenders = ["jupyter-scatter", "nova_explore", *(["plotly"] if options.plotly else [])]
    with tempfile.TemporaryDirectory() as folder, started_chromium() as browser:
        lab = Lab(Path(folder))
        try:
            for n in options.sizes:
                print(f"{n:,} points", flush=True)
                rounds = [
                    {name: measure(lab, browser, name, n, options.shots, first=options.first) for name in contenders}
                    for _ in range(options.repeats or REPEATS.get(n, 2))
                ]
                report(rounds, contenders)
        finally:
            lab.stop()


def report(rounds: list[dict[str, dict[str, float]]], contenders: list[str]) -> None:
    """Medians in seconds, and the ratio of each to jupyter-scatter's of the same round."""
    print(f"  {'medians of ' + str(len(rounds)):16}" + "".join(f"{name:>22}" for name in MEASURES))
    for name in contenders:
        told = []
        for what in rounds[0][name]:
            seconds = statistics.median(a_round[name][what] for a_round in rounds)
            ratio = statistics.median(a_round[name][what] / a_round["jupyter-scatter"][what] for a_round in rounds)
            told.append(f"{seconds:.2f} s ({ratio:.2f}x)")
        print(f"  {name:16}" + "".join(f"{text:>22}" for text in told), flush=True)


if __name__ == "__main__":
    main()
