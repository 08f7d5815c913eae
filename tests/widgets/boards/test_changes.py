"""What changed is listed by how few neighbours were kept, and can be selected."""

from __future__ import annotations

import numpy as np
from fakes.stand_in import StandIn

from nova_explore.map.neighbors import Neighbors
from nova_explore.widgets.two_maps import TwoMaps


def test_the_items_that_changed_most_come_first_and_are_selected_up_to_a_count():
    first, second = StandIn(), StandIn()
    indices = np.array(second.neighbors.indices)
    for position, count in ((4, 15), (9, 6)):
        strangers = [i for i in range(len(second)) if i not in {position, *indices[position].tolist()}]
        indices[position, :count] = strangers[:count]
    second.neighbors = Neighbors(indices, second.neighbors.similarities)
    app = TwoMaps(first, second).right
    told = app.changes
    assert [tile["position"] for tile in told["changed"][:2]] == [4, 9]
    assert told["changed"][0]["foot"] == "0 of 15 kept"
    assert told["counts"][0] == 1
    assert told["counts"][9] == 2
    app.do("choose_changed", most=9)
    assert app.exploration.collection.positions(app.selection) == [4, 9]
