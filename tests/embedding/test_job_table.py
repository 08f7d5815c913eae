"""A library remembers its jobs, and what an open one is asked for is asked for by nobody else."""

from __future__ import annotations

from dataclasses import replace

from fakes.toy_library import text_items, toy_library

from nova_explore.collection import Item, Modality, Span
from nova_explore.embedding.job_table import JobTable, asked_by_jobs
from nova_explore.models.nova.job import Job


def job(token: str, **facts) -> Job:
    started = Job(token * 32, "async", "prepared", "space", {"a": [1]}).now("started", **facts)
    return replace(started, created=started.changed)


def test_a_job_comes_back_as_it_was_in_its_latest_state(tmp_path):
    table = JobTable(toy_library(tmp_path / "a.nova", per_topic=1))
    table.save(job("a", records=("k",)))
    table.save(job("a", records=("k",)).now("done", counts={"usd": 0.5}))
    (found,) = table.jobs()
    assert (found.state, found.records, found.counts) == ("done", ("k",), {"usd": 0.5})
    assert table.jobs("another space") == []
    table.remove(found)
    assert table.jobs() == []


def test_the_items_of_open_jobs_are_asked_for_already(tmp_path):
    library = toy_library(tmp_path / "a.nova", per_topic=1)
    texts = text_items([("", "one"), ("", "two"), ("", "three")])
    film = Item("f", Modality.VIDEO, "/f", "f", "mp4", "1" * 64, span=Span("seconds", 0, 30))
    table = JobTable(library)
    assert asked_by_jobs(library, texts, "space") == set()
    table.save(job("a", records=(texts[0].content_key,)))
    table.save(job("b", sources=({"digest": film.digest, "modality": "video"},)))
    table.save(job("c", records=(texts[1].content_key,)).now("done"))
    asked = asked_by_jobs(library, [*texts, film], "space")
    assert asked == {texts[0].content_key, film.content_key}
    assert asked_by_jobs(library, [*texts, film], "another") == set()
