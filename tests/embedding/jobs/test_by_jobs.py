"""Jobs of Bedrock survive any process; the path is chosen with its reason; nothing secret is kept."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading

import pytest
from fakes.fake_job_store import ACCOUNT, Habits
from fakes.jobs_bench import (  # fmt: skip
    KEY,
    PLACE,
    QUICK,
    QUIET,
    ROLE,
    Impatient,
    book,
    fake,
    nova,
    one_by_one,
    one_loader,
    run,
    s3,
    s3_url,
    stored,
    talk,
    texts,
)

from nova_explore.embedding.jobs import JobTable, collect_jobs, list_jobs
from nova_explore.embedding.jobs.plan import choose_path, divide
from nova_explore.errors import ServiceRefusedError
from nova_explore.library.store import open_library
from nova_explore.models.nova.prepare import prepare
from nova_explore.models.nova.s3 import S3Place

__all__ = ["fake", "one_by_one", "one_loader", "s3", "s3_url"]  # fixtures
pytestmark = QUIET


# ---- any process goes on where another was killed ------------------------------------------------------------------

KILLED_RUN = """
import sys
from pathlib import Path
from fakes import jobs_bench as t
folder, path = Path(sys.argv[1]), sys.argv[2]
collection = t.talk(folder) if path == "async" else t.texts(120)
t.run(collection, folder / "a.nova", path, role=t.ROLE)
"""


@pytest.mark.slow
@pytest.mark.parametrize("path", ["async", "batch"])
@pytest.mark.parametrize("moment", ["asked, not answered", "answered, not collected"])
def test_a_killed_process_loses_nothing_and_pays_nothing_twice(tmp_path, fake, path, moment):
    fake.habits = Habits(looks=10**6, hold_answers=threading.Event() if moment.startswith("asked") else None)
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    process = subprocess.Popen([sys.executable, "-c", KILLED_RUN, str(tmp_path), path], env=environment)
    look = "GetAsyncInvoke" if path == "async" else "GetModelInvocationJob"
    for _ in range(30_000):
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


@pytest.mark.slow
def test_a_process_killed_before_its_upload_ended_starts_afresh(tmp_path, fake, monkeypatch):
    def cut_off(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("nova_explore.models.nova.s3.Bucket.upload", cut_off)
        with pytest.raises(KeyboardInterrupt):
            run(texts(120), tmp_path / "a.nova", "batch", role=ROLE)
    library = run(texts(120), tmp_path / "a.nova", "batch", role=ROLE)
    assert len(stored(library)) == 120
    assert sorted(list_jobs(library)["state"]) == ["abandoned", "done"]
    assert len(fake.jobs) == 1


@pytest.mark.slow
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


# ---- choosing, refusing, keeping secrets ---------------------------------------------------------------------------


def test_the_path_is_chosen_with_its_reason(tmp_path):
    short, long = list(texts(3)), book("word " * 5000)
    assert choose_path(short).path == "sync"
    assert choose_path([long], s3=PLACE) == (
        "async",
        "1 long medium: Bedrock cuts into segments, which takes it some minutes.",
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
        {"uri": "s3://bucket", "kms_key": "alias/mine"},
        {"uri": "s3://bucket", "kms_key": "arn:aws:kms:us-east-1:111122223333:key/abcd"},
        {"uri": "s3://bucket", "owner": "1234"},
    ],
    ids=str,
)  # fmt: skip
def test_a_place_that_bedrock_would_not_take_is_refused_at_once(wrong):
    with pytest.raises(ValueError, match=r"s3://|KMS|12 digits|prefix"):
        S3Place(**wrong)


@pytest.mark.slow
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
