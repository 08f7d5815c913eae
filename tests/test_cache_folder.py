"""One folder for all that is fetched or paid for once."""

from __future__ import annotations

from pathlib import Path

import pytest

from nova_explore import cache_folder as room
from nova_explore.cache_folder import cache_folder


@pytest.mark.parametrize(
    ("platform", "below_home"),
    [("linux", ".cache"), ("darwin", "Library/Caches"), ("win32", "AppData/Local")],
)
def test_the_cache_is_where_the_platform_wants_it(monkeypatch, tmp_path, platform, below_home):
    for name in ("NOVA_EXPLORE_CACHE", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(room.sys, "platform", platform)
    monkeypatch.setattr(room.Path, "home", lambda: tmp_path)
    assert cache_folder() == tmp_path / below_home / "nova-explore"


def test_the_environment_names_another_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.delenv("NOVA_EXPLORE_CACHE", raising=False)
    monkeypatch.setattr(room.sys, "platform", "linux")
    assert cache_folder() == tmp_path / "nova-explore"
    monkeypatch.setenv("NOVA_EXPLORE_CACHE", "~/elsewhere")
    assert cache_folder() == Path.home() / "elsewhere"


def test_the_demo_and_paid_vectors_lie_in_the_same_folder(monkeypatch, tmp_path):
    from nova_explore.models.nova.calls import Shared
    from nova_explore.sources import datasets

    monkeypatch.setenv("NOVA_EXPLORE_CACHE", str(tmp_path))
    cache = Shared(None, cache=True).cache()
    assert cache is not None
    assert cache.path.parent == tmp_path
    assert datasets.cache_folder() == tmp_path
