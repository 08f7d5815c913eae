"""Names that a language model proposes for the clusters of a map."""

from __future__ import annotations

import pytest
from fakes.fake_converse import FakeConverse
from fakes.toy_library import copy_of

from nova_explore.errors import UnknownNameError
from nova_explore.exploration.stored_maps import open_map

MODEL = "amazon.nova-lite-v1:0"


@pytest.fixture
def own(mapped_toy_160, tmp_path):
    return open_map(copy_of(mapped_toy_160, tmp_path / "own.nova"))


def test_every_question_is_paid_for_once_and_a_name_that_is_taken_says_where_it_is_from(own):
    client = FakeConverse()
    table = own.labels.propose(MODEL, client=client)
    assert table["name"].tolist() == [own.proposed[c].keywords[0][0] for c in range(4)]
    assert table["cost"].tolist() == pytest.approx([(200 * 0.06 + 10 * 0.24) / 1e6] * 4)
    assert (table["cost"] <= table["most"]).to_numpy().all()
    again = open_map(own.library).labels.propose(MODEL, client=client)
    assert (again["known"].tolist(), again["cost"].tolist(), len(client.requests)) == ([True] * 4, [0.0] * 4, 4)
    own.labels.rename(0, table["name"].tolist()[0])
    assert own.labels.history.iloc[0]["source"] in (MODEL, "keywords")


def test_a_budget_that_may_be_passed_sends_nothing(own):
    client = FakeConverse()
    with pytest.raises(ValueError, match="Nothing was sent"):
        own.labels.propose(MODEL, budget=1e-9, client=client)
    with pytest.raises(ValueError, match="price of 'other' is not known"):
        own.labels.propose("other", budget=1, client=client)
    with pytest.raises(UnknownNameError):
        own.labels.propose(MODEL, clusters=[9], client=client)
    assert own.labels.propose(MODEL, send=False, client=client)["most"].gt(0).to_numpy().all()
    assert client.requests == []
