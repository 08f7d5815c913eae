"""How far apart two colours look, to people who see all colours and to those who do not.

Distance is CIEDE2000 (Sharma, Wu & Dalal 2005), under daylight D65. Colour-vision deficiency is simulated for its
strongest form after Machado, Oliveira & Fernandes (2009).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SIGHTS = {
    "protanopia": (
        (0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900),
    ),
}  # fmt: skip
"""From linear red, green and blue to what is seen of them, where one of the three cones is missing."""

TO_XYZ = ((0.4124564, 0.3575761, 0.1804375), (0.2126729, 0.7151522, 0.0721750), (0.0193339, 0.1191920, 0.9503041))
WHITE = (0.95047, 1.0, 1.08883)
LINEAR_TO, CUBIC_FROM = 0.04045, 216 / 24389


def seen_apart(colors: Sequence[str]) -> NDArray[np.float64]:
    """Distance of each colour to each other, in the sight in which the two look most alike.

    Parameters
    ----------
    colors : sequence of str
        ``#rrggbb``, m of them.

    Returns
    -------
    float64 array of shape (m, m)
        CIEDE2000; about 2 is the least difference that is seen side by side.
    """
    import numpy as np

    linear = linear_of(colors)
    seen = [linear, *(np.clip(linear @ np.array(sight).T, 0, 1) for sight in SIGHTS.values())]
    labs = [lab_of(one) for one in seen]
    return np.min([ciede2000(lab[:, None], lab[None]) for lab in labs], axis=0)


def linear_of(colors: Sequence[str]) -> NDArray[np.float64]:
    """Linear red, green and blue, 0 to 1, of ``#rrggbb``; shape (m, 3)."""
    import numpy as np

    parts = [[int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)] for color in colors]
    values = np.array(parts, float).reshape(len(colors), 3)
    return np.where(values <= LINEAR_TO, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def lab_of(linear: NDArray[np.float64]) -> NDArray[np.float64]:
    """CIELAB of linear red, green and blue; shape (m, 3)."""
    import numpy as np

    xyz = linear @ np.array(TO_XYZ).T / np.array(WHITE)
    root = np.where(xyz > CUBIC_FROM, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    x, y, z = root[..., 0], root[..., 1], root[..., 2]
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def ciede2000(one: NDArray[np.float64], two: NDArray[np.float64]) -> NDArray[np.float64]:
    """Distance of colours in CIELAB, after equations 2 to 22 of Sharma, Wu & Dalal (2005).

    Parameters
    ----------
    one, two : arrays of shape (…, 3)
    """
    import numpy as np

    light1, a1, b1 = np.moveaxis(one, -1, 0)
    light2, a2, b2 = np.moveaxis(two, -1, 0)
    chroma = (np.hypot(a1, b1) + np.hypot(a2, b2)) / 2
    grey = 0.5 * (1 - np.sqrt(chroma**7 / (chroma**7 + 25.0**7)))
    a1, a2 = a1 * (1 + grey), a2 * (1 + grey)
    chroma1, chroma2 = np.hypot(a1, b1), np.hypot(a2, b2)
    hue1, hue2 = np.degrees(np.arctan2(b1, a1)) % 360, np.degrees(np.arctan2(b2, a2)) % 360
    colored = chroma1 * chroma2 > 0
    turn = np.where(colored, (hue2 - hue1 + 180) % 360 - 180, 0.0)
    turn = np.where(colored & (np.abs(hue2 - hue1) == 180), hue2 - hue1, turn)
    light_apart, chroma_apart = light2 - light1, chroma2 - chroma1
    hue_apart = 2 * np.sqrt(chroma1 * chroma2) * np.sin(np.radians(turn / 2))
    light, chroma = (light1 + light2) / 2, (chroma1 + chroma2) / 2
    both = hue1 + hue2
    far = np.abs(hue1 - hue2) > 180
    hue = np.where(colored, np.where(far, np.where(both < 360, both + 360, both - 360), both) / 2, both)
    weight = (
        1
        - 0.17 * np.cos(np.radians(hue - 30))
        + 0.24 * np.cos(np.radians(2 * hue))
        + 0.32 * np.cos(np.radians(3 * hue + 6))
        - 0.20 * np.cos(np.radians(4 * hue - 63))
    )
    of_light = 1 + 0.015 * (light - 50) ** 2 / np.sqrt(20 + (light - 50) ** 2)
    of_chroma, of_hue = 1 + 0.045 * chroma, 1 + 0.015 * chroma * weight
    turned = 30 * np.exp(-(((hue - 275) / 25) ** 2))
    rotation = -2 * np.sqrt(chroma**7 / (chroma**7 + 25.0**7)) * np.sin(np.radians(2 * turned))
    x, y, z = light_apart / of_light, chroma_apart / of_chroma, hue_apart / of_hue
    return np.sqrt(np.maximum(x**2 + y**2 + z**2 + rotation * y * z, 0))
