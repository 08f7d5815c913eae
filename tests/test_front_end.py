"""The built front end is there, is what its sources say, and names what it contains."""

from __future__ import annotations

import importlib.util
import json

import pytest
from fakes import ROOT

from nova_explore import front_end
from nova_explore.errors import FrontEndMissingError
from nova_explore.widgets import App
from nova_explore.widgets.boards import BOARDS


def test_a_front_end_that_is_not_built_says_how_to_build_it(tmp_path, monkeypatch):
    monkeypatch.setattr(front_end, "STATIC", tmp_path)
    assert front_end.read_built("app.js") == ""
    with pytest.raises(FrontEndMissingError, match=r"python frontend/build.py"):
        front_end.require_built()


def test_what_is_built_is_built_of_the_sources_that_are_here():
    spec = importlib.util.spec_from_file_location("front_end_build", ROOT / "frontend" / "build.py")
    assert spec is not None
    assert spec.loader is not None
    build = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(build)
    assert (front_end.STATIC / "sources.sha256").read_text() == build.sources_digest()


def test_what_a_page_is_sent_is_small():
    assert len(App._esm.encode()) + len(App._css.encode()) < 600_000


def test_the_notices_name_every_package_that_is_in_the_script():
    notices = front_end.read_built("NOTICES.txt")
    packages = json.loads((ROOT / "frontend" / "package.json").read_text())["dependencies"]
    for package in packages:
        assert (f"{package} {packages[package]} (" in notices) == (package != "esbuild")
    assert notices.count("Permission is hereby granted") >= 3


def test_the_lock_file_names_no_registry():
    assert '"resolved"' not in (ROOT / "frontend" / "package-lock.json").read_text()


def test_every_board_has_a_face_of_its_name():
    for name in BOARDS:
        assert (ROOT / "frontend" / "src" / "boards" / f"{name}.tsx").is_file()


def test_every_trait_that_is_told_is_read_and_the_other_way_round():
    facts = (ROOT / "frontend" / "src" / "state" / "facts.ts").read_text()
    listed = facts[facts.index("export const NAMES") : facts.index("] as const")]
    read = {part.strip().strip('",') for part in listed.split("[")[1].replace("\n", ",").split(",") if part.strip()}
    told = {name for name, trait in App.class_traits(sync=True).items() if not name.startswith("_")}
    assert read == (told - {"layout", "tabbable", "tooltip", "comm"})


def test_source_files_of_the_front_end_are_short():
    for path in (ROOT / "frontend" / "src").rglob("*.ts*"):
        assert len(path.read_text().splitlines()) <= 400, path
