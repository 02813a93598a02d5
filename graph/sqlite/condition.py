"""Conditions: what a scope shows and a filter meets, as SQL with the values to bind."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from ..kind import EdgeKind
from ..scope import Along, Scope
from . import rows

EDGES = frozenset({"e", "t", "x"})
"""Aliases of the edge table; the others stand for versions."""


@lru_cache
def listed(kinds: tuple[EdgeKind, ...]) -> str:
    """Kinds of edges (all where none is given) as SQL, since each bound value costs a little at every read."""
    return ", ".join(f"'{kind}'" for kind in map(EdgeKind, kinds or EdgeKind))


def meeting(scope: Scope, along: Along) -> tuple[list[str], list[Any]]:
    """The tests that edges in force pass which meet a filter, without that of their kind."""
    inside, params = visible("e", scope)
    parts = [inside]
    ends = "(SELECT ord FROM node WHERE id IN (SELECT value FROM json_each(?)))"
    # of these the index alone tells which it is about: a node has very many of another kind or time
    near = (
        f"SELECT rowid FROM edge WHERE {{}} IN {ends} AND kind IN ({listed(along.kinds)}) "
        "AND from_seq <= ? AND to_seq > ?"
    )
    when = (scope.seq, scope.seq)
    for column, wanted in (("src", along.src), ("dst", along.dst)):
        if wanted is not None:
            parts.append(f"e.rowid IN ({near.format(column)})")
            params += (rows.as_list(wanted), *when)
    if along.origins is not None:
        parts.append(f"e.origin IN {ends}")
        params.append(rows.as_list(along.origins))
    if along.touching is not None:
        parts.append(f"e.rowid IN ({near.format('src')} UNION {near.format('dst')})")
        params += (rows.as_list(along.touching), *when) * 2
    living, extra = both_live(scope)
    return [*parts, living], [*params, *extra]


def readable(alias: str, scope: Scope) -> tuple[str, list[Any]]:
    """Access alone: the reader set, and the origins that are treated as never having been."""
    acls = ", ".join(str(int(acl)) for acl in scope.acls) or "NULL"
    # without statistics SQLite takes a namespace for a good thing to look up: + keeps it from that
    sql, params = f"+{alias}.ns = ? AND {alias}.acl IN ({acls})", [scope.ns]
    if scope.without:
        for column in ("origin",) if alias in EDGES else ("origin", "node"):
            sql += (
                f" AND {alias}.{column} NOT IN "
                "(SELECT ord FROM node WHERE id IN (SELECT value FROM json_each(?)))"
            )
            params.append(rows.as_list(scope.without))
    return sql, params


def visible(alias: str, scope: Scope) -> tuple[str, list[Any]]:
    """Access, system time and valid time: what makes a record in force for this scope."""
    sql, params = readable(alias, scope)
    sql += f" AND {alias}.from_seq <= ? AND {alias}.to_seq > ?"
    params += [scope.seq, scope.seq]
    if scope.valid_at is not None:
        sql += f" AND {alias}.valid_from <= ? AND {alias}.valid_to > ?"
        params += [scope.valid_at, scope.valid_at]
    return sql, params


def header_says(name: str, value: str | bool | tuple[str, ...]) -> tuple[str, list[Any]]:
    """A field of the header holds a value, or one of several."""
    if isinstance(value, tuple):
        some = "json_extract(v.content, ?) IN (SELECT value FROM json_each(?))"
        return some, [f'$."{name}"', rows.as_list(value)]
    return "json_extract(v.content, ?) = ?", [f'$."{name}"', value]


def looked_up(name: str, ns: str, value: str | bool | tuple[str, ...]) -> tuple[str, list[Any]]:
    """The same by the index of one of `LOOKED_UP`: in the words of the index, or SQLite does not see it."""
    held = f"json_extract(x.content, '$.\"{name}\"')"
    wanted = value if isinstance(value, tuple) else (value,)
    test = (
        f"v.rowid IN (SELECT x.rowid FROM json_each(?) w CROSS JOIN version x ON {held} = w.value "
        f"WHERE x.ns = ? AND x.kind = 'MemCube' AND {held} IS NOT NULL)"
    )
    return test, [rows.as_list([str(one) for one in wanted]), ns]


def under(ns: str, prefixes: Sequence[str]) -> tuple[str, list[Any]]:
    """Sources by how their uri begins, by its index and in its words."""
    held = "json_extract(x.content, '$.\"uri\"')"
    test = (
        f"v.rowid IN (SELECT x.rowid FROM json_each(?) w CROSS JOIN version x ON {held} >= w.value "
        f"AND {held} < w.value || char(1114111) "
        f"WHERE x.ns = ? AND x.kind = 'Source' AND {held} IS NOT NULL)"
    )
    return test, [rows.as_list(prefixes), ns]


def both_live(scope: Scope) -> tuple[str, list[Any]]:
    """Both ends of edge `e` have a version in force for this scope."""
    living, params = visible("l", scope)
    one = "EXISTS (SELECT 1 FROM version l WHERE l.node = e.{} AND {})"
    return f"{one.format('src', living)} AND {one.format('dst', living)}", params * 2
