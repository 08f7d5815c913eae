"""What a job's failures mean, and how long it is waited for."""

from __future__ import annotations

import itertools

import pytest

from nova_explore.models.nova.job import Job, Patience, failure
from nova_explore.models.nova.model import NovaModel
from nova_explore.models.nova.spec import VectorSpec

SPEC = VectorSpec(NovaModel().space, region="us-east-1")


@pytest.mark.parametrize(
    ("code", "said", "visual", "kind"),
    [
        ("RATE_LIMIT_EXCEEDED", "", False, "service"),
        ("INTERNAL_SERVER_EXCEPTION", "", True, "service"),
        ("INVALID_CONTENT", "", True, "refused"),
        ("RAI_VIOLATION_INPUT_IMAGE_DEFLECTION", "", True, "blocked"),
        ("the job failed", "Invalid input file.", True, "refused"),
        ("the job failed", "Reference 8812.", True, "blocked"),
        ("the job failed", "Reference 8812.", False, "refused"),
        (400, "Could not decode the image", True, "refused"),
        (429, "Too many requests", False, "service"),
        (403, "no", False, "service"),
        (500, "", True, "service"),
    ],
)
def test_a_failure_is_the_items_the_services_or_blocked(code, said, visual, kind):
    assert failure(said, code=code, spec=SPEC, visual=visual).kind == kind


def test_looks_at_a_job_grow_rarer():
    waits = list(itertools.islice(Patience(first=2.0, most=30.0).waits(), 20))
    assert 1.5 <= waits[0] <= 2.5
    assert all(22 <= wait <= 38 for wait in waits[10:])


def test_a_job_is_open_until_nothing_can_come_of_it():
    job = Job("0" * 32, "async", "prepared", "space", {})
    assert [job.now(state).open for state in ("prepared", "started", "done", "failed", "abandoned")] == [
        True, True, False, False, False,
    ]  # fmt: skip
