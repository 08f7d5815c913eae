"""Damage files at random and read them: every one must become items or a reason, in bounded time and memory.

    python benchmarks/fuzz.py --minutes 5 --seed 0

Seeds are small files of every kind, made here: media, documents, tables, and what lies beside a picture. Each is cut,
flipped, spliced with another or lengthened, what is packed in a ZIP also inside it; then it is written to a folder and
read in a child process that may use so much memory and time; a crash, a hang or an exception that nobody foresaw is
kept in ``--keep``. Time is that of the processor: a busy machine makes no hangs.
"""

from __future__ import annotations

import argparse
import atexit
import io
import multiprocessing
import random
import resource
import sys
import tempfile
import time
import zipfile
from collections import Counter
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import soundfile

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
from fakes.making import encoded, film, heic, pdf, png, quarters, sound_only, tone, track, wav
from fakes.office_files import docx_file, epub_file, odt_file, pptx_file, xlsx_file

MEMORY = 4 * 2**30
"""Bytes of address space of the child that reads."""

SECONDS = 20.0
"""Longest time that one damaged file of a few kilobytes may take."""

BESIDE = (".xmp", ".json", ".vtt")
"""Endings of seeds that describe a picture: they are read through it."""

XMP = b"""<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:exif="http://ns.adobe.com/exif/1.0/"><rdf:Description
 exif:GPSLatitude="46,30.6N" exif:DateTimeOriginal="2020-05-01T10:11:12"><dc:title><rdf:Alt><rdf:li
 xml:lang="x-default">A lake</rdf:li></rdf:Alt></dc:title><dc:subject><rdf:Bag><rdf:li>water</rdf:li>
<rdf:li>dusk</rdf:li></rdf:Bag></dc:subject></rdf:Description></rdf:RDF></x:xmpmeta>"""

TAKEOUT = b"""{"title": "IMG_1.jpg", "description": "Sunset", "photoTakenTime": {"timestamp": "1600000000"},
 "geoData": {"latitude": 1.5, "longitude": 2.5}, "people": [{"name": "A. Example"}]}"""


def seeds(folder: Path) -> dict[str, bytes]:
    """Small files of every kind, by name."""
    found = {
        f"a.{kind.lower()}": encoded(quarters(), kind) for kind in ("PNG", "JPEG", "GIF", "WEBP", "TIFF", "BMP", "AVIF")
    }
    found["a.jp2"] = encoded(quarters(), "JPEG2000")
    found["a.heic"] = heic(folder / "a.heic", quarters((128, 96))).read_bytes()
    found["a.pdf"] = pdf(["Harbour rules", None])
    found["a.svg"] = (
        b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><g><path d="M0 0L9 9z"/><text>x</text></g></svg>'
    )
    found["a.txt"] = "A plain text of words. Ein Satz mit Umlauten: äöü. ".encode() * 20
    found["a.csv"] = b"text;year\nA quiet lake;1999\nA loud street;2004\n"
    found["a.jsonl"] = b'{"text": "A quiet lake"}\n{"text": "A loud street"}\n'
    found["a.wav"] = wav(tone(0.2, rate=8000), 8000)
    for suffix in ("ogg", "flac"):
        soundfile.write(folder / f"s.{suffix}", tone(0.2), 48000)
        found[f"a.{suffix}"] = (folder / f"s.{suffix}").read_bytes()
    found["a.mp3"] = track(folder / "s.mp3", 0.3, codec="libmp3lame").read_bytes()
    found["a.m4a"] = sound_only(folder / "s.m4a", seconds=0.2).read_bytes()
    for kind in ("PPM", "TGA", "PCX", "SGI", "DDS", "ICO", "ICNS", "QOI"):
        found[f"a.{kind.lower()}"] = encoded(quarters(), kind)
    for suffix, codec in (("w64", "pcm_s16le"), ("voc", "pcm_u8"), ("caf", "pcm_s16le"), ("aac", "aac")):
        found[f"b.{suffix}"] = sound_only(folder / f"s.{suffix}", codec=codec, seconds=0.2).read_bytes()
    for kind in ("AIFF", "AU"):
        soundfile.write(folder / f"s.{kind}", tone(0.2), 48000, format=kind)
        found[f"b.{kind.lower()}"] = (folder / f"s.{kind}").read_bytes()
    found["b.srt"] = b"1\n00:00:01,000 --> 00:00:02,000\nAn owl\n\n2\n00:00:03,000 --> 00:00:04,000\non a mast.\n" * 4
    found["b.ass"] = b"Dialogue: 0,0:00:01.00,0:00:03.00,Default,,0,0,0,,{\\i1}An owl\\Non a mast.\n" * 9
    found["b.lrc"] = b"[00:01.00][00:09.50]An owl\n[00:03.00]on a mast.\n" * 9
    found["b.html"] = b"<!doctype html><title>x</title><body><p>An <b>owl</b><br>on<ul><li>a</ul><pre>mast</pre>" * 3
    for make, suffix in (
        *((docx_file, "docx"), (pptx_file, "pptx"), (xlsx_file, "xlsx"), (epub_file, "epub")),
        *((odt_file, "odt"), (odt_file, "ods")),
    ):
        make(folder / f"s.{suffix}")
        found[f"b.{suffix}"] = (folder / f"s.{suffix}").read_bytes()
    rows = pa.table({"text": ["A quiet lake", "A loud street"], "year": [1999, None], "picture": [png(), None]})
    pq.write_table(rows, folder / "s.parquet")
    found["b.parquet"] = (folder / "s.parquet").read_bytes()
    found |= {"c.png.xmp": XMP, "c.png.json": TAKEOUT, "c.vtt": b"WEBVTT\n\n00:01.000 --> 00:03.000\nAn owl\n" * 4}
    for suffix in ("mp4", "mkv", "webm", "avi", "ts", "flv"):
        found[f"a.{suffix}"] = film(folder / f"f.{suffix}", seconds=0.4).read_bytes()
    return found


def damaged(data: bytes, others: list[bytes], chance: random.Random) -> bytes:
    """One damaged copy: some of its bytes flipped, cut, repeated, set to extremes or taken from another file."""
    if data.startswith(b"PK") and chance.random() < 0.7:
        return _damaged_inside(data, others, chance)
    out = bytearray(data)
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(max(1, len(out)))
        match chance.randrange(6):
            case 0:
                out[at : at + 1] = bytes([chance.randrange(256)])
            case 1:
                del out[at:]
            case 2:
                out[at : at + 4] = chance.choice((b"\xff\xff\xff\xff", bytes(4), b"\x7f\xff\xff\xff", b"\0\0\0\1"))
            case 3:
                other = chance.choice(others)
                start = chance.randrange(max(1, len(other)))
                out[at:at] = other[start : start + chance.randint(1, 400)]
            case 4:
                out[at:at] = out[at : at + chance.randint(1, 200)] * chance.randint(1, 20)
            case 5:
                del out[at : at + chance.randint(1, 40)]
    return bytes(out)


def _damaged_inside(data: bytes, others: list[bytes], chance: random.Random) -> bytes:
    """A ZIP of which one file is damaged and packed again, so that its checksum is right."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        names = old.namelist()
        hit = chance.choice(names)
        for name in names:
            body = old.read(name)
            new.writestr(name, damaged(body, others, chance) if name == hit else body)
    return out.getvalue()


def read_all(paths: list[Path], answers: multiprocessing.Queue) -> None:
    """Read files one at a time, as the child: what happened to each is put into the queue."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    import nova_explore as nx
    from nova_explore import media

    for path in paths:
        start = time.process_time()
        answers.put(("begin", str(path), 0.0))
        try:
            collection = nx.read(_described(path), progress=False)
            for item in list(collection)[:4]:
                media.thumbnail(item)
            said = "items" if len(collection) else collection.unread[0].reason
        except nx.errors.NovaExploreError as error:
            said = f"reason: {error}"
        except Exception as error:
            said = f"CRASH {type(error).__name__}: {error}"
        answers.put((said, str(path), time.process_time() - start))
    atexit._run_exitfuncs()  # a child ends without them: so decoders end, and their work is counted


def _described(path: Path) -> Path:
    """The picture that a file lies beside, or the file itself."""
    return path.with_name(f"{path.name.split('.')[0]}.png") if path.suffix in BESIDE else path


def main() -> int:
    """Fuzz for some minutes; returns 1 where something was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path, default=Path("fuzz-found"))
    asked = parser.parse_args()
    chance = random.Random(asked.seed)
    outcomes: Counter[str] = Counter()
    faults: list[str] = []
    until = time.monotonic() + 60 * asked.minutes
    with tempfile.TemporaryDirectory() as apart:
        folder = Path(apart)
        sound = seeds(folder)
        names, bodies = list(sound), list(sound.values())
        round_ = 0
        while time.monotonic() < until:
            round_ += 1
            paths = []
            for number in range(1000):
                name = chance.choice(names)
                path = folder / f"{round_}-{number}-{name}"
                path.write_bytes(damaged(sound[name], bodies, chance))
                if _described(path) != path:
                    _described(path).write_bytes(sound["a.png"])
                paths.append(path)
            faults += _round(paths, outcomes, asked.keep)
            for path in paths:
                path.unlink()
                _described(path).unlink(missing_ok=True)
    total = sum(outcomes.values())
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    hours = (spent.ru_utime + spent.ru_stime) / 3600
    kinds = ", ".join(f"{count:,} {what}" for what, count in outcomes.most_common())
    print(f"{hours:.2f} hours of processor, {total:,} files: {kinds}")
    print("\n".join(faults) or "nothing found")
    return int(bool(faults))


def _round(paths: list[Path], outcomes: Counter[str], keep: Path) -> list[str]:
    faults = []
    waiting = list(paths)
    while waiting:
        answers: multiprocessing.Queue = multiprocessing.get_context("spawn").Queue()
        child = multiprocessing.get_context("spawn").Process(target=read_all, args=(waiting, answers))
        child.start()
        current, fault = "", ""
        done = 0
        while done < len(waiting):
            try:
                said, path, took = answers.get(timeout=15 * SECONDS)
            except Exception:
                fault = f"{'HANG' if child.is_alive() else f'DIED ({child.exitcode})'} {Path(current).name}"
                break
            if said == "begin":
                current = path
                continue
            done += 1
            unforeseen = said.startswith("CRASH") or "unforeseen way" in said
            outcomes["unforeseen" if unforeseen else "items" if said == "items" else "reasons"] += 1
            if unforeseen or took > SECONDS:
                faults.append(f"{Path(path).name}: {said[:200]} ({took:.1f} s)")
                _keep(Path(path), keep)
        child.join(0 if fault else SECONDS)
        child.kill()
        child.join()
        answers.close()
        if not fault:
            return faults
        outcomes["died or hung"] += 1
        faults.append(fault)
        if not current:
            return faults
        _keep(Path(current), keep)
        waiting = waiting[waiting.index(Path(current)) + 1 :]
    return faults


def _keep(path: Path, folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    (folder / path.name).write_bytes(path.read_bytes())


if __name__ == "__main__":
    sys.exit(main())
