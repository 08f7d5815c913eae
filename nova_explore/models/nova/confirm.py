"""What only an account can confirm, one line each, for a few cents in all: sent to Amazon, never guessed.

Media are made here by arithmetic, so that nothing of a person's own is sent.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from nova_explore.collection import Item, Modality
from nova_explore.errors import NovaExploreError
from nova_explore.models.cost import load_prices, price_of_one
from nova_explore.models.nova.client import invoke
from nova_explore.models.nova.faults import classify
from nova_explore.models.nova.model import NovaModel
from nova_explore.models.nova.prefix import check_prefix
from nova_explore.models.nova.request import Answer, Prepared, request_body

MOST_USD = 0.25
"""US dollars that all of it may cost by the highest prices of any source; a test keeps it below."""

WORDS = ("A quiet lake at dawn.", "Three owls on a mast.", "The price of bread in 1911.")
LONG = "𝒂𝒃 " * 12_000
"""Signs outside the first plane: 36,000 code points, 60,000 UTF-16 units, more tokens than one call takes."""

DIMENSION = 256
SECONDS = 2.0


class Confirmed(NamedTuple):
    """One thing that an account was asked.

    Attributes
    ----------
    name : str
        What was asked.
    known : bool
        Whether the service has answered.
    detail : str
        What came.
    """

    name: str
    known: bool
    detail: str


def confirm(model: NovaModel) -> Iterator[Confirmed]:
    """Ask the service all that can be asked by single calls; about fifteen, for less than `MOST_USD`."""
    yield _prefix(model)
    for name, medium in media().items():
        yield _count(model, name, medium)
    yield _positions(model)
    yield Confirmed(
        "batch price", False, "no call tells: embed 100 texts of five words with path='batch' (less than a cent, but "
        "hours) and compare the bill of the day with half the price of text",
    )  # fmt: skip
    yield Confirmed(
        "job quotas", False, "jobs at once and records a batch job are in the lines of quotas above, where they are "
        "listed; if not: Service Quotas > Amazon Bedrock",
    )  # fmt: skip


def most_usd(model: NovaModel) -> float:
    """US dollars that `confirm` costs by the highest price of any source."""
    of = load_prices(model.region).of
    each = {modality: price.most or 0.0 for modality, price in of.items()}
    texts = each.get("text", 0.0) * (2 * sum(map(len, WORDS)) + 8_192)
    pictures = each.get("image", 0.0) + each.get("page", 0.0)
    return texts + pictures + SECONDS * (each.get("audio", 0.0) + 2 * each.get("video", 0.0))


def media() -> dict[str, Prepared]:
    """A picture, a page, two seconds of sound, and two of film, with sound and without."""
    import soundfile
    from PIL import Image

    draw = np.random.default_rng(0)
    picture, sound = io.BytesIO(), io.BytesIO()
    Image.fromarray(draw.integers(0, 255, (64, 64, 3), dtype=np.uint8)).save(picture, "PNG")
    wave = 0.3 * np.sin(np.arange(0, SECONDS, 1 / 16000) * 2000)
    soundfile.write(sound, wave, 16000, format="WAV", subtype="PCM_16")
    return {
        "picture": Prepared("image", "png", data=picture.getvalue()),
        "page": Prepared("image", "png", data=picture.getvalue(), document=True),
        "sound": Prepared("audio", "wav", data=sound.getvalue()),
        "film with sound": Prepared("video", "mp4", data=_film(sound=True)),
        "film": Prepared("video", "mp4", data=_film(sound=False)),
    }


def _film(*, sound: bool) -> bytes:
    import av

    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=8)
        stream.width = stream.height = 64
        stream.pix_fmt = "yuv420p"
        voice = container.add_stream("aac", rate=16000, layout="mono") if sound else None
        for n in range(int(SECONDS * 8)):
            shade = np.full((64, 64, 3), 15 * n % 255, dtype=np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(shade, format="rgb24")))
        container.mux(stream.encode())
        if voice is not None:
            wave = (0.3 * np.sin(np.arange(0, SECONDS, 1 / 16000) * 2000)).astype("f4")
            frame = av.AudioFrame.from_ndarray(wave[None], format="fltp", layout="mono")
            frame.sample_rate = 16000
            container.mux(voice.encode(frame))
            container.mux(voice.encode())
    return out.getvalue()


def _prefix(model: NovaModel) -> Confirmed:
    items = [Item(f"confirm-{n}", Modality.TEXT, "", words, "txt", f"confirm{n}", text=words) for n, words in
             enumerate(WORDS)]  # fmt: skip
    asking = NovaModel(
        dimension=DIMENSION,
        prefix_of=3072,
        region=model.region,
        profile=model.profile,
        cache=False,
        client=model.client,
    )
    try:
        return Confirmed("prefix", True, str(check_prefix(asking, items)))
    except NovaExploreError as error:
        return Confirmed("prefix", False, str(error))


def _asked(model: NovaModel, medium: Prepared) -> Answer | str:
    body = request_body(medium, purpose="GENERIC_INDEX", dimension=DIMENSION)
    try:
        return invoke(model.client, body, dimension=DIMENSION, called=model.called)
    except Exception as error:  # whatever it is, the line says it
        return classify(error, region=model.region, model=model.called.model_id).message


def _count(model: NovaModel, name: str, medium: Prepared) -> Confirmed:
    """What the service counts for a medium, beside the price that is listed: the bill of the day says which holds."""
    answer = _asked(model, medium)
    if isinstance(answer, str):
        return Confirmed(name, False, answer)
    kind = "page" if medium.document else medium.kind
    price = load_prices(model.region).of.get(kind)
    units = 1.0 if kind in ("image", "page") else SECONDS
    listed = (
        "no price is listed" if price is None or price.usd is None else f"listed at {price_of_one(price.usd * units)}"
    )
    highest = (
        "" if price is None or price.most in (None, price.usd) else f", at most {price_of_one(price.most * units)}"
    )
    counted = "no tokens counted" if answer.tokens is None else f"{answer.tokens} tokens counted"
    return Confirmed(name, True, f"{', '.join(answer.vectors) or 'one vector'}; {counted}; {listed}{highest}")


def _positions(model: NovaModel) -> Confirmed:
    answer = _asked(model, Prepared("text", text=LONG))
    if isinstance(answer, str):
        return Confirmed("positions", False, answer)
    if answer.kept is None:
        return Confirmed("positions", True, f"a text of {len(LONG):,} code points was not cut")
    units = len(LONG[: answer.kept].encode("utf-16-le")) // 2
    return Confirmed("positions", True, f"cut after {answer.kept:,} of {len(LONG):,} code points; if these are UTF-16 "
                     f"units, after {answer.kept - (units - answer.kept) // 2:,}")  # fmt: skip
