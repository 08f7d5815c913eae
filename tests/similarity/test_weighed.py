"""What carries a likeness, as plain values and in words."""

from __future__ import annotations

import json

from nova_explore.media.place import Place
from nova_explore.similarity.explanation import Explanation
from nova_explore.similarity.overlay import Part
from nova_explore.similarity.weighed import says, weigh


def test_a_part_of_a_picture_is_named_by_where_it_is():
    parts = tuple(
        Part("", Place("box", at), weight, weight, weight)
        for at, weight in (((0, 0, 0.25, 0.25), 0.3), ((0.4, 0.4, 0.6, 0.6), 0.2), ((0.75, 0.75, 1, 1), -0.1))
    )
    one = Explanation("q", "t", "x", 0.8, parts=parts, spread=0.1)
    assert says(one) == "Carried most by its upper left, its middle (hidden, the cosine of 0.80 loses 0.30)."


def test_the_heaviest_part_has_weight_one_and_all_of_it_is_json():
    red, a = Place("characters", (2, 5)), Place("characters", (0, 1))
    parts = (Part("red", red, -0.4, -0.5, -0.3), Part("a", a, 0.2, 0.1, 0.3))
    weighed = weigh(Explanation("q", "t", "x", 0.8, parts=parts, spread=0.1, text="a red", fills=("gap", "other")))
    assert weighed["words"] == [["a", 0.5], [" ", 0.0], ["red", -1.0]]
    assert json.loads(json.dumps(weighed)) == weighed


def test_where_nothing_carries_it_the_sentence_says_so():
    still = Explanation("q", "t", "x", 0.8, parts=(Part("", Place("box", (0, 0, 1, 1)), 0, 0, 0),), spread=0.001)
    assert says(still).startswith("Nothing in it carries the likeness")
