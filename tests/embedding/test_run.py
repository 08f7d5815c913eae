"""A run asks for what is missing, keeps reasons until they are answered, and names a full disk."""

from __future__ import annotations

from collections import namedtuple

import numpy as np
import pytest
from fakes.toy_library import text_items, toy_collection
from fakes.toy_model import ToyModel

from nova_explore.collection import Collection
from nova_explore.embedding import disk
from nova_explore.embedding.embed import embed
from nova_explore.embedding.run import unanswered
from nova_explore.errors import LibraryError
from nova_explore.library.store import open_library
from nova_explore.space import FailureKind, ItemError, Vector


class Streaming(ToyModel):
    """A hosted model in small: answers one by one, some with an error of a kind, and counts what it is asked."""

    def __init__(self, **kinds: FailureKind) -> None:
        super().__init__()
        self.failure_kinds: dict[str, FailureKind] = {name.replace("_", " "): kind for name, kind in kinds.items()}
        self.asked: list[str] = []

    def provenance(self):
        return {"caller": "me", "region": "here"}

    def embed_stream(self, items, *, role="index", budget=None, account=None):
        for item in items:
            self.asked.append(item.text)
            kind = self.failure_kinds.get(item.text)
            yield item, ItemError(f"{kind}!", kind) if kind else self.embed_batch([item])[0]


def texts(*words: str) -> Collection:
    return Collection(text_items([("", word) for word in words]))


def test_each_kind_of_reason_decides_whether_the_next_run_asks_again(tmp_path):
    kinds: dict[str, FailureKind] = {
        "one": "refused",
        "two": "blocked",
        "three": "service",
        "four": "budget",
        "five": "item",
    }
    everything = texts(*kinds, "six")
    with pytest.warns(UserWarning, match="blocked by the provider|not sent"):
        library = embed(everything, to=tmp_path / "a.nova", model=Streaming(**kinds), progress=False)
    space = ToyModel().space
    assert {item.text for item in unanswered(library, everything, space)} == {"three", "four", "five"}
    again = Streaming()
    embed(everything, to=tmp_path / "a.nova", model=again, progress=False)
    assert sorted(again.asked) == ["five", "four", "three"]
    assert set(library.failures(space).values()) == {"refused!", "blocked!"}
    wished = Streaming()
    embed(everything, to=tmp_path / "a.nova", model=wished, retry_refused=True, progress=False)
    assert wished.asked == ["one"]
    assert set(library.failures(space).values()) == {"blocked!"}


def test_a_reason_is_kept_until_its_item_is_answered_anew(tmp_path):
    class Stopped(Streaming):
        def embed_stream(self, items, **options):
            raise RuntimeError("stopped")
            yield

    embed(texts("one", "two"), to=tmp_path / "a.nova", model=Streaming(one="service"), progress=False)
    with pytest.raises(RuntimeError, match="stopped"):
        embed(texts("one", "two", "three"), to=tmp_path / "a.nova", model=Stopped(), progress=False)
    library = open_library(tmp_path / "a.nova")
    assert list(library.failures(ToyModel().space).values()) == ["service!"]
    embed(texts("one"), to=tmp_path / "a.nova", model=Streaming(), progress=False)
    assert library.failures(ToyModel().space) == {}


def test_what_was_blocked_is_named_with_its_hash_and_nothing_more(tmp_path):
    with pytest.warns(UserWarning, match="1 item was blocked"):
        library = embed(
            texts("owl mast", "two"), to=tmp_path / "a.nova", model=Streaming(owl_mast="blocked"), progress=False
        )
    (event,) = library.runs()[-1]["safety_events"]
    assert event["sha256"] == library.collection()[0].digest
    assert "owl" not in str({name: value for name, value in event.items() if name not in ("name", "uri")})


Usage = namedtuple("Usage", "total used free")


def test_a_disk_without_room_ends_the_run_before_anything_is_sent(tmp_path, monkeypatch):
    monkeypatch.setattr(disk.shutil, "disk_usage", lambda path: Usage(0, 0, 2**20))
    model = Streaming()
    with pytest.raises(LibraryError, match="Nothing was sent"):
        embed(texts("one"), to=tmp_path / "a.nova", model=model, progress=False)
    assert model.asked == []


@pytest.mark.parametrize("after", [0, 1])
def test_a_disk_that_fills_ends_the_run_with_one_sentence_and_how_to_go_on(tmp_path, monkeypatch, after):
    from nova_explore.library.store import Library

    add, times = Library.add_vectors, []

    def full(self, space, vectors):
        times.append(1)
        if len(times) > after:
            raise RuntimeError("lance error: LanceError(IO): No space left on device (os error 28)")
        add(self, space, vectors)

    monkeypatch.setattr(Library, "add_vectors", full)
    with pytest.raises(LibraryError, match=r"is full .* not paid again") as caught:
        embed(toy_collection(40), to=tmp_path / "a.nova", model=ToyModel(batch_size=16), progress=False)
    assert "of 160 items are stored" in caught.value.__notes__[0]
    assert caught.value.__suppress_context__, "no traceback of another library"


def test_the_vectors_of_a_run_are_unit_vectors_or_failures(tmp_path):
    class Long(ToyModel):
        def embed_batch(self, items, *, role="index") -> list[Vector | ItemError]:
            return [np.full(self.space.dimension, 2.0, np.float32) for _ in items]

    library = embed(texts("one"), to=tmp_path / "a.nova", model=Long(), progress=False)
    assert "it must be 1" in next(iter(library.failures(ToyModel().space).values()))
