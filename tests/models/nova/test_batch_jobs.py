"""Large libraries as batch jobs: answers in any order find their items, no record is unaccounted for."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from fakes.bedrock_schema import RefusedError
from fakes.fake_job_store import Habits
from fakes.jobs_bench import (  # fmt: skip
    DIMENSION,
    PLACE,
    QUICK,
    QUIET,
    ROLE,
    batch_expected,
    fake,
    interrupted_run,
    nova,
    one_by_one,
    one_loader,
    run,
    s3,
    s3_url,
    stored,
    texts,
    vector_of,
)

from nova_explore.collection import Collection, Item, Modality, number_copies
from nova_explore.embedding.jobs import JobTable, collect_jobs, list_jobs, stop_jobs
from nova_explore.embedding.jobs.by_jobs import open_service
from nova_explore.embedding.jobs.records import embed_records
from nova_explore.errors import ServiceRefusedError, TooFewItemsError
from nova_explore.library.store import open_library
from nova_explore.models.nova import batch_jobs as nova_batch

__all__ = ["fake", "one_by_one", "one_loader", "s3", "s3_url"]  # fixtures
pytestmark = [*QUIET, pytest.mark.slow]


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
    from nova_explore.models.nova.request import Prepared

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


def test_a_batch_job_that_is_refused_ends_the_run_with_what_to_check(tmp_path, fake, monkeypatch):
    def refused(request):
        raise RefusedError(400, "ValidationException", "The role cannot be assumed.")

    monkeypatch.setattr(fake, "_create", refused)
    with pytest.raises(ServiceRefusedError, match=r"The role cannot be assumed\. Check that it may"):
        run(texts(120), tmp_path / "a.nova", "batch", role=ROLE)
    assert list(list_jobs(open_library(tmp_path / "a.nova"))["state"]) == ["failed"]
