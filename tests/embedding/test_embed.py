"""Nothing is lost, nothing is embedded twice, and vectors of two spaces never meet."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter

import numpy as np
import pytest
from fakes.toy_library import text_items, toy_collection, toy_library
from fakes.toy_model import ToyModel, topic_texts

from nova_explore.collection import Collection
from nova_explore.embedding.embed import embed
from nova_explore.errors import SpaceMismatchError
from nova_explore.library.store import Library, open_library
from nova_explore.space import ItemError


def stored(library: Library, model: ToyModel) -> dict[str, bytes]:
    collection = library.collection()
    vectors, present = library.vectors(model.space, [item.content_key for item in collection])
    assert present.all()
    return {id: vector.tobytes() for id, vector in zip(collection.ids, vectors, strict=True)}


@pytest.mark.slow
def test_every_item_gets_the_vector_of_its_own_content(tmp_path):
    model = ToyModel()
    library = toy_library(tmp_path / "a.nova")
    for item in library.collection():
        vectors, _ = library.vectors(model.space, [item.content_key])
        np.testing.assert_array_equal(vectors[0], model.embed_batch([item])[0])


def test_a_second_run_embeds_nothing_and_a_grown_collection_only_what_is_new(tmp_path):
    log = tmp_path / "log"
    texts = topic_texts(10)
    embed(Collection(text_items(texts[:30])), to=tmp_path / "a.nova", model=ToyModel(log=log), progress=False)
    assert len(log.read_text().split()) == 30
    embed(Collection(text_items(texts[:30])), to=tmp_path / "a.nova", model=ToyModel(log=log), progress=False)
    assert len(log.read_text().split()) == 30
    library = embed(Collection(text_items(texts)), to=tmp_path / "a.nova", model=ToyModel(log=log), progress=False)
    assert len(log.read_text().split()) == 40
    assert len(library.collection()) == 40


def test_copies_are_embedded_once(tmp_path):
    log = tmp_path / "log"
    items = text_items([("birds", "an owl"), ("birds", "an owl"), ("birds", "a heron")])
    library = embed(Collection(items), to=tmp_path / "a.nova", model=ToyModel(log=log), progress=False)
    assert len(log.read_text().split()) == 2
    assert len(stored(library, ToyModel())) == 3


KILLED_RUN = """
import sys
from pathlib import Path
from fakes.toy_library import toy_collection
from fakes.toy_model import ToyModel
from nova_explore.embedding.embed import embed
model = ToyModel(log=Path(sys.argv[2]), delay=0.03, batch_size=4)
embed(toy_collection(40), to=sys.argv[1], model=model, progress=False)
"""


@pytest.mark.slow
@pytest.mark.parametrize("batches_before_the_kill", [1, 7, 19])
def test_a_run_killed_at_any_moment_is_continued_without_loss_or_repetition(tmp_path, batches_before_the_kill):
    log = tmp_path / "log"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", KILLED_RUN, str(tmp_path / "killed.nova"), str(log)]
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE)
    deadline = time.monotonic() + 600
    while process.poll() is None and time.monotonic() < deadline:
        if log.exists() and len(log.read_text().split()) >= 4 * batches_before_the_kill:
            break
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    _, said = process.communicate()
    assert process.returncode == -signal.SIGKILL, said.decode()
    sent_before = len(log.read_text().split())
    assert 0 < sent_before < 160

    model = ToyModel(log=log, batch_size=4)
    resumed = embed(toy_collection(40), to=tmp_path / "killed.nova", model=model, progress=False)
    undisturbed = toy_library(tmp_path / "calm.nova", per_topic=40)
    assert stored(resumed, model) == stored(undisturbed, model)
    assert resumed.collection().unread == undisturbed.collection().unread
    repeated = [key for key, count in Counter(log.read_text().split()).items() if count > 1]
    assert len(repeated) <= 4, "only the batch in flight at the kill may be embedded again"


def test_an_interrupt_keeps_what_is_stored_and_says_how_to_go_on(tmp_path):
    class Interrupted(ToyModel):
        calls = 0

        def embed_batch(self, items, *, role="index"):
            self.calls += 1
            if self.calls == 3:
                raise KeyboardInterrupt
            return super().embed_batch(items, role=role)

    with pytest.raises(KeyboardInterrupt) as caught:
        toy_library(tmp_path / "a.nova", model=Interrupted())
    assert "16 of 60 items are stored" in caught.value.__notes__[0]
    assert len(open_library(tmp_path / "a.nova").embedded(ToyModel().space)) == 16
    assert len(stored(toy_library(tmp_path / "a.nova"), ToyModel())) == 60


def test_one_item_that_fails_is_recorded_and_tried_again(tmp_path):
    items = text_items([("birds", "an owl"), ("x", "poison pill"), ("birds", "a heron")])
    library = embed(Collection(items), to=tmp_path / "a.nova", model=ToyModel(), progress=False)
    assert library.failures(ToyModel().space) == {items[1].content_key: "The toy model refuses poison."}
    assert len(library.embedded(ToyModel().space)) == 2

    class Cured(ToyModel):
        def _embed(self, item):
            return np.eye(1, 48, dtype=np.float32)[0] if "poison" in (item.text or "") else super()._embed(item)

    embed(Collection(items), to=tmp_path / "a.nova", model=Cured(), progress=False)
    assert library.failures(ToyModel().space) == {}
    assert len(library.embedded(ToyModel().space)) == 3


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (np.full(48, np.nan, np.float32), "not finite"),
        (np.ones(48, np.float32), "length 6.9282"),
        (np.eye(1, 7, dtype=np.float32)[0], r"shape \(7,\)"),
        (ItemError("No."), "No."),
    ],
)
def test_an_answer_that_is_no_unit_vector_of_the_space_is_never_stored(tmp_path, answer, reason):
    class Wrong(ToyModel):
        def _embed(self, item):
            return answer

    items = text_items([("birds", "an owl")])
    library = embed(Collection(items), to=tmp_path / "a.nova", model=Wrong(), progress=False)
    assert library.embedded(ToyModel().space) == set()
    (said,) = library.failures(ToyModel().space).values()
    assert re.search(reason, said)


def test_a_model_that_answers_too_often_is_stopped_before_anything_is_stored(tmp_path):
    class Chatty(ToyModel):
        def embed_batch(self, items, *, role="index"):
            return [*super().embed_batch(items), ItemError("extra")]

    with pytest.raises(RuntimeError, match="answered 9 times for 8 items"):
        toy_library(tmp_path / "a.nova", model=Chatty())
    assert open_library(tmp_path / "a.nova").embedded(ToyModel().space) == set()


@pytest.mark.slow
def test_a_second_space_is_refused_and_named_unless_asked_for(tmp_path):
    library = toy_library(tmp_path / "a.nova")
    other = ToyModel(revision="2")
    with pytest.raises(SpaceMismatchError) as caught:
        embed(toy_collection(), to=tmp_path / "a.nova", model=other, progress=False)
    assert "revision 1" in str(caught.value)
    assert "revision 2" in str(caught.value)
    assert library.embedded(other.space) == set()
    other.name = "toy2"
    embed(toy_collection(), to=tmp_path / "a.nova", model=other, new_space=True, progress=False)
    one, _ = library.vectors(ToyModel().space, [item.content_key for item in library.collection()])
    two, _ = library.vectors(other.space, [item.content_key for item in library.collection()])
    assert one.shape == two.shape
    assert not np.allclose(one, two)


def test_a_run_leaves_its_record(tmp_path):
    library = toy_library(tmp_path / "a.nova")
    (run,) = library.runs()
    assert (run["model"], run["items"], run["embedded"], run["failed"]) == ("toy", 60, 60, 0)
    assert run["started"] <= run["ended"]
    assert run["versions"]["python"] == ".".join(map(str, sys.version_info[:3]))


def test_nothing_to_embed_is_an_error_and_leaves_no_library(tmp_path):
    from nova_explore.collection import Unread
    from nova_explore.errors import SourceError

    nothing = Collection([], [Unread("a.bin", "Its content is of no known kind.")])
    with pytest.raises(SourceError, match=r"0 items, 1 files could not be read, the first, 'a\.bin'"):
        embed(nothing, to=tmp_path / "t.nova", model=ToyModel(), progress=False)
    assert not (tmp_path / "t.nova").exists()
