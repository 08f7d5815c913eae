"""What was made says when, in UTC, and with which versions."""

from __future__ import annotations

import platform
from datetime import UTC, datetime, timedelta

import nova_explore
from nova_explore.library import stamps
from nova_explore.library.stamps import now, package_versions


def test_the_time_is_utc_to_the_second():
    read = datetime.fromisoformat(now())
    assert read.utcoffset() == timedelta(0)
    assert read.microsecond == 0
    assert abs(datetime.now(UTC) - read) < timedelta(minutes=5)


def test_versions_are_those_that_run_and_packages_that_are_not_there_are_left_out(monkeypatch):
    monkeypatch.setattr(stamps, "RECORDED_PACKAGES", (*stamps.RECORDED_PACKAGES, "no-such-package"))
    versions = package_versions()
    assert versions["python"] == platform.python_version()
    assert versions["nova-explore"] == nova_explore.__version__
    assert "no-such-package" not in versions
    assert {"numpy", "numba", "hdbscan", "lancedb"} <= set(versions)
