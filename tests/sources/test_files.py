from __future__ import annotations

import pytest
from fakes.making import film, png

from nova_explore.collection import Modality
from nova_explore.media.subtitles import Line
from nova_explore.sources.files import FileReader, read_files
from nova_explore.sources.read import read


def test_a_file_that_cannot_be_read_ends_nothing_and_is_named(tmp_path):
    (tmp_path / "a.png").write_bytes(png())
    (tmp_path / "b.png").write_bytes(b"")
    files = [(tmp_path / name, name) for name in ("b.png", "a.png", "gone.png")]
    collection = read_files(files, FileReader(), progress=False)
    assert [item.name for item in collection] == ["a.png"]
    assert [one.name for one in collection.unread] == ["b.png", "gone.png"]


def test_an_error_that_nobody_foresaw_is_a_reason_too(tmp_path, monkeypatch):
    (tmp_path / "a.png").write_bytes(png())

    def fail(*given, **options):
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr("nova_explore.sources.files.describe", fail)
    assert "unforeseen way (ZeroDivisionError: by zero)" in read(tmp_path, progress=False).unread[0].reason


def test_chapters_are_those_of_the_part(tmp_path, monkeypatch):
    from nova_explore.media import embedded_metadata

    film(tmp_path / "a.mp4", seconds=40, fps=5, sound=False)
    chapters = (Line(0, 10, "Dawn"), Line(10, 35, "Noon"), Line(35, 40, "Dusk"))
    monkeypatch.setattr(
        "nova_explore.sources.files.describe", lambda *given: embedded_metadata.Described(chapters=chapters)
    )
    assert [item.metadata["chapters"] for item in read(tmp_path, progress=False)] == ["Dawn; Noon", "Noon; Dusk"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("a.srt", "1\n00:00:01,000 --> 00:00:02,000\nAn owl\n\n2\n00:00:03,000 --> 00:00:04,000\non a mast.\n"),
        ("a.lrc", "[00:01.00]An owl\n[00:03.00]on a mast.\n"),
    ],
)
def test_subtitles_without_their_film_are_a_text_of_what_is_spoken(tmp_path, name, words):
    (tmp_path / name).write_text(words)
    (item,) = read(tmp_path, progress=False)
    assert (item.modality, item.text) == (Modality.TEXT, "An owl\non a mast.")


def test_a_text_named_like_subtitles_is_named_as_what_it_is(tmp_path):
    (tmp_path / "a.ass").write_text("nothing is spoken here\n")
    assert "holds none" in read(tmp_path, progress=False).unread[0].reason
