"""Explanations in a report: of every modality, without a script, offline, and nothing of the machine."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from fakes.explained import explanation_of, explanations_of_every_modality
from fakes.hostile import HOSTILE
from fakes.report_stand_in import data_in
from fakes.stand_in import StandIn

from nova_explore.collection import Modality
from nova_explore.media.place import Place
from nova_explore.report import explanation_section
from nova_explore.report.explanation_section import explanations_of
from nova_explore.report.page import render_report, write_report
from nova_explore.report.private_paths import hide
from nova_explore.similarity.overlay import Part


@pytest.fixture(scope="module")
def exploration():
    return StandIn()


@pytest.fixture(scope="module")
def explained(exploration):
    return explanations_of_every_modality(exploration)


def page_of(exploration, explanations, **options):
    """A page of a few items, without other media: it is rendered in a moment."""
    shown = [one.id for one in explanations if one.id is not None]
    options = {"ids": [*exploration.collection.ids[:10], *shown], "media_mb": 0} | options
    return render_report(exploration, title="t", explanations=explanations, **options)


def entry_of(exploration, one):
    return explanations_of(exploration, [one], str, set(exploration.collection.ids))[0]


def test_words_keep_their_order_and_are_marked_by_what_they_carry(exploration, explained):
    entry = entry_of(exploration, explained[Modality.TEXT])
    assert "".join(piece for piece, _, _ in entry["words"]) == explained[Modality.TEXT].text
    assert [level for _, level, _ in entry["words"]] == ["heat-8", "cold-2"]  # 1, and (1/3) ** 1.3 of eight


@pytest.mark.parametrize("modality", [Modality.IMAGE, Modality.PAGE])
def test_regions_of_pictures_and_pages_are_boxes_in_hundredths(exploration, explained, modality):
    entry = entry_of(exploration, explained[modality])
    first = entry["boxes"][0]
    assert (first["x"], first["y"], first["width"], first["height"], first["opacity"]) == (0, 0, 50, 50, 0.62)
    assert entry["boxes"][-1]["fill"] != first["fill"]
    assert entry["picture"]


@pytest.mark.parametrize("modality", [Modality.AUDIO, Modality.VIDEO])
def test_seconds_of_sounds_and_films_are_windows_that_fill_the_strip(exploration, explained, modality):
    windows = entry_of(exploration, explained[modality])["windows"]
    assert [window["x"] for window in windows] == pytest.approx([0, 33.33, 66.67])
    assert sum(window["width"] for window in windows) == pytest.approx(100, abs=0.05)
    assert windows[1]["opacity"] == 0.62


def test_every_frame_of_a_film_stands_over_its_seconds(exploration, explained, monkeypatch):
    monkeypatch.setattr(explanation_section, "frames_of", lambda *_: [b"1", b"2", b"3"])
    page = page_of(exploration, [explained[Modality.VIDEO]])
    assert len(re.findall(r'<li><span class="heat-on"><img src="data:image/webp;base64,', page)) == 3
    assert [len(frames) for frames in data_in(page)["frames"]] == [3]
    assert data_in(page)["explanations"][0]["why"]["frames"] == 3


def test_the_report_lays_each_over_its_item_and_needs_no_style_of_its_own(exploration, explained):
    page = page_of(exploration, list(explained.values()))
    assert page.count('class="explanation"') == len(explained) == 5
    body = page[page.index("<body>") : page.index("<script")]
    assert " style=" not in body
    data = data_in(page)
    assert [data["ids"][one["position"]] for one in data["explanations"]] == [one.id for one in explained.values()]
    assert "is like <b>a quiet lake</b> by a cosine of 0.62" in page
    assert "R² 0.90" in page


def test_a_report_without_explanations_has_no_such_section(exploration):
    page = page_of(exploration, [])
    assert "Why they are alike" not in page
    assert data_in(page)["explanations"] == []


def test_what_is_not_reliable_not_carried_or_only_planned_says_so(exploration, explained):
    one = explained[Modality.TEXT]
    doubtful, still = replace(one, r2=0.1), replace(one, spread=0.0)
    planned = replace(one, parts=())
    page = page_of(exploration, [doubtful, still, planned])
    assert "<b>Not reliable:</b> the parts do not add up (R² 0.10)." in page
    assert "Nothing in it carries the likeness" in page
    assert "It was planned, and not made." in page
    assert [one is None for one in data_in(page)["explanations"]] == [False, True, True]


def test_an_item_that_the_page_does_not_show_keeps_its_still_overlay(exploration, explained):
    one = explained[Modality.IMAGE]
    other = [id for id in exploration.collection.ids if id != one.id][:30]
    page = page_of(exploration, [one, replace(one, id=None)], ids=other)
    assert data_in(page)["explanations"] == [None, None]
    assert page.count('<span class="heat-on">') == 2
    assert "Show the item on the map" not in page


def test_hostile_words_stay_words(exploration, explained):
    plain, hostile = explained[Modality.TEXT], []
    for caption in HOSTILE:
        text = caption.encode("utf-8", "replace").decode("utf-8") or "-"
        parts = (Part(text, Place("characters", (0, len(text))), 0.3, 0.2, 0.4),)
        hostile.append(replace(plain, text=text, title=text, query=text, parts=parts))
        assert entry_of(exploration, hostile[-1])["words"] == [(text, "heat-8", 1.0)]
    page, safe = page_of(exploration, hostile), page_of(exploration, [plain] * len(hostile))
    for tag in ("<script", "<img", "<svg", "<b>", "<iframe"):
        assert page.count(tag) == safe.count(tag)


def test_a_folder_of_this_machine_that_goes_across_the_parts_is_hidden(exploration, explained):
    text = "saved in /home/ann/pictures by her"
    parts = tuple(
        Part("", Place("characters", at), weight, weight, weight) for at, weight in (((0, 14), 0.3), ((14, 34), 0.2))
    )
    one = replace(explained[Modality.TEXT], text=text, parts=parts)
    entry = explanations_of(exploration, [one], hide(["/home/ann"]), set())[0]
    assert "".join(piece for piece, _, _ in entry["words"]) == "saved in …/pictures by her"


def test_the_same_explanations_give_the_same_bytes(exploration, explained, tmp_path):
    some = exploration.collection.ids[:10]
    options = {"explanations": list(explained.values()), "title": "t", "ids": some, "media_mb": 0}
    once, again = (write_report(exploration, tmp_path / name, **options).read_bytes() for name in ("a.html", "b.html"))
    assert once == again


def test_what_is_explained_is_carried_before_all_other_media(exploration):
    sounds = [item for item in exploration.collection if item.modality is Modality.AUDIO]
    shown = [item.id for item in sounds[:2] + sounds[-2:]]
    data = data_in(page_of(exploration, [explanation_of(sounds[-1])], ids=shown, media_mb=0.02))
    assert 0 < len(data["media"]) < len(shown)
    assert str(data["ids"].index(sounds[-1].id)) in data["media"]
