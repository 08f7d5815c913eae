"""A place in Amazon S3 where the input and output of jobs lie; the owner of the bucket is checked on every call.

``ExpectedBucketOwner`` makes S3 refuse a bucket that has passed to another account, and the KMS key is named on every
object that is written, so that neither depends on the settings of the bucket.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nova_explore.errors import ServiceRefusedError, ServiceUnavailableError
from nova_explore.models.nova.client import find_region

# The shapes S3Uri, KmsKeyId and AccountId of botocore's models of bedrock and bedrock-runtime.
_URI = re.compile(r"s3://([a-z0-9][-.a-z0-9]{1,61}[a-z0-9])(?:/(.*))?", re.DOTALL)
_KEY = re.compile(r"[-!_*'().a-z0-9A-Z]+(?:/[-!_*'().a-z0-9A-Z]+)*")
_KMS = re.compile(r"arn:aws(-[^:]+)?:kms:[a-zA-Z0-9-]*:[0-9]{12}:(key/[a-zA-Z0-9-]{36}|alias/[a-zA-Z0-9-_/]+)")
_OWNER = re.compile(r"[0-9]{12}")

_ABSENT = {"404", "NoSuchKey", "NotFound"}


@dataclass(frozen=True, slots=True)
class S3Place:
    """A prefix in a bucket of the model's region.

    Parameters
    ----------
    uri : str
        ``s3://bucket`` or ``s3://bucket/prefix``.
    kms_key : str, optional
        ARN of the KMS key (or alias) that everything written is encrypted with; else the bucket's default holds.
    owner : str, optional
        Account id (12 digits) that must own the bucket.

    Raises
    ------
    ValueError
        If one of them is not of the form that Amazon Bedrock takes.
    """

    uri: str
    kms_key: str | None = None
    owner: str | None = None

    def __post_init__(self) -> None:
        bucket, prefix = split_uri(self.uri)
        if prefix and not _KEY.fullmatch(prefix.removesuffix("/")):
            raise ValueError(
                f"The prefix {prefix!r} holds signs that Bedrock does not take in an S3 address. "
                "Use letters, digits and - ! _ * ' ( ) . between single slashes."
            )
        if self.kms_key is not None and not _KMS.fullmatch(self.kms_key):
            raise ValueError(
                f"kms_key={self.kms_key!r} is not the ARN of a KMS key. Give it in full: "
                "arn:aws:kms:us-east-1:111122223333:key/ and the 36 signs of its id, or :alias/ and its name."
            )
        if self.owner is not None and not _OWNER.fullmatch(self.owner):
            raise ValueError(f"owner={self.owner!r} is not an account id. Give the 12 digits of the account.")
        object.__setattr__(self, "uri", f"s3://{bucket}/{prefix}".rstrip("/"))

    @property
    def bucket(self) -> str:
        """Name of the bucket."""
        return split_uri(self.uri)[0]

    def below(self, name: str) -> str:
        """The address of something under this place."""
        return f"{self.uri}/{name}"


def split_uri(uri: str) -> tuple[str, str]:
    """Bucket and key of ``s3://bucket/key``.

    Raises
    ------
    ValueError
        If it is no such address.
    """
    found = _URI.fullmatch(uri)
    if not found:
        raise ValueError(f"{uri!r} is not an address in S3. Write it as s3://bucket/prefix.")
    return found[1], found[2] or ""


def open_s3(*, region: str | None = None, profile: str | None = None) -> Any:
    """A client of S3 that repeats by itself what may be repeated; region, profile and endpoint as in boto3.

    Raises
    ------
    ServiceRefusedError
        If there is no such profile, or no region.
    """
    import boto3.session
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError

    try:
        session = boto3.session.Session(profile_name=profile, region_name=find_region(region))
        return session.client("s3", config=Config(retries={"total_max_attempts": 8, "mode": "standard"}))
    except (BotoCoreError, ValueError) as error:
        said = f"S3 cannot be reached: {error}. Check the region and the profile."
        raise ServiceRefusedError(said, family="client") from error


class Bucket:
    """Reads and writes a place through a boto3 client.

    Parameters
    ----------
    client : botocore.client.BaseClient
        Of the service ``s3``.
    place : S3Place
        Where to write, and whose owner and key hold on every call.
    """

    def __init__(self, client: Any, place: S3Place) -> None:
        self._client = client
        self.place = place

    def put(self, uri: str, data: bytes) -> None:
        """Write a small object."""
        bucket, key = split_uri(uri)
        with _translated(uri, "written"):
            self._client.put_object(Bucket=bucket, Key=key, Body=data, **self._owner(), **self._encryption())

    def upload(self, uri: str, path: Path) -> None:
        """Write a file, in parts where it is large."""
        bucket, key = split_uri(uri)
        with _translated(uri, "written"):
            self._client.upload_file(str(path), bucket, key, ExtraArgs=self._owner() | self._encryption())

    def delete(self, uri: str) -> None:
        """Delete an object."""
        bucket, key = split_uri(uri)
        with _translated(uri, "deleted"):
            self._client.delete_object(Bucket=bucket, Key=key, **self._owner())

    def size(self, uri: str) -> int | None:
        """Bytes of an object, or None if it is not there."""
        bucket, key = split_uri(uri)
        with _translated(uri, "looked up", absent=True):
            return self._client.head_object(Bucket=bucket, Key=key, **self._owner())["ContentLength"]
        return None

    def names(self, uri: str) -> list[str]:
        """Addresses of everything under an address, in order."""
        bucket, prefix = split_uri(uri)
        with _translated(uri, "listed"):
            listing = self._client.get_paginator("list_objects_v2")
            pages = listing.paginate(Bucket=bucket, Prefix=prefix, **self._owner())
            return sorted(f"s3://{bucket}/{row['Key']}" for page in pages for row in page.get("Contents", ()))
        return []

    def read(self, uri: str) -> bytes | None:
        """A small object, or None if it is not there."""
        bucket, key = split_uri(uri)
        with _translated(uri, "read", absent=True):
            return self._client.get_object(Bucket=bucket, Key=key, **self._owner())["Body"].read()
        return None

    def lines(self, uri: str) -> Iterator[bytes]:
        """Lines of an object that may be large; it is copied to a temporary file first, so a reset loses nothing."""
        bucket, key = split_uri(uri)
        with tempfile.TemporaryFile() as copy:
            with _translated(uri, "read"):
                self._client.download_fileobj(bucket, key, copy, ExtraArgs=self._owner())
            copy.seek(0)
            yield from copy

    def _owner(self) -> dict[str, str]:
        return {"ExpectedBucketOwner": self.place.owner} if self.place.owner else {}

    def _encryption(self) -> dict[str, str]:
        if not self.place.kms_key:
            return {}
        return {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": self.place.kms_key}


@contextmanager
def _translated(uri: str, what: str, *, absent: bool = False) -> Iterator[None]:
    """Turn botocore's errors into ours; with ``absent``, an object that is not there is no error."""
    from boto3.exceptions import Boto3Error, S3UploadFailedError
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except (ClientError, S3UploadFailedError) as failed:
        # boto3 wraps a refused upload in an error of its own, which repeats the path but not the code.
        error = failed if isinstance(failed, ClientError) else failed.__context__
        if not isinstance(error, ClientError):
            raise ServiceUnavailableError(f"{uri} could not be {what}: {failed}. Go on later.") from None
        code = error.response.get("Error", {}).get("Code", "")
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        if absent and code in _ABSENT:
            return
        if status >= 500 or code in ("SlowDown", "RequestTimeout"):
            raise ServiceUnavailableError(f"{uri} could not be {what}: S3 answered {code}. Try again later.") from None
        said = f"{uri} could not be {what}: S3 answered {code}. {_remedy(code)}"
        raise ServiceRefusedError(said, family="s3") from None
    except (BotoCoreError, Boto3Error) as error:
        raise ServiceUnavailableError(f"{uri} could not be {what}: {error}. Check the address, then go on.") from error


def _remedy(code: str) -> str:
    if code in ("403", "AccessDenied"):
        return (
            "Allow the calls of docs/policies on this bucket and its KMS key, and check that the bucket "
            "belongs to the account given as owner."
        )
    if code in ("NoSuchBucket", "404"):
        return "Make the bucket, in the region of the model, or correct its name."
    if code in ("PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException"):
        return "The bucket lies in another region. Use one in the region of the model."
    return "Correct the request or the bucket's settings."
