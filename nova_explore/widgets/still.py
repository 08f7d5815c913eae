"""The map as a still picture, for a notebook that is read where no Python runs."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from nova_explore.palette import by_cluster, rgb
from nova_explore.widgets.drawing import fit

if TYPE_CHECKING:
    from PIL import Image

    from nova_explore.clusters.names import ClusterName
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
    x, y = _places(exploration)
    picture = _points(x, y, exploration.clustering.labels, colors)
    names = sorted(exploration.names.values(), key=lambda name: -name.size)
    if names:
        _write_names(picture, x, y, exploration.clustering.labels, names)
    png = base64.b64encode(_small(picture)).decode("ascii")
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


def _places(exploration: Exploration) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Where each item lies on the picture, in pixels from its left and from its top."""
    x, y = fit(exploration.layout.xy).T
    reach = [max(float(np.abs(axis).max(initial=0)), 1e-9) for axis in (x, y)]
    scale = np.float32(min((WIDTH / 2 - MARGIN) / reach[0], (HEIGHT / 2 - MARGIN) / reach[1]))
    return WIDTH / 2 + x * scale, HEIGHT / 2 - y * scale


def _points(
    x: NDArray[np.float32], y: NDArray[np.float32], labels: NDArray[np.int32], colors: Sequence[str]
) -> Image.Image:
    from PIL import Image

    column, row = np.rint(x).astype(np.int32), np.rint(y).astype(np.int32)
    codes = np.full((HEIGHT, WIDTH), len(colors), np.int32)
    half = 2 if len(labels) <= 5_000 else 1 if len(labels) <= 50_000 else 0
    for some, code in ((labels < 0, len(colors) - 1), (labels >= 0, labels)):  # unclustered first: they cover nothing
        at, seen = (row[some], column[some]), code if isinstance(code, int) else code[some]
        for dx in range(-half, half + 1):
            for dy in range(-half, half + 1):
                if dx * dx + dy * dy <= half * half + 1:
                    codes[at[0] + dy, at[1] + dx] = seen
    palette = np.array([*map(rgb, colors), (255, 255, 255)], np.uint8)
    return Image.fromarray(palette[codes])


def _write_names(
    picture: Image.Image,
    x: NDArray[np.float32],
    y: NDArray[np.float32],
    labels: NDArray[np.int32],
    names: Sequence[ClusterName],
) -> None:
    """Write the names, those that come first where two have no room, above their clusters."""
    from PIL import ImageDraw, ImageFont

    pen, font = ImageDraw.Draw(picture), ImageFont.load_default(13)
    order, bounds = by_cluster(labels)
    taken: list[tuple[float, float, float, float]] = []
    for name in names:
        members = order[bounds[name.cluster] : bounds[name.cluster + 1]]
        if not len(members):
            continue
        words = name.name if len(name.name) <= MOST_LETTERS else f"{name.name[: MOST_LETTERS - 1]}…"
        left, _, right, bottom = pen.textbbox((0, 0), words, font=font)
        start = float(np.clip(np.median(x[members]) - (right - left) / 2, 4, WIDTH - right - 4))
        top = float(np.clip(y[members].min() - bottom - 5, 2, HEIGHT - bottom - 2))
        box = (start - 3, top, start + right + 3, top + bottom)
        if any(box[0] < b[2] and box[2] > b[0] and box[1] < b[3] and box[3] > b[1] for b in taken):
            continue
        taken.append(box)
        pen.text((start, top), words, (20, 24, 28), font=font, stroke_width=2, stroke_fill=(255, 255, 255))
