"""Names by a language model in the app: shown first, sent only when confirmed, and proposals like any other then."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError, NoCredentialsError
from fakes.fake_converse import FakeConverse
from fakes.page_questions import ask
from fakes.toy_library import copy_of

from nova_explore.exploration.stored_maps import open_map
from nova_explore.models.nova import client as nova_client
from nova_explore.widgets import App

MODEL = "amazon.nova-lite-v1:0"
ALL = ["0", "1", "2", "3"]


@pytest.fixture
def converse(monkeypatch):
    fake = FakeConverse()
    monkeypatch.setattr(nova_client, "open_client", lambda *_, **__: fake)
    return fake


@pytest.fixture
def app(mapped_toy_160, tmp_path, converse):
    return App(open_map(copy_of(mapped_toy_160, tmp_path / "own.nova")))


def proposals(app, key="0"):
    return {one["name"]: one["why"] for one in ask(app, "cluster_card", key=key)["proposals"]}


def test_what_would_be_sent_is_shown_in_full_and_nothing_is(app, converse):
    shown = ask(app, "plan_names", model=MODEL, keys=ALL)
    rows = dict(shown["rows"])
    assert (shown["clusters"], shown["new"]) == (4, 4)
    assert rows["Sent to"] == f"{MODEL} at https://bedrock-runtime.us-east-1.amazonaws.com"
    assert rows["Length"].startswith("about ")
    assert rows["Cost"].startswith("$0.0000")
    assert " to $0." in rows["Cost"]
    name = app.exploration.proposed[0]
    sent = json.loads(shown["example"]["text"])
    assert sent["keywords"] == [word for word, _ in name.keywords]
    assert len(sent["items"]) == len(name.medoids)
    assert converse.requests == []


def test_a_confirmed_plan_makes_proposals_that_say_who_made_them(app, converse):
    shown = ask(app, "plan_names", model=MODEL, keys=ALL)
    answer = ask(app, "ask_names", plan=shown["plan"])
    assert len(converse.requests) == 4
    assert converse.requests[0]["messages"][0]["content"][0]["text"] == json.dumps(
        json.loads(shown["example"]["text"]), ensure_ascii=True
    )
    assert answer["words"].startswith("4 names proposed. Each stands among the proposals of its cluster. It cost $")
    word = app.exploration.proposed[0].keywords[0][0]
    assert MODEL in proposals(app)[word]
    ask(app, "accept", key="0", name=word)
    assert app.exploration.labels.table["status"].tolist().count("renamed") == 1


def test_names_that_were_paid_for_are_there_in_a_later_session_and_cost_nothing(app, converse):
    ask(app, "ask_names", plan=ask(app, "plan_names", model=MODEL, keys=ALL)["plan"])
    later = App(open_map(app.exploration.library))
    assert any(MODEL in why for why in proposals(later).values())
    shown = ask(later, "plan_names", model=MODEL, keys=ALL)
    assert (shown["clusters"], shown["new"], shown["example"]) == (4, 0, None)
    assert len(converse.requests) == 4


def test_two_models_stand_beside_each_other(app):
    for model in (MODEL, "amazon.nova-pro-v1:0"):
        ask(app, "ask_names", plan=ask(app, "plan_names", model=model, keys=["0"])["plan"])
    whys = " ".join(proposals(app).values())
    assert MODEL in whys
    assert "amazon.nova-pro-v1:0" in whys


def test_nothing_is_sent_but_what_was_shown(app, converse):
    assert "Look again" in ask(app, "ask_names", plan="never shown")["error"]
    shown = ask(app, "plan_names", model=MODEL, keys=ALL)
    app.recluster(12)
    assert "Look again" in ask(app, "ask_names", plan=shown["plan"])["error"]
    assert converse.requests == []


def test_stopping_keeps_what_was_answered_and_asks_no_more(app, converse):
    shown = ask(app, "plan_names", model=MODEL, keys=ALL)
    answer = converse.converse

    def stop_after_two(**request):
        if len(converse.requests) == 1:
            app.do("stop_names")
        return answer(**request)

    converse.converse = stop_after_two
    assert ask(app, "ask_names", plan=shown["plan"])["words"].startswith("Stopped: 2 names proposed, none for 2.")
    assert ask(app, "plan_names", model=MODEL, keys=ALL)["new"] == 2


def test_how_far_the_asking_is_can_be_read(app):
    seen = []
    shown = ask(app, "plan_names", model=MODEL, keys=ALL)
    app.observe(lambda change: seen.append(change["new"]), "working")
    ask(app, "ask_names", plan=shown["plan"])
    assert seen == [f"asking {MODEL} for names", *(f"asking {MODEL} for names: {n} of 4" for n in (1, 2, 3, 4)), ""]


def refused(code, message, status=400):
    about = {"HTTPStatusCode": status}
    return ClientError({"Error": {"Code": code, "Message": message}, "ResponseMetadata": about}, "Converse")


@pytest.mark.parametrize(("error", "advice"), [
    (NoCredentialsError(), "No AWS credentials were found. Log in"),
    (refused("AccessDeniedException", "You don't have access to the model with the specified model ID.", 403),
     "Open Amazon Bedrock > Model access"),
    (refused("ValidationException", "Invocation of model ID with on-demand throughput isn't supported."),
     "Pass the id of an inference profile"),
    (refused("ThrottlingException", "Too many requests", 429), "Ask again in a minute; answers are kept"),
])  # fmt: skip
def test_a_refusal_is_one_line_that_says_what_to_do_and_stands_on_the_board_alone(app, converse, error, advice):
    shown = ask(app, "plan_names", model=MODEL, keys=ALL)

    def refuse(**_):
        raise error

    converse.converse = refuse
    told = ask(app, "ask_names", plan=shown["plan"])["error"]
    assert advice in told
    assert "\n" not in told
    assert "embed" not in told
    assert (app.last_error, app.working) == ("", "")


def test_an_unknown_price_is_said_and_asking_is_possible_all_the_same(app, converse):
    shown = ask(app, "plan_names", model="anthropic.other", keys=["0"])
    assert dict(shown["rows"])["Cost"] == "The price of anthropic.other is not known here."
    assert "error" not in ask(app, "ask_names", plan=shown["plan"])
    assert len(converse.requests) == 1
    assert "Write its id" in ask(app, "plan_names", model=" ", keys=["0"])["error"]


def test_an_app_that_only_shows_asks_for_nothing(app, converse):
    shown = ask(app, "plan_names", model=MODEL, keys=ALL)
    app.read_only = True
    assert "opened to read" in ask(app, "ask_names", plan=shown["plan"])["error"]
    assert converse.requests == []
