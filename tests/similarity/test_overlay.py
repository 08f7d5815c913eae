"""What is laid over an item is the item's own words and seconds."""

from __future__ import annotations

from PIL import Image

from nova_explore.media.place import Place
from nova_explore.similarity.overlay import Part, frames_of, marked_text, overlay, small


def part(start: float, end: float, weight: float, unit: str = "characters") -> Part:
    return Part("", Place(unit, (start, end)), weight, weight, weight)


def test_pieces_joined_are_the_text_with_weights_where_parts_are():
    text = "A red  owl – sleeps."
    pieces = marked_text(text, (part(7, 10, 0.3), part(2, 5, -0.1)))
    assert "".join(piece for piece, _ in pieces) == text
    assert [piece for piece, weight in pieces if weight] == ["red", "owl"]
    assert dict(pieces)["owl"] == 0.3


def test_media_without_letters_have_no_pieces():
    assert marked_text("", (part(0, 1, 0.3, "seconds"),)) == []


def test_a_text_has_no_frames(exploration):
    assert frames_of(exploration.collection[0], (part(0, 1, 0.3, "seconds"),)) == []


def test_words_of_a_text_are_marked_and_escaped():
    shown = overlay((part(0, 8, 0.4), part(9, 12, 0.0)), text="<script> owl")
    assert "<script>" not in shown
    assert "&lt;script&gt;</mark>" in shown
    assert "rgba(213,94,0,0.62)" in shown


def test_boxes_lie_over_the_picture_and_seconds_on_a_strip():
    box = Part("", Place("box", (0.0, 0.5, 0.5, 1.0)), -0.2, 0, 0)
    shown = overlay((box,), picture=small(Image.new("RGB", (600, 300), "red")))
    assert "x='0.0000' y='0.5000' width='0.5000' height='0.5000' fill='rgba(86,112,140,0.62)'" in shown
    assert "data:image/webp;base64," in shown
    strip = overlay((part(0, 1, 0.1, "seconds"), part(1, 4, 0.2, "seconds")))
    assert "x='0.2500' width='0.7500'" in strip
    assert "0 to 4.0 s" in strip


def test_a_notebook_shows_what_carries_it(exploration):
    shown = exploration.explain("owl", exploration.collection.ids[0], max_calls=60)._repr_html_()
    assert "<blockquote" in shown or "Nothing carries it" in shown
