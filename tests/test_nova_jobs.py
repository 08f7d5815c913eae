"""Long media and large libraries by jobs of Bedrock: every answer finds its item, nothing is paid twice or lost."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from bedrock_schema import RefusedError
from fake_bedrock_jobs import ACCOUNT, Habits
from jobs_bench import (
    DIMENSION,
    KEY,
    PLACE,
    QUICK,
    ROLE,
    SECONDS,
    Impatient,
    batch_expected,
    book,
    clip,
    expected_segment,
    fake,
    interrupted_run,
    nova,
    one_by_one,
    one_loader,
    parts,
    recording,
    run,
    s3,
    s3_url,
    stored,
    talk,
    texts,
    vector_of,
)  # fmt: skip

from nova_explore.collection import Collection, Item, Modality, number_copies
from nova_explore.errors import ServiceRefusedError, TooFewItemsError
from nova_explore.jobs import JobTable, collect_jobs, list_jobs, stop_jobs
from nova_explore.jobs.records import embed_records
from nova_explore.jobs.run import open_service
from nova_explore.models import nova_batch
from nova_explore.models.nova_jobs import choose_path, divide
from nova_explore.models.nova_prepare import prepare
from nova_explore.models.s3 import S3Place
from nova_explore.store import open_library

__all__ = ["fake", "one_by_one", "one_loader", "s3", "s3_url"]  # fixtures
# moto and botocore warn about themselves: both are pinned by others and no part of what is tested here.
pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning:moto.*"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning:botocore.*"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


# ---- asynchronous jobs ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("times", ["metadata", "beside"])
@pytest.mark.parametrize("with_id", [True, False])
def test_a_long_recording_gets_the_vectors_of_its_own_segments(tmp_path, fake, times, with_id):
    fake.habits = Habits(times=times, output_with_id=with_id, looks=2, seed=3)
    collection = talk(tmp_path)
    library = run(collection, tmp_path / "a.nova", "async")
    found = stored(library)
    assert set(found) == {(item.uri, str(item.span)) for item in collection}
    for item in collection:
        assert item.span is not None
        wanted = expected_segment(item, item.span.start, item.span.end)
        np.testing.assert_allclose(found[item.uri, str(item.span)], wanted, atol=1e-6)
    assert library.failures(nova().space) == {}
    assert fake.calls["StartAsyncInvoke"] == 1


def test_segments_of_another_length_take_the_place_of_the_parts(tmp_path, fake):
    library = run(talk(tmp_path), tmp_path / "a.nova", "async", segment=20)
    spans = [item.span for item in library.collection()]
    assert [(s.start, s.end) for s in spans if s] == [(0, 20), (20, 40), (40, 60), (60, 70)]
    assert len(stored(library)) == 4


def test_a_second_call_asks_for_nothing_and_copies_share_what_is_paid(tmp_path, fake):
    collection = talk(tmp_path)
    run(collection, tmp_path / "a.nova", "async", segment=20)
    run(collection, tmp_path / "a.nova", "async", segment=20)
    copy = tmp_path / "copy.wav"
    copy.write_bytes(Path(collection[0].uri).read_bytes())
    library = run(Collection(parts(copy, [0.0, 30.0, 60.0, SECONDS])), tmp_path / "a.nova", "async", segment=20)
    assert fake.calls["StartAsyncInvoke"] == 1
    assert len(stored(library)) == 8


@pytest.mark.parametrize("word", ["FAILURE", "FAILED"])
def test_failed_segments_have_reasons_and_the_others_their_vectors(tmp_path, fake, word):
    reasons = {0: ("RAI_VIOLATION_INPUT_TEXT_DEFLECTION", "no"), 2: ("INVALID_CONTENT", "no pictures in it")}
    fake.habits = Habits(failing_segments=reasons, failure_word=word)
    library = run(talk(tmp_path), tmp_path / "a.nova", "async")
    assert {span for _, span in stored(library)} == {"30–60 s"}
    failures = library.failures(nova().space)
    said = {str(item.span): failures.get(item.content_key, "") for item in library.collection()}
    assert "content filters" in said["0–30 s"]
    assert "INVALID_CONTENT no pictures in it" in said["60–70 s"]


@pytest.mark.parametrize("path", ["async", "batch"])
def test_a_job_that_the_service_has_forgotten_leaves_its_reason(tmp_path, fake, path):
    fake.habits = Habits(looks=10**6)

    collection = talk(tmp_path) if path == "async" else texts(120)
    with pytest.raises(KeyboardInterrupt):
        run(collection, tmp_path / "a.nova", path, role=ROLE, patience=Impatient())
    fake.jobs.clear()
    library = collect_jobs(tmp_path / "a.nova", s3=PLACE, model=nova(), patience=QUICK, progress=False)
    assert list(list_jobs(library)["state"]) == ["failed"]
    assert len(library.failures(nova().space)) == len(collection)
    assert all("does not know the job any more" in said for said in library.failures(nova().space).values())


def test_a_batch_job_that_is_refused_ends_the_run_with_what_to_check(tmp_path, fake, monkeypatch):
    def refused(request):
        raise RefusedError(400, "ValidationException", "The role cannot be assumed.")

    monkeypatch.setattr(fake, "_create", refused)
    with pytest.raises(ServiceRefusedError, match=r"The role cannot be assumed\. Check the role"):
        run(texts(120), tmp_path / "a.nova", "batch", role=ROLE)
    assert list(list_jobs(open_library(tmp_path / "a.nova"))["state"]) == ["failed"]


def test_a_segment_that_the_answer_leaves_out_is_named(tmp_path, fake):
    fake.habits = Habits(lost_segments={1})
    library = run(talk(tmp_path), tmp_path / "a.nova", "async")
    assert len(stored(library)) == 2
    assert list(library.failures(nova().space).values()) == ["The service's answer leaves this part out."]


def test_segments_without_times_are_refused_rather_than_all_put_at_zero(tmp_path, fake):
    fake.habits = Habits(times="none")
    library = run(talk(tmp_path), tmp_path / "a.nova", "async")
    assert stored(library) == {}
    assert len(library.collection()) == 3
    assert all("which part of the medium" in said for said in library.failures(nova().space).values())


def test_a_job_that_fails_leaves_its_reason_with_every_part(tmp_path, fake):
    fake.habits = Habits(failing_media=True)
    library = run(talk(tmp_path), tmp_path / "a.nova", "async")
    assert stored(library) == {}
    assert len(library.failures(nova().space)) == 3
    assert all("Invalid input file." in said for said in library.failures(nova().space).values())
    assert list(list_jobs(library)["state"]) == ["failed"]


def test_throttles_and_a_quota_are_waited_for(tmp_path, fake):
    fake.habits = Habits(throttles=4, most_open=2, looks=3)
    many = [parts(recording(tmp_path, f"{i}.wav", pitch=200 + i), [0.0, 30.0, 60.0, SECONDS]) for i in range(5)]
    library = run(Collection([item for items in many for item in items]), tmp_path / "a.nova", "async")
    assert len(stored(library)) == 15
    assert len(fake.jobs) == 5
    assert list(list_jobs(library)["state"]) == ["done"] * 5


@pytest.mark.parametrize("inclusive", [False, True])
def test_the_words_of_a_segment_are_those_that_were_embedded(tmp_path, fake, inclusive):
    fake.habits = Habits(inclusive=inclusive)
    item = book(" ".join(f"word{i:05d}" for i in range(2500)))
    library = run(Collection([item]), tmp_path / "a.nova", "async", segment=4000)
    items = list(library.collection())
    assert len(items) == 7
    assert "".join(part.text or "" for part in items) == item.text
    for part in items:
        assert part.span is not None
        wanted = expected_segment(part, part.span.start, part.span.end, "TEXT")
        np.testing.assert_allclose(stored(library)[part.uri, str(part.span)], wanted, atol=1e-6)


@pytest.mark.parametrize(
    ("video", "kind"), [("combined", "AUDIO_VIDEO_COMBINED"), ("picture", "VIDEO"), ("sound", "AUDIO")]
)
def test_the_wanted_vector_of_a_video_is_chosen_by_its_type(tmp_path, fake, video, kind):
    path = clip(tmp_path)
    items = parts(path, [0.0, 30.0, 62.0], Modality.VIDEO)
    library = run(Collection(items), tmp_path / "a.nova", "async", model=nova(video=video))
    found = stored(library, nova(video=video))
    assert len(found) == 3
    wanted = expected_segment(items[0], 0.0, 30.0, kind)
    np.testing.assert_allclose(found[str(path), "0–30 s"], wanted, atol=1e-6)


# ---- batch jobs ----------------------------------------------------------------------------------------------------


def test_shuffled_answers_find_their_items(tmp_path, fake):
    fake.habits = Habits(seed=7, doubled_records=5, looks=4)
    collection = texts(250)
    library = run(collection, tmp_path / "a.nova", "batch", role=ROLE)
    vectors, present = library.vectors(nova().space, [item.content_key for item in collection])
    assert present.all()
    np.testing.assert_allclose(vectors, np.stack([batch_expected(item) for item in collection]), atol=1e-6)
    assert max(fake.billed.values()) == 1


def test_large_libraries_go_in_even_shards_and_large_media_beside_them(tmp_path, fake, monkeypatch):
    monkeypatch.setattr(nova_batch, "MOST_INLINE", 20)
    from nova_explore.models.nova_request import Prepared

    def as_picture(item: Item) -> Prepared:
        return Prepared("image", "png", data=(item.text or "").encode() * 2)

    library = open_library(tmp_path / "a.nova", create=True)
    items = number_copies(replace(item, modality=Modality.IMAGE) for item in texts(430))
    service = open_service(nova(), PLACE, role=ROLE, patience=QUICK)
    with library.writing():
        library.add(Collection(items))
        for _outcome in embed_records(library, items, service, prepare=as_picture, most=200):
            pass
    assert [len(job.records) for job in JobTable(library).jobs()] == [144, 144, 142]
    vectors, present = library.vectors(nova().space, [item.content_key for item in items])
    assert present.all()
    wanted = [vector_of((item.text or "").encode() * 2, DIMENSION) for item in items]
    np.testing.assert_allclose(vectors, wanted, atol=1e-6)
    sent = next(iter(fake.jobs.values()))["request"]["inputDataConfig"]["s3InputDataConfig"]
    assert sent["s3Uri"].endswith("/input/"), "records with addresses need their folder as the job's input"


def test_bad_records_have_their_own_reasons(tmp_path, fake):
    collection = texts(120, at_3="POISON", at_50="FILTERED", at_80="BUSY")
    library = run(collection, tmp_path / "a.nova", "batch", role=ROLE)
    assert len(stored(library)) == 117
    said = library.failures(nova().space)
    assert set(said) == {collection[i].content_key for i in (3, 50, 80)}
    assert "malformed" in said[collection[3].content_key]
    assert "content filters" in said[collection[50].content_key]


@pytest.mark.parametrize(
    ("habits", "lost", "note"),
    [
        (Habits(lost_records=7), 7, "113 have an answer"),
        (Habits(damaged_lines=2), 2, "118 have an answer"),
        (Habits(wrong_manifest=True), 0, "121 good"),
        (Habits(final="Failed"), 120, ""),
        (Habits(final="PartiallyCompleted", lost_records=20), 20, "100 have an answer"),
        (Habits(final="Expired", lost_records=1), 1, "119 have an answer"),
    ],
    ids=["lost", "damaged", "manifest", "failed", "partial", "expired"],
)
def test_no_record_is_unaccounted_for(tmp_path, fake, habits, lost, note):
    fake.habits = habits
    library = run(texts(120), tmp_path / "a.nova", "batch", role=ROLE)
    assert len(stored(library)) == 120 - lost
    reasons = library.failures(nova().space)
    assert len(reasons) == lost
    assert all("has no answer to this record" in said for said in reasons.values())
    (run_record,) = [record for record in library.runs() if record["kind"] == "jobs"]
    assert [note in said for said in run_record["notes"]] == ([True] if note else [])
    fake.habits = Habits()
    if lost >= 100:
        run(texts(120), tmp_path / "a.nova", "batch", role=ROLE)
        assert len(stored(library)) == 120
        assert library.failures(nova().space) == {}


def test_fewer_records_than_a_job_takes_are_refused_with_the_way_out(tmp_path, fake):
    with pytest.raises(TooFewItemsError, match=r"at least 100 records, there are 99\. Use path='sync'"):
        run(texts(99), tmp_path / "a.nova", "batch", role=ROLE)
    assert not fake.jobs


def test_stopping_keeps_what_was_done(tmp_path, fake):
    fake.habits = Habits(looks=10**6)
    with pytest.raises(KeyboardInterrupt) as interrupted:
        interrupted_run(tmp_path, fake)
    assert "1 jobs are open at the service" in interrupted.value.__notes__[0]
    library = open_library(tmp_path / "a.nova")
    assert len(stop_jobs(library, s3=PLACE, model=nova())) == 1
    collect_jobs(library, s3=PLACE, model=nova(), patience=QUICK, progress=False)
    assert len(stored(library)) == 60
    assert list(list_jobs(library)["state"]) == ["stopped"]
    assert fake.calls["CreateModelInvocationJob"] == 1


# ---- any process goes on where another was killed ------------------------------------------------------------------

KILLED_RUN = """
import sys
from pathlib import Path
import jobs_bench as t
folder, path = Path(sys.argv[1]), sys.argv[2]
collection = t.talk(folder) if path == "async" else t.texts(120)
t.run(collection, folder / "a.nova", path, role=t.ROLE)
"""


@pytest.mark.parametrize("path", ["async", "batch"])
@pytest.mark.parametrize("moment", ["asked, not answered", "answered, not collected"])
def test_a_killed_process_loses_nothing_and_pays_nothing_twice(tmp_path, fake, path, moment):
    fake.habits = Habits(looks=10**6, hold_answers=threading.Event() if moment.startswith("asked") else None)
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path])}
    process = subprocess.Popen([sys.executable, "-c", KILLED_RUN, str(tmp_path), path], env=environment)
    look = "GetAsyncInvoke" if path == "async" else "GetModelInvocationJob"
    for _ in range(2000):
        if process.poll() is not None or fake.accepted.wait(0.01) or fake.calls[look] >= 2:
            break
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    (job,) = JobTable(open_library(tmp_path / "a.nova")).jobs()
    assert (job.arn is None) == moment.startswith("asked")
    if fake.habits.hold_answers:
        fake.habits.hold_answers.set()
    fake.habits = Habits()

    library = collect_jobs(tmp_path / "a.nova", s3=PLACE, model=nova(), patience=QUICK, progress=False)
    assert len(stored(library)) == (3 if path == "async" else 120)
    assert len(fake.jobs) == 1
    assert max(fake.billed.values()) == 1
    (job,) = JobTable(library).jobs()
    assert job.state == "done"


def test_a_process_killed_before_its_upload_ended_starts_afresh(tmp_path, fake, monkeypatch):
    def cut_off(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("nova_explore.models.s3.Bucket.upload", cut_off)
        with pytest.raises(KeyboardInterrupt):
            run(texts(120), tmp_path / "a.nova", "batch", role=ROLE)
    library = run(texts(120), tmp_path / "a.nova", "batch", role=ROLE)
    assert len(stored(library)) == 120
    assert sorted(list_jobs(library)["state"]) == ["abandoned", "done"]
    assert len(fake.jobs) == 1


# ---- choosing, refusing, keeping secrets ---------------------------------------------------------------------------


def test_the_path_is_chosen_with_its_reason(tmp_path):
    short, long = list(texts(3)), book("word " * 5000)
    assert choose_path(short).path == "sync"
    assert choose_path([long], s3=PLACE) == (
        "async",
        "1 media are too long for one call: Bedrock cuts them into segments.",
    )
    assert choose_path([long]).path == "sync"
    many = short * 12_000
    assert choose_path(many, s3=PLACE, role=ROLE).path == "batch"
    assert "With role=… they could go as batch jobs" in choose_path(many, s3=PLACE).reason
    divided = {choice.path: items for choice, items in divide([*short, long], s3=PLACE, role=ROLE)}
    assert divided == {"sync": short, "async": [long]}


def test_jobs_without_a_place_or_a_role_are_refused_before_anything_is_made(tmp_path, s3):
    with pytest.raises(ServiceRefusedError, match="no place is given"):
        run(texts(120), tmp_path / "a.nova", "batch", role=ROLE, s3=None)
    with pytest.raises(ServiceRefusedError, match="service role"):
        run(texts(120), tmp_path / "a.nova", "batch")
    assert not (tmp_path / "a.nova").exists()


def test_a_bucket_of_another_owner_or_name_ends_the_run_with_what_to_do(tmp_path, fake):
    with pytest.raises(ServiceRefusedError, match="Make the bucket") as caught:
        run(talk(tmp_path), tmp_path / "a.nova", "async", s3="s3://another-bucket/nova")
    assert caught.value.family == "s3"


@pytest.mark.parametrize(
    "wrong",
    [
        {"uri": "https://bucket/x"}, {"uri": "s3://b"}, {"uri": "s3://bucket/a b"}, {"uri": "s3://bucket//a"},
        {"uri": "s3://bucket", "kms_key": "alias/mine"}, {"uri": "s3://bucket", "owner": "1234"},
    ],
    ids=str,
)  # fmt: skip
def test_a_place_that_bedrock_would_not_take_is_refused_at_once(wrong):
    with pytest.raises(ValueError, match=r"s3://|KMS|12 digits|prefix"):
        S3Place(**wrong)


def test_nothing_secret_is_kept_and_every_object_bears_the_key(tmp_path, fake, s3):
    library = run(talk(tmp_path), tmp_path / "a.nova", "async")
    run(texts(120), tmp_path / "a.nova", "batch", role=ROLE)
    for file in library.path.rglob("*"):
        assert not file.is_file() or b"not-a-secret-at-all" not in file.read_bytes()
    digest, token = talk(tmp_path)[0].digest, JobTable(library).jobs()[-1].token
    rows = s3.list_objects_v2(Bucket="media-bucket")["Contents"]
    ours = [row["Key"] for row in rows if f"{token}/input" in row["Key"] or digest in row["Key"]]
    assert len(ours) == 2
    assert {s3.head_object(Bucket="media-bucket", Key=key).get("SSEKMSKeyId") for key in ours} == {KEY}
    for job in fake.jobs.values():
        assert KEY in json.dumps(job["request"])
        assert ACCOUNT in json.dumps(job["request"]["outputDataConfig"])


def test_what_is_prepared_for_a_batch_is_what_a_single_call_would_send(tmp_path):
    item = texts(1)[0]
    assert prepare(item).text == item.text
