"""The library on disk: items, thumbnails, vectors per space, and what was computed from them.

A library is a folder of Lance tables (https://lancedb.github.io/lance/), each append an atomic commit, so that a
process killed at any moment leaves every finished batch readable. Vectors are keyed by content and space: the same
bytes in the same space are embedded once, whatever the files are called and however often a run is started again.

    nova.json               what this folder is, and the version of its layout
    items, unread           the collection
    readings                words read from the pictures of pages
    thumbnails              one small picture per content
    spaces, vectors_<key>   one table of unit vectors for every space
    mapped                  vectors once more, in the order of the items, where they are many; may be deleted
    indexes, index_<key>_…  approximate search, a table for every kind of media; may be made again
    failures                items that a model could not embed, with the reason
    runs                    who embedded what, when, with which versions
    labels, judgements      what people decided about clusters and items, and how they judged, in that order
    maps, map_<key>, …      computed artefacts (see `nova_explore.exploration.drawn_map`)
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nova_explore.collection import Collection, Unread, shortened
from nova_explore.errors import LibraryError
from nova_explore.library.addresses import is_gone
from nova_explore.library.identity import assign
from nova_explore.library.item_rows import item_table, mended, stored_items
from nova_explore.library.job_rows import JobRows
from nova_explore.library.judgement_rows import JudgementRows
from nova_explore.library.label_rows import LabelRows
from nova_explore.library.lance import Tables, arrow, is_map_part, schema
from nova_explore.library.map_tables import MapTables
from nova_explore.library.marker import MARKER, expected_tables, is_free, list_tables, locked, make_marker, read_marker
from nova_explore.library.note_rows import NoteRows
from nova_explore.library.proposal_rows import ProposalRows
from nova_explore.library.query_rows import QueryRows
from nova_explore.library.vector_file import read_vectors
from nova_explore.library.vector_index import INDEX_FROM, IndexReport, VectorIndex, build_indexes, open_indexes
from nova_explore.space import FailureKind, ItemError, Space, Vector
from nova_explore.tables import show_table

if TYPE_CHECKING:
    import pyarrow as pa

AT_ONCE = 1000
"""Items named in one condition."""


class Library:
    """A library on disk.

    Open one with `open_library`. All methods read the disk: two processes that read the same library see the same.

    Parameters
    ----------
    path : Path
        The folder.

    Attributes
    ----------
    maps, jobs, queries : MapTables, JobRows, QueryRows
        What was computed from its vectors, what a service answers later, and the vectors of queries.
    labels, judgements, notes, proposals : LabelRows, JudgementRows, NoteRows, ProposalRows
        What people decided, what they judged, and the names that a language model proposed.

    Raises
    ------
    LibraryError
        If the folder is not a library, or was written by a newer version.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.created: str = read_marker(path)["created"]
        self._tables = Tables(path)
        self.maps, self.jobs = MapTables(self._tables), JobRows(self._tables)
        self.labels = LabelRows(self._tables)
        self.proposals = ProposalRows(self._tables)
        self.queries = QueryRows(self._tables)
        self.judgements, self.notes = JudgementRows(self._tables), NoteRows(self._tables)
        self._collection: tuple[object, Collection] | None = None

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the library for writing; the operating system lets go of it even if the process is killed.

        Raises
        ------
        LibraryError
            If another process is writing, or the library cannot be written to.
        """
        with locked(self.path, "writing"):
            self._bring_up_to_date()
            yield

    def _bring_up_to_date(self) -> None:
        """Refuse a library that has lost a table, and give those of earlier versions the columns that they lack."""
        for name in sorted(expected_tables(self.path)):
            if not is_map_part(name):
                self._tables.version(name)
        columns = self._tables.columns("failures")
        if columns and "kind" not in columns:
            # Nothing was known to be blocked then: all of it is tried again.
            self._tables.add_column("failures", "kind", "'item'")
        columns = self._tables.columns("items")
        if columns and "beside" not in columns:
            self._tables.add_column("items", "beside", "cast(null as string)")
        list_tables(self.path, (name for name in self._tables.names() if not name.startswith("index_")))

    # ---- the collection -----------------------------------------------------------------------------------------

    def collection(self) -> Collection:
        """Read the items in their order, and what could not be read. Words read from page pictures are filled in.

        While nobody has written to the library, what was read before is returned.
        """
        versions = tuple(self._tables.version(name) for name in ("items", "unread", "readings"))
        if self._collection is None or self._collection[0] != versions:
            self._collection = versions, self._read_collection()
        return self._collection[1]

    def _read_collection(self) -> Collection:
        rows = self._tables.read("items")
        unread = self._tables.read("unread")
        readings = self._tables.read("readings")
        words = dict(zip(*(readings[c].to_pylist() for c in ("content_key", "text")), strict=True)) if readings else {}
        left = [] if unread is None else [Unread(**row) for row in unread.to_pylist()]
        items = () if rows is None else stored_items(rows, words, self.path)
        return Collection(items, left)

    def add(self, collection: Collection) -> Collection:
        """Add a collection to the library and return the whole.

        An item that is there already (same content at the same address) keeps its id and place and gets the new
        metadata. One whose file was renamed or moved gets the new address. One whose file holds other content now is
        replaced; its vectors stay, and are found again if the content comes back. More copies of known content get the
        first ``~n`` that is free. What could be read this time is no longer listed as unread.

        Warns
        -----
        UserWarning
            If texts held halves of characters, which were replaced.
        """
        known = self.collection()
        whole = [mended(item) for item in collection]
        broken = [item.name for item, other in zip(whole, collection, strict=True) if item is not other]
        if broken:
            warnings.warn(
                f"{len(broken):,} {'item' if len(broken) == 1 else 'items'} held halves of characters, which no file "
                f"can hold; they were replaced by \N{REPLACEMENT CHARACTER}: {shortened(broken)}.",
                stacklevel=2,
            )
        assigned = assign(known, self._positions(), whole)
        self._tables.upsert("items", item_table(assigned.items, assigned.positions, self.path), on=["id"])
        self._remove(assigned.replaced)
        read_now = {item.name for item in whole}
        unread = {u.name: u for u in (*known.unread, *collection.unread)}
        kept = [{"name": u.name, "reason": u.reason} for u in unread.values() if u.name not in read_now]
        if kept or known.unread:
            self._tables.replace("unread", arrow(kept, schema(name="string", reason="string")))
        return self.collection()

    def forget(self, ids: Iterable[str]) -> Collection:
        """Take items out of the library, and return them.

        Their vectors, thumbnails and words stay, by content: an item whose file is embedded again comes back with its
        id and costs nothing. Maps that it is on cannot be opened until then.

        Parameters
        ----------
        ids : iterable of str
            Ids of items, such as those of `gone`.

        Raises
        ------
        UnknownNameError
            If there is no such item; nothing is forgotten then.
        LibraryError
            If another process is writing, or the library cannot be written to.
        """
        with self.writing():
            chosen = self.collection().select(dict.fromkeys([ids] if isinstance(ids, str) else ids))
            self._remove(chosen.ids)
        return chosen

    def gone(self) -> Collection:
        """The items whose file is not where it was; items of other machines and of data frames are not looked for."""
        return self.collection().filter(lambda item: is_gone(item.uri))

    def _positions(self) -> dict[str, int]:
        rows = self._tables.read("items", columns=["id", "position"])
        return {} if rows is None else dict(zip(*(rows[c].to_pylist() for c in ("id", "position")), strict=True))

    def _remove(self, ids: Sequence[str]) -> None:
        for start in range(0, len(ids), AT_ONCE):
            listed = ", ".join(f"'{id}'" for id in ids[start : start + AT_ONCE])
            self._tables.delete("items", f"id IN ({listed})")

    # ---- vectors ------------------------------------------------------------------------------------------------

    def spaces(self) -> dict[str, Space]:
        """Spaces with vectors in this library, by the name of the model that made them, oldest first."""
        rows = self._tables.read("spaces")
        return {} if rows is None else {row.pop("name"): Space(**row) for row in rows.to_pylist()}

    def add_space(self, name: str, space: Space) -> None:
        """Note that the model of this name makes vectors of this space."""
        fields = ("model", "revision", "purpose", "dimension", "preprocessing")
        row = {"name": name} | {field: getattr(space, field) for field in fields}
        self._tables.upsert("spaces", arrow([row]), on=["name"])

    def embedded(self, space: Space) -> set[str]:
        """Content keys that have a vector in this space."""
        rows = self._tables.read(f"vectors_{space.key}", columns=["content_key"])
        return set() if rows is None else set(rows["content_key"].to_pylist())

    def add_vectors(self, space: Space, vectors: Mapping[str, Vector]) -> None:
        """Store vectors by content key, in one atomic commit."""
        import pyarrow as pa

        if not vectors:
            return
        flat = np.concatenate([np.asarray(v, np.float32) for v in vectors.values()])
        column = pa.FixedSizeListArray.from_arrays(pa.array(flat), space.dimension)
        self._tables.append(f"vectors_{space.key}", pa.table({"content_key": list(vectors), "vector": column}))

    def compact_vectors(self, space: Space) -> None:
        """Join the many small files of vectors that a long run leaves behind."""
        self._tables.compact(f"vectors_{space.key}")

    def vectors(self, space: Space, keys: Iterable[str]) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
        """Read the vectors of these content keys, in this order; many of them as a file mapped into memory.

        Returns
        -------
        vectors : float32 array of shape (m, d)
            One row for every key that has a vector, in the order of the keys.
        present : bool array of shape (n,)
            Which keys those are.
        """
        keys = list(keys)
        name = f"vectors_{space.key}"
        rows = self._tables.rows(name)
        if rows is None:
            return np.empty((0, space.dimension), np.float32), np.zeros(len(keys), bool)
        return read_vectors(rows, keys, dimension=space.dimension, folder=self.path / "mapped", name=name)

    def build_index(
        self, space: Space, *, queries: NDArray[np.float32] | None = None, progress: bool = True
    ) -> list[IndexReport]:
        """Make the indexes that a search uses where there are many items of a kind (see `vector_index`).

        An index takes a little more room on the disk than the vectors that it holds, and some minutes a million items.
        Items added later are found without being in it; make it again when they have become many.

        Parameters
        ----------
        space : Space
            Whose vectors.
        queries : float32 array of shape (q, d), optional
            Queries to measure the recall with; 64 of the items themselves where none are given, which says how well
            items like an item are found, and less about texts that ask for pictures.
        progress : bool, default True
            Show a progress bar.

        Returns
        -------
        list of IndexReport
            One for every kind with at least `INDEX_FROM` items; empty if there is none.
        """
        with self.writing():
            items = self.collection()
            keys = items.content_keys
            vectors, present = self.vectors(space, keys)
            return build_indexes(
                self._tables, space.key, keys, items.modalities, vectors, present,
                least=INDEX_FROM, queries=queries, progress=progress,
            )  # fmt: skip

    def indexes(self, space: Space, collection: Collection) -> dict[str, VectorIndex]:
        """Open the indexes of a space, by kind of media, to search in these items of the library."""
        return open_indexes(self._tables, space.key, collection.content_keys, collection.modalities)

    # ---- what goes with the vectors -----------------------------------------------------------------------------

    def thumbnails(self, keys: Iterable[str]) -> dict[str, bytes]:
        """Read the thumbnails (WebP) of these content keys; keys without one are left out."""
        wanted = ", ".join(f"'{key}'" for key in dict.fromkeys(keys))
        rows = self._tables.read("thumbnails", where=f"content_key IN ({wanted})") if wanted else None
        return {} if rows is None else dict(zip(*(rows[c].to_pylist() for c in ("content_key", "webp")), strict=True))

    def thumbnailed(self) -> set[str]:
        """Content keys that have a thumbnail."""
        rows = self._tables.read("thumbnails", columns=["content_key"])
        return set() if rows is None else set(rows["content_key"].to_pylist())

    def add_thumbnails(self, thumbnails: Mapping[str, bytes]) -> None:
        """Store thumbnails by content key, in one atomic commit."""
        shape = schema(content_key="string", webp="binary")
        self._tables.append("thumbnails", arrow([{"content_key": k, "webp": v} for k, v in thumbnails.items()], shape))

    def compact_thumbnails(self) -> None:
        """Join the many small files of thumbnails that a long run leaves behind."""
        self._tables.compact("thumbnails")

    def add_readings(self, readings: Mapping[str, str]) -> None:
        """Store the words read from page pictures by content key, in one atomic commit."""
        self._tables.append("readings", arrow([{"content_key": k, "text": v} for k, v in readings.items()]))

    def failures(self, space: Space) -> dict[str, str]:
        """Reasons by content key for the items that got no vector in this space."""
        rows = self._tables.read("failures", where=f"space = '{space.key}'")
        return {} if rows is None else dict(zip(*(rows[c].to_pylist() for c in ("content_key", "reason")), strict=True))

    def blocked(self, space: Space) -> dict[str, str]:
        """Reasons by content key for the items that a provider blocked for their content: they are never sent again."""
        return self.failures_of(space, "blocked")

    def failures_of(self, space: Space, *kinds: FailureKind) -> dict[str, str]:
        """Reasons by content key for the items that got no vector in this space, for reasons of these kinds."""
        rows = self._tables.read("failures", where=f"space = '{space.key}'")
        if rows is None or "kind" not in rows.column_names:  # of an earlier version, not written to since
            return {}
        return {row["content_key"]: row["reason"] for row in rows.to_pylist() if row["kind"] in kinds}

    def add_failures(self, space: Space, failures: Mapping[str, ItemError]) -> None:
        """Record why items got no vector in this space, in one atomic commit; an item has one reason at a time."""
        shape = schema(space="string", content_key="string", reason="string", kind="string")
        rows = [{"space": space.key, "content_key": k, "reason": e.reason, "kind": e.kind} for k, e in failures.items()]
        self._tables.upsert("failures", arrow(rows, shape), on=["space", "content_key"])

    def solve_failures(self, space: Space, keys: Iterable[str]) -> None:
        """Forget the failures of contents that have a vector in this space now."""
        there = sorted(self.failures(space).keys() & set(keys))
        for start in range(0, len(there), 1000):
            listed = ", ".join(f"'{key}'" for key in there[start : start + 1000])
            self._tables.delete("failures", f"space = '{space.key}' AND content_key IN ({listed})")

    def record_run(self, run: Mapping[str, Any]) -> None:
        """Store one run; a run of the same id is replaced. Values are kept as JSON."""
        self._tables.upsert("runs", arrow([{"id": run["id"], "record": json.dumps(dict(run))}]), on=["id"])

    def runs(self) -> list[dict[str, Any]]:
        """All runs, oldest first."""
        rows = self._tables.read("runs")
        records = [] if rows is None else [json.loads(record) for record in rows["record"].to_pylist()]
        return sorted(records, key=lambda run: run["started"])

    def to_arrow(self) -> pa.Table:
        """Return the items as an Arrow table, with the columns of `Collection.to_frame` and ids first."""
        return self.collection().to_arrow()

    def _repr_html_(self) -> str:
        count = self._tables.count
        rows = [
            (name, str(space), count(f"vectors_{space.key}"), len(self.failures(space)))
            for name, space in self.spaces().items()
        ]
        title = f"{self.path.name}: {count('items'):,} items, stored maps: {count('maps'):,}"
        notes = [f"{unread:,} could not be read"] if (unread := count("unread")) else []
        notes += [] if rows else ["No item has a vector yet. Embed them with nova_explore.embed."]
        return show_table(title, ("model", "space", "vectors", "failed"), rows, notes=notes)

    def __repr__(self) -> str:
        return f"<Library {str(self.path)!r}: {self._tables.count('items'):,} items>"


def open_library(path: str | Path, *, create: bool = False) -> Library:
    """Open the library in a folder.

    Parameters
    ----------
    path : str or Path
        The folder, by habit ``something.nova``.
    create : bool, default False
        Make it if it is not there.

    Raises
    ------
    LibraryError
        If there is no library and none is to be made, or the folder holds something else.
    """
    folder = Path(path).expanduser().absolute()
    if not (folder / MARKER).exists():
        if not create:
            remedy = f"Make one with nova_explore.embed(collection, to={str(path)!r})."
            raise LibraryError(f"There is no library at {str(folder)!r}. {remedy}")
        if not is_free(folder) and not (folder / MARKER).exists():
            raise LibraryError(f"{str(folder)!r} exists and is not a library. Choose a name that is free.")
        make_marker(folder)
    return Library(folder)
