"""Words at times, written as text: SubRip, WebVTT, SubStation Alpha and lyrics (https://en.wikipedia.org/wiki/LRC_(file_format))."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

SUFFIXES = (".srt", ".vtt", ".ass", ".ssa", ".lrc")
"""Endings of the names of such files."""

_NAMED = re.compile(r"\{[^}]*\}|<[^>]{1,40}>|\\[Nnh]")
"""Marks of subtitle formats: ``{\\i1}``, ``<i>``, ``\\N``."""

_STAMP = re.compile(r"(?:(\d+):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})")
_DIALOGUE = re.compile(r"^Dialogue:([^,\n]*,){9}(.*)$", re.M)
_SUNG = re.compile(r"^((?:\[\d+:\d{1,2}(?:[.:]\d{1,3})?\])+)(.*)$", re.M)
_MOMENT = re.compile(r"\[(\d+):(\d{1,2})(?:[.:](\d{1,3}))?\]")


@dataclass(frozen=True, slots=True)
class Line:
    """Words at a time: a line of a subtitle, or a chapter's name.

    Attributes
    ----------
    start, end : float
        Seconds from the recording's beginning.
    words : str
        Without marks.
    """

    start: float
    end: float
    words: str


def plain(text: str) -> str:
    """The words of a subtitle, without marks, in one line."""
    return " ".join(_NAMED.sub(" ", text).split())


def read_subtitles(text: str) -> list[Line]:
    r"""Lines of a file of subtitles or lyrics, in the order of their times; none where it is no such file.

    Examples
    --------
    >>> [line.words for line in read_subtitles("1\n00:00:01,000 --> 00:00:02,500\n<i>Hello</i>\nthere.\n")]
    ['Hello there.']
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _blocks(text) or _dialogue(text) or _lyrics(text)


def _blocks(text: str) -> list[Line]:
    found: list[Line] = []
    for block in re.split(r"\n\s*\n", text):
        lines = block.strip().split("\n")
        at = next((n for n, line in enumerate(lines[:3]) if "-->" in line), None)
        stamps = _STAMP.findall(lines[at]) if at is not None else []
        if at is None or len(stamps) < 2:
            continue
        words = plain(" ".join(lines[at + 1 :]))
        if words:
            found.append(Line(_seconds(*stamps[0]), _seconds(*stamps[1]), words))
    return found


def _dialogue(text: str) -> list[Line]:
    found: list[Line] = []
    for event in _DIALOGUE.finditer(text):
        stamps = _STAMP.findall(event[0].rpartition(event[2])[0] if event[2] else event[0])
        words = plain(event[2])
        if len(stamps) >= 2 and words:
            found.append(Line(_seconds(*stamps[0]), _seconds(*stamps[1]), words))
    return sorted(found, key=lambda line: line.start)


def _lyrics(text: str) -> list[Line]:
    """Each line of a song lasts until the next; a line may be sung more than once."""
    sung = [
        (int(m) * 60 + int(s) + int((f or "").ljust(3, "0") or 0) / 1000, plain(line[2]))
        for line in _SUNG.finditer(text)
        for m, s, f in _MOMENT.findall(line[1])
    ]
    ordered = sorted(sung, key=lambda line: line[0])
    ends = [after[0] for _, after in pairwise(ordered)] + [ordered[-1][0] + 5.0] if ordered else []
    return [Line(start, end, words) for (start, words), end in zip(ordered, ends, strict=True) if words]


def _seconds(hours: str, minutes: str, seconds: str, fraction: str) -> float:
    return int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds) + int(fraction.ljust(3, "0")) / 1000
