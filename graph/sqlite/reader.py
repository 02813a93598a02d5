"""The reads of the embedded store, each one statement over the part that the scope shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from operator import itemgetter
from typing import Any

from ..change import Committed
from ..errors import Invalid
from ..instant import OPEN
from ..kind import EdgeKind, NodeKind
from ..record import Edge, Record, Version
from ..scope import Along, Direction, Page, Scope, Where
from ..store import Link, Made
from . import rows
from .condition import both_live, header_says, listed, looked_up, meeting, readable, under, visible
from .database import Database

CHUNK = 5_000
_TABLES = {"v": (rows.VERSION, rows.VERSION_FROM), "e": (rows.EDGE, rows.EDGE_FROM)}
_KEYED = ", ".join(f"'{kind}'" for kind in NodeKind if kind.keyed)


class Reader:
    """Reads of one database; every method takes the scope that bounds it."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def _all(self, sql: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
        with self._db.reading() as connection:
            return connection.execute(sql, tuple(params)).fetchall()

    def get(self, scope: Scope, nodes: Sequence[str]) -> tuple[Version, ...]:
        """The versions in force of these nodes, in the order asked, oldest origin first."""
        inside, params = visible("v", scope)
        # the first that ends after a sequence is the only one in force then, but where each origin has a line
        last = (
            f"CASE WHEN n.kind IN ({_KEYED}) THEN {OPEN} ELSE "
            "(SELECT min(l.to_seq) FROM version l WHERE l.node = n.ord AND l.to_seq > ?) END"
        )
        found = self._all(
            f"SELECT {rows.VERSION} FROM json_each(?) w JOIN node n ON n.id = w.value "
            f"JOIN version v ON v.node = n.ord AND v.to_seq <= {last} JOIN node o ON o.ord = v.origin "
            f"LEFT JOIN payload p ON p.digest = v.payload WHERE {inside} ORDER BY w.key, v.from_seq, v.id",
            (rows.as_list(nodes), scope.seq, *params),
        )
        return tuple(rows.version(row) for row in found)

    def find(
        self, scope: Scope, where: Where, *, first: int = 100, after: str | None = None
    ) -> Page[Version]:
        """Versions in force that meet the filter, by record id."""
        _positive(first)
        inside, params = visible("v", scope)
        parts = [inside]
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
        if where.under is not None:
            test, more = under(scope.ns, where.under)
            parts.append(test)
            params += more
        found_by = where.looked_up
        for name, value in where.header.items():
            if name == found_by:
                test, more = looked_up(name, scope.ns, value)
            else:
                test, more = header_says(name, value)
            parts.append(test)
            params += more
        for tag in where.tags:
            (seen, extra), (living, more) = visible("t", scope), visible("l", scope)
            parts.append(
                "v.node IN (SELECT t.src FROM edge t WHERE t.dst = (SELECT ord FROM node WHERE id = ?) "
                f"AND t.kind = 'TAGGED' AND {seen} "
                f"AND EXISTS (SELECT 1 FROM version l WHERE l.node = t.dst AND {living}))"
            )
            params += [tag, *extra, *more]
        few = where.starts or where.tags or _any(where.nodes, where.origins, where.payloads)
        few = few or found_by is not None or where.under is not None
        found, more_of_them = self._page(
            "v", parts, params, where.kinds or tuple(NodeKind), scope.ns, bool(few), first, after
        )
        items = tuple(map(rows.version, found))
        return Page(items, items[-1].id if more_of_them else None)

    def history(self, scope: Scope, node: str) -> tuple[Version, ...]:
        """Every interval of every version of a node that began by the scope's sequence."""
        inside, params = readable("v", scope)
        found = self._all(
            f"SELECT {rows.VERSION} FROM {rows.VERSION_FROM} WHERE n.id = ? AND {inside} "
            "AND v.from_seq <= ? ORDER BY v.from_seq, v.id",
            (node, *params, scope.seq),
        )
        return tuple(rows.version(row) for row in found)

    def intervals(self, scope: Scope, records: Sequence[str]) -> tuple[Record, ...]:
        """Every interval of these records that began by the scope's sequence, oldest first."""
        found: list[Record] = []
        for alias, read in (("v", rows.version), ("e", rows.edge)):
            columns, source = _TABLES[alias]
            inside, params = readable(alias, scope)
            found += map(
                read,
                self._all(
                    f"SELECT {columns} FROM {source} WHERE {alias}.id IN (SELECT value FROM json_each(?)) "
                    f"AND {inside} AND {alias}.from_seq <= ?",
                    (rows.as_list(records), *params, scope.seq),
                ),
            )
        return tuple(sorted(found, key=lambda record: (record.from_seq, record.id)))

    def edges(
        self, scope: Scope, along: Along, *, first: int = 1000, after: str | None = None
    ) -> Page[Edge]:
        """Edges in force that meet the filter, by record id."""
        _positive(first)
        parts, params = meeting(scope, along)
        few = _any(along.src, along.dst, along.touching, along.origins)
        found, more = self._page(
            "e", parts, params, along.kinds or tuple(EdgeKind), scope.ns, few, first, after
        )
        items = tuple(map(rows.edge, found))
        return Page(items, items[-1].id if more else None)

    def ends(self, scope: Scope, along: Along) -> frozenset[tuple[str, str]]:
        """The pairs of nodes that edges in force join, without reading anything else of those."""
        parts, params = meeting(scope, along)
        parts.append(f"e.kind IN ({listed(along.kinds)})")
        if not _any(along.src, along.dst, along.touching, along.origins):
            parts.append("e.ns = ?")
            params.append(scope.ns)
        found = self._all(
            "SELECT s.id, d.id FROM edge e JOIN node s ON s.ord = e.src JOIN node d ON d.ord = e.dst "
            f"WHERE {' AND '.join(parts)}",
            params,
        )
        return frozenset(found)

    def _page(
        self,
        alias: str,
        tests: list[str],
        params: list[Any],
        kinds: Sequence[str],
        ns: str,
        few: bool,
        first: int,
        after: str | None,
    ) -> tuple[list[tuple[Any, ...]], bool]:
        """Rows by record id, and whether more follow.

        Where the tests leave `few`, they are found by those and sorted; otherwise each kind is read along
        its own index, which is in order, for no longer than a page.
        """
        columns, source = _TABLES[alias]
        if after is not None:
            tests, params = [*tests, f"{alias}.id > ?"], [*params, after]
        each = [tuple(kinds)] if few else [(kind,) for kind in kinds]
        found: list[tuple[Any, ...]] = []
        for some in each:
            where = [*tests, f"{alias}.kind IN ({', '.join('?' * len(some))})"]
            more = [*params, *map(str, some)]
            if not few:
                where, more = [*where, f"{alias}.ns = ?"], [*more, ns]
            found += self._all(
                f"SELECT {columns} FROM {source} WHERE {' AND '.join(where)} ORDER BY {alias}.id LIMIT ?",
                (*more, first + 1),
            )
        found.sort(key=itemgetter(0))
        return found[:first], len(found) > first

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
            inside, params = readable("e", scope)
            inside += (
                " AND e.from_seq = (SELECT max(x.from_seq) FROM edge x "
                "WHERE x.id = e.id AND x.from_seq <= ?)"
            )
            params.append(scope.seq)
        else:
            (inside, params), (living, extra) = visible("e", scope), both_live(scope)
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

    def uses(self, scope: Scope, nodes: Sequence[str], direction: Direction) -> tuple[Made, ...]:
        """All steps of making in one statement, grouped there: there may be very many.

        Whole edges are not read, and neither is anything once for each of those that were made of the same.
        """
        (mine, params), (seen, extra) = readable("x", scope), visible("l", scope)
        params.append(scope.seq)
        used = (
            f"x.kind = 'DERIVED_FROM' AND {mine} AND x.from_seq <= ? "
            "AND json_extract(x.content, '$.role') = 'use'"
        )
        down = ""
        if direction is Direction.DOWN:
            down = f"UNION SELECT x.src FROM begun JOIN edge x ON x.dst = begun.ord WHERE {used}"
        step = "x.src, x.dst, coalesce(json_extract(x.content, '$.payload'), '')"
        living = f"EXISTS (SELECT 1 FROM version l WHERE l.{{}} AND {seen})"
        found = self._all(
            "WITH RECURSIVE begun (ord) AS MATERIALIZED (SELECT ord FROM node WHERE id IN "
            f"(SELECT value FROM json_each(?)) {down}), "
            # CROSS JOIN keeps the order of a join; the rest of the walk is over few
            f"near (src, dst, payload) AS MATERIALIZED (SELECT {step} FROM begun CROSS JOIN edge x "
            f"ON x.src = begun.ord WHERE {used}), "
            "up (ord) AS (SELECT DISTINCT dst FROM near "
            f"UNION SELECT x.dst FROM up JOIN edge x ON x.src = up.ord WHERE {used}), "
            "step (src, dst, payload) AS MATERIALIZED (SELECT src, dst, payload FROM near "
            f"UNION ALL SELECT {step} FROM up CROSS JOIN edge x ON x.src = up.ord WHERE {used} "
            "AND x.src NOT IN (SELECT ord FROM begun)), "
            "held (ord, pins) AS (SELECT src, json_group_array(dst || ' ' || payload) FROM step GROUP BY src), "
            f"made (id, kind, alive, pins) AS MATERIALIZED (SELECT a.id, a.kind, {living.format('node = a.ord')}, "
            "held.pins FROM held JOIN node a ON a.ord = held.ord) "
            "SELECT 'made', kind, alive, json_group_array(id), pins FROM made GROUP BY pins, kind, alive "
            f"UNION ALL SELECT s.id, p.payload, {living.format('payload = p.payload')} "
            "AND EXISTS (SELECT 1 FROM payload b WHERE b.digest = p.payload AND b.salt IS NOT NULL), "
            "p.dst || ' ' || p.payload, NULL "
            "FROM (SELECT DISTINCT dst, payload FROM step) p JOIN node s ON s.ord = p.dst",
            (rows.as_list(nodes), *params * (4 if down else 3), *extra * 2),
        )
        return rows.made(found)

    def changes(
        self,
        scope: Scope,
        *,
        after: int = 0,
        first: int = 100,
        newest: bool = False,
        verbs: Sequence[str] = (),
    ) -> tuple[Committed, ...]:
        """Changes of the namespace after one sequence and up to the scope's."""
        _positive(first)
        said = f"AND c.verb IN ({', '.join('?' * len(verbs))}) " if verbs else ""
        found = self._all(
            f"SELECT {rows.CHANGE} FROM change c WHERE c.ns = ? AND c.seq > ? AND c.seq <= ? "
            f"{said}ORDER BY c.seq {'DESC' if newest else 'ASC'} LIMIT ?",
            (scope.ns, after, scope.seq, *map(str, verbs), first),
        )
        return tuple(rows.change(row) for row in found)

    def effects(self, scope: Scope, seq: int) -> tuple[tuple[Record, ...], tuple[Record, ...]]:
        """What one change opened, and what it closed."""
        sides: list[tuple[Record, ...]] = []
        if seq > scope.seq:
            return (), ()
        # the bound lets SQLite use the index of what has ended
        for at in ("{a}.from_seq = ?", f"{{a}}.to_seq = ? AND {{a}}.to_seq < {OPEN}"):
            side: list[Record] = []
            inside, params = readable("v", scope)
            side += map(
                rows.version,
                self._all(
                    f"SELECT {rows.VERSION} FROM {rows.VERSION_FROM} WHERE {at.format(a='v')} "
                    f"AND {inside} ORDER BY v.id",
                    (seq, *params),
                ),
            )
            inside, params = readable("e", scope)
            side += map(
                rows.edge,
                self._all(
                    f"SELECT {rows.EDGE} FROM {rows.EDGE_FROM} WHERE {at.format(a='e')} "
                    f"AND {inside} ORDER BY e.id",
                    (seq, *params),
                ),
            )
            sides.append(tuple(side))
        return sides[0], sides[1]

    def feed(self, ns: str, after: int, upto: int) -> Iterator[Record]:
        """Every interval that began or ended after one sequence and up to another, in chunks."""
        ended = f"{{a}}.to_seq < {OPEN} AND {{a}}.from_seq <= ?"  # the bound is that of the index
        for alias, read in (("v", rows.version), ("e", rows.edge)):
            columns, source = _TABLES[alias]
            for edge, test, params in (("from_seq", "", ()), ("to_seq", ended, (after,))):
                at, row = f"{alias}.{edge}", f"{alias}.rowid"
                also = f"AND {test.format(a=alias)}" if test else ""
                place = (after, 2**62)  # behind every row of that sequence
                while True:
                    chunk = self._all(
                        f"SELECT {columns}, {at}, {row} FROM {source} WHERE +{alias}.ns = ? "
                        f"AND {at} >= ? AND {at} <= ? AND ({at}, {row}) > (?, ?) {also} "
                        f"ORDER BY {at}, {row} LIMIT ?",
                        (ns, place[0], upto, *place, *params, CHUNK),
                    )
                    for found in chunk:
                        yield read(found[:-2])
                    if len(chunk) < CHUNK:
                        break
                    place = chunk[-1][-2:]


def _any(*filters: Sequence[str] | None) -> bool:
    return any(one is not None for one in filters)


def _positive(first: int) -> None:
    if first < 1:
        raise Invalid(f"a page holds at least one item, not {first}")
