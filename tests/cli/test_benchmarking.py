"""The command that measures a benchmark on this disk, beside figures that others have published."""

from __future__ import annotations

import json
import re

import pytest
from fakes.benchmark_layouts import Expected, write
from fakes.toy_model import topic_texts
from typer.testing import CliRunner

from nova_explore.cli.benchmarking import compare
from nova_explore.cli.commands import app
from nova_explore.sources.benchmarks import benchmark


def scifact(folder):
    """Forty abstracts of four topics, and queries of each, in the form of BEIR."""
    home = folder / "scifact"
    (home / "qrels").mkdir(parents=True)
    texts = topic_texts(10)
    corpus = [{"_id": f"d{n}", "title": "", "text": text} for n, (_, text) in enumerate(texts)]
    (home / "corpus.jsonl").write_text("\n".join(map(json.dumps, corpus)), "utf-8")
    asked = [{"_id": topic, "text": words} for topic, words in (("birds", "owl wing"), ("boats", "sail anchor mast"))]
    (home / "queries.jsonl").write_text("\n".join(map(json.dumps, asked)), "utf-8")
    rows = [f"{topic}\td{n}\t1" for n, (topic, _) in enumerate(texts) if topic in ("birds", "boats")]
    (home / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\n" + "\n".join(rows) + "\n", "utf-8")
    return home


@pytest.mark.slow
def test_the_measure_of_the_paper_stands_beside_published_figures_with_their_source(tmp_path):
    home = scifact(tmp_path)
    done = CliRunner().invoke(app, ["benchmark", str(home), "--model", "toy", "--to", str(tmp_path / "a.nova")])
    assert done.exit_code == 0, done.output
    assert "Benchmark: SciFact, BEIR, test" in done.output
    assert "2 queries search 40 candidates." in done.output
    assert re.search(r"Measured:  nDCG@10 (0\.[5-9]\d\d|1\.000) \[.*\], n 2, by chance 0", done.output)
    assert "Not run" not in done.output
    assert "Published: nDCG@10 0.736, Amazon Nova Multimodal Embeddings, 3072 dimensions" in done.output
    assert "https://github.com/embeddings-benchmark/mteb/pull/5206" in done.output
    assert "cannot be compared" in done.output
    again = CliRunner().invoke(app, ["benchmark", str(home), "--model", "toy", "--to", str(tmp_path / "a.nova")])
    assert [line for line in again.output.splitlines() if line.startswith("Measured")] == [
        line for line in done.output.splitlines() if line.startswith("Measured")
    ]


def test_a_figure_that_was_not_found_is_no_number(tmp_path):
    expected: Expected = write("audiocaps", tmp_path)
    lines = compare(benchmark(tmp_path / expected.folder), "local", ())
    assert any("no figure was found as text" in line for line in lines)


def test_a_benchmark_without_figures_says_so(tmp_path):
    write("mteb", tmp_path)
    assert "Published: no figure for this benchmark is kept here." in compare(
        benchmark(tmp_path / "TinyRetrieval"), "local", ()
    )
