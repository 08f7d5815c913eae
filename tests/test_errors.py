"""Errors say what was given, what is needed and what to do."""

from __future__ import annotations

import pytest

from nova_explore.errors import MissingExtraError, UnknownNameError, import_extra


def test_an_unknown_name_suggests_the_nearest_and_lists_what_there_is():
    message = str(UnknownNameError("model", "nvoa", ["nova", "local"]))
    assert message == "No model named 'nvoa'. Did you mean 'nova'? There is: local, nova."


def test_a_long_list_of_names_is_cut():
    message = str(UnknownNameError("item", "zzz", [f"{n:03}" for n in range(100)]))
    assert message.endswith("010, 011, ….")


def test_a_missing_package_is_named_with_the_extra_that_brings_it():
    with pytest.raises(MissingExtraError) as caught:
        import_extra("package_that_is_not_there.part", feature="Reading scans", extra="ocr")
    assert caught.value.name == "package_that_is_not_there"
    assert "pip install 'nova-explore[ocr]'" in str(caught.value)


def test_a_broken_installation_is_not_reported_as_a_missing_one(tmp_path, monkeypatch):
    (tmp_path / "installed_but_broken.py").write_text("import package_that_is_not_there\n", "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ModuleNotFoundError) as caught:
        import_extra("installed_but_broken", feature="x", extra="x")
    assert not isinstance(caught.value, MissingExtraError)
