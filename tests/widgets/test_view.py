"""What an app shows, kept as JSON and shown again."""

from __future__ import annotations

import json

import pytest

import nova_explore as nx
from nova_explore.errors import SourceError
from nova_explore.widgets import App
from nova_explore.widgets.view import show_view, view_of


@pytest.fixture
def exploration(nested):
    return nx.explore(nested, progress=False)


def test_a_view_goes_through_json_and_restores_all_that_a_person_can_change(exploration):
    app = App(exploration)
    app.recluster(5)
    app.color_by("strength")
    app.select(exploration.collection.ids[3:9], name="six")
    app.inspect(exploration.collection.ids[4])
    view = json.loads(json.dumps(view_of(app)))
    other = App(exploration)
    assert show_view(other, view) == []
    assert view_of(other) == view
    assert other.exploration.clustering.count == app.exploration.clustering.count
    assert (other.selection, other.items["title"]) == (app.selection, "six · 6 items")


def test_a_search_is_searched_again(exploration):
    app = App(exploration)
    app.search("nest", like=exploration.collection.ids[0], unlike=[exploration.collection.ids[80]])
    other = App(exploration)
    show_view(other, view_of(app))
    assert other.query == "nest"
    assert other.ranking is not None
    assert app.ranking is not None
    assert other.ranking.ids == app.ranking.ids


def test_what_is_not_there_any_more_is_named_and_the_rest_is_shown(exploration):
    app = App(exploration)
    view = view_of(app) | {"selection": ["gone", exploration.collection.ids[0]], "column": "weight", "map": "other"}
    missing = show_view(app, view)
    assert [sentence.partition(" ")[0] for sentence in missing] == ["It", "There", "1"]
    assert app.selection == (exploration.collection.ids[0],)


@pytest.mark.parametrize("view", [{}, [], None, {"version": "1"}, {"version": 99}])
def test_what_is_no_view_is_refused(exploration, view):
    with pytest.raises(SourceError):
        show_view(App(exploration), view)
