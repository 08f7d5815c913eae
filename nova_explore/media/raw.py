"""Camera raw: known by what its directory says, and shown by the largest picture that the camera put inside.

Nothing is developed here: every maker has formats of its own. Cameras write a finished JPEG into the raw file, often
at full size; that one is read, and the item says so.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nova_explore.errors import UnreadableError
from nova_explore.media import access

if TYPE_CHECKING:
    from PIL.Image import Image

LEAST_PREVIEW = 512
"""Pixels of the longest side of an embedded picture that stands for a photograph; thumbnails have 160."""

MOST_BYTES = 2**30
MOST_TRIED = 8

_DNG_VERSION, _PHOTOMETRIC, _COMPRESSION, _SUBDIRECTORIES, _ORIENTATION = 50706, 262, 259, 330, 274
_SENSOR = {32803, 34892}
"""Photometric interpretations of pixels that are no colours yet: a filter array, and linear raw (DNG 1.7)."""
_MAKERS = {32767, 34713, 65535, 32769, 65000}
"""Compressions of ARW, NEF, PEF and other makers' sensors."""
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 7: 1, 13: 4}


def is_raw(path: Path) -> bool:
    """Whether a TIFF is what a camera's sensor saw, by its directories."""
    with access.translated(path), path.open("rb") as file:
        head = file.read(16)
        if head[8:10] == b"CR":  # Canon's mark
            return True
        try:
            return any(_tells_raw(tags) for tags in _directories(file, head))
        except (struct.error, OverflowError, MemoryError):
            return False


def orientation(path: Path) -> int:
    """EXIF orientation of the photograph by the first directory, which its preview may lack; 0 where none is told."""
    with access.translated(path), path.open("rb") as file:
        head = file.read(16)
        if head[:2] not in (b"II", b"MM"):
            return 0
        try:
            turned = next((tags[_ORIENTATION] for tags in _directories(file, head) if tags.get(_ORIENTATION)), [0])
        except (struct.error, OverflowError, MemoryError):
            return 0
    return turned[0]


def _tells_raw(tags: dict[int, list[int]]) -> bool:
    return (
        _DNG_VERSION in tags
        or bool(_SENSOR & set(tags.get(_PHOTOMETRIC, ())))
        or bool(_MAKERS & set(tags.get(_COMPRESSION, ())))
    )


def _directories(file: Any, head: bytes) -> Iterator[dict[int, list[int]]]:
    """Short tags of the image file directories (TIFF 6.0) and of those below; BigTIFF holds no camera raw."""
    order = "<" if head[:2] == b"II" else ">"
    if head[2:4] in (b"+\0", b"\0+"):
        return
    waiting, seen = [struct.unpack(order + "I", head[4:8])[0]], set()
    while waiting and len(seen) < 64:
        at = waiting.pop(0)
        if not at or at in seen:
            continue
        seen.add(at)
        file.seek(at)
        count = struct.unpack(order + "H", file.read(2))[0]
        entries = file.read(12 * count)
        following = file.read(4)
        tags: dict[int, list[int]] = {}
        for entry in struct.iter_unpack(order + "HHI4s", entries[: len(entries) // 12 * 12]):
            tag, kind, amount, field = entry
            if tag in (_DNG_VERSION, _PHOTOMETRIC, _COMPRESSION, _SUBDIRECTORIES, _ORIENTATION):
                tags[tag] = _values(file, order, kind, min(amount, 32), field)
        yield tags
        waiting += tags.get(_SUBDIRECTORIES, [])
        if len(following) == 4:
            waiting.append(struct.unpack(order + "I", following)[0])


def _values(file: Any, order: str, kind: int, amount: int, field: bytes) -> list[int]:
    size = _SIZES.get(kind, 0) * amount
    if not size:
        return []
    if size > 4:
        file.seek(struct.unpack(order + "I", field)[0])
        field = file.read(size)
    code = {1: "B", 2: "B", 3: "H", 4: "I", 7: "B", 13: "I"}[kind]
    return list(struct.unpack(order + code * amount, field[:size]))


def open_preview(path: Path) -> Image:
    """The largest JPEG inside a raw file, its header parsed.

    Raises
    ------
    UnreadableError
        If there is none of at least 512 pixels.
    """
    from PIL import Image

    if path.stat().st_size > MOST_BYTES:
        raise UnreadableError("It is a camera raw file of more than 1 GB. Develop it to JPEG or TIFF.")
    data = access.read_bytes(path)
    found: list[tuple[int, int]] = []
    at = data.find(b"\xff\xd8\xff")
    while at >= 0:
        # Lossless JPEG, as sensors' values are stored, begins with a Huffman table and frame type 3.
        if data[at + 3 : at + 4] != b"\xc4":
            try:
                with Image.open(io.BytesIO(data[at:]), formats=("JPEG",)) as image:
                    found.append((image.width * image.height, at))
            except Exception:  # not a picture: three bytes of something else
                pass
        at = data.find(b"\xff\xd8\xff", at + 3)
    for _, at in sorted(found, key=lambda one: (-one[0], one[1]))[:MOST_TRIED]:
        image = Image.open(io.BytesIO(data[at:]), formats=("JPEG",))
        try:
            image.load()
        except Exception:
            image.close()
            continue
        if max(image.size) >= LEAST_PREVIEW:
            return image
        break
    raise UnreadableError(
        "It holds a camera raw file, whose sensor values are not developed here, and no finished picture of at least "
        f"{LEAST_PREVIEW} pixels. Develop it to JPEG or TIFF."
    )
