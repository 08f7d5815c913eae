"""Drawings (SVG): checked for references to other files, then drawn by resvg, which runs no script."""

from __future__ import annotations

import io
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from xml.parsers import expat

from nova_explore.errors import UnreadableError
from nova_explore.media import colour, decoder_process
from nova_explore.media.encoding import plain_xml, xml_text

if TYPE_CHECKING:
    from PIL.Image import Image

MOST_BYTES = 16 * 2**20
_LOADING = {
    "image",
    "feImage",
    "use",
    "script",
    "foreignObject",
    "filter",
    "mask",
    "pattern",
    "linearGradient",
    "radialGradient",
}
_UNITS = {"": 1.0, "px": 1.0, "pt": 4 / 3, "pc": 16.0, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96.0}

_WORDS = {
    ("svg", "title"): "title",
    ("svg", "desc"): "caption",
    ("Work", "title"): "title",
    ("Work", "description"): "caption",
    ("Work", "subject"): "tags",
    ("Work", "date"): "date",
    ("Work", "creator"): "author",
    ("Work", "rights"): "copyright",
}
"""Elements of a drawing's own description (SVG 1.1, section 5; Dublin Core in RDF), by the one that holds them."""


_COSTLY = frozenset(("filter", "mask", "pattern", "marker", "image", "style"))
"""Elements whose work has no bound that the file's length tells: octaves of turbulence, tiles, pictures in pictures."""

MOST_ELEMENTS, MOST_USES, MOST_LAYERS, DEEPEST = 1000, 8, 100, 40
"""What a drawing that is certainly quick has at most: elements, copies of others (`use`: copies of copies multiply),
pictures that are laid over each other, and groups inside groups (900 end the process that draws them)."""

_LAYERS = ("opacity", "clip-path", "mix-blend-mode", "isolation")


@dataclass(slots=True)
class _Scan:
    """What one pass over the elements of a drawing finds."""

    root: dict[str, str] = field(default_factory=dict)
    has_text: bool = False
    elements: int = 0
    uses: int = 0
    layers: int = 0
    depth: int = 0
    costly: bool = False

    @property
    def quick(self) -> bool:
        """Whether it is certainly drawn within seconds, and ends no process."""
        most = (MOST_ELEMENTS, MOST_USES, MOST_LAYERS, DEEPEST)
        counts = (self.elements, self.uses, self.layers, self.depth)
        return not self.costly and all(count <= limit for count, limit in zip(counts, most, strict=True))

    words: dict[str, list[str]] = field(default_factory=dict)


def _scan(data: bytes) -> _Scan:
    """Attributes of the root, whether there is text, and its own words; refuses what reaches outside the file."""
    found = _Scan()
    path: list[str] = []
    spoken: list[tuple[str, list[str]]] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        if not found.root:
            if local != "svg":
                raise UnreadableError(f"It is XML, but its root is <{name}> and not <svg>. Save it as SVG.")
            found.root.update({"": "svg"} | attributes)
        found.has_text = found.has_text or local == "text"
        found.elements += 1
        found.uses += local == "use"
        found.costly = found.costly or local in _COSTLY or "stroke-dasharray" in attributes
        style = attributes.get("style", "")
        found.costly = found.costly or "dasharray:" in style.replace("dasharray:none", "")
        found.layers += any(name in attributes or name in style for name in _LAYERS)
        found.depth = max(found.depth, len(path) + 1)
        if local in _LOADING:
            for key, value in attributes.items():
                target = value.strip()
                if key.rpartition(":")[2] == "href" and target and not target.startswith(("#", "data:")):
                    raise UnreadableError(
                        f"The drawing refers to another file ({target[:60]!r}), which is never opened. "
                        "Embed it in the drawing, or save it as PNG."
                    )
        if _holds_words(path, local):
            spoken.append((_WORDS[path[-1], local], [""]))
        elif spoken:
            part(local)
        path.append(local)

    def end(name: str) -> None:
        path.pop()
        local = name.rpartition(":")[2]
        if spoken and _holds_words(path, local):
            key, pieces = spoken.pop()
            found.words.setdefault(key, []).extend(" ".join(piece.split()) for piece in pieces if piece.strip())
        elif spoken:
            part(local)

    def part(local: str) -> None:
        pieces = spoken[-1][1]
        if local == "li":  # every keyword of a bag is an element of its own, whatever stands between them
            pieces.append("")
        else:
            pieces[-1] += " "

    def words(text: str) -> None:
        if spoken:
            spoken[-1][1][-1] += text

    def entity(name: str, _is_parameter: bool, value: str | None, *_outside: str | None) -> None:
        if value is None:
            raise UnreadableError(
                f"The drawing takes its entity {name!r} from another file, which is never opened. Save it as PNG."
            )

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = words
    parser.EntityDeclHandler = entity  # pyright: ignore[reportAttributeAccessIssue]
    try:
        parser.Parse(plain_xml(data), True)
    except expat.ExpatError as error:
        # expat stops entities that multiply (billion laughs) with an error of its own
        raise UnreadableError(f"The drawing is damaged or cut short ({error}). Export it again.") from error
    return found


def _holds_words(path: list[str], local: str) -> bool:
    """Whether an element says what the drawing is: titles of shapes deeper inside are tooltips."""
    return bool(path) and (len(path) == 1 or path[-1] == "Work") and (path[-1], local) in _WORDS


def _length(text: str) -> float | None:
    number = text.strip().rstrip("abcdefghijklmnopqrstuvwxyz%")
    unit = text.strip()[len(number) :]
    try:
        return float(number) * _UNITS[unit]
    except (ValueError, KeyError):
        return None


def _size(root: dict[str, str]) -> tuple[int, int]:
    """Width and height in pixels; those of the view box where they are relative or missing."""
    box = root.get("viewBox", "").replace(",", " ").split()
    width, height = _length(root.get("width", "")), _length(root.get("height", ""))
    if (width is None or height is None) and len(box) == 4:
        width, height = width or _length(box[2]), height or _length(box[3])
    return max(1, round(min(width or 100.0, 1e9))), max(1, round(min(height or 100.0, 1e9)))


def _plain(data: bytes) -> bytes:
    """The XML of a drawing, unpacked where it is ``.svgz``.

    Raises
    ------
    UnreadableError
        If it is too large, or the packing is damaged.
    """
    if data[:2] == b"\x1f\x8b":
        try:
            data = zlib.decompressobj(31).decompress(data, MOST_BYTES + 1)
        except zlib.error as error:
            raise UnreadableError(f"The packed drawing is damaged ({error}). Export it again.") from error
    if len(data) > MOST_BYTES:
        raise UnreadableError(
            f"It is a drawing of {len(data) / 2**20:,.0f} MB; at most {MOST_BYTES // 2**20} are drawn. Save it as PNG."
        )
    return data


def _render(data: bytes, scan: _Scan, longest: int) -> Image:
    from PIL import Image

    ask = (longest, scan.has_text)
    # No process has to be started for what is quick.
    _, drawn = rendered(*ask, data=data) if scan.quick else decoder_process.run("svg:rendered", *ask, data=data)
    return Image.open(io.BytesIO(drawn))


def rendered(longest: int, has_text: bool, *, data: bytes) -> tuple[None, bytes]:
    """A drawing as PNG, by resvg; nothing stops it, so it has its budget in `decoder_process`.

    Raises
    ------
    UnreadableError
        If it cannot be rendered.
    """
    import resvg_py

    try:
        # Fonts take 90 ms to list, so only where there is text. Without a resolution lengths in points become zero.
        drawn = resvg_py.svg_to_bytes(
            svg_string=xml_text(data), width=longest, height=longest, dpi=96.0, skip_system_fonts=not has_text
        )
    except ValueError as error:
        raise UnreadableError(f"The drawing cannot be rendered ({error}). Export it again, or as PNG.") from error
    return None, bytes(drawn)


def check(data: bytes) -> tuple[int, int]:
    """Width and height of a drawing in pixels, after making sure that it can be rendered.

    Raises
    ------
    UnreadableError
        If it is damaged, refers to other files, or is too large.
    """
    data = _plain(data)
    scan = _scan(data)
    _render(data, scan, 16)
    return _size(scan.root)


def draw(data: bytes, *, longest: int) -> Image:
    """Draw it in RGB, its longest side ``longest`` pixels, on white or on what shows white lines.

    Raises
    ------
    UnreadableError
        If it is damaged, refers to other files, or is too large.
    """
    data = _plain(data)
    return colour.to_srgb(_render(data, _scan(data), longest))


def words_in(data: bytes) -> dict[str, list[str]]:
    """Title, caption, tags, author, date and copyright that a drawing carries; an empty mapping where it is damaged."""
    try:
        return _scan(_plain(data)).words
    except UnreadableError:
        return {}
