"""The model that ships in the package: public networks for words, pictures and sounds in one space.

Items come in; unit vectors of the space ``local`` go out, without account or network.
"""

from __future__ import annotations

from typing import Any


def __getattr__(name: str) -> Any:
    # At first use: the model's modules need NumPy, and importing a room must cost nothing.
    if name == "LocalModel":
        from nova_explore.models.local.model import LocalModel

        return LocalModel
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
