"""Media go out in a form that the service takes: as they are where that is safe, else converted, cut and shrunk."""

from __future__ import annotations

import numpy as np
from fakes.toy_library import text_item

from nova_explore.collection import Modality
from nova_explore.models.nova.model import NovaModel
from nova_explore.models.nova.prepare import prepare
from nova_explore.models.nova.request import request_body
from nova_explore.space import ItemError


def test_what_needs_no_change_goes_as_it_is(awkward):
    sent = {item.name: prepare(item) for item in awkward if item.span is None and item.modality != Modality.TEXT}
    whole = {name for name, medium in sent.items() if medium.data == _file(awkward, name)}
    assert {"plain.png", "plain.jpg", "lies.png", "tone.wav", "tone.mp3", "tone.ogg"} <= whole
    assert sent["lies.png"].format == "jpeg"
    assert {"old.bmp", "scan.tiff", "turned.jpg", "clear.png", "print.jpg", "deep.wav", "old.avi"} & whole == set()


def _file(collection, name):
    from pathlib import Path

    return next(Path(item.uri).read_bytes() for item in collection if item.name == name)


def test_a_turned_picture_is_sent_upright_and_without_its_private_data(awkward):
    import io

    from PIL import Image

    item = next(item for item in awkward if item.name == "turned.jpg")
    with Image.open(io.BytesIO(prepare(item).data)) as image:
        assert image.size == (48, 64)
        assert not image.getexif()


def test_a_long_recording_goes_in_parts_of_at_most_thirty_seconds(awkward):
    parts = [item for item in awkward if item.name == "long.wav"]
    assert [str(part.span) for part in parts] == ["0–30 s", "30–60 s", "60–65 s"]


def test_a_noisy_picture_is_shrunk_until_the_request_fits(monkeypatch):
    from PIL import Image

    from nova_explore.models.nova import prepare as nova_prepare

    monkeypatch.setattr(nova_prepare, "MOST_PNG", 100_000)
    monkeypatch.setattr(nova_prepare, "MOST_BYTES", 150_000)
    noise = np.random.default_rng(0).integers(0, 255, (600, 600), dtype=np.uint8)
    medium = nova_prepare._encode_picture(Image.fromarray(noise).convert("RGB"), document=True)
    assert medium.format == "jpeg"
    assert len(request_body(medium, purpose="GENERIC_INDEX", dimension=256)) < 150_000


def test_an_item_of_a_blank_text_costs_no_call(bedrock):
    (answer,) = NovaModel().embed_batch([text_item("  \n ")])
    assert isinstance(answer, ItemError)
    assert "blank" in answer.reason
    assert bedrock.summary()["requests"] == 0
