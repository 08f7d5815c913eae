"""What is installed, what is missing, and how to get it."""

from __future__ import annotations

import os
import platform
import re
import shutil
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from nova_explore.cache_folder import cache_folder
from nova_explore.cli.jupyter import can_show_browser
from nova_explore.sources.fetch import has_apt

DISTRIBUTION = "nova-explore"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
NEEDED_GIGABYTES = 2
"""Room for the demo collection while its packages are unpacked, and for a library, thumbnails and a report."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at.

    Attributes
    ----------
    name : str
        What was looked for.
    state : {"ok", "missing", "optional"}
        ``missing`` stops something that the default installation is for; ``optional`` does not.
    detail : str
        What was found.
    remedy : str
        What to do, empty where there is nothing to do.
    """

    name: str
    state: str
    detail: str
    remedy: str = ""


def examine() -> list[Check]:
    """Look at this machine and installation; reads the disk and the environment, never the network."""
    python = Check("Python", "ok", f"{platform.python_version()} on {platform.system()} {platform.machine()}")
    return [python, *_packages(), _weights(), _disk(), _apt(), _browser(), _display(), _aws()]


def _packages() -> list[Check]:
    """Every package that the installation asks for, read from its own metadata, extras last."""
    try:
        required = metadata.requires(DISTRIBUTION) or []
        own = Check(DISTRIBUTION, "ok", metadata.version(DISTRIBUTION))
    except metadata.PackageNotFoundError:
        return [Check(DISTRIBUTION, "missing", "not installed", "pip install nova-explore, or pip install -e . here")]
    checks = []
    for line in required:
        name = re.split(r"[\s<>=!~;\[(]", line, maxsplit=1)[0]
        extra = re.search(r"extra\s*==\s*['\"]([\w-]+)['\"]", line)
        if name.lower().replace("_", "-") == DISTRIBUTION:
            continue
        try:
            checks.append(Check(name, "ok", metadata.version(name)))
        except metadata.PackageNotFoundError:
            if extra:
                label = f"not installed (extra {extra[1]!r})"
                checks.append(Check(name, "optional", label, f"pip install 'nova-explore[{extra[1]}]'"))
            else:
                wanted = line.partition(";")[0].strip()
                checks.append(Check(name, "missing", "not installed", f"pip install '{wanted}'"))
    return [own, *sorted(checks, key=lambda check: (check.state != "missing", check.state == "optional"))]


def _weights() -> Check:
    folder = Path(__file__).parents[1] / "models" / "weights"
    files = [path for path in folder.glob("*") if path.suffix in (".onnx", ".npz", ".npy", ".json", ".txt")]
    models = [path for path in files if path.suffix == ".onnx"]
    if models:
        size = sum(path.stat().st_size for path in files) / 1e6
        return Check("local model", "ok", f"{len(models)} networks, {size:.0f} MB, in the package")
    return Check("local model", "missing", f"no weights in {folder}", "reinstall nova-explore from a complete wheel")


def _disk() -> Check:
    places = {str(place): shutil.disk_usage(_existing(place)).free / 1e9 for place in (Path.cwd(), cache_folder())}
    detail = ", ".join(f"{free:.0f} GB free for {place}" for place, free in places.items())
    if min(places.values()) < NEEDED_GIGABYTES:
        return Check("disk", "missing", detail, f"free {NEEDED_GIGABYTES} GB, or set XDG_CACHE_HOME to a larger disk")
    return Check("disk", "ok", detail)


def _existing(path: Path) -> Path:
    return next(place for place in (path, *path.parents) if place.exists())


def _apt() -> Check:
    if has_apt():
        return Check("apt", "ok", "the demo collection can be fetched from Debian packages")
    remedy = "the demo falls back to pictures and videos from the Python index; nothing else needs apt"
    return Check("apt", "optional", "not on this system", remedy)


def _browser() -> Check:
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found:
        return Check("Chromium", "ok", found)
    return Check("Chromium", "optional", "not found (only the browser tests need it)", "apt-get install chromium")


def _display() -> Check:
    if can_show_browser():
        return Check("display", "ok", "a browser can be opened")
    return Check("display", "optional", "none", "use --no-browser and open the printed address where there is one")


def _aws() -> Check:
    """Whether credentials seem to be configured; they are not read, and no service is asked."""
    folder = Path.home() / ".aws"
    named = [name for name in ("AWS_ACCESS_KEY_ID", "AWS_PROFILE", "AWS_ROLE_ARN") if os.environ.get(name)]
    named += [str(folder / name) for name in ("credentials", "config") if (folder / name).is_file()]
    if named:
        return Check("AWS credentials", "ok", f"set by {', '.join(named)}")
    remedy = "aws configure; needed for Amazon Nova and for media on S3, not for the local model"
    return Check("AWS credentials", "optional", "none found", remedy)
