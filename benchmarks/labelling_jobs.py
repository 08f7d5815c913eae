"""Label the demo in the app as a person would, and count: ``python benchmarks/labelling_jobs.py LIBRARY``.

Name and merge five clusters by mouse, and again by keys alone; hand a selection over as HTML and as CSV. A gesture is a
click, a double click, a lasso, a key, words that are typed, or a scroll to what is out of sight. A copy of the library
is labelled.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

import pandas as pd
from fakes.bare_page import BarePage
from fakes.chromium import started_chromium
from fakes.hands import Hands, hand_over, name_and_merge_by_keys, name_and_merge_by_mouse
from three_jobs import done

import nova_explore as nx
from nova_explore.widgets import App

CLUSTERS, MOST = 5, 5
WAIT_MS = 120_000


def merged(app: App) -> str:
    """The label that was made of several clusters."""
    table = app.exploration.labels.table
    row = table[table["status"] == "merged"].iloc[0]
    return f"{row['name']!r} holds {row['size']} items of {len(row['clusters'])} clusters"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, started_chromium() as browser:
        home = Path(shutil.copytree(sys.argv[1], Path(folder) / "demo.nova"))
        for way in ("mouse", "keys", "hand over"):
            app = App(nx.explore(home, progress=False))
            page = BarePage(browser, app, viewport={"width": 1400, "height": 950}, accept_downloads=True)
            page.app.wait()
            hands = Hands(page, wait_ms=WAIT_MS)
            if way == "hand over":
                html, table = hand_over(hands, 0, Path(folder))
                size, rows = html.stat().st_size / 1e6, len(pd.read_csv(table))
                done(hands, way, f"{rows} items, HTML of {size:.1f} MB")
            else:
                hands.click(".nx-tab[data-tab=clusters]")
                if way == "mouse":
                    name_and_merge_by_mouse(hands, [str(cluster) for cluster in range(CLUSTERS)])
                else:
                    name_and_merge_by_keys(hands, CLUSTERS)
                done(hands, f"five clusters by {way}", merged(app), most=CLUSTERS * MOST)
                for decision in reversed(app.exploration.labels.history["action"].tolist()):
                    if decision not in ("undo", "redo"):
                        app.exploration.labels.undo()
            if page.errors:
                raise SystemExit(f"errors in the page: {page.errors}")
            page.close()


if __name__ == "__main__":
    main()
