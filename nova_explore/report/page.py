"""One self-contained HTML file of an exploration: opens offline, asks no network, runs nothing it was given.

Text of the collection reaches the page in two ways: through jinja2 with autoescape, and as JSON that the page's own
script writes with ``textContent``. Pictures are re-encoded here, never passed through.
"""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nova_explore.collection import Modality
from nova_explore.errors import NovaExploreError
from nova_explore.palette import FIXED, MODALITY, UNCLUSTERED_GREY, spread_colors
from nova_explore.report.map_figures import map_figure, map_png, sizes_figure, trust_figure

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from nova_explore.exploration.bundle import Exploration

TEMPLATES = Path(__file__).with_name("template")

MOST_THUMBNAILS = 5_000
"""Pictures that are embedded at most: about 15 MB of the file."""

THUMBNAIL_SIDE = 96
THUMBNAIL_BYTES = 4096
TEXT_LENGTH = 240
MOST_UNREAD = 1_000
MEDOIDS_SHOWN = 5

COLORINGS = {"cluster": "cluster", "added": "added items", "modality": "modality", "preservation": "map trust"}
"""What the map can be coloured by, where there is such a column."""

SOURCES = {
    "keywords": "words of its items",
    "phrase": "nearest phrase of a vocabulary",
    "medoid": "its most central item",
    "person": "a person",
}


def write_report(exploration: Exploration, to: str | Path, *, title: str | None = None) -> Path:
    """Write the report.

    Parameters
    ----------
    exploration : Exploration
    to : str or Path
        The HTML file; its folder is made if needed.
    title : str, optional
        Heading; "Map of NAME" with the name of the library where it is not given.

    Returns
    -------
    Path
        The file written. The same exploration gives the same bytes.

    Raises
    ------
    IsADirectoryError
        If ``to`` is a folder.
    """
    to = Path(to)
    if to.is_dir():
        raise IsADirectoryError(f"{to} is a folder, the report is one file. Write it to {to / 'report.html'}.")
    page = render_report(exploration, title=title or f"Map of {exploration.library.path.stem}")
    to.parent.mkdir(parents=True, exist_ok=True)
    to.write_text(page, "utf-8")
    return to


def render_report(exploration: Exploration, *, title: str) -> str:
    """Return the report as HTML."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from plotly.offline import get_plotlyjs

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    thumbnails = _thumbnails(exploration)
    colorings = {name: label for name, label in COLORINGS.items() if name in exploration.columns}
    figures = {
        **{f"map-{name}": _map(exploration, name) for name in colorings},
        "sizes": _plain(sizes_figure(exploration)),
        "trust": _plain(trust_figure(exploration)),
    }
    return environment.get_template("report.html.j2").render(
        title=title,
        exploration=exploration,
        library=exploration.library.path.name,
        counts=exploration.collection.counts(),
        clusters=_clusters(exploration),
        unread=exploration.collection.unread[:MOST_UNREAD],
        unread_count=len(exploration.collection.unread),
        provenance=_flat(exploration.provenance),
        limits=_limits(exploration, len(thumbnails)),
        modality_colors={str(kind): color for kind, color in MODALITY.items()},
        colorings=colorings,
        figures={name: _json(figure) for name, figure in figures.items()},
        data=_json(_data(exploration, thumbnails)),
        picture=_picture(exploration),
        css=(TEMPLATES / "report.css").read_text("utf-8"),
        js=(TEMPLATES / "report.js").read_text("utf-8"),
        plotly=get_plotlyjs(),
    )


def _map(exploration: Exploration, color_by: str) -> dict[str, Any]:
    """The map without plotly's own hover text and legend: the page has a card and a table."""
    figure: Any = map_figure(exploration, color_by)
    figure.update_traces(text=None, hovertemplate=None, hoverinfo="none")
    figure.update_layout(showlegend=color_by in FIXED)
    drawn = _plain(figure)
    for trace, packed in zip(figure.data, drawn["data"], strict=True):
        packed["customdata"] = [int(place) for place in trace.customdata]  # the page's script reads it unpacked
    return drawn


def _plain(figure: go.Figure) -> dict[str, Any]:
    return json.loads(str(figure.to_json()))


def _json(value: object) -> str:
    """JSON that can stand in a script element: no ``<``, so neither ``</script`` nor ``<!--``."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")


def _data(exploration: Exploration, thumbnails: Mapping[str, str]) -> dict[str, Any]:
    items = exploration.collection
    kinds = [str(kind) for kind in Modality]
    labels = exploration.clustering.labels.tolist()
    count = exploration.clustering.count
    return {
        "modalities": kinds,
        "clusters": [exploration.name_of(c) for c in range(count)] + [exploration.name_of(-1)],
        "colors": [*spread_colors(exploration.layout.xy, exploration.clustering.labels), UNCLUSTERED_GREY],
        "modality": [kinds.index(item.modality) for item in items],
        "cluster": [label if label >= 0 else count for label in labels],
        "kept": [round(float(share) * exploration.layout.k) for share in exploration.layout.preservation],
        "k": exploration.layout.k,
        "title": [item.title for item in items],
        "name": [item.name for item in items],
        "text": [(item.text or "")[:TEXT_LENGTH] for item in items],
        "thumbnail": [thumbnails.get(item.id) for item in items],
    }


def _thumbnails(exploration: Exploration) -> dict[str, str]:
    """Pictures as base64 WebP: of the medoids, then of items evenly through the collection, up to the limit."""
    ids = exploration.collection.ids
    wanted = dict.fromkeys(id for name in exploration.names.values() for id in name.medoids[:MEDOIDS_SHOWN])
    room = MOST_THUMBNAILS - len(wanted)
    wanted |= dict.fromkeys(ids if len(ids) <= room else ids[:: -(-len(ids) // max(room, 1))])
    chosen = list(wanted)[:MOST_THUMBNAILS]
    stored = exploration.thumbnails(chosen)
    pictures = {}
    for id in chosen:
        try:
            pictures[id] = _small(stored[id] if id in stored else exploration.thumbnail(id))
        except (NovaExploreError, OSError):  # its source is gone: the card then says that there is no picture
            continue
    return pictures


def _small(picture: bytes) -> str:
    from PIL import Image

    image = Image.open(io.BytesIO(picture)).convert("RGBA")
    image.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE), Image.Resampling.LANCZOS)
    ground = Image.new("RGBA", image.size, "white")
    ground.alpha_composite(image)
    out = io.BytesIO()
    for quality in (70, 50, 30, 10):
        out = io.BytesIO()
        ground.convert("RGB").save(out, "WEBP", quality=quality, method=4)
        if out.tell() <= THUMBNAIL_BYTES:
            break
    return base64.b64encode(out.getvalue()).decode()


def _picture(exploration: Exploration) -> str:
    """The still map for print and for browsers without scripts, as base64 WebP."""
    from PIL import Image

    out = io.BytesIO()
    Image.open(io.BytesIO(map_png(exploration))).save(out, "WEBP", quality=82, method=4)
    return base64.b64encode(out.getvalue()).decode()


def _clusters(exploration: Exploration) -> list[dict[str, Any]]:
    """Rows of the table of clusters, the unclustered items last."""
    colors = [*spread_colors(exploration.layout.xy, exploration.clustering.labels), UNCLUSTERED_GREY]
    rows = []
    for row, color in enumerate(colors):
        cluster = row if row < len(colors) - 1 else -1
        members = exploration.clustering.members(cluster)
        name = exploration.names.get(cluster)
        kinds = [exploration.collection[int(place)].modality for place in members]
        if not kinds:
            continue
        rows.append(
            {
                "row": row, "name": exploration.name_of(cluster), "color": color, "size": len(members),
                "share": len(members) / len(exploration),
                "true": "" if name is None or name.score is None else f"{name.score:.0%}",
                "source": SOURCES.get(name.source, name.source) if name else "",
                "keywords": ", ".join(f"{word} {share:.0%}" for word, share in name.keywords) if name else "",
                "mix": [(str(k), kinds.count(k), kinds.count(k) / len(kinds)) for k in Modality if k in kinds],
                "medoids": exploration.collection.positions(name.medoids[:MEDOIDS_SHOWN]) if name else [],
            }
        )  # fmt: skip
    return rows


def _flat(value: object, path: str = "") -> Iterable[tuple[str, str]]:
    """Nested provenance as rows of path and value."""
    rows: list[tuple[str, str]] = []
    if isinstance(value, Mapping):
        for key, inner in value.items():
            rows += _flat(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list | tuple) and any(isinstance(inner, Mapping) for inner in value):
        for number, inner in enumerate(value, 1):
            rows += _flat(inner, f"{path} {number}")
    elif value is not None:
        rows.append((path, ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)))
    return rows


def _limits(exploration: Exploration, pictures: int) -> list[str]:
    """What this page cannot say, and what did not run."""
    measured = exploration.knows("stability")
    limits = [
        f"{' '.join(exploration.caveats)} Positions are for display only: clusters and neighbours were found in the "
        "space of the vectors, not on the map.",
        "Names of clusters are made by rules from words of their items or from a list of phrases; nobody checked them.",
        f"{exploration.clustering.noise_share:.0%} of the items belong to no cluster: they are grey, and counted.",
        *([f"{exploration.stability.sentence} Stable is not the same as meaningful."] if measured else []),
        f"Not run: reviews of retrieval quality, fairness{' and' if measured else ', stability and'} robustness. "
        f"Nothing here says how well the model {exploration.space.model} suits this collection.",
    ]
    if pictures < len(exploration):
        limits.append(
            f"{pictures:,} of {len(exploration):,} items have their picture in this file "
            f"(at most {MOST_THUMBNAILS:,} are put in; others have no source any more)."
        )
    if len(exploration.collection.unread) > MOST_UNREAD:
        limits.append(f"Only the first {MOST_UNREAD:,} of the files that could not be read are listed.")
    return limits
