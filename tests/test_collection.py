"""Items keep their identity, collections their order and their alignment."""

from __future__ import annotations

import pytest
from fakes.items import text_item
from hypothesis import given
from hypothesis import strategies as st

from nova_explore.collection import Collection, Modality, Span, Unread, number_copies
from nova_explore.errors import UnknownNameError


def test_two_identical_files_are_two_items_with_one_content_key():
    first, second = number_copies([text_item("d1", "a.txt"), text_item("d1", "b.txt")])
    assert first.content_key == second.content_key
    assert (first.id, second.id) == (first.content_key[:16], f"{first.content_key[:16]}~2")


def test_the_content_key_depends_on_content_span_modality_and_reading_and_on_nothing_else():
    item = text_item("d1")
    same = text_item("d1", "elsewhere.txt", metadata={"caption": "x"}, text="words", format="md")
    assert item.content_key == same.content_key
    others = [
        text_item("d2"),
        text_item("d1", span=Span("characters", 0, 10)),
        text_item("d1", modality=Modality.PAGE),
        text_item("d1", as_image=True),
    ]
    assert len({item.content_key, *(other.content_key for other in others)}) == 5


def test_parts_of_one_source_share_a_parent_and_a_whole_source_has_none():
    parts = [text_item("d1", span=Span("seconds", start, start + 30)) for start in (0, 30)]
    assert parts[0].parent == parts[1].parent is not None
    assert text_item("d1").parent is None


@given(st.lists(st.sampled_from("abcd"), max_size=30))
def test_ids_are_unique_and_lead_back_to_their_own_item(digests):
    collection = Collection(number_copies(text_item(d, f"{i}.txt") for i, d in enumerate(digests)))
    assert len(set(collection.ids)) == len(digests)
    for place, item in enumerate(collection):
        assert collection.position(item.id) == place
        assert collection[item.id] is item


@given(st.permutations(range(12)), st.sets(st.integers(0, 11)))
def test_selecting_keeps_every_item_with_its_own_name(order, chosen):
    collection = Collection(number_copies(text_item(f"d{i}", f"{i}.txt") for i in range(12)))
    by_id = {item.id: item.name for item in collection}
    picked = collection.select([collection.ids[i] for i in order if i in chosen])
    assert [item.name for item in picked] == [f"{i}.txt" for i in order if i in chosen]
    frame = picked.to_frame()
    assert [by_id[id] for id in frame.index] == list(frame["name"])


def test_what_could_not_be_read_is_put_beside_the_same_items():
    collection = Collection(number_copies([text_item("d1"), text_item("d2")]), [Unread("x.png", "It is empty.")])
    other = collection.with_unread([Unread("y.png", "It is cut.")])
    assert [one.name for one in (*collection.unread, *other.unread)] == ["x.png", "y.png"]
    assert all(one is same for one, same in zip(collection, other, strict=True))


def test_items_are_cut_as_those_of_a_list_and_positions_given_twice_are_refused():
    collection = Collection(number_copies(text_item(f"d{i}", f"{i}.txt") for i in range(5)))
    assert [item.name for item in collection[3:0:-2]] == ["3.txt", "1.txt"]
    assert [item.name for item in collection.at([4, -5])] == ["4.txt", "0.txt"]
    with pytest.raises(ValueError, match="only 1 different"):
        collection.at([2, 2])


def test_ids_given_twice_are_refused():
    item = number_copies([text_item("d1")])[0]
    with pytest.raises(ValueError, match="only 1 different"):
        Collection([item, item])


def test_an_unknown_id_is_named_with_the_nearest_one():
    collection = Collection(number_copies([text_item("d1")]))
    wrong = collection.ids[0][:-1] + "z"
    with pytest.raises(UnknownNameError, match=f"Did you mean '{collection.ids[0]}'"):
        collection[wrong]


def test_the_summary_counts_items_and_what_could_not_be_read():
    items = number_copies([text_item("d1"), text_item("d2", "b.txt")])
    assert str(Collection(items)) == "2 items (2 text)"
    assert str(Collection(items, [Unread("x.png", "It is empty.")])).endswith("; 1 file could not be read")


def test_names_and_reasons_are_escaped_in_the_notebook():
    shown = Collection([], [Unread("<img src=x onerror=alert(1)>", "<b>bad</b>")])._repr_html_()
    assert "<img" not in shown
    assert "<b>bad" not in shown
    assert "&lt;img" in shown


def test_metadata_cannot_be_changed_and_does_not_follow_the_dict_it_came_from():
    source = {"caption": "an owl"}
    item = text_item("d1", metadata=source)
    source["caption"] = "a pig"
    assert item.metadata["caption"] == "an owl"
    with pytest.raises(TypeError):
        item.metadata["caption"] = "a cow"  # pyright: ignore[reportIndexIssue]


def test_metadata_named_like_a_column_of_ours_keeps_both():
    frame = Collection(number_copies([text_item("d1", metadata={"uri": "theirs"})])).to_frame()
    assert frame["uri"].iloc[0] == "/somewhere/a.txt"
    assert frame["metadata.uri"].iloc[0] == "theirs"


def test_the_arrow_table_holds_the_ids_first_and_each_row_its_own_item():
    items = number_copies([text_item("d1", metadata={"year": 1999}), text_item("d2", "b.txt", metadata={"year": 2004})])
    table = Collection(items).to_arrow()
    assert table.column_names == ["id", "modality", "name", "span", "text", "uri", "year"]
    assert table["id"].to_pylist() == [item.id for item in items]
    assert table["name"].to_pylist() == ["a.txt", "b.txt"]
    assert table["year"].to_pylist() == [1999, 2004]


def test_metadata_that_mixes_types_is_text_in_arrow_and_what_is_missing_stays_missing():
    years = (1999, "about 1850", None)
    items = number_copies(text_item(f"d{i}", metadata={"year": year}) for i, year in enumerate(years))
    assert Collection(items).to_arrow()["year"].to_pylist() == ["1999", "about 1850", None]
