"""The selection: which items a person or code chose last, who chose them, and who is told."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from nova_explore.collection import Collection, Slice

Follower = Callable[[Slice], None]


class Selection:
    """One slice of a collection at a time, with the one who made it.

    Whoever follows the selection names an origin and does not hear of what that origin selected: so no one answers
    an echo of their own.

    Parameters
    ----------
    collection : Collection
        What is selected from.

    Attributes
    ----------
    slice : Slice
        What was selected last.
    origin : object
        Who selected it; None for code that did not say.
    """

    def __init__(self, collection: Collection) -> None:
        self._collection = collection
        self._followers: list[tuple[Follower, object]] = []
        self.slice = Slice("nothing selected", ())
        self.origin: object = None

    def choose(self, ids: Iterable[str], name: str = "selection", *, origin: object = None) -> Slice:
        """Select items by id, after a check that all are there.

        Raises
        ------
        UnknownNameError
            If an id is not in the collection; the selection is then left as it was.
        """
        ids = tuple(ids)
        self._collection.positions(ids)
        return self.put(Slice(name, ids), origin=origin)

    def put(self, chosen: Slice, *, origin: object = None) -> Slice:
        """Select a slice whose ids are known to be there."""
        self.slice, self.origin = chosen, origin
        for call, own in tuple(self._followers):
            if origin is None or own is not origin:
                call(chosen)
        return chosen

    def follow(self, call: Follower, *, origin: object = None) -> Callable[[], None]:
        """Call with every slice that another origin selects from now on; returns what ends that."""
        entry = (call, origin)
        self._followers.append(entry)

        def stop() -> None:
            if entry in self._followers:
                self._followers.remove(entry)

        return stop
