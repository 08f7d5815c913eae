"""Reviews as JSON keep to the schema and name no folder of this machine."""

from __future__ import annotations

import json

import jsonschema
from fakes import ROOT
from fakes.stand_in import StandIn

from nova_explore.report.private_paths import hide
from nova_explore.report.review_json import review_facts, write_facts
from nova_explore.reviews.finding import Finding, Review
from nova_explore.reviews.pack import Limit


def test_facts_are_of_the_schema_and_hide_folders(tmp_path):
    review = Review("exposure", (Finding("/home/ann/x is seen.", "Gini", 0.5, 0.4, 0.6, 9),))
    limit = Limit("Gini", 0.5, None, 0.4)
    facts = review_facts(StandIn(), [review], [limit], {"by": "Ann"}, hide(["/home/ann"]))
    write_facts(facts, tmp_path / "deep" / "r.json")
    read = json.loads((tmp_path / "deep" / "r.json").read_text("utf-8"))
    jsonschema.validate(read, json.loads((ROOT / "docs/review.schema.json").read_text("utf-8")))
    assert read["reviews"][0]["findings"][0]["statement"] == "…/x is seen."
    assert read["limits"][0]["broken"] is True
    assert read["about"] == {"by": "Ann"}
