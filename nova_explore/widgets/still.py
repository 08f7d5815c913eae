"""The map as a still picture, for a notebook that is read where no Python runs."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

import numpy as np

from nova_explore.palette import rgb
from nova_explore.widgets.drawing import fit

if TYPE_CHECKING:
    from PIL import Image

    from nova_explore.exploration.bundle import Exploration

WIDTH, HEIGHT, MARGIN = 720, 460, 28
MOST_BYTES = 70_000
"""Of the picture: a notebook keeps it in text, a third longer, and all of an app in less than 100 kB."""
MOST_NAMES = 40
MOST_LETTERS = 28
"""Of a name on the picture; the list below it has the whole."""


@dataclass(frozen=True, slots=True)
class Still:
    """The map as a picture.

    Attributes
    ----------
    png : str
        The picture, in base 64.
    html : str
        The picture with the names of the clusters and how many items they have; nothing in it can run.
    """

    png: str
    html: str

    @property
    def address(self) -> str:
        """The picture as an address that a page can show."""
        return f"data:image/png;base64,{self.png}"


def draw_still(exploration: Exploration, colors: Sequence[str]) -> Still:
    """Draw the map with names, and list them.

    Parameters
    ----------
    exploration : Exploration
    colors : sequence of str
        ``#rrggbb`` of every cluster, the last of the unclustered items.
    """
    picture = _points(exploration, colors)
    _write_names(picture, exploration)
    png = base64.b64encode(_small(picture)).decode("ascii")
    names = sorted(exploration.names.values(), key=lambda name: -name.size)
    listed = " · ".join(
        f'<span style="white-space:nowrap"><span style="color:{colors[name.cluster]}">●</span> '
        f"{escape(name.name)} {name.size:,}</span>"
        for name in names[:MOST_NAMES]
    )
    more = f" · and {len(names) - MOST_NAMES:,} more" if len(names) > MOST_NAMES else ""
    html = (
        f'<figure style="margin:0;max-width:{WIDTH}px"><img alt="Map of {escape(exploration.headline)}" '
        f'src="data:image/png;base64,{png}" style="max-width:100%">'
        '<figcaption style="font:13px/1.6 system-ui,sans-serif">'
        f"<b>{escape(exploration.headline)}</b><br>{listed}{more}"
        "<br>A still picture: run the cell to work with the map.</figcaption></figure>"
    )
    return Still(png, html)


def _small(picture: Image.Image) -> bytes:
    """PNG of at most `MOST_BYTES`: with fewer colours, then smaller, where items lie everywhere."""
    from PIL import Image

    for colors, part in ((64, 1.0), (24, 1.0), (16, 0.75), (12, 0.55)):
        size = round(picture.width * part), round(picture.height * part)
        out = io.BytesIO()
        picture.resize(size, Image.Resampling.BOX).quantize(colors).save(out, "PNG", optimize=True)
        if out.tell() <= MOST_BYTES:
            break
    return out.getvalue()


def _points(exploration: Exploration, colors: Sequence[str]) -> Image.Image:
    from PIL import Image

    labels = exploration.clustering.labels
    palette = np.array([rgb(color) for color in colors], np.uint8)
    where = fit(exploration.layout.xy)
    room = np.array([WIDTH / 2 - MARGIN, HEIGHT / 2 - MARGIN])
    reach = np.maximum(np.abs(where).max(axis=0, initial=0), 1e-9)
    scale = float((room / reach).min())
    places = np.column_stack([WIDTH / 2 + where[:, 0] * scale, HEIGHT / 2 - where[:, 1] * scale]).round().astype(int)
    sheet = np.full((HEIGHT, WIDTH, 3), 255, np.uint8)
    painted = palette[np.where(labels < 0, len(colors) - 1, labels)]
    half = 2 if len(labels) <= 5_000 else 1 if len(labels) <= 50_000 else 0
    order = np.argsort(labels >= 0, kind="stable")  # unclustered items first, so that they cover nothing
    for dx in range(-half, half + 1):
        for dy in range(-half, half + 1):
            if dx * dx + dy * dy <= half * half + 1:
                sheet[places[order, 1] + dy, places[order, 0] + dx] = painted[order]
    return Image.fromarray(sheet)


def _write_names(picture: Image.Image, exploration: Exploration) -> None:
    from PIL import ImageDraw, ImageFont

    pen, font = ImageDraw.Draw(picture), ImageFont.load_default(13)
    where = fit(exploration.layout.xy)
    reach = np.maximum(np.abs(where).max(axis=0, initial=0), 1e-9)
    scale = float((np.array([WIDTH / 2 - MARGIN, HEIGHT / 2 - MARGIN]) / reach).min())
    taken: list[tuple[float, float, float, float]] = []
    for name in sorted(exploration.names.values(), key=lambda name: -name.size):
        members = where[exploration.clustering.labels == name.cluster]
        if not len(members):
            continue
        words = name.name if len(name.name) <= MOST_LETTERS else f"{name.name[: MOST_LETTERS - 1]}…"
        left, _, right, bottom = pen.textbbox((0, 0), words, font=font)
        x = float(np.clip(WIDTH / 2 + np.median(members[:, 0]) * scale - (right - left) / 2, 4, WIDTH - right - 4))
        y = float(np.clip(HEIGHT / 2 - members[:, 1].max() * scale - bottom - 5, 2, HEIGHT - bottom - 2))
        box = (x - 3, y, x + right + 3, y + bottom)
        if any(box[0] < b[2] and box[2] > b[0] and box[1] < b[3] and box[3] > b[1] for b in taken):
            continue
        taken.append(box)
        pen.text((x, y), words, (20, 24, 28), font=font, stroke_width=2, stroke_fill=(255, 255, 255))
