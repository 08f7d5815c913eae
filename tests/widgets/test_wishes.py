"""A trait that code sets is done, once, and an error is seen and leaves the trait as it was."""

from __future__ import annotations

import traitlets as t

from nova_explore.widgets.wishes import Wishes


class Box(t.HasTraits):
    query = t.Unicode()
    last_error = t.Unicode()


def listening() -> tuple[Box, list[str], Wishes]:
    box, done = Box(), []
    wishes = Wishes(box, {"query": ""})

    def search(words: str) -> None:
        if words == "bad":
            raise ValueError("No such words.")
        done.append(words)
        wishes.tell(query=words)

    wishes.listen({"query": search})
    return box, done, wishes


def test_what_code_sets_is_done_once():
    box, done, _ = listening()
    box.query = "dog"
    assert done == ["dog"]


def test_what_the_app_says_itself_asks_for_nothing():
    box, done, wishes = listening()
    wishes.tell(query="dog")
    assert box.query == "dog"
    assert done == []


def test_an_error_is_seen_and_the_trait_is_what_it_was():
    box, done, _ = listening()
    box.query = "dog"
    box.query = "bad"
    assert box.query == "dog"
    assert "No such words" in box.last_error
    box.query = "cat"
    assert box.last_error == ""
    assert done == ["dog", "cat"]
