"""Explanations as a report shows them: what carries a likeness, laid over the item, without a script and in the app."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from nova_explore.report.page_media import in_base_64
from nova_explore.similarity.overlay import frames_of
from nova_explore.similarity.weighed import weigh

if TYPE_CHECKING:
    from nova_explore.exploration.bundle import Exploration
    from nova_explore.similarity.explanation import Explanation

HEAT, COLD = "#d55e00", "#56708c"
"""Colours of what speaks for a likeness, and of what speaks against it."""
STRONGEST, BEND, LEVELS = 0.62, 1.3, 8
"""Opacity of the heaviest part, how it falls off, and steps of the colours of words, which a page has as classes."""
FAINTEST = 0.03


def explanations_of(
    exploration: Exploration,
    explanations: Sequence[Explanation],
    hidden: Callable[[str], str],
    shown: Collection[str],
) -> list[dict[str, Any]]:
    """One entry an explanation, of plain values for the template.

    Parameters
    ----------
    exploration : Exploration
    explanations : sequence of Explanation
    hidden : callable
        Takes the folders of this machine out of a text.
    shown : collection of str
        Ids of the items that the page shows.
    """
    return [_entry(exploration, one, hidden) | {"is_here": one.id in shown} for one in explanations]


def ids_of(explanations: Sequence[Explanation]) -> list[str]:
    """Ids of the items that are explained, where they are in the collection."""
    return [one.id for one in explanations if one.id is not None]


def overlays_of(entries: Sequence[dict[str, Any]], places: Mapping[str, int]) -> dict[str, Any]:
    """What the app in the page lays over items: their places, their weighed parts, and the frames of films.

    Parameters
    ----------
    entries : sequence of mapping
        Of `explanations_of`.
    places : mapping of str to int
        Places in the page by id.
    """
    shown = [
        {"position": places[one["id"]], "why": one["weighed"]}
        if one["carried"] and one["is_here"] else None
        for one in entries
    ]  # fmt: skip
    return {"explanations": shown, "frames": [one["frames"] for one in entries]}


def _entry(exploration: Exploration, one: Explanation, hidden: Callable[[str], str]) -> dict[str, Any]:
    weighed = weigh(one)
    weighed["words"] = _words(weighed["words"], hidden)
    is_known = one.id is not None and exploration.collection.has(one.id)
    item = exploration.collection[str(one.id)] if is_known else None
    frames = [in_base_64(frame) for frame in frames_of(item, one.parts)] if item is not None else []
    whole = max((end for _, end, _ in weighed["seconds"]), default=0.0)
    return {
        "title": one.title,
        "query": one.query,
        "cosine": f"{one.cosine:.2f}",
        "id": one.id if is_known else "",
        "modality": str(item.modality) if item is not None else "",
        "sentence": weighed["sentence"] if one.parts else "It was planned, and not made.",
        "doubts": weighed["doubts"] if one.parts else "",
        "numbers": weighed["numbers"] if one.parts else "",
        "carried": bool(one.parts) and one.carried,
        "reliable": one.reliable,
        "picture": in_base_64(one.picture) if one.picture and weighed["boxes"] else "",
        "boxes": _boxes(weighed["boxes"]),
        "words": [(piece, _level(weight), weight) for piece, weight in weighed["words"]],
        "windows": [
            {"x": round(100 * start / whole, 2), "width": round(100 * (end - start) / whole, 2),
             "start": f"{start:.1f}", "end": f"{end:.1f}", "weight": weight, **_shade(weight)}
            for start, end, weight in weighed["seconds"]
        ],
        "frames": frames,
        "weighed": weighed | {"frames": len(frames)},
    }  # fmt: skip


def _words(pieces: list[list[Any]], hidden: Callable[[str], str]) -> list[list[Any]]:
    """The pieces, unless a folder of this machine goes across their borders: then all of the text as one."""
    whole = hidden("".join(piece for piece, _ in pieces))
    apart = [[hidden(piece), weight] for piece, weight in pieces]
    return apart if "".join(piece for piece, _ in apart) == whole else [[whole, 0.0]]


def _boxes(boxes: Sequence[Sequence[float]]) -> list[dict[str, Any]]:
    """Rectangles in hundredths of the picture."""
    return [
        {"x": round(100 * left, 2), "y": round(100 * top, 2), "width": round(100 * (right - left), 2),
         "height": round(100 * (bottom - top), 2), "weight": weight, **_shade(weight)}
        for left, top, right, bottom, weight in boxes
    ]  # fmt: skip


def _shade(weight: float) -> dict[str, Any]:
    opacity = _strength(weight)
    return {"fill": HEAT if weight >= 0 else COLD, "opacity": 0 if opacity < FAINTEST else round(opacity, 2)}


def _level(weight: float) -> str:
    """How strongly words are marked, ``heat-1`` to ``heat-8``, or ``cold-…``; empty where they are not."""
    if _strength(weight) < FAINTEST:
        return ""
    return f"{'heat' if weight >= 0 else 'cold'}-{max(1, round(LEVELS * _strength(weight) / STRONGEST))}"


def _strength(weight: float) -> float:
    return STRONGEST * min(abs(weight), 1) ** BEND
