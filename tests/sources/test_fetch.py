from __future__ import annotations

import hashlib
import zipfile

import pytest

from nova_explore.errors import SourceError
from nova_explore.sources import fetch


@pytest.fixture
def wheel(tmp_path):
    path = tmp_path / "a-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("a/data/lake.txt", "A lake.")
        file.writestr("a/code.py", "pass")
        file.writestr("../outside.txt", "no")
    return fetch.Package("a", "1.0", path, hashlib.sha256(path.read_bytes()).hexdigest())


def test_only_what_is_wanted_is_unpacked_and_nothing_outside(wheel, tmp_path):
    into = tmp_path / "in" / "side"
    assert fetch.unpack(wheel, into, wanted=lambda name: name.endswith(".txt")) == 1
    assert [path.relative_to(into).as_posix() for path in into.rglob("*.txt")] == ["a/data/lake.txt"]
    assert not (tmp_path / "in" / "outside.txt").exists()


def test_a_machine_without_apt_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(fetch, "has_apt", lambda: False)
    with pytest.raises(SourceError, match="has no apt"):
        fetch.fetch_debian("a", tmp_path)


def test_a_version_that_dpkg_does_not_know_is_unknown():
    assert fetch.installed_version("no-such-package-of-that-name") == "unknown"
