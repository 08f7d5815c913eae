"""See a media collection: embed it, map it, group it, name it, search it, review it.

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
    from nova_explore import datasets
    from nova_explore.chain import explore
    from nova_explore.collection import Collection, Item, Modality, Slice
    from nova_explore.embedding import embed
    from nova_explore.exploration import Exploration
    from nova_explore.imported import import_vectors
    from nova_explore.jobs.run import collect_jobs, embed_by_jobs, list_jobs, stop_jobs
    from nova_explore.report import write_report
    from nova_explore.sources import read
    from nova_explore.store import Library, open_library
    from nova_explore.stored_maps import list_maps, open_map
    from nova_explore.widgets.app import App
    from nova_explore.widgets.live import show

__version__ = "0.1.0"

_WHERE = {
    "App": "widgets.app",
    "Collection": "collection",
    "Exploration": "exploration",
    "Item": "collection",
    "Library": "store",
    "Modality": "collection",
    "Slice": "collection",
    "collect_jobs": "jobs.run",
    "embed": "embedding",
    "embed_by_jobs": "jobs.run",
    "explore": "chain",
    "import_vectors": "imported",
    "list_jobs": "jobs.run",
    "list_maps": "stored_maps",
    "open_library": "store",
    "open_map": "stored_maps",
    "read": "sources",
    "show": "widgets.live",
    "stop_jobs": "jobs.run",
    "write_report": "report",
}

__all__ = [
    "App", "Collection", "Exploration", "Item", "Library", "Modality", "Slice", "collect_jobs", "datasets", "embed",
    "embed_by_jobs", "explore", "import_vectors", "list_jobs", "list_maps", "open_library", "open_map", "read", "show",
    "stop_jobs", "write_report",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    """Import what is asked for when it is asked for: importing the package itself costs nothing."""
    if name == "datasets":
        return import_module("nova_explore.datasets")
    if name in _WHERE:
        return getattr(import_module(f"nova_explore.{_WHERE[name]}"), name)
    raise AttributeError(f"module 'nova_explore' has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
