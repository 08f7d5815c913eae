"""HEIC and AVIF: still pictures in the boxes of a film. Pillow reads AVIF, the extra ``heif`` HEIC."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

from nova_explore.errors import UnreadableError, import_extra
from nova_explore.media import access

if TYPE_CHECKING:
    from PIL.Image import Image


def open_picture(path: Path, format: str) -> Image:
    """Open the main picture, by whichever decoder can: the brand in the first box is often another one's.

    Raises
    ------
    MissingExtraError
        If it is HEIC and the extra ``heif`` is not installed.
    UnreadableError
        If no decoder can.
    """
    from PIL import Image

    data = access.read_bytes(path)
    if format == "avif" or b"av01" in data[:4096]:
        try:
            # Pillow looks at the first brand alone, the decoder behind it at the picture.
            return Image.open(io.BytesIO(data[:8] + b"avif" + data[12:]), formats=("AVIF",))
        except (OSError, SyntaxError, ValueError) as error:
            if format == "avif":
                raise UnreadableError(f"The AVIF picture is damaged ({error}). Copy or download it again.") from error
    pi_heif = import_extra("pi_heif", feature="Reading HEIC pictures", extra="heif")
    try:
        return pi_heif.open_heif(data, convert_hdr_to_8bit=True).to_pillow()
    except (OSError, ValueError, RuntimeError, EOFError, SyntaxError) as error:
        raise UnreadableError(f"The HEIC picture cannot be decoded ({error}). Save it as JPEG or PNG.") from error
