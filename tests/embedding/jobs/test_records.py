"""A batch can be asked for and left; meanwhile nobody pays for its records, and collecting brings every one."""

from __future__ import annotations

import pytest
from fakes.fake_job_store import Habits
from fakes.jobs_bench import (
    PLACE,
    QUICK,
    QUIET,
    ROLE,
    fake,
    nova,
    one_by_one,
    one_loader,
    run,
    s3,
    s3_url,
    stored,
    texts,
)

from nova_explore.embedding.job_table import JobTable
from nova_explore.embedding.jobs import collect_jobs, estimate_jobs
from nova_explore.embedding.run import unanswered
from nova_explore.errors import TooFewItemsError
from nova_explore.library.store import open_library

__all__ = ["fake", "one_by_one", "one_loader", "s3", "s3_url"]  # fixtures
pytestmark = QUIET


@pytest.mark.slow
def test_a_batch_that_is_left_is_collected_later_and_paid_for_once(tmp_path, fake):
    fake.habits = Habits(looks=2)
    collection = texts(120)
    library = run(collection, tmp_path / "a.nova", "batch", role=ROLE, wait="none")
    assert [job.state for job in JobTable(library).jobs()] == ["started"]
    assert unanswered(library, library.collection(), nova().space) == []
    left = estimate_jobs(collection, to=tmp_path / "a.nova", s3=PLACE, role=ROLE, model=nova(), path="batch")
    assert left is not None
    assert left.calls == 0
    library = collect_jobs(tmp_path / "a.nova", s3=PLACE, model=nova(), patience=QUICK, progress=False)
    assert len(stored(library)) == 120
    assert max(fake.billed.values()) == 1
    assert len(fake.jobs) == 1


def test_too_few_records_are_refused_before_anything_is_uploaded(tmp_path, fake):
    with pytest.raises(TooFewItemsError, match="at least 100"):
        run(texts(20), tmp_path / "a.nova", "batch", role=ROLE)
    assert fake.calls["CreateModelInvocationJob"] == 0
    assert JobTable(open_library(tmp_path / "a.nova")).jobs() == []
