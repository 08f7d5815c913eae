"""What pictures say of themselves in EXIF and IPTC: titles, keywords and captions, dates, places, cameras.

EXIF 2.32 (CIPA DC-008), with the fields that Windows writes; IPTC-IIM 4.2, record 2.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from nova_explore.collection import Scalar
from nova_explore.media.encoding import repaired

if TYPE_CHECKING:
    from PIL.Image import Image

_EXIF, _GPS = 0x8769, 0x8825
_DEFAULTS = re.compile(
    r"(olympus digital camera|sony dsc|minolta digital camera|samsung( camera pictures)?|konica minolta.*|dcim.*"
    r"|jpeg|image|untitled|screenshot|created with .*|ascii|exif_jpeg_t\d*|<digimax.*|sanyo digital camera"
    r"|kodak digital.*|charset=.*|maker:.*|cof|cig|dav|edf|hdr(pl)?|mde|ptr|bty|oznor|rhdr|dig|sdr|ytsm)",
    re.I,
)
"""What cameras write where a caption should be."""

_IPTC = {
    5: "title", 105: "headline", 120: "caption", 25: "tags", 80: "author", 116: "copyright", 55: "date",
    92: "place", 90: "place", 95: "place", 101: "place",
}  # fmt: skip


def exif_columns(image: Image) -> dict[str, Scalar]:
    """Columns of a picture's EXIF; empty where there is none, or it is damaged."""
    try:
        block = image.getexif()
        more = block.get_ifd(_EXIF)
        gps = block.get_ifd(_GPS)
    except Exception:  # whatever Pillow raises on a damaged block: the picture is none the worse
        return {}
    found: dict[str, Scalar] = {
        "title": _wide(block.get(0x9C9B)),
        "caption": _wide(block.get(0x9C9C)) or _text(block.get(0x010E)) or _comment(more.get(0x9286)),
        "tags": _wide(block.get(0x9C9E)).replace(";", ", "),
        "author": _text(block.get(0x013B)) or _wide(block.get(0x9C9D)),
        "copyright": _text(block.get(0x8298)),
        "camera": _camera(_text(block.get(0x010F)), _text(block.get(0x0110))),
        "software": _text(block.get(0x0131)),
        "date": _moment(_text(more.get(0x9003)) or _text(more.get(0x9004)) or _text(block.get(0x0132))),
    }
    if _DEFAULTS.fullmatch(str(found["caption"])):
        found["caption"] = ""
    found = {column: value for column, value in found.items() if value}
    turned = block.get(0x0112)
    if isinstance(turned, int) and 2 <= turned <= 8:
        found["orientation"] = turned
    return found | _position(gps)


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    return repaired(" ".join(value.replace("\0", " ").split())) if isinstance(value, str) else ""


def _wide(value: Any) -> str:
    """Windows keeps its fields as bytes of UTF-16."""
    if isinstance(value, tuple):
        value = bytes(part & 255 for part in value if isinstance(part, int))
    return _text(value.decode("utf-16-le", "replace")) if isinstance(value, bytes) else _text(value)


def _comment(value: Any) -> str:
    if not isinstance(value, bytes) or len(value) < 9:
        return ""
    code, body = value[:8].rstrip(b"\0 "), value[8:]
    if code == b"UNICODE":
        return _text(body.decode("utf-16-le" if body[1:2] == b"\0" else "utf-16-be", "replace"))
    return _text(body) if code in (b"ASCII", b"") else ""


def _camera(make: str, model: str) -> str:
    return model if make and model.lower().startswith(make.split()[0].lower()) else f"{make} {model}".strip()


def _moment(text: str) -> str:
    """ISO 8601 from EXIF's ``2020:05:01 10:11:12``; nothing for a clock that was never set."""
    match = re.match(r"(\d{4})[:-](\d\d)[:-](\d\d)(?:[ T](\d\d:\d\d:\d\d))?", text)
    if match is None or match[1] == "0000" or match[2] == "00":
        return ""
    return f"{match[1]}-{match[2]}-{match[3]}" + (f"T{match[4]}" if match[4] else "")


def _position(gps: Mapping[int, Any]) -> dict[str, Scalar]:
    found: dict[str, Scalar] = {}
    for column, where, values, negative in (("latitude", 1, 2, "S"), ("longitude", 3, 4, "W")):
        try:
            degrees, minutes, seconds = (float(part) for part in gps[values])
            value = degrees + minutes / 60 + seconds / 3600
        except (KeyError, TypeError, ValueError, ZeroDivisionError):
            return {}
        if value != value:
            return {}
        found[column] = round(-value if str(gps.get(where, "")).strip("\0 ").upper() == negative else value, 6)
    return found if any(found.values()) else {}  # 0, 0 is where a receiver without a signal is


def iptc_columns(image: Image) -> dict[str, Scalar]:
    """Columns of a picture's IPTC record; empty where there is none, or it is damaged."""
    from PIL import IptcImagePlugin

    try:
        record = IptcImagePlugin.getiptcinfo(image)  # pyright: ignore[reportArgumentType] (any opened picture will do)
    except Exception:
        return {}
    if not record:
        return {}
    utf8 = record.get((1, 90)) == b"\x1b%G"
    found: dict[str, list[str]] = {}
    for (group, number), value in record.items():
        column = _IPTC.get(number) if group == 2 else None
        for one in value if isinstance(value, list) else [value]:
            text = _text(_iptc_text(one, utf8)) if column and isinstance(one, bytes) else ""
            if text and column:
                found.setdefault(column, []).append(text)
    headline = found.pop("headline", None)
    if headline:
        found.setdefault("title", headline)
    if "date" in found:
        day = found["date"][0]
        found["date"] = [f"{day[:4]}-{day[4:6]}-{day[6:8]}"] if re.fullmatch(r"\d{8}", day) else []
    return {column: ", ".join(dict.fromkeys(values)) for column, values in found.items() if values}


def _iptc_text(value: bytes, utf8: bool) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("utf-8" if utf8 else "cp1252", "replace")
