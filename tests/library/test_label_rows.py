"""The log of decisions on disk."""

from __future__ import annotations

from nova_explore.library.store import open_library


def test_decisions_are_numbered_in_their_order_and_read_from_any_number_on(tmp_path):
    library = open_library(tmp_path / "a.nova", create=True)
    rows, other = library.labels, open_library(tmp_path / "a.nova").labels
    assert (rows.read(), rows.count()) == ([], 0)
    assert [rows.append({"action": "a"}), other.append({"action": "b"}), rows.append({"action": "c"})] == [1, 2, 3]
    assert [(one["number"], one["action"]) for one in rows.read()] == [(1, "a"), (2, "b"), (3, "c")]
    assert [one["action"] for one in other.read(after=2)] == ["c"]
    assert (rows.written, other.written, other.count()) == (2, 1, 3)


def test_joining_the_small_files_loses_no_decision(tmp_path, monkeypatch):
    from nova_explore.library import label_rows

    monkeypatch.setattr(label_rows, "COMPACTED", 3)
    rows = open_library(tmp_path / "a.nova", create=True).labels
    for number in range(7):
        rows.append({"action": str(number)})
    assert [one["action"] for one in rows.read()] == list("0123456")
