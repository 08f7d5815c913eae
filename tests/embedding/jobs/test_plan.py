"""One call, every path: what is short goes one by one, what is long as a job, what a job lost one by one."""

from __future__ import annotations

import pytest
from fakes.fake_job_store import Habits
from fakes.jobs_bench import (
    PLACE,
    QUICK,
    QUIET,
    ROLE,
    SECONDS,
    both,
    nova,
    one_loader,
    parts,
    recording,
    s3,
    s3_url,
    stored,
    texts,
)
from fakes.jobs_bench import fake as jobs_fake

from nova_explore.collection import Collection
from nova_explore.embedding.jobs import embed_by_jobs
from nova_explore.sources.read import read

__all__ = ["both", "jobs_fake", "one_loader", "s3", "s3_url"]  # fixtures

pytestmark = [*QUIET, pytest.mark.slow]


@pytest.fixture
def one_by_one() -> None:
    """In the place of the bench's stand-in: here the synchronous path is the real one."""


def run(source, to, path, **options):
    return embed_by_jobs(source, to=to, path=path, s3=PLACE, model=nova(), patience=QUICK, progress=False, **options)


def test_a_mixed_folder_with_a_long_recording_goes_by_both_paths(mixed_folder, tmp_path, both):
    single, jobs = both
    mixed = read(mixed_folder, progress=False)
    long = parts(recording(tmp_path), [0.0, SECONDS])
    library = run(Collection([*mixed, *long]), tmp_path / "a.nova", "auto")
    assert len(stored(library)) == len(mixed) + 3
    assert library.failures(nova().space) == {}
    assert len(jobs.jobs) == 1
    assert single.summary()["good_bodies"] == len({item.content_key for item in mixed})
    assert library.thumbnailed() == {i.content_key for i in library.collection() if i.modality != "text"}


def test_what_a_job_could_not_do_is_done_one_by_one_and_what_was_blocked_is_not_sent_again(tmp_path, both):
    single, jobs = both
    lost = {1: ("RATE_LIMIT_EXCEEDED", ""), 2: ("RAI_VIOLATION_INPUT_TEXT_DEFLECTION", "")}
    jobs.habits = Habits(failing_segments=lost)
    items = parts(recording(tmp_path), [0.0, 30.0, 60.0, SECONDS])
    library = run(Collection(items), tmp_path / "a.nova", "async")
    assert {span for _, span in stored(library)} == {"0–30 s", "30–60 s"}
    assert list(library.blocked(nova().space)) == [items[2].content_key]
    assert single.summary()["bodies"] == 1
    run(Collection(items), tmp_path / "a.nova", "async")
    assert single.summary()["bodies"] == 1
    assert len(jobs.jobs) == 1


def test_records_that_a_batch_lost_are_sent_one_by_one(tmp_path, both):
    single, jobs = both
    jobs.habits = Habits(lost_records=4, seed=2)
    library = run(texts(120, at_9="FILTERED"), tmp_path / "a.nova", "batch", role=ROLE)
    assert len(stored(library)) == 119
    assert single.summary()["good_bodies"] in (3, 4), "the blocked record is not among what is sent again"
    assert max(jobs.billed.values()) == 1


def test_a_budget_holds_over_all_paths(tmp_path, both):
    single, jobs = both
    prices = nova().prices
    second = prices.of["audio"].most
    assert second is not None
    items = [*parts(recording(tmp_path), [0.0, 30.0, 60.0, SECONDS])]
    items += parts(recording(tmp_path, "other.wav", pitch=300.0), [0.0, 30.0, 60.0, SECONDS])
    with pytest.warns(UserWarning, match="budget"):
        library = run(Collection(items), tmp_path / "a.nova", "async", budget=(SECONDS + 35) * second)
    assert len(jobs.jobs) == 1, "the second recording does not fit as a whole"
    assert len(stored(library)) == 4, "its first 30 seconds do"
    left = [said for said in library.failures(nova().space).values() if "budget" in said]
    assert len(left) == 2
    assert single.summary()["good"] == 1
