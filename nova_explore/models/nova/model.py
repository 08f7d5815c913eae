"""Amazon Nova Multimodal Embeddings on Amazon Bedrock, one InvokeModel call an item.

Text, pictures, document pages, sound and video in one space of 256, 384, 1024 or 3072 dimensions
(https://docs.aws.amazon.com/nova/latest/userguide/nova-embeddings.html). A library is embedded for indexing by default,
and the same vectors serve map and search; a query is embedded for retrieval from items of the kinds that are searched.
"""

from __future__ import annotations

import copy
import time
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

from nova_explore.collection import Item, Modality
from nova_explore.models.cost import Estimate, Prices, estimate, load_prices
from nova_explore.models.model import Account, Capabilities
from nova_explore.models.nova.calls import Calls, Shared
from nova_explore.models.nova.client import Called, Guardrail, find_region
from nova_explore.models.nova.pace import Pace, Tokens
from nova_explore.models.nova.prepare import MOST_CHARACTERS, VERSION
from nova_explore.models.nova.request import DIMENSIONS, MODEL_ID, PURPOSES, SCHEMA, known, shorten
from nova_explore.models.nova.spec import VectorSpec
from nova_explore.models.nova.stream import Stream
from nova_explore.space import ItemError, Role, Space, Vector

Video = Literal["combined", "picture", "sound"]

DEFAULT_DIMENSION = 1024
TIERS = ("default", "priority", "flex", "reserved")
WAITED_FOR = 60.0
"""Seconds without a good answer after which a single batch, such as a query, is given up."""
RATE_EVERY = 5.0
"""Seconds after which a rate that was found is kept, so that a killed run has not looked for it in vain."""
_RETRIEVAL = {
    Modality.TEXT: "TEXT_RETRIEVAL",
    Modality.IMAGE: "IMAGE_RETRIEVAL",
    Modality.PAGE: "DOCUMENT_RETRIEVAL",
    Modality.AUDIO: "AUDIO_RETRIEVAL",
    Modality.VIDEO: "VIDEO_RETRIEVAL",
}


class NovaModel:
    """Amazon Nova Multimodal Embeddings.

    Parameters
    ----------
    purpose : str, default "index"
        What the vectors of a library are made for: ``index`` serves map, clusters and search; ``clustering``,
        ``classification`` and every other purpose of the service are spaces of their own.
    dimension : {256, 384, 1024, 3072}, default 1024
        Length of the vectors.
    prefix_of : {384, 1024, 3072}, optional
        Ask for this many dimensions and keep the first ``dimension`` of them: one paid answer then serves all shorter
        lengths. A space of its own, because nothing says that the service's own short vectors are the same; see
        `nova_explore.models.nova.prefix.check_prefix`.
    video : {"combined", "picture", "sound"}, default "combined"
        Which vector a video gets. ``picture`` and ``sound`` come from one call and are two spaces: the second is free.
    region, profile, endpoint_url : str, optional
        As in boto3; by default from the environment.
    requests_per_minute : float, optional
        A rate that is never passed, if the account's quota is known. Without it the rate is found, and kept for the
        runs of the next day.
    tokens_per_minute : float, optional
        A number of tokens that is never passed: those that the service counts, and about as many as it will where it
        has not yet. A token of text is four characters; how other media count is learned from the first answers.
        Without it, the quota that Service Quotas gives the account, where the caller may ask.
    max_in_flight : int, default 64
        Calls at a time at most; how many there are is found.
    patience : float, default 600
        Seconds without a good answer after which a run ends.
    cache : bool or Path, default True
        Keep paid vectors in the person's cache folder, or in this one, for every library.
    guardrail : Guardrail, optional
        Sent along with every call.
    model_id : str, optional
        An inference profile of the model to call in its place: ``us.`` and the id, or the ARN of one's own, whose
        quota and cost tags then hold. The vectors are the model's, so the space is the same.
    project_identifier, service_tier : str, optional
        Project that the cost is counted to; ``default``, ``priority``, ``flex`` or ``reserved``.
    request_metadata : Mapping of str to str, optional
        Written into the account's own logs of invocations.
    client : boto3 client, optional
        In the place of one made here; its own retries should be off.

    Raises
    ------
    UnknownNameError
        If the service has no such purpose or dimension.
    """

    def __init__(
        self,
        *,
        purpose: str = "index",
        dimension: int = DEFAULT_DIMENSION,
        prefix_of: int | None = None,
        video: Video = "combined",
        region: str | None = None,
        profile: str | None = None,
        endpoint_url: str | None = None,
        requests_per_minute: float | None = None,
        tokens_per_minute: float | None = None,
        max_in_flight: int = 64,
        patience: float = 600.0,
        cache: bool | str | Path = True,
        guardrail: Guardrail | None = None,
        model_id: str | None = None,
        project_identifier: str | None = None,
        service_tier: str | None = None,
        request_metadata: Mapping[str, str] | None = None,
        client: Any = None,
    ) -> None:
        written = purpose.upper()
        self.purpose: str = known("purpose", f"GENERIC_{written}" if written == "INDEX" else written, PURPOSES)
        self.dimension: int = known("dimension", dimension, DIMENSIONS)
        longer = tuple(size for size in DIMENSIONS if size > dimension)
        self.prefix_of: int | None = None if prefix_of is None else known("longer dimension", prefix_of, longer)
        self.video: Video = known("vector of a video", video, ("combined", "picture", "sound"))
        self.max_in_flight = max_in_flight
        self.requests_per_minute = requests_per_minute
        self.tokens_per_minute = tokens_per_minute
        self.patience = patience
        tier = None if service_tier is None else known("service tier", service_tier, TIERS)
        self.called = Called(model_id or MODEL_ID, project_identifier, tier, request_metadata or {}, guardrail)
        self.capabilities = Capabilities(
            frozenset(Modality), 64, frozenset(Modality), MOST_CHARACTERS, prefix=min(DIMENSIONS)
        )
        self._place = {"region": find_region(region), "profile": profile, "endpoint_url": endpoint_url}
        self._shared = Shared(client, cache)
        self._searched: frozenset[Modality] = frozenset()
        self._trusted: float | None = None

    # ---- what its vectors are ------------------------------------------------------------------------------------

    @classmethod
    def of_variant(cls, variant: str = "", **options: Any) -> NovaModel:
        """The model that a name such as ``nova:3072:clustering`` or ``nova:256-of-3072`` stands for.

        Raises
        ------
        UnknownNameError
            If a part of the variant is no dimension, purpose or vector of a video.
        """
        for part in filter(None, variant.split(":")):
            short, _, long = part.partition("-of-")
            if short.isdigit():
                options["dimension"] = int(short)
                options |= {"prefix_of": int(long)} if long.isdigit() else {}
            elif part in ("picture", "sound", "combined"):
                options["video"] = part
            else:
                options["purpose"] = part
        return cls(**options)

    @property
    def name(self) -> str:
        """``nova``, followed by what is not the default: ``nova:256-of-3072:clustering``."""
        parts = ["nova"]
        if self.prefix_of is not None and self._trusted is None:
            parts.append(f"{self.dimension}-of-{self.prefix_of}")
        elif self.dimension != DEFAULT_DIMENSION:
            parts.append(str(self.dimension))
        if self.purpose != "GENERIC_INDEX":
            parts.append(self.purpose.lower())
        if self.video != "combined":
            parts.append(self.video)
        return ":".join(parts)

    @property
    def space(self) -> Space:
        """What its vectors mean."""
        prefix = f" prefix-of-{self.prefix_of}" if self.prefix_of and self._trusted is None else ""
        video = f" video-{self.video}" if self.video != "combined" else ""
        return Space(MODEL_ID, SCHEMA, self.purpose, self.dimension, f"{VERSION}{prefix}{video}")

    @property
    def derives_from(self) -> Space | None:
        """The longer space of which its vectors are the prefix."""
        return self.sibling(dimension=self.prefix_of).space if self.prefix_of else None

    def derive(self, vector: Vector) -> Vector:
        """The prefix of a longer vector, of unit length."""
        return shorten(vector, self.dimension)

    def sibling(self, *, dimension: int) -> NovaModel:
        """The same model with the service's own vectors of another length; client and cache are shared."""
        other = copy.copy(self)
        other.dimension, other.prefix_of, other._trusted = known("dimension", dimension, DIMENSIONS), None, None
        return other

    def trusting(self, distance: float) -> NovaModel:
        """The same model, its prefixes being of the space of the service's own short vectors.

        Only for `nova_explore.models.nova.prefix.trust_prefix`, which has measured that they are.
        """
        other = copy.copy(self)
        other._trusted = distance
        return other

    def aimed_at(self, modalities: frozenset[Modality]) -> NovaModel:
        """The same model, its queries made for a store of items of these kinds."""
        aimed = copy.copy(self)
        aimed._searched = frozenset(modalities)
        return aimed

    def query_purpose(self) -> str:
        """The purpose of a query: retrieval from what is searched, in a library embedded for indexing; else its own."""
        if self.purpose != "GENERIC_INDEX":
            return self.purpose
        if len(self._searched) != 1:
            return "GENERIC_RETRIEVAL"
        (modality,) = self._searched
        return "AUDIO_RETRIEVAL" if modality is Modality.VIDEO and self.video == "sound" else _RETRIEVAL[modality]

    def spec(self, purpose: str | None = None) -> VectorSpec:
        """What its vectors are to be, for its own purpose or another."""
        return VectorSpec(
            self.space, purpose or self.purpose, longer=self.prefix_of, video=self.video, region=self.region,
            model_id=self.called.model_id,
        )  # fmt: skip

    def calls(self, purpose: str | None = None) -> Calls:
        """The calls that ask for its vectors, for its own purpose or another."""
        return Calls(self.spec(purpose), self._shared, client=self.client, profile=self.profile, called=self.called)

    # ---- embedding -----------------------------------------------------------------------------------------------

    def embed_batch(self, items: Sequence[Item], *, role: Role = "index") -> list[Vector | ItemError]:
        answers: dict[str, Vector | ItemError] = {}
        once = list({item.content_key: item for item in items}.values())
        model = copy.copy(self)
        # Someone waits for this answer: a run may be patient, a search may not.
        model.patience = min(self.patience, WAITED_FOR)
        for answer in model.embed_stream(once, role=role):
            if answer is not None:
                answers[answer[0].content_key] = answer[1]
        return [answers[item.content_key] for item in items]

    def embed_stream(
        self,
        items: Iterable[Item],
        *,
        role: Role = "index",
        budget: float | None = None,
        account: Account | None = None,
    ) -> Iterator[tuple[Item, Vector | ItemError] | None]:
        """Embed items, answered in the order in which answers arrive; see `StreamingModel.embed_stream`."""
        limit = self.requests_per_minute / 60 if self.requests_per_minute else None
        asker = self.calls(self.purpose if role == "index" else self.query_purpose())
        # A query is one call: to ask for a quota would take longer than the answer.
        quota = self.tokens_per_minute or (self.quota() if account is not None and role == "index" else None)
        pace = Pace(ceiling=self.max_in_flight, limit=limit, found=asker.found_rate())
        stream = Stream(
            items,
            asker,
            pace=pace,
            tokens=Tokens(quota) if quota else None,
            account=account or Account(),
            budget=budget,
            patience=self.patience,
        )
        kept = time.monotonic()
        try:
            with closing(iter(stream)) as answers:
                for answer in answers:
                    yield answer
                    if time.monotonic() - kept > RATE_EVERY:
                        asker.keep_rate(pace.found)
                        kept = time.monotonic()
        finally:
            asker.keep_rate(pace.found)
        if self._shared.broken:
            warnings.warn(
                f"The cache of paid vectors cannot be used ({self._shared.broken}); the run went on without it. "
                "Free the disk, or set NOVA_EXPLORE_CACHE to a local folder.",
                stacklevel=2,
            )

    # ---- money and provenance ------------------------------------------------------------------------------------

    def quota(self) -> float | None:
        """Tokens a minute that are never passed: those given, else those of Service Quotas where that may be asked."""
        return self.tokens_per_minute or self.calls().quota()

    @property
    def region(self) -> str:
        """The region that is called."""
        return str(self.client.meta.region_name or "")

    @property
    def profile(self) -> str | None:
        """The profile of the shared configuration that is named, None for the environment's."""
        return self._place["profile"]

    @property
    def client(self) -> Any:
        """The boto3 client, made at first use."""
        return self._shared.open(self._place, self.max_in_flight)

    @property
    def prices(self) -> Prices:
        """The price list of the region."""
        return load_prices(self.region)

    def estimate(self, items: Iterable[Item]) -> Estimate:
        """What it would cost to embed items now; those whose vectors were paid for need no call, equal texts one.

        Of a model that is aimed at a store, what it would cost to ask for them as queries: vectors of items serve none.
        """
        asker = self.calls(self.query_purpose() if self._searched else self.purpose)
        contents = list({item.content_key: item for item in items}.values())
        there = asker.look_up(contents)
        asked = {asker.identity(item): item for item in reversed(contents) if item.content_key not in there}
        return estimate(reversed(asked.values()), self.prices, cached=len(contents) - len(asked))

    def provenance(self) -> dict[str, Any]:
        """Who calls which model where; the caller is asked for once, and None where that is not permitted."""
        return {
            "caller": self._shared.caller(self._place), "region": self.region, "profile": self.profile,
            "endpoint": str(self.client.meta.endpoint_url), "model": MODEL_ID, "model_id": self.called.model_id,
            "api": "InvokeModel", "prefix_of": self.prefix_of, "prefix_trusted_at": self._trusted,
            "guardrail": self.called.guardrail.headers if self.called.guardrail else None,
            "project": self.called.project, "tier": self.called.tier, "boto3": version("boto3"),
        }  # fmt: skip
