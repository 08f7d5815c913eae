"""What a page asks an app of, and the answer that it gets, without a page."""

from __future__ import annotations

from typing import Any


def answer(app: Any, what: str, *buffers: bytes, **details: Any) -> tuple[dict[str, Any], list[Any]]:
    """Ask an app as a page does, and return its last message with the buffers."""
    heard: list[tuple[dict[str, Any], list[Any]]] = []
    app.send = lambda content, buffers=None: heard.append((content, buffers or []))
    app._handle_custom_msg({"ask": what, "from": "me", "with": details}, list(buffers))
    return heard[-1]


def ask(app: Any, what: str, *buffers: bytes, **details: Any) -> dict[str, Any]:
    """Ask an app as a page does, and return its last message."""
    return answer(app, what, *buffers, **details)[0]
