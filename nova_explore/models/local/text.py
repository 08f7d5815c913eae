"""Text of the local model: WordPiece tokens and the MiniLM sentence encoder, English.

The tokeniser is our own because the usual library brings an HTTP client and a model hub along (43 MB with what it
depends on) for what is, for this one vocabulary, a page of code; the tests compare the two.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from nova_explore.models.weights import open_session, path_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

# The encoder was trained on at most 256 tokens, two of which mark the ends (all-MiniLM-L6-v2, sentence_bert_config).
CHUNK_TOKENS = 254
# A text of half a million characters has no more to say in one vector; the first 64 chunks are some 12,000 words.
CHUNKS = 64
BATCH = 64
PADDING = 0.15
"""Tokens by which a chunk may be longer than the shortest of its batch: padding costs as much as words do."""
LONGEST_WORD = 100

_CHINESE = (("\u3400", "\u4dbf"), ("\u4e00", "\u9fff"), ("\uf900", "\ufaff"), ("\U00020000", "\U0002fa1f"))
_ASCII_SYMBOLS = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")


class WordPiece:
    """Greedy longest-match subwords over a fixed vocabulary, lower-cased and without accents.

    Follows Wu et al. 2016 (arXiv:1609.08144) with the normalisation of uncased BERT (Devlin et al. 2019).

    Parameters
    ----------
    vocabulary : sequence of str
        A piece's place is its id; pieces that continue a word begin with ``##``.
    """

    def __init__(self, vocabulary: Sequence[str]) -> None:
        self._ids = {piece: number for number, piece in enumerate(vocabulary)}
        self.unknown, self.start, self.end = (self._ids[name] for name in ("[UNK]", "[CLS]", "[SEP]"))
        self._pieces_of = lru_cache(maxsize=50_000)(self._cut_word)

    def encode(self, text: str) -> list[int]:
        """Return the ids of a text's pieces, without end marks."""
        return [piece for word in split_words(text) for piece in self._pieces_of(word)]

    def _cut_word(self, word: str) -> tuple[int, ...]:
        if len(word) > LONGEST_WORD:
            return (self.unknown,)
        pieces, begin = [], 0
        while begin < len(word):
            for end in range(len(word), begin, -1):
                piece = self._ids.get(("##" if begin else "") + word[begin:end])
                if piece is not None:
                    pieces.append(piece)
                    begin = end
                    break
            else:
                return (self.unknown,)
        return tuple(pieces)


def split_words(text: str) -> list[str]:
    """Cut a text into lower-case words and single symbols; Chinese characters stand alone."""
    cleaned = unicodedata.normalize("NFD", "".join(map(_clean, text)))
    plain = "".join(c for c in cleaned if unicodedata.category(c) != "Mn").lower()
    return "".join(f" {c} " if _stands_alone(c) else c for c in plain).split()


def _clean(character: str) -> str:
    if character in "\t\n\r" or unicodedata.category(character) == "Zs":
        return " "
    if character in "\x00\ufffd" or unicodedata.category(character)[0] == "C":
        return ""
    return character


def _stands_alone(character: str) -> bool:
    if character in _ASCII_SYMBOLS or unicodedata.category(character)[0] == "P":
        return True
    return any(first <= character <= last for first, last in _CHINESE)


def cut_batches(lengths: Sequence[int]) -> list[list[int]]:
    """Positions of chunks of about the same length, shortest first, at most 64 together.

    Examples
    --------
    >>> cut_batches([9, 3, 10, 3])
    [[1, 3], [0, 2]]
    """
    batches: list[list[int]] = []
    for position in sorted(range(len(lengths)), key=lengths.__getitem__):
        batch = batches[-1] if batches else []
        if batch and len(batch) < BATCH and lengths[position] <= (1 + PADDING) * lengths[batch[0]]:
            batch.append(position)
        else:
            batches.append([position])
    return batches


class TextEncoder:
    """Texts to unit vectors of 384 numbers; a long text is the mean over its chunks."""

    def __init__(self, threads: int) -> None:
        self._pieces = WordPiece(path_of("vocabulary.txt").read_text(encoding="utf-8").split("\n"))
        self._session: Any = open_session("text.onnx", threads)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one unit row a text, (n, 384) float32; every text must contain a piece."""
        chunks, owners = [], []
        for owner, text in enumerate(texts):
            ids = self._pieces.encode(text)
            for begin in range(0, max(len(ids), 1), CHUNK_TOKENS)[:CHUNKS]:
                chunks.append([self._pieces.start, *ids[begin : begin + CHUNK_TOKENS], self._pieces.end])
                owners.append(owner)
        rows = self._encode_chunks(chunks)
        # A chunk counts by its length, so that a last chunk of three words does not weigh as much as a full one.
        lengths = np.array([len(chunk) - 2 for chunk in chunks], dtype=np.float32).clip(1)
        total = np.zeros((len(texts), rows.shape[1]), dtype=np.float32)
        np.add.at(total, owners, rows * lengths[:, None])
        return total / np.linalg.norm(total, axis=1, keepdims=True)

    def _encode_chunks(self, chunks: Sequence[Sequence[int]]) -> NDArray[np.float32]:
        rows: NDArray[np.float32] = np.empty((len(chunks), 384), dtype=np.float32)
        for places in cut_batches([len(chunk) for chunk in chunks]):
            width = max(len(chunks[place]) for place in places)
            ids = np.zeros((len(places), width), dtype=np.int64)
            mask = np.zeros((len(places), width), dtype=np.float32)
            for row, place in enumerate(places):
                ids[row, : len(chunks[place])] = chunks[place]
                mask[row, : len(chunks[place])] = 1
            rows[places] = self._session.run(["vector"], {"ids": ids, "mask": mask})[0]
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)
