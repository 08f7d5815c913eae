"""The table of what people ask for names tests that exist, and a reason for every no."""

from __future__ import annotations

import ast
import re

import pytest
from fakes import ROOT

ROWS = [
    [cell.strip() for cell in line.strip("|\n").split("|")]
    for line in (ROOT / "docs" / "asks.md").read_text(encoding="utf-8").splitlines()
    if re.match(r"\| \d+ \|", line)
]
MOST_NO = 8


def test_every_ask_has_a_row_in_its_order():
    assert [int(row[0]) for row in ROWS] == list(range(1, 56))


@pytest.mark.slow
def test_every_test_that_is_named_exists():
    for number, _, _, proof, _ in ROWS:
        for file, name in re.findall(r"`([\w/.]+)::(\w+)`", proof):
            tree = ast.parse((ROOT / "tests" / file).read_text(encoding="utf-8"))
            there = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
            assert name in there, f"ask {number} names {file}::{name}, which is not there"


def test_what_is_not_done_says_why_and_everything_else_is_proven():
    no = [row for row in ROWS if row[2].startswith("**no**")]
    assert len(no) <= MOST_NO
    for row in ROWS:
        assert ("::" in row[3]) != (row in no), f"ask {row[0]} needs a test or a reason"
    assert all(len(row[2]) > 40 for row in no)
