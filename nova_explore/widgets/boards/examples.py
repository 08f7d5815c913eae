"""What a search asks for besides words: items and files to be like or unlike; and the searches of the session by name.

This board has no tab: its face is beside the search box.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from nova_explore.similarity.sides import ONE, Example, Pasted
from nova_explore.widgets.board import NOTHING, Answer, Later, kept_for

Some = Example | Sequence[Example]
"""One example or several."""

MOST_SEARCHES = 30
LIKE, UNLIKE = 1, -1


@dataclass(frozen=True, slots=True)
class Examples:
    """What results should be like, and unlike; false where nothing was asked for.

    Attributes
    ----------
    like, unlike : tuple of Example
        Ids of items, or files.
    """

    like: tuple[Example, ...] = ()
    unlike: tuple[Example, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.like or self.unlike)

    def plus(self, example: Example, sign: int) -> Examples:
        """Ask for one more; one that was asked for with the other sign changes sides."""
        left = self.without(example)
        if sign > 0:
            return Examples((*left.like, example), left.unlike)
        return Examples(left.like, (*left.unlike, example))

    def without(self, example: Example) -> Examples:
        """Ask for one less."""
        return Examples(*(tuple(one for one in side if one != example) for side in (self.like, self.unlike)))

    @property
    def parts(self) -> list[tuple[int, Example]]:
        """All of them with their sign, in the order in which they are shown."""
        return [(LIKE, one) for one in self.like] + [(UNLIKE, one) for one in self.unlike]


@dataclass
class Searches:
    """The searches of an app by their name, the latest last: words and examples."""

    by_name: dict[str, tuple[str, Examples]] = field(default_factory=dict)

    def note(self, name: str, query: str, examples: Examples) -> None:
        """Remember one more."""
        self.by_name.pop(name, None)
        self.by_name[name] = query, examples
        for oldest in list(self.by_name)[:-MOST_SEARCHES]:
            del self.by_name[oldest]


def facts(app: Any) -> dict[str, Any]:
    """The parts of the search that is shown, and the names of all searches, the latest first."""
    searches = kept_for(app, Searches)
    if app.ranking is not None:
        searches.note(app.ranking.query, app.query, app.like)
    parts = app.like.parts if app.ranking is not None else []
    return {
        "parts": [{"sign": sign, "title": title_of(app, one), "id": id_of(one)} for sign, one in parts],
        "searches": list(reversed(searches.by_name)),
        "now": app.ranking.query if app.ranking is not None else "",
    }


def title_of(app: Any, example: Example) -> str:
    """What a person calls a part."""
    if isinstance(example, Pasted):
        return example.name
    return app.exploration.collection[app.exploration.collection.position(str(example))].title


def id_of(example: Example) -> str:
    """Id of an item; empty for a file."""
    return example if isinstance(example, str) else ""


def ask_words(app: Any, *, query: str) -> Answer:
    """Search for other words and the same parts."""
    app.search(query, like=_now(app).like, unlike=_now(app).unlike)
    return NOTHING


def ask_part(app: Any, *, id: str, sign: int) -> Answer:
    """Search for what is like, or unlike, one more item; where nothing else is asked for, for what is like it."""
    now = _now(app)
    if sign < 0 and not app.query and not now.like:
        raise ValueError("Results can be less like an item only where they are to be like something. Search first.")
    return _search(app, now.plus(id, sign))


def ask_file(app: Any, *, name: str, sign: int, data: bytes) -> Later:
    """Search for what is like, or unlike, a file that was chosen, pasted or dropped in."""
    file = Pasted(data, name)
    background = app.exploration.finder.background
    return Later(
        "reading the file", lambda: background.example(file), lambda _: _search(app, _now(app).plus(file, sign)),
        urgent=True,
    )  # fmt: skip


def drop_part(app: Any, *, place: int) -> Answer:
    """Search without one of the parts."""
    return _search(app, _now(app).without(_now(app).parts[place][1]))


def turn_part(app: Any, *, place: int) -> Answer:
    """Ask for the opposite of one of the parts."""
    sign, example = _now(app).parts[place]
    turned = _now(app).plus(example, -sign)
    if not app.query and not turned.like:
        raise ValueError("A search needs something that results should be like: words, an item or a file.")
    return _search(app, turned)


def search_again(app: Any, *, name: str) -> Answer:
    """Show a search of this session again, by its name."""
    query, examples = kept_for(app, Searches).by_name[name]
    return _search(app, examples, query)


def _search(app: Any, examples: Examples, query: str | None = None) -> Answer:
    query = app.query if query is None else query
    if not query and not examples.like:
        app.clear()
    else:
        app.search(query, like=examples.like, unlike=examples.unlike)
    return NOTHING


def _now(app: Any) -> Examples:
    return app.like if app.ranking is not None else Examples()


def plain(examples: Some) -> tuple[Example, ...]:
    """Several examples, where one may be passed."""
    return (examples,) if isinstance(examples, ONE) else tuple(examples)  # pyright: ignore[reportReturnType]


ANSWERS = (ask_words, ask_part, ask_file, drop_part, turn_part, search_again)
OWN_ACTS = frozenset({"ask_words", "ask_part", "ask_file", "drop_part", "turn_part", "search_again"})
"""They search by `App.search`, which notes itself as an act."""
