"""A person's decisions about the clusters of a map."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest
from fakes import ROOT
from fakes.toy_library import copy_of

from nova_explore.errors import OvertakenWarning, TooFewItemsError, UnknownNameError, UnwritableError
from nova_explore.exploration.chain import explore
from nova_explore.exploration.stored_maps import open_map
from nova_explore.library.store import open_library


@pytest.fixture
def own(mapped_toy_160, tmp_path):
    """A map of four clusters of forty items in a library of one test alone."""
    return open_map(copy_of(mapped_toy_160, tmp_path / "own.nova"))


def members(exploration, cluster):
    return [exploration.collection.ids[position] for position in exploration.clustering.members(cluster)]


def test_a_name_that_is_accepted_is_the_label_of_its_items_everywhere(own):
    name = own.name_of(0)
    assert own.labels.accept(0) == name
    assert {own.labels.of(id) for id in members(own, 0)} == {name}
    assert own.frame.loc[members(own, 0), "label"].eq(name).all()
    assert own.frame.loc[members(own, 1), "label"].isna().all()
    row = own.labels.table.iloc[0]
    assert (row["name"], row["size"], row["status"], row["by"]) == (name, 40, "accepted", own.labels.by)
    assert row["score"] == own.proposed[0].score
    assert own.labels.progress == (1, 4)


def test_a_new_name_is_on_the_map_in_the_table_and_in_another_app_over_the_library(own):
    other = open_map(open_library(own.library.path))
    assert other.name_of(1) != "water birds"
    own.labels.rename(1, "water  birds")
    assert (own.name_of(1), own.names[1].source) == ("water birds", "person")
    assert own.clusters.loc[1, "name"] == "water birds"
    assert other.frame.loc[members(own, 1), "cluster_name"].eq("water birds").all()
    assert other.name_of(1) == "water birds"


def test_merged_clusters_are_one_label_that_both_carry_and_undo_parts_them(own):
    own.labels.merge([0, 1], "both")
    assert (own.name_of(0), own.name_of(1)) == ("both", "both")
    assert own.labels.table.loc[0, ["name", "size", "status"]].tolist() == ["both", 80, "merged"]
    own.labels.rename(1, "the pair")
    assert own.name_of(0) == "the pair"
    assert [own.labels.undo(), own.labels.undo(), own.labels.undo()] == ["rename", "merge", None]
    assert own.names == own.proposed
    assert [own.labels.redo(), own.labels.redo(), own.labels.redo()] == ["merge", "rename", None]
    assert own.name_of(0) == "the pair"


def test_a_cluster_is_split_along_the_tree_into_labels_that_hold_all_of_its_items(own):
    names = own.labels.split(2, into=3)
    assert len({*names}) == 3
    parts = [set(own.labels.ids_of(name)) for name in names]
    assert set.union(*parts) == {*members(own, 2)}
    assert sum(map(len, parts)) == 40
    with pytest.raises(TooFewItemsError):
        own.labels.split(2 if own.labels.carried().get(2) else names[0], into=41)


def test_chosen_items_of_a_cluster_become_a_label_of_their_own(own):
    old, chosen = own.name_of(0), members(own, 0)[:5]
    assert own.labels.split(0, ids=chosen, name="young") == ("young", old)
    assert (own.labels.of(chosen[0]), own.labels.of(members(own, 0)[9])) == ("young", old)
    assert own.name_of(0) == old
    assert own.labels.unattached["name"].tolist() == ["young"]
    with pytest.raises(UnknownNameError, match="item in"):
        own.labels.split(1, ids=chosen, name="x")
    with pytest.raises(ValueError, match="not none and not all"):
        own.labels.split(1, ids=members(own, 1), name="x")


def test_items_move_between_labels_and_carry_tags_and_notes(own):
    own.labels.rename(0, "a")
    moved = members(own, 1)[:3]
    own.labels.move(moved, to="a")
    assert own.labels.table.set_index("name")["size"].to_dict()["a"] == 43
    own.labels.tag(moved, "to check", "print")
    own.labels.untag(moved[0], "print")
    assert (own.labels.tags_of(moved[0]), own.frame["tags"][moved[1]]) == (("to check",), ("to check", "print"))
    own.labels.note("a", "ask Ada")
    own.labels.note(moved[0], "blurred")
    assert own.labels.table.loc[0, "notes"] == ("ask Ada",)
    assert own.labels.history["action"].tolist() == ["rename", "move", "tag", "untag", "note", "note"]


def test_a_cluster_that_is_mixed_says_so_and_no_other_mark_is_known(own):
    name = own.name_of(0)
    assert own.labels.mark(0, "mixed") == f"mixed: {name}"
    assert own.labels.table.loc[0, "status"] == "mixed"
    with pytest.raises(ValueError, match="one of 'mixed', 'unsure', 'done'"):
        own.labels.mark(0, "bad")


def test_labels_hold_their_items_when_clusters_are_found_anew(own):
    own.labels.rename(0, "first")
    own.labels.split(1, ids=members(own, 1)[:4], name="few")
    again = own.recluster(min_cluster_size=8)
    assert again.labels.of(members(own, 0)[0]) == "first"
    assert "first" in {name.name for name in again.names.values()}
    assert "few" in again.labels.unattached["name"].tolist()
    assert explore(own.library, progress=False).names.keys() == own.names.keys()


def test_what_is_no_cluster_and_no_label_is_refused_and_nothing_is_written(own):
    for call in (
        lambda: own.labels.accept(9),
        lambda: own.labels.rename("nothing", "x"),
        lambda: own.labels.tag(["no id"], "x"),
        lambda: own.labels.of("no id"),
        lambda: own.labels.merge([0], "x"),
        lambda: own.labels.rename(0, " "),
        lambda: own.labels.move([], to="x"),
        lambda: own.labels.tag(members(own, 0)),
        lambda: own.labels.note(0, ""),
        lambda: own.labels.rename(0, None),
        lambda: own.labels.tag(members(own, 0), 5),
        lambda: own.labels.merge("ab", "x"),
        lambda: own.labels.merge(0, "x"),
        lambda: own.labels.split(0, into=1),
        lambda: own.labels.split(0, ids=[], name="x"),
        lambda: own.labels.keep(own.labels.learn(members(own, 0)[:3]), ""),
    ):
        with pytest.raises((UnknownNameError, ValueError)):
            call()
    assert len(own.labels.history) == 0


def test_a_metadata_column_of_the_same_name_gives_way():
    from fakes.toy_library import text_item

    from nova_explore.collection import Collection
    from nova_explore.exploration.columns import column_names

    item = text_item("a")
    object.__setattr__(item, "metadata", {"label": "x", "tags": "y"})
    assert column_names(Collection([item]))["metadata.label"] == "label"


def test_a_library_that_cannot_be_written_says_so_and_shows_what_it_holds(own, monkeypatch):
    from nova_explore.library import label_rows

    own.labels.rename(0, "birds")

    def refused(*_, **__):
        raise UnwritableError("'own.nova' cannot be written to. Make it writable, or work on a copy.")

    monkeypatch.setattr(label_rows, "locked", refused)
    with pytest.raises(UnwritableError, match="Make it writable"):
        own.labels.rename(0, "ducks")
    assert own.name_of(0) == "birds"
    assert own.labels.history["action"].tolist() == ["rename"]


def test_tags_with_odd_characters_are_kept_as_they_are_read(own):
    own.labels.tag(own.collection.ids[0], "=1+1", "<b>", "a;b", "emoji 🐦", "two\nlines", "null\0byte")
    assert own.labels.tags_of(own.collection.ids[0]) == ("=1+1", "<b>", "a;b", "emoji 🐦", "two lines", "nullbyte")


def test_labels_show_themselves_in_a_notebook_with_every_name_escaped(own):
    own.labels.rename(0, "<img src=x onerror=alert(1)>")
    assert "<img" not in own.labels._repr_html_()
    assert repr(own.labels) == "<Labels: 1, 1 of 4 clusters decided>"
    assert len(own.labels) == 1


def test_a_notebook_shows_when_a_label_was_decided_to_the_minute(own):
    own.labels.accept(0)
    (when, *_) = own.labels.table["when"]
    shown = own.labels._repr_html_()
    assert f"{when[:10]} {when[11:16]} UTC" in shown
    assert when not in shown


# ---- two people, and a kernel that is killed ------------------------------------------------------------------------


def test_of_two_people_at_once_the_later_wins_and_the_other_is_told(own):
    bo = open_map(open_library(own.library.path)).labels
    own.labels.by, bo.by = "Ada", "Bo"
    assert len(bo.history) == 0
    own.labels.rename(0, "birds")
    bo.rename(0, "ducks")
    with pytest.warns(
        OvertakenWarning, match=r"Bo has decided 'rename' \('ducks'\) about 40 of the items of your 'rename'"
    ):
        assert own.labels.of(members(own, 0)[0]) == "ducks"
    assert own.labels.history[["by", "action"]].to_numpy().tolist() == [["Ada", "rename"], ["Bo", "rename"]]


def test_whoever_makes_errors_of_warnings_sees_what_was_decided_all_the_same(own):
    bo = open_map(open_library(own.library.path)).labels
    bo.by = "Bo"
    told = []
    own.labels.follow(lambda: told.append(own.name_of(0)))
    own.labels.rename(0, "birds")
    bo.rename(0, "ducks")
    with pytest.raises(OvertakenWarning):
        own.labels.refresh()
    assert told == ["birds", "ducks"]


def test_the_one_who_comes_later_without_having_seen_it_is_told_too(own, monkeypatch):
    bo = open_map(open_library(own.library.path)).labels
    own.labels.by, bo.by = "Ada", "Bo"
    rows = own.labels._log._rows
    append = rows.append

    def overtaken(record):
        bo.rename(0, "ducks")
        return append(record)

    monkeypatch.setattr(rows, "append", overtaken)
    with pytest.warns(OvertakenWarning, match="Bo decided 'rename' .* a moment before"):
        own.labels.rename(0, "birds")
    assert own.labels.of(members(own, 0)[0]) == "birds"


KILLED = """
import sys
sys.path.insert(0, {tests!r})
from fakes.toy_model import ToyModel
from nova_explore.models import registry
registry._FACTORIES["toy"] = ToyModel
from nova_explore.exploration.stored_maps import open_map
labels = open_map({library!r}).labels
ids = labels._labelled.collection.ids
first = ids[0]
{call}
print("done", flush=True)
sys.stdin.read()
"""

CALLS = {
    "accept": "labels.accept(0)", "rename": "labels.rename(0, 'x')", "merge": "labels.merge([0, 1], 'x')",
    "split": "labels.split(0)", "mark": "labels.mark(2)", "move": "labels.move(first, to='x')",
    "tag": "labels.tag(first, 'x')", "untag": "labels.untag(first, 'x')", "note": "labels.note(0, 'x')",
    "learn": "labels.keep(labels.learn(ids[:3], ids[40:43]), 'x')", "undo": "labels.undo()", "redo": "labels.redo()",
}  # fmt: skip


@pytest.mark.slow
def test_a_kernel_that_is_killed_after_any_decision_forgets_nothing(own):
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    for number, call in enumerate(CALLS.values(), 1):
        code = KILLED.format(tests=str(ROOT / "tests"), library=str(own.library.path), call=call)
        with subprocess.Popen([sys.executable, "-c", code], env=env, **pipes) as kernel:
            assert kernel.stdout
            assert kernel.stdout.readline() == "done\n"
            kernel.kill()
            assert kernel.wait() == -signal.SIGKILL
        actions = ["tag" if name == "learn" else name for name in CALLS][:number]
        left = open_map(open_library(own.library.path)).labels
        assert left.history["action"].tolist() == actions
    assert own.labels.tags_of(own.collection.ids[0]) == ("x",)
    own.labels.rename(3, "after the kill")
    assert own.name_of(3) == "after the kill"
