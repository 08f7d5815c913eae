"""The prefix of a long vector is the service's own short one only where own items show it."""

from __future__ import annotations

import pytest
from fakes.toy_library import text_items
from fakes.toy_model import topic_texts

from nova_explore.errors import SpaceMismatchError
from nova_explore.models.nova.model import NovaModel
from nova_explore.models.nova.prefix import check_prefix, trust_prefix


def test_prefixes_are_of_another_space_unless_a_check_on_own_items_finds_them_the_same(bedrock):
    items = text_items(topic_texts(1))
    model = NovaModel(dimension=256, prefix_of=3072)
    assert model.space != NovaModel(dimension=256).space
    found = check_prefix(model, items)
    assert (found.agrees, found.n) == (True, 4)
    assert trust_prefix(model, items).space == NovaModel(dimension=256).space


def test_prefixes_that_differ_stay_apart(bedrock, monkeypatch):
    from fakes import bedrock_rules

    whole = bedrock_rules.answer

    def other(about):
        if about["dimension"] == 256:
            about = about | {"words": "something else"}
        return whole(about)

    monkeypatch.setattr("fakes.fake_bedrock.answer", other)
    with pytest.raises(SpaceMismatchError, match="differ"):
        trust_prefix(NovaModel(dimension=256, prefix_of=3072), text_items(topic_texts(1)))
