from __future__ import annotations

import json
import unicodedata

import pytest
from fakes.making import film, png, sound_only

from nova_explore.collection import Collection
from nova_explore.sources.read import read
from nova_explore.sources.side_files import caption_of

TAKEOUT = {
    "title": "IMG_1.jpg", "description": "Sunset at the pier", "photoTakenTime": {"timestamp": "1600000000"},
    "geoData": {"latitude": 1.5, "longitude": 2.5}, "people": [{"name": "A. Example"}], "imageViews": "3",
}  # fmt: skip


def _read(folder) -> Collection:
    collection = read(folder, progress=False)
    assert not collection.unread, collection.unread
    return collection


@pytest.mark.parametrize(
    ("picture", "beside"),
    [
        ("a.png", "a.txt"), ("a.png", "a.png.txt"), ("DSC1.PNG", "DSC1.TXT"), ("DSC1.PNG", "dsc1.txt"),
        ("Cafe\u0301.png", "Caf\u00e9.txt"), ("Caf\u00e9.png", "Cafe\u0301.TXT"),
    ],
)  # fmt: skip
def test_a_text_beside_is_the_caption_in_any_case_and_form_of_unicode(tmp_path, picture, beside):
    (tmp_path / picture).write_bytes(png())
    (tmp_path / beside).write_text("a sign")
    collection = _read(tmp_path)
    assert [item.metadata["caption"] for item in collection] == ["a sign"]
    assert str(collection[0].metadata["described_by"]) == f"caption: {beside}"


@pytest.mark.parametrize(
    ("beside", "column"),
    [("a.txt", "{}"), ("a.json", '{{"caption": "{}"}}'), ("a.srt", "1\n00:00:00,000 --> 00:00:01,000\n{}\n")],
)
def test_a_damaged_byte_beside_a_medium_is_said_by_the_name_of_its_file(tmp_path, beside, column):
    sound_only(tmp_path / "a.m4a", seconds=0.5)
    (tmp_path / beside).write_bytes(column.format("Größere Öfen für süße ? Äpfel").encode().replace(b"?", b"\xe9"))
    (item,) = _read(tmp_path)
    assert "Größere Öfen für süße \ufffd Äpfel" in (item.metadata.get("caption"), item.text)
    assert item.metadata["incomplete_sidecar"] == f"{beside}: 1 of its characters could not be decoded"


def test_where_two_names_differ_only_in_case_each_has_its_own(tmp_path):
    for name in ("a", "A"):
        (tmp_path / f"{name}.png").write_bytes(png(color="red" if name == "a" else "blue"))
        (tmp_path / f"{name}.txt").write_text(f"caption of {name}")
    if len(list(tmp_path.iterdir())) < 4:
        pytest.skip("this file system has no case")
    assert {item.name: item.metadata["caption"] for item in _read(tmp_path)} == {
        "a.png": "caption of a", "A.png": "caption of A",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("picture", "export"),
    [
        ("IMG_1.png", "IMG_1.png.json"),
        ("IMG_1.png", "IMG_1.png.supplemental-metadata.json"),
        ("IMG_1.png", "IMG_1.png.suppl.json"),
        ("IMG_1(2).png", "IMG_1.png.supplemental-metadata(2).json"),
    ],
)
def test_exports_of_google_photos_describe_their_pictures(tmp_path, picture, export):
    (tmp_path / picture).write_bytes(png())
    (tmp_path / export).write_text(json.dumps(TAKEOUT))
    metadata = _read(tmp_path)[0].metadata
    assert metadata["caption"] == metadata["description"] == "Sunset at the pier"
    assert (metadata["date"], metadata["latitude"], metadata["longitude"]) == ("2020-09-13T12:26:40Z", 1.5, 2.5)
    assert metadata["people"] == "A. Example"
    assert "title" not in metadata


def test_xmp_beside_is_read_and_is_no_failure(tmp_path):
    (tmp_path / "a.png").write_bytes(png())
    (tmp_path / "a.png.xmp").write_text(
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><rdf:Description><dc:subject><rdf:Bag><rdf:li>lake</rdf:li>'
        "</rdf:Bag></dc:subject></rdf:Description></rdf:RDF></x:xmpmeta>"
    )
    assert _read(tmp_path)[0].metadata["tags"] == "lake"


@pytest.mark.parametrize("name", ["talk.srt", "talk.en.srt", "talk.vtt", "talk.EN.SRT", "talk.pt-BR.forced.srt"])
def test_subtitles_beside_are_what_each_part_says(tmp_path, name):
    film(tmp_path / "talk.mp4", seconds=40, fps=5, sound=False)
    dot = "." if name.endswith("vtt") else ","
    (tmp_path / name).write_text(
        f"WEBVTT\n\n1\n00:00:01{dot}000 --> 00:00:02{dot}000\nGood morning.\n\n"
        f"2\n00:00:33{dot}000 --> 00:00:34{dot}000\nGood night.\n"
    )
    assert [item.text for item in _read(tmp_path)] == ["Good morning.", "Good night."]


@pytest.mark.slow
def test_a_transcript_is_shared_out_over_a_long_recording_and_nothing_is_lost(tmp_path):
    sound_only(tmp_path / "talk.m4a", seconds=65)
    words = " ".join(f"word{number}" for number in range(900))
    (tmp_path / "talk.txt").write_text(words)
    parts = _read(tmp_path)
    assert len(parts) == 3
    captions = [str(part.metadata["caption"]) for part in parts]
    assert " ".join(captions) == words
    assert len(captions[0]) > 3 * len(captions[2])


def test_captions_are_whole_and_without_the_translations_of_tux_paint():
    assert caption_of("A cat.\nde.utf8=Eine Katze.\nsr@latin.utf8=Mačka.\n") == "A cat."
    assert caption_of("x" * 3000) == "x" * 3000
    assert caption_of(unicodedata.normalize("NFD", "é")) == "e\u0301"
