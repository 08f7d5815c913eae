from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from nova_explore.errors import SourceError
from nova_explore.sources.cells import load_cells
from nova_explore.sources.read import read


def _csv(tmp_path, text: str | bytes, **options):
    (tmp_path / "t.csv").write_bytes(text.encode() if isinstance(text, str) else text)
    return load_cells(tmp_path / "t.csv", **options)


@pytest.mark.parametrize(
    "text",
    [
        "text,year\nA quiet lake,1999\nA loud street,2004\n",
        "text,year,\nA quiet lake,1999,\nA loud street,2004,\n",
        "text,year\nA quiet lake,1999,\nA loud street,2004,\n",
        "sep=;\ntext;year\nA quiet lake;1999\nA loud street;2004\n",
        "\n\ntext;year\nA quiet lake;1999\nA loud street;2004\n",
        "text\tyear\r\nA quiet lake\t1999\r\n\r\nA loud street\t2004\r\n",
        "text|year\nA quiet lake|1999\nA loud street|2004\n",
    ],
    ids=["commas", "comma at every end", "comma at row ends", "sep=", "empty first lines", "tabs", "bars"],
)
def test_a_table_is_read_whatever_separates_it(tmp_path, text):
    found = _csv(tmp_path, text).columns
    assert {name: found[name] for name in found if name != "separator"} == {
        "text": ["A quiet lake", "A loud street"],
        "year": [1999, 2004],
    }


def test_a_separator_in_a_quoted_header_is_none(tmp_path):
    found = _csv(tmp_path, 'text;"place, town, land"\nA lake;Bern\nA street;Rome\n')
    assert found.columns["text"] == ["A lake", "A street"]
    assert found.columns["place, town, land"] == ["Bern", "Rome"]


def test_one_column_of_sentences_keeps_their_commas(tmp_path):
    assert _csv(tmp_path, "text\nHello, world\nRain, again\n").columns == {"text": ["Hello, world", "Rain, again"]}


def test_rows_with_more_fields_than_the_header_are_named_and_shift_nothing(tmp_path):
    found = _csv(tmp_path, "text,year\nHello,1999\nRain, again,2004\nSnow\n")
    assert found.columns == {"text": ["Hello", "Rain", "Snow"], "year": ["1999", " again", None]}
    assert list(found.torn) == [1]
    assert "3 fields and the header 2: 'Rain,  again, 2004'" in found.torn[1]


def test_quoted_new_lines_and_separators_stay_in_their_cell(tmp_path):
    found = _csv(tmp_path, '\ufefftext;note\n"two\nlines";1\n"x; y";2\n')
    assert (found.columns["text"], found.columns["note"]) == (["two\nlines", "x; y"], [1, 2])


def test_another_encoding_is_guessed_from_enough_or_asked_for(tmp_path):
    short = "text;ort\nSchöner Tag;Köln\n".encode("cp1252")
    with pytest.raises(SourceError, match="Save it as UTF-8, or say which"):
        _csv(tmp_path, short)
    asked = _csv(tmp_path, short, encoding="cp1252").columns
    assert (asked["ort"], asked["encoding"]) == (["Köln"], ["cp1252"]), "what a person says is not guessed"
    long = "text;ort\n" + "Über den Häusern läuft früh die Glocke und später hört man Züge;Köln\n" * 20
    found = _csv(tmp_path, long.encode("cp1252"))
    assert found.columns["ort"][0] == "Köln"
    assert "(guessed)" in found.columns["encoding"][0]


def test_a_damaged_byte_is_lost_in_its_row_alone(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes("text\nGrößere Öfen\nsüße ".encode() + b"\xe9" + " Äpfel\n".encode())
    found = load_cells(path).columns
    assert found["text"] == ["Größere Öfen", "süße \ufffd Äpfel"]
    assert found["incomplete"] == [None, "1 of its characters could not be decoded"]


@pytest.mark.parametrize(
    ("separator", "said"), [(";", "semicolon (guessed)"), ("\t", "tab (guessed)"), ("|", "bar (guessed)"), (",", None)]
)
def test_a_separator_that_was_found_out_is_said(tmp_path, separator, said):
    found = _csv(tmp_path, f"text{separator}n\nA lake{separator}1\nA street{separator}2\n".encode())
    assert found.columns["text"] == ["A lake", "A street"]
    assert found.columns.get("separator") == ([said] * 2 if said else None)


@pytest.mark.parametrize("name", ["t.jsonl", "t.ndjson"])
def test_json_lines_are_rows_and_a_broken_one_is_named(tmp_path, name):
    (tmp_path / name).write_text('{"text": "A lake", "n": 1}\n\nnot json\n[1]\n{"text": "A street"}\n')
    found = load_cells(tmp_path / name)
    assert found.columns == {"text": ["A lake", None, None, "A street"], "n": [1, None, None, None]}
    assert list(found.torn) == [1, 2]


def test_a_list_of_objects_is_a_table(tmp_path):
    (tmp_path / "t.json").write_text('[{"text": "A lake"}, {"text": "A street"}]')
    assert load_cells(tmp_path / "t.json").columns == {"text": ["A lake", "A street"]}


class _Frame:
    """A frame of another library: it hands over an Arrow stream, and nothing else."""

    def __arrow_c_stream__(self, requested_schema=None):
        return pa.table({"text": ["A lake"]}).__arrow_c_stream__(requested_schema)


class _Lazy:
    def collect(self):
        return _Frame()


@pytest.mark.parametrize("frame", [_Frame(), _Lazy()], ids=["frame", "lazy frame"])
def test_frames_of_other_libraries_come_by_arrow(frame):
    assert load_cells(frame).columns == {"text": ["A lake"]}


def test_what_is_no_frame_is_named():
    with pytest.raises(SourceError, match="A int is no table"):
        load_cells(5)


def _text_of(*values: bytes) -> pa.Array:
    """Text as another program may write it, unchecked."""
    return pa.array(values, pa.binary()).view(pa.string())


@pytest.mark.parametrize("form", ["parquet", "arrow"])
def test_a_cell_that_is_no_utf_8_is_read_and_said(tmp_path, form):
    table = pa.table({"text": _text_of(b"A quiet lake", b"A loud stra\xdfe"), "year": [1999, 2004]})
    if form == "parquet":
        pq.write_table(table, tmp_path / "t.parquet")
    found = load_cells(tmp_path / "t.parquet" if form == "parquet" else table)
    assert found.columns["text"] == ["A quiet lake", "A loud stra\ufffde"]
    assert found.columns["year"] == [1999, 2004]
    assert found.columns["incomplete"] == [None, "1 of its characters could not be decoded"]
    assert not found.torn


def test_a_cell_that_python_cannot_hold_ends_its_row_alone(tmp_path):
    far = pa.array([0, 2**62], pa.timestamp("us"))
    listed = pa.ListArray.from_arrays([0, 1, 2], _text_of(b"ferry", b"qu\xe9"))
    table = pa.table({"text": ["one", "two"], "when": far, "tags": listed})
    pq.write_table(table, tmp_path / "t.parquet")
    found = load_cells(tmp_path / "t.parquet")
    assert found.columns["text"] == ["one", "two"]
    assert [*found.torn] == [1]
    collection = read(tmp_path / "t.parquet", progress=False)
    assert [item.text for item in collection] == ["one"]
    assert "cannot be read here" in collection.unread[0].reason or "not UTF-8" in collection.unread[0].reason
