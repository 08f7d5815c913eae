"""One call pays for one thing, under whatever name it is asked for, and whoever asks."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
from fakes.toy_library import text_item

from nova_explore.collection import Item, Modality
from nova_explore.models.nova.asking import ClaimedError, Known
from nova_explore.models.nova.calls import Shared
from nova_explore.models.nova.model import NovaModel
from nova_explore.models.nova.prepare import VERSION
from nova_explore.models.nova.request import MODEL_ID, SCHEMA, Answer


@pytest.fixture
def calls(bedrock):
    return NovaModel().calls()


def picture(folder, name: str, *, shade: int = 7) -> Item:
    """A picture whose bytes as sent depend on the shade alone, its file on the name too."""
    from PIL import Image, PngImagePlugin

    note = PngImagePlugin.PngInfo()
    note.add_text("name", name)
    path = folder / name
    Image.new("RGBA", (8, 8), (shade, shade, shade, 255)).save(path, pnginfo=note)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return Item(name, Modality.IMAGE, str(path), name, "png", digest)


def test_texts_are_one_and_the_same_by_their_words(calls):
    one, other = text_item("small print"), text_item("small print")
    moved = Item("x", Modality.TEXT, "/elsewhere", "b", "txt", "0" * 64, text="small print")
    assert calls.identity(one) == calls.identity(other) == calls.identity(moved)
    assert calls.identity(one) != calls.identity(text_item("small prints"))
    assert calls.identity(one) != NovaModel(purpose="clustering").calls().identity(one)


def test_a_text_that_was_paid_for_elsewhere_is_known_before_it_is_asked_for(calls):
    item = text_item("small print")
    calls.ask(calls.prepare(item))
    moved = Item("x", Modality.TEXT, "/elsewhere", "b", "txt", "0" * 64, text="small print")
    assert isinstance(calls.look_up([moved])[moved.content_key].answer, np.ndarray)


def test_what_an_earlier_version_paid_for_is_found_under_its_old_key(calls, bedrock):
    item = text_item("an owl")
    parts = (item.content_key, MODEL_ID, SCHEMA, "GENERIC_INDEX", "1024", VERSION, "")
    old = hashlib.sha256("|".join(parts).encode()).hexdigest()
    shared = Shared(None, cache=True)
    vector = np.eye(1, 1024, dtype=np.float32)[0]
    shared.kept(lambda cache: cache.put(old, vector), None)
    found = calls.look_up([item])[item.content_key].answer
    np.testing.assert_array_equal(found, vector)
    assert bedrock.summary()["requests"] == 0


def test_pictures_that_are_sent_as_the_same_bytes_are_paid_for_once(calls, bedrock, tmp_path):
    one, other = picture(tmp_path, "one.png"), picture(tmp_path, "other.png")
    assert one.content_key != other.content_key
    sent = calls.ask(calls.prepare(one))
    found = calls.claim(calls.prepare(other))
    assert isinstance(found, Known)
    np.testing.assert_array_equal(found.answer, sent.vector)
    assert calls.claim(calls.prepare(picture(tmp_path, "third.png", shade=9))) is None
    assert bedrock.summary()["requests"] == 1


def test_a_call_is_claimed_until_it_is_answered(calls):
    request, again = (calls.prepare(text_item("an owl")) for _ in range(2))
    assert calls.claim(request) is None
    with pytest.raises(ClaimedError):
        calls.claim(again)
    calls.ask(request)
    assert isinstance(calls.claim(again), Known)


def test_a_call_that_fails_lets_go_of_its_claim(calls, bedrock):
    bedrock.always = "server"
    request, again = (calls.prepare(text_item("an owl")) for _ in range(2))
    calls.claim(request)
    with pytest.raises(Exception, match="unexpected error"):
        calls.ask(request)
    assert calls.claim(again) is None


def test_a_blocked_content_is_known_and_can_be_taken_back(calls):
    item = text_item("an owl")
    calls.block(item, "No.")
    assert calls.look_up([item])[item.content_key].answer.kind == "blocked"
    calls.unblock([item])
    assert calls.look_up([item]) == {}


def test_both_vectors_of_a_film_are_kept_by_the_call_that_paid_for_them(bedrock):
    film = Item("f", Modality.VIDEO, "/f.mp4", "f.mp4", "mp4", "1" * 64)
    picture, sound = (np.eye(2, 1024, dtype=np.float32)[k] for k in (0, 1))
    NovaModel(video="picture").calls().take(film, Answer({"VIDEO": picture, "AUDIO": sound}))
    heard = NovaModel(video="sound").calls().look_up([film])[film.content_key].answer
    np.testing.assert_array_equal(heard, sound)


@pytest.mark.slow
def test_what_media_count_of_a_quota_is_learned_and_remembered(calls):
    item = Item("p", Modality.AUDIO, "/a.wav", "a.wav", "wav", "2" * 64, metadata={"duration": 10.0})
    assert calls.tokens(item) == 0
    calls.counted(item, 500)
    assert calls.tokens(item) == pytest.approx(500)
    assert NovaModel().calls().tokens(item) == pytest.approx(500), "by another process, too"
    assert calls.tokens(text_item("x" * 40)) == 10


def test_a_cache_that_breaks_is_named_and_costs_no_answer(bedrock, tmp_path):
    model = NovaModel(cache=tmp_path / "cache")
    calls = model.calls()
    calls.look_up([text_item("an owl")])
    cache = calls._shared.cache()
    assert cache is not None
    cache.close()
    request = calls.prepare(text_item("an owl"))
    assert calls.claim(request) is None
    assert isinstance(calls.ask(request).vector, np.ndarray)
    assert calls._shared.broken
