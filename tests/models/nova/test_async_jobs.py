"""Long media as asynchronous jobs: every segment's vector finds its stretch, what is missing is named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
import pytest
from fakes.fake_job_store import Habits
from fakes.jobs_bench import (  # fmt: skip
    QUIET,
    SECONDS,
    book,
    clip,
    expected_segment,
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

from nova_explore.collection import Collection, Modality, Span
from nova_explore.embedding.jobs import list_jobs
from nova_explore.models.nova.async_jobs import read_segments
from nova_explore.models.nova.model import NovaModel
from nova_explore.models.nova.spec import VectorSpec
from nova_explore.space import ItemError

if TYPE_CHECKING:
    from nova_explore.models.nova.s3 import Bucket

__all__ = ["fake", "one_by_one", "one_loader", "s3", "s3_url"]  # fixtures
pytestmark = [*QUIET, pytest.mark.slow]


@pytest.mark.parametrize("times", ["metadata", "beside"])
@pytest.mark.parametrize("with_id", [True, False])
def test_a_long_recording_gets_the_vectors_of_its_own_segments(tmp_path, fake, times, with_id):
    fake.habits = Habits(times=times, output_with_id=with_id, looks=2, seed=3)
    collection = talk(tmp_path)
    library = run(collection, tmp_path / "a.nova", "async")
    found = stored(library)
    assert set(found) == {(item.uri, str(item.span)) for item in collection}
    for item in collection:
        assert item.span is not None
        wanted = expected_segment(item, item.span.start, item.span.end)
        np.testing.assert_allclose(found[item.uri, str(item.span)], wanted, atol=1e-6)
    assert library.failures(nova().space) == {}
    assert fake.calls["StartAsyncInvoke"] == 1


def test_segments_of_another_length_take_the_place_of_the_parts(tmp_path, fake):
    library = run(talk(tmp_path), tmp_path / "a.nova", "async", segment=20)
    spans = [item.span for item in library.collection()]
    assert [(s.start, s.end) for s in spans if s] == [(0, 20), (20, 40), (40, 60), (60, 70)]
    assert len(stored(library)) == 4


def test_a_second_call_asks_for_nothing_and_copies_share_what_is_paid(tmp_path, fake):
    collection = talk(tmp_path)
    run(collection, tmp_path / "a.nova", "async", segment=20)
    run(collection, tmp_path / "a.nova", "async", segment=20)
    copy = tmp_path / "copy.wav"
    copy.write_bytes(Path(collection[0].uri).read_bytes())
    library = run(Collection(parts(copy, [0.0, 30.0, 60.0, SECONDS])), tmp_path / "a.nova", "async", segment=20)
    assert fake.calls["StartAsyncInvoke"] == 1
    assert len(stored(library)) == 8


@pytest.mark.parametrize("word", ["FAILURE", "FAILED"])
def test_failed_segments_have_reasons_and_the_others_their_vectors(tmp_path, fake, word):
    reasons = {0: ("RAI_VIOLATION_INPUT_TEXT_DEFLECTION", "no"), 2: ("INVALID_CONTENT", "no pictures in it")}
    fake.habits = Habits(failing_segments=reasons, failure_word=word)
    library = run(talk(tmp_path), tmp_path / "a.nova", "async")
    assert {span for _, span in stored(library)} == {"30–60 s"}
    failures = library.failures(nova().space)
    said = {str(item.span): failures.get(item.content_key, "") for item in library.collection()}
    assert "content filters" in said["0–30 s"]
    assert "INVALID_CONTENT no pictures in it" in said["60–70 s"]


def test_a_segment_that_the_answer_leaves_out_is_named(tmp_path, fake):
    fake.habits = Habits(lost_segments={1})
    library = run(talk(tmp_path), tmp_path / "a.nova", "async")
    assert len(stored(library)) == 2
    assert list(library.failures(nova().space).values()) == ["The service's answer leaves this part out."]


def test_segments_without_times_are_refused_rather_than_all_put_at_zero(tmp_path, fake):
    fake.habits = Habits(times="none")
    library = run(talk(tmp_path), tmp_path / "a.nova", "async")
    assert stored(library) == {}
    assert len(library.collection()) == 3
    assert all("which part of the medium" in said for said in library.failures(nova().space).values())


def test_a_job_that_fails_leaves_its_reason_with_every_part(tmp_path, fake):
    fake.habits = Habits(failing_media=True)
    library = run(talk(tmp_path), tmp_path / "a.nova", "async")
    assert stored(library) == {}
    assert len(library.failures(nova().space)) == 3
    assert all("Invalid input file." in said for said in library.failures(nova().space).values())
    assert list(list_jobs(library)["state"]) == ["failed"]


def test_throttles_and_a_quota_are_waited_for(tmp_path, fake):
    fake.habits = Habits(throttles=4, most_open=2, looks=3)
    many = [parts(recording(tmp_path, f"{i}.wav", pitch=200 + i), [0.0, 30.0, 60.0, SECONDS]) for i in range(5)]
    library = run(Collection([item for items in many for item in items]), tmp_path / "a.nova", "async")
    assert len(stored(library)) == 15
    assert len(fake.jobs) == 5
    assert list(list_jobs(library)["state"]) == ["done"] * 5


@pytest.mark.parametrize("inclusive", [False, True])
def test_the_words_of_a_segment_are_those_that_were_embedded(tmp_path, fake, inclusive):
    fake.habits = Habits(inclusive=inclusive)
    item = book(" ".join(f"word{i:05d}" for i in range(2500)))
    library = run(Collection([item]), tmp_path / "a.nova", "async", segment=4000)
    items = list(library.collection())
    assert len(items) == 7
    assert "".join(part.text or "" for part in items) == item.text
    for part in items:
        assert part.span is not None
        wanted = expected_segment(part, part.span.start, part.span.end, "TEXT")
        np.testing.assert_allclose(stored(library)[part.uri, str(part.span)], wanted, atol=1e-6)


@pytest.mark.parametrize(
    ("video", "kind"), [("combined", "AUDIO_VIDEO_COMBINED"), ("picture", "VIDEO"), ("sound", "AUDIO")]
)
def test_the_wanted_vector_of_a_video_is_chosen_by_its_type(tmp_path, fake, video, kind):
    path = clip(tmp_path)
    items = parts(path, [0.0, 30.0, 62.0], Modality.VIDEO)
    library = run(Collection(items), tmp_path / "a.nova", "async", model=nova(video=video))
    found = stored(library, nova(video=video))
    assert len(found) == 3
    wanted = expected_segment(items[0], 0.0, 30.0, kind)
    np.testing.assert_allclose(found[str(path), "0–30 s"], wanted, atol=1e-6)


def test_an_answer_beyond_the_end_of_the_medium_is_no_item():
    rows = [
        {"embedding": [1.0] + [0.0] * 255, "segmentMetadata": {"segmentStartSeconds": a, "segmentEndSeconds": a + 30.0}}
        for a in (0.0, 30.0, 60.0)
    ]
    result = {"embeddingResults": [{"embeddingType": "AUDIO", "status": "SUCCESS", "outputFileUri": "s3://b/part"}]}

    class Kept:
        def read(self, uri: str) -> bytes:
            return json.dumps(result).encode()

        def lines(self, uri: str):
            return iter([json.dumps(row).encode() for row in rows])

    spec = VectorSpec(NovaModel(dimension=256).space)
    found = list(read_segments(cast("Bucket", Kept()), "s3://b/job", spec=spec, length=5.0))
    assert [segment.span for segment in found if segment.span] == [Span("seconds", 0.0, 30.0)]
    assert sum(isinstance(segment.answer, ItemError) for segment in found) == 2
