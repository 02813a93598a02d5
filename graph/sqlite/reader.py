"""The reads of the embedded store, each one statement over the part that the scope shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ..change import Committed
from ..errors import Invalid
from ..kind import EdgeKind
from ..record import Edge, Record, Version
from ..scope import Along, Direction, Page, Scope, Where
from ..store import Link
from . import rows
from .database import Database

CHUNK = 5_000
_EDGES = frozenset({"e", "t"})
"""Aliases of the edge table; the others stand for versions."""


class Reader:
    """Reads of one database; every method takes the scope that bounds it."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def _all(self, sql: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
        with self._db.reading() as connection:
            return connection.execute(sql, tuple(params)).fetchall()

    def get(self, scope: Scope, nodes: Sequence[str]) -> tuple[Version, ...]:
        """The versions in force of these nodes, in the order asked, oldest origin first."""
        inside, params = _visible("v", scope)
        found = self._all(
            f"SELECT {rows.VERSION} FROM json_each(?) w JOIN node n ON n.id = w.value "
            "JOIN version v ON v.node = n.ord JOIN node o ON o.ord = v.origin "
            f"LEFT JOIN payload p ON p.digest = v.payload WHERE {inside} ORDER BY w.key, v.from_seq, v.id",
            (rows.as_list(nodes), *params),
        )
        return tuple(rows.version(row) for row in found)

    def find(
        self, scope: Scope, where: Where, *, first: int = 100, after: str | None = None
    ) -> Page[Version]:
        """Versions in force that meet the filter, by record id."""
        _positive(first)
        inside, params = _visible("v", scope)
        parts = [inside]
        if where.kinds:
            parts.append(f"v.kind IN ({', '.join('?' * len(where.kinds))})")
            params += [str(kind) for kind in where.kinds]
        for column, wanted in (("n.id", where.nodes), ("o.id", where.origins)):
            if wanted is not None:
                of = "v.node" if column == "n.id" else "v.origin"
                parts.append(
                    f"{of} IN (SELECT ord FROM node WHERE id IN (SELECT value FROM json_each(?)))"
                )
                params.append(rows.as_list(wanted))
        if where.payloads is not None:
            parts.append("v.payload IN (SELECT value FROM json_each(?))")
            params.append(rows.as_list(where.payloads))
        if where.starts:
            parts.append("n.id >= ? AND n.id < ?")
            params += [where.starts, where.starts + "~"]
        for name, value in where.header.items():
            parts.append("json_extract(v.content, ?) = ?")
            params += [f'$."{name}"', value]
        for tag in where.tags:
            (seen, extra), (living, more) = _visible("t", scope), _visible("l", scope)
            parts.append(
                f"EXISTS (SELECT 1 FROM edge t JOIN node d ON d.ord = t.dst WHERE t.src = v.node "
                f"AND t.kind = 'TAGGED' AND d.id = ? AND {seen} "
                f"AND EXISTS (SELECT 1 FROM version l WHERE l.node = t.dst AND {living}))"
            )
            params += [tag, *extra, *more]
        if after is not None:
            parts.append("v.id > ?")
            params.append(after)
        found = self._all(
            f"SELECT {rows.VERSION} FROM {rows.VERSION_FROM} WHERE {' AND '.join(parts)} "
            "ORDER BY v.id LIMIT ?",
            (*params, first + 1),
        )
        items = tuple(rows.version(row) for row in found[:first])
        return Page(items, items[-1].id if len(found) > first else None)

    def history(self, scope: Scope, node: str) -> tuple[Version, ...]:
        """Every interval of every version of a node that began by the scope's sequence."""
        inside, params = _readable("v", scope)
        found = self._all(
            f"SELECT {rows.VERSION} FROM {rows.VERSION_FROM} WHERE n.id = ? AND {inside} "
            "AND v.from_seq <= ? ORDER BY v.from_seq, v.id",
            (node, *params, scope.seq),
        )
        return tuple(rows.version(row) for row in found)

    def edges(
        self, scope: Scope, along: Along, *, first: int = 1000, after: str | None = None
    ) -> Page[Edge]:
        """Edges in force that meet the filter, by record id."""
        _positive(first)
        inside, params = _visible("e", scope)
        parts = [inside]
        if along.kinds:
            parts.append(f"e.kind IN ({', '.join('?' * len(along.kinds))})")
            params += [str(kind) for kind in along.kinds]
        ends = "(SELECT ord FROM node WHERE id IN (SELECT value FROM json_each(?)))"
        for column, wanted in (("src", along.src), ("dst", along.dst), ("origin", along.origins)):
            if wanted is not None:
                parts.append(f"e.{column} IN {ends}")
                params.append(rows.as_list(wanted))
        if along.touching is not None:
            parts.append(
                f"e.id IN (SELECT id FROM edge WHERE src IN {ends} UNION SELECT id FROM edge WHERE dst IN {ends})"
            )
            params += [rows.as_list(along.touching)] * 2
        living, extra = _both_live(scope)
        parts.append(living)
        params += extra
        if after is not None:
            parts.append("e.id > ?")
            params.append(after)
        found = self._all(
            f"SELECT {rows.EDGE} FROM {rows.EDGE_FROM} WHERE {' AND '.join(parts)} ORDER BY e.id LIMIT ?",
            (*params, first + 1),
        )
        items = tuple(rows.edge(row) for row in found[:first])
        return Page(items, items[-1].id if len(found) > first else None)

    def lineage(
        self,
        scope: Scope,
        nodes: Sequence[str],
        direction: Direction,
        *,
        depth: int = 8,
        past: bool = False,
        first: int = 10_000,
    ) -> tuple[Link, ...]:
        """Walk DERIVED_FROM a level at a time, each edge once, by its newest interval."""
        _positive(first)
        here, there = ("src", "dst") if direction is Direction.UP else ("dst", "src")
        if past:
            inside, params = _readable("e", scope)
            inside += (
                " AND e.from_seq = (SELECT max(x.from_seq) FROM edge x "
                "WHERE x.id = e.id AND x.from_seq <= ?)"
            )
            params.append(scope.seq)
        else:
            (inside, params), (living, extra) = _visible("e", scope), _both_live(scope)
            inside, params = f"{inside} AND {living}", params + extra
        found: list[Link] = []
        seen_nodes, frontier, seen_edges = set(nodes), list(nodes), set[str]()
        for level in range(1, depth + 1):
            if not frontier or len(found) >= first:
                break
            step = self._all(
                f"SELECT {rows.EDGE} FROM {rows.EDGE_FROM} WHERE e.{here} IN (SELECT ord FROM node "
                f"WHERE id IN (SELECT value FROM json_each(?))) AND e.kind = '{EdgeKind.DERIVED_FROM}' "
                f"AND {inside} ORDER BY e.from_seq DESC, e.id LIMIT ?",
                (rows.as_list(frontier), *params, first),
            )
            frontier = []
            for edge in map(rows.edge, step):
                if edge.id in seen_edges or len(found) >= first:
                    continue
                seen_edges.add(edge.id)
                found.append(Link(level, edge))
                end = getattr(edge, there)
                if end not in seen_nodes:
                    seen_nodes.add(end)
                    frontier.append(end)
        return tuple(found)

    def changes(
        self, scope: Scope, *, after: int = 0, first: int = 100, newest: bool = False
    ) -> tuple[Committed, ...]:
        """Changes of the namespace after one sequence and up to the scope's."""
        _positive(first)
        found = self._all(
            f"SELECT {rows.CHANGE} FROM change c WHERE c.ns = ? AND c.seq > ? AND c.seq <= ? "
            f"ORDER BY c.seq {'DESC' if newest else 'ASC'} LIMIT ?",
            (scope.ns, after, scope.seq, first),
        )
        return tuple(rows.change(row) for row in found)

    def effects(self, scope: Scope, seq: int) -> tuple[tuple[Record, ...], tuple[Record, ...]]:
        """What one change opened, and what it closed."""
        sides: list[tuple[Record, ...]] = []
        if seq > scope.seq:
            return (), ()
        for column in ("from_seq", "to_seq"):
            side: list[Record] = []
            inside, params = _readable("v", scope)
            side += map(
                rows.version,
                self._all(
                    f"SELECT {rows.VERSION} FROM {rows.VERSION_FROM} WHERE v.{column} = ? "
                    f"AND v.ns = ? AND {inside} ORDER BY v.id",
                    (seq, scope.ns, *params),
                ),
            )
            inside, params = _readable("e", scope)
            side += map(
                rows.edge,
                self._all(
                    f"SELECT {rows.EDGE} FROM {rows.EDGE_FROM} WHERE e.{column} = ? "
                    f"AND e.ns = ? AND {inside} ORDER BY e.id",
                    (seq, scope.ns, *params),
                ),
            )
            sides.append(tuple(side))
        return sides[0], sides[1]

    def feed(self, ns: str, after: int, upto: int) -> Iterator[Record]:
        """Every interval that began or ended after one sequence and up to another, in chunks."""
        began = "{a}.from_seq > ? AND {a}.from_seq <= ?"
        ended = "{a}.from_seq <= ? AND {a}.to_seq > ? AND {a}.to_seq <= ?"
        for alias, columns, source, read in (
            ("v", rows.VERSION, rows.VERSION_FROM, rows.version),
            ("e", rows.EDGE, rows.EDGE_FROM, rows.edge),
        ):
            for test, params in ((began, (after, upto)), (ended, (after, after, upto))):
                last = -1
                while True:
                    chunk = self._all(
                        f"SELECT {columns}, {alias}.rowid FROM {source} WHERE {alias}.ns = ? "
                        f"AND {test.format(a=alias)} AND {alias}.rowid > ? ORDER BY {alias}.rowid LIMIT ?",
                        (ns, *params, last, CHUNK),
                    )
                    for row in chunk:
                        yield read(row[:-1])
                    if len(chunk) < CHUNK:
                        break
                    last = chunk[-1][-1]


def _positive(first: int) -> None:
    if first < 1:
        raise Invalid(f"a page holds at least one item, not {first}")


def _readable(alias: str, scope: Scope) -> tuple[str, list[Any]]:
    """Access alone: the reader set, and the origins that are treated as never having been."""
    acls = ", ".join(str(int(acl)) for acl in scope.acls) or "NULL"
    sql, params = f"{alias}.ns = ? AND {alias}.acl IN ({acls})", [scope.ns]
    if scope.without:
        for column in ("origin",) if alias in _EDGES else ("origin", "node"):
            sql += (
                f" AND {alias}.{column} NOT IN "
                "(SELECT ord FROM node WHERE id IN (SELECT value FROM json_each(?)))"
            )
            params.append(rows.as_list(scope.without))
    return sql, params


def _visible(alias: str, scope: Scope) -> tuple[str, list[Any]]:
    """Access, system time and valid time: what makes a record in force for this scope."""
    sql, params = _readable(alias, scope)
    sql += f" AND {alias}.from_seq <= ? AND {alias}.to_seq > ?"
    params += [scope.seq, scope.seq]
    if scope.valid_at is not None:
        sql += f" AND {alias}.valid_from <= ? AND {alias}.valid_to > ?"
        params += [scope.valid_at, scope.valid_at]
    return sql, params


def _both_live(scope: Scope) -> tuple[str, list[Any]]:
    """Both ends of edge `e` have a version in force for this scope."""
    living, params = _visible("l", scope)
    one = "EXISTS (SELECT 1 FROM version l WHERE l.node = e.{} AND {})"
    return f"{one.format('src', living)} AND {one.format('dst', living)}", params * 2
