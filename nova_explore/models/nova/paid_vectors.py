"""Vectors that were paid for, kept for every library of the person: the same bytes in the same space are paid once.

An answer is written here the moment it arrives, before it is handed on, so that a process killed at any moment loses
only the requests that are in flight. Before a call leaves, its key is claimed here, so that two processes never pay for
one thing. What a provider has blocked is noted here too, so that it is not sent again from another library. The rate
that a service was found to answer is here as well, so that the next run need not look for it.
SQLite in write-ahead mode: several processes may use the file at once.
"""

from __future__ import annotations

import os
import socket
import sqlite3
import sys
import threading
import time
import weakref
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from nova_explore.models.nova.coalescing import Gathered
from nova_explore.space import Vector

_TABLES = """
CREATE TABLE IF NOT EXISTS vectors (key TEXT PRIMARY KEY, vector BLOB NOT NULL, kept INTEGER) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS blocked (key TEXT PRIMARY KEY, reason TEXT NOT NULL, since REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS rates (place TEXT PRIMARY KEY, rate REAL NOT NULL, since REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS same (body TEXT PRIMARY KEY, key TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS claims (key TEXT PRIMARY KEY, host TEXT NOT NULL, process INTEGER NOT NULL,
    owner TEXT NOT NULL, since REAL NOT NULL) WITHOUT ROWID;
"""
RATE_HOLDS = 24 * 3600.0
"""Seconds after which the rate that a service answered is no guide any more."""

CLAIM_HOLDS = 180.0
"""Seconds after which a claim is void: no call takes longer than its time-outs of 130 s."""

_AT_ONCE = 500


class VectorCache:
    """Vectors by what was asked for. Safe to use from several threads.

    Parameters
    ----------
    path : Path
        The file; made, with its folder, if it is not there.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._host = socket.gethostname()
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(path, timeout=10, check_same_thread=False, isolation_level=None)
        weakref.finalize(self, self._connection.close)
        self._connection.execute("PRAGMA journal_mode=WAL")
        # A crash of the machine may lose the last answers, a crash of the process loses none.
        self._connection.execute("PRAGMA synchronous=NORMAL")
        self._connection.executescript(_TABLES)
        self._put = Gathered(self._put_some)

    def get(self, keys: Iterable[str]) -> dict[str, tuple[Vector, int | None]]:
        """Vectors that are there, by key, with the characters they were made from where the text was cut."""
        wanted = list(dict.fromkeys(keys))
        found: dict[str, tuple[Vector, int | None]] = {}
        for start in range(0, len(wanted), _AT_ONCE):
            some = wanted[start : start + _AT_ONCE]
            query = f"SELECT key, vector, kept FROM vectors WHERE key IN ({','.join('?' * len(some))})"
            with self._lock:
                rows = self._connection.execute(query, some).fetchall()
            found |= {key: (np.frombuffer(blob, dtype="<f4").copy(), kept) for key, blob, kept in rows}
        return found

    def put(self, key: str, vector: Vector, *, kept: int | None = None) -> None:
        """Keep a vector."""
        self.put_all({key: vector}, kept=kept)

    def put_all(
        self,
        vectors: Mapping[str, Vector],
        *,
        kept: int | None = None,
        bodies: Mapping[str, str] | None = None,
        owner: str = "",
    ) -> None:
        """Keep the vectors of one answer, in one transaction: all of them or none.

        Parameters
        ----------
        vectors : Mapping of str to float32 array of shape (d,)
            By key.
        kept : int, optional
            Characters that they were made from, where the text was cut.
        bodies : Mapping of str to str, optional
            Digests of what was sent, and the key of the vector that came of it.
        owner : str
            Of the claims that end here.
        """
        self._put((vectors, kept, bodies or {}, owner))

    def _put_some(
        self, answers: Sequence[tuple[Mapping[str, Vector], int | None, Mapping[str, str], str]]
    ) -> list[None]:
        """Keep the vectors of several answers in one transaction."""
        rows = [
            (key, np.asarray(vector, dtype="<f4").tobytes(), kept)
            for vectors, kept, _, _ in answers
            for key, vector in vectors.items()
        ]
        same = [pair for _, _, bodies, _ in answers for pair in bodies.items()]
        owners = [(owner,) for *_, owner in answers if owner]
        with self._lock, _transaction(self._connection):
            self._connection.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)", rows)
            self._connection.executemany("INSERT OR REPLACE INTO same VALUES (?, ?)", same)
            self._connection.executemany("DELETE FROM claims WHERE owner = ?", owners)
        return [None] * len(answers)

    def keys_of(self, bodies: Iterable[str]) -> dict[str, str]:
        """The keys of the vectors that came of bodies that were sent before."""
        wanted = list(dict.fromkeys(bodies))
        found: dict[str, str] = {}
        for start in range(0, len(wanted), _AT_ONCE):
            some = wanted[start : start + _AT_ONCE]
            query = f"SELECT body, key FROM same WHERE body IN ({','.join('?' * len(some))})"
            with self._lock:
                found |= dict(self._connection.execute(query, some).fetchall())
        return found

    # ---- who is asking for what ----------------------------------------------------------------------------------

    def claim(self, keys: Iterable[str], *, owner: str) -> bool:
        """Claim keys for a call that is about to leave; False if a living process, or another call here, has one.

        Parameters
        ----------
        keys : iterable of str
            All that the call would pay for.
        owner : str
            Of the call; a claim may be made twice by the same.
        """
        return self.claim_some([(list(keys), owner)])[0]

    def claim_some(self, asked: Sequence[tuple[Sequence[str], str]]) -> list[bool]:
        """Claim the keys of several calls in one transaction; of two that want the same key the first has it.

        Parameters
        ----------
        asked : sequence of (keys, owner)
        """
        wanted = list(dict.fromkeys(key for keys, _ in asked for key in keys))
        mine, now = (self._host, os.getpid()), time.time()
        with self._lock, _transaction(self._connection):
            holder: dict[str, str] = {}
            for start in range(0, len(wanted), _AT_ONCE):
                some = wanted[start : start + _AT_ONCE]
                query = f"SELECT * FROM claims WHERE key IN ({','.join('?' * len(some))})"
                for key, host, process, owner, since in self._connection.execute(query, some).fetchall():
                    if self._lives(host, process, since):
                        holder[key] = owner
            granted, rows = [], []
            for keys, owner in asked:
                granted.append(all(holder.get(key, owner) == owner for key in keys))
                if granted[-1]:
                    holder |= dict.fromkeys(keys, owner)
                    rows += [(key, *mine, owner, now) for key in dict.fromkeys(keys)]
            self._connection.executemany("INSERT OR REPLACE INTO claims VALUES (?, ?, ?, ?, ?)", rows)
        return granted

    def release(self, *, owner: str) -> None:
        """Give back what a call has claimed."""
        with self._lock:
            self._connection.execute("DELETE FROM claims WHERE owner = ?", (owner,))

    def _lives(self, host: str, process: int, since: float) -> bool:
        if time.time() - since > CLAIM_HOLDS:
            return False
        return host != self._host or process == os.getpid() or _is_alive(process)

    # ---- what is not to be sent ----------------------------------------------------------------------------------

    def blocked(self, keys: Iterable[str]) -> dict[str, str]:
        """Reasons of those of the keys that a provider has blocked."""
        wanted = list(dict.fromkeys(keys))
        found: dict[str, str] = {}
        for start in range(0, len(wanted), _AT_ONCE):
            some = wanted[start : start + _AT_ONCE]
            query = f"SELECT key, reason FROM blocked WHERE key IN ({','.join('?' * len(some))})"
            with self._lock:
                found |= dict(self._connection.execute(query, some).fetchall())
        return found

    def block(self, key: str, reason: str) -> None:
        """Note that a content was blocked."""
        with self._lock:
            self._connection.execute("INSERT OR REPLACE INTO blocked VALUES (?, ?, ?)", (key, reason, time.time()))

    def unblock(self, keys: Iterable[str]) -> None:
        """Take back that contents were blocked: everything was refused alike, so it was not for what they are."""
        with self._lock, _transaction(self._connection):
            self._connection.executemany("DELETE FROM blocked WHERE key = ?", [(key,) for key in keys])

    def rate(self, place: str, *, holds: float | None = RATE_HOLDS) -> float | None:
        """A rate that was kept, such as requests a second at a service's limit, if it is not older than ``holds``."""
        query = "SELECT rate FROM rates WHERE place = ? AND since > ?"
        with self._lock:
            row = self._connection.execute(query, (place, time.time() - holds if holds else 0.0)).fetchone()
        return float(row[0]) if row else None

    def keep_rate(self, place: str, rate: float) -> None:
        """Keep the rate of a service, by what is called and as whom."""
        with self._lock:
            self._connection.execute("INSERT OR REPLACE INTO rates VALUES (?, ?, ?)", (place, rate, time.time()))

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._connection.close()


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All of a block or nothing of it; other processes wait from its first line on."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _is_alive(process: int) -> bool:
    if sys.platform == "win32":
        return True  # there a signal of 0 is no question; the claim's age alone tells
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True  # it is somebody else's
    return True
