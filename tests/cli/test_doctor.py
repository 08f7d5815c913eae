"""The doctor names what is missing and how to get it, and never looks beyond this machine."""

from __future__ import annotations

import socket
from importlib import metadata

import pytest

from nova_explore.cli import doctor
from nova_explore.cli.doctor import Check, examine


def by_name(checks: list[Check]) -> dict[str, Check]:
    return {check.name: check for check in checks}


@pytest.fixture
def installed(monkeypatch):
    """A machine with these packages installed, and requirements of every form."""
    versions = {"nova-explore": "1.2.3", "numpy": "2.0"}
    required = ["numpy>=1.26", "lancedb>=0.30", "rapidocr>=3.4; extra == 'ocr'", 'nova-explore[ocr]; extra == "all"']

    def version(name: str) -> str:
        if name not in versions:
            raise metadata.PackageNotFoundError(name)
        return versions[name]

    monkeypatch.setattr(doctor.metadata, "version", version)
    monkeypatch.setattr(doctor.metadata, "requires", lambda _: required)
    return versions


def test_a_missing_requirement_is_missing_and_comes_with_its_command(installed):
    check = by_name(examine())["lancedb"]
    assert (check.state, check.remedy) == ("missing", "pip install 'lancedb>=0.30'")


def test_a_missing_extra_is_optional_and_names_the_extra(installed):
    check = by_name(examine())["rapidocr"]
    assert (check.state, check.remedy) == ("optional", "pip install 'nova-explore[ocr]'")


def test_what_is_there_comes_with_its_version(installed):
    checks = by_name(examine())
    assert (checks["numpy"].state, checks["numpy"].detail) == ("ok", "2.0")
    assert checks["nova-explore"].detail == "1.2.3"


def test_a_source_tree_that_is_not_installed_is_said_to_be_so(installed):
    del installed["nova-explore"]
    assert by_name(examine())["nova-explore"].state == "missing"


def test_a_full_disk_is_missing_room(monkeypatch):
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _: doctor.shutil._ntuple_diskusage(10, 9, 1))
    assert by_name(examine())["disk"].state == "missing"


def test_without_apt_the_demo_still_works_and_the_doctor_says_how(monkeypatch):
    monkeypatch.setattr(doctor, "has_apt", lambda: False)
    check = by_name(examine())["apt"]
    assert check.state == "optional"
    assert "falls back" in check.remedy


def test_credentials_are_noticed_and_never_shown(monkeypatch, tmp_path):
    monkeypatch.setattr(doctor.Path, "home", lambda: tmp_path)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_PROFILE", "AWS_ROLE_ARN"):
        monkeypatch.delenv(name, raising=False)
    assert by_name(examine())["AWS credentials"].state == "optional"
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "made-up-value")
    check = by_name(examine())["AWS credentials"]
    assert check.state == "ok"
    assert "made-up-value" not in repr(check)


def test_the_doctor_asks_no_network(monkeypatch):
    monkeypatch.setattr(socket.socket, "connect", lambda *_: pytest.fail("a connection was opened"))
    assert examine()


def test_whatever_is_not_ok_comes_with_a_remedy():
    assert not [check.name for check in examine() if check.state != "ok" and not check.remedy]
