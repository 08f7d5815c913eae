"""The one folder of the person in which this package keeps what would be fetched or paid for again."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

VARIABLE = "NOVA_EXPLORE_CACHE"


def cache_folder() -> Path:
    """Where this package keeps what it need not fetch, or pay for, again: the platform's folder for caches.

    ``NOVA_EXPLORE_CACHE`` names another. A user without a home folder, or with one that cannot be written to, has a
    folder among the temporary ones.
    """
    named = os.environ.get(VARIABLE)
    if named:
        return Path(named).expanduser()
    try:
        folder = _of_platform() / "nova-explore"
    except RuntimeError:  # the system knows of no home
        return _temporary()
    there = next(parent for parent in folder.parents if parent.exists())
    return folder if folder.exists() or os.access(there, os.W_OK) else _temporary()


def _of_platform() -> Path:
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")


def _temporary() -> Path:
    user = os.getuid() if hasattr(os, "getuid") else "user"
    return Path(tempfile.gettempdir()) / f"nova-explore-{user}"
