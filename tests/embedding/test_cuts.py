"""A medium stays cut as it was when its first part got a vector."""

from __future__ import annotations

from itertools import pairwise

from fakes.toy_model import ToyModel

from nova_explore.collection import Collection, Item, Modality, Span, number_copies
from nova_explore.embedding.cuts import as_cut_before, cut_long_texts, settled
from nova_explore.embedding.embed import embed


def book(words: str, edges: list[int]) -> Collection:
    """Parts of one text between these characters."""
    items = [
        Item("", Modality.TEXT, "/book.txt", "book.txt", "txt", "b" * 64, Span("characters", a, b), words[a:b])
        for a, b in pairwise(edges)
    ]
    return Collection(number_copies(items))


WORDS = "owl robin feather wing nest beak " * 10


def test_a_text_that_is_embedded_in_parts_keeps_its_parts(tmp_path):
    library = embed(book(WORDS, [0, 100, 200]), to=tmp_path / "a.nova", model=ToyModel(), progress=False)
    again = as_cut_before(library, book(WORDS, [0, 66, 200]))
    assert [item.span for item in again] == [item.span for item in library.collection()]
    assert settled(library) == {"b" * 64}


def test_parts_that_do_not_meet_those_with_vectors_are_taken_as_they_are(tmp_path):
    library = embed(book(WORDS, [0, 100]), to=tmp_path / "a.nova", model=ToyModel(), progress=False)
    more = book(WORDS, [100, 150, 200])
    assert as_cut_before(library, more) is more


def test_a_text_longer_than_a_model_takes_becomes_parts_that_are_the_whole():
    whole = book(WORDS, [0, len(WORDS)])
    parts = cut_long_texts(whole, 120)
    assert "".join(item.text or "" for item in parts) == WORDS
    assert max(len(item.text or "") for item in parts) <= 120
    assert cut_long_texts(whole, None) is whole
