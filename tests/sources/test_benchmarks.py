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


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_other_direction_has_its_own_candidates_queries_and_judgements(layout, tmp_path):
    expected = write(layout, tmp_path)
    found = nx.datasets.benchmark(tmp_path / expected.folder)
    assert found.directions == (found, *found.other_directions)
    if expected.turned is None:
        assert found.other_directions == ()
        return
    (other,) = found.other_directions
    assert (other.direction, other.measure) == (expected.turned.direction, expected.turned.measure)
    assert (len(other.queries), len(other.collection)) == (expected.turned.queries, expected.turned.items)
    assert other.judgements["item"].isin(other.collection.ids).sum() == expected.turned.pairs
    assert found.direction == " → ".join(reversed(other.direction.split(" → ")))
    assert set(other.collection.counts()) == {"text"}
    assert other.direction in repr(found)


def test_a_picture_looks_for_all_of_its_captions_and_no_other(tmp_path):
    write("coco", tmp_path)
    (turned,) = nx.datasets.benchmark(tmp_path).other_directions
    words = {item.id: item.text for item in turned.collection}
    looked_for = turned.judgements.groupby("query")["item"].apply(lambda ids: sorted(words[id] for id in ids))
    assert looked_for.to_dict() == {
        "COCO_0.png": ["a red square", "something red"],
        "COCO_1.png": ["a blue square"],
        "COCO_2.png": ["a green square"],
    }
    assert turned.queries["COCO_0.png"].modality == "image"
    assert "any of which counts: papers call it recall@1" in turned.notes[-1]


def test_captions_of_a_picture_that_is_not_there_are_searched_all_the_same(tmp_path):
    write("karpathy", tmp_path)
    (turned,) = nx.datasets.benchmark(tmp_path).other_directions
    assert {item.text for item in turned.collection} == {"a red square", "a blue square", "a gone square"}
    assert sorted(turned.queries) == ["blue.png", "red.png"]
    assert "1 queries are media that are not on this disk or cannot be read, and are not asked." in turned.notes


def test_tasks_of_one_set_of_m_beir_are_its_directions_and_other_sets_are_named(tmp_path):
    write("mbeir_both", tmp_path)
    found = nx.datasets.benchmark(tmp_path)
    assert [one.layout for one in found.directions] == ["mscoco_task0", "mscoco_task3"]
    assert "Other sets are not read (files of queries: 1). Give each set a folder of its own." in found.notes
    (tmp_path / "cand_pool" / "local" / "mbeir_mscoco_task3_test_cand_pool.jsonl").unlink()
    with pytest.raises(SourceError, match="the queries mscoco_task3 of M-BEIR and no cand_pool of theirs"):
        nx.datasets.benchmark(tmp_path)


def test_a_direction_without_media_is_left_out_by_name(tmp_path):
    write("mbeir_both", tmp_path)
    (tmp_path / "query" / "test" / "mbeir_mscoco_task3_test.jsonl").write_text(
        '{"qid": "9:6", "query_img_path": "gone.png", "pos_cand_list": ["9:1"]}', "utf-8"
    )
    found = nx.datasets.benchmark(tmp_path)
    assert found.other_directions == ()
    assert "mscoco_task3 is left out: its queries or candidates are not on this disk." in found.notes


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
    assert [one.value for one in figures_of("mscoco")] == [0.7309, 0.629, 0.378, None]
    assert [one.value for one in figures_of("mscoco", "image")] == [0.788, 0.584]
    assert figures_of("nothing") == ()
