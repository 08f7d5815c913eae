"""Items made by hand."""

from __future__ import annotations

from nova_explore.collection import Item, Modality


def text_item(digest: str, name: str = "a.txt", **changes) -> Item:
    fields = {"modality": Modality.TEXT, "uri": f"/somewhere/{name}", "format": "txt"} | changes
    return Item("", digest=digest, name=name, **fields)
