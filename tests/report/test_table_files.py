"""Rows as files for other programs."""

from __future__ import annotations

import csv
import json

import pandas as pd
import pyarrow.parquet as pq
from fakes.hostile import WHOLE

from nova_explore.report.table_files import RUN, write_csv, write_json, write_parquet

FRAME = pd.DataFrame(
    {
        "label": list(WHOLE),
        "=column": [1.5] * 100,
        "tags": [("=a", "b")] * 100,
        "n": [None, *range(99)],
    },
    pd.Index([f"id{n}" for n in range(100)], name="id"),
)


def test_no_cell_and_no_heading_of_a_csv_is_run_by_a_spreadsheet(tmp_path):
    write_csv(FRAME, tmp_path / "a.csv")
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert len(rows) == 101
    for row in rows:
        for cell in row:
            assert not cell.lstrip().startswith(RUN)
    assert (rows[1][0], rows[1][1], rows[1][2], rows[1][3]) == ("id0", f"'{WHOLE[0]}", "1.5", "'=a; b")


def test_parquet_and_json_hold_the_values_as_they_are(tmp_path):
    write_parquet(FRAME, tmp_path / "a.parquet")
    write_json(FRAME, tmp_path / "a.json")
    assert pq.read_table(tmp_path / "a.parquet")["label"].to_pylist() == FRAME["label"].tolist()
    rows = json.loads((tmp_path / "a.json").read_text("utf-8"))
    assert rows[0] == {"id": "id0", "label": WHOLE[0], "=column": 1.5, "tags": ["=a", "b"], "n": None}
