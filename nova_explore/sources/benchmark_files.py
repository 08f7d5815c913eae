"""Files of benchmarks as people have them on disk: each layout becomes candidates, queries and relevant pairs.

Nothing is fetched. The field names are those of the published files: COCO captions, Karpathy's splits, Flickr30k,
ViDoRe v2 and other Parquet folders of mteb, BEIR, MSR-VTT, DiDeMo, ActivityNet Captions, AudioCaps, M-BEIR.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nova_explore.errors import SourceError
from nova_explore.sources.side_files import MEDIA_SUFFIXES


@dataclass(slots=True)
class Layout:
    """What the files of one benchmark say.

    Attributes
    ----------
    name, form : str
        The benchmark, and the layout that was recognised.
    measure : str
        What the paper reports.
    candidates : dict of str to value
        By key: words, a ``Path``, or the bytes of a picture; None where the file is not there.
    queries : dict of str to value
        By key: words or a ``Path``.
    relevant : list of (query key, candidate key, relevance)
    notes : list of str
        What to know before a figure is compared.
    captioned : bool
        Whether the queries are captions of the candidates, so that the candidates can look for them, too.
    others : list of Layout
        Other directions of the same benchmark: what looks for what is another pair of modalities.
    asked_by : Layout or None
        The direction whose candidates are the queries of this one, by the same keys.
    """

    name: str
    form: str
    measure: str
    candidates: dict[str, Any] = field(default_factory=dict)
    queries: dict[str, Any] = field(default_factory=dict)
    relevant: list[tuple[str, str, float]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    captioned: bool = False
    others: list[Layout] = field(default_factory=list)
    asked_by: Layout | None = None

    def caption(self, candidate: str, medium: Any, captions: Iterable[str]) -> None:
        """Add a medium whose captions are queries that look for it."""
        self.captioned = True
        self.candidates[candidate] = medium
        for number, words in enumerate(captions):
            if words.strip():
                key = f"{candidate}#{number}"
                self.queries[key] = words.strip()
                self.relevant.append((key, candidate, 1.0))

    def turned(self) -> Layout:
        """The other direction: every medium looks for its captions among all captions."""
        other = Layout(self.name, self.form, "", dict(self.queries), dict(self.candidates), asked_by=self)
        other.relevant = [(candidate, caption, value) for caption, candidate, value in self.relevant]
        other.measure_first(1)
        return other

    def measure_first(self, rank: int) -> None:
        """Measure the first results as papers do: their recall counts a query that any relevant item answers."""
        good = [query for query, _, value in self.relevant if value > 0]
        several = len(good) > len(set(good))
        self.measure = f"{'hit rate' if several else 'recall'}@{rank}"
        if several:
            self.notes.append(f"A query has several relevant items, any of which counts: papers call it recall@{rank}.")


class MediaFiles:
    """Media below a folder, found by their name with or without its ending."""

    def __init__(self, folder: Path) -> None:
        self._by_name: dict[str, Path] = {}
        for path in sorted(folder.rglob("*")):
            if path.suffix.lower() in MEDIA_SUFFIXES and path.is_file():
                self._by_name.setdefault(path.name.lower(), path)
                self._by_name.setdefault(path.stem.lower(), path)

    def find(self, *names: str) -> Path | None:
        """The first of these names that is there."""
        return next((self._by_name[n] for n in (name.lower() for name in names) if n in self._by_name), None)


def read_layout(folder: Path) -> Layout:
    """Recognise the layout of a folder and read it.

    Raises
    ------
    SourceError
        If no layout is recognised, or two folders of one are there.
    """
    media = MediaFiles(folder)
    for recognise in READERS:
        found = recognise(folder, media)
        if found is not None:
            if found.captioned:
                found.others.append(found.turned())
            return found
    raise SourceError(
        f"{folder} has no layout that is known: dataset_*.json (Karpathy), annotations/captions_*.json (COCO), "
        "results.csv (Flickr30k), corpus, queries and qrels (BEIR, mteb, ViDoRe), MSRVTT_data.json, test_data.json "
        "(DiDeMo), val_1.json (ActivityNet), test.csv (AudioCaps), cand_pool (M-BEIR). Name the folder that holds them."
    )


def _one(folder: Path, *patterns: str) -> Path | None:
    found = [path for pattern in patterns for path in sorted(folder.glob(pattern)) if path.is_file()]
    return found[0] if found else None


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text("utf-8-sig"))
    except (ValueError, OSError) as error:
        raise SourceError(f"{path} cannot be read as JSON: {error}. Fetch it again.") from error


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(path.read_text("utf-8-sig").splitlines(), 1):
        if line.strip():
            try:
                yield json.loads(line)
            except ValueError as error:
                raise SourceError(f"Line {number} of {path} is no JSON: {error}. Fetch the file again.") from error


def _karpathy(folder: Path, media: MediaFiles) -> Layout | None:
    path = _one(folder, "dataset_*.json", "*/dataset_*.json")
    if path is None:
        return None
    data = _json(path)
    name = {"coco": "MSCOCO", "flickr30k": "Flickr30k", "flickr8k": "Flickr8k"}.get(str(data.get("dataset")), path.stem)
    layout = Layout(name, "Karpathy split, test", "recall@1")
    for picture in data["images"]:
        if picture["split"] == "test":
            captions = [sentence["raw"] for sentence in picture["sentences"]]
            layout.caption(picture["filename"], media.find(picture["filename"]), captions)
    layout.notes.append("mteb searches 24,809 distinct captions of MSCOCO; papers search all of them.")
    return layout


def _coco(folder: Path, media: MediaFiles) -> Layout | None:
    path = _one(folder, "annotations/captions_val*.json", "captions_val*.json", "annotations/captions_*.json")
    if path is None:
        return None
    data = _json(path)
    captions: dict[Any, list[str]] = {}
    for one in data["annotations"]:
        captions.setdefault(one["image_id"], []).append(one["caption"])
    layout = Layout("MSCOCO", f"COCO captions, {path.stem}", "recall@1")
    for picture in data["images"]:
        layout.caption(picture["file_name"], media.find(picture["file_name"]), captions.get(picture["id"], []))
    layout.notes.append("This is the whole file. Published figures are of Karpathy's test split of 5,000 pictures.")
    return layout


def _flickr(folder: Path, media: MediaFiles) -> Layout | None:
    path = _one(folder, "results.csv", "*/results.csv", "results_*.token", "*/results_*.token")
    if path is None:
        return None
    captions: dict[str, list[str]] = {}
    torn = 0
    for line in path.read_text("utf-8-sig").splitlines()[0 if path.suffix == ".token" else 1 :]:
        name, _, rest = line.partition("\t" if path.suffix == ".token" else "|")
        words = rest if path.suffix == ".token" else rest.partition("|")[2]
        if words.strip():
            captions.setdefault(name.partition("#")[0].strip(), []).append(words)
        else:
            torn += bool(line.strip())
    layout = Layout("Flickr30k", "captions without a split", "recall@1")
    for name, words in captions.items():
        layout.caption(name, media.find(name), words)
    layout.notes.append("Published figures are of Karpathy's test split of 1,000 pictures: this is all of them.")
    if torn:
        layout.notes.append(f"{torn} lines have no caption and are left out (the published file has one).")
    return layout


def _parquet(folder: Path, media: MediaFiles) -> Layout | None:
    parts = {name: sorted((folder / name).glob("*.parquet")) for name in ("corpus", "queries", "qrels")}
    if not all(parts.values()):
        return None
    import pandas as pd

    tables = {}
    for name, files in parts.items():
        test = [file for file in files if file.name.startswith("test")] or files
        tables[name] = pd.concat([pd.read_parquet(file) for file in test], ignore_index=True)
    corpus, queries, qrels = tables["corpus"], tables["queries"], tables["qrels"]
    document, question = _column(corpus, "corpus-id", "_id", "id"), _column(queries, "query-id", "_id", "id")
    pages = "image" in corpus.columns
    layout = Layout("ViDoRe v2" if pages and "corpus-id" in corpus.columns else folder.name, "Parquet of mteb",
                    "nDCG@5" if pages else "nDCG@10")  # fmt: skip
    content = next(name for name in ("image", "audio", "video", "text") if name in corpus.columns)
    for row in corpus.to_dict("records"):
        held = row[content]
        if isinstance(held, dict):
            held = held.get("bytes") or media.find(Path(str(held.get("path") or "")).name)
        layout.candidates[str(row[document])] = held
    words = _column(queries, "query", "text")
    for row in queries.to_dict("records"):
        layout.queries[str(row[question])] = row[words]
    for row in qrels.to_dict("records"):
        layout.relevant.append((str(row["query-id"]), str(row["corpus-id"]), float(row["score"])))
    if "language" in queries.columns:
        languages = ", ".join(sorted(map(str, queries["language"].unique())))
        layout.notes.append(f"Queries in {languages}, all of them asked.")
    return layout


def _column(frame: Any, *names: str) -> str:
    found = next((name for name in names if name in frame.columns), None)
    if found is None:
        raise SourceError(f"The table has the columns {', '.join(map(str, frame.columns))}. It needs one of {names}.")
    return found


def _beir(folder: Path, media: MediaFiles) -> Layout | None:  # noqa: ARG001 (all readers are called alike)
    if not (folder / "corpus.jsonl").is_file() or not (folder / "queries.jsonl").is_file():
        return None
    path = _one(folder, "qrels/test.tsv", "qrels/*.tsv")
    if path is None:
        raise SourceError(f"{folder} has no qrels/test.tsv. Fetch it again, or add the judgements.")
    layout = Layout(_called(folder), f"BEIR, {path.stem}", "nDCG@10")
    for row in _lines(folder / "corpus.jsonl"):
        layout.candidates[str(row["_id"])] = f"{row.get('title') or ''}\n{row.get('text') or ''}".strip()
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            layout.relevant.append((row["query-id"], row["corpus-id"], float(row["score"])))
    asked = {query for query, _, _ in layout.relevant}
    layout.queries = {
        str(row["_id"]): row["text"] for row in _lines(folder / "queries.jsonl") if str(row["_id"]) in asked
    }
    return layout


def _called(folder: Path) -> str:
    names = {"scifact": "SciFact", "bioasq": "BioASQ"}
    return names.get(folder.name.casefold(), folder.name)


def _msrvtt(folder: Path, media: MediaFiles) -> Layout | None:
    split = _one(folder, "MSRVTT_JSFUSION_test.csv", "*/MSRVTT_JSFUSION_test.csv")
    data = _one(
        folder, "MSRVTT_data.json", "test_videodatainfo.json", "*/MSRVTT_data.json", "*/test_videodatainfo.json"
    )
    if split is not None:
        layout = Layout("MSR-VTT", "1k-A test split (JSFusion)", "recall@1")
        with split.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                layout.caption(row["video_id"], media.find(row["video_id"]), [row["sentence"]])
        layout.notes.append("Papers report recall@1 on 1,000 videos, mteb nDCG@10 on the 879 that could be fetched.")
        return layout
    if data is None:
        return None
    content = _json(data)
    captions: dict[str, list[str]] = {}
    for sentence in content["sentences"]:
        captions.setdefault(sentence["video_id"], []).append(sentence["caption"])
    layout = Layout("MSR-VTT", f"{data.stem}, test", "recall@1")
    for video in content["videos"]:
        if video.get("split", "test") == "test":
            layout.caption(video["video_id"], media.find(video["video_id"]), captions.get(video["video_id"], []))
    layout.notes.append("This is the full test split, of 20 captions a video: published figures are of 1k-A.")
    return layout


def _didemo(folder: Path, media: MediaFiles) -> Layout | None:
    path = _one(folder, "test_data.json", "data/test_data.json", "*/test_data.json")
    data = _json(path) if path else None
    if not isinstance(data, list) or not data or "annotation_id" not in data[0]:
        return None
    words: dict[str, list[str]] = {}
    for row in data:
        words.setdefault(row["video"], []).append(row["description"])
    layout = Layout("DiDeMo", "paragraph retrieval, test", "recall@1")
    for video, descriptions in words.items():
        layout.caption(video, media.find(video, Path(video).stem), [" ".join(descriptions)])
    return layout


def _activitynet(folder: Path, media: MediaFiles) -> Layout | None:
    path = _one(folder, "val_1.json", "*/val_1.json")
    data = _json(path) if path else None
    if not isinstance(data, dict) or not all("sentences" in one for one in data.values()):
        return None
    layout = Layout("ActivityNet Captions", "paragraph retrieval, val_1", "recall@1")
    for video, row in data.items():
        layout.caption(video, media.find(video), [" ".join(words.strip() for words in row["sentences"])])
    layout.notes.append("Papers use val_1 with a paragraph a video; mteb uses val_2 and has 4,884 videos.")
    return layout


def _audiocaps(folder: Path, media: MediaFiles) -> Layout | None:
    for path in (_one(folder, "test.csv"), _one(folder, "dataset/test.csv"), _one(folder, "*/test.csv")):
        if path is None or not path.read_text("utf-8-sig").startswith("audiocap_id,"):
            continue
        captions: dict[tuple[str, str], list[str]] = {}
        with path.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                captions.setdefault((row["youtube_id"], row["start_time"]), []).append(row["caption"])
        layout = Layout("AudioCaps", "test", "recall@1")
        for (video, start), words in captions.items():
            found = media.find(f"{video}_{start}", f"{video}_{int(float(start)) * 1000}", f"Y{video}", video)
            layout.caption(f"{video}_{start}", found, words)
        layout.notes.append("mteb reports hit rate@5 on the 883 sounds that could be fetched; papers recall@1 on 975.")
        return layout
    return None


def _mbeir(folder: Path, media: MediaFiles) -> Layout | None:  # noqa: ARG001 (all readers are called alike)
    files = sorted(folder.glob("query/test/*.jsonl"))
    if not files:
        return None
    # The tasks of one set are its directions: mscoco_task0 asks with words, mscoco_task3 with pictures.
    same = [file for file in files if _set_of(file) == _set_of(files[0])]
    layout, *others = [_mbeir_task(folder, file, alone=len(files) == 1) for file in same]
    layout.others += others
    if len(files) > len(same):
        unread = len(files) - len(same)
        layout.notes.append(f"Other sets are not read (files of queries: {unread}). Give each set a folder of its own.")
    return layout


def _set_of(queries: Path) -> str:
    return queries.stem.partition("_task")[0]


def _mbeir_task(folder: Path, queries: Path, *, alone: bool) -> Layout:
    name = queries.stem.removeprefix("mbeir_").removesuffix("_test")
    # Beside other tasks, a pool of another name may be that of one of these.
    rest = "cand_pool/**/*.jsonl" if alone else "cand_pool/**/*union*.jsonl"
    pool = _one(folder, f"cand_pool/local/*{name}*.jsonl", f"cand_pool/global/*{name}*.jsonl", rest)
    if pool is None:
        raise SourceError(f"{folder} has the queries {name} of M-BEIR and no cand_pool of theirs. Fetch it too.")
    layout = Layout("M-BEIR", name, "")
    both = 0
    for row in _lines(pool):
        picture = row.get("img_path")
        both += bool(picture and row.get("txt"))
        layout.candidates[row["did"]] = folder / picture if picture else row.get("txt")
    for row in _lines(queries):
        picture = row.get("query_img_path")
        both += bool(picture and row.get("query_txt"))
        layout.queries[row["qid"]] = folder / picture if picture else row["query_txt"]
        layout.relevant += [(row["qid"], found, 1.0) for found in row.get("pos_cand_list", [])]
    qrels = _one(folder, f"qrels/test/*{name}*.txt", *(["qrels/test/*.txt"] if alone else []))
    if qrels is not None:
        rows = [line.split() for line in qrels.read_text("utf-8").splitlines() if line.strip()]
        layout.relevant = [(row[0], row[2], float(row[3])) for row in rows]
    layout.measure_first(10 if "fashion" in name else 5)
    if both:
        layout.notes.append(f"{both} queries or candidates have words and a picture: only the picture is embedded.")
    return layout


READERS: tuple[Callable[[Path, MediaFiles], Layout | None], ...] = (
    _karpathy, _coco, _mbeir, _parquet, _beir, _msrvtt, _didemo, _activitynet, _audiocaps, _flickr,
)  # fmt: skip
