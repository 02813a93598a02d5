"""Usage: how often a cube was given out, and when last; telemetry, kept apart from memory.

One of the two declared exceptions to the one write path (the other is derived data): counters are
outside the log, outside replay and outside ranking. They are kept in a file of their own beside the
store, written in batches; a kill loses what was not yet flushed, a regular close nothing.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .instant import now

EVERY = 200
"""Uses that are gathered before they are written."""


@dataclass(frozen=True, slots=True)
class Used:
    """How often a node was given out, and when last (microseconds)."""

    node: str
    count: int
    last: int


class UsageLog:
    """Counts uses of nodes by namespace; `path` None counts in memory.

    >>> usage = UsageLog(None)
    >>> usage.note("default", ["c1", "c1", "c2"])
    >>> [(used.node, used.count) for used in usage.most_used("default")]
    [('c1', 2), ('c2', 1)]
    >>> usage.close()

    A file that cannot be read or written counts nothing and stops nobody: usage is never worth an error. Threads
    may share one.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._lock = threading.RLock()
        self._pending: dict[tuple[str, str], tuple[int, int]] = {}
        self._held: dict[tuple[str, str], tuple[int, int]] = {}

    def note(self, ns: str, nodes: Iterable[str]) -> None:
        """Count one use of each node, now."""
        instant = now()
        with self._lock:
            for node in nodes:
                count, _ = self._pending.get((ns, node), (0, 0))
                self._pending[ns, node] = (count + 1, instant)
            if sum(count for count, _ in self._pending.values()) >= EVERY:
                self.flush()

    def flush(self) -> None:
        """Write what was gathered."""
        with self._lock:
            if not self._pending:
                return
            if self._path is None:
                for key, (count, last) in self._pending.items():
                    self._held[key] = (self._held.get(key, (0, 0))[0] + count, last)
            else:
                # a read-only or full disk loses counters, not answers
                with suppress(sqlite3.Error):
                    self._write(self._path)
            self._pending.clear()

    def _write(self, path: Path) -> None:
        connection = sqlite3.connect(path, timeout=5.0)
        try:
            with connection:
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute("PRAGMA synchronous = NORMAL")
                connection.execute(
                    "CREATE TABLE IF NOT EXISTS usage (ns TEXT, node TEXT, count INTEGER, last INTEGER, "
                    "PRIMARY KEY (ns, node))"
                )
                connection.executemany(
                    "INSERT INTO usage VALUES (?, ?, ?, ?) ON CONFLICT (ns, node) DO UPDATE SET "
                    "count = count + excluded.count, last = max(last, excluded.last)",
                    [
                        (ns, node, count, last)
                        for (ns, node), (count, last) in self._pending.items()
                    ],
                )
        finally:
            connection.close()

    def count(self, ns: str, node: str) -> int:
        """How often one node was given out."""
        self.flush()
        if self._path is None:
            return self._held.get((ns, node), (0, 0))[0]
        rows = self._read("SELECT count FROM usage WHERE ns = ? AND node = ?", (ns, node))
        return int(rows[0][0]) if rows else 0

    def counts(self, ns: str, nodes: Sequence[str]) -> dict[str, int]:
        """How often each of some nodes was given out; none that never was."""
        self.flush()
        if self._path is None:
            with self._lock:
                return {n: self._held[ns, n][0] for n in nodes if (ns, n) in self._held}
        rows = self._read(
            "SELECT node, count FROM usage WHERE ns = ? AND node IN (SELECT value FROM json_each(?))",
            (ns, json.dumps(list(nodes))),
        )
        return {str(node): int(count) for node, count in rows}

    def bound(self, ns: str, most: int) -> None:
        """Drop the counts of what was not given out for longest, until there are at most `most`."""
        self.flush()
        if self._path is None:
            with self._lock:
                mine = sorted((last, key) for key, (_, last) in self._held.items() if key[0] == ns)
                for _, key in mine[: max(0, len(mine) - most)]:
                    del self._held[key]
        elif self._path.exists():
            with suppress(sqlite3.Error), closing(sqlite3.connect(self._path, timeout=5.0)) as held:
                held.execute(
                    "DELETE FROM usage WHERE ns = ? AND node IN (SELECT node FROM usage WHERE ns = ? "
                    "ORDER BY last DESC, node DESC LIMIT -1 OFFSET ?)",
                    (ns, ns, most),
                )
                held.commit()

    def most_used(self, ns: str, first: int = 20) -> Sequence[Used]:
        """The nodes given out most often, then by id."""
        self.flush()
        if self._path is None:
            with self._lock:
                found = [
                    (node, c, last) for (held, node), (c, last) in self._held.items() if held == ns
                ]
        else:
            found = self._read("SELECT node, count, last FROM usage WHERE ns = ?", (ns,))
        ordered = sorted(found, key=lambda row: (-row[1], row[0]))
        return tuple(Used(*row) for row in ordered[:first])

    def forget(self, ns: str, before: int) -> None:
        """Drop the counts of what was last given out before an instant (microseconds)."""
        self.flush()
        if self._path is None:
            with self._lock:
                for key, (_, last) in list(self._held.items()):
                    if key[0] == ns and last < before:
                        del self._held[key]
        elif self._path.exists():
            with suppress(sqlite3.Error), closing(sqlite3.connect(self._path, timeout=5.0)) as held:
                held.execute("DELETE FROM usage WHERE ns = ? AND last < ?", (ns, before))
                held.commit()

    def _read(self, statement: str, values: tuple[str, ...]) -> list[Any]:
        """The rows that the file gives; none where there is no file, or none that can be read."""
        if self._path is None or not self._path.exists():
            return []
        # a file that is locked, torn or no database has counted nothing
        with suppress(sqlite3.Error), closing(sqlite3.connect(self._path, timeout=5.0)) as held:
            return held.execute(statement, values).fetchall()
        return []

    def close(self) -> None:
        """Flush; nothing else is held open."""
        self.flush()
