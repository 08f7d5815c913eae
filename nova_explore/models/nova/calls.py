"""The calls of one Amazon Nova model: a medium prepared, asked for, checked, chosen by its type, kept in the cache."""

from __future__ import annotations

import hashlib
import sqlite3
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from nova_explore.cache_folder import cache_folder
from nova_explore.collection import Item, Modality
from nova_explore.models.cost import count_tokens, load_prices
from nova_explore.models.nova.asking import Request, Sent
from nova_explore.models.nova.client import Guardrail, invoke, open_client, who
from nova_explore.models.nova.faults import DamagedAnswerError, Fault, classify
from nova_explore.models.nova.pace import Room
from nova_explore.models.nova.paid_vectors import VectorCache
from nova_explore.models.nova.prepare import VERSION, prepare
from nova_explore.models.nova.request import MODEL_ID, SCHEMA, Answer, request_body, shorten
from nova_explore.models.nova.spec import VectorSpec
from nova_explore.space import ItemError, Vector

ON_THE_WAY = 256 * 2**20
"""Bytes of requests on their way at a time."""

_TYPES: dict[str, tuple[str, ...]] = {
    "text": ("TEXT",),
    "image": ("IMAGE",),
    "page": ("IMAGE",),
    "audio": ("AUDIO",),
    "combined": ("AUDIO_VIDEO_COMBINED", "VIDEO"),  # a video without sound may come back as VIDEO
    "picture": ("VIDEO",),
    "sound": ("AUDIO",),
}
_NO_SOUND = ItemError("The video has no sound track, and video='sound' asks for the vector of it.")


class Shared:
    """What copies of a model have in common: client, cache, room, the name of the caller."""

    def __init__(self, client: Any, cache: bool | str | Path) -> None:
        self.room = Room(ON_THE_WAY)
        self.broken: str = ""
        self._client = client
        self._where = cache_folder() if cache is True else None if cache is False else Path(cache)
        self._cache: VectorCache | None = None
        self._caller: tuple[str | None] | None = None
        self._lock = threading.RLock()

    def open(self, place: Mapping[str, str | None], connections: int) -> Any:
        """The client, made at first use."""
        with self._lock:
            if self._client is None:
                self._client = open_client(**place, connections=connections)  # pyright: ignore[reportArgumentType]
            return self._client

    def cache(self) -> VectorCache | None:
        """The cache, opened at first use; None where there is to be none, or it cannot be used."""
        with self._lock:
            if self._cache is None and self._where is not None and not self.broken:
                try:
                    self._cache = VectorCache(self._where / "vectors.sqlite")
                except (OSError, sqlite3.Error) as error:
                    self.broken = str(error)
            return self._cache if not self.broken else None

    def caller(self, place: Mapping[str, str | None]) -> str | None:
        """ARN of the caller, asked for once."""
        with self._lock:
            if self._caller is None:
                self._caller = (who(region=place["region"], profile=place["profile"]),)
            return self._caller[0]


class Calls:
    """Calls for vectors of one kind, and those vectors that are there already.

    Parameters
    ----------
    spec : VectorSpec
        What is asked for.
    shared : Shared
        Cache and room, which copies of a model have in common.
    client : boto3 client of ``bedrock-runtime``
    profile : str, optional
        Whose rate is kept.
    guardrail : Guardrail, optional
        Sent along.
    """

    def __init__(
        self,
        spec: VectorSpec,
        shared: Shared,
        *,
        client: Any,
        profile: str | None = None,
        guardrail: Guardrail | None = None,
    ) -> None:
        self._spec = spec
        self._shared = shared
        self._client = client
        self._guardrail = guardrail
        self.prices = load_prices(spec.region)
        self._place = f"{client.meta.endpoint_url}|{profile or ''}|{MODEL_ID}"

    def key(self, item: Item, video: str | None = None) -> str:
        """Key in the cache: the content and all that the request says, but not what becomes of the answer."""
        wanted = (video or self._spec.video) if item.modality is Modality.VIDEO else ""
        parts = (item.content_key, MODEL_ID, SCHEMA, self._spec.purpose, str(self._spec.dimension), VERSION, wanted)
        return hashlib.sha256("|".join(parts).encode()).hexdigest()

    def prepare(self, item: Item) -> Request:
        """The call for an item, ready to be made."""
        medium = prepare(item)
        body = request_body(
            medium, purpose=self._spec.purpose, dimension=self._spec.dimension, video_mode=self._spec.video_mode
        )
        return Request(item, body, medium.kept)

    def ask(self, request: Request) -> Sent:
        """Make one call, check the answer and keep it."""
        headers = self._guardrail.headers if self._guardrail else None
        with self._shared.room.taken(len(request.body)):
            began = time.monotonic()
            answer = invoke(self._client, request.body, dimension=self._spec.dimension, headers=headers)
            seconds = time.monotonic() - began
        kept = answer.kept or request.kept
        cost = self.prices.cost(request.item, tokens=answer.tokens) or 0.0
        return Sent(self.take(request.item, answer, kept), cost, seconds, kept, answer.tokens)

    def take(self, item: Item, answer: Answer, kept: int | None = None) -> Vector | ItemError:
        """The vector that is wanted, by the name of its type; all that were paid for are kept.

        Raises
        ------
        DamagedAnswerError
            If there is none of a type that the item can have.
        """
        if item.modality is Modality.VIDEO and self._spec.video != "combined":
            for video in ("picture", "sound"):
                if (found := _typed(answer, video)) is not None:
                    self._keep(self.key(item, video), found, kept)
            vector = _typed(answer, self._spec.video)
            if vector is None and self._spec.video == "sound":
                return _NO_SOUND
        else:
            vector = _typed(answer, "combined" if item.modality is Modality.VIDEO else str(item.modality))
            if vector is not None:
                self._keep(self.key(item), vector, kept)
        if vector is None:
            raise DamagedAnswerError(f"it holds {', '.join(answer.vectors)} for an item of kind {item.modality}")
        return self._cut(vector)

    def _cut(self, vector: Vector) -> Vector:
        """The prefix that is wanted of a longer vector that was asked for."""
        return shorten(vector, self._spec.space.dimension) if self._spec.longer else vector

    def _keep(self, key: str, vector: Vector, kept: int | None) -> None:
        cache = self._shared.cache()
        if cache is not None:
            try:
                cache.put(key, vector, kept=kept)
            except sqlite3.Error as error:  # a full disk must not lose an answer that the library can still take
                self._shared.broken = str(error)

    def judge(self, error: Exception) -> Fault:
        """What a failed call means."""
        return classify(error, region=self._spec.region, model=MODEL_ID)

    def look_up(self, items: Sequence[Item]) -> dict[str, tuple[Vector, int | None] | ItemError]:
        """Vectors that were paid for, and contents that were blocked, by content key."""
        cache = self._shared.cache()
        if cache is None or not items:
            return {}
        keys = {self.key(item): item.content_key for item in items}
        known: dict[str, tuple[Vector, int | None] | ItemError] = {}
        try:
            for key, (vector, kept) in cache.get(keys).items():
                known[keys[key]] = (self._cut(vector), kept)
            blocked = cache.blocked(item.content_key for item in items)
        except sqlite3.Error as error:
            self._shared.broken = str(error)
            return known
        return known | {key: ItemError(reason, "blocked") for key, reason in blocked.items()}

    def block(self, item: Item, reason: str) -> None:
        """Note that a content is never to be sent again."""
        cache = self._shared.cache()
        if cache is not None:
            try:
                cache.block(item.content_key, reason)
            except sqlite3.Error as error:
                self._shared.broken = str(error)

    def cost(self, item: Item, *, most: bool = False) -> float | None:
        """US dollars for one call; at most: no text has more tokens than characters."""
        return self.prices.cost(item, tokens=len(item.text or "") if most else None, most=most)

    def tokens(self, item: Item) -> float:
        """About how many tokens a text has; none for other media, of which nobody says how they count."""
        return float(count_tokens(item.text or "")) if item.modality is Modality.TEXT else 0.0

    def found_rate(self) -> float | None:
        """Requests a second that a run of the last day found to be the limit of the same endpoint and profile."""
        cache = self._shared.cache()
        try:
            return cache.rate(self._place) if cache is not None else None
        except sqlite3.Error as error:
            self._shared.broken = str(error)
            return None

    def keep_rate(self, rate: float | None) -> None:
        """Keep the limit that was found for the next run."""
        cache = self._shared.cache()
        if cache is not None and rate is not None:
            try:
                cache.keep_rate(self._place, rate)
            except sqlite3.Error as error:
                self._shared.broken = str(error)


def _typed(answer: Answer, wanted: str) -> Vector | None:
    for name in _TYPES[wanted]:
        if name in answer.vectors:
            return answer.vectors[name]
    return answer.vectors.get("") if len(answer.vectors) == 1 else None
