"""A font is chosen by what it can draw."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from nova_explore.report import fonts
from nova_explore.report.fonts import font_of, script_of


@pytest.fixture
def no_system_fonts(monkeypatch):
    """Only the font that matplotlib brings; what was found with others is forgotten."""
    monkeypatch.setattr(fonts, "_installed", lambda: ())
    font_of.cache_clear()
    yield
    font_of.cache_clear()


@pytest.mark.parametrize("text", ["castle", "Türme", "кошка", "γάτα", "القطة", "owl · 84%", ""])
def test_the_usual_font_draws_what_it_has(text, no_system_fonts):
    assert Path(font_of(text) or "").name == "DejaVuSans.ttf"
    assert Path(font_of(text, bold=True) or "").name == "DejaVuSans-Bold.ttf"


@pytest.mark.parametrize("text", ["猫", "बिल्ली", "แมว", "고양이", "owl 猫", "\ufdd0"])
def test_what_no_font_has_is_said_to_have_none(text, no_system_fonts):
    assert font_of(text) is None


def test_a_font_of_the_system_is_taken_for_what_the_usual_one_lacks(monkeypatch, tmp_path):
    broken = tmp_path / "broken.ttf"
    broken.write_bytes(b"no font")
    monkeypatch.setattr(fonts, "_installed", lambda: (str(broken), "han.ttf"))
    picture = fonts._picture
    drawn = {"猫": b"cat", fonts.NONCHARACTER: b"box"}
    monkeypatch.setattr(fonts, "_picture", lambda path, c: drawn[c] if path == "han.ttf" else picture(path, c))
    font_of.cache_clear()
    assert font_of("猫") == "han.ttf"
    font_of.cache_clear()


@pytest.mark.parametrize("platform", ["linux", "darwin", "win32"])
def test_fonts_of_every_system_are_looked_for_in_a_fixed_order(monkeypatch, platform):
    monkeypatch.setattr(sys, "platform", platform)
    fonts._installed.cache_clear()
    assert list(fonts._installed()) == list(fonts._installed.__wrapped__())
    fonts._installed.cache_clear()


@pytest.mark.parametrize(
    ("text", "script"),
    [("बिल्ली", "Devanagari"), ("猫", "Chinese characters"), ("AI 고양이", "Korean"), ("castle", ""), ("\ufdd0 7", "")],
)
def test_scripts_are_named(text, script):
    assert script_of(text) == script
