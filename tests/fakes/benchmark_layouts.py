"""Look-alikes of the files of benchmarks, of a few rows each: the field names are those of the published files."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from PIL import Image


class Turned(NamedTuple):
    """What is in the other direction of a look-alike."""

    direction: str
    measure: str
    queries: int
    items: int
    pairs: int


class Expected(NamedTuple):
    """What is in a look-alike."""

    name: str
    measure: str
    queries: int
    items: int
    pairs: int
    missing: int = 0
    lost: int = 0
    folder: str = "."
    turned: Turned | None = None


COLOURS = ("red", "blue", "green")


def _png(colour: str, path: Path | None = None) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (24, 24), colour).save(out, "PNG")
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(out.getvalue())
    return out.getvalue()


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def _film(path: Path, shade: int) -> None:
    """Two seconds of one grey, uncompressed."""
    from nova_explore.reviews.canaries import avi

    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(avi([np.full((64, 64, 3), shade, np.uint8)] * 8, rate=4))


def _sound(path: Path, kind: str) -> None:
    from nova_explore.reviews.canaries import play, wav

    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(wav(play(kind, 1)))


def karpathy(folder: Path) -> Expected:
    images = [
        {"filepath": "val2014", "filename": f"{colour}.png", "imgid": n, "cocoid": n, "split": "test", "sentids": [n],
         "sentences": [{"tokens": [], "raw": f"a {colour} square", "imgid": n, "sentid": n}]}
        for n, colour in enumerate(("red", "blue", "gone"))
    ]  # fmt: skip
    images.append({**images[0], "filename": "train.png", "split": "train"})
    _write(folder / "dataset_coco.json", json.dumps({"dataset": "coco", "images": images}))
    _png("red", folder / "red.png")
    _png("blue", folder / "blue.png")
    turned = Turned("image → text", "recall@1", 2, 3, 3)
    return Expected("MSCOCO", "recall@1", 3, 2, 2, missing=1, lost=1, turned=turned)


def coco(folder: Path) -> Expected:
    images = [{"id": n, "file_name": f"COCO_{n}.png", "height": 24, "width": 24} for n in range(3)]
    annotations = [{"image_id": n, "id": 10 + n, "caption": f"a {COLOURS[n]} square"} for n in range(3)]
    annotations.append({"image_id": 0, "id": 20, "caption": "something red"})
    content = {"info": {}, "licenses": [], "images": images, "annotations": annotations}
    _write(folder / "annotations" / "captions_val2017.json", json.dumps(content))
    for n in range(3):
        _png(COLOURS[n], folder / "val2017" / f"COCO_{n}.png")
    return Expected("MSCOCO", "recall@1", 4, 3, 4, turned=Turned("image → text", "hit rate@1", 3, 4, 4))


def flickr(folder: Path) -> Expected:
    rows = ["image_name| comment_number| comment"]
    rows += [f"{colour}.png| {n}| a {colour} square ." for colour in COLOURS for n in range(2)]
    rows.append("torn.png   4 | a line without its bar")
    _write(folder / "results.csv", "\n".join(rows) + "\n")
    for colour in COLOURS:
        _png(colour, folder / "images" / f"{colour}.png")
    return Expected("Flickr30k", "recall@1", 6, 3, 6, turned=Turned("image → text", "hit rate@1", 3, 6, 6))


def flickr_token(folder: Path) -> Expected:
    rows = [f"{colour}.png#{n}\ta {colour} square ." for colour in COLOURS for n in range(2)]
    _write(folder / "results_20130124.token", "\n".join(rows) + "\n")
    for colour in COLOURS:
        _png(colour, folder / f"{colour}.png")
    return Expected("Flickr30k", "recall@1", 6, 3, 6, turned=Turned("image → text", "hit rate@1", 3, 6, 6))


def vidore(folder: Path) -> Expected:
    corpus = pd.DataFrame(
        {"corpus-id": [0, 1, 2], "image": [{"bytes": _png(colour), "path": None} for colour in COLOURS], "extra": "x"}
    )
    queries = pd.DataFrame({"query-id": [0, 1], "query": ["red?", "rouge ?"], "language": ["english", "french"]})
    qrels = pd.DataFrame({"query-id": [0, 1], "corpus-id": [0, 0], "score": [1, 2]})
    for name, table in (("corpus", corpus), ("queries", queries), ("qrels", qrels)):
        (folder / name).mkdir()
        table.to_parquet(folder / name / "test-00000-of-00001.parquet")
    return Expected("ViDoRe v2", "nDCG@5", 2, 3, 2)


def mteb(folder: Path) -> Expected:
    home = folder / "TinyRetrieval"
    corpus = pd.DataFrame({"id": ["d1", "d2"], "text": ["owls hunt at night", "bread rises"]})
    queries = pd.DataFrame({"id": ["q1"], "text": ["birds of prey"]})
    qrels = pd.DataFrame({"query-id": ["q1"], "corpus-id": ["d1"], "score": [1]})
    for name, table in (("corpus", corpus), ("queries", queries), ("qrels", qrels)):
        (home / name).mkdir(parents=True)
        table.to_parquet(home / name / "test-00000.parquet")
    return Expected("TinyRetrieval", "nDCG@10", 1, 2, 1, folder="TinyRetrieval")


def beir(folder: Path) -> Expected:
    home = folder / "scifact"
    corpus = [
        {"_id": f"d{n}", "title": f"Title {n}", "text": words} for n, words in enumerate(("owls", "bread", "ice"))
    ]
    queries = [{"_id": "1", "text": "birds"}, {"_id": "2", "text": "of the training split"}]
    _write(home / "corpus.jsonl", "\n".join(map(json.dumps, corpus)))
    _write(home / "queries.jsonl", "\n".join(map(json.dumps, queries)))
    _write(home / "qrels" / "test.tsv", "query-id\tcorpus-id\tscore\n1\td0\t1\n1\td1\t0\n")
    return Expected("SciFact", "nDCG@10", 1, 3, 2, folder="scifact")


def msrvtt_1ka(folder: Path) -> Expected:
    rows = ["key,vid_key,video_id,sentence"]
    rows += [f"ret{n},msr{n},video{n},a person is doing thing {n}" for n in (7, 8, 9)]
    _write(folder / "MSRVTT_JSFUSION_test.csv", "\n".join(rows) + "\n")
    for n in (7, 8):
        _film(folder / "videos" / f"video{n}.avi", 30 * n)
    turned = Turned("video → text", "recall@1", 2, 3, 3)
    return Expected("MSR-VTT", "recall@1", 3, 2, 2, missing=1, lost=1, turned=turned)


def msrvtt_full(folder: Path) -> Expected:
    videos = [
        {"id": n, "video_id": f"video{n}", "category": 1, "url": "", "start time": 0.0, "end time": 2.0, "split": split}
        for n, split in enumerate(("train", "test"))
    ]
    sentences = [{"sen_id": n, "video_id": f"video{n % 2}", "caption": f"words {n}"} for n in range(4)]
    _write(folder / "MSRVTT_data.json", json.dumps({"info": {}, "videos": videos, "sentences": sentences}))
    _film(folder / "video1.avi", 90)
    return Expected("MSR-VTT", "recall@1", 2, 1, 2, turned=Turned("video → text", "hit rate@1", 1, 2, 2))


def didemo(folder: Path) -> Expected:
    rows = [
        {"num_segments": 6, "description": f"part {n}", "dl_link": "", "times": [[1, 1]], "video": "3503@N01_1.avi",
         "annotation_id": n}
        for n in range(2)
    ]  # fmt: skip
    _write(folder / "data" / "test_data.json", json.dumps(rows))
    _film(folder / "3503@N01_1.avi", 60)
    return Expected("DiDeMo", "recall@1", 1, 1, 1, turned=Turned("video → text", "recall@1", 1, 1, 1))


def activitynet(folder: Path) -> Expected:
    rows = {"v_abc": {"duration": 2.0, "timestamps": [[0, 1], [1, 2]], "sentences": ["First. ", " Then."]}}
    _write(folder / "val_1.json", json.dumps(rows))
    _film(folder / "v_abc.avi", 60)
    turned = Turned("video → text", "recall@1", 1, 1, 1)
    return Expected("ActivityNet Captions", "recall@1", 1, 1, 1, turned=turned)


def audiocaps(folder: Path) -> Expected:
    rows = ["audiocap_id,youtube_id,start_time,caption"]
    rows += [f"{n},abc{n % 2},30,sound {n}" for n in range(4)]
    _write(folder / "dataset" / "test.csv", "\n".join(rows) + "\n")
    _sound(folder / "audio" / "abc0_30.wav", "low")
    _sound(folder / "audio" / "Yabc1.wav", "high")
    return Expected("AudioCaps", "recall@1", 4, 2, 4, turned=Turned("audio → text", "hit rate@1", 2, 4, 4))


def _mbeir_task(folder: Path, task: str, queries: list[dict], pool: list[dict]) -> None:
    """Write one task of M-BEIR: words where a value is a text, pictures where it is a colour's file."""
    asked = [
        {"qid": one["qid"], "query_txt": one.get("txt"), "query_img_path": one.get("img_path"),
         "query_modality": "image" if one.get("img_path") else "text", "query_src_content": "",
         "pos_cand_list": one["relevant"], "neg_cand_list": [], "task_id": 0}
        for one in queries
    ]  # fmt: skip
    found = [
        {"did": one["did"], "txt": one.get("txt"), "img_path": one.get("img_path"), "modality": "", "src_content": ""}
        for one in pool
    ]
    rows = [f"{one['qid']} 0 {did} 1 0" for one in queries for did in one["relevant"]]
    _write(folder / "query" / "test" / f"mbeir_{task}_test.jsonl", "\n".join(map(json.dumps, asked)))
    _write(folder / "cand_pool" / "local" / f"mbeir_{task}_test_cand_pool.jsonl", "\n".join(map(json.dumps, found)))
    _write(folder / "qrels" / "test" / f"mbeir_{task}_test_qrels.txt", "\n".join(rows) + "\n")
    for colour in COLOURS:
        _png(colour, folder / "mbeir_images" / f"{colour}.png")


def _picture(colour: str) -> str:
    return f"mbeir_images/{colour}.png"


def mbeir(folder: Path) -> Expected:
    pool = [{"did": f"9:{n}", "img_path": _picture(COLOURS[n - 2])} for n in (2, 3)]
    _mbeir_task(folder, "mscoco_task0", [{"qid": "9:6", "txt": "a red square", "relevant": ["9:2"]}], pool)
    return Expected("M-BEIR", "recall@5", 1, 2, 1)


def mbeir_both(folder: Path) -> Expected:
    """Two tasks of one set, whose queries share their names, and one of another set."""
    mbeir(folder)
    asked = [{"qid": "9:6", "img_path": _picture("red"), "relevant": ["9:1", "9:4"]}]
    captions = [{"did": f"9:{n}", "txt": words} for n, words in ((1, "a red square"), (4, "something red"), (6, "ice"))]
    _mbeir_task(folder, "mscoco_task3", asked, captions)
    mbeir_nights(folder)
    return Expected("M-BEIR", "recall@5", 1, 2, 1, turned=Turned("image → text", "hit rate@5", 1, 3, 2))


def mbeir_nights(folder: Path) -> Expected:
    """Pictures that look for pictures, where the one that asks is a candidate, too."""
    pool = [{"did": f"4:{n}", "img_path": _picture(colour)} for n, colour in enumerate(COLOURS[:2])]
    _mbeir_task(folder, "nights_task4", [{"qid": "4:9", "img_path": _picture("red"), "relevant": ["4:1"]}], pool)
    return Expected("M-BEIR", "recall@5", 1, 2, 1)


def arguana(folder: Path) -> Expected:
    """Arguments that look for their counterargument, where each is a document, too."""
    home = folder / "arguana"
    texts = {"for-1": "ice is cold", "against-1": "ice is not so cold", "for-2": "bread is good"}
    corpus = [{"_id": name, "title": "a title", "text": words} for name, words in texts.items()]
    queries = [{"_id": name, "text": texts[name]} for name in ("for-1",)]
    _write(home / "corpus.jsonl", "\n".join(map(json.dumps, corpus)))
    _write(home / "queries.jsonl", "\n".join(map(json.dumps, queries)))
    _write(home / "qrels" / "test.tsv", "query-id\tcorpus-id\tscore\nfor-1\tagainst-1\t1\n")
    return Expected("arguana", "nDCG@10", 1, 3, 1, folder="arguana")


LAYOUTS = {
    one.__name__: one
    for one in (karpathy, coco, flickr, flickr_token, vidore, mteb, beir, msrvtt_1ka, msrvtt_full, didemo, activitynet,
                audiocaps, mbeir, mbeir_both, mbeir_nights, arguana)
}  # fmt: skip


def write(layout: str, folder: Path) -> Expected:
    """Write a look-alike into a folder."""
    return LAYOUTS[layout](folder)
