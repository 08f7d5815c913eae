"""An explanation finds what carries a similarity, costs what it says, and says when it is not reliable."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from fakes.toy_library import text_items, toy_library
from fakes.toy_model import ToyModel

from nova_explore.collection import Collection, Item, Modality
from nova_explore.exploration.chain import explore
from nova_explore.media import load
from nova_explore.media.content import Picture
from nova_explore.models.model import Capabilities
from nova_explore.models.queries import embed_items
from nova_explore.similarity.background import Background
from nova_explore.similarity.explanation import explain
from nova_explore.space import Space


@pytest.fixture(scope="module")
def exploration(tmp_path_factory):
    return explore(toy_library(tmp_path_factory.mktemp("toy") / "toy.nova", per_topic=15), model=ToyModel())


def of_text(text: str, model=None) -> Background:
    model = model or ToyModel()
    collection = Collection(text_items([("", text)]))
    vectors = embed_items(model, list(collection), role="index")
    return Background(collection, vectors, model=lambda: model)


def test_the_word_that_two_texts_share_carries_their_similarity():
    known = of_text("stone river owl cloud paper lamp")
    found = explain(known, "owl", known.collection.ids[0])
    assert found.parts[0].name == "owl"
    assert found.reliable
    assert found.deletion[0] < found.deletion[1]
    assert found.insertion[0] > found.insertion[1]
    assert found.parts[0].low > 0


@pytest.mark.slow
def test_the_words_of_a_long_text_are_found_coarse_to_fine():
    draw = np.random.default_rng(0)
    words = [f"w{'abcdefghij'[i // 10]}{'abcdefghij'[i % 10]}x" for i in range(60)]
    at = int(draw.integers(60))
    words[at] = "owl"
    known = of_text(" ".join(words))
    found = explain(known, "owl", known.collection.ids[0])
    assert found.parts[0].name == "owl"


def test_a_second_question_about_the_same_item_asks_the_model_for_little(exploration):
    id = exploration.collection.ids[0]
    first = exploration.explain("owl", id)
    again = exploration.explain("owl", id)
    other = exploration.explain(exploration.collection.ids[20], id)
    assert 0 < first.calls <= first.planned
    assert again.calls == 0
    assert again.parts == first.parts
    assert other.calls < first.calls


def test_a_plan_costs_nothing_and_a_small_limit_is_refused(exploration):
    id = exploration.collection.ids[1]
    plan = exploration.explain("owl", id, max_calls=0)
    assert plan.calls == 0
    assert plan.parts == ()
    assert "takes at most" in plan.sentence
    with pytest.raises(ValueError, match="are needed"):
        exploration.explain("owl", id, max_calls=3)
    limited = exploration.explain("owl", id, max_calls=plan.planned)
    assert limited.calls <= plan.planned


class Priced(ToyModel):
    """The toy model, for money."""

    def estimate(self, items):
        class Cost:
            most = 0.001 * len(list(items))

        return Cost()


def test_nothing_is_paid_for_without_a_limit():
    known = of_text("stone river owl cloud", Priced())
    id = known.collection.ids[0]
    with pytest.raises(ValueError, match=r"about \$"):
        explain(known, "owl", id)
    assert not known.masked
    plan = explain(known, "owl", id, max_calls=0)
    assert plan.cost == pytest.approx(0.001 * plan.planned)
    paid = explain(known, "owl", id, budget=1.0)
    assert paid.parts[0].name == "owl"
    with pytest.raises(ValueError, match="are allowed"):
        explain(known, "owl", id, budget=0.002)


class Constant(ToyModel):
    """A model to which everything is the same."""

    def embed_batch(self, items, *, role="index"):
        return [np.eye(48, dtype=np.float32)[0] for _ in items]


def test_a_constant_model_yields_that_nothing_carries_it():
    known = of_text("stone river owl cloud", Constant())
    found = explain(known, "owl", known.collection.ids[0])
    assert not found.carried
    assert not found.reliable
    assert "Nothing carries it" in found.sentence


class Redness:
    """A picture's vector says how red it is; a text's is the direction of red."""

    name = "redness"
    space = Space("redness", "1", "index", 3, "1")
    capabilities = Capabilities(frozenset({Modality.TEXT, Modality.IMAGE}), 8, frozenset({Modality.IMAGE}))

    def embed_batch(self, items, *, role="index"):
        vectors = []
        for item in items:
            content = load(item)
            vector = np.array([1.0, 0.0, 0.0])
            if isinstance(content, Picture):
                pixels = np.asarray(content.image, float) / 255
                red = float(np.clip(pixels[..., 0] - pixels[..., 1:].max(axis=-1), 0, 1).mean())
                vector = np.array([red, 0.2, 0.05])
            vectors.append((vector / np.linalg.norm(vector)).astype(np.float32))
        return vectors


@pytest.mark.slow
def test_the_region_of_a_picture_that_carries_it_is_found(tmp_path: Path):
    import hashlib

    from PIL import Image

    draw = np.random.default_rng(0)
    model = Redness()
    hits = 0
    for number in range(5):
        image = Image.new("RGB", (128, 128), (90, 120, 140))
        x, y = (int(v) for v in draw.integers(0, 100, 2))
        image.paste(Image.new("RGB", (24, 24), (255, 0, 0)), (x, y))
        path = tmp_path / f"{number}.png"
        image.save(path)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        collection = Collection([Item(f"{number}", Modality.IMAGE, str(path), path.name, "png", digest)])
        known = Background(collection, embed_items(model, list(collection), role="index"), model=lambda: model)
        found = explain(known, "red", f"{number}")
        left, top, right, bottom = (128 * share for share in found.parts[0].place.at)
        hits += left < x + 24 and right > x and top < y + 24 and bottom > y
    assert hits == 5


def test_few_calls_give_fewer_parts_and_never_more_calls():
    known = of_text("stone river owl cloud paper lamp brick glass")
    for most in (24, 30, 40, 60, 100):
        known.masked.clear()
        found = explain(known, "owl", known.collection.ids[0], max_calls=most)
        assert 0 < found.calls <= most
        assert "owl" in found.parts[0].name
    with pytest.raises(ValueError, match="are needed"):
        explain(known, "owl", known.collection.ids[0], max_calls=5)


def test_words_are_quoted_once_in_the_sentence():
    known = of_text("stone river owl cloud paper lamp")
    assert "is like “owl” by" in explain(known, "owl", known.collection.ids[0], max_calls=0).sentence
