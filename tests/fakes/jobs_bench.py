"""What the tests of jobs share: a bucket, the stand-in for Bedrock, collections with known answers."""

from __future__ import annotations

import hashlib
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from fakes.bedrock_schema import segment_content, vector_of
from fakes.fake_bedrock import FakeBedrock
from fakes.fake_bedrock_jobs import FakeJobs
from fakes.fake_job_store import ACCOUNT, REGION
from fakes.toy_library import text_items
from nova_explore.collection import Collection, Item, Modality, Span, number_copies
from nova_explore.embedding.jobs import embed_by_jobs
from nova_explore.library.store import Library, open_library
from nova_explore.models.nova.job import Patience
from nova_explore.models.nova.model import NovaModel
from nova_explore.models.nova.s3 import S3Place

KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/00000000-0000-0000-0000-000000000000"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/nova-batch"
PLACE = S3Place("s3://media-bucket/nova", kms_key=KEY, owner=ACCOUNT)
QUICK = Patience(first=0.01, most=0.05)
DIMENSION = 256
SECONDS = 70.0

QUIET = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning:moto.*"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning:botocore.*"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]
"""moto and botocore warn about themselves: both are pinned by others and no part of what is tested."""


@pytest.fixture(scope="module")
def s3_url():
    from moto.server import ThreadedMotoServer

    patch = pytest.MonkeyPatch()
    patch.setenv("MOTO_ACCOUNT_ID", ACCOUNT)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()
    patch.undo()


@pytest.fixture(scope="module")
def one_loader():
    """Every session of boto3 reads its service models anew, which is most of the time of a small test."""
    import botocore.session

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("botocore.session.create_loader", cache(botocore.session.create_loader))
        yield


@pytest.fixture
def s3(s3_url, monkeypatch, one_loader):
    import boto3

    for name, value in {
        "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "not-a-secret-at-all",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ENDPOINT_URL_S3": s3_url,
        "AWS_ENDPOINT_URL_STS": "http://127.0.0.1:9",
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "AWS_EC2_METADATA_DISABLED": "true",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    client = boto3.client("s3", region_name=REGION)
    client.create_bucket(Bucket="media-bucket")  # in us-east-1 a second creation by the owner changes nothing
    return client


@pytest.fixture
def fake(s3, monkeypatch, one_by_one):
    with FakeJobs(s3) as fake:
        monkeypatch.setenv("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", fake.url)
        monkeypatch.setenv("AWS_ENDPOINT_URL_BEDROCK", fake.url)
        yield fake


@pytest.fixture
def one_by_one(monkeypatch) -> list[Collection]:
    """What goes on to the synchronous path, which has a server and tests of its own."""
    sent: list[Collection] = []

    def embed(source, *, to, **_):
        sent.append(source)
        return open_library(to)

    monkeypatch.setattr("nova_explore.embedding.jobs.by_jobs.embed", embed)
    return sent


def nova(**options) -> NovaModel:
    return NovaModel(dimension=DIMENSION, cache=False, **options)


def run(source, to, path, **options) -> Library:
    options = {"model": nova(), "s3": PLACE, "patience": QUICK, "progress": False} | options
    return embed_by_jobs(source, to=to, path=path, **options)


def stored(library: Library, model: NovaModel | None = None) -> dict[tuple[str, str], np.ndarray]:
    """Vectors by source and span."""
    items = list(library.collection())
    space = (model or nova()).space
    vectors, present = library.vectors(space, [item.content_key for item in items])
    there = [item for item, yes in zip(items, present, strict=True) if yes]
    return {(item.uri, str(item.span)): vector for item, vector in zip(there, vectors, strict=True)}


def recording(folder: Path, name: str = "talk.wav", seconds: float = SECONDS, *, pitch: float = 220.0) -> Path:
    import soundfile

    time = np.arange(int(seconds * 2000)) / 2000
    path = folder / name
    soundfile.write(path, (0.1 * np.sin(2 * np.pi * pitch * time)).astype(np.float32), 2000)
    return path


def clip(folder: Path) -> Path:
    """A silent video of 62 s, one picture a second."""
    import av

    path = folder / "clip.mp4"
    with av.open(str(path), "w") as file:
        stream = file.add_stream("mpeg4", rate=1)
        stream.width = stream.height = 32
        for shade in range(62):
            picture = np.full((32, 32, 3), shade * 4, np.uint8)
            file.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        file.mux(stream.encode(None))
    return path


def parts(path: Path, edges: list[float], modality: Modality = Modality.AUDIO) -> list[Item]:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    format = path.suffix[1:]
    facts = {"duration": edges[-1]}
    spans = [Span("seconds", a, b) for a, b in pairwise(edges)]
    return number_copies(
        Item("", modality, str(path), path.name, format, digest, span=span, metadata=facts) for span in spans
    )


def talk(folder: Path) -> Collection:
    return Collection(parts(recording(folder), [0.0, 30.0, 60.0, SECONDS]))


def book(words: str, name: str = "/book.txt") -> Item:
    (item,) = number_copies([
        Item("", Modality.TEXT, name, name[1:], "txt", hashlib.sha256(words.encode()).hexdigest(), text=words)
    ])  # fmt: skip
    return item


def texts(n: int, **special: str) -> Collection:
    """n short texts; ``at_7="POISON"`` puts a word into the eighth."""
    words = {int(place.removeprefix("at_")): word for place, word in special.items()}
    return Collection(text_items([("t", f"text number {i} {words.get(i, '')}".strip()) for i in range(n)]))


def expected_segment(item: Item, start: float, end: float, kind: str = "AUDIO") -> np.ndarray:
    return np.array(vector_of(segment_content(item.digest, kind, start, end), DIMENSION), np.float32)


def interrupted_run(tmp_path: Path, fake: FakeJobs) -> None:
    run(texts(120), tmp_path / "a.nova", "batch", role=ROLE, patience=Impatient())


class Impatient(Patience):
    """Interrupts the run where it would wait for the first time: the jobs are asked for by then."""

    def waits(self):
        raise KeyboardInterrupt
        yield 0.0


def batch_expected(item: Item) -> np.ndarray:
    return np.array(vector_of((item.text or "").encode(), DIMENSION), np.float32)


@pytest.fixture
def both(jobs_fake):
    """Stand-ins for single calls and for jobs, behind one another."""
    with FakeBedrock() as single:
        jobs_fake.single_calls = single.url
        yield single, jobs_fake
