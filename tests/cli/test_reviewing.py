"""The command that reviews: a pack is written, edited, run; its status tells broken limits from what could not run."""

# pyright: reportOptionalMemberAccess=false, reportOptionalOperand=false, reportGeneralTypeIssues=false
# pyright: reportArgumentType=false, reportOptionalSubscript=false, reportAttributeAccessIssue=false
from __future__ import annotations

import json

import jsonschema
import pytest
from fakes import ROOT
from typer.testing import CliRunner

from nova_explore.cli.commands import app

PACK = """
[cluster_composition]
attribute = "topic"

[exposure]
k = 5
attribute = "topic"
[exposure.queries]
birds = ["owl nest"]
boats = ["sail anchor"]

[report]
by = "A <b>person</b>"
"""


def run(*arguments):
    return CliRunner().invoke(app, ["review", *map(str, arguments)])


@pytest.fixture
def library(mapped_toy_160, tmp_path):
    from fakes.toy_library import copy_of

    return copy_of(mapped_toy_160, tmp_path / "toy.nova").path


@pytest.mark.slow
def test_a_pack_is_started_from_the_columns_and_runs_as_it_is(library, tmp_path):
    pack = tmp_path / "review.toml"
    assert run(library, "--start", pack).exit_code == 0
    text = pack.read_text("utf-8")
    assert 'attribute = "topic"' in text
    assert "an engineer" in text
    done = run(library, "--pack", pack, "--json", tmp_path / "review.json")
    assert done.exit_code == 0, done.output
    names = [one["name"] for one in json.loads((tmp_path / "review.json").read_text("utf-8"))["reviews"]]
    assert names == ["cluster composition", "retrieval fairness", "exposure"]
    assert run(library, "--start", pack).exit_code == 2  # what a person may have edited is not overwritten
    assert pack.read_text("utf-8") == text


@pytest.mark.slow
def test_a_run_leaves_a_report_and_json_of_the_schema(library, tmp_path):
    pack, page, facts = tmp_path / "pack.toml", tmp_path / "review.html", tmp_path / "review.json"
    pack.write_text(PACK, "utf-8")
    done = run(library, "--pack", pack, "--to", page, "--json", facts)
    assert done.exit_code == 0, done.output
    assert "A spot check is not an audit" in done.output
    found = json.loads(facts.read_text("utf-8"))
    jsonschema.validate(found, json.loads((ROOT / "docs/review.schema.json").read_text("utf-8")))
    assert found["reviews"][1]["calls"] == 2
    html = page.read_text("utf-8")
    assert "Cramér" in html
    assert "A &lt;b&gt;person&lt;/b&gt;" in html
    assert "No finding does not mean fair" in html
    before = page.read_bytes()
    assert run(library, "--pack", pack, "--to", page, "--json", facts).exit_code == 0
    assert page.read_bytes() == before
    assert json.loads(facts.read_text("utf-8"))["reviews"][1]["calls"] == 0


@pytest.mark.slow
def test_a_broken_limit_is_status_1_and_one_that_is_not_measured_is_2(library, tmp_path):
    pack = tmp_path / "pack.toml"
    pack.write_text(PACK + '[limits]\n"Cramér\'s V" = { at_most = 0.1 }\n', "utf-8")
    done = run(library, "--pack", pack)
    assert done.exit_code == 1
    assert "BROKEN" in done.output
    pack.write_text(PACK + '[limits]\n"nDCG@10" = { at_least = 0.1 }\n', "utf-8")
    assert run(library, "--pack", pack).exit_code == 2


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("x = [", "no TOML"),
        ('[fairness]\nattribute = "topic"', "named 'fairness'"),
        ("[exposure]\nkk = 3", "does not take"),
        ("seed = 1", "has no review"),
        ('[cluster_composition]\nattribute = "topics"', "Did you mean 'topic'"),
        ("[effectiveness]\nk = 3", "gives no queries, no judgements"),
    ],
)
def test_what_could_not_run_is_status_2_and_says_why(library, tmp_path, text, why):
    pack = tmp_path / "pack.toml"
    pack.write_text(text, "utf-8")
    done = run(library, "--pack", pack)
    assert done.exit_code == 2
    assert why in done.output


def test_a_library_that_is_not_there_is_status_2(tmp_path):
    assert run(tmp_path / "none.nova", "--pack", tmp_path / "p.toml").exit_code == 2


def test_either_a_start_or_a_pack_is_needed(library):
    assert run(library).exit_code == 2


@pytest.mark.slow
def test_what_people_decided_in_the_app_is_in_report_and_json(library, tmp_path):
    import nova_explore as nx

    opened = nx.open_library(library)
    with opened.writing():
        opened.judgements.judge("owl nest", opened.collection().ids[0], 2, judge="Ann")
        opened.notes.write("retrieval fairness", "topic: birds", "<i>look again</i>", by="Ben")
    pack, page, facts = tmp_path / "pack.toml", tmp_path / "review.html", tmp_path / "review.json"
    pack.write_text(PACK.replace("[report]", '[report]\nnotes = "mine"'), "utf-8")
    assert run(library, "--pack", pack, "--to", page, "--json", facts).exit_code == 0
    notes = json.loads(facts.read_text("utf-8"))["about"]["notes"]
    assert notes.splitlines() == [
        "mine", "1 results judged by Ann", "retrieval fairness, topic: birds: <i>look again</i> (Ben)",
    ]  # fmt: skip
    assert "&lt;i&gt;look again&lt;/i&gt;" in page.read_text("utf-8")
