"""The table and the picture of ``benchmarks/map.py``, from its kept results."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import wordnet

DOCS = Path(__file__).parent.parent / "docs"
COLUMNS = ("seconds", "peak_mib", "kept of 15", "trustworthiness", "clusters", "ami", "ami clustered")
OWN = "nova_explore"
LABELS = {"embedding-atlas": (0, 7, -10, "left"), "evoc": (-1, 7, -6, "left"), OWN: (0, -6, -3, "right")}
"""Which point of a line its name stands at, how far to the right and up of it, and which side of the name is there."""

PARTIAL = {"embedding-atlas": " (map only)", "evoc": " (clusters only)"}


def write(results: Path) -> None:
    """Write ``docs/benchmark_map.md`` and ``docs/benchmark_map.png`` from the last batch of each kind."""
    batches: dict[tuple, list[dict]] = {}
    own: dict[tuple, list[float]] = {}
    for line in results.read_text().splitlines():
        record = json.loads(line)
        if record["contender"] == OWN:
            own.setdefault((record["n"], record["d"], record["cold"], record["batch"]), []).append(record["seconds"])
        runs = batches.setdefault((record["n"], record["d"], record["cold"], record["contender"]), [])
        if runs and runs[0]["batch"] != record["batch"]:
            runs.clear()
        runs.append(record)
    rows = [_sum_up(batches[key]) for key in sorted(batches)]
    (DOCS / "benchmark_map.md").write_text("\n".join(_table(rows, own)) + "\n", encoding="utf-8")
    _draw([row for row in rows if not row["cold"]], DOCS / "benchmark_map.png")


def _sum_up(runs: list[dict]) -> dict:
    """One row of the runs of one batch."""
    row = runs[-1] | {"runs": len(runs), "seconds": round(float(np.median([run["seconds"] for run in runs])), 2)}
    for column in COLUMNS[1:]:
        if column in row:
            values = [run[column] for run in runs]
            row[column] = round(float(np.mean(values)), 4)
            if column == "peak_mib":
                row[column] = max(values)
            elif column == "clusters":
                row[column] = " to ".join(map(str, sorted({min(values), max(values)})))
    return row


def _table(rows: list[dict], own: dict[tuple, list[float]]) -> list[str]:
    lines = [
        "# From vectors to map: measured",
        "",
        "Made by `python benchmarks/map.py`, which says what is compared and how; each run is a process of its own.",
        "Seconds are medians of the runs, memory the most of all, clusters the fewest and the most, the rest means.",
        "Ratios are to nova_explore in the same run. *jittered*: WordNet's vectors again, moved a little.",
        "",
        "| vectors | compiled code | contender | runs | " + " | ".join(COLUMNS) + " | time ratio |",
        "|---|---|---|" + "--:|" * (len(COLUMNS) + 2),
    ]
    for row in rows:
        base = own.get((row["n"], row["d"], row["cold"], row["batch"]))
        cells = [str(row.get(column, "–")) for column in COLUMNS]
        size = f"{row['n']:,} × {row['d']}{' (jittered)' if row['made'] else ''}"
        ratio = f"{row['seconds'] / np.median(base):.1f}" if base else "–"
        lines.append(
            f"| {size} | {'none yet' if row['cold'] else 'on disk'} | {row['contender']} | "
            f"{row['runs']} | {' | '.join(cells)} | {ratio} |"
        )
    return lines


def _draw(rows: list[dict], target: Path) -> None:
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(figsize=(7.2, 4.2), dpi=150)
    for contender, d in dict.fromkeys((row["contender"], row["d"]) for row in rows):
        of = sorted((row["n"], row["seconds"]) for row in rows if (row["contender"], row["d"]) == (contender, d))
        n, seconds = np.array(of).T
        own, grown = contender == OWN, contender == OWN and n[-1] > wordnet.REAL
        line = {"lw": 2.5 if own else 1.2, "ls": "--" if grown else "-", "color": "#1f6feb" if own else None}
        axes.plot(n, seconds, marker="o", **line)
        at, *beside, aligned = LABELS.get(contender, (-1, 7, 4, "left"))
        near = {"xytext": beside, "ha": aligned, "textcoords": "offset points", "fontsize": 8}
        near["bbox"] = {"fc": "white", "ec": "none", "pad": 1}
        said = f", {d} dimensions; 1,000,000 jittered" if grown else ""
        if grown:
            at, near["xytext"] = -1, (0, 10)
            curve = np.geomspace(n[0], n[-1], 50)
            expected = seconds[0] * curve * np.log(curve) / (n[0] * np.log(n[0]))
            axes.plot(curve, expected, ":", color="#888888", lw=1.2)
            axes.annotate("n·log n", (curve[-1], expected[-1]), xytext=(6, -6), textcoords="offset points", fontsize=8)
        axes.annotate(f"{contender}{PARTIAL.get(contender, '')}{said}", (n[at], seconds[at]), **near)
    axes.set(xscale="log", yscale="log", xlabel="items", ylabel="seconds, fresh process, 2 cores")
    axes.set_title("From vectors to a map with clusters", loc="left", fontsize=11)
    axes.spines[["top", "right"]].set_visible(False)
    axes.margins(x=0.21, y=0.1)
    figure.tight_layout()
    figure.savefig(target)
