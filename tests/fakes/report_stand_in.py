"""An exploration of four topics of texts, some of whose captions, names and reasons try to run as code."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

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


def hostile_exploration(folder: Path, per_topic: int = 30) -> Exploration:
    """Four groups; the first three items carry hostile captions, and so does one unread file."""
    items = text_items(topic_texts(per_topic))
    for place, caption in enumerate(HOSTILE):
        items[place] = replace(items[place], metadata={**items[place].metadata, "caption": caption})
    collection = Collection(items, [Unread(f"{HOSTILE[0]}.png", "It is <i>empty</i>.")])
    exploration = explore(embed(collection, to=folder / "toy.nova", model=ToyModel(), progress=False))
    exploration.names[0] = replace(exploration.names[0], name=HOSTILE[1])
    return exploration
