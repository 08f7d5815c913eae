"""The command that measures a benchmark on this disk, beside figures that others have published."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import ClassVar

import numpy as np
import pytest
from fakes.benchmark_layouts import Expected, write
from fakes.toy_model import topic_texts
from PIL import Image
from typer.testing import CliRunner

import nova_explore as nx
from nova_explore.cli.benchmarking import compare, expected_cost, libraries_of
from nova_explore.cli.commands import app
from nova_explore.collection import Item, Modality
from nova_explore.models import registry
from nova_explore.models.cost import Estimate, estimate, load_prices
from nova_explore.models.model import Capabilities
from nova_explore.reviews.retrieval import effectiveness
from nova_explore.sources.benchmarks import benchmark
from nova_explore.space import ItemError, Role, Space, Vector


class ColourModel:
    """Pictures are their colour; words are the colour that is planted for them."""

    name = "colours"
    space = Space("colours", "1", "index", 3, "1")
    capabilities = Capabilities(frozenset({Modality.TEXT, Modality.IMAGE}), 8, frozenset(Modality))
    WORDS: ClassVar[dict[str, tuple[float, ...]]] = {
        "a red square": (1, 0, 0), "a blue square": (0, 0, 1), "a green square": (0, 0.6, 0.8),
        "something red": (0.436, 0.9, 0), "ice": (0, 0, 1),
    }  # fmt: skip
    REFUSED: ClassVar[tuple[tuple[bool, ...], ...]] = ()

    def embed_batch(self, items: Sequence[Item], *, role: Role = "index") -> list[Vector | ItemError]:
        return [self._embed(item) for item in items]

    def _embed(self, item: Item) -> Vector | ItemError:
        if item.modality is Modality.TEXT:
            vector = np.array(self.WORDS[str(item.text)], np.float32)
        else:
            vector = np.asarray(Image.open(item.uri).convert("RGB"), np.float32).mean(axis=(0, 1))
        if tuple((vector > 0).tolist()) in self.REFUSED:
            return ItemError("This colour is refused.")
        return (vector / np.linalg.norm(vector)).astype(np.float32)


class PricedColourModel(ColourModel):
    def estimate(self, items):
        return estimate(items, load_prices("us-east-1"))


@pytest.fixture
def colours(monkeypatch):
    monkeypatch.setitem(registry._FACTORIES, "colours", ColourModel)
    return lambda *more: CliRunner().invoke(app, ["benchmark", *map(str, more), "--model", "colours"])


def measured(output):
    """What the command says it measured: direction, measure and value."""
    found, direction = {}, ""
    for line in output.splitlines():
        if line.startswith("Direction: "):
            direction = line.removeprefix("Direction: ")
        elif line.startswith("Measured: "):
            said = re.match(r"Measured:  (\S+(?: rate@\d)?) ([\d.]+) ", line)
            assert said, line
            found[direction, said[1]] = float(said[2])
    return found


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


@pytest.mark.slow
def test_both_directions_have_their_measures_by_hand_and_their_own_figures(tmp_path, colours):
    """Blue is nearest to “a green square”, and “something red” is nearest to green and the nearest to it.

    Words to pictures: red and blue are found, green finds blue, “something red” finds green: 2 of 4. Pictures to words:
    red finds one of its two captions, blue its own, green finds “something red”: 2 of 3, a recall of (1/2 + 1 + 0) / 3.
    """
    home = tmp_path / "coco"
    write("coco", home)
    done = colours(home, "--to", tmp_path / "a.nova")
    assert done.exit_code == 0, done.output
    assert measured(done.output) == {
        ("text → image", "recall@1"): 0.5, ("text → image", "nDCG@1"): 0.5,
        ("image → text", "hit rate@1"): 0.667, ("image → text", "nDCG@1"): 0.667,
    }  # fmt: skip
    first, second = done.output.split("Direction: image → text")
    assert "4 queries search 3 candidates." in first
    assert "3 queries search 4 candidates." in second
    assert "recall@1 0.378, CLIP" in first
    assert "recall@1 0.584, CLIP" not in first
    assert "recall@1 0.584, CLIP" in second
    assert "recall@1 0.378, CLIP" not in second
    assert sorted(path.name for path in tmp_path.glob("*.nova")) == ["a-image-to-text.nova", "a.nova"]


@pytest.mark.slow
def test_only_items_of_the_target_modality_are_ranked(tmp_path):
    write("coco", tmp_path)
    (turned,) = benchmark(tmp_path).other_directions
    explored = nx.explore(nx.embed(turned.collection, to=tmp_path / "a.nova", model=ColourModel(), progress=False),
                          model=ColourModel(), progress=False)  # fmt: skip
    review = effectiveness(explored, turned.queries, turned.judgements, k=turned.k)
    table = review.tables["modalities"]
    assert set(zip(table["query"], table["item"], strict=True)) == {("image", "text")}
    assert {row.measure: round(row.value, 3) for row in review.findings}["recall@1"] == 0.5


@pytest.mark.slow
@pytest.mark.parametrize(("layout", "folder"), [("mbeir_nights", "."), ("arguana", "arguana")])
def test_a_query_never_finds_itself(tmp_path, monkeypatch, layout, folder):
    """Both look-alikes rank the query itself first, and the relevant item second, where nothing leaves it out."""
    write(layout, tmp_path)
    found = benchmark(tmp_path / folder)
    words = {
        "ice is cold": (1, 0, 0), "a title\nice is cold": (1, 0.1, 0), "a title\nice is not so cold": (1, 0.5, 0),
        "a title\nbread is good": (0, 0, 1),
    }  # fmt: skip
    monkeypatch.setattr(ColourModel, "WORDS", words)
    model = ColourModel()
    library = nx.embed(found.collection, to=tmp_path / "a.nova", model=model, progress=False)
    review = effectiveness(nx.explore(library, model=model, progress=False), found.queries, found.judgements, k=1)
    values = {one.measure: one.value for one in review.findings}
    assert values["MRR"] == 1.0


@pytest.mark.slow
def test_a_picture_that_the_model_refuses_does_not_ask(tmp_path, colours, monkeypatch):
    monkeypatch.setattr(ColourModel, "REFUSED", ((False, True, False),))  # the green picture, and no words
    home = tmp_path / "coco"
    write("coco", home)
    done = colours(home, "--to", tmp_path / "a.nova")
    assert done.exit_code == 0, done.output
    assert "1 queries got no vector and are not asked." in done.output
    assert measured(done.output)["image → text", "hit rate@1"] == 1.0


def test_the_cost_counts_candidates_and_queries_of_all_directions(tmp_path, monkeypatch):
    write("coco", tmp_path)
    found = benchmark(tmp_path)
    monkeypatch.setitem(registry._FACTORIES, "colours", PricedColourModel)
    expected = expected_cost(found, libraries_of(found, tmp_path / "a.nova"), "colours")
    assert isinstance(expected, Estimate)
    assert {line.modality: line.calls for line in expected.lines} == {"image": 3 + 3, "text": 4 + 4}
    monkeypatch.setitem(registry._FACTORIES, "colours", ColourModel)
    assert expected_cost(found, [tmp_path / "a.nova"] * 2, "colours") is None


def test_a_direction_without_figures_says_so(tmp_path):
    write("didemo", tmp_path)
    (turned,) = benchmark(tmp_path).other_directions
    assert "Published: no figure for this direction is kept here." in compare(turned, "local", ())
