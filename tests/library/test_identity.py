"""A medium is the item that it was, whatever its file is called now; another content is another item."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from fakes.items import text_item
from fakes.toy_model import ToyModel

from nova_explore.collection import Collection, number_copies
from nova_explore.embedding.embed import embed
from nova_explore.errors import LibraryError, UnknownNameError
from nova_explore.library.identity import assign
from nova_explore.library.store import Library, open_library
from nova_explore.sources.read import read


@pytest.fixture
def media(tmp_path) -> Path:
    folder = tmp_path / "media"
    folder.mkdir()
    for number in range(6):
        (folder / f"note{number}.txt").write_text(f"owl feather n{number}", encoding="utf-8")
    return folder


@pytest.fixture
def model(tmp_path) -> ToyModel:
    return ToyModel(log=tmp_path / "asked.log")


@pytest.fixture
def library(media, model, tmp_path) -> Library:
    return embed(media, to=tmp_path / "a.nova", model=model, progress=False)


def again(library: Library, folder: Path, model: ToyModel) -> dict[str, str]:
    """Embed a folder again; id of every item by the name of its file."""
    embed(folder, to=library.path, model=model, progress=False)
    return by_name(library)


def by_name(library: Library) -> dict[str, str]:
    return {Path(item.uri).name: item.id for item in library.collection()}


def asked(model: ToyModel) -> list[str]:
    return [] if model.log is None else model.log.read_text().split()


def test_a_renamed_folder_keeps_every_item(library, media, model):
    before = by_name(library)
    moved = media.rename(media.with_name("pictures of 2024"))
    assert again(library, moved, model) == before
    assert all(Path(item.uri).parent == moved for item in library.collection())
    assert len(asked(model)) == 6


def test_renamed_files_keep_their_items_and_the_order_stays(library, media, model):
    before = [item.id for item in library.collection()]
    for number in (1, 4):
        (media / f"note{number}.txt").rename(media / f"z{number}.txt")
    after = again(library, media, model)
    assert [item.id for item in library.collection()] == before
    assert (after["z1.txt"], after["z4.txt"]) == (before[1], before[4])


def test_two_files_that_swap_their_names_swap_their_addresses(library, media, model):
    before = by_name(library)
    (media / "note0.txt").rename(media / "x")
    (media / "note1.txt").rename(media / "note0.txt")
    (media / "x").rename(media / "note1.txt")
    after = again(library, media, model)
    assert after == before | {"note0.txt": before["note1.txt"], "note1.txt": before["note0.txt"]}
    assert len(asked(model)) == 6


def test_an_edited_file_is_another_item_in_the_same_place(library, media, model):
    before = by_name(library)
    (media / "note2.txt").write_text("quite other words now", encoding="utf-8")
    after = again(library, media, model)
    assert list(after) == list(before)
    assert {name for name in before if before[name] != after[name]} == {"note2.txt"}
    assert len(asked(model)) == 7


def test_an_edit_that_is_taken_back_is_not_paid_for_twice(library, media, model):
    before = by_name(library)
    text = (media / "note2.txt").read_text(encoding="utf-8")
    (media / "note2.txt").write_text("quite other words now", encoding="utf-8")
    again(library, media, model)
    (media / "note2.txt").write_text(text, encoding="utf-8")
    assert again(library, media, model) == before
    assert len(asked(model)) == 7


def test_a_copy_is_an_item_of_its_own_while_the_first_file_is_there(library, media, model):
    before = by_name(library)
    shutil.copy(media / "note0.txt", media / "copy.txt")
    after = again(library, media, model)
    assert after == before | {"copy.txt": f"{before['note0.txt']}~2"}
    assert len(asked(model)) == 6


def test_copies_that_move_together_keep_their_ids_each_by_its_folder(tmp_path, model):
    for part in ("a", "b", "c"):
        (tmp_path / "media" / part).mkdir(parents=True)
        (tmp_path / "media" / part / "same.txt").write_text("one and the same", encoding="utf-8")
    library = embed(tmp_path / "media", to=tmp_path / "a.nova", model=model, progress=False)
    before = {Path(item.uri).parent.name: item.id for item in library.collection()}
    (tmp_path / "media").rename(tmp_path / "moved")
    embed(Collection(reversed(list(read(tmp_path / "moved", progress=False)))), to=library.path, model=model)
    assert {Path(item.uri).parent.name: item.id for item in library.collection()} == before


def test_a_file_over_which_a_copy_was_written_is_replaced_by_the_copy(library, media, model):
    before = by_name(library)
    shutil.copy(media / "note0.txt", media / "note5.txt")
    after = again(library, media, model)
    assert after == before | {"note5.txt": f"{before['note0.txt']}~2"}


def test_rows_of_a_table_that_change_places_keep_their_items(tmp_path, model):
    table = tmp_path / "t.csv"
    table.write_text("text\nowl nest\nsail mast\nloaf crust\n", encoding="utf-8")
    library = embed(table, to=tmp_path / "a.nova", model=model, progress=False)
    before = {item.text: item.id for item in library.collection()}
    table.write_text("text\nloaf crust\nowl nest\nsail mast\nplanet moon\n", encoding="utf-8")
    embed(table, to=library.path, model=model, progress=False)
    after = {item.text: item.id for item in library.collection()}
    assert {text: after[text] for text in before} == before
    assert len(after) == len(library.collection()) == 4


def test_two_data_frames_are_two_sources_though_their_rows_have_the_same_names(tmp_path, model):
    import pandas as pd

    for words in ("owl nest", "sail mast"):
        embed(pd.DataFrame({"text": [words]}), to=tmp_path / "a.nova", model=model, progress=False)
    assert [item.text for item in open_library(tmp_path / "a.nova").collection()] == ["owl nest", "sail mast"]


def test_items_whose_addresses_name_no_file_are_never_taken_for_moved_or_edited():
    known = number_copies([text_item("1"), text_item("2")])  # two contents at one address that is not there
    assigned = assign(
        known, {item.id: place for place, item in enumerate(known)}, [text_item("3"), text_item("1", "b")]
    )
    assert assigned.replaced == ()
    assert [assigned.positions[id] for id in assigned.items] == [2, 3]
    assert list(assigned.items)[1] == f"{known[0].id}~2"


def test_forgotten_items_come_back_with_their_ids_and_cost_nothing(library, media, model):
    before = by_name(library)
    gone = [before["note1.txt"], before["note3.txt"]]
    assert library.forget(gone).ids == tuple(gone)
    assert set(by_name(library)) == {"note0.txt", "note2.txt", "note4.txt", "note5.txt"}
    assert again(library, media, model) == before
    assert len(asked(model)) == 6


@pytest.mark.slow
def test_an_item_that_is_added_after_others_were_forgotten_comes_last(library, media, model):
    before = by_name(library)
    library.forget([before["note0.txt"], before["note1.txt"]])
    (media / "new.txt").write_text("anchor rope", encoding="utf-8")
    embed(media / "new.txt", to=library.path, model=model, progress=False)
    assert list(by_name(library)) == ["note2.txt", "note3.txt", "note4.txt", "note5.txt", "new.txt"]
    embed(media / "note3.txt", to=library.path, model=model, progress=False)
    assert list(by_name(library)) == ["note2.txt", "note3.txt", "note4.txt", "note5.txt", "new.txt"]


def test_the_number_of_a_forgotten_copy_is_free_again_and_no_other(library, media, model):
    first = by_name(library)["note0.txt"]
    for name in ("x.txt", "y.txt"):
        shutil.copy(media / "note0.txt", media / name)
    assert {first, f"{first}~2", f"{first}~3"} <= set(again(library, media, model).values())
    library.forget([f"{first}~2"])
    after = again(library, media, model)
    assert (after["note0.txt"], after["x.txt"], after["y.txt"]) == (first, f"{first}~2", f"{first}~3")


def test_an_unknown_id_forgets_nothing(library):
    with pytest.raises(UnknownNameError):
        library.forget([library.collection().ids[0], "nothing"])
    assert len(library.collection()) == 6


def test_nothing_is_forgotten_while_another_process_writes(library):
    with library.writing(), pytest.raises(LibraryError, match="another process"):
        open_library(library.path).forget(library.collection().ids[:1])


@pytest.mark.slow
def test_files_that_are_gone_are_said_and_listed_and_their_items_stay(library, media, model):
    for number in (0, 5):
        (media / f"note{number}.txt").unlink()
    with pytest.warns(UserWarning, match=r"2 items have no file any more \(note0.txt, note5.txt\).*forget"):
        again(library, media, model)
    assert len(library.collection()) == 6
    assert [item.name for item in library.gone()] == ["note0.txt", "note5.txt"]
    library.forget(library.gone().ids)
    assert len(library.gone()) == 0
    again(library, media, model)  # and nothing is said


def test_files_elsewhere_are_not_missed_when_another_folder_is_read(library, media, model, tmp_path):
    (media / "note0.txt").unlink()
    other = tmp_path / "other"
    other.mkdir()
    (other / "a.txt").write_text("anchor rope", encoding="utf-8")
    again(library, other, model)
    assert len(library.collection()) == 7
