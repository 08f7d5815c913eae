from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from nova_explore.errors import SourceError
from nova_explore.reviews.asking import pairs_of
from nova_explore.reviews.input_files import read_input
from nova_explore.reviews.judgements import read_judgements
from nova_explore.reviews.rankers import read_ranking


def _written(folder: Path, name: str, text: str, encoding: str = "utf-8") -> Path:
    (folder / name).write_text(text, encoding)
    return folder / name


def test_words_that_look_like_missing_values_or_numbers_stay_what_they_are(tmp_path):
    path = _written(tmp_path, "queries.csv", "query,words\nq1,null\nq2,NA\nq3,1e3\nq4,007\nnan,None\n1.50,nan\n")
    assert pairs_of(path) == [
        ("q1", "null"),
        ("q2", "NA"),
        ("q3", "1e3"),
        ("q4", "007"),
        ("nan", "None"),
        ("1.50", "nan"),
    ]
    judged = read_judgements(_written(tmp_path, "judged.csv", "query,item,relevance\nNA,1.50,1\nNA,1.5,2\n"))
    assert judged[["query", "item", "relevance"]].to_numpy().tolist() == [["NA", "1.50", 1], ["NA", "1.5", 2]]
    assert read_ranking(_written(tmp_path, "run.csv", "query,item\nNA,007\nNA,7\n")) == {"NA": ["007", "7"]}
    assert read_ranking(_written(tmp_path, "theirs.run", "NA Q0 null 1 2.5 t\n")) == {"NA": ["null"]}


@pytest.mark.parametrize(("separator", "encoding"), [(";", "utf-8"), ("\t", "utf-16"), ("|", "utf-8-sig")])
def test_files_of_any_spreadsheet_are_read(tmp_path, separator, encoding):
    rows = [("query", "item", "relevance"), ("Größe über alles", "a", "2"), ("schöne Grüße aus Köln", "b", "0")]
    path = _written(tmp_path, "judged.csv", "\n".join(separator.join(row) for row in rows), encoding)
    assert read_judgements(path)["query"].tolist() == ["Größe über alles", "schöne Grüße aus Köln"]


def test_json_of_a_mapping_is_that_mapping(tmp_path):
    judged = _written(tmp_path, "judged.json", json.dumps({"q1": {"a": 2, "b": 0}, "q2": ["c"]}))
    assert read_judgements(judged).to_numpy().tolist() == [["q1", "a", 2], ["q1", "b", 0], ["q2", "c", 1]]
    ranked = _written(tmp_path, "run.json", json.dumps({"q1": {"a": 0.5, "b": 0.9, "c": 0.5}, "q2": ["c", "a"]}))
    assert read_ranking(ranked) == {"q1": ["b", "c", "a"], "q2": ["c", "a"]}
    assert pairs_of(_written(tmp_path, "queries.json", '{"q1": "an owl", "q2": ["a", "b"]}')) == [
        ("q1", "an owl"), ("q2", "a"), ("q2", "b"),
    ]  # fmt: skip
    listed = _written(tmp_path, "listed.json", '[{"query": "q1", "item": "a"}]')
    assert read_judgements(listed)["item"].tolist() == ["a"]


def test_one_id_is_one_id_and_no_list_of_letters():
    assert read_judgements({"q": "owl"})["item"].tolist() == ["owl"]
    assert read_ranking({"q": "owl"}) == {"q": ["owl"]}


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.csv", "query,item\nq,a\nq,b,c,d\n", r"Row 2 of the rankings .* has 4 fields and the header 2"),
        ("a.run", "q Q0 a 1 .5 t\nq Q0 b\n", "Row 2 of the rankings .* is 'q Q0 b'. It needs query, round, item"),
        ("a.jsonl", '{"query": "q", "item": "a"}\n{"query": \n', "Row 2 of the rankings .* is no JSON object"),
        ("a.csv", "query,item,score\nq,a,good\n", "A score of the ranking is 'good'"),
        ("a.csv", "query,item,score\nq,a,1\nq,b,\n", "A score of the ranking is nan"),
        ("a.parquet", "PAR1 and no more", "cannot be read as Parquet"),
        ("a.csv", "", "cannot be read|has no rows|empty"),
    ],
)
def test_a_row_that_cannot_be_used_is_named(tmp_path, name, text, said):
    with pytest.raises(SourceError, match=said):
        read_ranking(_written(tmp_path, name, text))


def test_a_table_keeps_its_columns(tmp_path):
    pd.DataFrame({"a": ["x"], "b": ["y"], "similar": [True]}).to_csv(tmp_path / "pairs.csv", index=False)
    found = read_input(tmp_path / "pairs.csv", "pairs", "", filled=("a", "b"))
    assert isinstance(found, pd.DataFrame)
    assert found.to_dict("list") == {"a": ["x"], "b": ["y"], "similar": [True]}


@pytest.mark.parametrize("read", [read_judgements, read_ranking])
@pytest.mark.parametrize(("row", "column"), [(",a,1", "query"), ("q,,1", "item")])
def test_a_row_without_a_query_or_an_item_is_named_and_not_left_out(tmp_path, read, row, column):
    path = _written(tmp_path, "a.csv", f"query,item,relevance\nq,b,1\n{row}\n")
    with pytest.raises(SourceError, match=f"Row 2 of the .* has nothing in the column '{column}'"):
        read(path)


def test_a_query_without_a_name_is_named(tmp_path):
    with pytest.raises(SourceError, match=r"Row 1 of the queries .* has nothing in the column 'query'"):
        pairs_of(_written(tmp_path, "queries.csv", "query,words\n,owl\nq2,boat\n"))
