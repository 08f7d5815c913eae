"""The lenses of the app, each a module here and a component of the same name in the front end.

An exploration and what the app shows of it come in; plain values for the browser go out.
"""

from nova_explore.widgets.boards import (
    about,
    clusters,
    columns,
    item,
    items,
)

BOARDS = {
    "items": items,
    "item": item,
    "clusters": clusters,
    "columns": columns,
    "about": about,
}
"""By name, in the order in which they are told; a new board is one row here and one in ``boards.ts``."""
