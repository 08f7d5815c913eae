"""Vectors that were paid for, kept for every library of the person: the same bytes in the same space are paid once.

An answer is written here the moment it arrives, before it is handed on, so that a process killed at any moment loses
only the requests that are in flight. What a provider has blocked is noted here too, so that it is not sent again from
another library. The rate that a service was found to answer is here as well, so that the next run need not look for it.
SQLite in write-ahead mode: several processes may use the file at once.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from nova_explore.space import Vector

_TABLES = """
CREATE TABLE IF NOT EXISTS vectors (key TEXT PRIMARY KEY, vector BLOB NOT NULL, kept INTEGER) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS blocked (key TEXT PRIMARY KEY, reason TEXT NOT NULL, since REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS rates (place TEXT PRIMARY KEY, rate REAL NOT NULL, since REAL NOT NULL) WITHOUT ROWID;
"""
RATE_HOLDS = 24 * 3600.0
"""Seconds after which the rate that a service answered is no guide any more."""

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
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(path, timeout=10, check_same_thread=False, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode=WAL")
        # A crash of the machine may lose the last answers, a crash of the process loses none.
        self._connection.execute("PRAGMA synchronous=NORMAL")
        self._connection.executescript(_TABLES)

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
        row = (key, np.asarray(vector, dtype="<f4").tobytes(), kept)
        with self._lock:
            self._connection.execute("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)", row)

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

    def rate(self, place: str) -> float | None:
        """Requests a second that a service answered at its limit, if that was seen within the last day."""
        query = "SELECT rate FROM rates WHERE place = ? AND since > ?"
        with self._lock:
            row = self._connection.execute(query, (place, time.time() - RATE_HOLDS)).fetchone()
        return float(row[0]) if row else None

    def keep_rate(self, place: str, rate: float) -> None:
        """Keep the rate of a service, by what is called and as whom."""
        with self._lock:
            self._connection.execute("INSERT OR REPLACE INTO rates VALUES (?, ?, ?)", (place, rate, time.time()))

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._connection.close()
