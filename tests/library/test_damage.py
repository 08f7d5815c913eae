"""A table that is missing, cut short or not to be written to is named; two writers do not lose each other's rows."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from fakes.toy_library import toy_library
from fakes.toy_model import ToyModel

from nova_explore.errors import DamagedError, LibraryError, UnwritableError
from nova_explore.exploration.chain import explore
from nova_explore.exploration.stored_maps import open_map
from nova_explore.library import lance
from nova_explore.library.lance import Tables
from nova_explore.library.store import open_library

MAP = ("map", "tree", "maps")
ALWAYS = ("items", "spaces", "vectors")


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> Path:
    """A library with a map, and items in several commits."""
    library = toy_library(tmp_path_factory.mktemp("whole") / "a.nova", per_topic=10)
    explore(library, model=ToyModel(), progress=False)
    return library.path


@pytest.fixture
def copied(whole, tmp_path) -> Path:
    return Path(shutil.copytree(whole, tmp_path / "a.nova"))


def folder_of(library: Path, table: str) -> Path:
    [folder] = library.glob(f"{table}.lance") if table in ("maps", "items", "spaces") else library.glob(f"{table}_*")
    return folder


def gone(folder: Path) -> None:
    shutil.rmtree(folder)


def without_versions(folder: Path) -> None:
    shutil.rmtree(folder / "_versions")


def without_the_newest_version(folder: Path) -> None:
    min((folder / "_versions").glob("*.manifest")).unlink()


def with_short_versions(folder: Path) -> None:
    for file in (folder / "_versions").glob("*.manifest"):
        file.write_bytes(file.read_bytes()[:40])


def with_empty_versions(folder: Path) -> None:
    for file in (folder / "_versions").glob("*.manifest"):
        file.write_bytes(b"")


def with_short_data(folder: Path) -> None:
    for file in (folder / "data").iterdir():
        file.write_bytes(file.read_bytes()[:50])


def without_data(folder: Path) -> None:
    shutil.rmtree(folder / "data")


DAMAGES = (
    gone, without_versions, without_the_newest_version, with_short_versions, with_empty_versions, with_short_data,
    without_data,
)  # fmt: skip


@pytest.mark.parametrize("table", [*ALWAYS, *MAP])
@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_damage_is_named_wherever_it_is_met_and_never_an_empty_library(copied, table, damage):
    folder = folder_of(copied, table)
    damage(folder)
    with pytest.raises(DamagedError, match=rf"table '{folder.stem}' .* is damaged: [^/]") as said:
        open_map(copied)
    assert "cargo" not in str(said.value)
    assert "rustc" not in str(said.value)


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
@pytest.mark.parametrize("table", ["items", "vectors"])
def test_nothing_is_embedded_again_into_a_damaged_library(copied, table, damage, tmp_path):
    damage(folder_of(copied, table))
    model = ToyModel(log=tmp_path / "asked.log")
    with pytest.raises(LibraryError, match="is damaged"):
        toy_library(copied, per_topic=10, model=model)
    assert not (tmp_path / "asked.log").exists()


def test_a_library_of_an_earlier_version_that_lists_no_tables_misses_its_items_all_the_same(copied):
    about = json.loads((copied / "nova.json").read_text())
    del about["tables"]
    (copied / "nova.json").write_text(json.dumps(about))
    assert len(open_library(copied).collection()) == 40
    gone(folder_of(copied, "items"))
    with pytest.raises(LibraryError, match="'items'"):
        open_library(copied).collection()


def test_a_damaged_map_is_drawn_again_once_it_is_removed(copied):
    key = folder_of(copied, "tree").stem.removeprefix("tree_")
    with_short_data(folder_of(copied, "tree"))
    library = open_library(copied)
    with pytest.raises(LibraryError, match=re.escape(f"library.maps.remove('{key}')")):
        explore(library, model=ToyModel(), progress=False)
    library.maps.remove(key)
    assert explore(library, model=ToyModel(), progress=False).key == key
    assert len(open_map(copied, key)) == 40


def test_what_cannot_be_computed_again_is_never_made_anew_over_a_damaged_table(copied):
    folder = folder_of(copied, "vectors")
    with_short_versions(folder)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    with pytest.raises(DamagedError):
        open_library(copied)._tables.replace(folder.stem, written(1))
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_a_table_that_the_library_never_had_is_none(tmp_path):
    tables = Tables(open_library(tmp_path / "a.nova", create=True).path)
    assert tables.read("nothing") is None
    assert tables.rows("nothing") is None
    assert (tables.count("nothing"), tables.version("nothing"), tables.columns("nothing")) == (0, 0, [])


def written(*values: int) -> pa.Table:
    return pa.table({"key": [str(value) for value in values], "value": list(values)})


@pytest.mark.slow
def test_writers_that_meet_lose_nothing(tmp_path):
    path = open_library(tmp_path / "a.nova", create=True).path
    faults: list[BaseException] = []

    def write(who: int) -> None:
        try:
            tables = Tables(path)
            for step in range(4):
                tables.append("log", written(10 * who + step))
                tables.upsert("latest", written(who), on=["key"])
                tables.replace("whole", written(who, who))
        except BaseException as error:
            faults.append(error)

    writers = [threading.Thread(target=write, args=(who,)) for who in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert faults == []
    tables = Tables(path)

    def values(name: str) -> list[int]:
        rows = tables.read(name)
        assert rows is not None
        return sorted(rows["value"].to_pylist())

    assert values("log") == sorted(10 * who + step for who in range(4) for step in range(4))
    assert values("latest") == [0, 1, 2, 3]
    assert len(set(values("whole"))) == 1
    assert {"log", "latest", "whole"} <= set(json.loads((path / "nova.json").read_text())["tables"])


def test_what_others_write_while_a_table_is_opened_is_no_damage(tmp_path, monkeypatch):
    tables, others = (Tables(open_library(tmp_path / "a.nova", create=True).path) for _ in range(2))
    tables.append("log", written(1))
    opened, number = tables._open, iter(range(2, 9))

    def overtaken(name: str):
        table = opened(name)
        others.append(name, written(next(number)))
        return table

    monkeypatch.setattr(tables, "_open", overtaken)
    assert tables.count("log") >= 1


def test_a_writer_that_is_always_overtaken_gives_up_with_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr(lance, "PAUSE", 0)
    tables = Tables(open_library(tmp_path / "a.nova", create=True).path)
    tables.append("log", written(1))
    asked = []

    def overtaken(_: object) -> None:
        asked.append(1)
        raise RuntimeError("lance error: LanceError(IO): Retryable commit conflict for version 7")

    with pytest.raises(LibraryError, match="another process has written 'log'"):
        tables._write("log", None, overtaken)
    assert len(asked) == lance.ATTEMPTS


FULL = "lance error: LanceError(IO): No space left on device (os error 28), /root/.cargo/registry/src/x/writer.rs:258:9"


def test_a_full_disk_is_a_sentence_and_what_was_there_stays(tmp_path):
    tables = Tables(open_library(tmp_path / "a.nova", create=True).path)
    tables.append("log", written(1))

    def full(_: object) -> None:
        raise RuntimeError(FULL)

    with pytest.raises(UnwritableError, match=r"disk of .* is full \(no space left on device\)") as said:
        tables._write("log", None, full)
    assert ".rs" not in str(said.value)
    assert tables.count("log") == 1


@pytest.fixture
def small_disk(tmp_path) -> Iterator[Path]:
    """A disk of 4 MB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    made = shutil.which("mount") and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(disk)], capture_output=True, check=False
    )
    if not made or made.returncode:
        pytest.skip("NO DISK CAN BE MOUNTED HERE, so this test did not run: it needs root")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


@pytest.mark.slow
def test_a_disk_that_fills_up_loses_no_vector_that_was_stored(small_disk):
    library = open_library(small_disk / "a.nova", create=True)
    space = ToyModel(dimension=512).space
    stored: list[str] = []

    def fill() -> None:
        for start in range(0, 100_000, 100):
            keys = [f"{number:064x}" for number in range(start, start + 100)]
            library.add_vectors(space, {key: np.eye(512, dtype=np.float32)[0] for key in keys})
            stored.extend(keys)

    with pytest.raises(UnwritableError, match="is full"):
        fill()
    assert stored
    assert open_library(library.path).embedded(space) == {*stored}


def without_rights(code: str, library: Path) -> subprocess.CompletedProcess[str]:
    """Run code as a person who may read a library and not write to it."""
    if os.geteuid() == 0 and not shutil.which("setpriv"):
        pytest.skip("ROOT WRITES EVERYWHERE and setpriv is missing, so this test did not run")
    root = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search,-fowner"] if os.geteuid() == 0 else []
    paths = os.pathsep.join(filter(None, sys.path))
    every = [library, *library.rglob("*")]
    modes = {path: path.stat().st_mode for path in every}
    for path in every:
        path.chmod(modes[path] & ~0o222)
    try:
        return subprocess.run(
            [*root, sys.executable, "-W", "always", "-c", textwrap.dedent(code), str(library)],
            env={**os.environ, "PYTHONPATH": paths}, capture_output=True, text=True, check=False,
        )  # fmt: skip
    finally:
        for path, mode in modes.items():
            path.chmod(mode)


START = """
    import sys
    import nova_explore as nx
    from fakes.toy_model import ToyModel
    from nova_explore.errors import UnwritableError
    library = nx.open_library(sys.argv[1])
"""


@pytest.mark.slow
def test_a_library_that_cannot_be_written_to_gives_its_map_and_says_that_it_is_not_kept(copied):
    code = (
        START
        + """
    one = nx.explore(library, model=ToyModel(), k=7, progress=False)
    print(one.headline)
    print(one.recluster(min_cluster_size=5).clustering.count, len(one.search_like(one.collection.ids[0], k=3)))
    print(len(nx.open_map(library)))
    """
    )
    done = without_rights(code, copied)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("40 items · ")
    assert "The map is not kept" in done.stderr
    assert "cannot be written to" in done.stderr
    assert len(open_library(copied).maps.records()) == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    "call",
    [
        "library.forget(library.collection().ids[:1])",
        "nx.embed(library.collection(), to=library.path, model=ToyModel(), progress=False)",
        "library.build_index(library.spaces()['toy'], progress=False)",
    ],
)
def test_what_must_write_says_that_it_cannot(copied, call):
    code = (
        START
        + f"""
    try:
        {call}
    except UnwritableError as error:
        print(error)
    """
    )
    done = without_rights(code, copied)
    assert "cannot be written to" in done.stdout, done.stderr
    assert len(open_library(copied).collection()) == 40


def test_a_new_library_where_nobody_may_write_says_so(tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir()
    code = """
    import sys
    import nova_explore as nx
    from nova_explore.errors import UnwritableError
    try:
        nx.open_library(sys.argv[1] + "/a.nova", create=True)
    except UnwritableError as error:
        print(error)
    """
    assert "Choose a folder that you may write to" in without_rights(code, closed).stdout


def test_foreign_errors_that_have_nothing_to_do_with_a_disk_stay_what_they_are(tmp_path):
    def fail() -> None:
        with lance.translated(tmp_path, "log"):
            raise ValueError("a mistake of ours")

    with pytest.raises(ValueError, match="a mistake of ours") as said:
        fail()
    assert not isinstance(said.value, LibraryError)


def test_a_table_of_nothing_is_not_written(tmp_path):
    library = open_library(tmp_path / "a.nova", create=True)
    library._tables.append("log", written())
    library._tables.upsert("log", written(), on=["key"])
    assert library._tables.version("log") == 0
