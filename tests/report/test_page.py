"""The report carries what it shows, each item with its picture, nothing of the machine, and its own script alone."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
from dataclasses import replace
from pathlib import Path

import jsonschema
import numpy as np
import pytest
from fakes import ROOT
from fakes.report_stand_in import data_in, hostile_exploration, pictures_in
from fakes.stand_in import StandIn
from PIL import Image

from nova_explore import front_end
from nova_explore.errors import FrontEndMissingError, SourceError
from nova_explore.exploration.chain import explore
from nova_explore.report import page as report
from nova_explore.report.page import render_report, write_report
from nova_explore.reviews.finding import Chance, Finding, Review

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def exploration(tmp_path_factory):
    return hostile_exploration(tmp_path_factory.mktemp("report"))


@pytest.fixture(scope="module")
def path(exploration, tmp_path_factory):
    return write_report(exploration, tmp_path_factory.mktemp("written") / "deep" / "report.html")


@pytest.fixture(scope="module")
def text(path) -> str:
    return path.read_text("utf-8")


@pytest.fixture(scope="module")
def of_media() -> str:
    return render_report(StandIn(), title="Media")


def reviews_of(exploration) -> list[Review]:
    ids = exploration.collection.ids[:20]
    shown = Finding(
        "Robins come first.", "Bias@20", 0.4, 0.1, 0.7, 20, Chance(0, -0.2, 0.2), 0.01, 0.02, ids, "a paper"
    )
    bare = Finding("It is <b>so</b>.", "nDCG@10", 0.5, float("nan"), float("nan"), 9)
    return [Review("exposure", (shown, bare), not_run=(("women", "too few (7 < 30), not reported"),))]


def test_the_same_inputs_give_the_same_bytes(exploration, tmp_path):
    said = {"title": "T", "author": "A", "question": "Q", "reviews": reviews_of(exploration)}
    once, again = (write_report(exploration, tmp_path / f"{name}.html", **said) for name in ("once", "again"))
    assert once.read_bytes() == again.read_bytes()
    assert once.with_suffix(".json").read_bytes() == again.with_suffix(".json").read_bytes()


def test_media_are_encoded_to_the_same_bytes_each_time(of_media):
    assert data_in(render_report(StandIn(), title="Media"))["media"] == data_in(of_media)["media"]


def test_title_author_and_question_stand_above_everything(exploration):
    page = render_report(exploration, title="Birds & boats", author="Ann <Lee>", question="Which are near?")
    header = page[page.index("<header>") : page.index("</header>")]
    assert "Birds &amp; boats" in header
    assert "Ann &lt;Lee&gt;" in header
    assert "Which are near?" in header


def test_what_was_measured_of_the_clusters_is_said_and_no_longer_missing(mapped_toy_160):
    measured = explore(mapped_toy_160, progress=False).recluster(min_cluster_size=6)
    assert any("stability and robustness" in limit for limit in report._limits(measured, [], reviewed=False))
    sentence = measured.stability.sentence
    limits = report._limits(measured, [], reviewed=False)
    assert any(limit.startswith(sentence) for limit in limits)
    assert not any("stability" in limit for limit in limits if limit.startswith("Not run"))


def test_a_folder_is_refused_with_the_way_out(exploration, tmp_path):
    with pytest.raises(IsADirectoryError, match=r"is a folder.*report\.html"):
        write_report(exploration, tmp_path)


def test_every_picture_is_nearest_to_that_of_its_own_item(of_media):
    def grey(picture: bytes) -> np.ndarray:
        image = Image.open(io.BytesIO(picture)).convert("L")
        return np.asarray(image.resize((48, 48), Image.Resampling.BOX), float).ravel()

    exploration, data, pictures = StandIn(), data_in(of_media), pictures_in(of_media)
    assert data["ids"] == list(exploration.collection.ids)
    assert set(pictures) == {i for i, item in enumerate(exploration.collection) if item.modality != "text"}
    places = sorted(pictures)
    ours = np.array([grey(base64.b64decode(pictures[place])) for place in places])
    theirs = np.array([grey(exploration.thumbnail(data["ids"][place])) for place in places])
    apart = ((ours[:, None] - theirs[None]) ** 2).sum(axis=2)
    np.testing.assert_array_equal(apart.argmin(axis=1), np.arange(len(places)))


def test_a_picture_stands_in_the_page_once(of_media):
    inline = re.findall(r'<img data-item="(\d+)"[^>]* src=', of_media)
    assert len(inline) == len(set(inline)) > 20
    assert not set(inline) & set(data_in(of_media)["pictures"])


def test_counts_unread_provenance_and_limits_are_on_the_page(exploration, text):
    for words in (
        exploration.headline, exploration.layout.sentence, "It is &lt;i&gt;empty&lt;/i&gt;.", exploration.created[:10],
        "clustering.min_cluster_size", "layout.seed", "space.revision", "not meaningful", "Not run: reviews",
    ):  # fmt: skip
        assert words in text
    assert text.index("clustering.min_cluster_size") > text.index('<details class="last">')


def test_no_folder_of_this_machine_is_in_the_file(exploration, tmp_path):
    home = str(Path.home())
    reviews = [*reviews_of(exploration), Review("paths", not_run=(("a", f"no file {exploration.library.path}/x"),))]
    page = write_report(exploration, tmp_path / "r.html", reviews=reviews, about={"command": f"ls {home}/x"})
    for file in (page, page.with_suffix(".json")):
        told = file.read_text("utf-8")
        for folder in (str(exploration.library.path.parent), home + "/", str(ROOT)):
            assert folder not in told
        assert "…/toy.nova" in told


def test_a_policy_allows_the_script_and_the_style_of_the_page_and_no_address(text):
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', text)
    assert policy
    for tag in ('script type="module"', "style"):
        found = re.search(rf"<{tag}>(.*?)</{tag.split(' ', maxsplit=1)[0]}>", text, re.DOTALL)
        assert found
        digest = base64.b64encode(hashlib.sha256(found[1].encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy[1]
    assert "unsafe" not in policy[1]
    assert "http" not in policy[1]
    assert policy[1].startswith("default-src 'none'")
    assert not re.search(r"<(script|link|iframe|img)[^>]*(src|href)=[\"']?(https?:)?//", text)


def test_a_script_that_would_end_its_element_is_refused():
    with pytest.raises(FrontEndMissingError, match="end its own element"):
        report._hash("x = '</SCRIPT>'")


def test_a_front_end_that_is_not_built_says_how_to_build_it(exploration, tmp_path, monkeypatch):
    monkeypatch.setattr(front_end, "STATIC", tmp_path)
    with pytest.raises(FrontEndMissingError, match=r"python frontend/build.py"):
        render_report(exploration, title="x")


def test_a_page_of_some_items_has_these_and_no_others(exploration):
    ids = [exploration.collection.ids[place] for place in (40, 2, 100)]
    page = render_report(exploration, title="Some", ids=ids)
    data = data_in(page)
    assert data["ids"] == [exploration.collection.ids[place] for place in (2, 40, 100)]
    assert sum(row["count"] for row in data["clusters"]["rows"]) == 3
    assert "3 of 120 items" in page
    assert exploration.collection[50].title not in page
    with pytest.raises(SourceError, match="no items to show"):
        render_report(exploration, title="None", ids=[])


def test_findings_have_their_picture_their_items_and_what_did_not_run(exploration, tmp_path):
    page = write_report(exploration, tmp_path / "r.html", reviews=reviews_of(exploration))
    text = page.read_text("utf-8")
    assert "It is &lt;b&gt;so&lt;/b&gt;." in text
    assert text.count('class="axis"') == 2
    assert "too few (7 &lt; 30), not reported" in text
    assert "A spot check is not an audit" in text
    assert data_in(text)["findings"][0] == {"title": "exposure: Bias@20", "positions": list(range(20))}
    facts = json.loads(page.with_suffix(".json").read_text("utf-8"))
    jsonschema.validate(facts, json.loads((ROOT / "docs/review.schema.json").read_text("utf-8")))
    assert facts["reviews"][0]["findings"][0]["statement"] == "Robins come first."


def test_a_report_without_reviews_writes_no_json(exploration, tmp_path):
    write_report(exploration, tmp_path / "r.html")
    assert [path.name for path in tmp_path.iterdir()] == ["r.html"]


def test_what_people_decided_is_in_the_report_and_names_the_clusters(own_toy_160):
    exploration = explore(own_toy_160, progress=False)
    exploration.labels.rename(0, "water & birds")
    exploration.labels.note(0, "Looked at <all>.")
    page = render_report(exploration, title="x")
    assert "What people decided" in page
    assert page.count("water &amp; birds") >= 2
    assert "Looked at &lt;all&gt;." in page


def test_a_cluster_says_the_share_that_its_name_is_true_of(exploration):
    name = exploration.proposed[0]
    exploration.proposed[0] = replace(name, score=0.84)
    page = render_report(exploration, title="x")
    exploration.proposed[0] = name
    assert "the name is true of 84%" in page
