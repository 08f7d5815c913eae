"""Benchmarks on disk: every layout is recognised, media that are not there are counted, and no figure is invented."""

# pyright: reportGeneralTypeIssues=false, reportCallIssue=false, reportArgumentType=false
# pyright: reportOptionalMemberAccess=false, reportAttributeAccessIssue=false
from __future__ import annotations

import pytest
from fakes.benchmark_layouts import LAYOUTS, write

import nova_explore as nx
from nova_explore.errors import SourceError
from nova_explore.sources.published import FIGURES, figures_of


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_is_recognised_with_its_queries_items_and_judgements(layout, tmp_path):
    expected = write(layout, tmp_path)
    found = nx.datasets.benchmark(tmp_path / expected.folder)
    assert (found.name, found.measure) == (expected.name, expected.measure)
    assert (len(found.queries), len(found.collection)) == (expected.queries, expected.items)
    assert len(found.collection.unread) == expected.missing
    assert set(found.judgements["query"]) <= {*found.queries, *found.judgements["query"]}
    there = found.judgements["item"].isin(found.collection.ids)
    assert there.sum() == expected.pairs
    assert (~there).sum() == expected.lost
    assert str(len(found.queries)) in repr(found)


def test_a_caption_looks_for_its_own_picture(tmp_path):
    write("karpathy", tmp_path)
    found = nx.datasets.benchmark(tmp_path)
    key = {item.id: item.metadata["benchmark_key"] for item in found.collection}
    pairs = {(found.queries[query], key.get(item)) for query, item in found.judgements[["query", "item"]].to_numpy()}
    assert ("a red square", "red.png") in pairs
    assert ("a blue square", "blue.png") in pairs
    assert ("a blue square", "red.png") not in pairs


def test_what_is_not_on_disk_is_counted_and_counts_as_missed(tmp_path):
    write("karpathy", tmp_path)
    found = nx.datasets.benchmark(tmp_path)
    assert "1 candidates are not on this disk or cannot be read: they count as missed." in found.notes
    assert (found.judgements["item"].str.startswith("not there: ")).sum() == 1


def test_a_folder_of_no_known_layout_says_what_is_known(tmp_path):
    with pytest.raises(SourceError, match="has no layout that is known"):
        nx.datasets.benchmark(tmp_path)
    with pytest.raises(SourceError, match="There is no folder"):
        nx.datasets.benchmark(tmp_path / "nowhere")


def test_a_benchmark_without_its_media_says_so(tmp_path):
    write("karpathy", tmp_path)
    for picture in tmp_path.glob("*.png"):
        picture.unlink()
    with pytest.raises(SourceError, match="none of its 3 media is below"):
        nx.datasets.benchmark(tmp_path)


def test_another_version_of_a_file_is_named(tmp_path):
    (tmp_path / "dataset_coco.json").write_text('{"dataset": "coco", "images": [{"split": "test"}]}', "utf-8")
    with pytest.raises(SourceError, match="lack 'sentences': this is another version"):
        nx.datasets.benchmark(tmp_path)
    (tmp_path / "dataset_coco.json").write_text("{", "utf-8")
    with pytest.raises(SourceError, match="cannot be read as JSON"):
        nx.datasets.benchmark(tmp_path)


def test_every_figure_says_who_measured_it_and_where_to_read_it():
    assert all(one.measured_by and one.source for one in FIGURES)
    assert all(one.value is None or 0 < one.value < 1 for one in FIGURES)
    assert [one.value for one in figures_of("mscoco")] == [0.7309, None]
    assert figures_of("nothing") == ()
