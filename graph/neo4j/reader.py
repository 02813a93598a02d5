"""The reads of a Neo4j store, each one statement over the part that the scope shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ..change import Committed
from ..digest import canonical
from ..errors import Invalid
from ..kind import EdgeKind, NodeKind, Role
from ..listing import EDGES
from ..record import Edge, Record, Version
from ..scope import Along, Direction, Page, Scope, Where
from ..store import Link, Made, Pin
from . import rows
from .connection import Connection, Row

WINDOW = 5_000
"""Records of the feed that are read at once, if a single change did not reach more."""
IN_JSON = {"mark": f'"role":"{Role.USE}"', "before": '"payload":"', "quote": '"'}
"""Where the canonical content of an edge says that it is a use, and of which payload."""


class Reader:
    """Reads of one database; every method takes the scope that bounds it."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def get(self, scope: Scope, nodes: Sequence[str]) -> tuple[Version, ...]:
        """The versions in force of these nodes, in the order asked, oldest origin first."""
        found = self._db.read("get", **pinned(scope), nodes=list(nodes)) if nodes else []
        return tuple(rows.version(row["version"]) for row in found)

    def find(
        self, scope: Scope, where: Where, *, first: int = 100, after: str | None = None
    ) -> Page[Version]:
        """Versions in force that meet the filter, by record id."""
        _positive(first)
        name, params = _filter(where)
        items: list[Version] = []
        cursor = after or ""
        while True:
            page = self._db.read(name, **pinned(scope), **params, after=cursor, first=first + 1)
            versions = [rows.version(row["version"]) for row in page]
            items += [v for v in versions if _has(v, where)]
            if len(items) > first or len(versions) <= first:
                break
            cursor = versions[-1].id
        return Page(tuple(items[:first]), items[first - 1].id if len(items) > first else None)

    def history(self, scope: Scope, node: str) -> tuple[Version, ...]:
        """Every interval of every version of a node that began by the scope's sequence."""
        found = self._db.read("history", **_readable(scope), seq=scope.seq, node=node)
        return tuple(rows.version(row["version"]) for row in found)

    def intervals(self, scope: Scope, records: Sequence[str]) -> tuple[Record, ...]:
        """Every interval of these records that began by the scope's sequence, oldest first."""
        asked = list(dict.fromkeys(records))
        found: dict[tuple[str, int], Record] = {}
        for row in self._db.read("intervals", **_readable(scope), seq=scope.seq, records=asked):
            record = rows.version(row["version"]) if row["version"] is not None else _edge(row)
            found[record.id, record.from_seq] = record
        return tuple(sorted(found.values(), key=lambda record: (record.from_seq, record.id)))

    def edges(
        self, scope: Scope, along: Along, *, first: int = 1000, after: str | None = None
    ) -> Page[Edge]:
        """Edges in force that meet the filter, by record id."""
        _positive(first)
        params: dict[str, Any] = {
            **pinned(scope),
            "kinds": [str(kind) for kind in along.kinds or EdgeKind],
            "src": _list(along.src),
            "dst": _list(along.dst),
            "origins": _list(along.origins),
        }
        if along.touching is not None:
            found = self._page(
                "edges_touching", first, after, params | {"touching": list(along.touching)}
            )
        elif along.src is not None:
            found = self._page("edges_from", first, after, params)
        elif along.dst is not None:
            found = self._page("edges_to", first, after, params)
        elif along.origins is not None:
            found = self._page("edges_of_origins", first, after, params)
        else:
            found = self._of_kinds(first, after, params)
        return Page(tuple(found[:first]), found[first - 1].id if len(found) > first else None)

    def ends(self, scope: Scope, along: Along) -> frozenset[tuple[str, str]]:
        """The pairs of nodes that edges in force join."""
        found: set[tuple[str, str]] = set()
        after: str | None = None
        while True:
            page = self.edges(scope, along, first=EDGES, after=after)
            found.update((edge.src, edge.dst) for edge in page.items)
            if page.after is None:
                return frozenset(found)
            after = page.after

    def _page(self, name: str, first: int, after: str | None, params: dict[str, Any]) -> list[Edge]:
        """One more edge than a page holds, where there is one; none twice."""
        found: list[Edge] = []
        cursor = after or ""
        while True:
            page = self._db.read(name, **params, after=cursor, first=first + 1)
            found = _once(found + [_edge(row) for row in page])
            if len(found) > first or len(page) <= first:
                return found
            cursor = found[-1].id

    def _of_kinds(self, first: int, after: str | None, params: dict[str, Any]) -> list[Edge]:
        found: list[Edge] = []
        cursor, many = after or "", first + 1
        while True:
            page = self._db.read("edges_of_kinds", **params, after=cursor, first=many)
            found = _once(found + [_edge(row) for row in page if row["visible"]])
            if len(found) > first or len(page) < many:
                return found
            # rows of one id may lie on both sides of the cut: begin before its last one
            ids = [row["id"] for row in page if row["id"] != page[-1]["id"]]
            cursor, many = (ids[-1], many) if ids else (cursor, many * 2)

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
        there = "dst" if direction is Direction.UP else "src"
        name = f"lineage_{direction}" + ("_past" if past else "")
        params = {**_readable(scope), "seq": scope.seq}
        if not past:
            params |= {"valid_at": scope.valid_at, "first": first * 2}
        found: list[Link] = []
        seen_nodes, frontier, seen_edges = set(nodes), list(dict.fromkeys(nodes)), set[str]()
        for level in range(1, depth + 1):
            if not frontier or len(found) >= first:
                break
            step = self._db.read(name, **params, nodes=frontier)
            frontier = []
            for edge in _newest(_edge(row, EdgeKind.DERIVED_FROM) for row in step)[:first]:
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
        """All steps of making in one statement, grouped there; of edges only what is asked comes out."""
        asked = list(dict.fromkeys(nodes))
        down = direction is Direction.DOWN
        return tuple(
            Made(
                tuple(row["artefacts"]),
                NodeKind(row["kind"]),
                bool(row["alive"]),
                tuple(Pin(source, used or "", held) for source, used, held in row["of"]),
            )
            for row in self._db.read("uses", **pinned(scope), **IN_JSON, nodes=asked, down=down)
        )

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
        name = "changes_newest" if newest else "changes"
        said = [str(verb) for verb in verbs]
        found = self._db.read(
            name, ns=scope.ns, after=after, upto=scope.seq, first=first, verbs=said
        )
        return tuple(rows.change(row["change"]) for row in found)

    def effects(self, scope: Scope, seq: int) -> tuple[tuple[Record, ...], tuple[Record, ...]]:
        """What one change opened, and what it closed."""
        if seq > scope.seq:
            return (), ()
        found = self._db.read("effects", **_readable(scope), at=seq)
        sides: dict[str, list[Record]] = {"opened": [], "closed": []}
        for part in ("version", "edge"):
            for row in found:
                if row[part] is not None:
                    record = rows.version(row[part]) if part == "version" else _edge(row)
                    sides[row["side"]].append(record)
        opened = {(r.id, r.from_seq): r for r in sides["opened"]}
        return tuple(opened.values()), tuple(sides["closed"])

    def feed(self, ns: str, after: int, upto: int) -> Iterator[Record]:
        """Every interval that began or ended after one sequence and up to another, in pieces."""
        windows = list(self._windows(ns, after, upto))
        for begin, end in windows:
            for row in self._db.read("feed_versions", ns=ns, after=begin, upto=end):
                # what ends in this window and began in an earlier one was given there
                if not after < row["version"]["from_seq"] <= begin:
                    yield rows.version(row["version"])
        for begin, end in windows:
            edges = self._db.read("feed_edges", ns=ns, after=begin, upto=end)
            seen: set[tuple[str, int]] = set()
            for edge in map(_edge, edges):
                interval = (edge.id, edge.from_seq)
                if interval not in seen and not after < edge.from_seq <= begin:
                    seen.add(interval)
                    yield edge

    def _windows(self, ns: str, after: int, upto: int) -> Iterator[tuple[int, int]]:
        begin, reached, last = after, 0, after
        for row in self._db.read("feed_windows", ns=ns, after=after, upto=upto):
            if reached and reached + row["reached"] > WINDOW:
                yield begin, last
                begin, reached = last, 0
            reached, last = reached + row["reached"], row["seq"]
        if last > begin:
            yield begin, last


def _edge(row: Row, kind: EdgeKind | None = None) -> Edge:
    return rows.edge(row["edge"], kind or row["kind"], row["src"], row["dst"])


def _once(edges: Iterable[Edge]) -> list[Edge]:
    """Each edge once: one that is closed while it is read may come from both places."""
    kept: dict[str, Edge] = {}
    for edge in edges:
        kept.setdefault(edge.id, edge)
    return list(kept.values())


def _newest(edges: Iterable[Edge]) -> list[Edge]:
    """Each edge by its newest interval, newest first."""
    kept: dict[str, Edge] = {}
    for edge in edges:
        if edge.id not in kept or kept[edge.id].from_seq < edge.from_seq:
            kept[edge.id] = edge
    return sorted(kept.values(), key=lambda edge: (-edge.from_seq, edge.id))


def _positive(first: int) -> None:
    if first < 1:
        raise Invalid(f"a page holds at least one item, not {first}")


def _readable(scope: Scope) -> dict[str, Any]:
    return {"ns": scope.ns, "acls": list(scope.acls), "without": list(scope.without)}


def _list(values: Sequence[str] | None) -> list[str] | None:
    return None if values is None else list(dict.fromkeys(values))


def pinned(scope: Scope) -> dict[str, Any]:
    """What every read of a scope is given."""
    return {
        "ns": scope.ns,
        "acls": list(scope.acls),
        "without": list(scope.without),
        "seq": scope.seq,
        "valid_at": scope.valid_at,
    }


def _filter(where: Where) -> tuple[str, dict[str, Any]]:
    """The statement that goes in by the part of a filter that names the fewest, and its parameters."""
    params: dict[str, Any] = {
        "kinds": [str(kind) for kind in where.kinds] or None,
        "nodes": _list(where.nodes),
        "origins": _list(where.origins),
        "payloads": _list(where.payloads),
        "starts": where.starts,
        "tags": list(where.tags),
        # canonical JSON has no spaces, so a field stands in it like this, if deeper ones may as well
        "content": [
            canonical({name: value})[1:-1].decode()
            for name, value in where.header.items()
            if not isinstance(value, tuple)
        ],
    }
    if where.under is not None:
        params["under"] = outermost(where.under)
        params["kinds"] = [k for k in params["kinds"] or [SOURCE] if k == SOURCE]
        return "find_of_uri", params
    if where.looked_up is not None:
        value = where.header[where.looked_up]
        params["records"] = _list(value if isinstance(value, tuple) else (str(value),))
        return f"find_of_{where.looked_up}", params
    for part, name in (
        ("nodes", "find_of_nodes"),
        ("payloads", "find_of_payloads"),
        ("origins", "find_of_origins"),
        ("tags", "find_of_tagged"),
        ("starts", "find_of_prefix"),
    ):
        if params[part] or (params[part] == [] and part != "tags"):
            return name, params
    params["kinds"] = params["kinds"] or [str(kind) for kind in NodeKind]
    return "find_of_kinds", params


SOURCE = str(NodeKind.SOURCE)


def outermost(prefixes: Sequence[str]) -> list[str]:
    """The prefixes that begin with no other of them.

    >>> outermost(["a/b/", "c", "a/"])
    ['a/', 'c']
    """
    kept: list[str] = []
    for one in sorted(set(prefixes)):
        if not kept or not one.startswith(kept[-1]):
            kept.append(one)
    return kept


def _has(version: Version, where: Where) -> bool:
    return all(
        version.get(name) in value if isinstance(value, tuple) else version.get(name) == value
        for name, value in where.header.items()
    )
