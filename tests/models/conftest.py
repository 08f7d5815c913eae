"""A local Amazon Bedrock, and items of every kind to send to it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from fakes.fake_bedrock import FakeBedrock

from nova_explore.collection import Collection
from nova_explore.sources.read import read


@pytest.fixture
def aws(monkeypatch, tmp_path) -> pytest.MonkeyPatch:
    """An AWS environment with nothing of the person's in it, and a cache of its own."""
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_BEARER_TOKEN_BEDROCK", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIATESTTESTTEST")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not-so-secret-secret")
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("NOVA_EXPLORE_CACHE", str(tmp_path / "cache"))
    # The pauses of seconds are played through in simulated time, in test_schedule.py.
    monkeypatch.setattr("nova_explore.models.nova.pauses.STUMBLES", (0.02, 0.05, 0.1))
    return monkeypatch


@pytest.fixture
def bedrock(aws) -> Iterator[FakeBedrock]:
    """A strict local Bedrock, to which boto3 is pointed by the environment."""
    with FakeBedrock() as fake:
        aws.setenv("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", fake.url)
        for service in ("STS", "BEDROCK", "SERVICE_QUOTAS"):
            aws.setenv(f"AWS_ENDPOINT_URL_{service}", fake.url)
        yield fake


@pytest.fixture(scope="session")
def awkward_folder(tmp_path_factory) -> Path:
    """Media of every kind, most in a form that Nova does not take as it is."""
    import soundfile
    from fakes.making import film, pdf
    from PIL import Image

    folder = tmp_path_factory.mktemp("awkward")
    picture = Image.fromarray(np.random.default_rng(0).integers(0, 255, (48, 64, 3), dtype=np.uint8))
    for name in ("plain.png", "plain.jpg", "old.bmp", "scan.tiff", "web.webp"):
        picture.save(folder / name)
    picture.rotate(90).save(folder / "moving.gif", save_all=True, append_images=[picture])
    exif = Image.Exif()
    exif[0x0112] = 6
    picture.save(folder / "turned.jpg", exif=exif)
    picture.convert("RGBA").save(folder / "clear.png")
    picture.convert("CMYK").save(folder / "print.jpg")
    picture.save(folder / "lies.png", "JPEG")
    (folder / "letter.pdf").write_bytes(pdf(["Dear reader", "Yours"]))
    (folder / "words.txt").write_text("An owl sat on the mast of a boat. " * 4)
    tone = 0.3 * np.sin(np.arange(0, 2.0, 1 / 16000) * 2 * np.pi * 440)
    for name in ("tone.wav", "tone.flac", "tone.ogg", "tone.mp3"):
        soundfile.write(folder / name, tone * (1 + len(name)) / 10, 16000)
    soundfile.write(folder / "deep.wav", tone, 16000, subtype="PCM_24")
    soundfile.write(folder / "long.wav", 0.3 * np.sin(np.arange(0, 65.0, 1 / 8000) * 2000), 8000)
    film(folder / "clip.mp4", seconds=2)
    film(folder / "old.avi", seconds=2)
    film(folder / "odd.mkv", seconds=2, size=(98, 66))
    return folder


@pytest.fixture(scope="session")
def awkward(awkward_folder) -> Collection:
    """The items of the awkward folder."""
    found = read(awkward_folder, progress=False)
    assert not found.unread, found.unread
    return found
