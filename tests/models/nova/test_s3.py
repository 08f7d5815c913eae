"""A place in S3 is of the form that Bedrock takes, and what goes wrong there says what to do."""

from __future__ import annotations

import pytest
from fakes.jobs_bench import KEY, PLACE, QUIET, one_loader, s3, s3_url

from nova_explore.errors import ServiceRefusedError
from nova_explore.models.nova.s3 import Bucket, S3Place, open_s3, split_uri

__all__ = ["one_loader", "s3", "s3_url"]  # fixtures
pytestmark = QUIET


def test_a_place_is_written_one_way():
    place = S3Place("s3://bucket/a/b/")
    assert (place.uri, place.bucket, place.below("c")) == ("s3://bucket/a/b", "bucket", "s3://bucket/a/b/c")
    assert split_uri("s3://bucket") == ("bucket", "")


@pytest.mark.parametrize(
    "key",
    [KEY, "arn:aws:kms:us-east-1:111122223333:alias/media/2", "arn:aws-us-gov:kms:us-gov-west-1:111122223333:alias/a"],
)
def test_a_key_is_what_bedrock_takes(key):
    assert S3Place("s3://bucket", kms_key=key).kms_key == key


@pytest.mark.parametrize(
    "key", ["arn:aws:kms:us-east-1:111122223333:key/abcd", "arn:aws:kms:us-east-1:1:key/abcd", KEY + "0", "alias/mine"]
)
def test_a_key_that_bedrock_would_refuse_for_every_job_is_refused_here(key):
    with pytest.raises(ValueError, match="36 signs"):
        S3Place("s3://bucket", kms_key=key)


def test_an_object_is_put_read_listed_and_deleted(s3):
    bucket = Bucket(open_s3(), PLACE)
    uri = PLACE.below("test-s3/one.txt")
    assert bucket.read(uri) is None
    bucket.put(uri, b"line\nline")
    assert (bucket.read(uri), bucket.size(uri)) == (b"line\nline", 9)
    assert list(bucket.lines(uri)) == [b"line\n", b"line"]
    assert bucket.names(PLACE.below("test-s3/")) == [uri]
    bucket.delete(uri)
    assert bucket.size(uri) is None


def test_a_bucket_that_is_not_there_says_what_to_do(s3):
    place = S3Place("s3://nobodys-bucket/x")
    with pytest.raises(ServiceRefusedError, match="Make the bucket"):
        Bucket(open_s3(), place).put(place.below("a"), b"")
