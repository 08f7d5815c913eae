"""A refusal that every job would meet ends the run with the permission that is missing; nothing goes one by one."""

from __future__ import annotations

import pytest
from fakes.fake_job_store import Habits
from fakes.jobs_bench import (
    PLACE,
    QUIET,
    fake,
    nova,
    one_by_one,
    one_loader,
    parts,
    recording,
    run,
    s3,
    s3_url,
    stored,
    talk,
)

from nova_explore.collection import Collection
from nova_explore.embedding.job_table import JobTable, asked_by_jobs
from nova_explore.embedding.jobs import collect_jobs, estimate_jobs
from nova_explore.embedding.jobs.plan import divide
from nova_explore.embedding.run import unanswered
from nova_explore.errors import ServiceRefusedError
from nova_explore.library.store import open_library
from nova_explore.models.cost import load_prices

__all__ = ["fake", "one_by_one", "one_loader", "s3", "s3_url"]  # fixtures
pytestmark = QUIET

V = "ValidationException"


@pytest.mark.parametrize(
    ("refusal", "words"),
    [
        ((400, V, "The provided request is not valid"), "s3:PutObject on s3://media-bucket/nova/async/output/"),
        ((400, V, "Unable to access the S3 bucket"), "s3:PutObject on"),
        ((400, V, "The KMS key is not valid"), "kms:GenerateDataKey"),
        (
            (403, "AccessDeniedException", "u is not authorized to perform: s3:PutObject on resource: arn:b"),
            "s3:PutObject",
        ),
    ],
)
@pytest.mark.parametrize("path", ["async", "auto"])
def test_a_refusal_that_is_not_the_mediums_stops_at_the_first_job(tmp_path, fake, one_by_one, refusal, words, path):
    fake.habits = Habits(refusal=refusal)
    media = [*parts(recording(tmp_path), [0.0, 70.0]), *parts(recording(tmp_path, "b.wav", pitch=300.0), [0.0, 70.0])]
    with pytest.raises(ServiceRefusedError, match=words) as caught:
        run(Collection(media), tmp_path / "a.nova", path)
    assert "refuses this item" not in str(caught.value)
    assert fake.calls["StartAsyncInvoke"] == 1
    assert one_by_one == [], "nothing is paid for that nobody asked for"
    assert open_library(tmp_path / "a.nova").failures(nova().space) == {}


@pytest.mark.slow
def test_a_medium_that_is_refused_as_a_job_goes_part_by_part_only_where_the_path_was_not_asked_for(
    tmp_path, fake, one_by_one
):
    fake.habits = Habits(refusal=(400, V, "Could not decode the media"))
    items = Collection(parts(recording(tmp_path), [0.0, 70.0]))
    library = run(items, tmp_path / "a.nova", "async")
    assert sum(map(len, one_by_one)) == 0
    assert list(library.failures_of(nova().space, "refused")) == [items[0].content_key]
    run(items, tmp_path / "b.nova", "auto")
    assert sum(map(len, one_by_one)) == 1


def test_a_long_recording_is_one_job_however_it_was_cut_here(tmp_path):
    path = recording(tmp_path)
    cut = [30.0 * n for n in range(11)]
    long, short = parts(path, cut), parts(recording(tmp_path, "s.wav", pitch=300.0), [0.0, 30.0, 60.0, 70.0])
    chosen = {
        choice.path: (choice, items)
        for choice, items in divide([*long, *short], s3=PLACE, prices=load_prices("us-east-1"))
    }
    assert chosen["async"][1] == long
    assert chosen["sync"][1] == short
    assert "1 long medium, about $0.04" in chosen["async"][0].reason
    assert {choice.path for choice, _ in divide([*long, *short])} == {"sync"}


@pytest.mark.slow
def test_jobs_can_be_asked_for_and_left_and_are_paid_for_by_nobody_else_meanwhile(tmp_path, fake, one_by_one):
    fake.habits = Habits(looks=3)
    collection = talk(tmp_path)
    library = run(collection, tmp_path / "a.nova", "async", wait="none")
    assert [job.state for job in JobTable(library).jobs()] == ["started"]
    assert stored(library) == {}
    assert asked_by_jobs(library, collection, nova().space.key) == {item.content_key for item in collection}
    assert unanswered(library, collection, nova().space) == []
    left = estimate_jobs(collection, to=tmp_path / "a.nova", s3=PLACE, model=nova(), path="async")
    assert left is not None
    assert left.calls == 0
    brought = collect_jobs(library, s3=PLACE, model=nova(), progress=False)
    assert len(stored(brought)) == 3
    assert asked_by_jobs(library, collection, nova().space.key) == set()
    assert len(fake.jobs) == 1
