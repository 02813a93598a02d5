"""What the oracle keeps: intervals of records, entries of the log, and who may read what."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from memcubes.graph.change import Selector
from memcubes.graph.kind import EdgeKind, NodeKind
from memcubes.graph.record import Edge, Record, Version

OPEN = 2**53 - 1
ROLES = ("none", "reader", "writer", "owner")
Shape = tuple[Any, ...]


class Refusal(Exception):
    """The oracle says no; `name` is the class of error that a store must raise."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


@dataclass(slots=True)
class Row:
    """One interval of one record."""

    record: Record
    start: int
    end: int = OPEN
    shredded: int = 0


@dataclass(frozen=True, slots=True)
class Entry:
    """What the log keeps of one change."""

    seq: int
    id: str
    ns: str
    verb: str
    actor: str
    asker: str
    key: str | None
    request: str
    counts: dict[str, int]


def digest(salt: bytes, body: Any) -> str:
    """Digest content under its salt, by the standard library's own JSON."""
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(salt + text.encode()).hexdigest()


def sealed(record: Record) -> bool:
    """Whether a record matches its own digest."""
    valid = record.validity
    body: dict[str, Any] = {
        "authority": int(record.authority),
        "content": dict(record.content or {}),
        "valid": [valid.start, valid.end, valid.known],
    }
    if isinstance(record, Version):
        body["key"] = record.key
        body["payload"] = record.payload.digest if record.payload else None
    return record.salt is not None and digest(record.salt, body) == record.digest


def shape(record: Record) -> Shape:
    """Everything that two stores must agree on, less the number of the reader set."""
    valid = record.validity
    head: Shape = (record.id, record.from_seq, record.to_seq, record.ns, str(record.kind))
    content = None if record.content is None else json.dumps(dict(record.content), sort_keys=True)
    tail: Shape = (record.origin, int(record.authority), valid.start, valid.end, valid.known)
    tail += (content, record.salt, record.digest, record.shredded)
    if isinstance(record, Edge):
        return (*head, record.src, record.dst, *tail)
    held = record.payload
    return (*head, record.node, record.key, *tail) + (
        (held.form, held.content, held.salt, held.digest) if held else ()
    )


@dataclass(slots=True)
class View:
    """Who may read and write what by the grants in force at one moment, in one list of rows."""

    rows: list[Row]
    readers: dict[str, set[str]] = field(default_factory=dict)
    kinds: dict[str, NodeKind] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Read the grants off the rows."""
        for row in self.rows:
            if isinstance(row.record, Version):
                self.kinds[row.record.node] = row.record.kind
        for row in self.rows:
            if isinstance(row.record, Edge) and row.record.kind is EdgeKind.GRANTS:
                restricts = self.kinds[row.record.dst] is not NodeKind.NAMESPACE
                if row.end == OPEN and restricts:
                    self.readers.setdefault(row.record.dst, set()).add(row.record.src)

    def node(self, node: str, agent: str) -> bool:
        """Whether an agent may read a node."""
        return node not in self.readers or agent in self.readers[node]

    def record(self, record: Record, agent: str) -> bool:
        """Whether an agent may read a record."""
        stands = (record.origin, record.node) if isinstance(record, Version) else (record.origin,)
        return all(self.node(node, agent) for node in stands)

    def access(self, ns: str, agent: str) -> str:
        """The strongest role of an agent."""
        best = 0
        for row in self.rows:
            edge = row.record
            if isinstance(edge, Edge) and edge.kind is EdgeKind.GRANTS and row.end == OPEN:
                there = self.kinds[edge.dst] is NodeKind.NAMESPACE and edge.ns == ns
                role = "" if row.shredded else str(edge.get("role"))
                if there and edge.src == agent and role in ROLES:
                    best = max(best, ROLES.index(role))
        return ROLES[best]


def granted(records: Iterable[Record]) -> set[str]:
    """The nodes that grants among these records lead to."""
    return {r.dst for r in records if isinstance(r, Edge) and r.kind is EdgeKind.GRANTS}


def selected(by: Selector, row: Row) -> bool:
    """Whether a selector means an interval."""
    if by.origin is not None:
        return row.record.origin == by.origin
    if by.closed_by is not None:
        return row.end == by.closed_by
    return row.record.id in (by.ids or ())


def held_by(version: Version) -> str | None:
    """The hold that a version's header carries, if it is a cube's and a hold there is."""
    said = (version.content or {}).get("hold")
    return said if version.kind is NodeKind.MEMCUBE and said in ("frozen", "legal") else None


def hold(row: Row) -> str | None:
    """The hold that an interval carries; what was destroyed carries none."""
    v = row.record
    return held_by(v) if isinstance(v, Version) and not row.shredded else None


def without_hold(version: Version) -> tuple[Any, ...]:
    """All of a version that a change of its hold leaves alone."""
    header = version.content
    rest = None if header is None else {k: v for k, v in header.items() if k != "hold"}
    text = version.payload.digest if version.payload else None
    return rest, text, version.origin, version.authority, version.validity
