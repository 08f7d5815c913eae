"""Media elsewhere: objects of S3 and files on the web, fetched one at a time to a bounded folder on this disk.

Decoders need files. A copy is kept under its address and version, read in parts, and fetched again when it has gone;
the item's digest says whether it is still the one that was read. Credentials are the ordinary ones of boto3.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import lru_cache
from http.client import HTTPException
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, unquote, urlsplit
from urllib.request import Request, urlopen

from nova_explore.cache_folder import cache_folder
from nova_explore.errors import SourceError, UnreadableError

MOST_KEPT = 20 * 2**30
"""Bytes of copies that are kept; the ones that were used longest ago go first."""

MOST_FETCHED = 8 * 2**30
"""Bytes of the largest object that is fetched."""

CHUNK = 2**20
TRIES = 4
TIMEOUT = 30.0
_KEEPING = threading.Lock()
_KEPT = [0]
"""Bytes written since the copies were counted last."""


@dataclass(frozen=True, slots=True)
class Found:
    """An object in a bucket.

    Attributes
    ----------
    uri : str
        ``s3://bucket/key``.
    name : str
        The key below the prefix.
    size : int
        Bytes.
    stamp : int
        When it was written, in nanoseconds since 1970; the part below a second stands for its version (`stamp_of`).
    """

    uri: str
    name: str
    size: int
    stamp: int


def is_remote(uri: str) -> bool:
    """Whether an address is one that is fetched: ``s3://``, ``https://`` or ``http://``."""
    return uri.lower().startswith(("s3://", "https://", "http://"))


def stamp_of(changed: float, version: str) -> int:
    """The time that a copy bears: that of the last change, its nanoseconds drawn from the version (``ETag``).

    Two versions written within one second, of one length, differ by it.
    """
    below = int.from_bytes(hashlib.sha256(version.encode()).digest()[:8], "big") % 10**9
    return int(changed) * 10**9 + below


def folder() -> Path:
    """Where copies lie."""
    return cache_folder() / "fetched"


def list_bucket(uri: str) -> Iterator[Found]:
    """Objects below a prefix, page by page; empty ones that stand for folders are left out.

    Raises
    ------
    SourceError
        If the bucket is not there, or may not be listed.
    """
    bucket, prefix = _bucket_and_key(uri)
    base = prefix if prefix.endswith("/") or not prefix else prefix.rpartition("/")[0] + "/" * ("/" in prefix)
    try:
        for page in _s3().get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
            for entry in page.get("Contents", ()):
                if not entry["Key"].endswith("/"):
                    name = entry["Key"].removeprefix(base)
                    stamp = stamp_of(entry["LastModified"].timestamp(), entry["ETag"])
                    yield Found(f"s3://{bucket}/{entry['Key']}", name, entry["Size"], stamp)
    except Exception as error:  # botocore has an exception for every answer and every fault of the network
        raise SourceError(
            f"{uri} cannot be listed: {_said(error)}. Check the name, the region and the rights."
        ) from error


def local_copy(uri: str, *, found: Found | None = None) -> Path:
    """A file with the bytes at an address, fetched if it is not here or has changed there.

    Parameters
    ----------
    uri : str
        ``s3://``, ``https://`` or ``http://``.
    found : Found, optional
        What a listing said of it; else it is asked for.

    Raises
    ------
    UnreadableError
        If it is not there, may not be read, is too large, or the network fails four times.
    """
    scheme = urlsplit(uri).scheme.lower()
    if scheme == "s3":
        return _s3_copy(uri, found)
    if scheme in ("http", "https"):
        return _web_copy(uri)
    raise UnreadableError(f"It is at {scheme}://, which is not fetched. Download it and give its path.")


def place_of(uri: str) -> Path:
    """Where the copy of an address lies, whether it is there or not: folders and names as they are there."""
    parts = urlsplit(uri)
    names = [unquote(name) if parts.scheme != "s3" else name for name in parts.path.split("/")]
    if parts.scheme == "s3":
        names = uri[len("s3://") :].split("/")[1:]
    if parts.query and parts.scheme != "s3":
        names[-1] = f"{hashlib.sha256(parts.query.encode()).hexdigest()[:12]}-{names[-1]}"
    return folder().joinpath(parts.scheme, *map(_safe, [parts.netloc, *names]))


def _safe(name: str) -> str:
    """A name that stays where it is put and that every file system takes."""
    if name in ("", ".", "..") or len(os.fsencode(name)) > 200 or "\0" in name or os.sep in name:
        return hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:24] + PurePosixPath(name).suffix[:12]
    return name


def _bucket_and_key(uri: str) -> tuple[str, str]:
    bucket, _, key = uri[len("s3://") :].partition("/")
    return bucket, key


@lru_cache(maxsize=1)
def _s3() -> Any:
    import boto3
    from botocore.config import Config

    return boto3.client("s3", config=Config(retries={"max_attempts": TRIES, "mode": "standard"}))


def _s3_copy(uri: str, found: Found | None) -> Path:
    bucket, key = _bucket_and_key(uri)
    try:
        if found is None:
            about = _s3().head_object(Bucket=bucket, Key=key)
            stamp = stamp_of(about["LastModified"].timestamp(), about["ETag"])
            found = Found(uri, key, about["ContentLength"], stamp)
        _check_size(found.size)
        path = place_of(uri)
        if _is_here(path, found.size, found.stamp):
            return path
        # In ranges, several at a time, each tried again by itself: never whole in memory.
        with _written(path, found.stamp) as part:
            _s3().download_file(bucket, key, str(part))
        return path
    except (UnreadableError, OSError):
        raise
    except Exception as error:  # botocore has an exception for every answer and every fault of the network
        raise UnreadableError(f"It cannot be fetched: {_said(error)}. Check the name and the rights.") from error


def _web_copy(uri: str) -> Path:
    path = place_of(uri)
    failure: Exception | None = None
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    path.parent.mkdir(parents=True, exist_ok=True)
    for attempt in range(TRIES):
        try:
            if attempt:
                time.sleep(min(4.0, 0.25 * 2**attempt))
            stamp, fresh = _fetch_web(uri, path, part)
            if fresh:
                with _written(path, stamp, part):
                    pass
            return path
        except HTTPError as error:
            if error.code not in (408, 425, 429, 500, 502, 503, 504):
                raise UnreadableError(
                    f"It cannot be fetched: {error.code} {error.reason}. Check the address."
                ) from error
            failure = error
        except (URLError, TimeoutError, ConnectionError, HTTPException) as error:
            failure = error
    part.unlink(missing_ok=True)
    raise UnreadableError(f"It cannot be fetched: {_said(failure)}, {TRIES} times. Try again.") from failure


def _fetch_web(uri: str, path: Path, part: Path) -> tuple[int, bool]:
    """Write what is at an address, from where an earlier try stopped; when it was changed, and whether it is new."""
    begun = part.stat().st_size if part.exists() else 0
    headers = {"User-Agent": "nova-explore"} | ({"Range": f"bytes={begun}-"} if begun else {})
    with urlopen(Request(quote(uri, safe=":/?#[]@!$&'()*+,;=%~"), headers=headers), timeout=TIMEOUT) as answer:
        moment, version = answer.headers.get("Last-Modified"), answer.headers.get("ETag") or ""
        changed = parsedate_to_datetime(moment).timestamp() if moment else 0.0
        stamp = stamp_of(changed, version or ("" if moment else str(time.time_ns())))
        length = int(answer.headers.get("Content-Length") or 0)
        _check_size(length)
        if (moment or version) and not begun and _is_here(path, length, stamp):
            return stamp, False
        resumed = answer.status == 206
        with part.open("ab" if resumed else "wb") as out:
            shutil.copyfileobj(answer, out, CHUNK)
        if length and part.stat().st_size < (begun if resumed else 0) + length:
            raise URLError("the connection ended early")
    return stamp, True


def _check_size(size: int) -> None:
    if size > MOST_FETCHED:
        raise UnreadableError(
            f"It is {size / 2**30:.0f} GB; at most {MOST_FETCHED // 2**30} are fetched. Download it and give its path."
        )


def _is_here(path: Path, size: int, stamp: int) -> bool:
    """Whether the copy is the version that is there: by its length and its stamp."""
    try:
        about = path.stat()
    except OSError:
        return False
    if (size and about.st_size != size) or about.st_mtime_ns != stamp:
        return False
    os.utime(path, ns=(time.time_ns(), stamp))
    return True


@contextmanager
def _written(path: Path, stamp: int, part: Path | None = None) -> Iterator[Path]:
    """A file to write to, which takes its place when it is whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = part or path.with_name(f"{path.name}.{os.getpid()}.{threading.get_ident()}.part")
    try:
        yield part
        os.utime(part, ns=(time.time_ns(), stamp))
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    _make_room(path)


def _make_room(last: Path) -> None:
    """Remove the copies that were used longest ago where there are too many."""
    with _KEEPING:
        _KEPT[0] += last.stat().st_size if last.exists() else 0
        if _KEPT[0] < MOST_KEPT // 20:  # looked at only now and then: listing a large folder takes longer than a fetch
            return
        _KEPT[0] = 0
        files = [(path.stat().st_atime, path.stat().st_size, path) for path in folder().rglob("*") if path.is_file()]
        over = sum(size for _, size, _ in files) - MOST_KEPT
        for _, size, path in sorted(files):
            if over <= 0:
                return
            if path != last:
                path.unlink(missing_ok=True)
                over -= size


def _said(error: Exception | None) -> str:
    return str(getattr(error, "reason", None) or error).strip().rstrip(".") or type(error).__name__
