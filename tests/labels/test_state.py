"""What follows from a log of decisions."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from nova_explore.labels.decision import Decision, Put
from nova_explore.labels.state import last_to_redo, last_to_undo, replay


def _decision(number, action="rename", by="Ada", **parts):
    return Decision(str(number), "", by, "s", action, number=number, **parts)


def _put(number, name, *parts, by="Ada", joins=False):
    return _decision(number, by=by, puts=(Put(name, "renamed", parts, joins),))


def _id(decision):
    return None if decision is None else decision.id


def test_the_later_decision_about_an_item_holds_whoever_made_it():
    state = replay([_put(1, "birds", ("a", "b"), by="Ada"), _put(2, "ducks", ("b", "c"), by="Bo")])
    assert state.labels() == {"birds": ["a"], "ducks": ["b", "c"]}
    assert (state.made["birds"].by, state.made["ducks"].by) == ("Ada", "Bo")


def test_what_is_undone_counts_as_never_made_and_later_decisions_of_others_stay():
    log = [_put(1, "birds", ("a", "b")), _put(2, "ducks", ("b",), by="Bo"), _decision(3, "undo", of="1")]
    assert replay(log).labels() == {"ducks": ["b"]}
    assert replay([*log, _decision(4, "redo", of="1")]).labels() == {"birds": ["a"], "ducks": ["b"]}


def test_items_that_are_moved_join_the_largest_part_of_a_label():
    state = replay([_put(1, "birds", ("a",), ("b", "c")), _put(2, "birds", ("d",), joins=True)])
    assert list(state.parts("birds").values()) == [["a"], ["b", "c", "d"]]
    assert state.made["birds"].status == "renamed"


def test_everybody_undoes_their_own_decisions_the_latest_first():
    log = [_put(1, "a", ("x",)), _put(2, "b", ("y",), by="Bo"), _put(3, "c", ("z",))]
    assert _id(last_to_undo(log, "Ada")) == "3"
    log.append(_decision(4, "undo", of="3"))
    assert (_id(last_to_undo(log, "Ada")), _id(last_to_undo(log, "Bo")), last_to_undo(log, "Cy")) == ("1", "2", None)
    assert (_id(last_to_redo(log, "Ada")), last_to_redo(log, "Bo")) == ("3", None)
    assert last_to_redo([*log, _put(5, "d", ("x",))], "Ada") is None


def test_several_undone_decisions_are_done_again_in_turn():
    log = [_put(1, "a", ("x",)), _put(2, "b", ("y",)), _decision(3, "undo", of="2"), _decision(4, "undo", of="1")]
    assert _id(last_to_redo(log, "Ada")) == "1"
    log.append(_decision(5, "redo", of="1"))
    assert _id(last_to_redo(log, "Ada")) == "2"
    log.append(_decision(6, "redo", of="2"))
    assert last_to_redo(log, "Ada") is None
    assert replay(log).labels() == {"a": ["x"], "b": ["y"]}


IDS = st.lists(st.sampled_from("abcdef"), min_size=1, max_size=4, unique=True).map(tuple)


@given(st.lists(st.tuples(st.sampled_from(["put", "join", "tag", "untag", "undo", "redo"]), IDS, st.integers(0, 2),
                          st.sampled_from(["Ada", "Bo"])), max_size=30))  # fmt: skip
def test_items_labels_and_tags_agree_with_a_model_of_plain_sets(steps):
    log, labels, tags = [], {}, {}
    for number, (action, ids, name, by) in enumerate(steps, 1):
        if action in ("undo", "redo"):
            of = (last_to_undo if action == "undo" else last_to_redo)(log, by)
            if of is not None:
                log.append(_decision(number, action, by=by, of=of.id))
        elif action in ("tag", "untag"):
            log.append(_decision(number, action, by=by, ids=ids, tags=(f"tag {name}",)))
        else:
            log.append(_put(number, f"label {name}", ids, by=by, joins=action == "join"))
    undone = set()
    for one in log:
        undone = undone | {one.of} if one.action == "undo" else undone - {one.of}
    for one in log:
        if one.turns or one.id in undone:
            continue
        for put in one.puts:
            labels |= dict.fromkeys(put.parts[0], put.name)
        for id in one.ids:
            have = tags.setdefault(id, set())
            have |= {*one.tags} if one.action == "tag" else set()
            have -= {*one.tags} if one.action == "untag" else set()
    state = replay(log)
    assert {id: state.label_of(id) for id in state.part_of} == labels
    assert {id: {*of} for id, of in state.tags.items()} == {id: of for id, of in tags.items() if of}
    assert sorted(id for ids in state.labels().values() for id in ids) == sorted(labels)
    assert all(name in state.made for name in state.labels())
