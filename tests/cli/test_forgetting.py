"""What would be forgotten is listed first, and nothing goes without a yes."""

from __future__ import annotations

import re

import pytest
from fakes.toy_model import ToyModel
from typer.testing import CliRunner

from nova_explore.cli.commands import app
from nova_explore.embedding.embed import embed
from nova_explore.exploration.chain import explore
from nova_explore.library.store import open_library


@pytest.fixture
def library(tmp_path):
    (tmp_path / "media").mkdir()
    for number in range(30):
        (tmp_path / "media" / f"{number:02}.txt").write_text(f"owl feather n{number}", encoding="utf-8")
    return embed(tmp_path / "media", to=tmp_path / "a.nova", model=ToyModel(), progress=False)


def forget(library, *words: str, answer: str = "") -> tuple[int, str]:
    done = CliRunner().invoke(app, ["forget", str(library.path), *words], input=answer)
    return done.exit_code, done.output


def left(library) -> int:
    return len(open_library(library.path).collection())


def test_a_dry_run_lists_and_changes_nothing(library):
    first, second = library.collection().ids[:2]
    explore(library, model=ToyModel(), progress=False)
    status, said = forget(library, first, second, "--dry-run")
    assert status == 0
    assert re.search(rf"{first}  00\.txt .*00\.txt", said)
    assert "1 map has one of them" in said
    assert "2 items of 30 would be forgotten. Nothing was changed." in said
    assert left(library) == 30


@pytest.mark.parametrize(("answer", "remaining", "status"), [("y\n", 29, 0), ("n\n", 30, 1), ("", 30, 1)])
def test_a_person_is_asked(library, answer, remaining, status):
    ended, said = forget(library, library.collection().ids[3], answer=answer)
    assert "Forget 1 item? No file is deleted, and no vector." in said
    assert (ended, left(library)) == (status, remaining)


def test_all_that_are_gone_are_forgotten_at_once(library, tmp_path):
    assert "Every item has its file" in forget(library, "--gone", "--yes")[1]
    for number in range(25):
        (tmp_path / "media" / f"{number:02}.txt").unlink()
    status, said = forget(library, "--gone", "--yes")
    assert (status, left(library)) == (0, 5)
    assert "… and 5 more" in said
    assert "Forgotten: 25 items. 5 are left" in said
    assert not (tmp_path / "media" / "00.txt").exists()
    assert (tmp_path / "media" / "29.txt").exists()


def test_without_a_word_which_nothing_is_forgotten(library):
    status, said = forget(library)
    assert status != 0
    assert "--gone" in said
    assert left(library) == 30
