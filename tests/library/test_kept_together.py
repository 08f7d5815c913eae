"""Whatever happens to a library and its media, items, media and vectors stay together, and nothing is paid for twice.

A small disk is played: files are added, copied, renamed, swapped, edited and deleted, the whole is moved, items are
forgotten, a table is lost and comes back. After every step the library must agree with a plain list of what
is on the disk and with the vector of each text as the model makes it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import textwrap
import warnings
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from fakes.toy_model import ToyModel
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from nova_explore.collection import ID_LENGTH
from nova_explore.embedding.embed import embed
from nova_explore.errors import LibraryError
from nova_explore.library.store import Library, open_library
from nova_explore.media import access

TEXTS = st.sampled_from([f"owl feather n{number}" for number in range(8)])
NAMES = st.sampled_from(["a.txt", "b.txt", "c.txt", "sub/a.txt", "sub/d.txt"])
PLACES = st.integers(0, 30)
TABLES = st.sampled_from(["items", "spaces", "runs", "vectors"])


class LibraryOnADisk(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.home = self.folder / "home0"
        (self.home / "media").mkdir(parents=True)
        self.model = ToyModel(dimension=8, log=self.folder / "asked.log")
        self.moves = 0
        self.files: dict[str, str] = {}
        self.known: dict[str, str] = {}
        """What the library should hold: text by name of a file, of deleted files too."""
        self.ids: dict[str, str] = {}

    def teardown(self) -> None:
        shutil.rmtree(self.folder)

    @property
    def library(self) -> Library:
        return open_library(self.home / "a.nova", create=True)

    def write(self, name: str, text: str) -> None:
        path = self.home / "media" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        self.files[name] = text

    @initialize(text=TEXTS)
    def begin(self, text: str) -> None:
        self.write("a.txt", text)
        self.read_again()

    @rule(name=NAMES, text=TEXTS)
    def write_or_edit(self, name: str, text: str) -> None:
        self.write(name, text)

    @rule(one=NAMES, other=NAMES)
    def rename_or_swap(self, one: str, other: str) -> None:
        if one in self.files and one != other:
            texts = self.files.pop(one), self.files.pop(other, None)
            (self.home / "media" / one).unlink()
            self.write(other, texts[0])
            if texts[1] is not None:
                self.write(one, texts[1])

    @rule(name=NAMES)
    def delete(self, name: str) -> None:
        if len(self.files) > 1 and self.files.pop(name, None) is not None:
            (self.home / "media" / name).unlink()

    @rule()
    def read_again(self) -> None:
        before = Counter(self.known.values())
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of files that are gone
            embed(self.home / "media", to=self.library.path, model=self.model, progress=False)
        held = {item.uri: item for item in self.library.collection()}
        assert len(held) == len(self.library.collection()), "two items share an address"
        here = {str(self.home / "media" / name): text for name, text in self.files.items()}
        assert {uri: held[uri].text for uri in here if uri in held} == here
        # What is on the disk no longer is there only as what it was, and never more often than before.
        rest = Counter(str(item.text) for uri, item in held.items() if uri not in here)
        assert not rest - before
        self.known = {uri: str(item.text) for uri, item in held.items()}
        for uri, item in held.items():
            if self.ids.get(item.id, item.text) != item.text:
                raise AssertionError(f"{item.id} was of another content ({uri})")
            self.ids[item.id] = str(item.text)

    @rule()
    def move_everything(self) -> None:
        self.moves += 1
        self.home = self.home.rename(self.folder / f"home{self.moves}")
        self.known = {uri.replace(f"home{self.moves - 1}", f"home{self.moves}"): t for uri, t in self.known.items()}

    @rule(place=PLACES)
    def forget(self, place: int) -> None:
        items = self.library.collection()
        if len(items) > 1:
            item = items[place % len(items)]
            self.library.forget([item.id])

    @rule(table=TABLES)
    def damage(self, table: str) -> None:
        for folder in self.library.path.glob(f"{table}*.lance"):
            aside = folder.rename(self.folder / "aside")
            try:
                with pytest.raises(LibraryError, match=folder.stem):
                    embed(self.home / "media", to=self.library.path, model=self.model, progress=False)
            finally:
                shutil.rmtree(folder, ignore_errors=True)
                aside.rename(folder)

    @invariant()
    def items_media_and_vectors_are_together(self) -> None:
        if not (self.home / "a.nova").exists():
            return
        library = self.library
        items = library.collection()
        vectors, present = library.vectors(self.model.space, [item.content_key for item in items])
        assert present.all()
        for item, vector in zip(items, vectors, strict=True):
            assert item.id.partition("~")[0] == item.content_key[:ID_LENGTH]
            made = self.model.embed_batch([item], role="query")[0]
            assert isinstance(made, np.ndarray)
            np.testing.assert_allclose(vector, made, atol=1e-6)
            try:
                shown = access.locate(item).read_text(encoding="utf-8")
            except ValueError:
                continue  # gone, or edited since it was read: said, and never shown as another
            assert shown == item.text

    @invariant()
    def nothing_is_paid_for_twice(self) -> None:
        log = self.model.log
        asked = log.read_text().split() if log is not None and log.exists() else []
        assert max(Counter(asked).values(), default=0) <= 1


LibraryOnADisk.TestCase.settings = settings(
    max_examples=6,
    stateful_step_count=10,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
TestLibraryOnADisk = LibraryOnADisk.TestCase


EMBED = """
    import sys, time
    from pathlib import Path
    from fakes.toy_model import ToyModel
    from nova_explore.embedding.embed import embed
    from nova_explore.errors import LibraryError

    library, folder, log = (Path(name) for name in sys.argv[1:])
    for _ in range(600):
        try:
            embed(folder, to=library, model=ToyModel(dimension=8, log=log), progress=False)
            break
        except LibraryError as error:
            if "another process" not in str(error):
                raise
            time.sleep(0.05)
"""


@pytest.mark.slow
def test_four_processes_that_write_one_library_take_turns_and_pay_once(tmp_path):
    for writer in range(4):
        (tmp_path / f"media{writer}").mkdir()
        for number in range(5):
            text = f"owl feather n{number}" if number < 2 else f"owl nest w{writer} n{number}"  # two are shared
            (tmp_path / f"media{writer}" / f"{number}.txt").write_text(text, encoding="utf-8")
    logs = [tmp_path / f"{writer}.log" for writer in range(4)]
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(EMBED), tmp_path / "a.nova", tmp_path / f"media{writer}", log],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            stderr=subprocess.PIPE, text=True,
        )
        for writer, log in enumerate(logs)
    ]  # fmt: skip
    faults = [writer.communicate()[1] for writer in writers]
    assert [writer.returncode for writer in writers] == [0] * 4, faults
    library = open_library(tmp_path / "a.nova")
    items = library.collection()
    assert len({item.uri for item in items}) == len(items) == 20
    vectors, present = library.vectors(ToyModel(dimension=8).space, [item.content_key for item in items])
    assert present.all()
    for item, vector in zip(items, vectors, strict=True):
        assert access.locate(item).read_text(encoding="utf-8") == item.text
        made = ToyModel(dimension=8).embed_batch([item], role="query")[0]
        assert isinstance(made, np.ndarray)
        np.testing.assert_allclose(vector, made, atol=1e-6)
    asked = [key for log in logs if log.exists() for key in log.read_text().split()]
    assert len(asked) == len(set(asked)) == 14
