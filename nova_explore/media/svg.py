"""Drawings (SVG): checked for references to other files, then rasterised by resvg, which runs no script."""

from __future__ import annotations

from xml.parsers import expat

from nova_explore.errors import UnreadableError

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


def _scan(data: bytes) -> tuple[dict[str, str], bool]:
    """Attributes of the root element, and whether there is text; refuses what reaches outside the file."""
    root: dict[str, str] = {}
    has_text = False

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal has_text
        local = name.rpartition(":")[2]
        if not root:
            if local != "svg":
                raise UnreadableError(f"It is XML, but its root is <{name}> and not <svg>. Save it as SVG.")
            root.update({"": "svg"} | attributes)
        has_text = has_text or local == "text"
        if local in _LOADING:
            for key, value in attributes.items():
                target = value.strip()
                if key.rpartition(":")[2] == "href" and target and not target.startswith(("#", "data:")):
                    raise UnreadableError(
                        f"The drawing refers to another file ({target[:60]!r}), which is never opened. "
                        "Embed it in the drawing, or save it as PNG."
                    )

    def entity(name: str, _is_parameter: bool, value: str | None, *_outside: str | None) -> None:
        if value is None:
            raise UnreadableError(
                f"The drawing takes its entity {name!r} from another file, which is never opened. Save it as PNG."
            )

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.EntityDeclHandler = entity  # pyright: ignore[reportAttributeAccessIssue]
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        # expat stops entities that multiply (billion laughs) with an error of its own
        raise UnreadableError(f"The drawing is damaged or cut short ({error}). Export it again.") from error
    return root, has_text


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


def _render(data: bytes, longest: int) -> bytes:
    import resvg_py

    _, has_text = _scan(data)
    try:
        # Fonts take 90 ms to list, so only where there is text. Without a resolution lengths in points become zero.
        text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig", "replace")
        return bytes(
            resvg_py.svg_to_bytes(
                svg_string=text, width=longest, height=longest, dpi=96.0, skip_system_fonts=not has_text
            )
        )
    except ValueError as error:
        raise UnreadableError(f"The drawing cannot be rendered ({error}). Export it again, or as PNG.") from error


def check(data: bytes) -> tuple[int, int]:
    """Width and height of a drawing in pixels, after making sure that it can be rendered.

    Raises
    ------
    UnreadableError
        If it is damaged, refers to other files, or is too large.
    """
    if len(data) > MOST_BYTES:
        raise UnreadableError(
            f"It is a drawing of {len(data) / 2**20:,.0f} MB; at most {MOST_BYTES // 2**20} are drawn. Save it as PNG."
        )
    root, _ = _scan(data)
    _render(data, 16)
    return _size(root)


def rasterise(data: bytes, *, longest: int) -> bytes:
    """Draw it as PNG, its longest side ``longest`` pixels.

    Raises
    ------
    UnreadableError
        If it is damaged, refers to other files, or is too large.
    """
    return _render(data, longest)
