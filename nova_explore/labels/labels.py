"""Labels: what people decided about the clusters and items of a map, as a value that decides, undoes and tells."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from nova_explore.clusters.names import ClusterName
from nova_explore.errors import UnknownNameError
from nova_explore.labels.concept import Concept, learn
from nova_explore.labels.decision import Decision, Put, plain_ids, plain_name, plain_tags
from nova_explore.labels.labelled_map import Labelled, as_label
from nova_explore.labels.log import Log
from nova_explore.labels.pieces import Piece, along_tree, chosen_and_rest
from nova_explore.labels.proposals import Follow, known_names, propose, questions_of
from nova_explore.labels.state import LabelState, Made, Note, last_to_redo, last_to_undo
from nova_explore.labels.tables import history_table, label_table, unattached_table
from nova_explore.labels.targets import Target, Targets
from nova_explore.library.stamps import to_the_minute
from nova_explore.library.store import Library
from nova_explore.tables import show_table

if TYPE_CHECKING:
    import pandas as pd

MARKS = ("mixed", "unsure", "done")


class Labels:
    """What people decided about the items of a map, kept in the library at the moment of every decision.

    A label holds *items*: it stays what it is when clusters are found anew. A cluster carries a label whose items it
    shares with a Jaccard coefficient of 0.5 or more. An item has one label at most, and any number of tags. Labels of
    one name are one label. Decisions are never rewritten: `undo` is a further one, and `history` has them all.

    Parameters
    ----------
    library : Library
        Whose log has the decisions.
    labelled : Labelled
        The map.
    by : str, optional
        Who decides; the name of the account where it is not given.

    Examples
    --------
    ::

        labels = exploration.labels
        labels.accept(0)
        labels.rename(1, "water birds")
        labels.merge([2, "water birds"], "birds")
        labels.undo()
        labels.table
    """

    def __init__(self, library: Library, labelled: Labelled, *, by: str | None = None) -> None:
        self._library = library
        self._log = Log(library.labels, by)
        self._labelled = labelled
        self._targets = Targets(self._log, labelled)
        self._by_models: dict[int, dict[str, str]] | None = None
        self._cut: tuple[object, list[Piece]] = None, []

    # ---- what a person decides ----------------------------------------------------------------------------------

    def accept(self, cluster: Target) -> str:
        """Accept the proposed name of a cluster, or a label as it is; returns the name."""
        name, parts = self._targets.resolve(cluster)
        return self._put("accept", "accepted", name, parts, proposal=self._proposal(cluster, name))

    def rename(self, cluster: Target, name: str) -> str:
        """Call a cluster or a label something else; a name that is taken joins the two labels."""
        name = plain_name(name)
        _, parts = self._targets.resolve(cluster)
        return self._put("rename", "renamed", name, parts, proposal=self._proposal(cluster, name))

    def merge(self, clusters: Iterable[Target], name: str) -> str:
        """Make several clusters or labels one label.

        Raises
        ------
        ValueError
            If there are fewer than two.
        """
        chosen = [clusters] if isinstance(clusters, str | int) else list(dict.fromkeys(clusters))
        if len(chosen) < 2:
            raise ValueError(f"clusters={chosen} is fewer than two. Pass the clusters to merge: merge([0, 1], name).")
        parts = [part for cluster in chosen for part in self._targets.resolve(cluster)[1]]
        return self._put("merge", "merged", plain_name(name), list(dict.fromkeys(parts)))

    def split(
        self, cluster: Target, into: int = 2, *, ids: Iterable[str] | None = None, name: str | None = None
    ) -> tuple[str, ...]:
        """Make several labels of a cluster or a label: along the tree of the clusters, or these items and the rest.

        Parameters
        ----------
        cluster : int or str
        into : int, default 2
            Labels to make along the tree, where no ids are given.
        ids : iterable of str, optional
            Items of the cluster that become a label of their own.
        name : str, optional
            Of that label; made from its items where it is not given.

        Returns
        -------
        tuple of str
            The names, those of the larger pieces first; with ids, the new label and what is left.

        Raises
        ------
        TooFewItemsError
            If there are too few items to split.
        ValueError
            If none or all of the items are chosen.
        """
        if ids is None:
            pieces = self.pieces(cluster, into)
        else:
            old, members = self._members(cluster)
            taken = {*self._state.labels(), old}
            pieces = chosen_and_rest(self._labelled, old, members, plain_ids(ids), name=name, taken=taken)
        puts = tuple(Put(called, "split", (piece,)) for called, piece in pieces)
        self._log.write("split", puts=puts)
        return tuple(called for called, _ in pieces)

    def pieces(self, cluster: Target, into: int = 2) -> list[Piece]:
        """What `split` would make of a cluster along the tree: name and ids of each piece. Nothing is decided."""
        old, members = self._members(cluster)
        asked = cluster, into, self._log.version
        if self._cut[0] != asked:
            cut = along_tree(self._labelled, members, into=into, taken={*self._state.labels()} - {old})
            self._cut = asked, cut
        return self._cut[1]

    def mark(self, cluster: Target, mark: str = "mixed") -> str:
        """Say of a cluster that it is ``"mixed"``, that you are ``"unsure"``, or that it is ``"done"``.

        A cluster without a label gets one that says so, such as "mixed: birds"; returns its name.
        """
        if mark not in MARKS:
            raise ValueError(f"mark={mark!r} is not known. Needed: one of {', '.join(map(repr, MARKS))}.")
        name, parts = self._targets.resolve(cluster)
        if mark != "done" and name not in self._state.labels() and not name.startswith(f"{mark}: "):
            name = plain_name(f"{mark}: {name}"[:200])
        return self._put("mark", mark, name, parts)

    def move(self, ids: str | Iterable[str], to: str) -> str:
        """Put items into a label, which is made where there is none of this name; returns the name."""
        chosen, name = self._known(ids), plain_name(to, called="to")
        self._log.write("move", puts=(Put(name, "moved", (chosen,), joins=True),))
        return name

    def tag(self, ids: str | Iterable[str], *tags: str) -> None:
        """Give items tags."""
        self._log.write("tag", ids=self._known(ids), tags=plain_tags(tags))

    def untag(self, ids: str | Iterable[str], *tags: str) -> None:
        """Take tags from items."""
        self._log.write("untag", ids=self._known(ids), tags=plain_tags(tags))

    def note(self, target: Target, text: str) -> None:
        """Write something down about a cluster, a label or an item, by its number, name or id."""
        said = str(text).encode("utf-8", "replace").decode("utf-8").strip()
        if not said:
            raise ValueError(f"text={text!r} says nothing. Pass what should be written down.")
        try:
            ids = tuple(id for part in self._targets.resolve(target)[1] for id in part)
        except UnknownNameError:
            if not isinstance(target, str) or not self._labelled.collection.has(target):
                raise
            ids = (target,)
        self._log.write("note", ids=ids, text=said)

    def undo(self) -> str | None:
        """Undo your latest decision that stands; returns its action, None where there is none.

        What others decided stays. Where they decided about the same items later, that stays, too.
        """
        self._log.refresh()
        last = last_to_undo(self._log.decisions, self.by)
        if last is None:
            return None
        self._log.write("undo", of=last.id)
        return last.action

    def redo(self) -> str | None:
        """Do again what you undid last, unless you have decided something since; returns its action."""
        self._log.refresh()
        last = last_to_redo(self._log.decisions, self.by)
        if last is None:
            return None
        self._log.write("redo", of=last.id)
        return last.action

    def propose(
        self, model: str, *, clusters: Iterable[int] | None = None, budget: float | None = None, send: bool = True,
        client: Any = None, follow: Follow | None = None,
    ) -> pd.DataFrame:  # fmt: skip
        """Ask a language model on Amazon Bedrock for names; ``send=False`` says what it would cost. See `propose`."""
        questions = questions_of(self._labelled, model, clusters)
        try:
            return propose(self._library.proposals, questions, budget=budget, send=send, client=client, follow=follow)
        finally:
            self._by_models = None

    def learn(self, like: str | Iterable[str], unlike: str | Iterable[str] = (), *, seed: int = 0) -> Concept:
        """Rank the other items by a few that are like a concept and a few that are not; see `concept.learn`."""
        return learn(self._labelled.collection, self._labelled.compared(), like, unlike, seed=seed)

    def keep(self, concept: Concept, tag: str, *, at_least: float = 0.5) -> tuple[str, ...]:
        """Tag what was marked as like a concept and what scores at least this; returns the ids."""
        ids = self._known(concept.members(at_least))
        how = f"learnt from {len(concept.like)} items like it and {len(concept.unlike)} not, score {at_least:g} or more"
        self._log.write("tag", ids=ids, tags=plain_tags([tag]), text=how)
        return ids

    def names_by_models(self, cluster: int) -> dict[str, str]:
        """The names that language models have proposed for a cluster, by model, also in earlier sessions."""
        if (known := self._by_models) is None:
            self._by_models = known = known_names(self._library.proposals, self._labelled)
        return known.get(cluster, {})

    # ---- what follows from it -----------------------------------------------------------------------------------

    @property
    def by(self) -> str:
        """Who decides here."""
        return self._log.by

    @by.setter
    def by(self, person: str) -> None:
        self._log.by = plain_name(person, called="by")

    @property
    def version(self) -> int:
        """A number that every decision raises, as far as this process has read."""
        self._log.catch_up()
        return self._log.version

    def refresh(self) -> int:
        """Read what others have decided meanwhile; returns `version`."""
        self._log.refresh()
        return self._log.version

    def follow(self, call: Callable[[], None]) -> Callable[[], None]:
        """Call after every decision, whoever makes it, once it is read; returns what ends that."""
        return self._log.follow(call)

    @property
    def turns(self) -> tuple[Decision | None, Decision | None]:
        """What `undo` would undo and what `redo` would do again; None where there is nothing."""
        self._log.catch_up()
        return last_to_undo(self._log.decisions, self.by), last_to_redo(self._log.decisions, self.by)

    @property
    def overtaken(self) -> tuple[str, ...]:
        """What others decided about items that you had decided about, one sentence each, as far as this was read."""
        return tuple(self._log.overtaken)

    @property
    def history(self) -> pd.DataFrame:
        """All decisions, oldest first: number, when, by, action, names, items, tags, text, proposal, undone."""
        self._log.refresh()
        return history_table(self._log.decisions)

    @property
    def table(self) -> pd.DataFrame:
        """One row a label, and one a cluster that carries none.

        Columns: name, size, status, by, when, stability, score, clusters, notes. A cluster that carries no label has
        status "proposed", and as its size the items that have no label.
        """
        self._log.refresh()
        return label_table(self._labelled, self._state, self.carried())

    @property
    def unattached(self) -> pd.DataFrame:
        """Labels that no cluster of this map carries: name, size, items on this map, status, by, when."""
        self._log.refresh()
        return unattached_table(self._labelled, self._state, self.carried())

    @property
    def progress(self) -> tuple[int, int]:
        """Clusters that are decided, of how many; one whose items are all in labels counts as decided."""
        self._log.catch_up()
        left = self._targets.open_items()
        return int((left == 0).sum()), len(left)

    def of(self, id: str) -> str | None:
        """The label of an item; None where it has none. An `UnknownNameError` where there is no such item."""
        self._log.refresh()
        self._labelled.collection.position(id)
        return self._state.label_of(id)

    def tags_of(self, id: str) -> tuple[str, ...]:
        """The tags of an item, in the order in which it got them."""
        self._log.refresh()
        self._labelled.collection.position(id)
        return tuple(self._state.tags.get(id, ()))

    def tag_counts(self) -> list[tuple[str, int]]:
        """Every tag with how many items of this map have it, the most frequent first."""
        self._log.catch_up()
        has = self._labelled.collection.has
        counted = Counter(tag for id, tags in self._state.tags.items() if has(id) for tag in tags)
        return counted.most_common()

    def ids_of(self, target: Target) -> tuple[str, ...]:
        """Ids of the items of a label, or of a cluster; items that are not on this map included."""
        self._log.refresh()
        return tuple(id for part in self._targets.resolve(target)[1] for id in part)

    def column(self, name: str) -> list[Any]:
        """``"label"``: the label of every item, None where it has none; ``"tags"``: a tuple of tags of every item."""
        self._log.catch_up()
        ids, state = self._labelled.collection.ids, self._state
        if name == "tags":
            return [tuple(state.tags.get(id, ())) for id in ids]
        return [state.label_of(id) for id in ids]

    def carried(self) -> dict[int, str]:
        """The label that each cluster carries; see `attach.attach`."""
        self._log.catch_up()
        return self._targets.carried()

    def status_of(self, cluster: int) -> tuple[str, Made | None]:
        """How far a cluster is decided, and who made its label what it is, None where it carries none.

        ``"proposed"``: nobody has decided. ``"elsewhere"``: it carries no label, but all of its items have one.
        Else the status of the label: ``"accepted"``, ``"renamed"``, ``"merged"``, ``"split"``, ``"moved"`` or a mark.
        """
        name = self.carried().get(cluster)
        if name is not None:
            return self._state.made[name].status, self._state.made[name]
        return ("proposed" if self._targets.open_items()[cluster] else "elsewhere"), None

    def notes_of(self, target: Target) -> tuple[Note, ...]:
        """What was written down about a cluster, a label or its items."""
        ids = {*self.ids_of(target)}
        return tuple(note for note in self._state.notes if ids.intersection(note.ids))

    def names(self, proposed: dict[int, ClusterName]) -> dict[int, ClusterName]:
        """The names of the clusters, with the label in the place of the proposal where a cluster carries one."""
        carried = self.carried()
        if not carried:
            return proposed
        return proposed | {c: as_label(proposed[c], name) for c, name in carried.items() if c in proposed}

    def __len__(self) -> int:
        self._log.catch_up()
        return len(self._state.labels())

    def __repr__(self) -> str:
        done, of = self.progress
        return f"<Labels: {len(self):,}, {done:,} of {of:,} clusters decided>"

    def _repr_html_(self) -> str:
        done, of = self.progress
        table = self.table
        table["when"] = [to_the_minute(when) if when else "" for when in table["when"]]
        rows = zip(*(table[name].tolist() for name in ("name", "size", "status", "by", "when")), strict=True)
        count = "1 label" if len(self) == 1 else f"{len(self):,} labels"
        title = f"{count} · {done:,} of {of:,} clusters decided"
        return show_table(title, ("name", "items", "status", "by", "when"), rows)

    # ---- how ----------------------------------------------------------------------------------------------------

    @property
    def _state(self) -> LabelState:
        return self._log.state

    def _put(
        self, action: str, status: str, name: str, parts: list[tuple[str, ...]], proposal: Mapping[str, Any] = {}
    ) -> str:
        self._log.write(action, puts=(Put(name, status, tuple(parts)),), proposal=dict(proposal))
        return name

    def _known(self, ids: str | Iterable[str]) -> tuple[str, ...]:
        chosen = plain_ids(ids)
        if not chosen:
            raise ValueError("No items are given. Pass their ids, such as exploration.selection.ids.")
        self._labelled.collection.positions(chosen)
        return chosen

    def _members(self, target: Target) -> tuple[str, list[str]]:
        """Name of a cluster or label, and the ids of its items on this map."""
        name, parts = self._targets.resolve(target)
        return name, [id for part in parts for id in part if self._labelled.collection.has(id)]

    def _proposal(self, target: Target, name: str) -> dict[str, Any]:
        """What was proposed under this name for a cluster; empty where it was not."""
        if isinstance(target, str):
            return {}
        models = [model for model, proposal in self.names_by_models(int(target)).items() if proposal == name]
        by_rules = self._labelled.proposal(int(target), name)
        return by_rules or ({"name": name, "source": models[0], "score": None} if models else {})
