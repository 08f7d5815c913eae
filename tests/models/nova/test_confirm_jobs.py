"""What the documentation leaves open about jobs is asked by three small ones, a line each."""

from __future__ import annotations

import pytest
from fakes.fake_job_store import Habits
from fakes.jobs_bench import PLACE, QUICK, QUIET, fake, nova, one_by_one, one_loader, s3, s3_url

from nova_explore.models.nova import confirm_jobs as asking
from nova_explore.models.nova.confirm_jobs import confirm_jobs
from nova_explore.models.nova.preflight import preflight

__all__ = ["fake", "one_by_one", "one_loader", "s3", "s3_url"]  # fixtures
pytestmark = [*QUIET, pytest.mark.slow]

NAMES = ["client token", "medium in the job", "manifest", "segments", "failed segment", "segments in a batch"]


def lines(place=PLACE):
    return {line.name: line for line in confirm_jobs(nova(), place, patience=QUICK)}


def test_each_open_question_about_jobs_is_a_line(fake):
    found = lines()
    assert list(found) == NAMES
    assert [name for name, line in found.items() if not line.known] == ["segments in a batch"]
    assert found["client token"].detail == "asked for twice under one token: one job; listed under it: True"
    assert "refused: " in found["medium in the job"].detail
    assert found["manifest"].detail.startswith("there is none (s3://media-bucket/nova/async/output/")
    assert "characters 0–799, " in found["segments"].detail
    assert "the whole job is Failed. Invalid input file." in found["failed segment"].detail
    assert sum(fake.billed.values()) == 2, "the words once, the sound once"


def test_what_the_service_does_otherwise_is_told_as_it_is(fake):
    fake.habits = Habits(takes_inline=True, manifest={"version": 2, "files": []})
    found = lines()
    assert found["medium in the job"].detail == "a text in the request of a job is taken"
    assert "its keys: version=2, files (" in found["manifest"].detail


def test_the_line_of_a_failed_segment_is_shown(fake, monkeypatch):
    import io

    import numpy as np
    import soundfile

    sound = io.BytesIO()
    soundfile.write(sound, np.zeros(2000), 2000, format="WAV")
    monkeypatch.setattr(asking, "NOT_SOUND", sound.getvalue())
    fake.habits = Habits(failing_segments={0: ("INVALID_CONTENT", "no sound")})
    assert "failureReason=INVALID_CONTENT, message=no sound" in lines()["failed segment"].detail


def test_a_place_that_may_not_be_written_is_one_line_and_a_refused_job_says_why(fake):
    from nova_explore.models.nova.s3 import S3Place

    assert list(lines(S3Place("s3://not-there/nova"))) == ["jobs"]
    fake.habits = Habits(refusal=(400, "ValidationException", "Unable to access the S3 bucket"))
    found = lines()
    assert not found["client token"].known
    assert "the job is refused" in found["manifest"].detail


@pytest.mark.parametrize("place", [None, PLACE])
def test_the_doctor_asks_jobs_only_where_there_is_a_place(fake, monkeypatch, place):
    monkeypatch.setattr("nova_explore.models.nova.preflight.confirm", lambda model: iter(()))
    monkeypatch.setattr(asking, "Patience", lambda **_: QUICK)
    names = {found.name for found in preflight(nova(), s3=place, call=False, whole=True)}
    assert ("client token" in names) == (place is not None)
    assert ("jobs" in names) == (place is None)
