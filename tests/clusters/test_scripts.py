"""Where words end, in any script."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nova_explore.clusters.scripts import (
    Script,
    fold,
    heads,
    is_unspaced,
    script_of,
    split_unspaced,
    stop_words,
    token_pattern,
)


@pytest.mark.parametrize("word", ["बिल्ली", "गाड़ी", "القِطَّةُ", "mèo", "Türme", "วัด", "കുട്ടി", "নদী", "קָמָץ", "می‌خواهم"])
def test_marks_belong_to_the_word_they_stand_on(word):
    assert token_pattern().findall(f"({word}, {word})")[1] == word


def test_what_parts_words_is_seen():
    assert token_pattern().findall("owl, nest-box") == ["owl", ",", "nest", "box"]


@pytest.mark.parametrize(
    ("token", "units"),
    [
        ("一只猫", ["一", "只", "猫"]),
        ("猫カフェ", ["猫", "カフェ"]),
        ("รถยนต์", ["ร", "ถ", "ย", "น", "ต์"]),
        ("แมว", ["แม", "ว"]),
        ("ឆ្មា", ["ឆ្មា"]),
        ("AI技術", ["AI", "技", "術"]),
        ("castle", ["castle"]),
        ("고양이", ["고양이"]),
    ],
)
def test_scripts_without_spaces_are_cut_into_letters_with_their_signs(token, units):
    assert split_unspaced(token) == units


@pytest.mark.slow
@given(st.text(min_size=1))
def test_cutting_loses_and_adds_nothing(text):
    for token in token_pattern().findall(text):
        assert "".join(split_unspaced(token)) == token
        assert is_unspaced(token) or split_unspaced(token) == [token]


@given(st.text(min_size=1))
def test_every_token_has_a_script_and_a_folded_form(text):
    for token in token_pattern().findall(text):
        script = script_of(token)
        assert (script == Script.BREAK) == (not token[0].isalnum())
        assert script == Script.BREAK or fold(token, ())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("castle", "Castles"),
        ("city", "cities"),
        ("box", "boxes"),
        ("قِطَّةٌ", "القطة"),
        ("والبحر", "بحر"),
        ("автомобили", "автомобиль"),
    ],
)
def test_forms_of_a_word_are_one(one, other):
    assert fold(one, ()) == fold(other, ())


@pytest.mark.parametrize("word", ["glass", "bus", "this", "sea", "gas"])
def test_no_plural_is_seen_where_there_is_none(word):
    assert fold(word, ()) == word


def test_korean_particles_are_taken_off_only_known_words():
    known = {"고양이", "바다"}
    assert fold("고양이가", known) == "고양이"
    assert fold("바다에서", known) == "바다"
    assert fold("고양이", known) == "고양이"


def test_ten_languages_and_more_have_a_list():
    lists = stop_words()
    assert {"en", "zh", "hi", "es", "fr", "ar", "ru", "pt", "de", "ja"} <= set(lists)
    assert {"der", "die", "das", "und"} <= lists["de"]
    assert not {"car", "hat", "war", "son", "man"} & frozenset().union(*lists.values())


def test_a_noun_is_the_head_of_those_that_end_in_it_and_an_ending_is_none():
    keys = ["wagen", "sportwagen", "feuerwehrwagen", "ungen", "zeitungen", "schaufel"]
    assert heads(keys, [True, True, True, False, True, True]) == {0: [1, 2]}
    assert heads(["huhn", "perlhuhn", "einhuhn"], [True] * 3) == {0: [1, 2]}
    assert heads(["boot", "ruboot"], [True] * 2) == {}  # two letters before it
