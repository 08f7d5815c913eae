from __future__ import annotations

import io
import os
from pathlib import Path

import av
import pytest
import soundfile
from fakes.making import film, pdf, png, sound_only, tone
from PIL import Image

from nova_explore import media
from nova_explore.collection import Modality
from nova_explore.errors import UnreadableError
from nova_explore.media import access
from nova_explore.media.content import Picture
from nova_explore.sources.read import read


def _picture(format: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 6), "teal").save(out, format)
    return out.getvalue()


@pytest.mark.parametrize("format", ["png", "jpeg", "gif", "webp", "tiff", "bmp"])
def test_a_picture_is_known_by_its_content_whatever_its_name(tmp_path, format):
    path = tmp_path / "song.mp3"
    path.write_bytes(_picture(format))
    assert media.identify(path) == (Modality.IMAGE, format)


@pytest.mark.parametrize(
    ("format", "name"),
    [
        *(("ppm", "pnm"), ("tga", "tga"), ("pcx", "pcx"), ("sgi", "sgi"), ("dds", "dds"), ("ico", "ico")),
        *(("icns", "icns"), ("qoi", "qoi")),
    ],
)
def test_pictures_of_older_programs_are_read_and_shown(tmp_path, format, name):
    Image.new("RGB", (32, 24), "teal").save(tmp_path / "a", format)
    assert media.identify(tmp_path / "a") == (Modality.IMAGE, name)
    (item,) = read(tmp_path / "a", progress=False)
    content = media.load(item)
    assert isinstance(content, Picture)
    assert content.image.convert("RGB").getpixel((12, 12)) == pytest.approx((0, 128, 128), abs=3)
    assert media.playable(item).mime == "image/png"


@pytest.mark.parametrize(("format", "codec"), [("w64", "pcm_s16le"), ("voc", "pcm_u8")])
def test_sounds_of_older_programs_are_read(tmp_path, format, codec):
    path = sound_only(tmp_path / f"a.{format}", codec=codec, seconds=1.0)
    assert media.identify(path) == (Modality.AUDIO, format)
    (item,) = read(path, progress=False)
    assert item.metadata["duration"] == pytest.approx(1.0, abs=0.05)
    assert media.playable(item).mime == "audio/mpeg"


@pytest.mark.parametrize(
    ("format", "container", "codec"),
    [
        *(("mxf", "mxf", "mpeg2video"), ("ivf", "ivf", "libvpx"), ("nut", "nut", "mpeg4")),
    ],
)
def test_films_of_cameras_and_editors_are_read(tmp_path, format, container, codec):
    path = tmp_path / "a.film"
    with av.open(str(path), "w", format=container) as out:
        stream = out.add_stream(codec, rate=25)
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p"
        for number in range(50):
            out.mux(stream.encode(av.VideoFrame.from_image(Image.new("RGB", (96, 64), (4 * number, 90, 30)))))
        out.mux(stream.encode(None))
    assert media.identify(path) == (Modality.VIDEO, format)
    (item,) = read(path, progress=False)
    assert item.metadata["duration"] == pytest.approx(2.0, abs=0.2)
    assert media.thumbnail(item)


def test_bare_pictures_of_a_film_are_read(tmp_path):
    frames = b"".join(b"FRAME\n" + bytes([4 * n]) * (96 * 64 * 3 // 2) for n in range(50))
    (tmp_path / "a").write_bytes(b"YUV4MPEG2 W96 H64 F25:1 C420\n" + frames)
    assert media.identify(tmp_path / "a") == (Modality.VIDEO, "y4m")
    assert read(tmp_path / "a", progress=False)[0].metadata["duration"] == pytest.approx(2.0)


@pytest.mark.parametrize("format", ["wav", "mp3", "ogg", "flac"])
def test_a_sound_is_known_by_its_content_whatever_its_name(tmp_path, format):
    soundfile.write(tmp_path / "x", tone(0.2), 48000, format=format.upper())
    assert media.identify(tmp_path / "x") == (Modality.AUDIO, format)


@pytest.mark.parametrize("suffix", ["mp4", "mov", "mkv", "webm", "avi"])
def test_a_film_is_known_by_its_content_whatever_its_name(tmp_path, suffix):
    film(tmp_path / f"f.{suffix}", seconds=0.5).rename(tmp_path / "f.txt")
    assert media.identify(tmp_path / "f.txt") == (Modality.VIDEO, suffix)


@pytest.mark.parametrize(("suffix", "codec", "format"), [("mp4", "aac", "m4a"), ("webm", "libopus", "webm")])
def test_a_film_container_without_pictures_is_sound(tmp_path, suffix, codec, format):
    path = sound_only(tmp_path / f"s.{suffix}", codec=codec, seconds=0.5)
    assert media.identify(path) == (Modality.AUDIO, format)


def test_a_document_a_drawing_and_a_text_are_known(tmp_path):
    (tmp_path / "a").write_bytes(pdf(["Hi"]))
    (tmp_path / "b").write_text('<?xml version="1.0"?><!-- x --><svg xmlns="http://www.w3.org/2000/svg"/>')
    (tmp_path / "c").write_text("BMx and II* are letters here.")
    (tmp_path / "d").write_bytes("Zwölf".encode("utf-16"))
    found = [media.identify(tmp_path / name) for name in "abcd"]
    text = (Modality.TEXT, "txt")
    assert found == [(Modality.PAGE, "pdf"), (Modality.IMAGE, "svg"), text, text]


def test_a_long_text_may_end_its_first_block_within_a_character(tmp_path):
    (tmp_path / "a.txt").write_text("a" + "ä" * 9000, encoding="utf-8")
    assert media.identify(tmp_path / "a.txt") == (Modality.TEXT, "txt")


def test_a_pipe_is_refused_without_being_opened(tmp_path):
    os.mkfifo(tmp_path / "p")  # opening it would block for ever
    with pytest.raises(UnreadableError, match="named pipe"):
        media.identify(tmp_path / "p")


def test_a_file_without_permission_says_how_to_allow_it(tmp_path, monkeypatch):
    """As root every file can be read, so the refusal of the system is simulated."""
    path = tmp_path / "a.png"
    path.write_bytes(png())

    def refuse(*args, **options):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(UnreadableError, match=r"No permission .* chmod u"):
        media.identify(path)


def test_a_uri_elsewhere_is_never_fetched():
    with pytest.raises(UnreadableError, match="nothing is fetched"):
        access.from_uri("https://example.org/cat.png")
    assert access.from_uri("file:///tmp/a%20b.png") == Path("/tmp/a b.png")
