"""Explorations whose captions, names and reasons try to run as code, and how a report of them is read."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from fakes.hostile import HOSTILE as WORDS
from fakes.toy_library import text_items
from fakes.toy_model import ToyModel, topic_texts
from nova_explore.collection import Collection, Unread
from nova_explore.embedding.embed import embed
from nova_explore.exploration.bundle import Exploration
from nova_explore.exploration.chain import explore

HOSTILE = (
    "<img src=x onerror=\"window.harmed='caption'\"> robin",
    "</script><script>window.harmed='script'</script> robin",
    "<b onmouseover=\"window.harmed='bold'\">&lt;owl&gt;</b> {{ 7 * 7 }}",
)
RUNNING = "<svg onload=\"window.harmed='svg'\"><!--<script>window.harmed='comment'</script>"


def hostile_exploration(folder: Path, per_topic: int = 30) -> Exploration:
    """Four groups; the first three items carry hostile captions, and so does one unread file."""
    return _explored(folder, HOSTILE, per_topic, HOSTILE[1:2])


def very_hostile_exploration(folder: Path) -> Exploration:
    """Four groups of 30 items; a hundred captions and all names are hostile."""
    captions = [*HOSTILE, *(f"{RUNNING} {place}" for place in range(20)), *WORDS][:100]
    return _explored(folder, captions, 30, (RUNNING, *HOSTILE))


def _explored(folder: Path, captions: Any, per_topic: int, names: Any) -> Exploration:
    items = text_items(topic_texts(per_topic))
    for place, caption in enumerate(captions):
        items[place] = replace(items[place], metadata={**items[place].metadata, "caption": writable(caption)})
    collection = Collection(items, [Unread(f"{HOSTILE[0]}.png", "It is <i>empty</i>.")])
    exploration = explore(embed(collection, to=folder / "toy.nova", model=ToyModel(), progress=False))
    for cluster, name in enumerate(names):
        exploration.proposed[cluster] = replace(exploration.proposed[cluster], name=name)
    return exploration


def writable(text: str) -> str:
    """A text without halves of characters, which no library holds."""
    return text.encode("utf-8", "replace").decode("utf-8")


def data_in(page: str) -> dict[str, Any]:
    """What the app inside a report shows."""
    found = re.search(r'<script type="application/json" id="nx-data">(.*?)</script>', page, re.DOTALL)
    if found is None:
        raise AssertionError("there is no data in this page")
    return json.loads(found[1])


def pictures_in(page: str) -> dict[int, str]:
    """Pictures of a report in base 64, by place of the item: those that stand in it and those of the app."""
    inline = re.findall(r'<img data-item="(\d+)"[^>]* src="data:image/webp;base64,([^"]+)"', page)
    return {int(place): picture for place, picture in (*inline, *data_in(page)["pictures"].items())}
