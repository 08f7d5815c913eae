"""Candidates for names: words and what stands together, with the items that carry them."""

from __future__ import annotations

import numpy as np
import pytest
from fakes.items import text_item
from hypothesis import given, settings
from hypothesis import strategies as st

from nova_explore.clusters.terms import Terms, find_terms
from nova_explore.collection import Item, Modality


def texts(said: list[str]) -> list[Item]:
    return [text_item(f"d{i}", "", text=text) for i, text in enumerate(said)]


def terms_of(groups: list[list[str]], **wanted: list[str]) -> Terms:
    items = texts([text for group in groups for text in group])
    labels = np.repeat(np.arange(len(groups)), [len(group) for group in groups])
    return find_terms(items, labels, len(groups), **wanted)


def carriers(terms: Terms, form: str) -> list[int]:
    return terms.carried[:, [terms.forms.index(form)]].toarray().ravel().tolist()


def test_an_item_carries_a_term_once_however_often_it_says_it():
    terms = terms_of([["owl owl owl", "owls"], ["boat", "boat"]])
    assert carriers(terms, "owl") == [1, 1, 0, 0]


def test_words_that_stand_together_are_a_term_and_those_that_a_comma_parts_are_none():
    terms = terms_of([["sign language letter", "the sign language"], ["sign, language", "boat", "boat"]])
    assert carriers(terms, "sign language") == [1, 1, 0, 0, 0]


def test_numbers_are_terms_with_a_word_and_never_alone():
    terms = terms_of([["topic 31"] * 3, ["topic 32"] * 3, ["topic 33"] * 3])
    assert "topic 33" in terms.forms
    assert not {"31", "32", "33", "topic"} & set(terms.forms)


def test_a_word_of_every_cluster_is_no_term_in_a_language_without_a_list():
    groups = [
        ["a kutya az úton", "kutya az házban"],
        ["a virág az réten", "virág az úton"],
        ["autó az úton", "az autó"],
    ]
    terms = terms_of([group * 3 for group in groups])
    assert {"kutya", "virág", "autó"} <= set(terms.forms)
    assert not any("az" in form.split() for form in terms.forms)


def test_a_part_of_a_longer_word_of_han_is_no_term_and_a_word_of_its_own_is():
    terms = terms_of(
        [["红色汽车停在路边", "一辆汽车", "老汽车展览"], ["海边的日落", "海上的船", "大海"], ["火车站", "火车"]]
    )
    assert {"汽车", "海", "火车"} <= set(terms.forms)
    assert "汽" not in terms.forms


def test_a_word_of_thai_is_whole():
    terms = terms_of([["รถยนต์สีแดงบนถนน", "รถยนต์เก่า", "รถยนต์สีฟ้า"], ["แมวดำที่หน้าต่าง", "แมวกินนม"]])
    assert {"รถยนต์", "แมว"} <= set(terms.forms)
    assert not {"รถยนต", "แม", "ยนต์"} & set(terms.forms)


def test_a_german_noun_is_carried_by_the_compounds_that_end_in_it():
    groups = [["ein Sportwagen", "der Wagen", "das ist ein Feuerwehrwagen"], ["eine Katze", "die Katze und der Hund"]]
    terms = terms_of(groups)
    heads = [place for place, form in enumerate(terms.forms) if form == "Wagen"]
    assert [1, 1, 1, 0, 0] in terms.carried[:, heads].toarray().T.tolist()


def test_words_of_other_languages_have_no_heads():
    terms = terms_of([["the Berry", "a Strawberry", "a Berry"], ["a Cat", "the Cat"]])
    assert carriers(terms, "Berry") == [1, 0, 1, 0, 0]


def test_a_persons_phrases_are_terms_where_items_say_them():
    terms = terms_of([["a bird of prey", "birds of prey", "owl"]], vocabulary=["bird of prey", "zebra"])
    assert [form for form, asked in zip(terms.forms, terms.asked_for, strict=True) if asked] == ["bird of prey"]
    asked = terms.carried[:, np.flatnonzero(terms.asked_for)].toarray().ravel()
    assert asked.tolist() == [1, 1, 0]


def test_modalities_are_terms_and_marked():
    items = [*texts(["owl", "owl"]), text_item("a", "x.ogg", modality=Modality.AUDIO)]
    terms = find_terms(items, np.array([0, 0, 1]), 2)
    assert [form for form, modal in zip(terms.forms, terms.modal, strict=True) if modal] == ["texts", "sounds"]


def test_counts_are_of_the_clusters_and_carriers_of_all_items():
    items = texts(["owl"] * 5 + ["boat"] * 3)
    terms = find_terms(items, np.array([0, 0, 0, -1, -1, 1, 1, 1]), 2)
    owl = terms.forms.index("owl")
    assert terms.counts[:, [owl]].toarray().ravel().tolist() == [3, 0]
    assert terms.carried[:, [owl]].sum() == 5


SAID = st.lists(
    st.text(st.sampled_from("ab猫犬ねコー กาแิ ु 33_-,. <b>&'ñ́ßİﬁ𝒳😀\u200d\n"), max_size=20), min_size=1, max_size=12
)


@pytest.mark.slow
@settings(deadline=None)
@given(SAID, st.integers(1, 3), st.randoms(use_true_random=False))
def test_shares_are_shares_whatever_is_said(said, count, random):
    items = texts(said)
    labels = np.array([random.randrange(-1, count) for _ in said])
    terms = find_terms(items, labels, count)
    sizes = np.bincount(labels[labels >= 0], minlength=count)
    assert (terms.counts.toarray() <= sizes[:, None]).all()
    assert terms.n == len(said)
    assert set(np.unique(terms.carried.toarray())) <= {0, 1}
    assert len(terms.forms) == len(terms.parts) == len(terms.repeated) == len(terms)
    assert all(form.strip() and not form.isnumeric() for form in terms.forms)


@pytest.mark.parametrize("said", [[], [""], ["5", "6"], ["😀", "—"]])
def test_where_no_words_are_there_are_no_terms_but_modalities(said):
    terms = find_terms(texts(said), np.zeros(len(said), int), 1)
    assert all(terms.modal)
