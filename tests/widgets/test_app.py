"""The app without a browser: its traits are its state, and what a browser would say is said here."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, cast

import numpy as np
import pytest
from fakes import ROOT
from fakes.stand_in import EVIL, StandIn, picture

from nova_explore.collection import Modality
from nova_explore.errors import UnknownNameError
from nova_explore.widgets import App, search_sections


@pytest.fixture
def exploration():
    return StandIn()


class Browser:
    """Stands in for the page: asks, and keeps what comes back."""

    def __init__(self, app: App) -> None:
        self.app: Any = app
        self.heard = []
        app.send = lambda content, buffers=None: self.heard.append((content, buffers or []))

    def ask(self, what, *buffers, **details):
        self.app._handle_custom_msg({"ask": what, "from": "me", "with": details}, list(buffers))
        content, buffers = self.heard.pop()
        assert content["to"] == "me"
        return content, buffers

    def picks(self, positions):
        """What the map does after a click or a lasso."""
        self.ask("pick", np.array(positions, np.uint32).tobytes(), packed=False)

    def points_at(self, position):
        self.ask("hover", position=position)


@pytest.fixture
def app(exploration):
    return App(exploration)


@pytest.fixture
def browser(app):
    return Browser(app)


def lit(app):
    """Positions that the browser draws in colour while all others are dimmed; none where nothing is dimmed."""
    return np.flatnonzero(np.unpackbits(np.frombuffer(app.lit, np.uint8), bitorder="little")).tolist()


def test_the_header_counts_items_groups_noise_and_what_could_not_be_read(app):
    assert app.about["headline"] == app.exploration.headline
    assert app.about["trust"].startswith("Of each item's 15 true neighbours")
    assert app.about["unread_count"] == 3
    assert app.about["unread"][0] == ["broken/scan_004.png", "The file is empty."]
    assert repr(app) == f"<App: {app.exploration.headline}>"


@pytest.mark.slow
def test_every_thumbnail_is_the_one_of_the_id_it_is_sent_with(app, browser, exploration):
    draw = np.random.default_rng(1)
    for _ in range(20):
        ids = [exploration.collection[int(place)].id for place in draw.integers(0, 220, 12)]
        content, buffers = browser.ask("pictures", ids=ids)
        assert set(content["ids"]) == set(ids)
        for id, data in zip(content["ids"], buffers, strict=True):
            assert data == exploration.thumbnail(id)


def test_every_card_and_tile_is_of_the_item_at_its_position_whatever_was_done_before(app, browser, exploration):
    draw = np.random.default_rng(2)
    doings = [
        lambda: app.search("orchids"),
        lambda: app.select([exploration.collection[int(p)].id for p in draw.permutation(220)[:60]]),
        lambda: app.color_by("year"),
        lambda: app.show_modalities(["image", "page"]),
        lambda: app.show_modalities(["text", "image", "page", "audio", "video"]),
        lambda: app.clear(),
        lambda: app.inspect(exploration.collection[int(draw.integers(220))].id),
    ]
    for _ in range(40):
        doings[int(draw.integers(len(doings)))]()
        place = int(draw.integers(220))
        card, _ = browser.ask("look", position=place)
        assert card["id"] == exploration.collection[place].id
        tiles = browser.ask("tiles", serial=app.items["serial"], start=0)[0]["tiles"]
        for tile in tiles:
            item = exploration.collection[tile["position"]]
            assert (tile["id"], tile["title"], tile["modality"]) == (item.id, item.title, str(item.modality))


def test_a_lasso_becomes_the_selection_here_and_in_the_exploration(app, browser, exploration):
    browser.picks([4, 9, 2, 30])
    expected = tuple(exploration.collection[i].id for i in (2, 4, 9, 30))
    assert app.selection == exploration.selection.ids == expected, "in the order of the items"
    assert app.items["title"] == "4 selected"
    assert lit(app) == [2, 4, 9, 30]
    assert list(exploration.selected.index) == list(expected)


def test_what_is_greyed_is_left_out_of_a_lasso_and_counted(app, browser, exploration):
    app.show_modalities(["image"])
    inside = list(range(50))
    browser.picks(inside)
    kinds = [str(exploration.collection[i].modality) for i in inside]
    assert len(app.selection) == kinds.count("image")
    assert app.items["note"] == f"{50 - kinds.count('image')} greyed items were left out."


def test_a_greyed_legend_entry_is_left_out_of_a_lasso_too(app, browser, exploration):
    cluster = 3
    assert cluster in exploration.clustering.labels[:40]
    app.muted = [str(cluster)]
    browser.picks(list(range(40)))
    chosen = exploration.collection.positions(app.selection)
    assert cluster not in exploration.clustering.labels[chosen]


def test_a_click_inspects_and_leaves_the_selection_alone(app, browser, exploration):
    browser.picks([1, 2, 3])
    browser.picks([5])
    assert app.inspected == exploration.collection[5].id
    assert len(exploration.selection) == 3
    nearest = [int(p) for p in exploration.neighbors.indices[5]]
    assert lit(app) == sorted([5, *nearest])
    app.inspected = ""
    assert lit(app) == [1, 2, 3]


def test_clicking_the_same_point_twice_keeps_its_neighbours_lit(app, browser):
    browser.picks([5])
    before = lit(app)
    browser.picks([5])
    assert lit(app) == before


def test_the_inspector_tells_nearest_items_best_first_with_two_decimals(app, exploration):
    app.inspect(exploration.collection[11].id)
    told = [tile["score"] for tile in app.item["nearest"]]
    assert told == [f"{score:.2f}" for score in exploration.neighbors.similarities[11][:12]]
    assert exploration.collection[11].id not in [tile["id"] for tile in app.item["nearest"]]


def test_back_returns_through_the_items_inspected(app, browser, exploration):
    first, second = exploration.collection[1].id, exploration.collection[2].id
    app.inspect(first)
    app.inspect(second)
    assert app.item["can_go_back"]
    browser.ask("back")
    assert (app.inspected, app.item["can_go_back"]) == (first, False)


def test_media_that_are_gone_answer_with_the_reason(app, browser, exploration):
    content, buffers = browser.ask("media", id=exploration.collection[exploration.gone].id)
    assert "has changed since it was embedded" in content["error"]
    assert not buffers
    assert app.last_error == ""


def test_a_search_ranks_scores_and_lights_its_results(app, browser, exploration):
    app.query = "whale song"
    tiles = browser.ask("tiles", serial=app.items["serial"], start=0)[0]["tiles"]
    ranking = search_sections.search(exploration, "whale song", [str(kind) for kind in Modality])
    assert [tile["id"] for tile in tiles] == list(ranking.ids)
    assert [tile["rank"] for tile in tiles] == list(range(1, 25))
    assert all(f"cosine similarity {s:.2f}" in tile["why"] for tile, s in zip(tiles, ranking.scores, strict=True))
    assert [mark["position"] for mark in app.items["ranks"]] == ranking.positions[:9].tolist()
    assert app.items["note"] == ranking.note
    assert lit(app) == sorted(ranking.positions.tolist())


def test_a_search_finds_only_the_modalities_switched_on(app, exploration):
    app.search("orchids")
    app.show_modalities(["image", "text"])
    kinds = {str(exploration.collection[int(p)].modality) for p in lit(app)}
    assert kinds <= {"image", "text"}
    app.show_modalities(["audio"])
    assert {str(exploration.collection[int(p)].modality) for p in lit(app)} == {"audio"}


def test_a_search_without_results_says_so(app):
    app.search("nothing")
    assert app.items["title"] == "Nothing for “nothing”"
    assert app.items["total"] == 0
    assert set(app.lit) == {0}


def test_a_blank_search_and_clear_go_back_to_everything(app):
    app.search("orchids")
    app.query = "   "
    assert (app.query, app.items["kind"], lit(app)) == ("", "typical", [])
    app.select([app.exploration.collection[0].id, app.exploration.collection[1].id])
    app.clear()
    assert (app.selection, len(app.exploration.selection), app.items["kind"]) == ((), 0, "typical")


def test_an_old_gallery_gets_no_tiles_of_a_new_one(app, browser):
    old = app.items["serial"]
    app.search("orchids")
    assert browser.ask("tiles", serial=old, start=0)[0]["tiles"] == []


def test_errors_become_visible_and_go_with_the_next_success(app, browser):
    app.query = "fail"
    assert app.last_error == "ValueError: The model could not be opened."
    app.column = "nonsense"
    assert "No column named 'nonsense'" in app.last_error
    app.query = "orchids"
    assert app.last_error == ""


def test_an_unknown_id_is_an_error_and_changes_nothing(app):
    with pytest.raises(UnknownNameError):
        app.select(["no such id"])
    assert app.selection == ()
    app.inspected = "no such id"
    assert "no such id" in app.last_error
    app.query = "orchids"
    assert app.last_error == ""


def test_the_item_under_the_pointer_is_known_by_its_id(app, browser, exploration):
    for place in (0, 7, 219):
        browser.points_at(place)
        assert app.hovered == exploration.collection[place].id
    browser.points_at(None)
    assert app.hovered == ""


def test_two_apps_share_nothing(exploration):
    one, other = App(exploration), App(cast("Any", StandIn(seed=3)))
    one.search("orchids")
    one.color_by("rights")
    assert (other.query, other.column, other.items["kind"]) == ("", "cluster", "typical")
    assert one.model_id != other.model_id


def test_text_from_the_collection_travels_as_it_is(app, browser):
    assert browser.ask("look", position=7)[0]["title"].startswith(EVIL)


def test_no_script_of_ours_turns_text_into_markup():
    ours = "".join(path.read_text() for path in (ROOT / "frontend" / "src").rglob("*.ts*"))
    for way in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "srcdoc"):
        assert way not in ours


def test_no_script_or_style_of_ours_asks_another_machine():
    for text in (App._esm, App._css):
        assert [
            url for url in re.findall(r"https?://[^\s\"']+", text) if not url.startswith("http://www.w3.org/")
        ] == []
        assert "@import" not in text


def test_the_stand_in_draws_another_picture_for_every_item(exploration):
    drawn = {picture(i, exploration.collection[i]).tobytes() for i in range(220)}
    assert len(drawn) == 220


def test_what_code_selects_moves_every_app_over_the_exploration(app, exploration):
    other = App(exploration)
    ids = [exploration.collection[i].id for i in (8, 3, 100)]
    exploration.select(ids, "mine")
    assert lit(app) == lit(other) == [3, 8, 100]
    assert app.selection == other.selection == tuple(ids)
    assert app.items["title"] == "mine · 3 items"
    assert exploration.selection.name == "mine"
    exploration.select([])
    assert (app.selection, app.items["kind"], lit(app)) == ((), "typical", [])


def test_a_lasso_in_one_app_is_shown_once_in_each_other(app, browser, exploration):
    others = [App(exploration) for _ in range(3)]
    others[0].recluster(20)
    before = [other.items["serial"] for other in others]
    browser.picks([1, 2, 3])
    assert [lit(other) for other in others] == [[1, 2, 3]] * 3
    assert [other.items["serial"] for other in others] == [serial + 1 for serial in before]


def test_coarser_groups_keep_map_selection_and_search_and_change_names_and_colours(app, browser, exploration):
    browser.picks([4, 9, 2, 30])
    xy, before = app.xy, app.names
    browser.ask("recluster", min_cluster_size=20)
    kept = [label for label in before if label["text"] in [name.name for name in app.exploration.names.values()]]
    assert 0 < len(app.names) < len(before)
    assert [label["text"] for label in app.names] == [label["text"] for label in kept]
    assert app.xy is xy
    assert app.about["headline"] == app.exploration.headline
    assert (app.clusters["size"], app.items["title"], lit(app)) == (20, "4 selected", [2, 4, 9, 30])
    codes = np.frombuffer(app.codes, np.uint8)
    assert np.array_equal(codes == len(app.names), app.exploration.clustering.labels < 0)
    assert len(app.columns["entries"]) == len(app.names) + 1
    tile = browser.ask("tiles", serial=app.items["serial"], start=0)[0]["tiles"][0]
    label = app.exploration.clustering.labels[2]
    assert tile["code"] == (label if label >= 0 else len(app.names))


def test_after_finer_groups_selections_reach_the_exploration_the_app_was_opened_with(app, browser, exploration):
    app.recluster(15)
    assert app.exploration is not exploration
    browser.picks([5, 6])
    assert exploration.selection.ids == app.exploration.selection.ids == app.selection
    exploration.select([exploration.collection[7].id])
    assert lit(app) == [7]
    assert app.exploration.selection.ids == app.selection


def test_another_spacing_moves_the_points_and_nothing_else(app, browser, exploration):
    browser.picks([4, 9, 2, 30])
    xy, names, seen = app.xy, [name["text"] for name in app.names], []
    app.observe(lambda change: seen.append(change["new"]), "working")
    browser.ask("redraw", min_dist=0.5)
    drawn = np.frombuffer(app.xy, np.float32).reshape(-1, 2)
    np.testing.assert_allclose(drawn, -np.frombuffer(xy, np.float32).reshape(-1, 2), atol=1e-6)
    assert (app.clusters["spacing"], seen) == (0.5, ["drawing the map", ""])
    assert [name["text"] for name in app.names] == names
    assert (app.items["title"], lit(app)) == ("4 selected", [2, 4, 9, 30])
    assert exploration.layout.parameters["min_dist"] == 0.1


def test_spacing_and_groups_are_changed_one_after_the_other(app, browser, exploration):
    browser.ask("recluster", min_cluster_size=20)
    groups = app.names
    browser.ask("redraw", min_dist=0.5)
    assert [label["text"] for label in app.names] == [label["text"] for label in groups]
    assert (app.clusters["size"], app.clusters["spacing"]) == (20, 0.5)
    moved = app.xy
    browser.ask("recluster", min_cluster_size=5)
    assert (app.clusters["size"], app.clusters["spacing"], app.xy) == (5, 0.5, moved)
    browser.picks([5, 6])
    assert exploration.selection.ids == app.exploration.selection.ids == app.selection


def test_a_spacing_that_cannot_be_drawn_leaves_the_map_as_it_is(app, browser, exploration, monkeypatch):
    def fail(**_):
        raise ValueError("min_dist=7 is not possible. Pass 0 to 1.")

    monkeypatch.setattr(exploration, "redraw", fail)
    xy = app.xy
    assert "Pass 0 to 1." in browser.ask("redraw", min_dist=7)[0]["error"]
    assert (app.working, app.clusters["spacing"], app.xy) == ("", 0.1, xy)


def test_an_app_takes_over_only_an_exploration_of_the_same_items(app):
    with pytest.raises(ValueError, match="is of other items than"):
        app.take_over(StandIn(seed=3))


def test_a_closed_app_follows_no_selection(app, exploration):
    other = App(exploration)
    app.recluster(20)
    app.close()
    exploration.select([exploration.collection[5].id])
    assert (app.selection, other.selection) == ((), (exploration.collection[5].id,))
    assert len(exploration._selection._followers) == 1


def test_what_is_measured_for_a_colour_is_said_over_the_map(app):
    seen = []
    app.observe(lambda change: seen.append(change["new"]), "working")
    app.column = "trustworthiness"
    assert seen == ["measuring map trust: no false neighbours", ""]


def test_the_inspector_says_which_groups_an_item_lies_between(app, exploration):
    app.inspected = exploration.collection[20].id
    said = dict(app.item["rows"])["neighbours' clusters"]
    of, near = exploration.clustering.labels[exploration.neighbors.indices[20]], exploration.neighbors.similarities[20]
    parts = np.array([near[of == cluster].sum() / near.sum() for cluster in range(exploration.clustering.count)])
    most = int(parts.argmax())
    assert said.startswith(f"{exploration.name_of(most)} {parts[most]:.0%}")
    assert ("unclustered" in said) == (1 - parts.sum() >= 0.05)


def test_the_sweep_is_told_as_plain_numbers(app, browser, exploration):
    told = browser.ask("sweep")[0]
    sizes = np.bincount(exploration.clustering.labels[exploration.clustering.labels >= 0])
    assert told["sizes"] == [5, 10, 15, 20, 25]
    assert told["counts"] == [int((sizes >= least).sum()) for least in told["sizes"]]
    assert told["suggested"] == 10


def test_without_other_sizes_to_offer_there_is_no_slider(exploration, monkeypatch):
    monkeypatch.setattr(exploration, "clustering", replace(exploration.clustering, hierarchy=None))
    assert App(exploration).clusters["size"] is None
