"""Take it away: the selection, the labels or everything as a file, made in Python and saved by the browser."""

from __future__ import annotations

import json
import re
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from nova_explore.errors import UnknownNameError
from nova_explore.report.exports import BESIDE, export
from nova_explore.widgets.board import Answer, Later
from nova_explore.widgets.view import show_view, view_of

if TYPE_CHECKING:
    from nova_explore.collection import Slice
    from nova_explore.exploration.bundle import Exploration

FORMS = {
    "csv": "text/csv", "json": "application/json", "parquet": "application/vnd.apache.parquet", "html": "text/html",
    "png": "image/png", "svg": "image/svg+xml", "xmp": "application/zip", "media": "application/zip",
}  # fmt: skip
"""Suffixes of files, and folders that leave as one archive: sidecars, and media with a manifest."""


class Leaving(Protocol):
    """What this board needs of the app."""

    exploration: Exploration
    read_only: Any
    selection: Any


def facts(app: Leaving) -> dict[str, Any]:
    """How many items there are to take away, and how far the labels are read; see `labelled`."""
    exploration = app.exploration
    return {
        "all": len(exploration),
        "version": exploration.labels.version,
        "library": _stem(exploration),
        "read_only": bool(app.read_only),
    }


def labelled(app: Leaving) -> Answer:
    """Answer with how many items have a label or a tag: counted when somebody looks, not with every decision."""
    labels = app.exploration.labels
    each = zip(labels.column("label"), labels.column("tags"), strict=True)
    return {"count": sum(label is not None or bool(tags) for label, tags in each)}, []


def take_away(app: Leaving, *, part: str, form: str) -> Later:
    """Answer with a file."""
    if form not in FORMS:
        raise UnknownNameError("form", form, FORMS)
    exploration, selection = app.exploration, app.exploration.selection

    def compute() -> tuple[str, bytes]:
        with tempfile.TemporaryDirectory(prefix="nova-explore-") as folder:
            return _make(exploration, selection, part, form, Path(folder))

    def tell(made: tuple[str, bytes]) -> Answer:
        return {"name": made[0], "mime": FORMS[form]}, [made[1]]

    return Later(f"writing {form.upper()}", compute, tell)


def write_beside(app: Leaving, *, part: str) -> Answer:
    """Write sidecars beside the media, whose own bytes stay as they are."""
    where = export(app.exploration, BESIDE, what=_what(app.exploration.selection, part))
    return {"where": str(where)}, []


def save_view(app: Leaving) -> Answer:
    """Answer with what is shown now, as JSON."""
    text = json.dumps(view_of(app), ensure_ascii=False, indent=1)
    return {"name": f"{_stem(app.exploration)}-view.json", "mime": "application/json"}, [text.encode("utf-8")]


def open_view(app: Leaving, *, text: str) -> Answer:
    """Show what was saved, and answer with what of it could not be shown."""
    try:
        view = json.loads(text)
    except ValueError:
        view = {}
    return {"missing": show_view(app, view)}, []


def _make(exploration: Exploration, selection: Slice, part: str, form: str, folder: Path) -> tuple[str, bytes]:
    name = f"{_stem(exploration)}-{part}"
    chosen = _what(selection, part)
    if form not in ("xmp", "media"):
        return f"{name}.{form}", export(exploration, folder / f"{name}.{form}", what=chosen).read_bytes()
    made = export(exploration, folder / (f"{name}.xmp" if form == "xmp" else name), what=chosen)
    packed = folder / "packed.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(made.rglob("*")):
            if path.is_file():
                archive.write(path, Path(name) / path.relative_to(made))
    return f"{name}-{form}.zip", packed.read_bytes()


def _what(selection: Slice, part: str) -> str | list[str]:
    """The ids of what was selected when it was asked for; the selection may move on while a file is written."""
    return list(selection.ids) if part == "selection" and selection.ids else part


def _stem(exploration: Exploration) -> str:
    return re.sub(r"[^\w.-]+", "_", Path(exploration.library.path).stem) or "library"


WRITES = ("write_beside",)
QUIET = ("labelled",)
ANSWERS = (labelled, take_away, write_beside, save_view, open_view)
