"""Neo4jStore: the graph in a Neo4j database, for many people and machines at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from ..change import ChangeSet, Committed
from ..digest import keyed, keyed_id
from ..errors import Conflict, Corrupt, Invalid, NotFound
from ..kind import NodeKind
from ..merkle import CompactRange
from ..record import Record
from ..scope import Rights, Scope
from ..store import Derived, Head, Name
from .address import Address
from .audit import Audit
from .connection import MOST_ROWS, Connection, Transaction
from .pushdown import Searches, put_vectors
from .readers import strongest
from .schema import prepare
from .writer import Writer


class Neo4jStore(Searches):
    """The graph in one database of a Neo4j server, 5.26 or newer, Community or Enterprise.

    `url` is `neo4j://[user@]host[:port][/database]` (or `bolt://`, or with `+s` for TLS); the password
    comes from `MEMCUBES_DB_PASSWORD`. Raises `Invalid`, `NotFound`, `NotAStore`, `SchemaNewer`,
    `SchemaChanged`, and what `Connection` raises.
    """

    def __init__(self, url: str | Address, *, create: bool = False) -> None:
        self.address = url if isinstance(url, Address) else Address.parse(url)
        self.connection = Connection(self.address)
        super().__init__(self.connection)
        try:
            self._secret = prepare(self.connection, create=create)
        except BaseException:
            self.connection.close()
            raise
        self.audit = Audit(self.connection)

    @property
    def url(self) -> str:
        """Where the store is, without the password."""
        return self.address.url

    def close(self) -> None:
        """Close the connections; a second time does nothing."""
        self.connection.close()

    def name(self, ns: str, kind: NodeKind, *value: str) -> Name:
        """Name a value under the store's secret."""
        key = keyed(self._secret, ns, str(kind), *value)
        return Name(key, keyed_id(key))

    def head(self) -> Head:
        """Where the log stands."""
        found = self._db.read("head")
        if len(found) != 1:
            raise Corrupt(f"{self.url} has {len(found)} heads: a store has one")
        row = found[0]
        try:
            return Head(row["seq"], row["at"], CompactRange.unpack(row["seq"], bytes(row["roots"])))
        except (ValueError, TypeError) as error:
            raise Corrupt(f"the head does not hold the tree that it says: {error}") from None

    def namespaces(self) -> tuple[str, ...]:
        """The namespaces that exist."""
        return tuple(row["ns"] for row in self._db.read("namespaces"))

    def rights(self, ns: str, principal: str) -> Rights:
        """What a principal may do now."""
        agent = self.name(ns, NodeKind.AGENT, principal).id
        row = self._db.read("rights", ns=ns, agent=agent)[0]
        return Rights(strongest(row["grants"]), (0, *row["acls"]))

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
        agent = self.name(ns, NodeKind.AGENT, viewer).id
        row = self._db.read("pin", agent=agent, recorded=recorded)[0]
        head = int(row["seq"])
        if recorded is not None:
            seq = int(row["was"])
        if seq is not None and not 0 <= seq <= head:
            raise NotFound(f"there is no sequence {seq} yet: the log ends at {head}")
        return Scope(
            ns,
            viewer,
            head if seq is None else seq,
            (0, *row["acls"]),
            valid_at,
            tuple(sorted(without)),
        )

    def commit(self, *changes: ChangeSet) -> tuple[Committed, ...]:
        """Commit changes in one managed transaction under the lock of the head."""
        from neo4j.exceptions import ConstraintError

        if not changes:
            return ()
        ours: set[int] = set()

        def work(tx: Transaction) -> tuple[Committed, ...]:
            """What is found written the second time may be what the first time wrote: no repetition."""
            done = self.writer(tx).commit(changes)
            ours.update(place for place, one in enumerate(done) if not one.repeated)
            return tuple(replace(one, repeated=place not in ours) for place, one in enumerate(done))

        try:
            return self.connection.write(work)
        except ConstraintError as error:
            raise Conflict(
                "a record of this change stands in force already: read it again"
            ) from error

    def writer(self, tx: Transaction) -> Writer:
        """The writer of one transaction; tests put a faulty one here."""
        return Writer(tx, self._secret)

    def put_derived(
        self, ns: str, producer: str, data: Iterable[Derived], *, watermark: int = 0
    ) -> None:
        """Keep derived data of records that still have content, and move the watermark forward."""
        kept = list(data)
        rows = [{"record": row.record, "producer": row.producer, "data": row.data} for row in kept]

        def work(tx: Transaction) -> None:
            if rows:
                tx.run("put_derived", ns=ns, rows=rows)
                put_vectors(tx, producer, kept)
            tx.run("put_watermark", ns=ns, producer=producer, seq=watermark)

        self.connection.write(work)

    def drop_derived(self, ns: str, producer: str, records: Iterable[str]) -> None:
        """Forget what a producer derived from these records, and how far it had come."""
        every = list(records)

        def work(tx: Transaction) -> None:
            for start in range(0, len(every), MOST_ROWS):
                part = every[start : start + MOST_ROWS]
                tx.run("drop_derived", ns=ns, producer=producer, records=part)
            tx.run("drop_watermark", ns=ns, producer=producer)
            tx.run("drop_producer", producer=producer)

        self.connection.write(work)

    def derived(self, ns: str, producer: str, records: Sequence[str]) -> dict[str, bytes]:
        """What a producer derived from these records."""
        found = self._db.read(
            "derived", ns=ns, producer=producer, records=list(dict.fromkeys(records))
        )
        return {row["record"]: bytes(row["data"]) for row in found}

    def watermark(self, ns: str, producer: str) -> int:
        """Up to which sequence a producer is complete."""
        found = self._db.read("watermark", ns=ns, producer=producer)
        return int(found[0]["seq"]) if found else 0

    def leaves(self) -> Iterator[Committed]:
        """Every change in order."""
        return self.audit.leaves()

    def rows(self) -> Iterator[Record]:
        """Every interval of every record, masked by nobody."""
        return self.audit.rows()

    def faults(self) -> Iterator[str]:
        """What only this engine can see to be wrong."""
        return self.audit.faults()
