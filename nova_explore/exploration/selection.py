"""The selection: which items a person or code chose last, and who is told."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from nova_explore.collection import Collection, Slice


class Selectable:
    """Items of which some are selected, and which others can follow.

    Attributes
    ----------
    collection : Collection
    """

    collection: Collection

    def __init__(self) -> None:
        self._watchers: list[Callable[[Slice], None]] = []
        self.selection = Slice("nothing selected", ())

    def select(self, ids: Iterable[str], name: str = "selection") -> Slice:
        """Make these items the selection and return it; what shows the exploration shows them.

        Raises
        ------
        UnknownNameError
            If an id is not in the collection; the selection is then left as it was.
        """
        ids = tuple(ids)
        self.collection.positions(ids)
        self.selection = Slice(name, ids)
        return self.selection

    @property
    def selection(self) -> Slice:
        """What a person or code selected last. Setting it skips the check that `select` makes of every id."""
        return self._selection

    @selection.setter
    def selection(self, selection: Slice) -> None:
        self._selection = selection
        for call in tuple(self._watchers):
            call(selection)

    def on_select(self, call: Callable[[Slice], None]) -> Callable[[], None]:
        """Call with every selection from now on, whoever makes it; returns what ends that."""
        self._watchers.append(call)

        def stop() -> None:
            if call in self._watchers:
                self._watchers.remove(call)

        return stop
