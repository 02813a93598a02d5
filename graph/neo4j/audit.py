"""What `verify` reads of a Neo4j store: every node and relationship as it lies, whatever it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..change import Committed
from ..record import Record
from . import rows
from .census import Census
from .connection import Connection

PAGE = 500


class Audit:
    """Everything in the database, read without a viewer; only `verify`, `dump` and repairs use it."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection
        self._census = Census()

    def leaves(self) -> Iterator[Committed]:
        """Every change in order."""
        last = -(2**62)
        while True:
            page = self._db.read("log", after=last, first=PAGE)
            for row in page:
                yield _committed(row["change"])
            if len(page) < PAGE:
                return
            last = page[-1]["change"]["seq"]

    def rows(self) -> Iterator[Record]:
        """Every interval of every version, then of every edge; `faults` names what cannot be read."""
        self._census = census = Census()
        for row in self._db.stream("all_nodes"):
            record = census.node(frozenset(row["labels"]), row["properties"], row["of"])
            if record is not None:
                yield record
        for row in self._db.stream("all_relationships"):
            edge = census.relationship(
                row["type"], row["properties"], row["src"], row["dst"], row["reader_set"]
            )
            if edge is not None:
                yield edge

    def faults(self) -> Iterator[str]:
        """What lies wrong between nodes and relationships, named one by one."""
        for _ in self.rows():
            pass
        yield from self._census.faults()


def _committed(said: Mapping[str, Any]) -> Committed:
    """Read a change that may hold anything: what is of a wrong type differs from its leaf."""
    words = {name: str(said.get(name)) for name in ("id", "ns", "verb", "actor", "behalf")}
    at, leaf = said.get("at"), said.get("leaf")
    read = {
        "seq": said["seq"],
        "at": at if isinstance(at, int) else 0,
        "leaf": leaf if isinstance(leaf, bytes) else b"",
        "enacts": said.get("enacts"),
    }
    return rows.logged({**words, **read}, None)
