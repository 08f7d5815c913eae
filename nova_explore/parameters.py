"""Numbers that a person passes, checked and made plain where they enter: of numpy or of Python, they mean the same."""

from __future__ import annotations

import math
import operator
from typing import Any


def whole_number(name: str, value: Any, *, least: int = 0) -> int:
    """Return a whole number as an int of Python, which JSON and every comparison take.

    Parameters
    ----------
    name : str
        Of the parameter, for the message.
    value : int, or integer of numpy
    least : int
        The smallest that is possible.

    Raises
    ------
    ValueError
        If it is no whole number, or too small.

    Examples
    --------
    >>> import numpy as np
    >>> whole_number("k", np.int64(15), least=1)
    15
    """
    try:
        number = operator.index(value)
    except TypeError:
        whole = isinstance(value, float) and value.is_integer()
        do = f"Pass {name}={int(value)}." if whole else f"Pass a whole number, {least} or more."
        raise ValueError(f"{name}={value!r} is no whole number. {do}") from None
    if number < least:
        raise ValueError(f"{name}={number} is not possible. Pass {least} or more.")
    return number


def share(name: str, value: Any) -> float:
    """Return a number from 0 to 1 as a float of Python; one of numpy as the decimal number that it is written as.

    Raises
    ------
    ValueError
        If it is no such number.

    Examples
    --------
    >>> import numpy as np
    >>> share("min_dist", np.float32(0.1))
    0.1
    """
    try:
        number = float(str(value)) if hasattr(value, "dtype") else float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not 0 <= number <= 1:
        raise ValueError(f"{name}={value} is not possible. Pass 0 to 1.")
    return number
