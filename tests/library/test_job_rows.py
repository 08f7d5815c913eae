"""A job on disk is its latest state, and jobs come back oldest first."""

from __future__ import annotations

import pytest

from nova_explore.library.job_rows import JobRows
from nova_explore.library.lance import Tables


@pytest.fixture
def jobs(tmp_path) -> JobRows:
    return JobRows(Tables(tmp_path))


def job(token: str, *, space: str = "s", created: str = "2026-01-01", **more) -> dict:
    return {"token": token, "space": space, "created": created, **more}


def test_no_jobs_are_an_empty_list(jobs):
    assert jobs.read() == []


def test_a_later_state_takes_the_place_of_an_earlier_one(jobs):
    jobs.save(job("a", state="asked"))
    jobs.save(job("a", state="answered", items=[1, 2]))
    assert jobs.read() == [job("a", state="answered", items=[1, 2])]


def test_jobs_are_read_oldest_first_and_by_space(jobs):
    jobs.save(job("new", created="2026-01-02"))
    jobs.save(job("old", created="2026-01-01"))
    jobs.save(job("other", space="t"))
    assert [one["token"] for one in jobs.read("s")] == ["old", "new"]
    assert [one["token"] for one in jobs.read("t")] == ["other"]
    assert len(jobs.read()) == 3


def test_a_job_that_is_forgotten_leaves_the_others(jobs):
    jobs.save(job("a"))
    jobs.save(job("b"))
    jobs.remove("a")
    assert [one["token"] for one in jobs.read()] == ["b"]
