"""See a media collection: embed it, map it, cluster it, name it, search it, review it.

import nova_explore as nx

media = nx.read("photos/")                    # what is there, and what could not be read
library = nx.embed(media, to="photos.nova")   # one vector an item, kept on disk, resumable
exploration = nx.explore(library)             # neighbours, map, clusters and their names
nx.show(exploration)                          # the map in this cell
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nova_explore.collection import Collection, Item, Modality, Slice
    from nova_explore.embedding.embed import embed
    from nova_explore.embedding.jobs.by_jobs import collect_jobs, embed_by_jobs, list_jobs, stop_jobs
    from nova_explore.embedding.own_vectors import import_vectors
    from nova_explore.exploration.bundle import Exploration
    from nova_explore.exploration.chain import explore
    from nova_explore.exploration.stored_maps import list_maps, open_map
    from nova_explore.library.store import Library, open_library
    from nova_explore.report.exports import export
    from nova_explore.report.page import write_report
    from nova_explore.reviews.pack import review
    from nova_explore.sources import datasets
    from nova_explore.sources.read import read
    from nova_explore.widgets.app import App
    from nova_explore.widgets.live import show

__version__ = "0.1.0"

_WHERE = {
    "App": "widgets.app",
    "Collection": "collection",
    "Exploration": "exploration.bundle",
    "Item": "collection",
    "Library": "library.store",
    "Modality": "collection",
    "Slice": "collection",
    "collect_jobs": "embedding.jobs.by_jobs",
    "embed": "embedding.embed",
    "embed_by_jobs": "embedding.jobs.by_jobs",
    "explore": "exploration.chain",
    "export": "report.exports",
    "import_vectors": "embedding.own_vectors",
    "list_jobs": "embedding.jobs.by_jobs",
    "list_maps": "exploration.stored_maps",
    "open_library": "library.store",
    "open_map": "exploration.stored_maps",
    "read": "sources.read",
    "review": "reviews.pack",
    "show": "widgets.live",
    "stop_jobs": "embedding.jobs.by_jobs",
    "write_report": "report.page",
}

__all__ = [
    "App", "Collection", "Exploration", "Item", "Library", "Modality", "Slice", "collect_jobs", "datasets", "embed",
    "embed_by_jobs", "explore", "export", "import_vectors", "list_jobs", "list_maps", "open_library", "open_map",
    "read", "review", "show", "stop_jobs", "write_report",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    """Import what is asked for when it is asked for: importing the package itself costs nothing."""
    if name == "reviews":
        return import_module("nova_explore.reviews")
    if name == "datasets":
        return import_module("nova_explore.sources.datasets")
    if name in _WHERE:
        return getattr(import_module(f"nova_explore.{_WHERE[name]}"), name)
    raise AttributeError(f"module 'nova_explore' has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
