"""What is printed about money: receipts, callers, reasons in groups."""

from __future__ import annotations

import json

from fakes.toy_library import toy_library
from typer.testing import CliRunner

from nova_explore.cli.commands import app
from nova_explore.cli.spending import grouped


def test_equal_reasons_are_one_line_and_the_most_frequent_comes_first():
    found = grouped([("a", "odd"), ("b", "No."), ("c", "No."), ("d", "No.")])
    assert found == ["3 items, such as b: No.", "a: odd"]


def test_a_library_that_cost_nothing_says_so(tmp_path):
    library = toy_library(tmp_path / "a.nova", per_topic=1)
    found = CliRunner().invoke(app, ["spent", str(library.path)])
    assert found.exit_code == 0
    assert "In all: about $0.00" in found.output
    assert json.loads(CliRunner().invoke(app, ["spent", str(library.path), "--json"]).output) == []


def test_receipts_are_listed_oldest_first_and_summed(tmp_path):
    library = toy_library(tmp_path / "a.nova", per_topic=1)
    for n, usd in enumerate((0.5, 0.25)):
        account = {"calls": 10, "cached": 0, "spent_usd": usd, "at_most_usd": 2 * usd}
        run = {"id": f"r{n}", "started": f"2030-01-0{n + 1}T00:00:00", "model": "nova", "account": account}
        library.record_run(run)
    lines = CliRunner().invoke(app, ["spent", str(library.path)]).output.splitlines()
    assert lines[0].startswith("2030-01-01 00:00 UTC  nova: Spent about $0.50, at most $1.00, in 10 calls")
    assert lines[-1].startswith("In all: about $0.75, at most $1.50.")
