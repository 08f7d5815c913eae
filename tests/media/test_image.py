from __future__ import annotations

import contextlib
import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fakes.making import BLUE, GREEN, RED, encoded, png, quarters
from PIL import Image, ImageDraw, TiffImagePlugin

from nova_explore import media
from nova_explore.collection import Item
from nova_explore.errors import UnreadableError
from nova_explore.media import image
from nova_explore.sources.read import read


def _read(path: Path) -> Item:
    collection = read(path, progress=False)
    assert not collection.unread, collection.unread
    return collection[0]


def _pixel(item: Item, at: tuple[int, int]) -> Any:
    return image.load(item).image.getpixel(at)


def test_a_photograph_is_turned_upright(tmp_path):
    photograph = Image.new("RGB", (40, 20), "white")
    photograph.paste("black", (0, 0, 20, 20))
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held on its side: turn clockwise to see it
    photograph.save(tmp_path / "a.jpg", exif=exif)
    item = _read(tmp_path / "a.jpg")
    picture = image.load(item).image
    assert picture.size == (20, 40) == (item.metadata["width"], item.metadata["height"])
    assert picture.convert("L").getpixel((10, 5)) == pytest.approx(0, abs=30)
    assert picture.convert("L").getpixel((10, 35)) == pytest.approx(255, abs=30)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_transparency_is_laid_on_white(tmp_path, mode):
    if mode == "P":
        Image.new("P", (4, 4), 0).save(tmp_path / "a.png", transparency=0)
    else:
        Image.new(mode, (4, 4), (0,) * len(mode)).save(tmp_path / "a.png")
    assert _pixel(_read(tmp_path / "a.png"), (1, 1)) == (255, 255, 255)


def test_a_palette_with_a_transparency_for_every_colour_warns_nobody(tmp_path):
    pale = Image.new("P", (4, 4), 1)
    pale.putpalette([0, 0, 0, 255, 0, 0])
    pale.save(tmp_path / "a.png", transparency=bytes([255, 128]))
    assert _pixel(_read(tmp_path / "a.png"), (1, 1)) == (255, 127, 127)


def test_sixteen_bit_grey_keeps_its_brightness(tmp_path):
    Image.fromarray(np.full((4, 4), 32768, np.uint16)).save(tmp_path / "a.png")
    assert _pixel(_read(tmp_path / "a.png"), (1, 1)) == (128, 128, 128)


def test_cmyk_and_float_pictures_become_rgb(tmp_path):
    Image.new("CMYK", (4, 4), (0, 255, 255, 0)).save(tmp_path / "a.jpg")
    Image.fromarray(np.linspace(-1, 1, 16, dtype=np.float32).reshape(4, 4)).save(tmp_path / "b.tif")
    red, green, blue = _pixel(_read(tmp_path / "a.jpg"), (1, 1))
    assert red > 200
    assert max(green, blue) < 60
    assert _pixel(_read(tmp_path / "b.tif"), (3, 3)) == (255, 255, 255)


@pytest.mark.parametrize("format", ["gif", "webp"])
def test_of_a_moving_picture_the_first_frame_is_taken(tmp_path, format):
    red, blue = Image.new("RGB", (8, 8), "red"), Image.new("RGB", (8, 8), "blue")
    options: dict[str, Any] = {"lossless": True} if format == "webp" else {}
    red.save(tmp_path / f"a.{format}", save_all=True, append_images=[blue], duration=50, **options)
    item = _read(tmp_path / f"a.{format}")
    assert _pixel(item, (2, 2)) == (255, 0, 0)
    assert item.metadata["frames"] == 2


@pytest.mark.parametrize("length", ["100", "100pt", "3cm", "50%"])
def test_a_drawing_is_rasterised_whatever_its_unit(tmp_path, length):
    path = tmp_path / "a.svg"
    path.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{length}" height="{length}" viewBox="0 0 10 10">'
        '<rect width="10" height="5" fill="#00f"/></svg>'
    )
    picture = image.load(_read(path)).image
    assert picture.size == (1024, 1024)
    assert picture.getpixel((500, 200)) == (0, 0, 255)
    assert picture.getpixel((500, 900)) == (255, 255, 255)


def test_a_drawing_reaches_a_browser_as_pixels_because_it_could_carry_a_script(tmp_path):
    path = tmp_path / "a.svg"
    path.write_text('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert(1)</script></svg>')
    shown = media.playable(_read(path))
    assert shown.mime == "image/png"
    assert b"alert" not in shown.data


def test_a_hidden_reference_in_an_entity_is_found(tmp_path):
    path = tmp_path / "a.svg"
    path.write_text(
        '<!DOCTYPE svg [<!ENTITY where "/etc/secret.png">]><svg xmlns="http://www.w3.org/2000/svg" width="9" '
        'height="9"><image href="&where;"/></svg>'
    )
    assert "refers to another file" in read(path, progress=False).unread[0].reason


def test_a_browser_gets_the_original_bytes_where_it_can_show_them(tmp_path):
    (tmp_path / "a.png").write_bytes(png())
    assert media.playable(_read(tmp_path / "a.png")) == media.Playable("image/png", png())
    Image.new("RGB", (4, 4), "red").save(tmp_path / "a.tif")
    assert media.playable(_read(tmp_path / "a.tif")).mime == "image/png"


def test_a_thumbnail_keeps_the_shape_and_never_enlarges(tmp_path):
    (tmp_path / "wide.png").write_bytes(png((400, 100)))
    (tmp_path / "small.png").write_bytes(png((10, 20)))
    sizes = [Image.open(io.BytesIO(media.thumbnail(item))).size for item in read(tmp_path, progress=False)]
    assert sizes == [(10, 20), (160, 40)]


def test_a_picture_that_changed_after_reading_is_not_shown_for_the_old_one(tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(png())
    item = _read(path)
    path.write_bytes(png(color="red"))
    for use in (image.load, media.thumbnail, media.playable):
        with pytest.raises(UnreadableError, match=r"a\.png has changed since it was embedded"):
            use(item)
    path.unlink()
    with pytest.raises(UnreadableError, match="not there"):
        image.load(item)


@pytest.mark.parametrize("format", ["PNG", "WEBP", "TIFF", "JPEG", "AVIF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_kind_of_picture_is_set_upright_once(tmp_path, format, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    turned = quarters().transpose(Image.Transpose(_UNDONE[orientation])) if orientation > 1 else quarters()
    (tmp_path / "a").write_bytes(encoded(turned, format, exif=exif, **({"quality": 95} if format != "TIFF" else {})))
    item = _read(tmp_path / "a")
    shown = image.load(item).image
    assert shown.size == (96, 64) == (item.metadata["width"], item.metadata["height"])
    for at, expected in (((20, 15), RED), ((70, 15), GREEN), ((20, 48), BLUE)):
        assert np.abs(np.array(shown.getpixel(at)) - expected).max() < 25


_UNDONE = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}
"""The transpositions of Pillow that make a picture which EXIF orientation n sets upright."""


def test_every_page_of_a_tiff_is_an_item_and_smaller_copies_are_none(tmp_path):
    pages = [Image.new("L", (80, 110), grey) for grey in (10, 120, 240)]
    pages[0].save(tmp_path / "fax.tif", save_all=True, append_images=pages[1:], compression="tiff_lzw")
    items = read(tmp_path / "fax.tif", progress=False)
    assert [str(item.span) for item in items] == ["page 1", "page 2", "page 3"]
    assert [_pixel(item, (5, 5))[0] for item in items] == [10, 120, 240]
    assert len({item.content_key for item in items}) == 3
    assert media.playable(items[2]).mime == "image/png"
    copy = pages[1].copy()
    copy.encoderinfo = {}
    info = TiffImagePlugin.ImageFileDirectory_v2()
    info[254] = 1
    with (tmp_path / "two.tif").open("w+b") as file, TiffImagePlugin.AppendingTiffWriter(file) as out:
        pages[0].save(out, "TIFF")
        out.newFrame()
        pages[1].save(out, "TIFF", tiffinfo=info)
    assert _read(tmp_path / "two.tif").span is None


def test_a_jpeg_without_its_end_mark_is_whole_and_half_of_one_is_cut_short(tmp_path):
    whole = encoded(quarters(), "JPEG", quality=92)
    (tmp_path / "a.jpg").write_bytes(whole[:-2])
    assert _read(tmp_path / "a.jpg").metadata["width"] == 96
    noise = png((96, 64), noise=True)
    for options in ({}, {"progressive": True}):
        data = encoded(Image.open(io.BytesIO(noise)), "JPEG", quality=92, **options)
        for keep in (0.5, 0.9, 0.99):
            (tmp_path / "a.jpg").write_bytes(data[: int(keep * len(data))])
            assert "cut short" in read(tmp_path / "a.jpg", progress=False).unread[0].reason


def test_frames_of_an_animated_png_are_counted(tmp_path):
    frames = [Image.new("RGB", (60, 40), color) for color in ("red", "green", "blue")]
    frames[0].save(tmp_path / "a.png", save_all=True, append_images=frames[1:], duration=200)
    assert _read(tmp_path / "a.png").metadata["frames"] == 3


def test_a_sticker_whose_first_frame_is_clear_shows_a_later_one(tmp_path):
    clear = Image.new("RGBA", (60, 60), (0, 0, 0, 0))
    full = clear.copy()
    ImageDraw.Draw(full).ellipse((10, 10, 50, 50), fill=(*RED, 255))
    clear.save(tmp_path / "a.gif", save_all=True, append_images=[full, full], duration=100, disposal=2, transparency=0)
    assert _pixel(_read(tmp_path / "a.gif"), (30, 30)) == RED


@pytest.mark.slow
def test_a_telephone_with_200_megapixels_is_read(tmp_path):
    Image.new("L", (16320, 12240), 120).save(tmp_path / "a.jpg", quality=30)
    limit = Image.MAX_IMAGE_PIXELS
    assert max(image.load(_read(tmp_path / "a.jpg")).image.size) <= image.LONGEST
    assert limit == Image.MAX_IMAGE_PIXELS


@pytest.mark.parametrize("name", ["a.jp2", "a.j2k"])
def test_jpeg_2000_is_read_and_shown_as_png(tmp_path, name):
    quarters().save(tmp_path / name, "JPEG2000")
    item = _read(tmp_path / name)
    assert item.format == "jp2"
    assert _pixel(item, (20, 15)) == RED
    assert media.playable(item).mime == "image/png"


def test_a_tiff_that_is_cut_within_the_header_of_a_page_makes_no_noise(tmp_path):
    import warnings

    first = quarters()
    first.save(tmp_path / "a.tif", save_all=True, append_images=[first] * 2)
    data = (tmp_path / "a.tif").read_bytes()
    with warnings.catch_warnings(record=True) as noise:
        warnings.simplefilter("always")
        for cut in range(len(data) // 3, len(data), len(data) // 100):
            (tmp_path / "a.tif").write_bytes(data[:cut])
            with contextlib.suppress(UnreadableError):
                image.split(tmp_path / "a.tif", "tiff")
    assert [str(one.message) for one in noise] == []
