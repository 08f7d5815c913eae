"""The README is executed: its Python on a small collection, its commands by name, its links by file."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from fakes import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, flags=re.DOTALL | re.MULTILINE)


@pytest.mark.slow
def test_the_python_of_the_readme_runs_in_order(mixed_folder, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shutil.copytree(mixed_folder, "photos")
    names: dict[str, object] = {}
    assert blocks("python")
    for block in blocks("python"):
        exec(compile(block, "README.md", "exec"), names)
    assert Path("red_circles.csv").read_text(encoding="utf-8").count("\n") == 7
    assert "<html" in Path("report.html").read_text(encoding="utf-8").lower()


@pytest.mark.slow
def test_the_commands_of_the_readme_exist():
    lines = [line.removeprefix("$ ") for block in blocks("console") for line in block.splitlines()]
    commands = {line.split()[1] for line in lines if line.startswith("nova-explore ")}
    assert {"embed", "explore", "report", "doctor"} <= commands
    for command in commands:
        subprocess.run([sys.executable, "-m", "nova_explore", command, "--help"], check=True, capture_output=True)
    targets = {line.split()[1] for line in lines if line.startswith("make ")}
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert all(re.search(rf"^{target}:", makefile, flags=re.MULTILINE) for target in targets)


def test_the_links_of_the_readme_lead_somewhere():
    links = [link for link in re.findall(r"\]\(([^)]+)\)", README) if "://" not in link]
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_the_extras_that_are_named_exist():
    import tomllib

    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    named = {name for group in re.findall(r"'\.\[([\w,-]+)\]'", README) for name in group.split(",")}
    assert named <= set(extras)
