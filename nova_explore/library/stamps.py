"""When and with what something was made."""

from __future__ import annotations

import platform
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version

RECORDED_PACKAGES = (
    "nova-explore", "numpy", "onnxruntime", "lancedb", "pillow", "av", "soundfile", "pypdfium2", "scipy",
    "hdbscan", "scikit-learn", "numba", "rapidocr", "boto3",
)  # fmt: skip


def package_versions() -> dict[str, str]:
    """Versions of Python and of the installed packages that a result can depend on."""
    versions = {"python": platform.python_version()}
    for package in RECORDED_PACKAGES:
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            continue
    return versions


def now() -> str:
    """Return the time in UTC, ISO 8601 to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def to_the_minute(stamp: str) -> str:
    """Write a moment of `now` as people read it.

    Examples
    --------
    >>> to_the_minute("2026-11-28T11:16:22+00:00")
    '2026-11-28 11:16 UTC'
    """
    return f"{stamp[:16].replace('T', ' ')} UTC"
