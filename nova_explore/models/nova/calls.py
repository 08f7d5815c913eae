"""The calls of one Amazon Nova model: a medium prepared, asked for, checked, chosen by its type, kept in the cache."""

from __future__ import annotations

import hashlib
import sqlite3
import threading
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from nova_explore.cache_folder import cache_folder
from nova_explore.collection import Item, Modality
from nova_explore.models.cost import count_tokens, load_prices
from nova_explore.models.nova.asking import ClaimedError, Known, Request, Sent
from nova_explore.models.nova.client import Called, invoke, open_client, who
from nova_explore.models.nova.coalescing import Gathered
from nova_explore.models.nova.faults import DamagedAnswerError, Fault, can_be_seen, classify
from nova_explore.models.nova.pace import Room
from nova_explore.models.nova.paid_vectors import VectorCache
from nova_explore.models.nova.prepare import VERSION, prepare, prepare_text
from nova_explore.models.nova.quotas import quotas, tokens_a_minute
from nova_explore.models.nova.request import MODEL_ID, SCHEMA, Answer, request_body, shorten
from nova_explore.models.nova.spec import VectorSpec
from nova_explore.space import ItemError, Vector

Result = TypeVar("Result")

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
        self.tokens_a_unit: dict[str, float] = {}
        self.quotas: dict[str, float] = {}

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

    def kept(self, use: Callable[[VectorCache], Result], otherwise: Result) -> Result:
        """What a use of the cache brings; ``otherwise`` where there is none, or its disk fails.

        A full disk must not lose an answer that the library can still take, so the run goes on without the cache.
        """
        cache = self.cache()
        if cache is None:
            return otherwise
        try:
            return use(cache)
        except sqlite3.Error as error:
            self.broken = str(error)
            return otherwise

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
    called : Called, optional
        What is called, and what goes along with every call.
    """

    def __init__(
        self,
        spec: VectorSpec,
        shared: Shared,
        *,
        client: Any,
        profile: str | None = None,
        called: Called | None = None,
    ) -> None:
        self._spec = spec
        self._shared = shared
        self._client = client
        self._called = called or Called()
        self.prices = load_prices(spec.region)
        self._profile = profile
        self._claim = Gathered(self._claim_some)
        self._place = f"{client.meta.endpoint_url}|{profile or ''}|{self._called.model_id}"

    # ---- what a call pays for ------------------------------------------------------------------------------------

    def key(self, item: Item, video: str | None = None) -> str:
        """Key in the cache: the content and all that the request says, but not what becomes of the answer."""
        wanted = (video or self._spec.video) if item.modality is Modality.VIDEO else ""
        return self._hash(item.content_key, wanted)

    def identity(self, item: Item) -> str:
        """Key of what a call pays for: of a text its words as they are sent, wherever they stand; else `key`."""
        if item.modality is not Modality.TEXT or not (item.text or "").strip():
            return self.key(item)
        words = prepare_text(item.text or "").text
        return self._hash(f"words:{hashlib.sha256(words.encode('utf-8', 'replace')).hexdigest()}", "")

    def _hash(self, what: str, wanted: str) -> str:
        parts = (what, MODEL_ID, SCHEMA, self._spec.purpose, str(self._spec.dimension), VERSION, wanted)
        return hashlib.sha256("|".join(parts).encode()).hexdigest()

    def _body(self, body: bytes, video: str = "") -> str:
        return hashlib.sha256(f"{MODEL_ID}|{video}|".encode() + body).hexdigest()

    # ---- one call ------------------------------------------------------------------------------------------------

    def prepare(self, item: Item) -> Request:
        """The call for an item, ready to be made."""
        medium = prepare(item)
        body = request_body(
            medium, purpose=self._spec.purpose, dimension=self._spec.dimension, video_mode=self._spec.video_mode
        )
        return Request(item, body, medium.kept, uuid.uuid4().hex)

    def claim(self, request: Request) -> Known | None:
        """Look once more whether the answer is there, under any name, and claim what the call would pay for.

        Raises
        ------
        ClaimedError
            If another call is about to bring it.
        """
        found = self._claim(request)
        if isinstance(found, ClaimedError):
            raise found
        return found

    def _claim_some(self, requests: Sequence[Request]) -> list[Known | ClaimedError | None]:
        asked = [((self.identity(one.item), self._body(one.body)), one.owner) for one in requests]
        granted = self._shared.kept(lambda cache: cache.claim_some(asked), [True] * len(asked))
        mine = [one for one, granted_one in zip(requests, granted, strict=True) if granted_one]
        there = self.look_up([one.item for one in mine])
        same = self._sent_before([one for one in mine if one.item.content_key not in there])
        found: list[Known | ClaimedError | None] = []
        for one, granted_one in zip(requests, granted, strict=True):
            known = (there.get(one.item.content_key) or same.get(one.owner)) if granted_one else None
            if known is not None:
                self.release(one)
            found.append(known if granted_one else ClaimedError())
        return found

    def release(self, request: Request) -> None:
        """Let go of what a call has claimed."""
        self._shared.kept(lambda cache: cache.release(owner=request.owner), None)

    def _sent_before(self, requests: Sequence[Request]) -> dict[str, Known]:
        """Vectors that came of the same bytes, sent for other items, by owner; a text is known by its words already."""
        bodies = {
            one.owner: self._body(one.body, self._wanted(one.item))
            for one in requests
            if one.item.modality is not Modality.TEXT
        }
        keys = self._shared.kept(lambda cache: cache.keys_of(bodies.values()), {}) if bodies else {}
        vectors = self._shared.kept(lambda cache: cache.get(keys.values()), {}) if keys else {}
        found: dict[str, Known] = {}
        for one in requests:
            there = vectors.get(keys.get(bodies.get(one.owner, ""), ""))
            if there is not None:
                self._keep({self.identity(one.item): there[0]}, there[1])
                found[one.owner] = Known(self._cut(there[0]), there[1])
        return found

    def _wanted(self, item: Item) -> str:
        """Which of the vectors of one call is meant, where it has two."""
        return self._spec.video if item.modality is Modality.VIDEO and self._spec.video != "combined" else ""

    def ask(self, request: Request) -> Sent:
        """Make one call, check the answer, keep it, and let go of the claim."""
        try:
            with self._shared.room.taken(len(request.body)):
                began = time.monotonic()
                answer = invoke(self._client, request.body, dimension=self._spec.dimension, called=self._called)
                seconds = time.monotonic() - began
            kept = answer.kept or request.kept
            cost = self.prices.cost(request.item, tokens=answer.tokens) or 0.0
            vector = self.take(request.item, answer, kept, request=request)
        except BaseException:
            self.release(request)
            raise
        most = self.prices.cost(request.item, tokens=answer.tokens, most=True) or cost
        return Sent(vector, cost, seconds, kept, answer.tokens, most)

    def take(
        self, item: Item, answer: Answer, kept: int | None = None, *, request: Request | None = None
    ) -> Vector | ItemError:
        """The vector that is wanted, by the name of its type; all that were paid for are kept.

        Parameters
        ----------
        item : Item
            What was asked about.
        answer : Answer
            What came.
        kept : int, optional
            Characters that were embedded, where a text was cut.
        request : Request, optional
            The single call that was made; None for the answer of a job.

        Raises
        ------
        DamagedAnswerError
            If there is none of a type that the item can have.
        """
        if item.modality is Modality.VIDEO and self._spec.video != "combined":
            typed = {video: _typed(answer, video) for video in ("picture", "sound")}
            keys = {video: self.key(item, video) for video in typed}
            vector = typed[self._spec.video]
        else:
            typed = {"": _typed(answer, "combined" if item.modality is Modality.VIDEO else str(item.modality))}
            keys = {"": self.identity(item)}
            vector = typed[""]
        found = {name: one for name, one in typed.items() if one is not None}
        bodies = {self._body(request.body, name): keys[name] for name in found} if request else {}
        self._keep({keys[name]: one for name, one in found.items()}, kept, bodies, request.owner if request else "")
        if vector is None and found and self._spec.video == "sound":
            return _NO_SOUND
        if vector is None:
            raise DamagedAnswerError(f"it holds {', '.join(answer.vectors)} for an item of modality {item.modality}")
        return self._cut(vector)

    def _cut(self, vector: Vector) -> Vector:
        """The prefix that is wanted of a longer vector that was asked for."""
        return shorten(vector, self._spec.space.dimension) if self._spec.longer else vector

    def _keep(
        self, vectors: Mapping[str, Vector], kept: int | None, bodies: Mapping[str, str] | None = None, owner: str = ""
    ) -> None:
        self._shared.kept(lambda cache: cache.put_all(vectors, kept=kept, bodies=bodies, owner=owner), None)

    def judge(self, error: Exception, item: Item) -> Fault:
        """What a failed call means."""
        return classify(error, region=self._spec.region, model=self._called.model_id, visual=can_be_seen(item))

    # ---- what is there already -----------------------------------------------------------------------------------

    def look_up(self, items: Sequence[Item]) -> dict[str, Known]:
        """Vectors that were paid for, and contents that were blocked, by content key."""
        if not items:
            return {}
        # Texts were once kept by where they stood: what was paid for then is found, too.
        keys = {item.content_key: (self.identity(item), self.key(item)) for item in items}
        wanted = dict.fromkeys(key for both in keys.values() for key in both)
        found = self._shared.kept(lambda cache: cache.get(wanted), {})
        known: dict[str, Known] = {}
        for content, both in keys.items():
            for key in both:
                if key in found and content not in known:
                    known[content] = Known(self._cut(found[key][0]), found[key][1])
        blocked = self._shared.kept(lambda cache: cache.blocked(keys), {})
        return known | {key: Known(ItemError(reason, "blocked")) for key, reason in blocked.items()}

    def block(self, item: Item, reason: str) -> None:
        """Note that a content is never to be sent again."""
        self._shared.kept(lambda cache: cache.block(item.content_key, reason), None)

    def unblock(self, items: Sequence[Item]) -> None:
        """Take back that contents were blocked: everything was refused alike, so it was not for what they are."""
        self._shared.kept(lambda cache: cache.unblock([item.content_key for item in items]), None)

    # ---- cost, quota, rate ---------------------------------------------------------------------------------------

    def cost(self, item: Item, *, most: bool = False) -> float | None:
        """US dollars for one call; at most: no text has more tokens than characters."""
        return self.prices.cost(item, tokens=len(item.text or "") if most else None, most=most)

    def tokens(self, item: Item) -> float:
        """About how many tokens an item takes of a quota: counted for text, learned from answers for other media."""
        if item.modality is Modality.TEXT:
            return float(count_tokens(item.text or ""))
        return self.tokens_a_unit(item.modality) * self.prices.units(item)

    def tokens_a_unit(self, modality: Modality) -> float:
        """Tokens that the service was seen to count for a picture, a page or a second; 0 where it has said nothing."""
        learned = self._shared.tokens_a_unit
        if modality not in learned:
            place = f"tokens|{modality}|{MODEL_ID}"
            learned[modality] = self._shared.kept(lambda cache: cache.rate(place, holds=None), None) or 0.0
        return learned[modality]

    def counted(self, item: Item, tokens: int) -> None:
        """Learn from the service's own count what a picture, a page or a second takes of the quota of tokens."""
        if item.modality is Modality.TEXT:
            return
        known, seen = self.tokens_a_unit(item.modality), tokens / max(self.prices.units(item), 1e-9)
        learned = 0.9 * known + 0.1 * seen if known else seen
        self._shared.tokens_a_unit[item.modality] = learned
        if abs(learned - known) > 0.02 * learned:
            self._shared.kept(lambda cache: cache.keep_rate(f"tokens|{item.modality}|{MODEL_ID}", learned), None)

    def quota(self) -> float | None:
        """Tokens a minute that Service Quotas gives the account, asked for once a day; None where it may not ask."""
        place = f"quota|{self._place}"
        kept = self._shared.quotas.get(place)
        kept = self._shared.kept(lambda cache: cache.rate(place), None) if kept is None else kept
        if kept is None:
            found = quotas(region=self._spec.region, profile=self._profile)
            kept = 0.0 if isinstance(found, str) else tokens_a_minute(found, self._called.model_id) or 0.0
            self._shared.kept(lambda cache: cache.keep_rate(place, kept or 0.0), None)
        self._shared.quotas[place] = kept
        return kept or None

    def looked_at(self) -> bool:
        """Whether it was looked at before, from this machine, what the account can do; from now on it was."""
        place = f"preflight|{self._place}"
        before = self._shared.kept(lambda cache: cache.rate(place, holds=None), None) is not None
        self._shared.kept(lambda cache: cache.keep_rate(place, 1.0), None)
        return before

    def found_rate(self) -> float | None:
        """Requests a second that a run of the last day found to be the limit of the same endpoint and profile."""
        return self._shared.kept(lambda cache: cache.rate(self._place), None)

    def keep_rate(self, rate: float | None) -> None:
        """Keep the limit that was found for the next run."""
        if rate is not None:
            self._shared.kept(lambda cache: cache.keep_rate(self._place, rate), None)


def _typed(answer: Answer, wanted: str) -> Vector | None:
    for name in _TYPES[wanted]:
        if name in answer.vectors:
            return answer.vectors[name]
    return answer.vectors.get("") if len(answer.vectors) == 1 else None
