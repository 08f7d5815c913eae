"""Measure how well copies of sounds and clips are found, from files to groups: ``python benchmarks/copies_heard.py``.

Copies of the demo's sound effects are planted: in other codecs, at another rate, at half the loudness, cut by up to
5 % an end, with a little silence before, and all of it. Copies of clips, too: smaller, in another codec and coarser,
mirrored, cut at the sides, cut by up to 5 % an end, without their sound. Clips are pieces of the demo's films, and
films made of its pictures and sounds: a thing crosses a ground while the camera moves. Everything is read, embedded
with the local model and handed to ``exploration.duplicates()``; so both signals are measured, not the prints alone.

What must not be taken for a copy: every other sound, noise over the same sound's beginning, another moment of the same
film, and second takes, where the same thing crosses the same ground in another way.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import av
import numpy as np
import soundfile
from copies import wilson
from numpy.typing import NDArray
from PIL import Image

import nova_explore as nx
from nova_explore.media import container
from nova_explore.media.image import decode
from nova_explore.sources.datasets import demo, sounds, stamps

SORTS = ("sounds", "clips")
SOUNDS, FILMS = 100, 40
SIZE, RATE, SECONDS = (320, 240), 12, 2.0
Samples = NDArray[np.float32]
Frames = list[Image.Image]


# ---- sounds -------------------------------------------------------------------------------------------------------


def put_sound(path: Path, samples: Samples, rate: int, codec: str = "", bits: int = 64_000) -> None:
    """Write mono samples: by soundfile where no codec is named, else by FFmpeg's."""
    if not codec:
        soundfile.write(path, samples, rate)
        return
    with av.open(str(path), "w") as media:
        stream: Any = media.add_stream(codec, rate=48_000 if codec == "libopus" else 44_100, layout="mono")
        stream.bit_rate = bits
        container.put_sound(media, stream, samples, rate)


def at_rate(samples: Samples, rate: int, wanted: int) -> Samples:
    from scipy.signal import resample_poly

    return resample_poly(samples, wanted, rate).astype(np.float32)


def trimmed(samples: Samples, draw: np.random.Generator) -> Samples:
    first, last = (draw.uniform(0, 0.05, 2) * len(samples)).astype(int)
    return samples[first : len(samples) - last]


def late(samples: Samples, rate: int) -> Samples:
    """A twentieth of a second of silence before, as encoders add it."""
    return np.concatenate([np.zeros(rate // 20, np.float32), samples])


SOUND_CHANGES: dict[str, Callable[[Path, Samples, int, np.random.Generator], None]] = {
    "MP3 of 64 kbit.mp3": lambda path, x, rate, _: put_sound(path, x, rate, "libmp3lame"),
    "Opus of 32 kbit.opus": lambda path, x, rate, _: put_sound(path, x, rate, "libopus", 32_000),
    "16 kHz.wav": lambda path, x, rate, _: put_sound(path, at_rate(x, rate, 16_000), 16_000),
    "half as loud.flac": lambda path, x, rate, _: put_sound(path, 0.5 * x, rate),
    "cut by up to 5 % an end.wav": lambda path, x, rate, draw: put_sound(path, trimmed(x, draw), rate),
    "a little later.wav": lambda path, x, rate, _: put_sound(path, late(x, rate), rate),
    "all of it.mp3": lambda path, x, rate, draw: put_sound(
        path, 0.6 * trimmed(at_rate(x, rate, 22_050), draw), 22_050, "libmp3lame", 48_000
    ),
}


def plant_sounds(folder: Path, draw: np.random.Generator) -> None:
    """Write sounds, their copies, and for every fifth another sound that begins as it does."""
    once: dict[int, tuple[Samples, int]] = {}  # those of one length are one recording; some are silent
    for effect in sounds():
        samples, rate = soundfile.read(effect.path, dtype="float32", always_2d=True)
        if np.abs(samples).max() > 1e-3:
            once.setdefault(len(samples), (samples.mean(axis=1), rate))
    order = draw.permutation(len(once))[:SOUNDS]
    for number, (mono, rate) in enumerate(list(once.values())[int(place)] for place in order):
        put_sound(folder / f"{number}=original.wav", mono, rate)
        for name, change in SOUND_CHANGES.items():
            change(folder / f"{number}={name}", mono, rate, draw)
        if number % 5 == 0:
            other = mono.copy()
            half = len(other) // 2
            other[half:] = draw.normal(0, max(float(mono.std()), 1e-3), len(other) - half)
            put_sound(folder / f"other{number}=half noise.wav", other, rate)


# ---- clips --------------------------------------------------------------------------------------------------------


def put_film(
    path: Path, frames: Frames, sound: Samples | None, rate: int, codec: str = "libx264", crf: str = "23"
) -> None:
    with av.open(str(path), "w") as film:
        stream: Any = film.add_stream(codec, rate=RATE, options={"crf": crf} if codec == "libx264" else {})
        stream.width, stream.height, stream.pix_fmt = frames[0].width // 2 * 2, frames[0].height // 2 * 2, "yuv420p"
        if codec != "libx264":
            stream.bit_rate = 400_000
        heard: Any = film.add_stream("aac", rate=44_100, layout="mono") if sound is not None else None
        for frame in frames:
            even = frame.crop((0, 0, stream.width, stream.height))
            film.mux(stream.encode(av.VideoFrame.from_image(even)))
        film.mux(stream.encode())
        if sound is not None:
            container.put_sound(film, heard, sound, rate)


def inside(frame: Image.Image, share: float) -> Image.Image:
    width, height = frame.size
    return frame.crop((int(share * width), int(share * height), int((1 - share) * width), int((1 - share) * height)))


def some(frames: Frames, sound: Samples | None) -> tuple[Frames, Samples | None]:
    """Without a twentieth at the beginning."""
    return frames[max(1, len(frames) // 20) :], None if sound is None else sound[len(sound) // 20 :]


FILM_CHANGES: dict[str, Callable[[Path, Frames, Samples | None, int], None]] = {
    "smaller.mp4": lambda path, f, s, r: put_film(path, [x.resize((x.width // 2, x.height // 2)) for x in f], s, r),
    "coarser.avi": lambda path, f, s, r: put_film(path, f, s, r, "mpeg4"),
    "mirrored.mp4": lambda path, f, s, r: put_film(
        path, [x.transpose(Image.Transpose.FLIP_LEFT_RIGHT) for x in f], s, r
    ),
    "cut by 4 % a side.mp4": lambda path, f, s, r: put_film(path, [inside(x, 0.04) for x in f], s, r),
    "cut by 5 % in time.mp4": lambda path, f, s, r: put_film(path, *some(f, s), r),
    "without its sound.mp4": lambda path, f, _, r: put_film(path, f, None, r),
    "all of it.mp4": lambda path, f, s, r: put_film(
        path, [inside(x, 0.03).resize((x.width // 2, x.height // 2)) for x in some(f, s)[0]], some(f, s)[1], r, crf="32"
    ),
}


def crossing(ground: Image.Image, thing: Image.Image, draw: np.random.Generator) -> Frames:
    """A thing crosses a ground, and the camera moves."""
    wide = ground.convert("RGB").resize((SIZE[0] * 3 // 2, SIZE[1] * 3 // 2), Image.Resampling.BICUBIC)
    front = thing.convert("RGB")
    front.thumbnail((110, 110))
    shape = Image.fromarray((np.asarray(front.convert("L")) < 250).astype(np.uint8) * 255)
    ways = draw.uniform(0, 1, (2, 2, 2))
    frames = []
    for share in np.linspace(0, 1, int(RATE * SECONDS)):
        (x, y), (u, v) = (one + share * (other - one) for one, other in ways)
        left, top = round(x * (wide.width - SIZE[0])), round(y * (wide.height - SIZE[1]))
        frame = wide.crop((left, top, left + SIZE[0], top + SIZE[1]))
        frame.paste(front, (round(u * (SIZE[0] - 110)), round(v * (SIZE[1] - 110))), shape)
        frames.append(frame)
    return frames


def pieces(path: Path) -> list[Frames]:
    """Every two seconds of a film, small."""
    with av.open(str(path)) as film:
        step = max(1, round(float(film.streams.video[0].average_rate or RATE) / RATE))
        frames = [frame.to_image() for number, frame in enumerate(film.decode(video=0)) if number % step == 0]
    long = int(RATE * SECONDS)
    for frame in frames:
        frame.thumbnail((480, 480))
    return [frames[at : at + long] for at in range(0, len(frames) - long + 1, long)]


def plant_films(folder: Path, draw: np.random.Generator) -> None:
    """Write clips and their copies, other moments of the same films, and second takes."""
    found, effects = stamps(), sounds()
    order = draw.permutation(len(found))
    for number in range(FILMS):
        ground, thing = (found[int(order[2 * number + place])] for place in (0, 1))
        images = [decode(one.path, one.path.suffix[1:], longest=512) for one in (ground, thing)]
        samples, rate = soundfile.read(effects[number % len(effects)].path, dtype="float32", always_2d=True)
        mono = samples.mean(axis=1)[: int(SECONDS * rate)]
        write_film(folder, str(number), crossing(images[0], images[1], draw), mono, rate)
        put_film(folder / f"take{number}=second take.mp4", crossing(images[0], images[1], draw), mono, rate)
    for path in sorted((demo() / "videos").glob("*.mp4")):
        for number, frames in enumerate(pieces(path)):
            write_film(folder, f"{path.stem}{number}", frames, None, RATE)


def write_film(folder: Path, name: str, frames: Frames, sound: Samples | None, rate: int) -> None:
    put_film(folder / f"{name}=original.mp4", frames, sound, rate)
    for change, write in FILM_CHANGES.items():
        if sound is not None or "sound" not in change:
            write(folder / f"{name}={change}", frames, sound, rate)


# ---- what is found ------------------------------------------------------------------------------------------------


def measure(
    name: str, folder: Path, plant: Callable[[Path, np.random.Generator], None], changes: Sequence[str]
) -> None:
    media = folder / name
    media.mkdir()
    plant(media, np.random.default_rng(0))
    library = nx.embed(nx.read(media, progress=False), to=folder / f"{name}.nova", model="local", progress=False)
    exploration = nx.explore(library, progress=False)
    copies = exploration.duplicates()
    own = [Path(item.name).name.partition("=")[0] for item in exploration.collection]
    change = [Path(item.name).name.partition("=")[2] for item in exploration.collection]
    original = {one: row for row, one in enumerate(own) if change[row].startswith("original")}
    right = planted = 0
    for wanted in changes:
        rows = [row for row, one in enumerate(change) if one == wanted]
        hits = sum(copies.copy_labels[row] == copies.copy_labels[original[own[row]]] >= 0 for row in rows)
        right, planted = right + hits, planted + len(rows)
        print(f"{name}, {Path(wanted).stem}: {hits} of {len(rows)} are copies", flush=True)
    wrong = [pair for pair in copies.pairs if own[pair.a] != own[pair.b]]
    for pair in wrong:
        print(f"  wrong: {own[pair.a]} {change[pair.a]}, {own[pair.b]} {change[pair.b]}: {pair.how}, {pair.cosine:.3f}")
    print(f"{name}: recall {wilson(right, planted)} of {planted} copies")
    print(f"{name}: precision {wilson(len(copies.pairs) - len(wrong), len(copies.pairs))} of {len(copies.pairs)} pairs")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("sorts", nargs="*", choices=[*SORTS, []], help="all by default")
    with tempfile.TemporaryDirectory() as folder:
        for name in asked.parse_args().sorts or SORTS:
            plant, changes = (plant_sounds, SOUND_CHANGES) if name == "sounds" else (plant_films, FILM_CHANGES)
            measure(name, Path(folder), plant, list(changes))


if __name__ == "__main__":
    main()
