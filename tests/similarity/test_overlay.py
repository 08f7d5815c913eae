"""What is laid over an item is the item's own words and seconds."""

from __future__ import annotations

from nova_explore.media.perturb import Place
from nova_explore.similarity.explanation import Explanation, Part
from nova_explore.similarity.overlay import frames_of, marked_text


def part(start: float, end: float, weight: float, unit: str = "characters") -> Part:
    return Part("", Place(unit, (start, end)), weight, weight, weight)


def test_pieces_joined_are_the_text_with_weights_where_parts_are():
    text = "A red  owl – sleeps."
    one = Explanation("q", "t", None, 0.5, parts=(part(7, 10, 0.3), part(2, 5, -0.1)), text=text)
    pieces = marked_text(one)
    assert "".join(piece for piece, _ in pieces) == text
    assert [piece for piece, weight in pieces if weight] == ["red", "owl"]
    assert dict(pieces)["owl"] == 0.3


def test_media_without_letters_have_no_pieces():
    assert marked_text(Explanation("q", "t", None, 0.5, parts=(part(0, 1, 0.3, "seconds"),))) == []


def test_a_text_has_no_frames(exploration):
    id = exploration.collection.ids[0]
    assert frames_of(exploration.finder.background, exploration.explain("owl", id, max_calls=60)) == []
