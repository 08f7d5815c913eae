"""What a person points at, as the items that it stands for: a cluster by its number, a label by its name."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nova_explore.errors import UnknownNameError
from nova_explore.labels.attach import attach
from nova_explore.labels.labelled_map import Labelled
from nova_explore.labels.log import Log
from nova_explore.parameters import whole_number

Target = int | str
"""A cluster by its number, or a label by its name."""


UNCLUSTERED = "cluster to decide about (-1 stands for the unclustered items: labels.move(ids, to=name) takes some)"


class Targets:
    """The clusters and labels of one map, as the log of decisions has them now.

    Parameters
    ----------
    log : Log
    labelled : Labelled
    """

    def __init__(self, log: Log, labelled: Labelled) -> None:
        self._log = log
        self._labelled = labelled
        self._known = -1
        self._carried: dict[int, str] = {}
        self._open = np.zeros(0, np.int64)

    def carried(self) -> dict[int, str]:
        """The label that each cluster carries; see `attach.attach`."""
        self._bring_up_to_date()
        return self._carried

    def open_items(self) -> NDArray[np.int64]:
        """How many items without a label every cluster has that carries none; 0 where nothing is left to decide."""
        self._bring_up_to_date()
        return self._open

    def _bring_up_to_date(self) -> None:
        if self._known == self._log.version:
            return
        of, ids, clusters = self._log.state.part_of, self._labelled.collection.ids, self._labelled.clustering.labels
        parts = np.fromiter((of.get(id, -1) for id in ids), np.int32, len(ids)) if of else np.full(len(ids), -1)
        self._carried = attach(parts, self._log.state.name_of_part, clusters) if of else {}
        self._open = np.bincount(clusters[(clusters >= 0) & (parts < 0)], minlength=self._labelled.clustering.count)
        self._open[list(self._carried)] = 0
        self._known = self._log.version

    def resolve(self, target: Target) -> tuple[str, list[tuple[str, ...]]]:
        """Name and items of a cluster or label, the items in the parts that are found again by themselves."""
        self._log.refresh()
        if isinstance(target, str):
            parts = self._log.state.parts(target)
            if parts:
                return target, list(map(tuple, parts.values()))
            left = self.left()
            same = [cluster for cluster in left if self._labelled.proposed[cluster].name == target]
            if len(same) == 1:
                return target, [left[same[0]]]
            proposed = [self._labelled.proposed[cluster].name for cluster in left]
            raise UnknownNameError(
                "label" if not same else "one cluster", target, [*self._log.state.labels(), *proposed]
            )
        count = self._labelled.clustering.count
        if target == -1:
            raise UnknownNameError(UNCLUSTERED, target, map(str, range(count)))
        cluster = whole_number("cluster", None if isinstance(target, bool) else target)
        if cluster >= count:
            raise UnknownNameError("cluster", target, map(str, range(count)))
        if (carried := self.carried().get(cluster)) is not None:
            return carried, list(map(tuple, self._log.state.parts(carried).values()))
        left = self._members(cluster)
        if not left:
            names = dict.fromkeys(filter(None, map(self._log.state.label_of, self._members(cluster, all_of=True))))
            raise ValueError(
                f"All items of cluster {cluster} are in labels already: {', '.join(map(repr, list(names)[:3]))}. "
                "Name one of them in its place."
            )
        return self._labelled.proposed[cluster].name, [left]

    def _members(self, cluster: int, *, all_of: bool = False) -> tuple[str, ...]:
        """Ids of a cluster's items, those left out that have a label, unless all are wanted."""
        ids = self._labelled.collection.ids
        inside = (ids[position] for position in self._labelled.clustering.members(cluster).tolist())
        return tuple(id for id in inside if all_of or id not in self._log.state.part_of)

    def left(self) -> dict[int, tuple[str, ...]]:
        """Clusters that are not decided, with the ids of their items that have no label."""
        return {cluster: self._members(cluster) for cluster in np.flatnonzero(self.open_items()).tolist()}
