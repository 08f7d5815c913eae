"""One self-contained HTML file of an exploration: opens offline, asks no network, runs nothing it was given.

The page reads by itself: findings, the map as a still picture, clusters, decisions, limits. Over the data inside it
runs the same app as in a notebook. Text of the collection reaches the page in two ways: through jinja2 with autoescape,
and as JSON that the app shows as text nodes. A policy in the page names its own script and no other source.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nova_explore.collection import Modality
from nova_explore.errors import FrontEndMissingError, SourceError
from nova_explore.front_end import read_built, require_built
from nova_explore.palette import MODALITY
from nova_explore.report.bar_chart import bar_chart
from nova_explore.report.cluster_rows import ClusterRow, cluster_rows
from nova_explore.report.decisions import decisions_of
from nova_explore.report.explanation_section import explanations_of, ids_of, overlays_of
from nova_explore.report.map_svg import page_svg
from nova_explore.report.page_data import page_data
from nova_explore.report.page_media import carry, in_base_64
from nova_explore.report.private_paths import hide_in, hider_of
from nova_explore.report.refusals import KINDS, Refusal, refusals
from nova_explore.report.review_json import review_facts, write_facts
from nova_explore.report.review_section import PERSONAL, PICTURES, caveat, personal, sections_of, slices_of

if TYPE_CHECKING:
    from nova_explore.exploration.bundle import Exploration
    from nova_explore.reviews.finding import Review
    from nova_explore.reviews.pack import Limit
    from nova_explore.similarity.explanation import Explanation

TEMPLATES = Path(__file__).with_name("template")

MOST_UNREAD = 1_000
MEDIA_MB = 2.0
"""Megabytes of sounds, pages and films in a page, where nothing else is asked for."""


def write_report(
    exploration: Exploration,
    to: str | Path,
    *,
    title: str | None = None,
    author: str = "",
    question: str = "",
    reviews: Sequence[Review] = (),
    explanations: Sequence[Explanation] = (),
    about: Mapping[str, Any] | None = None,
    limits: Sequence[Limit] = (),
    ids: Iterable[str] | None = None,
    media_mb: float = MEDIA_MB,
) -> Path:
    """Write the report.

    Parameters
    ----------
    exploration : Exploration
    to : str or Path
        The HTML file; its folder is made if needed.
    title : str, optional
        Heading; "Map of NAME" with the name of the library where it is not given.
    author, question : str
        Who made it, and what it is to answer; they stand under the heading.
    reviews : sequence of Review, optional
        Reviews of this exploration: each finding on what chance would show, with its items, and what did not run.
        They are written as JSON beside the page as well, in a file of the same name.
    explanations : sequence of Explanation, optional
        Of `Exploration.explain`: what carries a likeness is laid over the item that it is about.
    about : mapping, optional
        What a person says of the reviews: ``by``, ``intended_use``, ``limits``, ``notes``, ``command``.
    limits : sequence of Limit, optional
        What a person set for measures, and whether it is broken.
    ids : iterable of str, optional
        Items to show; all of them where it is not given.
    media_mb : float, default 2
        Megabytes of sounds, pages and films that the page carries at most.

    Returns
    -------
    Path
        The file written. The same inputs give the same bytes.

    Raises
    ------
    IsADirectoryError
        If ``to`` is a folder.
    SourceError
        If there are no items to show.
    FrontEndMissingError
        If the front end has not been built.
    """
    to = Path(to)
    if to.is_dir():
        raise IsADirectoryError(f"{to} is a folder, the report is one file. Write it to {to / 'report.html'}.")
    chosen = None if ids is None else list(ids)
    title = title or f"{'Map' if chosen is None else 'Selection'} of {exploration.library.path.stem}"
    said = {"title": title, "author": author, "question": question, **(about or {})}
    page = render_report(
        exploration, title=title, author=author, question=question, reviews=reviews, explanations=explanations,
        about=about, limits=limits, ids=chosen, media_mb=media_mb,
    )  # fmt: skip
    to.parent.mkdir(parents=True, exist_ok=True)
    to.write_bytes(page.encode("utf-8", "replace"))  # half a character of a hostile caption is no UTF-8
    if reviews:
        facts = review_facts(exploration, reviews, limits, said, hider_of(exploration))
        write_facts(facts, to.with_suffix(".json"))
    return to


def render_report(
    exploration: Exploration,
    *,
    title: str,
    author: str = "",
    question: str = "",
    reviews: Sequence[Review] = (),
    explanations: Sequence[Explanation] = (),
    about: Mapping[str, Any] | None = None,
    limits: Sequence[Limit] = (),
    ids: Iterable[str] | None = None,
    media_mb: float = MEDIA_MB,
) -> str:
    """Return the report as HTML; see `write_report`."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    require_built()
    hidden = hider_of(exploration)
    positions = _positions(exploration, ids)
    whole = len(positions) == len(exploration)
    rows = [row for row in cluster_rows(exploration, positions) if row.facts["count"]]
    sections = sections_of(exploration, reviews)
    shown = {exploration.collection.ids[position] for position in positions.tolist()}
    explained = explanations_of(exploration, explanations, hidden, shown)
    first = _first(exploration, ids_of(explanations), sections, rows)
    carried = carry(exploration, positions.tolist(), first, media_mb=media_mb)
    inline = {position: carried.pictures[position] for position in dict.fromkeys(first) if position in carried.pictures}
    headline = exploration.headline if whole else f"{len(positions):,} of {len(exploration):,} items"
    data, left_out = page_data(
        exploration, positions, name=f"{exploration.library.path.stem}-items", headline=headline, rows=rows,
        carried=carried, inline=inline, findings=slices_of(reviews),
    )  # fmt: skip
    data |= overlays_of(explained, {id: place for place, id in enumerate(data["ids"])})
    css, js = read_built("report.css"), read_built("report.js")
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, finalize=lambda value: hidden(value) if type(value) is str else value,
    )  # fmt: skip
    return environment.get_template("report.html.j2").render(
        title=title,
        author=author,
        question=question,
        headline=headline,
        space=exploration.space,
        library=exploration.library.path.name,
        created=exploration.created[:10],
        trust=exploration.layout.sentence,
        caveats=exploration.caveats,
        counts=_counts(exploration, positions),
        colors={str(kind): color for kind, color in MODALITY.items()},
        clusters=rows,
        title_of=lambda id: exploration.collection[id].title,
        picture=_Pictures(exploration, positions, carried.pictures),
        reviews=sections,
        explained=explained,
        limits_set=limits,
        personal=personal(about) if reviews or any((about or {}).get(name) for name in PERSONAL) else [],
        caveat=caveat(),
        decisions=decisions_of(exploration),
        chart=_trust_chart(exploration, positions),
        unread=exploration.collection.unread[:MOST_UNREAD],
        unread_count=len(exploration.collection.unread),
        refusals=_refusals(exploration),
        limits=_limits(exploration, left_out, reviewed=bool(reviews)),
        provenance=list(_flat(exploration.provenance)),
        still=page_svg(exploration, positions),
        data=_json(_hide_texts(data, hidden)),
        css=css,
        js=js,
        style_hash=_hash(css),
        script_hash=_hash(js),
    )


class _Pictures:
    """Pictures beside clusters and findings: each stands in the page where it is first shown, and nowhere twice."""

    def __init__(self, exploration: Exploration, positions: NDArray[np.intp], pictures: Mapping[int, bytes]) -> None:
        self._exploration = exploration
        self._place_of = {int(position): place for place, position in enumerate(positions)}
        self._pictures = pictures
        self._shown: set[int] = set()

    def __call__(self, id: str) -> tuple[int, bool, str]:
        """Place of an item in the page, whether it has a picture, and its address where it is first shown."""
        position = self._exploration.collection.position(id)
        picture = self._pictures.get(position)
        address = ""
        if picture is not None and position not in self._shown:
            self._shown.add(position)
            address = f"data:image/webp;base64,{in_base_64(picture)}"
        return self._place_of.get(position, -1), picture is not None, address


def _positions(exploration: Exploration, ids: Iterable[str] | None) -> NDArray[np.intp]:
    """Positions of the items to show, rising."""
    if ids is None:
        return np.arange(len(exploration))
    positions = np.unique(np.array(exploration.collection.positions(ids), np.intp))
    if not len(positions):
        raise SourceError("There are no items to show: ids is empty. Pass ids, or leave it out to show all items.")
    return positions


def _first(
    exploration: Exploration,
    explained: Sequence[str],
    sections: Sequence[Mapping[str, Any]],
    rows: Sequence[ClusterRow],
) -> list[int]:
    """Positions of the items that are explained, or stand beside findings and clusters, in the order of the page."""
    ids = [id for id in explained if exploration.collection.has(id)]
    ids += [id for one in sections for finding in one["findings"] for id in finding["pictures"][:PICTURES]]
    ids += [id for row in rows for id in row.medoids]
    return exploration.collection.positions(dict.fromkeys(ids))


def _counts(exploration: Exploration, positions: NDArray[np.intp]) -> dict[str, int]:
    counted = Counter(map(str, exploration.collection.modalities[positions].tolist()))
    return {str(kind): counted[str(kind)] for kind in Modality if counted[str(kind)]}


def _json(value: object) -> str:
    """JSON that can stand in a script element: no ``<``, so neither ``</script`` nor ``<!--``."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")


def _hide_texts(data: Mapping[str, Any], hidden: Callable[[str], str]) -> dict[str, Any]:
    """Take the folders of this machine out of all texts of a page; bytes written as text stay as they are."""
    packed = {"ids", "modality", "xy", "nearest", "scores", "pictures", "media", "frames"}
    told = {name: value if name in packed else hide_in(value, hidden) for name, value in data.items()}
    for column, coloring in data["colorings"].items():
        told["colorings"][column]["codes"] = coloring["codes"]
    return told


def _hash(source: str) -> str:
    """What a policy of the page knows its own script or style by (Content Security Policy, level 3)."""
    if "</script" in source.casefold() or "</style" in source.casefold():
        raise FrontEndMissingError("The built front end would end its own element in a page. Build it again.")
    return f"sha256-{base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()}"


def _trust_chart(exploration: Exploration, positions: NDArray[np.intp]) -> str:
    """Of how many items the map shows how many of their true neighbours."""
    layout = exploration.layout
    if not layout.k:
        return ""
    kept = np.rint(layout.preservation[positions] * layout.k).astype(int)
    counts = np.bincount(kept, minlength=layout.k + 1).tolist()
    across = f"of its {layout.k} true neighbours, beside it on the map"
    return bar_chart(counts, across=across, upwards="items", mean=float(kept.mean()), says=layout.sentence)


def _refusals(exploration: Exploration) -> list[Refusal]:
    """Items of the library that have no vector in the space of the map, by cause."""
    library, space = exploration.library, exploration.space
    reasons = library.failures(space)
    if not reasons:
        return []
    kinds = {key: kind for kind in KINDS for key in library.failures_of(space, kind)}  # pyright: ignore[reportArgumentType]
    return refusals(library.collection(), reasons, kinds, library.runs())


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


def _limits(exploration: Exploration, left_out: Sequence[str], *, reviewed: bool) -> list[str]:
    """What this page cannot say, and what did not run."""
    measured = exploration.knows("stability")
    decided = not exploration.labels.history.empty
    limits = [
        "Positions are for display only: clusters and neighbours were found in the space of the vectors.",
        "Names that nobody has accepted or changed are made by rules: proposals, no more."
        if decided
        else "Names of clusters are made by rules from words of their items or a list of phrases; nobody checked them.",
        f"{exploration.clustering.noise_share:.0%} of the items belong to no cluster: they are grey, and counted.",
        *([f"{exploration.stability.sentence} Stable is not the same as meaningful."] if measured else []),
        *([] if reviewed else [_not_reviewed(exploration, measured=measured)]),
        *left_out,
    ]  # fmt: skip
    if len(exploration.collection.unread) > MOST_UNREAD:
        limits.append(f"Only the first {MOST_UNREAD:,} of the files that could not be read are listed.")
    return limits


def _not_reviewed(exploration: Exploration, *, measured: bool) -> str:
    return (
        f"Not run: reviews of retrieval quality, fairness{' and' if measured else ', stability and'} robustness. "
        f"Nothing here says how well the model {exploration.space.model} suits this collection."
    )
