"""Getting packages of others without root and without naming a host: Debian packages by apt, wheels by pip.

Both use the index that this machine is configured for. Nothing is installed: a package is downloaded into a folder,
and only the wanted files of it are unpacked.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO
from urllib.parse import unquote

from nova_explore.errors import SourceError


@dataclass(frozen=True, slots=True)
class Package:
    """A package file on disk.

    Attributes
    ----------
    name, version : str
        As its index calls them.
    path : Path
        The ``.deb`` or ``.whl`` file.
    sha256 : str
        Of that file, in hex.
    """

    name: str
    version: str
    path: Path
    sha256: str


def has_apt() -> bool:
    """Whether Debian packages can be fetched and unpacked here."""
    return shutil.which("apt-get") is not None and shutil.which("dpkg-deb") is not None


def fetch_debian(name: str, into: Path) -> Package:
    """Download a Debian package into a folder, without root and without installing it.

    The machine's own package lists are tried first. Where they are empty or out of date (fresh containers, frozen
    images) fresh ones are read into ``into``, which leaves the system's as they are.

    Raises
    ------
    SourceError
        If apt does not know the package or cannot reach its index; carries apt's own last line.
    """
    into.mkdir(parents=True, exist_ok=True)
    if not has_apt():
        raise SourceError(
            f"The Debian package {name!r} could not be downloaded: this machine has no apt. It needs Debian, Ubuntu or "
            "a system like them."
        )
    failure = _apt("download", name, folder=into)
    if failure:
        lists = _private_lists(into / "apt")
        failure = _apt("update", options=lists, folder=into) or _apt("download", name, options=lists, folder=into)
    found = sorted(into.glob(f"{name}_*.deb"))
    if failure or not found:
        raise SourceError(
            f"The Debian package {name!r} could not be downloaded: {failure or 'apt wrote no file'}. It needs a "
            "machine whose apt reaches a package index. Try `apt-get update` and `apt-get download "
            f"{name}` by hand, or install the package."
        )
    return _package(name, unquote(found[-1].name.split("_")[1]), found[-1])


def fetch_wheel(requirement: str, into: Path) -> Package:
    """Download one wheel, without its dependencies and without installing it.

    Raises
    ------
    SourceError
        If pip is missing, does not know the package or cannot reach its index; carries pip's own last line.
    """
    into.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    command += ["--only-binary", ":all:", "--dest", str(into), requirement]
    failure = _failure(command, folder=into)
    wheels = sorted(into.glob("*.whl"), key=lambda path: path.stat().st_mtime)
    if failure or not wheels:
        raise SourceError(
            f"The Python package {requirement!r} could not be downloaded: {failure or 'pip wrote no wheel'}. "
            "It needs pip and a package index that pip can reach."
        )
    name, version = wheels[-1].name.split("-")[:2]
    return _package(name.replace("_", "-"), version, wheels[-1])


def unpack(package: Package, into: Path, *, wanted: Callable[[str], bool]) -> int:
    """Write the wanted regular files of a package below a folder and return how many there were.

    ``wanted`` is asked with every member's path, without a leading ``./``.
    """
    written = 0
    if package.path.suffix == ".whl":
        with zipfile.ZipFile(package.path) as wheel:
            for entry in wheel.infolist():
                if not entry.is_dir() and wanted(entry.filename):
                    with wheel.open(entry) as stream:
                        written += _write(entry.filename, stream, into)
        return written
    command = ["dpkg-deb", "--fsys-tarfile", str(package.path)]
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process,
        tarfile.open(fileobj=process.stdout, mode="r|") as archive,
    ):
        for member in archive:
            name = member.name.removeprefix("./")
            if member.isreg() and wanted(name) and (stream := archive.extractfile(member)):
                written += _write(name, stream, into)
    return written


def installed_version(name: str) -> str:
    """Version of an installed Debian package, or ``unknown`` where dpkg cannot tell."""
    try:
        result = subprocess.run(
            ["dpkg-query", "-W", "-f", "${Version}", name], capture_output=True, text=True, check=False
        )
    except OSError:
        return "unknown"
    return result.stdout.strip() or "unknown"


def _write(name: str, stream: IO[bytes], into: Path) -> bool:
    parts = PurePosixPath(name).parts
    if ".." in parts or name.startswith("/"):
        return False
    target = into.joinpath(*parts)
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as out:
        shutil.copyfileobj(stream, out)
    return True


def _package(name: str, version: str, path: Path) -> Package:
    with path.open("rb") as file:
        return Package(name, version, path, hashlib.file_digest(file, "sha256").hexdigest())


def _private_lists(folder: Path) -> list[str]:
    for part in ("state/lists/partial", "cache/archives/partial"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    settings = {
        "Dir::State": folder / "state",
        "Dir::State::status": "/var/lib/dpkg/status",
        "Dir::Cache": folder / "cache",
    }
    return [word for name, value in settings.items() for word in ("-o", f"{name}={value}")]


def _apt(*words: str, folder: Path, options: list[str] | None = None) -> str | None:
    # As root, apt would drop to the user _apt, who may not write here, and warn about it.
    sandbox = ["-o", "APT::Sandbox::User=root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    return _failure(["apt-get", "-qq", "-o", "Acquire::Retries=2", *sandbox, *(options or []), *words], folder=folder)


def _failure(command: list[str], *, folder: Path) -> str | None:
    """Run a command in a folder; None where it went well, else the last line that it complained with."""
    try:
        result = subprocess.run(
            command,
            cwd=folder,
            env=os.environ | {"LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
    except OSError as error:
        return str(error)
    if result.returncode == 0:
        return None
    lines = [line for line in (result.stderr + result.stdout).splitlines() if line.strip()]
    return lines[-1].strip() if lines else f"{command[0]} ended with status {result.returncode}"
