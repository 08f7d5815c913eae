"""Judgements in every form that people have them, and the published values of Krippendorff's alpha."""

# pyright: reportOptionalMemberAccess=false, reportOptionalOperand=false, reportGeneralTypeIssues=false
# pyright: reportArgumentType=false, reportOptionalSubscript=false, reportAttributeAccessIssue=false
from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from nova_explore.errors import SourceError
from nova_explore.reviews.judgements import agreement, judgements_needed, krippendorff_alpha, read_judgements

X = np.nan
FOUR = np.array(
    [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, X, X, X],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, X, 3],
        [X, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, X],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, X],
    ]
)
"""Krippendorff 2011, four observers."""
THREE = np.array(
    [
        [X, X, X, X, X, 3, 4, 1, 2, 1, 1, 3, 3, X, 3],
        [1, X, 2, 1, 3, 3, 4, 3, X, X, X, X, X, X, X],
        [X, X, 2, 1, 3, 4, 4, X, 2, 1, 1, 3, 3, X, 4],
    ]
)
"""Wikipedia's three coders."""
PAIRS = [("q1", "a", 2.0), ("q1", "b", 0.0), ("q2", "c", 1.0)]


@pytest.mark.parametrize(
    ("table", "level", "value"),
    [
        (FOUR, "nominal", 0.743421), (FOUR, "ordinal", 0.815388), (FOUR, "interval", 0.849107),
        (FOUR, "ratio", 0.797403), (THREE, "nominal", 0.691358), (THREE, "interval", 0.810845),
        (THREE, "ordinal", 0.806721),
    ],
)  # fmt: skip
def test_alpha_of_the_published_tables(table, level, value):
    assert krippendorff_alpha(table, level=level) == pytest.approx(value, abs=1e-6)


def test_alpha_is_one_for_agreement_and_not_known_where_nothing_differs():
    assert krippendorff_alpha(np.array([[1.0, 2, 3], [1, 2, 3]])) == 1
    assert np.isnan(krippendorff_alpha(np.array([[1.0, 1], [1, 1]])))


def test_disagreements_are_listed_with_the_largest_first():
    rows = [
        (f"q{i}", "a", judge, value)
        for i, pair in enumerate(zip(*FOUR[:2], strict=True))
        for judge, value in enumerate(pair)
    ]
    frame = pd.DataFrame(rows, columns=["query", "item", "judge", "relevance"]).dropna()
    alpha, differing = agreement(frame, resamples=200)
    assert alpha.low <= alpha.value <= alpha.high
    assert differing["query"].tolist() == ["q5"]


def test_how_many_judgements_are_needed_follows_the_spread():
    assert judgements_needed([0, 1] * 50, within=0.1) == pytest.approx((1.96 * 0.5025 / 0.1) ** 2, abs=1)


FORMS = {
    "csv": ("judged.csv", "query,item,relevance\nq1,a,2\nq1,b,0\nq2,c,1\n"),
    "trec": ("judged.txt", "q1 0 a 2\nq1 0 b 0\nq2 0 c 1\n"),
    "M-BEIR": ("judged.txt", "q1 0 a 2 7\nq1 0 b 0 7\nq2 0 c 1 7\n"),
    "BEIR": ("qrels/test.tsv", "query-id\tcorpus-id\tscore\nq1\ta\t2\nq1\tb\t0\nq2\tc\t1\n"),
    "json lines": (
        "judged.jsonl",
        '{"query":"q1","item":"a","relevance":2}\n{"query":"q1","item":"b","relevance":0}\n{"query":"q2","item":"c","relevance":1}\n',
    ),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_the_same_rows(form, tmp_path):
    name, text = FORMS[form]
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, "utf-8")
    found = read_judgements(tmp_path if form == "BEIR" else path)
    assert list(found.itertuples(index=False, name=None)) == PAIRS


@pytest.mark.parametrize("text", ["q1 0 a 1\n", "query,item,relevance\nq1,a,1\n"])
def test_a_mark_at_the_start_of_a_file_is_no_part_of_its_first_word(text, tmp_path):
    (tmp_path / "qrels.txt").write_text(text, encoding="utf-8-sig")
    assert read_judgements(tmp_path / "qrels.txt")["query"].tolist() == ["q1"]


def test_numbers_as_ids_stay_text(tmp_path):
    path = tmp_path / "judged.csv"
    path.write_text("query,item,relevance\n007,0123,1\n", "utf-8")
    assert read_judgements(path)[["query", "item"]].iloc[0].tolist() == ["007", "0123"]


def test_a_mapping_lists_what_is_relevant():
    assert read_judgements({"q": ["a", "b"]})["relevance"].tolist() == [1, 1]
    assert read_judgements({"q": {"a": 3}})["relevance"].tolist() == [3]


def test_several_judges_count_by_their_median():
    frame = pd.DataFrame({"query": "q", "item": "a", "relevance": [0, 1, 3], "judge": list("xyz")})
    assert read_judgements(frame)["relevance"].tolist() == [1]


def test_missing_columns_and_files_are_named(tmp_path):
    with pytest.raises(SourceError, match="need item"):
        read_judgements(pd.DataFrame({"query": ["q"]}))
    with pytest.raises(SourceError, match="no file of judgements"):
        read_judgements(tmp_path / "none.csv")
    with pytest.raises(SourceError, match="no folder qrels"):
        read_judgements(tmp_path)


def test_a_relevance_that_is_no_number_is_named():
    with pytest.raises(SourceError, match="A relevance is 'good'"):
        read_judgements(pd.DataFrame({"query": ["a"], "item": ["b"], "relevance": ["good"]}))


def test_agreement_can_draw_queries_again_in_place_of_pairs():
    rows = [
        (f"q{query}", f"i{item}", judge, float(query % 2 if judge == "a" or query else 1 - query % 2))
        for query in range(6) for item in range(8) for judge in "ab"
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["query", "item", "judge", "relevance"])
    pairs, _ = agreement(frame, resamples=300)
    queries, _ = agreement(frame, unit="query", resamples=300)
    assert queries.value == pairs.value
    assert queries.high - queries.low > pairs.high - pairs.low  # all of one query is judged wrong
