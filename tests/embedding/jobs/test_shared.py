"""Jobs say what they cost, count it, and share what is paid for with every other path and library."""

from __future__ import annotations

import numpy as np
import pytest
from fakes.jobs_bench import (
    DIMENSION,
    PLACE,
    QUICK,
    QUIET,
    ROLE,
    SECONDS,
    book,
    both,
    clip,
    nova,
    one_loader,
    parts,
    s3,
    s3_url,
    stored,
    talk,
    texts,
)  # fmt: skip
from fakes.jobs_bench import fake as jobs_fake

from nova_explore.collection import Collection, Modality, Span
from nova_explore.embedding.embed import embed
from nova_explore.embedding.jobs import embed_by_jobs, estimate_jobs, list_jobs
from nova_explore.models.nova.model import NovaModel

__all__ = ["both", "jobs_fake", "one_loader", "s3", "s3_url"]  # fixtures

pytestmark = [*QUIET, pytest.mark.slow]


@pytest.fixture
def one_by_one() -> None:
    """In the place of the bench's stand-in: here the synchronous path is the real one."""


def run(source, to, path, model=None, **options):
    options = {"s3": PLACE, "role": ROLE, "patience": QUICK, "progress": False} | options
    return embed_by_jobs(source, to=to, path=path, model=model or nova(), **options)


def cached(tmp_path, **options) -> NovaModel:
    return NovaModel(dimension=DIMENSION, cache=tmp_path / "cache", **options)


def test_a_recording_is_priced_as_a_whole_and_the_price_is_what_the_run_counts(tmp_path, both):
    collection = talk(tmp_path)
    expected = estimate_jobs(collection, to=tmp_path / "a.nova", s3=PLACE, model=nova(), path="async")
    assert expected is not None
    (line,) = expected.lines
    assert (line.path, line.items, line.units) == ("async", 1, SECONDS)
    assert expected.cost == pytest.approx(SECONDS * 0.00014)
    assert "async: 1 recording · 70 seconds" in str(expected)
    assert not (tmp_path / "a.nova").exists()
    library = run(collection, tmp_path / "a.nova", "async", budget=1.0)
    (record,) = [record for record in library.runs() if record["kind"] == "jobs"]
    assert record["estimate_usd"] == record["account"]["spent_usd"] == round(expected.cost, 6)
    assert record["budget_usd"] == 1.0
    assert list(list_jobs(library)["usd"]) == [round(expected.cost, 6)]
    again = estimate_jobs(collection, to=tmp_path / "a.nova", s3=PLACE, model=nova(), path="async")
    assert again is not None
    assert again.calls == 0


def test_the_text_of_a_batch_costs_half_and_only_records_that_are_answered_are_counted(tmp_path, both):
    _, jobs = both
    jobs.habits.seed, jobs.habits.lost_records = 1, 20
    collection = texts(120)
    expected = estimate_jobs(collection, to=tmp_path / "a.nova", s3=PLACE, role=ROLE, model=nova(), path="batch")
    assert expected is not None
    # "text number 7" has 13 characters, 4 to a token: 4 tokens, and 4 for those of two and three digits too.
    assert expected.cost == pytest.approx(120 * 4 * 0.135e-6 / 2)
    assert expected.most == pytest.approx(120 * 4 * 0.135e-6)
    assert "at 50% of the price of single calls" in str(expected)
    library = run(collection, tmp_path / "a.nova", "batch")
    (record,) = [record for record in library.runs() if record["kind"] == "jobs"]
    assert record["account"]["spent_usd"] == pytest.approx(100 * 4 * 0.135e-6 / 2, abs=1e-6)


@pytest.mark.parametrize("path", ["async", "batch"])
def test_what_a_job_has_paid_for_is_there_for_every_path_and_library(tmp_path, both, path):
    single, jobs = both
    collection = talk(tmp_path) if path == "async" else texts(120, at_3="FILTERED")
    model = cached(tmp_path)
    first = run(collection, tmp_path / "a.nova", path, model)
    with pytest.warns(UserWarning, match="never sent again") if path == "batch" else _calm():
        other = embed(collection, to=tmp_path / "b.nova", model=model, progress=False)
    third = run(collection, tmp_path / "c.nova", path, model)
    assert single.summary()["requests"] == 0
    assert len(jobs.jobs) == 1
    for library in (other, third):
        assert stored(library).keys() == stored(first).keys()
        for key, vector in stored(first).items():
            np.testing.assert_allclose(stored(library)[key], vector, atol=1e-7)
        assert library.blocked(model.space) == first.blocked(model.space)


def _calm():
    import contextlib

    return contextlib.nullcontext()


def test_of_a_video_with_two_vectors_the_second_is_there_without_a_second_job(tmp_path, both):
    _, jobs = both
    items = parts(clip(tmp_path), [0.0, 30.0, 60.0, 62.0], Modality.VIDEO)
    run(Collection(items), tmp_path / "a.nova", "async", cached(tmp_path, video="picture"))
    sound = cached(tmp_path, video="sound")
    library = run(Collection(items), tmp_path / "b.nova", "async", sound)
    assert len(jobs.jobs) == 1
    assert len(stored(library, sound)) == 3


def test_prefixes_of_a_long_vector_are_paid_for_once_by_jobs_too(tmp_path, both):
    _, jobs = both
    short = NovaModel(dimension=256, prefix_of=1024, cache=tmp_path / "cache")
    library = run(talk(tmp_path), tmp_path / "a.nova", "async", short)
    run(talk(tmp_path), tmp_path / "b.nova", "async", NovaModel(dimension=1024, cache=tmp_path / "cache"))
    assert len(jobs.jobs) == 1
    assert {vector.shape for vector in stored(library, short).values()} == {(256,)}


def test_the_rest_of_a_recording_that_is_partly_paid_for_goes_part_by_part(tmp_path, both):
    single, jobs = both
    items = list(talk(tmp_path))
    embed(Collection(items[:1]), to=tmp_path / "a.nova", model=nova(), progress=False)
    with pytest.warns(UserWarning, match=r"cannot go by async .* Other parts of them have vectors already"):
        library = run(Collection(items), tmp_path / "a.nova", "async", segment=20)
    assert len(jobs.jobs) == 0
    assert {span for _, span in stored(library)} == {"0–30 s", "30–60 s", "60–70 s"}
    assert single.summary()["good"] == 3


def test_a_medium_stays_cut_as_it_is_whatever_is_asked_for_later(tmp_path, both):
    single, jobs = both
    run(talk(tmp_path), tmp_path / "a.nova", "async", segment=20)
    embed(talk(tmp_path), to=tmp_path / "a.nova", model=nova(), progress=False)
    assert single.summary()["requests"] == 0, "its 30 s parts are not embedded beside its 20 s segments"
    clustering = nova(purpose="clustering")
    library = run(talk(tmp_path), tmp_path / "a.nova", "async", clustering, segment=10, new_space=True)
    assert stored(library, clustering).keys() == stored(library).keys()
    assert {span for _, span in stored(library)} == {"0–20 s", "20–40 s", "40–60 s", "60–70 s"}
    assert len(library.collection()) == 4
    assert len(jobs.jobs) == 2


def test_a_long_text_becomes_parts_with_their_places_on_the_way_of_single_calls(tmp_path, both):
    single, _ = both
    whole = book(" ".join(f"Sentence {i} says little." for i in range(1000)))
    library = embed(Collection([whole]), to=tmp_path / "a.nova", model=nova(), progress=False)
    items = list(library.collection())
    assert len(items) == 4
    assert "".join(item.text or "" for item in items) == whole.text
    assert max(len(item.text or "") for item in items) <= 8000
    assert all(isinstance(item.span, Span) for item in items)
    assert [whole.text[int(i.span.start) : int(i.span.end)] for i in items if i.span and whole.text] == [
        item.text for item in items
    ]
    assert library.runs()[-1]["account"]["truncated"] == {}
    embed(Collection([whole]), to=tmp_path / "a.nova", model=nova(), progress=False)
    assert single.summary()["good"] == 4
