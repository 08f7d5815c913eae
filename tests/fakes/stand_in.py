"""An exploration with planted structure, all five modalities and real media, made in a second and without a model."""

from __future__ import annotations

import copy
import io
import wave
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import av
import numpy as np
from PIL import Image, ImageDraw

from nova_explore.clusters.cluster import Clustering, Hierarchy
from nova_explore.clusters.names import ClusterName
from nova_explore.collection import Collection, Item, Modality, Span, Unread
from nova_explore.errors import UnreadableError
from nova_explore.exploration.bundle import Exploration
from nova_explore.exploration.drawn_map import DrawnMap
from nova_explore.map.layout import Layout, measure_preservation
from nova_explore.map.modality_gap import ModalityGap
from nova_explore.map.neighbors import find_neighbors
from nova_explore.media.content import Playable
from nova_explore.models.queries import SpaceModel
from nova_explore.similarity.ranking import Ranking, by_modality, rank
from nova_explore.space import Space

PLANTED = ("steam trains", "sea birds", "street music", "handwritten letters", "orchids", "moon landing", "whale song",
           "city maps", "folk dance", "old cameras", "recipes")  # fmt: skip
EVIL = "<img src=x onerror=\"window.__pwned='caption'\"><script>window.__pwned='script'</script>"
DIMENSIONS = 24
FORMATS = {"text": "txt", "image": "png", "page": "pdf", "audio": "wav", "video": "webm"}


class NoDecisions:
    """In the place of a log of labels that nobody writes to."""

    written = 0

    def __init__(self) -> None:
        self.readers: set = set()
        self.by = ""

    def count(self) -> int:
        return 0


class NoAnswers:
    """In the place of the answers of language models."""

    def models(self) -> list[str]:
        return []


class NoLibrary:
    """In the place of the library of items that are nowhere."""

    path = Path("nowhere.nova")
    labels = NoDecisions()
    proposals = NoAnswers()

    def runs(self) -> list:
        return []

    def indexes(self, *_: object) -> dict:
        return {}

    def failures(self, *_: object) -> dict:
        return {}


class StandIn(Exploration):
    """An exploration of made-up media of known structure: no library, no files, and no model to search with."""

    def __init__(self, n: int = 220, seed: int = 0) -> None:
        draw = np.random.default_rng(seed)
        centers = draw.normal(size=(len(PLANTED), DIMENSIONS))
        centers /= np.linalg.norm(centers, axis=1, keepdims=True)
        self._centers = centers.astype(np.float32)
        labels = draw.choice(len(PLANTED) + 1, size=n, p=[0.85 / len(PLANTED)] * len(PLANTED) + [0.15]) - 1
        order = np.argsort(-np.bincount(labels[labels >= 0], minlength=len(PLANTED)), kind="stable")
        self._topics = [PLANTED[c] for c in order]
        labels = np.where(labels < 0, -1, np.argsort(order)[labels]).astype(np.int32)
        self._centers = self._centers[order]
        loose = draw.normal(size=(n, DIMENSIONS)) * 0.35
        vectors = np.where(labels[:, None] < 0, loose, self._centers[labels] + draw.normal(size=(n, DIMENSIONS)) * 0.07)
        vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
        angles = np.linspace(0, 2 * np.pi, len(PLANTED), endpoint=False)
        middles = np.column_stack([np.cos(angles), np.sin(angles)]) * (4 + 3 * (np.arange(len(PLANTED)) % 2))[:, None]
        xy = np.where(
            labels[:, None] < 0, draw.normal(size=(n, 2)) * 3.4, middles[labels] + draw.normal(size=(n, 2)) * 0.55
        )
        collection = Collection(
            self._items(labels, draw),
            [
                Unread("broken/scan_004.png", "The file is empty."),
                Unread(f"odd/{EVIL}.wav", "The sound ends after 12 of 4,096 bytes."),
                Unread("private/notes.txt", "No permission to read it."),
            ],
        )
        neighbors = find_neighbors(vectors, k=15)
        xy = xy.astype(np.float32)
        layout = Layout(xy, measure_preservation(xy, neighbors), 15, {"method": "planted", "min_dist": 0.1})
        strengths = np.where(labels < 0, 0, draw.uniform(0.3, 1, n)).astype(np.float32)
        self._planted = labels
        tree = Hierarchy(np.zeros((n - 1, 4)), {"method": "planted"})
        clustering = Clustering(labels, strengths, {"method": "planted", "min_cluster_size": 5}, tree)
        names = self._names(clustering, collection, vectors)
        made = (neighbors, ModalityGap(0.2, 0.2, False, 0.2), layout, clustering, names)
        drawn = DrawnMap("0" * 16, "", *made, {}, collection.ids, "planted")
        space = Space("planted", "1", "index", DIMENSIONS, "1")
        super().__init__(NoLibrary(), collection, SpaceModel("planted", space), vectors, drawn)  # pyright: ignore[reportArgumentType]
        self.gone = next(i for i, item in enumerate(self.collection) if i > 60 and item.modality == "image")

    def _items(self, labels, draw) -> list[Item]:
        kinds = draw.choice(list(Modality), size=len(labels), p=[0.2, 0.4, 0.15, 0.15, 0.1])
        return [
            self._item(place, Modality(kind), int(label), draw)
            for place, (kind, label) in enumerate(zip(kinds, labels, strict=True))
        ]

    def _item(self, place: int, kind: Modality, label: int, draw) -> Item:
        topic = self._topics[label] if label >= 0 else "something else"
        form = FORMATS[kind]
        caption = EVIL if place == 7 else f"{topic}, no. {place}"
        item = Item(
            id=f"{place:04x}{int(draw.integers(16**8)):08x}",
            modality=kind,
            uri=f"/archive/{kind}/{topic.replace(' ', '_')}_{place:03d}.{form}",
            name=f"{kind}/{topic.replace(' ', '_')}_{place:03d}.{form}",
            format=form,
            digest=f"{place:064x}",
            metadata={
                "caption": caption,
                "year": int(draw.integers(1880, 2020)) if place % 9 else None,
                "rights": ["public domain", "CC BY", "in copyright"][place % 3],
                "shelf": f"shelf {place % 40}",
            },
        )
        if kind == "text":
            words = f"{topic.capitalize()}: an account in the words of item {place}. " * 12
            return replace(item, text=words)
        if kind == "page":
            return replace(item, span=Span("page", place % 5, place % 5 + 1), text=f"A page about {topic}.")
        if kind in ("audio", "video"):
            return replace(item, span=Span("seconds", 0, 2))
        return item

    def _names(self, clustering: Clustering, collection: Collection, vectors: np.ndarray) -> dict[int, ClusterName]:
        names = {}
        for c in range(clustering.count):
            members = clustering.members(c)
            near = members[np.argsort(-(vectors[members] @ self._centers[c]))[:6]]
            medoids = tuple(collection[int(position)].id for position in near)
            name = EVIL if c == 9 else self._topics[c]
            names[c] = ClusterName(c, name, "keywords", ((self._topics[c], 1.0),), medoids, len(members))
        return names

    def _with(self, changed: DrawnMap) -> StandIn:
        other = copy.copy(self)
        for made in ("_columns", "labels"):
            other.__dict__.pop(made, None)
        other._drawn, other.layout, other.clustering = changed, changed.layout, changed.clustering
        other.proposed = dict(changed.names)
        return other

    def recluster(self, *, min_cluster_size: int) -> StandIn:
        """Leave the clusters that are smaller than this unclustered; clusters are numbered by falling size already."""
        kept = int((np.bincount(self._planted[self._planted >= 0]) >= min_cluster_size).sum())
        labels = np.where(self._planted < kept, self._planted, -1).astype(np.int32)
        parameters = {"min_cluster_size": min_cluster_size}
        clustering = replace(self.clustering, labels=labels, parameters=parameters)
        names = self._names(clustering, self.collection, self.vectors)
        return self._with(replace(self._drawn, clustering=clustering, names=names))

    def redraw(self, *, min_dist: float, show=None) -> StandIn:
        """Draw everything upside down."""
        if show is not None:
            show(self.layout.xy * 0.5)
        xy = (self.layout.xy * np.float32(-1)).astype(np.float32)
        layout = replace(self.layout, xy=xy, parameters={"method": "planted", "min_dist": min_dist})
        return self._with(replace(self._drawn, layout=layout))

    def sweep(self) -> SimpleNamespace:
        sizes = np.arange(5, 30, 5)
        others = [self.recluster(min_cluster_size=int(size)).clustering for size in sizes]
        counts, noise = np.array([o.count for o in others]), np.array([o.noise_share for o in others])
        return SimpleNamespace(min_cluster_sizes=sizes, counts=counts, noise_shares=noise, suggested=10)

    def search(self, query: str | None, *, k: int = 24, modalities=None, like=(), unlike=()) -> Ranking:
        if like:
            titles = ", ".join(self.collection[id].title for id in like)
            query = f"{query}, like {titles}" if query else f"like {titles}"
        if query is None:
            raise ValueError("The query asks for nothing.")
        if query == "fail":
            raise ValueError("The model could not be opened.")
        if query == "nothing":
            return rank(query, self.collection, [], k=k)
        topic = next((c for c, name in enumerate(self._topics) if query.lower() in name), 0)
        scores = self.vectors @ self._centers[topic]
        kinds = np.array([item.modality for item in self.collection])
        candidates = np.ones(len(self), bool) if modalities is None else np.isin(kinds, list(modalities))
        via = np.where(kinds == "audio", "words", "content")
        note = "Found by caption, name and text, not by content: audio."
        scored = by_modality(self.collection, scores, candidates=candidates, via=via)
        return rank(query, self.collection, scored, k=min(k, 24), note=note)  # more would be no closer than chance

    def thumbnail(self, id: str) -> bytes:
        return encode(picture(self.collection.position(id), self.collection[id]), "WEBP")

    def thumbnails(self, ids) -> dict[str, bytes]:
        return {id: self.thumbnail(id) for id in ids}

    def playable(self, id: str) -> Playable:
        position, item = self.collection.position(id), self.collection[id]
        if position == self.gone:
            raise UnreadableError(f"{item.uri} has changed since it was embedded. Embed the folder again.")
        if item.modality == "audio":
            return Playable("audio/wav", tone(220 + 10 * (position % 40)))
        if item.modality == "video":
            return Playable("video/webm", clip(position))
        return Playable("image/png", encode(picture(position, item).resize((640, 480)), "PNG"))


def picture(position: int, item: Item) -> Image.Image:
    """Draw a scene that no other item has: hue and shapes follow the position."""
    draw = np.random.default_rng(position)
    hue = (position * 47) % 256
    image = Image.new("HSV", (192, 144), (hue, 70, 235)).convert("RGB")
    pen = ImageDraw.Draw(image)
    for _ in range(7):
        x, y, r = (int(draw.integers(*ends)) for ends in ((0, 192), (20, 144), (8, 40)))
        color = tuple(int(v) for v in draw.integers(40, 220, 3))
        pen.ellipse((x - r, y - r, x + r, y + r), fill=color)
    pen.text((8, 6), f"{item.modality} {position}", fill=(20, 20, 20))
    return image


def encode(image: Image.Image, form: str) -> bytes:
    out = io.BytesIO()
    image.save(out, form)
    return out.getvalue()


def tone(hertz: float, *, seconds: float = 2.0, rate: int = 8000) -> bytes:
    """Make a WAV of a sine."""
    samples = (np.sin(2 * np.pi * hertz * np.arange(int(seconds * rate)) / rate) * 12000).astype("<i2")
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())
    return out.getvalue()


def clip(position: int) -> bytes:
    """Make a WebM of twenty frames in which a bar moves."""
    out = io.BytesIO()
    with av.open(out, "w", format="webm") as file:
        stream: Any = file.add_stream("libvpx", rate=10)
        # Threads of libvpx wait by turning: with two, so small a film takes forty times the processor's time.
        stream.codec_context.thread_count = 1
        stream.width, stream.height, stream.pix_fmt = 160, 120, "yuv420p"
        for i in range(20):
            pixels = np.full((120, 160, 3), (position * 31) % 200, np.uint8)
            pixels[:, i * 8 : i * 8 + 8] = 255
            file.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        file.mux(stream.encode())
    return out.getvalue()
