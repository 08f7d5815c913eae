"""What a model may promise is told apart by its methods, and an account is plain values."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from fakes.toy_model import ToyModel

from nova_explore.collection import Modality
from nova_explore.models.model import (
    Account,
    AimedModel,
    DerivedModel,
    EmbeddingModel,
    PricedModel,
    StreamingModel,
    aim,
)


class Aimed(ToyModel):
    target: frozenset[Modality] = frozenset()

    def aimed_at(self, modalities):
        other = Aimed()
        other.target = modalities
        return other


def test_an_object_with_the_one_method_is_a_model_and_promises_nothing_else():
    model = ToyModel()
    assert isinstance(model, EmbeddingModel)
    for more in (AimedModel, DerivedModel, PricedModel, StreamingModel):
        assert not isinstance(model, more)


def test_an_object_without_the_method_is_no_model():
    class Nearly:
        name, space, capabilities = "nearly", ToyModel().space, ToyModel().capabilities

    assert not isinstance(Nearly(), EmbeddingModel)


def test_a_model_that_tells_kinds_apart_is_aimed_and_another_is_itself():
    model = ToyModel()
    assert aim(model, [Modality.IMAGE]) is model
    aimed: Any = aim(Aimed(), [Modality.IMAGE, Modality.PAGE])
    assert aimed.target == frozenset({Modality.IMAGE, Modality.PAGE})


def test_an_account_is_summed_up_in_plain_values_that_later_calls_do_not_change():
    account = Account(calls=3, answered=2, spent=0.12345678, truncated={"k": 8000})
    told = account.summary()
    account.truncated["later"] = 1
    assert json.loads(json.dumps(told)) == told
    assert (told["calls"], told["spent_usd"], told["truncated"]) == (3, 0.123457, {"k": 8000})


@pytest.mark.parametrize("model", [ToyModel(), ToyModel(dimension=8)])
def test_the_contract_of_a_model_holds_for_the_toy_that_other_tests_trust(model):
    from fakes.toy_library import text_items

    good, empty = text_items([("birds", "an owl"), ("none", "poison")])
    answers = model.embed_batch([good, empty, good])
    assert len(answers) == 3
    for vector in (answers[0], answers[2]):
        assert vector.dtype == np.float32
        assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)
    np.testing.assert_array_equal(answers[0], answers[2])
    assert "poison" in answers[1].reason
