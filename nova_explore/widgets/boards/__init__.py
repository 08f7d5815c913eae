"""The lenses of the app, each a module here and a component of the same name in the front end.

An exploration and what the app shows of it come in; plain values for the browser go out.
"""

from nova_explore.widgets.boards import (
    about,
    changes,
    clusters,
    columns,
    concept,
    copies,
    examples,
    fairness,
    handover,
    item,
    items,
    judging,
    matrix,
    pair,
)

BOARDS = {
    "items": items,
    "item": item,
    "examples": examples,
    "clusters": clusters,
    "concept": concept,
    "pair": pair,
    "matrix": matrix,
    "copies": copies,
    "changes": changes,
    "columns": columns,
    "handover": handover,
    "judging": judging,
    "fairness": fairness,
    "about": about,
}
"""By name, in the order in which they are told; a new board is one row here and one in ``boards.ts``."""
