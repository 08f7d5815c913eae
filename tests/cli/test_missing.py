"""A command ends by saying what has no vector, why, and whether the same command may bring it."""

from __future__ import annotations

import pytest
import typer
from fakes.toy_model import ToyModel

from nova_explore.cli.missing import PARTLY, SHOWN, account_for, show_lines
from nova_explore.collection import Unread
from nova_explore.embedding.embed import embed
from nova_explore.sources.read import read
from nova_explore.space import ItemError


@pytest.fixture
def library(tmp_path):
    (tmp_path / "media").mkdir()
    for number in range(4):
        (tmp_path / "media" / f"{number}.txt").write_text(f"owl n{number}", encoding="utf-8")
    return embed(tmp_path / "media", to=tmp_path / "a.nova", model=ToyModel(), progress=False)


def space_of(library):
    return next(iter(library.spaces().values()))


def test_what_could_not_be_read_is_named_and_is_no_reason_to_run_again(library, capsys):
    account_for(library, space_of(library), list(library.collection()), [Unread(name="a.doc", reason="It is empty.")])
    assert "not read: a.doc: It is empty." in capsys.readouterr().out


def test_what_failed_for_the_moment_ends_with_the_status_that_asks_for_another_run(library, tmp_path, capsys):
    (tmp_path / "late.txt").write_text("owl late", encoding="utf-8")
    with library.writing():
        late = library.add(read(tmp_path / "late.txt"))[-1]
    library.add_failures(space_of(library), {late.content_key: ItemError("The service is away.", kind="service")})
    with pytest.raises(typer.Exit) as left:
        account_for(library, space_of(library), [late], [])
    assert left.value.exit_code == PARTLY
    said = capsys.readouterr()
    assert "not embedded: late.txt: The service is away." in said.out
    assert "1 item is missing for now. Run the same command again." in said.err


def test_long_lists_end_with_how_many_more_there_are(capsys):
    show_lines([f"line {n}" for n in range(SHOWN + 5)])
    assert capsys.readouterr().out.splitlines()[-1] == "  … and 5 more; the report lists all of them."
