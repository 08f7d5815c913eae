"""What an item says: captions cleaned, codes of cameras left out, folders read."""

from __future__ import annotations

import unicodedata

import pytest
from fakes.items import text_item

from nova_explore.collection import Item, Modality
from nova_explore.words import caption_of, clean, name_words, path_of, read_vocabulary, words_of


def image(name: str = "a.png", **metadata: object) -> Item:
    return text_item("d", name, modality=Modality.IMAGE, format="png", metadata=metadata)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("birds/adelaide-rosella.png", "adelaide rosella"),
        ("cat_001.jpg", "cat"),
        ("IMG_2041.png", ""),
        ("DSC0001.jpg", ""),
        ("DSCF0001.JPG", ""),
        ("GOPR0417.JPG", ""),
        ("MVIMG_20190101.jpg", ""),
        ("PXL_20210203_101112131.jpg", ""),
        ("IMG-20200101-WA0001.jpg", ""),
        ("Screenshot 2019-05-01.png", ""),
        ("3f4a4b5c-9d8e-4123-8456-0123456789ab.jpg", ""),
        ("d41d8cd98f00b204e9800998ecf8427e.png", ""),
        ("RedBarn.png", "Red Barn"),
        ("a.png", ""),
    ],
)
def test_file_names_count_as_words_only_where_they_hold_some(name, words):
    assert words_of(image(name)) == words


def test_folders_are_words_and_the_folders_of_cameras_are_none():
    assert path_of(image("town/houses/IMG_0001.png")) == "town\nhouses"
    assert path_of(image("DCIM/100CANON/IMG_0001.JPG")) == ""
    assert path_of(image("Season 2/photos/owl.png")) == "Season 2\nowl"


def test_of_a_row_the_file_that_it_names_says_something():
    row = {"name": "media.csv#row=3", "modality": Modality.IMAGE}
    assert path_of(text_item("d", uri="/home/anna/birds/owl.png", **row)) == "anna\nbirds\nowl"
    assert path_of(text_item("d", uri="/home/anna/media.csv#row=3", **row)) == ""


@pytest.mark.parametrize("caption", ["", "   ", "\n", "5", "12.30", "—"])
def test_captions_without_a_letter_leave_the_word_to_the_file(caption):
    assert words_of(image("castle_001.png", caption=caption)) == "castle"


def test_tags_and_chapters_are_read_as_lists_and_as_strings():
    assert caption_of(image(tags=["owl", "night"])) == "owl, night"
    assert caption_of(image(tags="owl, night")) == "owl, night"
    assert caption_of(image(chapters=[{"start": 0.0, "title": "Opening"}, {"start": 9.5, "title": "Rain"}])) == (
        "Opening, Rain"
    )


def test_who_made_it_and_with_what_says_nothing_of_what_it_shows():
    said = caption_of(image(author="Anna Smith", camera="NIKON D90", software="GIMP", caption="An owl"))
    assert said == "An owl"


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("<p>A <b>castle</b>&nbsp;tower</p>", "A castle tower"),
        ("castle <a href='https://example.com/a'>more</a>", "castle more"),
        ("castle https://www.flickr.com/photos/1 tower", "castle tower"),
        ("castle, flickr.com/photos/1", "castle,"),
        ("castle by anna@example.org", "castle by"),
        ("5 < 6 and castle > barn", "5 < 6 and castle > barn"),
        ("<style>p { color: red }</style>castle", "castle"),
    ],
)
def test_tags_entities_and_addresses_are_no_words(text, cleaned):
    assert clean(text).split() == cleaned.split()


def test_a_text_reads_the_same_composed_and_decomposed():
    assert clean(unicodedata.normalize("NFD", "Brücke")) == "Brücke"
    assert name_words(unicodedata.normalize("NFD", "Brücke.png")) == "Brücke"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("1F9D1-1F3FB-200D-2708-FE0F.svg", ""),
        ("emoji_u1f469_200d_1f393.png", "emoji"),
        ("1f469-cook.png", "cook"),
        ("200 dogs.jpg", "200 dogs"),
    ],
)
def test_code_points_of_emoji_are_no_words(name, words):
    assert name_words(name) == words


def test_the_vocabulary_has_every_phrase_once():
    assert len(set(read_vocabulary())) == len(read_vocabulary()) > 500
