"""Words are cut as the encoder learned them, and a long text is the mean of its chunks."""

from __future__ import annotations

import numpy as np
import pytest

from nova_explore.models.local.text import (
    BATCH,
    CHUNK_TOKENS,
    PADDING,
    TextEncoder,
    WordPiece,
    cut_batches,
    split_words,
)
from nova_explore.models.weights import path_of


def test_words_are_cut_as_uncased_bert_cuts_them():
    assert split_words("Café-Bar, naïve\u200b中文!\t\x00") == ["cafe", "-", "bar", ",", "naive", "中", "文", "!"]
    pieces = WordPiece(["[UNK]", "[CLS]", "[SEP]", "un", "##aff", "##able", "runn", "##ing"])
    assert pieces.encode("Unaffable running") == [3, 4, 5, 6, 7]
    assert pieces.encode("unaffabley " + "x" * 101) == [0, 0]


def test_the_tokeniser_agrees_with_the_reference_implementation():
    tokenizers = pytest.importorskip("tokenizers")
    reference = tokenizers.BertWordPieceTokenizer(str(path_of("vocabulary.txt")), lowercase=True)
    ours = WordPiece(path_of("vocabulary.txt").read_text(encoding="utf-8").split("\n"))
    texts = [
        "The quick brown fox can't jump over 13½ lazy dogs...",
        "Ünïcödé ÅNGSTRÖM İstanbul straße ﬁne Ⅷ",
        "東京タワー 한국어 العربية हिन्दी ไทย",
        "e-mail: a.b@c.org — “quoted” €5, 100% #tag_x 🙂👍🏽",
        "line\nbreaks\tand\u00a0spaces\u2028here\u00ad soft\u200bzero",
        "supercalifragilisticexpialidocious " + "a" * 101,
    ]
    for text in texts:
        assert ours.encode(text) == reference.encode(text, add_special_tokens=False).ids, text


@pytest.fixture(scope="module")
def encoder() -> TextEncoder:
    return TextEncoder(threads=1)


def test_every_text_has_a_unit_row_of_its_own_in_order(encoder):
    texts = ["an owl", "a ferry in the harbour", "an owl"]
    rows = encoder.encode(texts)
    assert rows.shape == (3, 384)
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(rows[0], rows[2], atol=1e-6)
    np.testing.assert_allclose(encoder.encode(texts[1:2])[0], rows[1], atol=1e-5)


def test_a_text_of_several_chunks_is_their_mean_by_length(encoder):
    # "owl" and "ferry" are one piece each: two full chunks of the first, half a chunk of the second.
    half = CHUNK_TOKENS // 2
    long = " ".join(["owl"] * (2 * CHUNK_TOKENS) + ["ferry"] * half)
    owls, ferries = encoder.encode([" ".join(["owl"] * CHUNK_TOKENS), " ".join(["ferry"] * half)])
    mean = 2 * CHUNK_TOKENS * owls + half * ferries
    np.testing.assert_allclose(encoder.encode([long])[0], mean / np.linalg.norm(mean), atol=1e-4)


def test_batches_hold_every_chunk_once_and_next_to_no_padding():
    lengths = [int(length) for length in np.random.default_rng(0).integers(3, 257, 1000)]
    batches = cut_batches(lengths)
    assert sorted(position for batch in batches for position in batch) == list(range(1000))
    for batch in batches:
        assert len(batch) <= BATCH
        assert max(lengths[at] for at in batch) <= (1 + PADDING) * min(lengths[at] for at in batch)
    assert cut_batches([]) == []
