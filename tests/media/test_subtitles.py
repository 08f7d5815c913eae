"""Words at times are read from four ways of writing them, and marks are no words."""

from __future__ import annotations

import pytest

from nova_explore.media.subtitles import Line, read_subtitles

ASS = """[Script Info]
Title: A lake

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Dialogue: 0,0:00:05.00,0:00:06.50,Default,,0,0,0,,Bye, all of you.
Comment: 0,0:00:00.00,0:00:09.00,Default,,0,0,0,,not spoken
Dialogue: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,{\\i1}Hello{\\i0}\\Nthere
"""


def test_subtitles_of_both_kinds_are_read():
    srt = (
        "1\r\n00:00:01,000 --> 00:00:02,500\r\n<i>Hello</i>\r\nthere.\r\n\r\n2\r\n01:00:00,0 --> 01:00:01,0\r\nBye.\r\n"
    )
    assert read_subtitles(srt) == [Line(1.0, 2.5, "Hello there."), Line(3600.0, 3601.0, "Bye.")]
    vtt = "WEBVTT\n\nNOTE what\n\nintro\n00:01.000 --> 00:02.000 align:start\n{\\an8}Hello\n"
    assert read_subtitles(vtt) == [Line(1.0, 2.0, "Hello")]
    assert read_subtitles("no subtitles at all") == []


def test_substation_lines_are_in_the_order_of_their_times_and_may_hold_commas():
    assert read_subtitles(ASS) == [Line(1.0, 2.0, "Hello there"), Line(5.0, 6.5, "Bye, all of you.")]


def test_a_line_of_a_song_lasts_until_the_next_and_may_be_sung_twice():
    song = "[ar:Nobody]\n[00:01.50][00:05.00]La la\n[00:03.00]To the lake\n[00:09.00]\n"
    assert read_subtitles(song) == [
        Line(1.5, 3.0, "La la"), Line(3.0, 5.0, "To the lake"), Line(5.0, 9.0, "La la")
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["", "Dialogue: none", "[00:0x]la", "1\n00:00:01 --> nowhere\nwords"])
def test_what_is_no_subtitle_has_no_lines(text):
    assert read_subtitles(text) == []
