"""SqliteStore: the embedded default, one file, readers and writers in any number of processes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from ..change import ChangeSet, Committed
from ..digest import keyed, keyed_id
from ..errors import Corrupt, Invalid, NotFound
from ..kind import NodeKind
from ..merkle import CompactRange
from ..record import Record
from ..scope import Rights, Scope
from ..store import Derived, Head, Name
from . import rows
from .access import access, acls_of
from .audit import Audit
from .database import Database
from .reader import Reader
from .writer import Writer


class SqliteStore(Reader):
    """The graph in one SQLite file (3.40 or later): WAL, full fsync, `BEGIN IMMEDIATE` writers.

    >>> store = SqliteStore(None)
    >>> store.head().seq, store.namespaces()
    (0, ())
    >>> store.close()

    `path` None keeps everything in memory. Errors: see `Database`.
    """

    def __init__(self, path: Path | None, *, create: bool = False) -> None:
        self._database = Database(path, create=create)
        super().__init__(self._database)
        with self._database.reading() as connection:
            self._secret = bytes(
                connection.execute("SELECT value FROM meta WHERE name = 'secret'").fetchone()[0]
            )
        self.audit = Audit(self._database, self.head)

    @property
    def url(self) -> str:
        """Where the file is, as `--db` takes it."""
        return "sqlite:///:memory:" if self.path is None else f"sqlite:///{self.path}"

    @property
    def path(self) -> Path | None:
        """The file; None for a store in memory."""
        return self._database.path

    @property
    def read_only(self) -> bool:
        """Whether the file or its folder refuses writing."""
        return self._database.read_only

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def name(self, ns: str, kind: NodeKind, *value: str) -> Name:
        """Name a value under the store's secret."""
        key = keyed(self._secret, ns, str(kind), *value)
        return Name(key, keyed_id(key))

    def head(self) -> Head:
        """Where the log stands."""
        with self._database.reading() as connection:
            seq, at, roots = connection.execute("SELECT seq, at, roots FROM head").fetchone()
        try:
            return Head(seq, at, CompactRange.unpack(seq, roots))
        except ValueError as error:
            raise Corrupt(f"the head does not hold the tree that it says: {error}") from None

    def namespaces(self) -> tuple[str, ...]:
        """The namespaces that exist."""
        # from one to the next along the index of keys, since nodes are many and namespaces few
        found = self._all(
            "WITH RECURSIVE one (ns) AS (SELECT min(ns) FROM node WHERE key IS NOT NULL UNION ALL "
            "SELECT (SELECT min(n.ns) FROM node n WHERE n.key IS NOT NULL AND n.ns > one.ns) "
            "FROM one WHERE one.ns IS NOT NULL) SELECT ns FROM one WHERE ns IS NOT NULL AND EXISTS "
            "(SELECT 1 FROM node n WHERE n.ns = one.ns AND n.kind = 'Namespace' "
            "AND n.key IS NOT NULL) ORDER BY ns",
            (),
        )
        return tuple(row[0] for row in found)

    def rights(self, ns: str, principal: str) -> Rights:
        """What a principal may do now."""
        agent = self.name(ns, NodeKind.AGENT, principal).id
        with self._database.reading() as connection:
            return Rights(access(connection.execute, ns, agent), acls_of(connection.execute, agent))

    def scope(
        self,
        ns: str,
        viewer: str,
        *,
        seq: int | None = None,
        recorded: int | None = None,
        valid_at: int | None = None,
        without: tuple[str, ...] = (),
    ) -> Scope:
        """Pin a read to a sequence of the log."""
        if seq is not None and recorded is not None:
            raise Invalid("give a sequence or an instant, not both")
        head = self.head().seq
        if recorded is not None:
            found = self._all(
                "SELECT seq FROM change WHERE at <= ? ORDER BY seq DESC LIMIT 1", (recorded,)
            )
            seq = found[0][0] if found else 0
        if seq is not None and not 0 <= seq <= head:
            raise NotFound(f"there is no sequence {seq} yet: the log ends at {head}")
        return Scope(
            ns,
            viewer,
            head if seq is None else seq,
            self.rights(ns, viewer).acls,
            valid_at,
            tuple(sorted(without)),
        )

    def commit(self, *changes: ChangeSet) -> tuple[Committed, ...]:
        """Commit changes in one transaction under the head lock."""
        with self._database.writing() as connection:
            return self.writer(connection).commit(changes)

    def writer(self, connection: object) -> Writer:
        """The writer of one transaction; tests put a faulty one here."""
        return Writer(connection, self._secret)  # type: ignore[arg-type]

    def put_derived(
        self, ns: str, producer: str, data: Iterable[Derived], *, watermark: int = 0
    ) -> None:
        """Keep derived data of records that still have content, and move the watermark forward."""
        with self._database.writing() as connection:
            connection.executemany(
                "INSERT INTO derived SELECT ?1, ?2, ?3, ?4 WHERE EXISTS "
                "(SELECT 1 FROM version WHERE id = ?1 AND ns = ?3 AND salt IS NOT NULL) "
                "ON CONFLICT (producer, record) DO UPDATE SET data = excluded.data",
                [(row.record, row.producer, ns, row.data) for row in data],
            )
            connection.execute(
                "INSERT INTO watermark VALUES (?, ?, ?) ON CONFLICT (ns, producer) "
                "DO UPDATE SET seq = max(seq, excluded.seq)",
                (ns, producer, watermark),
            )

    def drop_derived(self, ns: str, producer: str, records: Iterable[str]) -> None:
        """Forget what a producer derived from these records, and how far it had come."""
        with self._database.writing() as connection:
            connection.executemany(
                "DELETE FROM derived WHERE producer = ? AND record = ? AND ns = ?",
                [(producer, record, ns) for record in records],
            )
            connection.execute(
                "DELETE FROM watermark WHERE ns = ? AND producer = ?", (ns, producer)
            )

    def derived(self, ns: str, producer: str, records: Sequence[str]) -> dict[str, bytes]:
        """What a producer derived from these records."""
        found = self._all(
            "SELECT record, data FROM derived WHERE producer = ? AND ns = ? "
            "AND record IN (SELECT value FROM json_each(?))",
            (producer, ns, rows.as_list(records)),
        )
        return {row[0]: bytes(row[1]) for row in found}

    def watermark(self, ns: str, producer: str) -> int:
        """Up to which sequence a producer is complete."""
        found = self._all("SELECT seq FROM watermark WHERE ns = ? AND producer = ?", (ns, producer))
        return int(found[0][0]) if found else 0

    def leaves(self) -> Iterator[Committed]:
        """Every change in order."""
        return self.audit.leaves()

    def rows(self) -> Iterator[Record]:
        """Every interval of every record, masked by nobody."""
        return self.audit.rows()

    def faults(self) -> Iterator[str]:
        """What only this engine can see to be wrong."""
        return self.audit.faults()
