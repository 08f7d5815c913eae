"""The sequence of what items say, and the word that every token is a form of."""

from __future__ import annotations

import numpy as np
import pytest
from fakes.items import text_item

from nova_explore.clusters.scripts import Script
from nova_explore.clusters.tokens import LONGEST_UNSPACED, read_tokens
from nova_explore.collection import Item


def texts(*said: str) -> list[Item]:
    return [text_item(f"d{i}", "", text=text) for i, text in enumerate(said)]


def test_tokens_are_in_the_order_of_the_text_and_parted_where_it_is():
    tokens = read_tokens(texts("owl nest, tree", "owl"))
    said = [tokens.keys[word] for word in tokens.words]
    assert said == ["", "owl", "nest", "", "tree", "", "owl"]
    assert tokens.docs.tolist() == [0, 0, 0, 0, 0, 1, 1]


@pytest.mark.parametrize(
    ("said", "form"),
    [
        (["An AI chip", "the AI", "AI"], "AI"),
        (["Castle by the sea", "old castle"], "castle"),
        (["A CASTLE", "THE CASTLE"], "castle"),
        (["in Paris", "near Paris"], "Paris"),
        (["Old Building", "town, building", "roof, building"], "building"),
        (["Türme über dem Park", "Türme und die Stadt", "Türme der Burg"], "Türme"),
    ],
)
def test_a_word_is_written_as_most_items_write_it_within_a_sentence(said, form):
    tokens = read_tokens(texts(*said))
    assert form in tokens.forms


def test_lists_are_heeded_only_where_their_language_is_used():
    tokens = read_tokens(texts(*["a red car and a die"] * 20))
    assert not tokens.silent[tokens.keys.index("die")]
    tokens = read_tokens(texts(*["die Katze und der Hund mit einer Maus"] * 20))
    assert tokens.silent[tokens.keys.index("die")]


def test_two_letters_are_a_word_in_capitals_in_paths_and_in_other_scripts():
    tokens = read_tokens([*texts("the UK map", "an ox", "바다"), text_item("e", "tv_001.png")])
    alone = {key for key, dependent in zip(tokens.keys, tokens.dependent, strict=True) if not dependent}
    assert {"uk", "바다", "tv"} <= alone
    assert "ox" not in alone


def test_a_persons_stop_words_are_silent_in_every_form():
    tokens = read_tokens(texts("red Owls", "an owl"), stop=["owl"])
    assert tokens.silent[tokens.keys.index("owl")]


def made_by(author: str, *said: str, column: str = "author") -> list[Item]:
    return [text_item(f"{author}{i}", "", text=text, metadata={column: author}) for i, text in enumerate(said)]


def silent(items: list[Item], word: str) -> bool:
    tokens = read_tokens(items)
    return bool(tokens.silent[tokens.keys.index(word)])


def test_the_name_of_an_author_says_nothing_of_what_is_shown():
    items = [*made_by("Benji Park", "hammer benji", "saw benji par"), *made_by("Rosa Baker", "a bench", "an owl")]
    assert silent(items, "benji")
    assert not silent(items, "hammer")


def test_a_word_that_others_say_as_well_is_no_authors():
    items = [*made_by("Rosa Park", "a park", "the park"), *made_by("Ada Lee", "a park", "the owl", "park")]
    assert not silent(items, "park")


def test_no_word_is_taken_for_the_name_of_who_made_most_items():
    assert not silent(made_by("Rosa Park", "a park", "the park", "an owl"), "park")


def test_the_artist_of_a_song_is_heard():
    items = [*made_by("Queen", "queen live", "queen", column="artist"), *made_by("Ada Lee", "an owl", "a cat", "a dog")]
    assert not silent(items, "queen")


def test_a_long_text_without_spaces_is_looked_at_up_to_a_limit():
    tokens = read_tokens(texts("猫" * 5000, "犬"))
    assert (tokens.scripts[tokens.words] == Script.HAN).sum() <= LONGEST_UNSPACED + 2
    assert tokens.docs.max() == 1


def test_phrases_are_found_in_any_form_or_not_at_all():
    tokens = read_tokens(texts("Birds of prey", "一只猫"))
    assert tokens.find("bird of prey") == [tokens.keys.index(key) for key in ("bird", "of", "prey")]
    assert tokens.find("只猫") is not None
    assert tokens.find("zebra") is None
    assert tokens.find("") is None


def test_no_items_have_no_tokens():
    assert np.array_equal(read_tokens([]).words, [])
