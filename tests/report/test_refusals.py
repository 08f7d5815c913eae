"""What got no vector is one row a cause, with one remedy; the service's own words, which differ, are left out."""

from __future__ import annotations

import pytest
from fakes.toy_library import text_items, toy_library

from nova_explore.collection import Collection
from nova_explore.exploration.chain import explore
from nova_explore.report.page import render_report
from nova_explore.report.refusals import refusals
from nova_explore.space import ItemError


def test_equal_causes_are_one_row_whatever_the_service_said_of_each():
    items = text_items([("", f"text {n}") for n in range(5)])
    keys = [item.content_key for item in items]
    reasons = {key: f"Too long. Split it. The service said: {key}" for key in keys[:3]} | {keys[3]: "Blocked. Wait."}
    kinds = dict.fromkeys(keys[:3], "refused") | {keys[3]: "blocked"}
    failed = [{"content_key": key, "family": "text too long", "request_id": "r"} for key in keys[:3]]
    found = refusals(items, reasons, kinds, [{"id": "a"}, {"id": "b", "account": {"failed_requests": failed}}])
    assert [(row.family, row.count, row.remedy) for row in found] == [
        ("text too long", 3, "Too long. Split it."),
        ("blocked for its content", 1, "Blocked. Wait."),
    ]
    assert "never sent again" in found[1].fate
    assert found[0].such_as == tuple(item.title for item in items[:3])


@pytest.mark.slow
@pytest.mark.parametrize("refused", [0, 2])
def test_the_report_has_the_table_only_where_something_was_refused(tmp_path, refused):
    library = toy_library(tmp_path / "a.nova", per_topic=10)
    (space,) = library.spaces().values()
    exploration = explore(library)
    texts = Collection(text_items([("", f"<b>another</b> {n}") for n in range(refused)]))
    library.add(texts)
    library.add_failures(space, {item.content_key: ItemError("Too <i>long</i>.", "refused") for item in texts})
    page = render_report(exploration, title="A map")
    assert ("What got no vector" in page) is bool(refused)
    assert ("Too &lt;i&gt;long&lt;/i&gt;." in page) is bool(refused)
