"""High dynamic range, worked by hand: white at 203 nits is white, and a colour is the colour that was graded."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import av
import numpy as np
import pytest
from fakes.making import BLUE, GREEN, RED, quarters

from nova_explore.media import hdr, video
from nova_explore.sources.read import read


def _linear() -> np.ndarray:
    value = np.asarray(quarters(), dtype=float) / 255
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def _coded(transfer: str) -> np.ndarray:
    """The quarters in BT.2020 and in PQ (white at 203 nits) or HLG (white at 75 % of the signal)."""
    wide = _linear() @ np.array([[0.6274, 0.3293, 0.0433], [0.0691, 0.9195, 0.0114], [0.0164, 0.0880, 0.8956]]).T
    if transfer == "PQ":
        power = np.clip(wide * 203 / 10000, 0, 1) ** 0.1593017578125
        return ((0.8359375 + 18.8515625 * power) / (1 + 18.6875 * power)) ** 78.84375
    scene = np.clip(wide * 0.265, 0, 1)
    curve = 0.17883277 * np.log(np.maximum(12 * scene - 0.28466892, 1e-9)) + 0.55991073
    return np.where(scene <= 1 / 12, np.sqrt(3 * scene), curve)


class _Frame:
    """A decoded frame as far as it is looked at here."""

    def __init__(self, code: np.ndarray, transfer: int) -> None:
        self._code, self.color_trc = code, transfer

    def reformat(self, **options) -> _Frame:
        return self

    def to_ndarray(self) -> np.ndarray:
        return np.round(self._code * 65535).astype(np.uint16)


@pytest.mark.parametrize(("transfer", "point"), [("PQ", 16), ("HLG", 18)])
def test_colours_come_out_as_they_went_in(transfer, point):
    frame = _Frame(_coded(transfer), point)
    assert hdr.hdr_of(frame) == transfer
    shown = np.asarray(hdr.to_standard(frame, (96, 64))).astype(int)
    for (x, y), expected in (((10, 10), RED), ((80, 10), GREEN), ((10, 50), BLUE)):
        assert np.abs(shown[y, x] - expected).max() <= 3


def test_highlights_are_compressed_and_never_wrap_around():
    ramp = np.repeat(np.linspace(0, 1, 64)[None, :, None], 3, axis=2)
    shown = np.asarray(hdr.to_standard(_Frame(ramp, 16), (64, 1)))[0, :, 0].astype(int)
    assert (np.diff(shown) >= 0).all()
    assert shown[-1] == 255


def test_a_plain_frame_is_not_hdr():
    assert hdr.hdr_of(_Frame(np.zeros((1, 1, 3)), 1)) is None


def test_a_film_in_pq_is_shown_in_its_colours(tmp_path):
    path = tmp_path / "a.mkv"
    planes = np.round(np.clip(_coded("PQ"), 0, 1) * 65535).astype(np.uint16)
    with av.open(str(path), "w") as out:
        stream: Any = out.add_stream("libx265", rate=5, options={"x265-params": "log-level=none:qp=4:bframes=0"})
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv444p10le"
        context = stream.codec_context
        context.color_trc, context.color_primaries, context.colorspace, context.color_range = 16, 9, 9, 1
        for number in range(5):
            frame = av.VideoFrame.from_ndarray(planes, format="rgb48le")
            frame = frame.reformat(format="yuv444p10le", dst_colorspace=9, dst_color_range=1)
            frame.pts, frame.time_base = number, Fraction(1, 5)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    item = read(path, progress=False)[0]
    assert item.metadata["hdr"] == "PQ"
    shown = np.asarray(video.load(item).frames[0]).astype(int)
    for (x, y), expected in (((20, 15), RED), ((70, 15), GREEN), ((20, 48), BLUE)):
        assert np.abs(shown[y, x] - expected).max() <= 20
