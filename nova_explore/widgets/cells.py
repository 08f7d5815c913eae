"""Which app is shown in which cell, so that a cell that runs again leaves no app of before behind."""

from __future__ import annotations

import weakref
from typing import Any, Protocol


class Closable(Protocol):
    """What can be shown in a cell."""

    def close(self) -> None:
        """Take it out of the page."""
        ...


_SHOWN: dict[str, tuple[str, list[weakref.ref[Any]]]] = {}
"""By cell: the run in which apps were shown last, and those apps."""


def note_shown(app: Closable) -> None:
    """Note that the cell that runs now shows an app; what an earlier run of the cell showed there alone is closed."""
    cell, run = running_cell()
    if not cell:
        return
    last, shown = _SHOWN.get(cell, ("", []))
    if last != run:
        _SHOWN[cell] = (run, [weakref.ref(app)])
        elsewhere = {id(ref()) for _, refs in _SHOWN.values() for ref in refs}
        for former in (ref() for ref in shown):
            if former is not None and id(former) not in elsewhere:
                former.close()
    else:
        shown.append(weakref.ref(app))


def running_cell() -> tuple[str, str]:
    """Name of the cell that runs now, and of its run; empty where nothing tells."""
    from IPython.core.getipython import get_ipython

    shell: Any = get_ipython()
    if shell is None or not hasattr(shell, "get_parent"):
        return "", ""
    parent = shell.get_parent() or {}
    return str(parent.get("metadata", {}).get("cellId", "")), str(parent.get("header", {}).get("msg_id", ""))


def in_notebook(line: str, app: Any) -> str:
    """Call the app in a line of Python as this notebook calls it: ``maps.search('dog')`` for ``app.search('dog')``."""
    return line.replace("app.", f"{called(app)}.", 1) if line.startswith("app.") else line


def called(app: Any) -> str:
    """Name of the app in this notebook; ``app`` where it has none, or no notebook runs."""
    from IPython.core.getipython import get_ipython

    shell: Any = get_ipython()
    names = [] if shell is None else [name for name, value in shell.user_ns.items() if value is app]
    own = [name for name in names if not name.startswith("_")]
    return own[0] if own else "app"
