"""Jobs on disk: one row a job, in its latest state."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from nova_explore.library.lance import Tables, arrow, schema


class JobRows:
    """The jobs of a library, by token, as plain values. They hold nothing secret.

    Parameters
    ----------
    tables : Tables
        Of the library, which the caller holds for writing.
    """

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def save(self, job: Mapping[str, Any]) -> None:
        """Write a job down in the place of an earlier state of it; it is on disk when this returns."""
        row = {"token": job["token"], "space": job["space"], "created": job["created"], "record": json.dumps(dict(job))}
        shape = schema(token="string", space="string", created="string", record="string")
        self._tables.upsert("jobs", arrow([row], shape), on=["token"])

    def remove(self, token: str) -> None:
        """Forget a job."""
        self._tables.delete("jobs", f"token = '{token}'")

    def read(self, space: str | None = None) -> list[dict[str, Any]]:
        """All jobs, or those of the space with this key, oldest first."""
        rows = self._tables.read("jobs", where=f"space = '{space}'" if space else None)
        jobs = [] if rows is None else [json.loads(record) for record in rows["record"].to_pylist()]
        return sorted(jobs, key=lambda job: job["created"])
