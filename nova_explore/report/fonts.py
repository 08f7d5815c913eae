"""Fonts for still pictures: one that has every character of a text, of those installed; or the word that there is none.

The first choice is DejaVu Sans, which matplotlib brings. It has Latin, Greek, Cyrillic and Arabic, but neither Han nor
the scripts of India, so that the fonts of the system are looked through for what it lacks.
"""

from __future__ import annotations

import os
import sys
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path

from nova_explore.media.drawing import dejavu

MOST_FONTS = 500
NONCHARACTER = "\U0010fffe"
"""No font has a picture of it: what is drawn for it is drawn for everything that the font lacks."""

_SCRIPTS = {"CJK": "Chinese characters", "HANGUL": "Korean", "HIRAGANA": "Japanese", "KATAKANA": "Japanese"}


@lru_cache(maxsize=1024)
def font_of(text: str, *, bold: bool = False) -> str | None:
    """Return the file of a font that draws every character of a text, None if none that is installed does.

    Returns
    -------
    str or None
    """
    return next((path for path in _candidates(bold) if _draws(path, text)), None)


def script_of(text: str) -> str:
    """Name the script of the first letter that tells, "" if none does.

    Examples
    --------
    >>> script_of("बिल्ली"), script_of("7 猫")
    ('Devanagari', 'Chinese characters')
    """
    names = (unicodedata.name(character, "").split(" ")[0] for character in text if character.isalpha())
    first = next((name for name in names if name and name != "LATIN"), "")
    return _SCRIPTS.get(first, first.title())


def _candidates(bold: bool) -> Iterator[str]:
    yield str(dejavu(bold=bold))
    yield from _installed()


@cache
def _installed() -> tuple[str, ...]:
    """Fonts of the system, those made to have every script first; the same order on every call."""
    home = Path("~").expanduser()
    folders = {
        "darwin": [Path("/System/Library/Fonts"), Path("/Library/Fonts"), home / "Library/Fonts"],
        "win32": [
            Path(os.environ.get("WINDIR", "C:/Windows")) / "Fonts",
            home / "AppData/Local/Microsoft/Windows/Fonts",
        ],
    }.get(
        sys.platform,
        [Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), home / ".local/share/fonts", home / ".fonts"],
    )
    fonts = [path for folder in folders for path in folder.rglob("*.[to]t[fc]")]

    def merit(path: Path) -> tuple[bool, bool, bool, str]:
        name = path.name.lower()
        return ("noto" not in name, "sans" not in name, "regular" not in name, str(path))

    return tuple(map(str, sorted(fonts, key=merit)[:MOST_FONTS]))


def _draws(path: str, text: str) -> bool:
    # Marks are drawn on letters, and blanks and joiners are not drawn at all.
    shown = {character for character in text if unicodedata.category(character)[0] not in "MZ"}
    shown = {character for character in shown if unicodedata.category(character) not in ("Cc", "Cf")}
    try:
        return all(_picture(path, character) != _picture(path, NONCHARACTER) for character in sorted(shown))
    except (OSError, ValueError):  # no font, or one that cannot be read
        return False


@lru_cache(maxsize=4096)
def _picture(path: str, character: str) -> bytes:
    from PIL import Image, ImageDraw, ImageFont

    font = ImageFont.truetype(path, 24) if path else ImageFont.load_default(24)
    sheet = Image.new("L", (64, 64))
    ImageDraw.Draw(sheet).text((8, 8), character, font=font, fill=255)
    return sheet.tobytes()
