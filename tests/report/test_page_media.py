"""Media of a page: in the room that there is, short sounds first, and without what files say of themselves."""

from __future__ import annotations

import io
from typing import Any

import av
import pytest
from fakes.making import titled_in_latin_1
from fakes.stand_in import StandIn
from PIL import Image

from nova_explore.report import page_media
from nova_explore.report.page_media import carry

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def exploration():
    return StandIn()


def carried(exploration, media_mb: float, first=()):
    return carry(exploration, range(len(exploration)), first, media_mb=media_mb)


def test_all_sounds_and_pages_are_there_where_there_is_room(exploration):
    found = carried(exploration, 50)
    kinds = exploration.collection.modalities
    missing = [p for p in range(len(exploration)) if kinds[p] != "text" and p not in found.media]
    assert missing == [exploration.gone]
    assert found.left_out == ()
    mimes = {str(kinds[p]): mime for p, (mime, _) in found.media.items()}
    assert mimes == {"image": "image/webp", "page": "image/webp", "audio": "audio/mpeg", "video": "video/webm"}


def test_media_stay_within_their_room_and_what_is_left_out_is_said(exploration):
    found = carried(exploration, 0.1)
    assert sum(len(data) for _, data in found.media.values()) <= 100_000
    sounds = [p for p in found.media if exploration.collection[p].modality == "audio"]
    of = int((exploration.collection.modalities == "audio").sum())
    assert 0 < len(sounds) < of
    assert f"{len(sounds)} of {of} sounds can play in this file" in found.left_out[0]
    assert "0.1 MB" in found.left_out[0]


def test_what_matters_most_comes_first(exploration):
    page = max(p for p in range(len(exploration)) if exploration.collection[p].modality == "page")
    assert page in carried(exploration, 0.05, [page]).media
    assert carried(exploration, 0).media == {}


def test_a_sound_plays_as_long_as_it_was(exploration):
    position = next(p for p in range(len(exploration)) if exploration.collection[p].modality == "audio")
    _, data = carried(exploration, 1, [position]).media[position]
    media: Any = av.open(io.BytesIO(data))
    with media:
        samples = sum(frame.samples for frame in media.decode(audio=0))
    assert samples / page_media.RATE == pytest.approx(2.0, abs=0.15)


def test_a_sound_whose_title_is_no_utf8_plays(tmp_path):
    path = titled_in_latin_1(tmp_path / "a.wav")
    mime, _ = page_media._sound(path.read_bytes(), "audio/wav") or ("", b"")
    assert mime == "audio/mpeg"


def test_small_pictures_are_small_and_on_white():
    clear = io.BytesIO()
    Image.new("RGBA", (160, 120), (0, 0, 0, 0)).save(clear, "WEBP")
    small = Image.open(io.BytesIO(page_media._small(clear.getvalue())))
    assert small.mode == "RGB"
    assert small.getpixel((5, 5)) == (255, 255, 255)
    noisy = io.BytesIO()
    Image.effect_noise((160, 160), 90).convert("RGB").save(noisy, "WEBP", quality=95)
    assert len(page_media._small(noisy.getvalue())) < len(noisy.getvalue()) / 2


def test_the_first_of_an_even_order_are_spread():
    assert page_media._evenly([*range(8)], 8) == [0, 4, 2, 6, 1, 5, 3, 7]
    assert page_media._evenly([*range(1000)], 2) == [0, 512]
    assert page_media._evenly([], 5) == []
