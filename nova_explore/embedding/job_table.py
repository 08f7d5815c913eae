"""Where a library remembers its jobs: what is asked for already is asked for by nobody else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from nova_explore.collection import Item
from nova_explore.library.store import Library

if TYPE_CHECKING:
    from nova_explore.models.nova.job import Job


class JobTable:
    """The jobs of a library, each in its latest state.

    Parameters
    ----------
    library : Library
        Held for writing by the caller.
    """

    def __init__(self, library: Library) -> None:
        self._rows = library.jobs

    def save(self, job: Job) -> None:
        """Write a job down, in the place of an earlier state of it; it is on disk when this returns."""
        self._rows.save(asdict(job))

    def remove(self, job: Job) -> None:
        """Forget a job that the service certainly did not take."""
        self._rows.remove(job.token)

    def jobs(self, space: str | None = None) -> list[Job]:
        """All jobs, or those of one space, oldest first."""
        return [_job(plain) for plain in self._rows.read(space)]


def _job(plain: dict[str, Any]) -> Job:
    from nova_explore.models.nova.job import Job  # most maps have no job, and opening one shall not wait for this

    values: dict[str, Any] = plain | {"sources": tuple(plain["sources"]), "records": tuple(plain["records"])}
    return Job(**values)


def asked_by_jobs(library: Library, items: Iterable[Item], space: str) -> set[str]:
    """Content keys of the items that open jobs of a space will bring: another call would pay for them again."""
    jobs = [job for job in JobTable(library).jobs(space) if job.open]
    keys = {key for job in jobs for key in job.records}
    media = {(source["digest"], source["modality"]) for job in jobs for source in job.sources}
    if not jobs:
        return set()
    return {item.content_key for item in items if item.content_key in keys or (item.digest, item.modality) in media}
