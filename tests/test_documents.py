"""Documents name what there is: their links, their targets of make, the rooms and the tests that they speak of."""

from __future__ import annotations

import re

import pytest
import yaml
from fakes import ROOT

DOCUMENTS = sorted(
    path
    for pattern in ("*.md", "docs/**/*.md", "data/*.md", "changes/*.md", ".github/*.md")
    for path in ROOT.glob(pattern)
)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_to_files_that_are_there(path):
    links = re.findall(r"\]\(([^)#\s]+)", path.read_text(encoding="utf-8"))
    assert [link for link in links if "://" not in link and not (path.parent / link).exists()] == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_targets_of_make_that_are_named_exist(path):
    named = set(re.findall(r"`make ([a-z]+)`|^\$ make ([a-z]+)", path.read_text(encoding="utf-8"), re.M))
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert [t for t in {a or b for a, b in named} if not re.search(rf"^{t}:", makefile, re.M)] == []


def test_contributing_lists_every_room():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    rooms = {path.parent.name for path in (ROOT / "nova_explore").glob("*/__init__.py")}
    assert [room for room in sorted(rooms) if f"| `{room}/` |" not in text] == []


def test_every_decision_is_in_the_list_of_decisions():
    folder = ROOT / "docs" / "decisions"
    listed = (folder / "README.md").read_text(encoding="utf-8")
    assert [path.name for path in folder.glob("0*.md") if f"]({path.name})" not in listed] == []


def test_every_document_is_in_the_index():
    index = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    names = {path.name for path in (ROOT / "docs").glob("*.md")} - {"README.md"}
    assert [name for name in sorted(names) if f"]({name})" not in index] == []


def test_the_citation_names_the_version_of_the_package():
    import nova_explore

    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert cited["version"] == nova_explore.__version__
    assert cited["license"] == "Apache-2.0"


@pytest.mark.parametrize("path", sorted((ROOT / ".github").rglob("*.yml")), ids=lambda path: path.name)
def test_forms_for_issues_are_forms(path):
    form = yaml.safe_load(path.read_text(encoding="utf-8"))
    if path.name != "config.yml":
        assert {"name", "description", "body"} <= set(form)
        assert len({part["id"] for part in form["body"]}) == len(form["body"])
