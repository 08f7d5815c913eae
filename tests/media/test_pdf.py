from __future__ import annotations

import pytest
from fakes import making

from nova_explore.errors import UnreadableError
from nova_explore.media import pdf


@pytest.fixture
def booklet(tmp_path):
    path = tmp_path / "booklet.pdf"
    path.write_bytes(making.pdf(["Harbour rules", None]))
    return str(path)


def test_codes_without_letters_are_not_words():
    assert not pdf._is_language("\x01\x02\x03\x04 \x05\x06")
    assert not pdf._is_language("\ue000\ue001\ue002")
    assert pdf._is_language("Grüße 你好 42 %")


def test_pages_have_their_words_and_facts(booklet):
    pages, _ = pdf.read_parts(booklet)
    assert [page["text"] for page in pages] == ["Harbour rules", None]
    assert [(page["facts"]["page"], page["facts"]["pages"]) for page in pages] == [(1, 2), (2, 2)]


def test_a_page_is_drawn_as_its_rgb_pixels(booklet):
    (width, height), pixels = pdf.draw(booklet, 0, 72, 300)
    assert max(width, height) == 300
    assert len(pixels) == 3 * width * height
    assert min(pixels) < 100
    assert max(pixels) == 255


def test_a_page_that_is_not_there_is_named(booklet):
    with pytest.raises(UnreadableError, match="no page 3"):
        pdf.draw(booklet, 2, 72, 300)


def test_words_have_their_places(booklet):
    words, _ = pdf.place_words(booklet, 0)
    assert [word for word, _, _ in words] == ["Harbour", "rules"]
    assert all(0 <= x < 1 and 0 <= y < 1 for _, x, y in words)


def test_a_document_that_cannot_be_opened_says_nothing(tmp_path):
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.4\n")
    assert pdf.information(str(tmp_path / "a.pdf"))[0] == {}
