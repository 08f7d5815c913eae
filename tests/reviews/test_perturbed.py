"""Perturbed galleries: pictures are embedded again once, kept, and the range of the measure is told."""

# pyright: reportGeneralTypeIssues=false, reportCallIssue=false, reportArgumentType=false
# pyright: reportOptionalMemberAccess=false, reportAttributeAccessIssue=false
from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from fakes.drawn_people import JOBS, PeopleModel, people_exploration
from PIL import Image

from nova_explore import reviews
from nova_explore.errors import OverBudgetError, UnknownNameError
from nova_explore.reviews.perturbed import blur_background, grey
from nova_explore.reviews.pixels import pixels_of


@pytest.fixture(scope="module")
def people(tmp_path_factory):
    model = PeopleModel()
    return people_exploration(tmp_path_factory.mktemp("people"), each=8, model=model), model


QUERIES = {job: [f"a {job}"] for job in JOBS}


@pytest.mark.slow
def test_pictures_are_embedded_once_and_the_range_is_told(people):
    exploration, model = people
    options = {"k": 12, "perturbed": ("blur", "grey"), "permutations": 99}
    before = len(model.embedded)
    review = reviews.retrieval_fairness(exploration, "gender", QUERIES, **options)
    assert review.calls == len(model.embedded) - before == 4 + 2 * 64
    table = review.tables["perturbed"].set_index("pictures")["Bias@12"]
    assert table.index.tolist() == ["as they are", "blur", "grey"]
    assert table["as they are"] == pytest.approx(review.findings[0].value)
    spread = next(one for one in review.findings if one.measure == "range of Bias@12")
    assert spread.value == pytest.approx(table.max() - table.min())
    again = reviews.retrieval_fairness(exploration, "gender", QUERIES, **options)
    assert (again.calls, len(model.embedded) - before) == (0, 4 + 2 * 64)
    assert again.findings == review.findings


def test_a_perturbation_that_is_not_known_is_named(people):
    with pytest.raises(UnknownNameError, match="haze"):
        reviews.retrieval_fairness(people[0], "gender", QUERIES, k=12, perturbed=("haze",))


def test_texts_cannot_be_perturbed(exploration):
    sides = {id: "ab"[place % 2] for place, id in enumerate(exploration.collection.ids)}
    review = reviews.retrieval_fairness(exploration, sides, ["owl"], perturbed=("grey",), permutations=99)
    assert ("perturbed galleries", "the gallery has no pictures") in review.not_run


def test_the_middle_stays_sharp_and_grey_has_no_colour():
    random = np.random.default_rng(0)
    image = Image.fromarray(random.integers(0, 256, (120, 120, 3), dtype=np.uint8))
    blurred = np.asarray(blur_background(image), float)
    change = np.abs(blurred - np.asarray(image, float)).mean(axis=2)
    assert change[50:70, 50:70].max() < 1
    assert change[:10].mean() > 20
    pixels = np.asarray(grey(image))
    assert (pixels[..., 0] == pixels[..., 2]).all()


def test_pictures_of_the_library_as_queries_have_a_pixel_baseline(people):
    exploration, _ = people
    women = next(item.id for item in exploration.collection if item.metadata["gender"] == "women")
    review = reviews.retrieval_fairness(exploration, "gender", {"one": women}, k=7, permutations=99)
    counts = review.tables["raw pixels"].set_index("group")["count"]
    assert counts["women"] == 7  # hair is most of what differs in the pixels
    words = reviews.retrieval_fairness(exploration, "gender", QUERIES, k=7, permutations=99)
    assert any(check == "raw-pixel baseline" and "words have no pixels" in why for check, why in words.not_run)


def test_associations_of_pictures_have_their_pixels_beside_them(people):
    exploration, _ = people
    sets = [
        [item.id for item in exploration.collection if (item.metadata["job"], item.metadata["gender"]) == wanted][:5]
        for wanted in (("nurse", "women"), ("nurse", "men"), ("pilot", "women"), ("pilot", "men"))
    ]
    review = reviews.association(exploration, *sets, unit=list(range(10)))
    assert [one.measure for one in review.findings] == ["WEAT difference", "WEAT d", "difference in pixels"]
    rows = [pixels_of(exploration, exploration.collection.positions(ids)) for ids in sets]
    units = [row / np.linalg.norm(row, axis=1, keepdims=True) for row in rows]
    lean = [units[side] @ (units[2].mean(axis=0) - units[3].mean(axis=0)) for side in (0, 1)]
    assert review.findings[2].value == pytest.approx(lean[0].mean() - lean[1].mean())
    assert review.findings[2].p is None


@pytest.mark.slow
def test_a_budget_refuses_all_perturbed_pictures_together(tmp_path):
    class Priced(PeopleModel):
        def estimate(self, items):
            count = len(list(items))
            return SimpleNamespace(cost=0.01 * count, most=0.01 * count)

    model = Priced()
    exploration = people_exploration(tmp_path, each=8, model=model)
    before = len(model.embedded)
    with pytest.raises(OverBudgetError, match="128 perturbed pictures may cost"):
        reviews.retrieval_fairness(
            exploration, "gender", QUERIES, k=12, perturbed=("blur", "grey"), budget=1.0, permutations=99
        )
    assert len(model.embedded) - before == 4  # the queries, which the budget allows
    with pytest.raises(OverBudgetError, match="5 queries may cost"):
        reviews.effectiveness(
            exploration, {"a": "x y", "b": "z"}, {"a": [exploration.collection.ids[0]]},
            paraphrases={"a": ["u", "v", "w"]}, budget=0.045,
        )  # fmt: skip
    assert len(model.embedded) - before == 4
