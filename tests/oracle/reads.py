"""The oracle's reads: every answer worked out from the whole list, at any pin."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from memcubes.graph.kind import EdgeKind, NodeKind
from memcubes.graph.record import Edge, Record, Version
from memcubes.graph.scope import Along, Direction, Scope, Where

from .intervals import Entry, Row, Shape, View, shape


def removed(record: Record, without: tuple[str, ...]) -> bool:
    """Whether a record is of an origin, or is about a node, that is tried to be gone."""
    about = (record.node,) if isinstance(record, Version) else ()
    return not set(without).isdisjoint((record.origin, *about))


def _under(version: Version, prefixes: Sequence[str]) -> bool:
    return version.kind is NodeKind.SOURCE and str(version.get("uri", "")).startswith((*prefixes,))


def _says(held: object, wanted: object) -> bool:
    """Whether a field of a header holds a value, or one of several."""
    return held in wanted if isinstance(wanted, tuple) else held == wanted


class Reads:
    """A plain list of intervals and what it says; `agent` gives the node id of a principal."""

    def __init__(self, agent: Callable[[str, str], str]) -> None:
        self.agent = agent
        self.rows: list[Row] = []
        self.log: list[Entry] = []
        self.lost: set[str] = set()
        self.derived: dict[tuple[str, str], tuple[str, bytes]] = {}

    def namespaces(self) -> set[str]:
        """The namespaces that exist."""
        return {r.record.ns for r in self.rows if r.record.kind is NodeKind.NAMESPACE}

    def access(self, ns: str, principal: str) -> str:
        """What a principal may do now."""
        return View(self.rows).access(ns, self.agent(ns, principal))

    def hollow(self, record: Record) -> bool:
        """Whether a record has lost its payload to an erasure."""
        held = record.payload if isinstance(record, Version) else None
        return held is not None and held.digest in self.lost

    def shown(self, row: Row) -> Shape:
        """An interval as a store must give it."""
        record = replace(row.record, from_seq=row.start, to_seq=row.end, shredded=row.shredded)
        if row.shredded:
            record = replace(record, content=None, salt=None)
        if isinstance(record, Version) and record.payload is not None and self.hollow(record):
            record = replace(record, payload=replace(record.payload, content=None, salt=None))
        return shape(record)

    def _readable(self, scope: Scope) -> list[Row]:
        view, agent = View(self.rows), self.agent(scope.ns, scope.viewer)
        return [
            r
            for r in self.rows
            if r.record.ns == scope.ns
            and not removed(r.record, scope.without)
            and view.record(r.record, agent)
        ]

    def _visible(self, scope: Scope) -> list[Row]:
        return [
            r
            for r in self._readable(scope)
            if r.start <= scope.seq < r.end
            and (scope.valid_at is None or r.record.validity.covers(scope.valid_at))
        ]

    def in_force(self, scope: Scope) -> tuple[list[tuple[Row, Version]], list[tuple[Row, Edge]]]:
        """The versions that a scope shows, and the edges that do not lack an end there."""
        seen = self._visible(scope)
        versions = [(r, r.record) for r in seen if isinstance(r.record, Version)]
        alive = {v.node for _, v in versions}
        edges = [(r, r.record) for r in seen if isinstance(r.record, Edge)]
        return versions, [(r, e) for r, e in edges if e.src in alive and e.dst in alive]

    def get(self, scope: Scope, nodes: Sequence[str]) -> list[Shape]:
        """See `GraphStore.get`."""
        versions, _ = self.in_force(scope)
        found = sorted(versions, key=lambda it: (it[0].start, it[1].id))
        return [self.shown(r) for node in nodes for r, v in found if v.node == node]

    def find(self, scope: Scope, where: Where) -> list[Shape]:
        """See `GraphStore.find`, all pages together."""
        versions, edges = self.in_force(scope)
        tags = {(e.src, e.dst) for _, e in edges if e.kind is EdgeKind.TAGGED}
        found = [
            (v.id, self.shown(r))
            for r, v in versions
            if (not where.kinds or v.kind in where.kinds)
            and (where.nodes is None or v.node in where.nodes)
            and (where.origins is None or v.origin in where.origins)
            and (where.payloads is None or (v.payload and v.payload.digest in where.payloads))
            and v.node.startswith(where.starts)
            and (where.under is None or _under(v, where.under))
            and all((v.node, tag) in tags for tag in where.tags)
            and all(not r.shredded and _says(v.get(k), value) for k, value in where.header.items())
        ]
        return [item for _, item in sorted(found, key=lambda it: it[0])]

    def history(self, scope: Scope, node: str) -> list[Shape]:
        """See `GraphStore.history`."""
        found = [
            r
            for r in self._readable(scope)
            if isinstance(r.record, Version) and r.record.node == node and r.start <= scope.seq
        ]
        return [self.shown(r) for r in sorted(found, key=lambda r: (r.start, r.record.id))]

    def edges(self, scope: Scope, along: Along) -> list[Shape]:
        """See `GraphStore.edges`, all pages together."""
        found = [
            (e.id, self.shown(r))
            for r, e in self.in_force(scope)[1]
            if (not along.kinds or e.kind in along.kinds)
            and (along.src is None or e.src in along.src)
            and (along.dst is None or e.dst in along.dst)
            and (along.origins is None or e.origin in along.origins)
            and (along.touching is None or {e.src, e.dst} & set(along.touching))
        ]
        return [item for _, item in sorted(found, key=lambda it: it[0])]

    def lineage(
        self, scope: Scope, nodes: Sequence[str], direction: Direction, depth: int, past: bool
    ) -> list[tuple[int, Shape]]:
        """See `GraphStore.lineage`."""
        edges = self.in_force(scope)[1]
        if past:
            began = sorted(
                (r for r in self._readable(scope) if r.start <= scope.seq), key=lambda r: r.start
            )
            newest = {r.record.id: r for r in began}
            edges = [(r, r.record) for r in newest.values() if isinstance(r.record, Edge)]
        edges = [(r, e) for r, e in edges if e.kind is EdgeKind.DERIVED_FROM]
        found: list[tuple[int, Shape]] = []
        seen, frontier = set(nodes), set(nodes)
        for level in range(1, depth + 1):
            up = direction is Direction.UP
            step = [(r, e) for r, e in edges if (e.src if up else e.dst) in frontier]
            found += [
                (level, self.shown(r))
                for r, _ in sorted(step, key=lambda it: (-it[0].start, it[1].id))
            ]
            frontier = {e.dst if up else e.src for _, e in step} - seen
            seen |= frontier
        return found

    def intervals(self, scope: Scope, records: Sequence[str]) -> list[Shape]:
        """See `GraphStore.intervals`."""
        found = [
            row
            for row in self._readable(scope)
            if row.record.id in records and row.start <= scope.seq
        ]
        return [self.shown(r) for r in sorted(found, key=lambda r: (r.start, r.record.id))]

    def changes(self, scope: Scope, after: int) -> list[tuple[int, str, str, dict[str, int]]]:
        """See `GraphStore.changes`, oldest first."""
        return [
            (e.seq, e.id, e.verb, e.counts)
            for e in self.log
            if e.ns == scope.ns and after < e.seq <= scope.seq
        ]

    def effects(self, scope: Scope, seq: int) -> tuple[list[Shape], list[Shape]]:
        """See `GraphStore.effects`; in the order of versions, then edges, by id."""
        if seq > scope.seq:
            return [], []
        rows = sorted(
            self._readable(scope), key=lambda r: (isinstance(r.record, Edge), r.record.id)
        )
        return (
            [self.shown(r) for r in rows if r.start == seq],
            [self.shown(r) for r in rows if r.end == seq],
        )

    def feed(self, ns: str, after: int, upto: int) -> set[Shape]:
        """See `GraphStore.feed`, in no order."""
        return {
            self.shown(r)
            for r in self.rows
            if r.record.ns == ns and (after < r.start <= upto or (r.start <= after < r.end <= upto))
        }

    def may_read(self, record: Record, principal: str) -> bool:
        """Whether a principal is in the reader set of a record."""
        return View(self.rows).record(record, self.agent(record.ns, principal))
