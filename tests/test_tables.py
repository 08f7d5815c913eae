"""A value shows itself in a notebook with every word of the collection as text."""

from __future__ import annotations

from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from nova_explore.tables import MOST_ROWS, show_table


class Seen(HTMLParser):
    """The elements of a page, and the words in its cells."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.words: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)

    def handle_data(self, data):
        self.words.append(data)


HOSTILE = st.text(alphabet=st.sampled_from("<>&\"'/ab script=img;"), max_size=40)


@given(HOSTILE, HOSTILE, HOSTILE, HOSTILE)
def test_no_text_becomes_an_element_and_every_text_is_shown_as_it_is(title, column, cell, note):
    seen = Seen(show_table(title, [column], [[cell]], notes=[note]))
    assert seen.tags == {"div", "b", "table", "thead", "tbody", "tr", "th", "td"}
    assert "".join(seen.words) == title + note + column + cell


def test_numbers_stand_on_the_right_and_are_grouped_or_rounded():
    shown = show_table("t", ["name", "items", "share"], [["owls", 12_345, 0.25]])
    assert "text-align:left'>owls" in shown
    assert "text-align:right'>12,345" in shown
    assert "text-align:right'>0.250" in shown


def test_rows_beyond_the_most_are_counted():
    shown = show_table("t", ["n"], [[f"row {n}"] for n in range(MOST_ROWS + 3)])
    assert f"row {MOST_ROWS - 1}<" in shown
    assert f"row {MOST_ROWS}<" not in shown
    assert "and 3 more" in shown


def test_without_rows_there_is_no_table():
    assert show_table("t", ["n"]) == "<div><b>t</b></div>"
