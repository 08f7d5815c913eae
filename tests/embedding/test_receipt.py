"""What a run has cost, in a sentence and as plain values."""

from __future__ import annotations

import json

import pytest

from nova_explore.embedding.receipt import given_up, receipt, sentence

RECORD = {
    "id": "r", "started": "2026-11-27T10:00:00", "ended": "2026-11-27T10:01:00", "model": "nova", "embedded": 4,
    "failures": {"service": 1, "blocked": 2},
    "service": {"caller": "arn:aws:iam::111122223333:user/u", "region": "us-east-1"},
    "account": {
        "calls": 9, "answered": 6, "cached": 3, "spent_usd": 0.02, "at_most_usd": 0.06,
        "by_modality": {
            "text": {"calls": 5, "tokens": 120, "usd": 0.01}, "image": {"calls": 1, "tokens": 30, "usd": 0.01},
        },
        "failed_requests": [{"content_key": "k", "family": "model fault", "request_id": "abc"}],
    },
}  # fmt: skip


def test_a_receipt_has_calls_tokens_dollars_and_the_requests_that_failed():
    paid = receipt(RECORD)
    assert (paid["calls"], paid["tokens"], paid["usd_low"], paid["usd_high"]) == (9, 150, 0.02, 0.06)
    assert paid["failed_requests"] == ["abc"]
    assert paid["not_embedded"] == {"service": 1, "blocked": 2}
    assert json.loads(json.dumps(paid)) == paid


def test_a_run_without_an_account_has_a_receipt_of_nothing():
    paid = receipt({"id": "r", "started": "", "model": "local"})
    assert sentence(paid) == "Nothing was spent."
    assert given_up(paid) == ""


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (0.02, 0.06, "about $0.02, at most $0.06"),
        (0.02, 0.021, "about $0.02,"),
        (1e-6, 2e-6, "about less than a cent,"),
    ],
)
def test_the_sentence_says_two_sums_only_where_they_differ(low, high, said):
    assert said in sentence({"usd_low": low, "usd_high": high, "calls": 3, "from_cache": 0})


def test_what_the_same_call_would_still_bring_is_said_with_what_to_do():
    said = given_up({"not_embedded": {"service": 1, "budget": 3, "blocked": 2}})
    assert "1 item was given up" in said
    assert "3 items were not sent" in said
    assert "Make the same call again with a higher budget" in said
    assert given_up({"not_embedded": {"blocked": 2, "refused": 1}}) == ""
