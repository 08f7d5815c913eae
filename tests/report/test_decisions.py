"""What people decided is gathered with who and when, also what was undone."""

from __future__ import annotations

import pytest

from nova_explore.exploration.chain import explore
from nova_explore.report.decisions import decisions_of


@pytest.mark.slow
def test_labels_notes_and_every_decision_are_gathered(own_toy_160):
    exploration = explore(own_toy_160, progress=False)
    assert decisions_of(exploration).sentence == ""
    labels = exploration.labels
    labels.by = "Ann"
    labels.rename(0, "birds")
    labels.note(0, "Looked at.")
    labels.accept(1)
    labels.undo()
    told = decisions_of(exploration)
    assert told.sentence == f"1 of {exploration.clustering.count} clusters decided"
    ((name, size, status, by, when, notes),) = told.labels
    assert (name, size, by, notes) == ("birds", len(exploration.clustering.members(0)), "Ann", "Looked at.")
    assert status == "renamed"
    assert len(when) == len("2026-11-27 20:28 UTC")
    assert [what.partition(" ")[0] for _, _, what in told.lines] == ["undo", "accept", "note", "rename"]
    assert told.lines[1][2].endswith("(undone)")
