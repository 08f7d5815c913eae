"""The one folder of the person in which this package keeps what would be fetched or paid for again."""

from __future__ import annotations

import os
import sys
from pathlib import Path

VARIABLE = "NOVA_EXPLORE_CACHE"


def cache_folder() -> Path:
    """Where this package keeps what it need not fetch, or pay for, again: the platform's folder for caches.

    ``NOVA_EXPLORE_CACHE`` names another.
    """
    named = os.environ.get(VARIABLE)
    if named:
        return Path(named).expanduser()
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "nova-explore"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local")) / "nova-explore"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "nova-explore"
