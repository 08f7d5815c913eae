"""Which of an account's quotas holds for a call, and what is said where they may not be asked."""

from __future__ import annotations

import pytest

from nova_explore.models.nova.quotas import quotas, tokens_a_minute

FOUND = {
    "On-demand model inference tokens per day for Amazon Nova Multimodal Embeddings": 9e9,
    "Cross-region model inference tokens per minute for Amazon Nova Multimodal Embeddings": 2e6,
    "On-demand model inference tokens per minute for Amazon Nova Multimodal Embeddings": 1e6,
}


@pytest.mark.parametrize(
    ("called", "expected"), [("amazon.nova-2", 1e6), ("us.amazon.nova-2", 2e6), ("arn:aws:bedrock:x", 1e6)]
)
def test_a_profile_of_several_regions_has_the_quota_of_several_regions(called, expected):
    assert tokens_a_minute(FOUND, called) == expected


def test_without_such_a_quota_none_is_made_up():
    assert tokens_a_minute({}) is None


def test_only_quotas_of_this_model_are_listed(bedrock):
    bedrock.quotas = FOUND | {"On-demand model inference tokens per minute for Another Model": 1.0}
    assert quotas(region="us-east-1") == FOUND


@pytest.mark.slow
def test_who_may_not_ask_gets_a_reason_and_no_error(bedrock, aws):
    aws.setenv("AWS_ENDPOINT_URL_SERVICE_QUOTAS", "http://127.0.0.1:9")
    assert "no answer" in str(quotas(region="us-east-1"))
