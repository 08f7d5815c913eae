from __future__ import annotations

import sys
import zipfile

import pytest
from fakes.office_files import docx_file, epub_file, odt_file, pptx_file, xlsx_file

from nova_explore import media
from nova_explore.errors import UnreadableError
from nova_explore.media import office
from nova_explore.sources.read import read

pytest.importorskip("docx", reason="THE EXTRA office IS NOT INSTALLED, so no Office document was read")
pptx = pytest.importorskip("pptx")
pytest.importorskip("openpyxl")
pytest.importorskip("bs4")

PAGE = """<!doctype html><html><head><title>Harbour  rules</title><meta name="keywords" content="ferry, quay">
<style>p { color: red }</style></head>
<body><h1>Rules</h1><script>alert(1)</script><p>No <b>swimming</b>.</p></body></html>"""


@pytest.mark.parametrize(
    ("make", "suffix"),
    [
        *((docx_file, "docx"), (pptx_file, "pptx"), (xlsx_file, "xlsx"), (epub_file, "epub")),
        *((odt_file, "odt"), (odt_file, "odp"), (odt_file, "ods")),
    ],
)
def test_the_words_of_a_document_are_read_in_their_order_with_its_title(tmp_path, make, suffix):
    make(tmp_path / f"a.{suffix}")
    item = read(tmp_path, progress=False)[0]
    assert (item.modality, item.format, item.metadata["title"]) == ("text", suffix, "Harbour rules")
    assert item.text
    assert item.text.index("No swimming.") < item.text.index("No fishing.")
    assert "Ferry · noon" in item.text
    assert media.thumbnail(item)


def test_a_web_page_is_its_words_without_its_program(tmp_path):
    (tmp_path / "a.html").write_text(PAGE)
    item = read(tmp_path, progress=False)[0]
    assert (item.text, item.metadata["title"], item.metadata["tags"]) == (
        "Rules\nNo swimming.", "Harbour rules", "ferry, quay",
    )  # fmt: skip


def test_an_opendocument_drawing_is_named(tmp_path):
    odt_file(tmp_path / "a.odg")
    assert "OpenDocument" in read(tmp_path, progress=False).unread[0].reason


def test_lines_of_a_web_page_are_those_that_a_browser_breaks(tmp_path):
    page = "<!doctype html><body><p>One <b>w</b>ord\non two lines.<br>Next</p><ul><li>a<li>b</ul><pre>x\ny</pre>"
    (tmp_path / "a.html").write_text(page)
    assert read(tmp_path, progress=False)[0].text == "One word on two lines.\nNext\na\nb\nx\ny"


def test_words_in_grouped_shapes_of_a_slide_are_read(tmp_path):
    show = pptx.Presentation()
    group = show.slides.add_slide(show.slide_layouts[6]).shapes.add_group_shape()
    group.shapes.add_textbox(0, 0, 900, 900).text_frame.text = "No swimming."
    show.save(str(tmp_path / "a.pptx"))
    assert read(tmp_path, progress=False)[0].text == "No swimming."


def test_what_is_left_out_of_a_long_sheet_is_said(tmp_path, monkeypatch):
    xlsx_file(tmp_path / "a.xlsx")
    monkeypatch.setattr(office, "MOST_ROWS", 2)
    item = read(tmp_path, progress=False)[0]
    assert item.metadata["incomplete"] == "only the first 2 rows of Sheet"


@pytest.mark.slow
def test_what_unpacks_to_very_much_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.docx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        with archive.open("word/document.xml", "w") as out:
            for _ in range(260):
                out.write(bytes(2**20))
    with pytest.raises(UnreadableError, match="unpacks to"):
        office.words_of(tmp_path / "a.docx", "docx")


def test_without_the_extra_the_reason_says_how_to_get_it(tmp_path, monkeypatch):
    docx_file(tmp_path / "a.docx")
    monkeypatch.setitem(sys.modules, "docx", None)
    assert "nova-explore[office]" in read(tmp_path, progress=False).unread[0].reason


@pytest.mark.parametrize("book", [False, True])
@pytest.mark.parametrize("declared", [b'<!doctype html><meta charset="utf-8">', b"<?xml version='1.0'?>\n<html>"])
def test_characters_that_do_not_fit_the_encoding_are_counted(tmp_path, book, declared, caplog):
    page = declared + b"<p>\xc3\xa4pfel \x81\x8d und \xc3\xb6l</p>"
    if book:
        epub_file(tmp_path / "a.epub", page)
    else:
        (tmp_path / "a.html").write_bytes(page)
    item = read(tmp_path, progress=False)[0]
    assert (item.text or "").split()[0] == "äpfel"
    assert item.metadata["incomplete"] == "2 of its characters could not be decoded"
    assert not caplog.records


@pytest.mark.parametrize(
    ("head", "encoding"),
    [
        ('<meta charset="iso-8859-1">', "cp1252"),
        ('<meta http-equiv="content-type" content="text/html; charset=shift_jis">', "cp932"),
        ('<meta charset="x-sjis">', "cp932"),
        ('<meta charset="no-such-encoding">', "utf-8"),
        ("", "cp1252"),
    ],
)
def test_a_web_page_is_decoded_as_a_browser_does(tmp_path, head, encoding):
    words = "港の規則" if encoding == "cp932" else "“Öl” für Äpfel"
    (tmp_path / "a.html").write_bytes(f"<!doctype html>{head}<p>{words}</p>".encode(encoding))
    item = read(tmp_path, progress=False)[0]
    assert (item.text, item.metadata.get("incomplete")) == (words, None)


@pytest.mark.parametrize("make", [docx_file, pptx_file, xlsx_file, epub_file, odt_file])
def test_a_document_whose_list_of_files_is_damaged_is_named(tmp_path, make):
    path = tmp_path / f"a.{make.__name__.removesuffix('_file')}"
    make(path)
    whole = path.read_bytes()
    at = whole.index(b"PK\x01\x02")
    path.write_bytes(whole[: at + 6] + b"\xf5" + whole[at + 7 :])  # a version of the format that there is not
    [unread] = read(tmp_path, progress=False).unread
    assert "unforeseen" not in unread.reason
    assert "locked" in unread.reason or "damaged" in unread.reason


def test_a_chapter_is_read_without_a_warning_whatever_it_begins_with(tmp_path):
    declared_late = b"<!-- kept --><?xml version='1.0'?><div><p>No swimming.</p></div>"
    for number, chapter in enumerate((declared_late, b"chapter.html", b"https://example.com/a")):
        epub_file(tmp_path / f"{number}.epub", chapter)
    collection = read(tmp_path, progress=False)
    assert not collection.unread
    assert [item.text.split("\n\n")[0] for item in collection if item.text] == [
        "No swimming.", "chapter.html", "https://example.com/a",
    ]  # fmt: skip


def test_a_spreadsheet_of_another_program_is_read_without_a_warning(tmp_path):
    xlsx_file(tmp_path / "made.xlsx")
    with zipfile.ZipFile(tmp_path / "made.xlsx") as old, zipfile.ZipFile(tmp_path / "a.xlsx", "w") as new:
        for name in old.namelist():
            plain = b'<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>'
            new.writestr(name, plain if name.endswith("styles.xml") else old.read(name))
    [item] = read(tmp_path / "a.xlsx", progress=False)
    assert item.text == "Sheet\nNo swimming.\nFerry · noon\nNo fishing."
