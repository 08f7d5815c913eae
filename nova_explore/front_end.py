"""The built front end: where it is, and what to do where it is not."""

from __future__ import annotations

from pathlib import Path

from nova_explore.errors import FrontEndMissingError

STATIC = Path(__file__).parent / "widgets" / "static"


def read_built(name: str) -> str:
    """Read a file of the built front end; empty where it has not been built."""
    path = STATIC / name
    return path.read_text(encoding="utf-8") if path.exists() else ""


def require_built() -> None:
    """Make sure that the front end has been built.

    Raises
    ------
    FrontEndMissingError
        If it has not.
    """
    if not (STATIC / "app.js").exists():
        raise FrontEndMissingError(
            f"Found no {STATIC / 'app.js'}. The app is drawn by it: build it with `python frontend/build.py`."
        )
