"""The embedded default: one space for text, pictures, pages, sound and video, without account, network or GPU.

Every vector has three blocks, and its squared length is shared out between them:

    0 … 383     *meaning*: the text vector of what the item says, shows or sounds like. The only block a text has
    384 … 511   *look* of a picture, page or video
    512 … 639   *timbre* of a sound or of a video's sound track

So a text finds items by meaning alone, two pictures are compared by meaning and look, two sounds by meaning and timbre,
and a sound is never near a picture because of how either is made. docs/local-v1.md is the model card.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from nova_explore.collection import Item, Modality
from nova_explore.errors import UnreadableError
from nova_explore.media.content import Clip, Content, Page, Picture, Sound, Text
from nova_explore.models.local.picture import SIDE
from nova_explore.models.model import Capabilities
from nova_explore.space import ItemError, Role, Space, Vector

if TYPE_CHECKING:
    from PIL.Image import Image

    from nova_explore.models.local.picture import PictureEncoder
    from nova_explore.models.local.sound import SoundEncoder
    from nova_explore.models.local.text import TextEncoder

MEANING, LOOK, TIMBRE = slice(0, 384), slice(384, 512), slice(512, 640)
DIMENSION = 640

LOOKED_AT = 2 * SIDE
"""Pixels at which pictures are decoded: twice what the network sees, so that reducing them is as clean as from all."""

# Shares of the squared length, chosen on the Tux Paint stamps: docs/local-v1.md shows what other choices cost.
PICTURE_MEANING = 0.6
SOUND_MEANING = 0.5
PAGE_WORDS = 0.8
VIDEO_PICTURE = 0.75

# Quieter than the rounding of 16-bit samples: a sound track that is there but holds nothing.
SILENCE = 1e-4
MOST_THREADS = 8


class LocalModel:
    """`local-v1`: MiniLM for text, EfficientNet-Lite2 with ConSE for pictures, aiSFX with a linear map for sound.

    Parameters
    ----------
    threads : int or None
        Media looked at side by side, and threads for a batch of texts; None uses the machine's cores, at most eight.

    Examples
    --------
    >>> from nova_explore.models.local.model import LocalModel
    >>> dog, puppy, invoice = LocalModel().embed_texts(["a dog", "a small puppy", "an unpaid invoice"])
    >>> bool(dog @ puppy > dog @ invoice)
    True
    """

    name = "local"
    space = Space("local-v1", "1", "index", DIMENSION, "3")
    capabilities = Capabilities(
        modalities=frozenset(Modality),
        # Texts of about the same length are embedded together: of 32 in any order two fifths are padding.
        batch_size=128,
        text_search=frozenset({Modality.TEXT, Modality.IMAGE, Modality.PAGE, Modality.AUDIO, Modality.VIDEO}),
    )

    def __init__(self, *, threads: int | None = None) -> None:
        self._threads = threads or min(os.cpu_count() or 1, MOST_THREADS)

    def embed_batch(
        self,
        items: Sequence[Item],
        *,
        role: Role = "index",  # noqa: ARG002 (of the protocol)
    ) -> list[Vector | ItemError]:
        """Embed items of any modality, in order, one answer each.

        ``role`` makes no difference: a text has no look or timbre, so as a query it asks for meaning only; a picture
        or sound given as a query is compared by both its blocks.
        """
        answers: list[Vector | ItemError] = [ItemError("not embedded")] * len(items)
        texts: list[tuple[int, str]] = []
        for place, answer in enumerate(self._look_at_all(items)):
            if isinstance(answer, str):
                texts.append((place, answer))
            else:
                answers[place] = answer
        for place, vector in zip(
            [place for place, _ in texts], self._try_texts([text for _, text in texts]), strict=True
        ):
            answers[place] = vector
        return answers

    def _look_at_all(self, items: Sequence[Item]) -> Iterator[Vector | ItemError | str]:
        """Vectors of media and the words of texts, in order.

        Media are decoded and looked at side by side, each by one thread: a thread that decodes does not wait for
        those that compute, and networks of this size do not use two threads twice as well.
        """
        if self._threads == 1 or sum(item.modality is not Modality.TEXT for item in items) < 2:
            yield from map(self._look_at, items)
            return
        # Whoever watches what is decoded watches the threads, too.
        contexts = [copy_context() for _ in items]
        with ThreadPoolExecutor(self._threads) as pool:
            yield from pool.map(lambda context, item: context.run(self._look_at, item), contexts, items)

    def _look_at(self, item: Item) -> Vector | ItemError | str:
        from nova_explore import media

        try:
            # A drawing is made at the size that the network sees: it has no pixels to be reduced.
            content = media.load(item, longest=SIDE if item.format == "svg" else LOOKED_AT)
            return content.text if isinstance(content, Text) else self.embed_content(content)
        except Exception as error:  # whatever a decoder raises concerns this item only
            return ItemError(_explain(error))

    def embed_content(self, content: Content) -> Vector:
        """Embed decoded content.

        Raises
        ------
        UnreadableError
            If it holds nothing: no words, no samples, no frames.
        """
        match content:
            case Text(text):
                return self.embed_texts([text])[0]
            case Picture(image):
                return self.embed_pictures([image])[0]
            case Page(image, text):
                return self._embed_page(image, text)
            case Sound(samples, rate):
                return self.embed_sound(samples, rate)
            case Clip(frames, sound):
                return self._embed_clip(frames, sound)

    def embed_texts(self, texts: Sequence[str]) -> list[Vector]:
        """Embed texts; a long one is the mean of its chunks of 254 tokens."""
        for text in texts:
            if not text.strip():
                raise UnreadableError("The text is empty: there are no words to embed.")
        if not texts:
            return []
        # Names of things all point partly the same way. Moving the origin there lets pictures and sounds, which are
        # mixtures of names, spread over the space as far as texts do.
        rows = self._text.encode(texts) - self._origin
        return [_join(meaning=row) for row in rows]

    def embed_pictures(self, pictures: Sequence[Image]) -> list[Vector]:
        """Embed RGB pictures, one at a time."""
        return [
            _join(meaning=shows, look=looks, share=PICTURE_MEANING)
            for shows, looks in map(self._picture.encode, pictures)
        ]

    def embed_sound(self, samples: np.ndarray, rate: int) -> Vector:
        """Embed mono samples."""
        if len(samples) == 0:
            raise UnreadableError("The sound has no samples.")
        if not np.isfinite(samples).all():
            raise UnreadableError("The sound has samples that are not numbers.")
        heard, timbre = self._sound.encode(np.asarray(samples, dtype=np.float32), rate)
        return _join(meaning=heard, timbre=timbre, share=SOUND_MEANING)

    def _embed_page(self, image: Image, text: str | None) -> Vector:
        picture = self.embed_pictures([image])[0]
        if not text or not text.strip():
            return picture
        vector = np.sqrt(PAGE_WORDS) * self.embed_texts([text])[0]
        vector[LOOK] = np.sqrt(1 - PAGE_WORDS) * _unit(picture[LOOK])
        return _freeze(vector)

    def _embed_clip(self, frames: Sequence[Image], sound: Sound | None) -> Vector:
        if not frames:
            raise UnreadableError("The video has no frames.")
        seen = _unit(np.mean(self.embed_pictures(frames), axis=0))
        if sound is None or len(sound.samples) == 0 or np.abs(sound.samples).max() < SILENCE:
            return _freeze(seen)
        heard = self.embed_sound(sound.samples, sound.rate)
        return _freeze(np.sqrt(VIDEO_PICTURE) * seen + np.sqrt(1 - VIDEO_PICTURE) * heard)

    def _try_texts(self, texts: Sequence[str]) -> list[Vector | ItemError]:
        answers: list[Vector | ItemError] = [ItemError("The text is empty: there are no words to embed.")] * len(texts)
        worded = [place for place, text in enumerate(texts) if text.strip()]
        try:
            vectors = self.embed_texts([texts[place] for place in worded])
        except Exception as error:  # one reason for all of them: the encoder itself failed
            return [ItemError(_explain(error))] * len(texts)
        for place, vector in zip(worded, vectors, strict=True):
            answers[place] = vector
        return answers

    @cached_property
    def _text(self) -> TextEncoder:
        from nova_explore.models.local.text import TextEncoder

        return TextEncoder(self._threads)

    @cached_property
    def _picture(self) -> PictureEncoder:
        from nova_explore.models.local.picture import PictureEncoder

        return PictureEncoder(1)

    @cached_property
    def _sound(self) -> SoundEncoder:
        from nova_explore.models.local.sound import SoundEncoder

        return SoundEncoder(1)

    @cached_property
    def _origin(self) -> Vector:
        from nova_explore.models.weights import read_arrays

        return read_arrays("picture.npz")["origin"]


def _join(
    *, meaning: np.ndarray, look: np.ndarray | None = None, timbre: np.ndarray | None = None, share: float = 1.0
) -> Vector:
    vector = np.zeros(DIMENSION, dtype=np.float32)
    vector[MEANING] = np.sqrt(share) * _unit(meaning)
    for block, detail in ((LOOK, look), (TIMBRE, timbre)):
        if detail is not None:
            vector[block] = np.sqrt(1 - share) * detail
    return _freeze(vector)


def _unit(vector: np.ndarray) -> np.ndarray:
    return vector / max(float(np.linalg.norm(vector)), 1e-12)


def _freeze(vector: np.ndarray) -> Vector:
    result = _unit(vector).astype(np.float32)
    result.setflags(write=False)
    return result


def _explain(error: Exception) -> str:
    return str(error) if isinstance(error, UnreadableError) else f"{type(error).__name__}: {error}"
