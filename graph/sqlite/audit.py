"""What `verify` reads of the embedded store: rows as they lie, and faults between its tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ..change import Committed
from ..digest import salted
from ..errors import Corrupt
from ..leaf import read_leaf
from ..record import Payload, Record
from ..store import Head
from . import rows
from .access import reader_faults
from .database import Database
from .reader import CHUNK

_FAULTS = (
    (
        (
            "SELECT v.id FROM version v LEFT JOIN node n ON n.ord = v.node "
            "LEFT JOIN node o ON o.ord = v.origin WHERE n.ord IS NULL OR o.ord IS NULL"
        ),
        "version {} stands on a node that is not there",
    ),
    (
        (
            "SELECT e.id FROM edge e LEFT JOIN node s ON s.ord = e.src LEFT JOIN node d ON d.ord = e.dst "
            "LEFT JOIN node o ON o.ord = e.origin "
            "WHERE s.ord IS NULL OR d.ord IS NULL OR o.ord IS NULL"
        ),
        "edge {} stands on a node that is not there",
    ),
    (
        "SELECT n.id FROM node n WHERE NOT EXISTS (SELECT 1 FROM version v WHERE v.node = n.ord)",
        "node {} has no version and never had one",
    ),
    (
        "SELECT v.id FROM version v JOIN node n ON n.ord = v.node WHERE v.ns <> n.ns OR v.kind <> n.kind",
        "version {} and its node disagree on namespace or kind",
    ),
    (
        (
            "SELECT v.id FROM version v LEFT JOIN payload p ON p.digest = v.payload "
            "WHERE v.payload IS NOT NULL AND p.digest IS NULL"
        ),
        "version {} has lost its payload",
    ),
    (
        (
            "SELECT p.digest FROM payload p WHERE NOT EXISTS "
            "(SELECT 1 FROM version v WHERE v.payload = p.digest)"
        ),
        "payload {} belongs to no version",
    ),
    (
        (
            "SELECT d.record || ' of ' || d.producer FROM derived d WHERE NOT EXISTS "
            "(SELECT 1 FROM version v WHERE v.id = d.record AND v.ns = d.ns AND v.salt IS NOT NULL)"
        ),
        "derived data {} belongs to no record (orphan)",
    ),
    (
        (
            "SELECT p.digest FROM payload p WHERE p.salt IS NULL AND NOT EXISTS "
            "(SELECT 1 FROM version v WHERE v.payload = p.digest AND v.shredded > 0)"
        ),
        "payload {} lost its content, and no leaf says shred",
    ),
    (
        (
            "SELECT p.digest FROM payload p WHERE (p.salt IS NOT NULL OR p.content IS NOT NULL) "
            "AND EXISTS (SELECT 1 FROM version v WHERE v.payload = p.digest AND v.shredded > 0)"
        ),
        "payload {} was shredded and still holds content",
    ),
    (
        (
            "SELECT c.seq FROM change c JOIN (SELECT ns, actor, idempotency FROM change "
            "WHERE idempotency IS NOT NULL GROUP BY 1, 2, 3 HAVING count(*) > 1) d "
            "ON d.ns = c.ns AND d.actor = c.actor AND d.idempotency = c.idempotency"
        ),
        "change @{} repeats an idempotency key",
    ),
)


class Audit:
    """Everything in the file, read without a viewer; only `verify`, `dump` and repairs use it."""

    def __init__(self, database: Database, head: Callable[[], Head]) -> None:
        self._db = database
        self._head = head
        self._unreadable: list[str] = []

    def leaves(self) -> Iterator[Committed]:
        """Every change in order."""
        last = -(2**62)
        while True:
            with self._db.reading() as connection:
                chunk = connection.execute(
                    f"SELECT {rows.CHANGE} FROM change c WHERE c.seq > ? ORDER BY c.seq LIMIT 500",
                    (last,),
                ).fetchall()
            for row in chunk:
                yield rows.logged(row, None)
            if len(chunk) < 500:
                return
            last = chunk[-1][0]

    def rows(self) -> Iterator[Record]:
        """Every interval of every version, then of every edge; `faults` names what cannot be read."""
        self._unreadable.clear()
        for alias, columns, source, read in (
            ("v", rows.VERSION, rows.VERSION_FROM, rows.version),
            ("e", rows.EDGE, rows.EDGE_FROM, rows.edge),
        ):
            last = -1
            while True:
                with self._db.reading() as connection:
                    chunk = connection.execute(
                        f"SELECT {columns}, {alias}.rowid FROM {source} WHERE {alias}.rowid > ? "
                        f"ORDER BY {alias}.rowid LIMIT ?",
                        (last, CHUNK),
                    ).fetchall()
                for row in chunk:
                    try:
                        record: Record = read(row[:-1])
                    except (ValueError, TypeError) as error:
                        self._unreadable.append(
                            f"{source.split()[0]} {row[0]} cannot be read: {error}"
                        )
                    else:
                        yield record
                if len(chunk) < CHUNK:
                    break
                last = chunk[-1][-1]

    def faults(self) -> Iterator[str]:
        """What lies wrong between the tables, named one by one."""
        yield from self._unreadable
        with self._db.reading() as connection:
            for sql, words in _FAULTS:
                for (name,) in connection.execute(sql).fetchall():
                    yield words.format(name)
            yield from reader_faults(connection.execute)
            for digest, form, content, salt in connection.execute(
                "SELECT digest, form, content, salt FROM payload WHERE salt IS NOT NULL"
            ):
                if content is None or Payload.digest_of(bytes(salt), form, content) != digest:
                    yield f"payload {digest[:16]}… does not match its digest"
            for seq, note, salt, leaf, request in connection.execute(
                "SELECT seq, note, note_salt, leaf, request_hash FROM change"
            ):
                try:
                    said = read_leaf(bytes(leaf))
                except Corrupt:
                    continue  # named by whoever replays the leaves
                if salt is None or salted(bytes(salt), (note or "").encode()) != said["note"]:
                    yield f"the note of change @{seq} does not match its leaf"
                if request != said["request_hash"]:
                    yield f"the request of change @{seq} does not match its leaf"
