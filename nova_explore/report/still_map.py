"""The map as a still picture, for a README, a page, a slide: points, names, and the medoids of each cluster."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from nova_explore.collection import Modality
from nova_explore.errors import NovaExploreError
from nova_explore.exploration.coloring import cluster_colors
from nova_explore.palette import UNCLUSTERED_GREY, rgb
from nova_explore.report.fonts import font_of, script_of
from nova_explore.report.label_placement import Pixels, density_centers, fit, place_boxes

if TYPE_CHECKING:
    from PIL import Image, ImageDraw, ImageFont

    from nova_explore.clusters.names import ClusterName
    from nova_explore.exploration.bundle import Exploration

MOST_CARDS = 40
SUPERSAMPLING = 2
DRAWN_FOR = (1600, 1100)
"""The size that type, points and cards are designed for; other sizes are scaled."""


INK, MUTED, RULE, PAPER = (28, 33, 39), (100, 109, 120), (214, 219, 225), (255, 255, 255)

CORNERS = {Modality.TEXT: (4, 0.0), Modality.PAGE: (4, 45.0), Modality.AUDIO: (3, -90.0), Modality.VIDEO: (5, -90.0)}
"""Corners and turn in degrees of the mark of each modality; images are round."""


def map_png(exploration: Exploration, width: int = 1600, height: int = 1100, *, thumbnails: bool = True) -> bytes:
    """Draw the map as a PNG picture.

    Parameters
    ----------
    exploration : Exploration
    width, height : int
        Pixels.
    thumbnails : bool, default True
        Put the medoids of the largest clusters beside them.

    Returns
    -------
    bytes
        The same for the same exploration, size and installed fonts.
    """
    from PIL import Image

    sheet = _Sheet(width, height)
    top, bottom = sheet.px(96), sheet.px(52)
    room = (float(sheet.width), float(sheet.height - top - bottom))
    points, _ = fit(exploration.layout.xy, *room, margin=sheet.px(95 if thumbnails else 40))
    colors = cluster_colors(exploration)
    _draw_points(sheet, exploration, points + np.array([0, top]), colors)
    unnamed = _draw_cards(sheet, exploration, points, colors, room, top, thumbnails)
    _draw_head(sheet, exploration)
    _draw_foot(sheet, exploration, unnamed)
    picture = sheet.image.resize((width, height), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True, dpi=(144, 144))
    return out.getvalue()


class _Sheet:
    """A canvas larger than the picture, with lengths given in pixels of the design size."""

    def __init__(self, width: int, height: int) -> None:
        from PIL import Image, ImageDraw

        self.unit = SUPERSAMPLING * min(width / DRAWN_FOR[0], height / DRAWN_FOR[1])
        self.width, self.height = width * SUPERSAMPLING, height * SUPERSAMPLING
        self.image: Image.Image = Image.new("RGB", (self.width, self.height), PAPER)
        self.draw: ImageDraw.ImageDraw = ImageDraw.Draw(self.image, "RGBA")

    def px(self, length: float) -> int:
        return max(1, round(length * self.unit))

    def font(self, size: float, *, bold: bool = False, text: str = "") -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
        """The font for a text, or the usual one."""
        from PIL import ImageFont

        path = font_of(text, bold=bold)
        return ImageFont.truetype(path, self.px(size)) if path else ImageFont.load_default(self.px(size))

    def mark(self, kind: Modality, x: float, y: float, radius: float, fill: tuple[int, ...]) -> None:
        if kind not in CORNERS:
            self.draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=fill)
            return
        corners, turn = CORNERS[kind]
        # Equal areas look equally large: a circle of this radius has the area of the polygon.
        turns = 2 * np.pi / corners
        outer = radius * (np.pi / (corners / 2 * np.sin(turns))) ** 0.5
        angles = np.deg2rad(turn) + turns * np.arange(corners)
        self.draw.polygon([(x + outer * np.cos(a), y + outer * np.sin(a)) for a in angles], fill=fill)


def _draw_points(sheet: _Sheet, exploration: Exploration, points: Pixels, colors: Sequence[str]) -> None:
    labels = exploration.clustering.labels
    radius = sheet.unit * float(np.clip(150 / max(len(labels), 1) ** 0.5, 1.5, 4.8))
    # Unclustered points first, so that they lie below; the others in the order of the items.
    for place in np.argsort(labels >= 0, kind="stable"):
        label, (x, y) = labels[place], points[place]
        kind = exploration.collection[int(place)].modality
        if label < 0:
            sheet.mark(kind, x, y, radius * 0.6, (*rgb(UNCLUSTERED_GREY), 130))
        else:
            sheet.mark(kind, x, y, radius * 1.22, (*PAPER, 150))
            sheet.mark(kind, x, y, radius, (*rgb(colors[label]), 225))


def _draw_cards(
    sheet: _Sheet,
    exploration: Exploration,
    points: Pixels,
    colors: Sequence[str],
    room: tuple[float, float],
    top: int,
    thumbnails: bool,
) -> int:
    """Draw name, size and medoids of every cluster beside it; return how many clusters stay without."""
    count = min(len(colors), MOST_CARDS)
    anchors = density_centers(points, exploration.clustering.labels, count)
    each = 0 if not thumbnails else 3 if count <= 16 else 2 if count <= 28 else 1
    cards = [_card(sheet, exploration, cluster, colors[cluster], each) for cluster in range(count)]
    sizes = np.array([card.size for card in cards], float).reshape(count, 2)
    crowding = 1500 * sheet.unit / max(len(points), 1) ** 0.75
    centers = place_boxes(anchors, sizes, room, points=points, crowding=crowding, step=sheet.px(14))
    anchors, centers = anchors + np.array([0, top]), centers + np.array([0, top])
    drawn = [cluster for cluster in range(count) if not np.isnan(centers[cluster]).any()]
    for cluster in drawn:
        (x, y), (cx, cy), size = anchors[cluster], centers[cluster], sizes[cluster] / 2
        end = np.clip((x, y), centers[cluster] - size, centers[cluster] + size)
        if np.hypot(*(end - anchors[cluster])) < sheet.px(4):
            continue
        color = (*rgb(colors[cluster]), 255)
        sheet.draw.line((x, y, cx, cy), fill=(*PAPER, 190), width=sheet.px(3.6))
        sheet.draw.line((x, y, cx, cy), fill=color, width=sheet.px(1.3))
        sheet.mark(Modality.IMAGE, x, y, sheet.px(4.2), (*PAPER, 255))
        sheet.mark(Modality.IMAGE, x, y, sheet.px(2.8), color)
    for cluster in drawn:
        x, y = np.rint(centers[cluster] - sizes[cluster] / 2).astype(int)
        sheet.image.paste(cards[cluster], (int(x), int(y)), cards[cluster])
    return len(colors) - len(drawn)


def _card(sheet: _Sheet, exploration: Exploration, cluster: int, color: str, each: int) -> Image.Image:
    """Name and size of one cluster under its medoids, on a rounded panel."""
    from PIL import Image, ImageDraw

    side, gap, pad = sheet.px(58), sheet.px(5), sheet.px(7)
    called = label_of(exploration.name_of(cluster), cluster)
    bold, plain = sheet.font(13.5, bold=True, text=called), sheet.font(12)
    pictures = _medoids(exploration, cluster, each, side)
    least = len(pictures) * (side + gap) - gap if pictures else 0
    lines = _wrap(called, bold, max(least, sheet.px(150)), most=2)
    size = evidence_of(exploration.names[cluster]) if cluster in exploration.names else ""
    wide = int(max([least, plain.getlength(size), *(bold.getlength(line) for line in lines)])) + 2 * pad
    row = sheet.px(17)
    tall = 2 * pad + (side + gap if pictures else 0) + row * len(lines) + row
    card = Image.new("RGBA", (wide, tall), (0, 0, 0, 0))
    draw = ImageDraw.Draw(card)
    box = (0, 0, wide - 1, tall - 1)
    draw.rounded_rectangle(box, sheet.px(7), fill=(*PAPER, 240), outline=(*rgb(color), 255), width=sheet.px(1.4))
    for place, picture in enumerate(pictures):
        x = pad + place * (side + gap)
        frame = Image.new("L", (side, side), 0)
        ImageDraw.Draw(frame).rounded_rectangle((0, 0, side - 1, side - 1), sheet.px(4), fill=255)
        card.paste(picture, (x, pad), frame)
        edge = (x, pad, x + side - 1, pad + side - 1)
        draw.rounded_rectangle(edge, sheet.px(4), outline=(*RULE, 255), width=sheet.px(0.8))
    y = pad + (side + gap if pictures else 0)
    for line in lines:
        draw.text((pad, y), line, font=bold, fill=INK)
        y += row
    draw.text((pad, y), size, font=plain, fill=MUTED)
    return card


def label_of(name: str, cluster: int) -> str:
    """Return the name if a font is installed that has all of it; else the cluster's number, rather than boxes."""
    if font_of(name, bold=True) is not None:
        return name
    script = script_of(name)
    return f"cluster {cluster + 1}, named in {script}" if script else f"cluster {cluster + 1}"


def evidence_of(name: ClusterName) -> str:
    """Say how many items a cluster has, and of what share of them its name is true."""
    return f"{name.size:,} items" if name.score is None else f"{name.size:,} items · name true of {name.score:.0%}"


def _medoids(exploration: Exploration, cluster: int, each: int, side: int) -> list[Image.Image]:
    from PIL import Image, ImageOps

    pictures = []
    for id in exploration.names[cluster].medoids if cluster in exploration.names and each else ():
        if len(pictures) == each:
            break
        try:
            small = Image.open(io.BytesIO(exploration.thumbnail(id))).convert("RGBA")
        except (NovaExploreError, OSError):  # its source is gone: the next medoid stands for the cluster
            continue
        square = Image.new("RGBA", (side, side), (*PAPER, 255))
        small = ImageOps.contain(small, (side, side), Image.Resampling.LANCZOS)
        square.alpha_composite(small, ((side - small.width) // 2, (side - small.height) // 2))
        pictures.append(square.convert("RGB"))
    return pictures


def _draw_head(sheet: _Sheet, exploration: Exploration) -> None:
    left, right = sheet.px(32), sheet.width - sheet.px(32)
    sheet.draw.text((left, sheet.px(20)), exploration.headline, font=sheet.font(27, bold=True), fill=INK)
    x, middle, plain = left, sheet.px(72), sheet.font(15)
    for kind, count in exploration.collection.counts().items():
        sheet.mark(Modality(kind), x + sheet.px(6), middle, sheet.px(5.5), (*MUTED, 255))
        words = f"{count:,} {kind}"
        sheet.draw.text((x + sheet.px(18), middle), words, font=plain, fill=MUTED, anchor="lm")
        x += int(plain.getlength(words)) + sheet.px(42)
    made = f"{exploration.space.model} · {exploration.created[:10]}"
    sheet.draw.text((right, middle), made, font=plain, fill=MUTED, anchor="rm")


def _draw_foot(sheet: _Sheet, exploration: Exploration, unnamed: int) -> None:
    left, right, middle = sheet.px(32), sheet.width - sheet.px(32), sheet.height - sheet.px(26)
    plain = sheet.font(13)
    sheet.draw.line((left, middle - sheet.px(20), right, middle - sheet.px(20)), fill=(*RULE, 255), width=sheet.px(1))
    words = f"{exploration.layout.sentence} {exploration.caveats[0]}"
    sheet.draw.text((left, middle), words, font=plain, fill=MUTED, anchor="lm")
    grey = f"{exploration.name_of(-1)}, {exploration.clustering.noise_share:.0%}"
    if unnamed:
        grey = f"{unnamed} smaller {'cluster' if unnamed == 1 else 'clusters'} without a label · {grey}"
    sheet.draw.text((right, middle), grey, font=plain, fill=MUTED, anchor="rm")
    dot = right - plain.getlength(grey) - sheet.px(12)
    sheet.mark(Modality.IMAGE, dot, middle, sheet.px(4), (*rgb(UNCLUSTERED_GREY), 255))


def _wrap(text: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont, width: int, *, most: int) -> list[str]:
    """Break at spaces into lines of at most this width; what does not fit is cut with an ellipsis."""
    lines, words = [""], " ".join(text.split()).split(" ")
    for place, word in enumerate(words):
        longer = f"{lines[-1]} {word}".strip()
        if font.getlength(longer) <= width or not lines[-1]:
            lines[-1] = longer
        elif len(lines) < most:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} …" if place < len(words) else lines[-1]
            break
    while any(font.getlength(line) > width for line in lines):
        widest = max(range(len(lines)), key=lambda line: font.getlength(lines[line]))
        lines[widest] = lines[widest].removesuffix("…").rstrip()[:-1] + "…"
    return lines
