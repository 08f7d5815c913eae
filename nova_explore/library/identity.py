"""Which item a medium is: the one that was here before, one that has moved, one in the place of another, or a new one.

An item is its content, so it keeps its id when its file is renamed or moved. A copy is an item of its own as long as
the first file is there. A file that was edited is another item: it takes the place of the one that was at its address.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from nova_explore.collection import ID_LENGTH, Item
from nova_explore.library.addresses import common_folder, file_of, is_address, is_gone, is_of, is_there

MOST_PARTS = 3
"""Last parts of an address by which the copies of one content are told apart when they move together."""


@dataclass(frozen=True, slots=True, eq=False)
class Assigned:
    """What becomes of a library's items when others are added.

    Attributes
    ----------
    items : dict of str to Item
        What is added, each under the id that it has in the library.
    positions : dict of str to int
        Where each of these ids stands.
    replaced : tuple of str
        Ids of items whose address holds other content now.
    """

    items: dict[str, Item]
    positions: dict[str, int]
    replaced: tuple[str, ...]


def assign(known: Sequence[Item], positions: Mapping[str, int], added: Iterable[Item]) -> Assigned:
    """Find for every medium the item that it is.

    Parameters
    ----------
    known : sequence of Item
        Of the library, in its order.
    positions : mapping of str to int
        Where the library keeps each of them, by id.
    added : iterable of Item
        With no ids, or ids of a collection of their own.
    """
    keys = {item.id: item.content_key for item in known}
    ids = {(keys[item.id], item.uri): item.id for item in known}
    read = {(item.content_key, item.uri): item for item in added}
    named = {ids[address]: item for address, item in read.items() if address in ids}
    new = {address: item for address, item in read.items() if address not in ids}
    edited = _edited(known, read.values())
    homeless: dict[str, list[Item]] = defaultdict(list)
    wanted = {key for key, _ in new}
    for item in known:
        if keys[item.id] in wanted and item.id not in named and (item.id in edited or is_gone(item.uri)):
            homeless[keys[item.id]].append(item)
    for parts in range(MOST_PARTS, -1, -1):
        for address, id in _moved(homeless, new, parts, edited):
            named[id] = new.pop(address)
    replaced = {item.id: item for item in known if item.id in edited and item.id not in named}
    return _numbered(known, positions, named, new, replaced)


def lost(known: Iterable[Item], added: Iterable[Item]) -> list[Item]:
    """Items whose file has gone from the folder that others were read from just now.

    Parameters
    ----------
    known : iterable of Item
        Of a library.
    added : iterable of Item
        What was read.
    """
    read = {item.uri for item in added}
    folder = common_folder(uri for uri in read if is_there(uri))
    if folder is None:
        return []
    return [
        item
        for item in known
        if item.uri not in read
        and (path := file_of(item.uri)) is not None
        and path.is_relative_to(folder)
        and is_gone(item.uri)
    ]


def _edited(known: Iterable[Item], added: Collection[Item]) -> set[str]:
    """Ids of items at whose address another content was read now."""
    contents: dict[str, dict[str, Item]] = defaultdict(dict)
    for item in added:
        contents[item.uri][item.digest] = item
    edited: set[str] = set()
    of: dict[str, bool] = {}
    for item in known:
        now = contents.get(item.uri)
        # An address that two contents share at once is none.
        if now is None or item.digest in now or len(now) > 1 or not is_address(item.uri):
            continue
        if item.uri not in of:
            of[item.uri] = "://" in item.uri or is_of(next(iter(now.values())))
        if of[item.uri]:
            edited.add(item.id)
    return edited


def _moved(
    homeless: Mapping[str, list[Item]], new: Mapping[tuple[str, str], Item], parts: int, edited: set[str]
) -> list[tuple[tuple[str, str], str]]:
    """Pair items that have lost their file with files of the same content and the same last parts of an address."""
    waiting: dict[tuple[str, ...], list[Item]] = defaultdict(list)
    for key, items in homeless.items():
        for item in items:
            waiting[(key, *_last(item.uri, parts))].append(item)
    pairs: list[tuple[tuple[str, str], str]] = []
    for (key, uri), item in new.items():
        alike = waiting.get((key, *_last(uri, parts)))
        if alike and (alike[0].id in edited or is_there(item.uri)):
            old = alike.pop(0)
            homeless[key].remove(old)
            pairs.append(((key, uri), old.id))
    return pairs


def _last(uri: str, parts: int) -> tuple[str, ...]:
    return Path(uri).parts[-parts:] if parts else ()


def _numbered(
    known: Iterable[Item],
    positions: Mapping[str, int],
    named: dict[str, Item],
    new: Mapping[tuple[str, str], Item],
    replaced: Mapping[str, Item],
) -> Assigned:
    """Give ids to what is new, the first that are free, and positions: those of what it replaces, else the last."""
    # A replaced id is taken until its row is gone: the row of another content must never be written over it.
    taken = {item.id for item in known}
    copies: dict[str, int] = defaultdict(lambda: 1)
    places = {id: positions[id] for id in named}
    left: dict[str, list[int]] = defaultdict(list)
    for id, item in replaced.items():
        left[item.uri].append(positions[id])
    last = max(positions.values(), default=-1)
    items = dict(named)
    for (key, uri), item in new.items():
        short = key[:ID_LENGTH]
        while (id := copy_id(short, copies[short])) in taken:
            copies[short] += 1
        taken.add(id)
        items[id] = item
        if left.get(uri):
            places[id] = left[uri].pop(0)
        else:
            last += 1
            places[id] = last
    return Assigned(items, places, tuple(replaced))


def copy_id(short: str, copy: int) -> str:
    """Id of the first, second … item of one content."""
    return short if copy == 1 else f"{short}~{copy}"
