"""The words that come with an item are a person's words first, and never codes."""

from __future__ import annotations

import pytest
from fakes.items import text_item

from nova_explore.collection import Modality
from nova_explore.words import LONGEST_TEXT, read_vocabulary, words_of


def test_caption_title_tags_and_text_are_words_in_this_order():
    item = text_item("d", text="the text", metadata={"tags": "a, b", "caption": "the caption", "title": "the title"})
    assert words_of(item) == "the caption the title a, b the text"


def test_the_name_of_a_file_speaks_only_where_nothing_else_does():
    assert words_of(text_item("d", "snowy_owl.png", modality=Modality.IMAGE)) == "snowy"
    captioned = text_item("d", "snowy_owl.png", modality=Modality.IMAGE, metadata={"caption": "a bird"})
    assert words_of(captioned) == "a bird"


@pytest.mark.parametrize("modality", [Modality.TEXT, Modality.PAGE])
def test_the_name_of_a_text_is_not_what_it_says(modality):
    assert words_of(text_item("d", "chapter.txt", modality=modality)) == ""


def test_a_long_text_speaks_with_its_beginning():
    assert len(words_of(text_item("d", text="x" * 10 * LONGEST_TEXT))) == LONGEST_TEXT


def test_the_vocabulary_has_no_blank_and_no_phrase_twice():
    phrases = read_vocabulary()
    assert all(phrases)
    assert len({phrase.lower() for phrase in phrases}) == len(phrases) > 100
