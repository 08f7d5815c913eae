"""What a run would cost is said before anything is sent, is what it then costs, and a budget is never passed."""

from __future__ import annotations

import json
import random
import warnings

import pytest
from fakes.toy_library import text_items, toy_collection
from fakes.toy_model import topic_texts

from nova_explore.collection import Collection, Item, Modality, Span
from nova_explore.embedding.embed import embed, estimate
from nova_explore.models.cost import check_budget, count_of, count_tokens, dollars, load_prices, price_of_one
from nova_explore.models.cost import estimate as estimate_items
from nova_explore.models.nova.model import NovaModel


def item(modality: Modality, place: int = 0, **more) -> Item:
    return Item(f"{modality}{place}", modality, "/x", "x", "x", f"{place:064d}", **more)


def test_every_modality_is_counted_in_its_own_unit():
    items = [
        item(Modality.IMAGE), item(Modality.IMAGE, 1), item(Modality.PAGE),
        item(Modality.AUDIO, metadata={"duration": 12.5}), item(Modality.VIDEO, span=Span("seconds", 30, 50)),
        item(Modality.TEXT, text="x" * 4000),
    ]  # fmt: skip
    found = estimate_items(items, load_prices("us-east-1"))
    assert {line.modality: line.units for line in found.lines} == {
        "text": 1000, "image": 2, "page": 1, "audio": 12.5, "video": 20,
    }  # fmt: skip
    # By hand from the price file: 0.000135 + 2 * 0.00006 + 0.0006 + 12.5 * 0.00014 + 20 * 0.0007
    assert found.cost == pytest.approx(0.000135 + 0.00012 + 0.0006 + 0.00175 + 0.014)
    assert found.most > found.cost


def test_copies_are_counted_once():
    assert estimate_items([item(Modality.IMAGE), item(Modality.IMAGE)], load_prices("us-east-1")).calls == 1


def test_a_region_or_modality_without_a_price_is_said_to_have_none():
    nowhere = estimate_items([item(Modality.IMAGE)], load_prices("eu-central-1"))
    assert nowhere.unknown == ("image",)
    assert nowhere.cost == 0
    assert "no price is known" in str(nowhere)
    assert estimate_items([item(Modality.PAGE)], load_prices("us-gov-west-1")).unknown == ("page",)


def test_an_estimate_says_what_is_not_certain_and_where_its_prices_are_from():
    said = str(estimate_items([item(Modality.IMAGE, n) for n in range(1000)], load_prices("us-east-1")))
    assert "1,000 images · $0.06" in said
    assert "not confirmed" in said
    assert "$0.06, at most $0.60" in said
    assert load_prices("us-east-1").date in said


def test_scripts_without_letters_of_latin_kind_are_a_token_a_character():
    assert count_tokens("a" * 400) == 100
    assert count_tokens("静" * 400) == 400
    assert count_tokens("") == 1


@pytest.mark.parametrize(
    ("amount", "said"), [(0, "$0.00"), (1234.5, "$1,234.50"), (0.0102, "$0.01"), (0.00021, "less than a cent")]
)
def test_a_sum_is_said_to_the_cent_and_never_as_nothing(amount, said):
    assert dollars(amount) == said


@pytest.mark.parametrize(
    ("amount", "said"), [(0.0006, "$0.0006"), (0.000135, "$0.00014"), (0.0000017, "$0.0000017"), (0.3, "$0.30")]
)
def test_the_price_of_one_call_is_said_in_the_digits_that_count(amount, said):
    assert price_of_one(amount) == said


@pytest.mark.parametrize("budget", [-1, float("nan"), float("inf")])
def test_a_budget_that_is_no_amount_of_money_is_refused(budget, tmp_path):
    with pytest.raises(ValueError, match="no amount of US dollars"):
        check_budget(budget)
    with pytest.raises(ValueError, match="no amount of US dollars"):
        embed(toy_collection(1), to=tmp_path / "a.nova", budget=budget, progress=False)


def test_one_is_not_many():
    assert [count_of(n, "record in batch jobs") for n in (1, 2)] == [
        "1 record in batch jobs",
        "2 records in batch jobs",
    ]


@pytest.mark.slow
def test_the_estimate_is_to_the_cent_what_is_charged_for_a_mixed_library(bedrock, awkward, tmp_path):
    texts = text_items(topic_texts(50))
    mixed = Collection([*awkward, *texts])
    expected = estimate(mixed, to=tmp_path / "a.nova", model="nova")
    library = embed(mixed, to=tmp_path / "a.nova", model="nova", progress=False)
    assert expected is not None
    assert expected.cost > 0.01
    assert round(expected.cost, 2) == round(bedrock.billed, 2)
    assert library.runs()[-1]["account"]["spent_usd"] == pytest.approx(bedrock.billed, abs=0.001)
    spared = library.runs()[-1]["account"]["cached"]  # media that are the same bytes when they are prepared
    assert expected.calls == bedrock.summary()["requests"] + spared


@pytest.mark.slow
@pytest.mark.parametrize("share", [0.2, 0.6])
def test_a_budget_is_used_and_never_passed_and_a_higher_one_goes_on(bedrock, awkward, tmp_path, share):
    bedrock.latency = 0.01
    model = NovaModel(cache=False)
    whole = estimate(awkward, to=tmp_path / "a.nova", model=model)
    assert whole is not None
    budget = share * whole.most
    with pytest.warns(UserWarning, match="keep within the budget"):
        library = embed(awkward, to=tmp_path / "a.nova", model=model, budget=budget, progress=False)
    assert 0 < bedrock.billed <= budget
    left = library.failures(model.space)
    assert all("more than was left of the budget of" in reason for reason in left.values())
    assert len(left) + len(library.embedded(model.space)) == len({item.content_key for item in awkward})
    embed(awkward, to=tmp_path / "a.nova", model=model, budget=whole.most * 2, progress=False)
    assert library.failures(model.space) == {}
    assert bedrock.summary()["good"] == len(library.embedded(model.space))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_the_estimate_is_the_bill_in_any_order_of_budgets_and_sources(bedrock, tmp_path, seed):
    draw = random.Random(seed)
    texts = text_items(topic_texts(30))
    model = NovaModel()
    for step in range(6):
        some = Collection(draw.sample(texts, draw.randint(1, 40)))
        expected = estimate(some, to=tmp_path / "a.nova", model=model)
        assert expected is not None
        budget = draw.choice([None, None, expected.most * draw.random()])
        sent, billed = bedrock.summary()["requests"], bedrock.billed
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            embed(some, to=tmp_path / "a.nova", model=model, budget=budget, progress=False)
        sent, billed = bedrock.summary()["requests"] - sent, bedrock.billed - billed
        if budget is None:
            assert (sent, round(billed, 2)) == (expected.calls, round(expected.cost, 2)), step
        else:
            assert sent <= expected.calls
            assert billed <= budget
    assert bedrock.summary()["sent_again"] == 0


@pytest.mark.slow
def test_a_budget_holds_through_faults_whose_charge_is_unknown(bedrock, tmp_path):
    bedrock.faults = 0.3
    collection = toy_collection(20)
    budget = 0.00005
    with pytest.warns(UserWarning, match="keep within the budget"):
        embed(collection, to=tmp_path / "a.nova", model="nova", budget=budget, progress=False)
    assert 0 < bedrock.billed <= budget


@pytest.mark.slow
def test_without_a_price_a_budget_cannot_be_kept_and_nothing_is_sent(bedrock, aws, tmp_path):
    model = NovaModel(region="us-west-2")
    with pytest.warns(UserWarning, match="budget"):
        library = embed(toy_collection(1), to=tmp_path / "a.nova", model=model, budget=1.0, progress=False)
    assert "no price is known" in next(iter(library.failures(model.space).values()))
    assert bedrock.summary()["requests"] == 0


def test_a_model_that_costs_nothing_has_no_estimate(tmp_path):
    from fakes.toy_model import ToyModel

    assert estimate(toy_collection(1), to=tmp_path / "a.nova", model=ToyModel()) is None


def test_an_estimate_leaves_no_trace(bedrock, tmp_path):
    estimate(toy_collection(1), to=tmp_path / "a.nova", model="nova")
    assert not (tmp_path / "a.nova").exists()
    assert bedrock.summary()["requests"] == 0


def test_every_price_has_its_unit_and_says_whether_it_is_certain():
    from pathlib import Path

    from nova_explore.models import cost

    listed = json.loads(Path(cost.__file__).with_name("prices.json").read_text())
    assert {"date", "source", "currency", "model"} <= listed.keys()
    for prices in listed["regions"].values():
        assert set(prices) == set(Modality)
        for price in prices.values():
            assert price["confirmed"] or price["why"]
            assert price["usd"] is None or price["usd"] <= price["most"]
