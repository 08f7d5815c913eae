"""Learn the map from sound features to text: ridge regression on named recordings inside Debian's game packages.

A file's name says what is heard (``sounds.tsv``: package, pattern, name; ``-`` leaves a file out, first match wins).
The map is ``standardised features -> scores of the names -> names' text vectors``: regressing on one-hot names and
mixing their vectors is the same as regressing on the vectors, and takes a third of the room. Hyper-parameters were
chosen by leaving out one package at a time.
"""

from __future__ import annotations

import csv
import io
import re
import struct
import subprocess
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

Measure = Callable[[np.ndarray, int], np.ndarray]
EmbedTexts = Callable[[Sequence[str]], np.ndarray]

RIDGE = 8000.0
BALANCE = 0.75  # a recording weighs 1 / (recordings of its name) ** BALANCE, so that 177 speaking men do not decide
TIMBRE = 128
LARGE_HEADS = 4  # of the nine category heads those with 69 to 81 categories
HELD_OUT = ("gcompris-qt-data", "widelands-data", "flare-game", "lincity-ng-data", "wesnoth-1.16-data", "minetest-data")


def fetch_package(name: str, folder: Path) -> Path:
    """Unpack a Debian package without installing it; nothing is done if it is there."""
    target = folder / name
    if not target.exists():
        subprocess.run(["apt-get", "download", name], cwd=folder, check=True)
        subprocess.run(["dpkg", "-x", str(next(folder.glob(f"{name}_*.deb"))), str(target)], check=True)
    return target


def describe_package(name: str) -> dict[str, str]:
    """Version and SHA-256 of a package as apt knows them."""
    shown = subprocess.run(["apt-cache", "show", name], capture_output=True, text=True, check=True).stdout
    found = dict(re.findall(r"^(Version|SHA256): (.*)$", shown, flags=re.MULTILINE))
    return {"version": found["Version"], "sha256": found["SHA256"]}


def read_qt_resource(path: Path) -> Iterator[tuple[str, bytes]]:
    """Files inside a compiled Qt resource, as (path, bytes): https://doc.qt.io/qt-6/resources.html."""
    data = path.read_bytes()
    version, tree, contents, names = struct.unpack(">4i", data[4:20])
    size = 14 if version == 1 else 22

    def walk(node: int, prefix: str) -> Iterator[tuple[str, bytes]]:
        entry = tree + node * size
        place, flags = struct.unpack(">IH", data[entry : entry + 6])
        length = struct.unpack(">H", data[names + place : names + place + 2])[0]
        name = data[names + place + 6 : names + place + 6 + 2 * length].decode("utf-16-be") if node else ""
        if flags & 2:
            count, first = struct.unpack(">II", data[entry + 6 : entry + 14])
            for child in range(first, first + count):
                yield from walk(child, f"{prefix}/{name}")
            return
        begin = contents + struct.unpack(">I", data[entry + 10 : entry + 14])[0]
        raw = data[begin + 4 : begin + 4 + struct.unpack(">I", data[begin : begin + 4])[0]]
        if flags & 1:
            raw = zlib.decompress(raw[4:])
        elif flags & 4:
            import zstandard

            raw = zstandard.ZstdDecompressor().decompress(raw, max_output_size=1 << 26)
        yield f"{prefix}/{name}", raw

    yield from walk(0, "")


def list_recordings(package: Path) -> Iterator[tuple[str, bytes]]:
    """Every .ogg and .wav of an unpacked package, inside Qt resources too, without music."""
    for path in sorted(package.rglob("*")):
        if path.suffix == ".rcc":
            found = ((name, raw) for name, raw in read_qt_resource(path) if name.endswith((".ogg", ".wav")))
            yield from sorted(found)
        elif path.suffix in (".ogg", ".wav") and path.is_file() and "music" not in f"{path.relative_to(package)}":
            yield f"/{path.relative_to(package)}", path.read_bytes()


def read_recording(raw: bytes) -> tuple[np.ndarray, int]:
    """Decode at most 30 seconds to mono."""
    import soundfile

    samples, rate = soundfile.read(io.BytesIO(raw), dtype="float32", always_2d=True)
    return samples.mean(axis=1)[: 30 * rate], rate


def gather(folder: Path, measure: Measure) -> tuple[np.ndarray, list[str], list[str]]:
    """Features, names and packages of every recording that ``sounds.tsv`` names."""
    with Path(__file__).with_name("sounds.tsv").open(encoding="utf-8") as table:
        rows = list(csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE))
    features, names, packages = [], [], []
    for package in dict.fromkeys(row["package"] for row in rows):
        rules = [(row["pattern"], row["name"]) for row in rows if row["package"] == package]
        for path, raw in list_recordings(fetch_package(package, folder)):
            match, name = next(((m, n) for p, n in rules if (m := re.search(p, path))), (None, "-"))
            if match is None or name == "-":
                continue
            groups = [(group or "").replace("_", " ") for group in match.groups()]
            features.append(measure(*read_recording(raw)))
            names.append(name.format(*groups) if "{" in name else name)
            packages.append(package)
    return np.array(features), names, packages


def fit(features: np.ndarray, labels: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Ridge regression on one-hot names with balanced weights: coefficients (f, names) and offset (names,)."""
    sizes = np.bincount(labels, minlength=count)
    weights = 1 / np.maximum(sizes, 1)[labels] ** BALANCE
    weights = weights / weights.mean()
    targets = np.eye(count)[labels]
    centre, middle = np.average(features, axis=0, weights=weights), np.average(targets, axis=0, weights=weights)
    scaled, wanted = features - centre, targets - middle
    # The dual form: fewer recordings than features.
    root = np.sqrt(weights)[:, None]
    rows = scaled * root
    coefficients = rows.T @ np.linalg.solve(rows @ rows.T + RIDGE * np.eye(len(rows)), wanted * root)
    return coefficients, middle - centre @ coefficients


def leave_packages_out(features: np.ndarray, labels: np.ndarray, packages: list[str], vectors: np.ndarray) -> dict:
    """How well a recording finds its own name among all names when its package was not learned from."""
    ranks, weights = [], []
    for held in HELD_OUT:
        learned = np.array([package != held for package in packages])
        tested = ~learned & np.isin(labels, labels[learned])
        coefficients, offset = fit(features[learned], labels[learned], len(vectors))
        heard = (features[tested] @ coefficients + offset) @ vectors
        scores = heard @ vectors.T
        ranks += list((scores > scores[np.arange(tested.sum()), labels[tested]][:, None]).sum(axis=1))
        weights += list(1 / np.bincount(labels[tested])[labels[tested]])
    return {
        "names": len(vectors),
        "recordings": len(ranks),
        "recall_at_10": float(np.average(np.array(ranks) < 10, weights=weights)),
        "mean_rank": float(np.average(ranks, weights=weights)),
    }


def learn(folder: Path, measure: Measure, embed_texts: EmbedTexts) -> tuple[dict[str, np.ndarray], dict]:
    """Arrays of ``sound.npz`` but the heads, and what was learned from and how well."""
    features, names, packages = gather(folder, measure)
    vocabulary = sorted(set(names))
    labels = np.array([vocabulary.index(name) for name in names])
    vectors = np.asarray(embed_texts(vocabulary))
    mean, deviation = features.mean(axis=0), features.std(axis=0) + 1e-3
    standard = (features - mean) / deviation
    coefficients, offset = fit(standard, labels, len(vocabulary))
    _, sizes, directions = np.linalg.svd(standard[:, :512], full_matrices=False)
    spread = sizes[:TIMBRE] / np.sqrt(len(standard))
    arrays = {
        "mean": mean,
        "deviation": deviation,
        "scores": coefficients,
        "scores_offset": offset,
        "names": vectors,
        "directions": directions[:TIMBRE].T / np.sqrt(spread),
    }
    report = {
        "sources": {p: describe_package(p) | {"recordings": packages.count(p)} for p in dict.fromkeys(packages)},
        "recordings": len(names),
        "leaving_one_package_out": leave_packages_out(standard, labels, packages, vectors),
    }
    return arrays, report
