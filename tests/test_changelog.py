"""Notes of changes are folded into the section of their type, and none is lost."""

from __future__ import annotations

from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader

import pytest
from fakes import ROOT

BEFORE = """# Changelog

## [Unreleased]

### Added

- A map.

### Fixed

- A crash.

## [0.1.0]

### Added

- Reading.
"""


@pytest.fixture(scope="module")
def changelog():
    loader = SourceFileLoader("changelog", str(ROOT / ".ci" / "changelog"))
    spec = spec_from_loader("changelog", loader)
    assert spec is not None
    module = module_from_spec(spec)
    loader.exec_module(module)
    return module


def test_an_entry_goes_to_the_end_of_its_section_of_the_newest_version(changelog):
    after = changelog.fold(BEFORE, "added", ["- A search."])
    assert after == BEFORE.replace("- A map.\n", "- A map.\n- A search.\n")


def test_a_section_that_is_missing_is_made_between_its_neighbours(changelog):
    after = changelog.fold(BEFORE, "changed", ["- Faster."])
    assert after == BEFORE.replace("### Fixed", "### Changed\n\n- Faster.\n\n### Fixed")


def test_several_entries_in_one_file_and_one_without_a_dash_are_all_entries(changelog):
    assert changelog.bullets("- One\n  goes on.\n- Two.\n") == ["- One\n  goes on.", "- Two."]
    assert changelog.bullets("Only a sentence.\n") == ["- Only a sentence."]


def test_every_note_that_waits_has_a_type_and_a_text(changelog):
    for path in (ROOT / "changes").glob("*.md"):
        if path.name != "README.md":
            assert path.stem.rpartition(".")[2] in changelog.TYPES, f"{path.name} is not NAME.TYPE.md"
            assert changelog.bullets(path.read_text(encoding="utf-8")), f"{path.name} is empty"
