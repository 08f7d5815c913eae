"""The colours of a picture as a person sees them: sRGB, 8 bits, on a ground that shows what is drawn."""

from __future__ import annotations

import contextlib
import io
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from PIL.Image import Image

DEEP = frozenset(("I", "F", "I;16", "I;16B", "I;16L", "I;16N"))
"""Pillow's modes of more than 8 bits."""

PALE, TOLERANCE = 235, 6
"""Brightness, of 255, from which ink vanishes on white; and what is left of a drawing that does."""

DARK_GROUND = (64, 68, 76)
"""Ground of a drawing that white would hide."""

MOST_SIDE = 4096
"""Pixels of the longest side of deep grey that is spread; larger pictures are thinned out first."""

_SRGB_PRIMARIES = ((0.4361, 0.2225, 0.0139), (0.3851, 0.7169, 0.0971), (0.1431, 0.0606, 0.7141))  # adapted to D50

EDGE = 0.5
"""Percent of deep grey values at either end that are clipped where a few stray ones would leave the rest dark."""


def to_srgb(image: Image) -> Image:
    """Convert any mode to RGB: profiles are followed, transparency is laid on a ground, deep grey is spread."""
    if image.mode in DEEP:
        return _spread(image)
    image = _profiled(image)
    if image.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in image.info:
        return on_ground(image.convert("RGBA"))
    return image if image.mode == "RGB" else image.convert("RGB")


def _profiled(image: Image) -> Image:
    """Follow an ICC profile; a broken one, or one for other channels, is passed over as viewers do."""
    profile = image.info.get("icc_profile")
    if not profile or image.mode not in ("RGB", "RGBA", "L", "CMYK", "LAB"):
        return image
    from PIL import Image as Images
    from PIL import ImageCms

    try:
        transform = _transform(bytes(profile), "RGB" if image.mode == "RGBA" else image.mode)
        if transform is None:
            return image
        seen = ImageCms.applyTransform(image.convert("RGB") if image.mode == "RGBA" else image, transform)
    except (ImageCms.PyCMSError, OSError, TypeError, ValueError):
        return image
    if seen is None or image.mode != "RGBA":
        return seen or image
    return Images.merge("RGBA", (*seen.split(), image.getchannel("A")))


@lru_cache(maxsize=32)
def _transform(profile: bytes, mode: str) -> Any | None:
    """What brings a mode with a profile to sRGB; None where it is sRGB already."""
    from PIL import ImageCms

    source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    if mode == "RGB" and _is_srgb(source.profile):
        return None
    return ImageCms.buildTransform(source, ImageCms.createProfile("sRGB"), mode, "RGB")


def _is_srgb(profile: Any) -> bool:
    """By its primaries: descriptions are copied along with profiles, and say sRGB where the colours are others."""
    primaries = [getattr(profile, f"{name}_colorant", None) for name in ("red", "green", "blue")]
    return (
        "sRGB" in (getattr(profile, "profile_description", None) or "")
        and all(primaries)
        and np.allclose([primary[0] for primary in primaries if primary], _SRGB_PRIMARIES, atol=0.005)
    )


def on_ground(image: Image) -> Image:
    """Lay an RGBA picture on white, or on dark grey where nothing would be seen on white."""
    from PIL import Image as Images

    paper = Images.alpha_composite(Images.new("RGBA", image.size, "white"), image).convert("RGB")
    if not _vanishes(image, paper):
        return paper
    return Images.alpha_composite(Images.new("RGBA", image.size, (*DARK_GROUND, 255)), image).convert("RGB")


def _vanishes(image: Image, paper: Image) -> bool:
    """Whether something is drawn on clear ground and white swallows it."""
    alpha_low, alpha_high = image.getchannel("A").getextrema()
    if (
        not isinstance(alpha_low, int) or not isinstance(alpha_high, int) or alpha_low > 128 or alpha_high < 32
    ):  # solid, or nothing drawn at all
        return False
    low = min(channel[0] for channel in paper.getextrema())  # pyright: ignore[reportIndexIssue]
    if low >= 255 - TOLERANCE:
        return True
    if low < PALE:
        return False
    ink = np.asarray(paper.resize((64, 64)).convert("L"))
    return bool(ink.min() >= PALE)


def _spread(image: Image) -> Image:
    """Bring deep grey to 8 bits by the range it uses; values that mark missing data are apart, and drawn black."""
    from PIL import Image as Images

    pixels = np.asarray(image)
    step = max(1, max(pixels.shape) // MOST_SIDE)
    values = pixels[::step, ::step].astype(np.float64)
    missing = ~np.isfinite(values) | _marked(values, image)
    known = values[~missing]
    if not known.size:
        return Images.new("RGB", image.size)
    low, high = _range(known, whole=image.mode != "F")
    scaled = np.clip((values - low) * (255.0 / (high - low)), 0, 255) if high > low else np.zeros_like(values)
    scaled[missing] = 0
    return Images.fromarray(scaled.round().astype(np.uint8)).convert("RGB")


def _marked(values: NDArray[np.float64], image: Image) -> NDArray[np.bool_]:
    """Which values mark missing data: the one that GDAL's tag names, and what no measurement reaches."""
    marked = np.abs(values) > 1e30
    tags = getattr(image, "tag_v2", None)
    named = tags.get(42113) if tags is not None else None  # GDAL_NODATA
    if named is not None:
        with contextlib.suppress(ValueError):
            marked |= values == float(str(named).strip("\0 "))
    for sentinel in (-9999.0, -32768.0):
        if image.mode != "I;16" and (values == sentinel).any() and (values[values != sentinel] > -1000).all():
            marked |= values == sentinel
    return marked


def _range(known: NDArray[np.float64], *, whole: bool) -> tuple[float, float]:
    low, high = float(known.min()), float(known.max())
    if whole and low >= 0:
        # A scan that reaches into the upper half of 8, 12 or 16 bits keeps its brightness.
        for top in (255.0, 4095.0, 65535.0):
            if high <= top:
                if high > 0.5 * top - 1:
                    return 0.0, top
                break
        low = 0.0 if high - low < 0.05 * high else low
    inner_low, inner_high = (float(edge) for edge in np.percentile(known, (EDGE, 100 - EDGE)))
    if inner_high > inner_low and inner_high - inner_low < 0.25 * (high - low):
        return inner_low, inner_high
    return low, high
