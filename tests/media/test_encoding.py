from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nova_explore.errors import UnreadableError
from nova_explore.media.encoding import decode, encoding_of, loss, plain_xml, repaired, xml_text

RUSSIAN = "Тихое озеро лежит между горами, и над ним стоит утренний туман. Никто не слышит шума города. " * 3
GERMAN = "Über den Häusern läuft früh die Glocke; später hört man Züge und Gespräche in der Küche. " * 12


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-16-le", "utf-16-be", "utf-32-le"])
def test_unicode_is_known_with_and_without_a_mark(encoding):
    words = "A plain note that was saved by a Windows tool."
    assert decode(words.encode(encoding)) == words


@pytest.mark.parametrize(("words", "encoding"), [(RUSSIAN, "koi8-r"), (RUSSIAN, "cp1251"), (GERMAN, "cp1252")])
def test_a_page_of_another_encoding_is_guessed(words, encoding):
    assert decode(words.encode(encoding)) == words


@pytest.mark.parametrize(("words", "encoding"), [("Русский текст", "koi8-r"), ("Schöner Tag", "cp1252")])
def test_a_few_letters_are_too_little_to_guess_by_and_a_person_can_say_it(words, encoding):
    with pytest.raises(UnreadableError, match=r"Save it as UTF-8, or say which: read\(…, encoding='"):
        decode(words.encode(encoding))
    assert decode(words.encode(encoding), encoding=encoding) == words


def test_an_encoding_that_is_none_is_named():
    with pytest.raises(UnreadableError, match="no encoding 'utf9'"):
        decode(b"a", encoding="utf9")


@given(st.binary(min_size=1, max_size=300))
def test_any_bytes_are_a_text_or_a_reason(data):
    with contextlib.suppress(UnreadableError):
        assert isinstance(decode(data), str)
        assert isinstance(encoding_of(data), str)


@given(st.text(max_size=50))
def test_what_is_repaired_can_be_written(text):
    repaired(text).encode("utf-8")


def test_half_an_emoji_is_replaced_and_two_halves_are_joined():
    assert repaired("so nice \ud83d") == "so nice \ufffd"
    assert repaired("\ud83d\ude00") == "😀"
    same = "plain"
    assert repaired(same) is same


def test_xml_in_an_encoding_that_expat_lacks_is_read():
    data = '<?xml version="1.0" encoding="windows-1251"?><svg>Тихо</svg>'.encode("cp1251")
    assert plain_xml(data).decode() == "<svg>Тихо</svg>"
    assert "Тихо" in xml_text(data)
    assert plain_xml(b"<svg/>") == b"<svg/>"


@pytest.mark.parametrize("words", ["Größere Öfen für süße Äpfel. ", "Это предложение. ", "这是一个句子。"])
@pytest.mark.parametrize("damage", [b"\x81", b"\xe9", b"\xff"])
def test_a_damaged_byte_of_utf8_costs_one_character(words, damage):
    text = decode((words * 20).encode() + damage + b" " + words.encode())
    assert text == words * 20 + "\ufffd " + words
    assert loss(text) == "1 of its characters could not be decoded"


@pytest.mark.parametrize(
    ("words", "encoding"),
    [
        ("Größere Öfen für süße Äpfel. ", "cp1252"),
        ("港の規則。", "cp932"),
        ("海港规则。", "gb18030"),
        ("항구 규칙", "euc_kr"),
    ],
)
def test_other_encodings_are_not_taken_for_damaged_utf8(words, encoding):
    try:
        name = encoding_of((words * 20).encode(encoding))
    except UnreadableError:
        return
    assert name != "utf-8"
