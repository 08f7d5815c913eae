"""The command line shows what a run costs, asks before money is spent, and keeps a budget."""

from __future__ import annotations

import json
import warnings

import pytest
from PIL import Image
from typer.testing import CliRunner

from nova_explore.cli.commands import app
from nova_explore.library.store import open_library
from nova_explore.models.nova.model import NovaModel

pytestmark = pytest.mark.slow


@pytest.fixture
def texts(tmp_path):
    folder = tmp_path / "texts"
    folder.mkdir()
    for place in range(6):
        (folder / f"{place}.txt").write_text(f"Text number {place} about an owl on a mast.")
    return folder


def run(*words: object):
    """The command, whose warnings are notes for a person and no errors."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return CliRunner().invoke(app, ["embed", *map(str, words)], input="n\n")


def test_nothing_is_sent_without_a_yes(bedrock, texts, tmp_path):
    found = run(texts, "--to", tmp_path / "a.nova", "--model", "nova")
    assert found.exit_code == 1
    assert "6 calls, about less than a cent" in found.output
    assert bedrock.summary()["requests"] == 0


def test_dimension_and_purpose_make_the_space_and_every_item_gets_its_vector(bedrock, texts, tmp_path):
    options = ("--model", "nova", "--dimension", 256, "--purpose", "clustering", "--budget", 1, "--yes")
    found = run(texts, "--to", tmp_path / "a.nova", *options)
    assert found.exit_code == 0, found.output
    assert list(open_library(tmp_path / "a.nova").spaces()) == ["nova:256:clustering"]
    assert bedrock.summary()["good"] == 6
    assert "Traceback" not in found.output


def test_options_of_nova_are_refused_for_another_model(bedrock, texts, tmp_path):
    found = run(texts, "--to", tmp_path / "a.nova", "--dimension", 256)
    assert found.exit_code != 0
    assert "--dimension" in str(found.exception)


# ---- what is confirmed is what is sent -------------------------------------------------------------------------------


def folder_of(path, texts):
    path.mkdir()
    for n, words in enumerate(texts):
        (path / f"{n:03d}.txt").write_text(words)
    return path


def test_what_an_earlier_budget_held_back_is_part_of_the_estimate_and_named_apart(bedrock, tmp_path):
    first = folder_of(tmp_path / "first", [f"Text {n} about an owl." for n in range(30)])
    second = folder_of(tmp_path / "second", ["A boat.", "A mast."])
    held = run(first, "--to", tmp_path / "a.nova", "--model", "nova", "--budget", "0.00004", "--yes")
    assert held.exit_code == 3
    sent = bedrock.summary()["requests"]
    assert 0 < sent < 30
    shown = run(second, "--to", tmp_path / "a.nova", "--model", "nova")
    left = 30 - sent
    assert f"{left + 2} calls" in shown.output
    assert f"{left} items of it left over from earlier runs" in shown.output
    assert bedrock.summary()["requests"] == sent
    done = run(second, "--to", tmp_path / "a.nova", "--model", "nova", "--yes")
    assert done.exit_code == 0, done.output
    assert bedrock.summary()["requests"] == sent + left + 2


def test_who_pays_where_is_shown_before_anybody_is_asked(bedrock, texts, tmp_path):
    found = run(texts, "--to", tmp_path / "a.nova", "--model", "nova")
    before, _, _ = found.output.partition("Send it?")
    assert "Account 111122223333 · caller user/tester · profile of the environment · region us-east-1" in before


def test_the_estimate_is_shown_once_and_the_last_lines_say_what_was_spent(bedrock, texts, tmp_path):
    found = run(texts, "--to", tmp_path / "a.nova", "--model", "nova", "--yes")
    assert found.output.count("6 texts ·") == 1
    assert "Spent about less than a cent, in 6 calls." in found.output
    again = run(texts, "--to", tmp_path / "b.nova", "--model", "nova", "--yes")
    assert "Nothing was spent; 6 answers were paid for before." in again.output
    spent = CliRunner().invoke(app, ["spent", str(tmp_path / "a.nova")])
    assert "in 6 calls" in spent.output
    assert "In all: about less than a cent" in spent.output
    (paid,) = json.loads(CliRunner().invoke(app, ["spent", str(tmp_path / "a.nova"), "--json"]).output)
    assert (paid["calls"], paid["caller"]) == (6, "arn:aws:iam::111122223333:user/tester")


def test_nobody_to_answer_is_told_to_say_yes_beforehand(bedrock, texts, tmp_path):
    words = ["embed", str(texts), "--to", str(tmp_path / "a.nova"), "--model", "nova"]
    found = CliRunner().invoke(app, words, input="")
    assert found.exit_code == 1
    assert "--yes" in found.output
    assert bedrock.summary()["requests"] == 0


@pytest.mark.parametrize("budget", ["-1", "nan", "inf"])
def test_a_budget_that_is_no_amount_of_money_is_a_usage_error(bedrock, texts, tmp_path, budget):
    found = run(texts, "--to", tmp_path / "a.nova", "--model", "nova", "--budget", budget, "--yes")
    assert found.exit_code == 2
    assert bedrock.summary()["requests"] == 0


# ---- the status says whether to call again --------------------------------------------------------------------------


def test_refused_items_never_stop_a_library_and_keep_their_reasons(bedrock, tmp_path):
    words = [*(f"!odd text {n}" for n in range(30)), *(f"Calm text {n}" for n in range(40))]
    source = folder_of(tmp_path / "texts", words)
    space = NovaModel().space
    for _ in range(2):
        found = run(source, "--to", tmp_path / "a.nova", "--model", "nova", "--yes")
        assert found.exit_code == 0, found.output
        library = open_library(tmp_path / "a.nova")
        assert (len(library.embedded(space)), len(library.failures(space))) == (40, 30)
    assert found.output.count("Nobody has ever seen this message") == 1, "one line for thirty equal reasons"
    assert "30 items, such as 000.txt" in found.output
    assert bedrock.summary()["requests"] <= 70 + 1
    more = folder_of(tmp_path / "more", ["Another text."])
    assert run(more, "--to", tmp_path / "a.nova", "--model", "nova", "--yes").exit_code == 0
    assert len(open_library(tmp_path / "a.nova").embedded(space)) == 41
    sent = bedrock.summary()["requests"]
    run(source, "--to", tmp_path / "a.nova", "--model", "nova", "--yes", "--retry-refused")
    assert bedrock.summary()["requests"] == sent + 30


def test_what_the_service_failed_at_can_be_had_by_the_same_command(bedrock, tmp_path):
    source = folder_of(tmp_path / "texts", ["!model5 broken", *(f"Calm text {n}" for n in range(5))])
    found = run(source, "--to", tmp_path / "a.nova", "--model", "nova", "--yes")
    assert found.exit_code == 3
    assert "1 item was given up for the service's own faults. Make the same call again" in found.output
    bedrock.seen.update(dict.fromkeys(bedrock.seen, 9))
    assert run(source, "--to", tmp_path / "a.nova", "--model", "nova", "--yes").exit_code == 0


@pytest.mark.parametrize("said", ["policy", "vague"])
def test_a_picture_refused_in_unknown_words_is_a_safety_event_and_never_sent_again(bedrock, tmp_path, said):
    folder = tmp_path / "pictures"
    folder.mkdir()
    for shade in range(3):
        Image.new("RGB", (16, 16), (shade * 80, 9, 9)).save(folder / f"{shade}.png")
    bedrock.refusing = lambda about, seen={}: said if seen.setdefault(about["digest"], len(seen)) == 1 else None
    for library in ("a.nova", "a.nova", "b.nova"):
        found = run(folder, "--to", tmp_path / library, "--model", "nova", "--yes")
        assert found.exit_code == 0, found.output
    assert bedrock.summary()["requests"] == 3
    (event,) = open_library(tmp_path / "a.nova").runs()[0]["safety_events"]
    assert event["name"].endswith(".png")
    assert len(event["sha256"]) == 64
    assert event["request_id"]
    assert len(open_library(tmp_path / "a.nova").thumbnailed()) == 2, "no preview of it is drawn"


def test_the_day_quota_ends_the_run_at_once(bedrock, texts, tmp_path):
    bedrock.always = "daily"
    found = run(texts, "--to", tmp_path / "a.nova", "--model", "nova", "--yes")
    assert "tomorrow" in str(found.exception)
    assert bedrock.summary()["requests"] <= 6


def test_a_proxy_that_wants_a_password_ends_the_run_at_its_first_answer(bedrock, texts, tmp_path):
    bedrock.always = "proxy"
    found = run(texts, "--to", tmp_path / "a.nova", "--model", "nova", "--yes")
    assert "HTTPS_PROXY" in str(found.exception)
    assert bedrock.summary()["requests"] <= 6
