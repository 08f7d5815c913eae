"""Whatever the service does, nothing is lost, nothing good is sent twice, nothing damaged is stored."""

from __future__ import annotations

import collections
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from fakes.toy_library import text_item, text_items, toy_collection
from fakes.toy_model import topic_texts
from PIL import Image

from nova_explore.collection import Collection
from nova_explore.embedding.embed import embed
from nova_explore.errors import ServiceRefusedError, ServiceUnavailableError
from nova_explore.library.store import open_library
from nova_explore.models.model import Account
from nova_explore.models.nova import schedule as nova_schedule
from nova_explore.models.nova import stream as nova_stream
from nova_explore.models.nova.model import NovaModel
from nova_explore.sources.read import read

pytestmark = pytest.mark.slow

SPACE = NovaModel().space


def some_texts(*marked: str, calm: int = 6) -> Collection:
    texts = [("", f"{mark} text number {place}") for place, mark in enumerate(marked)]
    return Collection(text_items([*texts, *topic_texts(calm)[:calm]]))


@pytest.mark.parametrize("faults", [0.05, 0.4])
def test_random_faults_lose_nothing_and_repeat_nothing_good(bedrock, tmp_path, faults):
    bedrock.faults = faults
    library = embed(toy_collection(20), to=tmp_path / "a.nova", model="nova", progress=False)
    seen = bedrock.summary()
    assert len(library.embedded(SPACE)) == seen["good"] == seen["good_bodies"] == 80
    assert seen["twice"] == 0


@pytest.mark.parametrize("fault", ["throttle", "notready", "server", "unavailable", "timeout", "model", "reset"])
def test_a_fault_that_passes_is_repeated_until_it_has_passed(bedrock, tmp_path, fault):
    library = embed(some_texts(f"!{fault}2"), to=tmp_path / "a.nova", model="nova", progress=False)
    assert len(library.embedded(SPACE)) == 7
    assert bedrock.summary()["twice"] == 0
    assert bedrock.summary()["requests"] == 9


@pytest.mark.parametrize("fault", ["nan", "zero", "dimension", "half", "empty", "cut"])
def test_a_damaged_answer_is_asked_for_again_and_never_stored(bedrock, tmp_path, fault):
    cured = embed(some_texts(f"!{fault}1"), to=tmp_path / "a.nova", model="nova", progress=False)
    assert len(cured.embedded(SPACE)) == 7
    library = embed(some_texts(f"!{fault}"), to=tmp_path / "b.nova", model="nova", progress=False)
    (reason,) = library.failures(SPACE).values()
    assert "again and again" in reason
    assert len(library.embedded(SPACE)) == 6
    assert library.blocked(SPACE) == {}


@pytest.mark.parametrize(("fault", "words"), [("timeout", "too long"), ("model", "failed"), ("server", "failed")])
def test_a_fault_that_stays_with_one_item_is_recorded_and_tried_by_the_next_run(
    bedrock, tmp_path, monkeypatch, fault, words
):
    monkeypatch.setattr(nova_schedule, "LONGEST_FAILING", 0.1)
    monkeypatch.setattr(nova_schedule, "MANY_ATTEMPTS", 3)
    library = embed(some_texts(f"!{fault}"), to=tmp_path / "a.nova", model="nova", progress=False)
    (reason,) = library.failures(SPACE).values()
    assert words in reason
    (failed,) = library.runs()[-1]["account"]["failed_requests"]
    assert failed["request_id"]
    bedrock.seen.clear()
    library = embed(some_texts(f"!{fault}0"), to=tmp_path / "a.nova", model="nova", progress=False)
    embed(some_texts(f"!{fault}1"), to=tmp_path / "b.nova", model="nova", progress=False)
    assert bedrock.summary()["twice"] == 0


@pytest.mark.parametrize(("fault", "words"), [("filter", "content filters"), ("csam", "NCMEC")])
def test_a_blocked_item_is_recorded_warned_of_and_never_sent_again(bedrock, tmp_path, fault, words):
    with pytest.warns(UserWarning, match="never sent again"):
        library = embed(some_texts(f"!{fault}"), to=tmp_path / "a.nova", model="nova", progress=False)
    (reason,) = library.blocked(SPACE).values()
    assert words in reason
    sent = bedrock.summary()["requests"]
    embed(some_texts(f"!{fault}"), to=tmp_path / "a.nova", model="nova", progress=False)
    with pytest.warns(UserWarning, match="never sent again"):
        embed(some_texts(f"!{fault}"), to=tmp_path / "other.nova", model="nova", progress=False)
    assert bedrock.summary()["requests"] == sent, "neither from this library nor from another"
    assert library.failures(SPACE) == library.blocked(SPACE)


@pytest.mark.parametrize(("fault", "words"), [("odd", "Nobody has ever seen"), ("modelinput", "cannot decode")])
def test_one_refused_item_never_ends_a_run(bedrock, tmp_path, fault, words):
    library = embed(some_texts(f"!{fault}"), to=tmp_path / "a.nova", model="nova", progress=False)
    (reason,) = library.failures(SPACE).values()
    assert words in reason
    assert len(library.embedded(SPACE)) == 6


@pytest.mark.parametrize(
    ("fault", "words"),
    [("denied", "bedrock:InvokeModel"), ("missing", "no model"), ("expired", "Renew"), ("quota", None)],
)
def test_what_no_item_would_get_past_ends_the_run_at_once(bedrock, tmp_path, monkeypatch, fault, words):
    bedrock.always = fault
    if words is None:
        monkeypatch.setattr(nova_stream, "QUOTA_PAUSE", 0.2)
        with pytest.raises(ServiceUnavailableError, match="quota"):
            embed(toy_collection(5), to=tmp_path / "a.nova", model=NovaModel(patience=1.0), progress=False)
        return
    with pytest.raises(ServiceRefusedError, match=words) as caught:
        embed(toy_collection(40), to=tmp_path / "a.nova", model="nova", progress=False)
    assert bedrock.summary()["requests"] <= 12
    assert "0 of 160 items are stored" in caught.value.__notes__[0]


def test_a_region_without_the_model_says_which_region_has_it(bedrock, aws, tmp_path):
    bedrock.region = "eu-central-1"
    aws.setenv("AWS_REGION", "eu-central-1")
    with pytest.raises(ServiceRefusedError, match=r"eu-central-1.*us-east-1"):
        embed(toy_collection(1), to=tmp_path / "a.nova", model=NovaModel(region="eu-central-1"), progress=False)


def test_missing_credentials_or_profile_or_region_say_what_to_do(bedrock, aws, tmp_path):
    with pytest.raises(ServiceRefusedError, match="profile"):
        embed(toy_collection(1), to=tmp_path / "a.nova", model=NovaModel(profile="nobody"), progress=False)
    aws.delenv("AWS_ACCESS_KEY_ID")
    with pytest.raises(ServiceRefusedError, match="aws sso login"):
        embed(toy_collection(1), to=tmp_path / "a.nova", model=NovaModel(), progress=False)
    aws.delenv("AWS_REGION")
    aws.delenv("AWS_DEFAULT_REGION")
    with pytest.raises(ServiceRefusedError, match="region"):
        embed(toy_collection(1), to=tmp_path / "a.nova", model=NovaModel(), progress=False)


def test_many_items_refused_for_one_cause_and_none_embedded_end_the_run(bedrock, tmp_path):
    bedrock.always = "odd"
    with pytest.raises(ServiceRefusedError, match="a plain text too"):
        embed(toy_collection(40), to=tmp_path / "a.nova", model="nova", progress=False)


def test_an_endpoint_that_is_not_there_is_given_up(aws, tmp_path, monkeypatch):
    monkeypatch.setattr(nova_schedule, "UNREACHED", 0.5)
    aws.setenv("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", "http://127.0.0.1:9")
    aws.setenv("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:9")
    with pytest.raises(ServiceUnavailableError, match="not been reached"):
        embed(toy_collection(1), to=tmp_path / "a.nova", model="nova", progress=False)


@pytest.mark.parametrize("fault", ["unavailable", "reset"])
def test_an_outage_is_waited_for(bedrock, tmp_path, fault):
    bedrock.latency = 0.01
    bedrock.outage_after = (40, 1.0, fault)
    library = embed(toy_collection(30), to=tmp_path / "a.nova", model=NovaModel(max_in_flight=4), progress=False)
    assert len(library.embedded(SPACE)) == 120
    assert bedrock.summary()["twice"] == 0
    assert bedrock.errors.total() > 0


def test_a_service_that_answers_nothing_for_long_ends_the_run_and_what_is_there_is_kept(bedrock, tmp_path):
    bedrock.latency = 0.01
    bedrock.outage_after = (60, 99.0, "unavailable")
    with pytest.raises(ServiceUnavailableError, match="Make the same call again"):
        embed(
            toy_collection(40), to=tmp_path / "a.nova", model=NovaModel(patience=0.8, max_in_flight=2), progress=False
        )
    kept = len(open_library(tmp_path / "a.nova").embedded(SPACE))
    bedrock.outage = None
    library = embed(toy_collection(40), to=tmp_path / "a.nova", model="nova", progress=False)
    assert 0 < kept < len(library.embedded(SPACE)) == 160
    assert bedrock.summary()["twice"] == 0


KILLED_RUN = """
import sys
from fakes.toy_library import toy_collection
from nova_explore.embedding.embed import embed
from nova_explore.models.nova.model import NovaModel
embed(toy_collection(30), to=sys.argv[1], model=NovaModel(max_in_flight=8), progress=False)
"""


def test_a_killed_run_sends_again_at_most_what_was_in_flight(bedrock, tmp_path):
    bedrock.latency = 0.03
    bedrock.rate, bedrock.burst = 120, 10.0
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", KILLED_RUN, str(tmp_path / "killed.nova")]
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE)
    while process.poll() is None and bedrock.good.total() < 50:
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    _, said = process.communicate()
    assert process.returncode == -signal.SIGKILL, said.decode()
    time.sleep(0.1)
    bedrock.rate = None
    resumed = embed(toy_collection(30), to=tmp_path / "killed.nova", model="nova", progress=False)
    calm = embed(toy_collection(30), to=tmp_path / "calm.nova", model=NovaModel(cache=False), progress=False)
    keys = [item.content_key for item in calm.collection()]
    one, other = (library.vectors(SPACE, keys)[0] for library in (resumed, calm))
    np.testing.assert_allclose(one, other, atol=1e-7)
    assert [i.id for i in resumed.collection()] == [i.id for i in calm.collection()]
    again = bedrock.summary()["sent_again"] - 120  # the calm run asked for everything once more
    assert again <= 8, "only what was in flight at the kill may be asked for again"


def pictures(folder: Path, count: int = 130) -> Collection:
    """So many small pictures, no two of one colour. Texts would not do: they are drawn when they are looked at."""
    folder.mkdir()
    for number in range(count):
        Image.new("RGB", (24, 24), (number, 2 * number % 256, 90)).save(folder / f"{number:03d}.png")
    return read(folder, progress=False)


def test_an_interrupted_run_ends_soon_and_keeps_what_came(bedrock, tmp_path):
    class Interrupted(NovaModel):
        def embed_stream(self, items, **options):
            came = 0
            for answer in super().embed_stream(items, **options):
                if came == 100:
                    raise KeyboardInterrupt
                came += answer is not None  # a heartbeat carries no answer
                yield answer

    bedrock.latency = 0.01
    with pytest.raises(KeyboardInterrupt):
        embed(pictures(tmp_path / "media"), to=tmp_path / "a.nova", model=Interrupted(), progress=False)
    library = open_library(tmp_path / "a.nova")
    assert 100 <= len(library.embedded(SPACE)) <= 130
    assert library.thumbnailed() == set(), "pictures wait until the calls are done"
    embed(tmp_path / "media", to=tmp_path / "a.nova", model=NovaModel(), progress=False)
    assert len(library.thumbnailed()) == 130
    assert bedrock.summary()["twice"] == 0


def test_pictures_are_drawn_while_calls_wait_for_the_rate(bedrock, tmp_path):
    class Interrupted(NovaModel):
        def embed_stream(self, items, **options):
            for count, answer in enumerate(super().embed_stream(items, **options)):
                if count == 100:
                    raise KeyboardInterrupt
                yield answer

    media, slow = pictures(tmp_path / "media"), Interrupted(requests_per_minute=3000)
    with pytest.raises(KeyboardInterrupt):
        embed(media, to=tmp_path / "a.nova", model=slow, progress=False)
    library = open_library(tmp_path / "a.nova")
    assert 0 < len(library.thumbnailed()) <= len(library.embedded(SPACE))
    embed(tmp_path / "media", to=tmp_path / "a.nova", model=NovaModel(), progress=False)
    assert library.thumbnailed() == library.embedded(SPACE)
    assert len(library.thumbnailed()) == 130


def test_never_more_calls_are_in_the_air_than_allowed(bedrock, tmp_path):
    bedrock.latency = 0.02
    embed(toy_collection(20), to=tmp_path / "a.nova", model=NovaModel(max_in_flight=8), progress=False)
    assert 1 < bedrock.most_at_once <= 8


def test_what_is_in_the_air_when_nobody_listens_any_more_is_kept(bedrock):
    bedrock.latency = 0.3
    stream = NovaModel(max_in_flight=8).embed_stream(text_items(topic_texts(10)))
    _, first = next(answer for answer in stream if answer is not None)
    assert isinstance(first, np.ndarray)
    stream.close()  # pyright: ignore[reportAttributeAccessIssue]
    before = bedrock.summary()
    assert before["good"] > 1
    answers = [answer for answer in NovaModel().embed_stream(text_items(topic_texts(10))) if answer]
    assert len(answers) == 40
    assert bedrock.summary()["sent_again"] == 0


def test_a_run_that_is_told_to_stop_hands_out_what_is_in_the_air_and_sends_no_more(bedrock):
    bedrock.latency = 0.2
    account = Account()
    answers = []
    for answer in NovaModel(max_in_flight=4).embed_stream(text_items(topic_texts(10)), account=account):
        answers += [answer] if answer else []
        account.stopping = True
    assert len(answers) == bedrock.summary()["good"] == bedrock.summary()["requests"] < 40


def test_two_runs_over_one_cache_pay_for_nothing_twice(bedrock):
    bedrock.latency = 0.05
    found: list[int] = []

    def run() -> None:
        stream = NovaModel(max_in_flight=8).embed_stream(text_items(topic_texts(20)))
        found.append(sum(answer is not None for answer in stream))

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [80, 80]
    assert bedrock.summary()["good"] == 80


def test_an_item_is_never_answered_twice(bedrock):
    bedrock.faults = 0.3
    items = text_items(topic_texts(10))
    answered = [answer[0].content_key for answer in NovaModel().embed_stream(items) if answer]
    assert sorted(answered) == sorted(item.content_key for item in items)


def test_a_query_is_answered_through_faults_too(bedrock):
    bedrock.faults = 0.5
    (vector,) = NovaModel().embed_batch([text_item("an owl")], role="query")
    assert isinstance(vector, np.ndarray)
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-6)


def test_the_rate_that_a_run_found_is_kept_for_the_next(bedrock, monkeypatch):
    monkeypatch.setattr("nova_explore.models.nova.pace.Pace.found", 17.0)
    collections.deque(NovaModel().embed_stream(text_items(topic_texts(1))), maxlen=0)
    assert NovaModel().calls().found_rate() == 17.0
    elsewhere = NovaModel(endpoint_url="http://127.0.0.1:9")
    assert elsewhere.calls().found_rate() is None


def test_what_a_lost_answer_may_have_cost_is_counted_beside_what_was_spent(bedrock):
    account = Account()
    (item,) = some_texts("!cut1", calm=0)
    collections.deque(NovaModel().embed_stream([item], account=account), maxlen=0)
    # "!cut1 text number 0" has 19 characters: 5 tokens of 0.135 dollars a million.
    assert account.lost == pytest.approx(5 * 0.135e-6)
    assert account.spent > 0
