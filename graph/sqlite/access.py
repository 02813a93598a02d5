"""Who may read what: grants in force now, interned as small integers on the rows.

A node is restricted while a GRANTS edge to it is open; its readers are then the agents at the other
end. The interned reader set (`acl`) is derived: neither versioned nor digested. 0 means everyone who
may read the namespace.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ..instant import OPEN
from ..scope import Access

Run = Callable[..., sqlite3.Cursor]


def access(run: Run, ns: str, agent: str) -> Access:
    """The strongest role that an agent holds on a namespace by the grants in force now."""
    found = run(
        "SELECT json_extract(e.content, '$.role') FROM edge e JOIN node s ON s.ord = e.src "
        f"JOIN node d ON d.ord = e.dst WHERE s.id = ? AND e.kind = 'GRANTS' AND e.to_seq = {OPEN} "
        "AND d.ns = ? AND d.kind = 'Namespace'",
        (agent, ns),
    ).fetchall()
    roles = [Access(row[0]) for row in found if row[0] in Access._value2member_map_]
    return max(roles, key=lambda role: role.rank, default=Access.NONE)


def acls_of(run: Run, agent: str) -> tuple[int, ...]:
    """The reader sets that an agent belongs to, the open one first."""
    found = run(
        "SELECT a.id FROM acl a WHERE a.id > 0 AND EXISTS "
        "(SELECT 1 FROM json_each(a.readers) WHERE value = ?) ORDER BY a.id",
        (agent,),
    ).fetchall()
    return (0, *(row[0] for row in found))


def intern(run: Run, readers: list[str]) -> int:
    """The number of a reader set, made on first use."""
    text = json.dumps(sorted(readers))
    run("INSERT INTO acl (readers) VALUES (?) ON CONFLICT (readers) DO NOTHING", (text,))
    return int(run("SELECT id FROM acl WHERE readers = ?", (text,)).fetchone()[0])


def joined(run: Run, one: int, other: int) -> int:
    """The reader set of a record that stands on two restricted nodes: those who may read both."""
    if one == other or other == 0:
        return one
    if one == 0:
        return other
    sets = [
        set(json.loads(run("SELECT readers FROM acl WHERE id = ?", (acl,)).fetchone()[0]))
        for acl in (one, other)
    ]
    return intern(run, sorted(sets[0] & sets[1]))


def row_acl(run: Run, known: Mapping[str, tuple[Any, ...]], node: str, origin: str) -> int:
    """The reader set of a new version, from what is known of its node and its origin."""
    return joined(run, known[node][4], known[origin][4])


def reader_faults(run: Run) -> Iterator[str]:
    """Reader sets on nodes and rows that do not follow from the grants in force."""
    sets: dict[int, frozenset[str] | None] = {
        number: None if number == 0 else frozenset(json.loads(text))
        for number, text in run("SELECT id, readers FROM acl").fetchall()
    }
    granted: dict[int, set[str]] = {}
    for node, agent in run(
        "SELECT e.dst, s.id FROM edge e JOIN node s ON s.ord = e.src JOIN node d ON d.ord = e.dst "
        f"WHERE e.kind = 'GRANTS' AND e.to_seq = {OPEN} AND d.kind <> 'Namespace'"
    ).fetchall():
        granted.setdefault(node, set()).add(agent)
    for ord_, name, acl in run("SELECT ord, id, acl FROM node").fetchall():
        expected = frozenset(granted[ord_]) if ord_ in granted else None
        if acl not in sets or sets[acl] != expected:
            yield f"the readers of node {name} do not follow from the grants in force"
    for table, one in (("version", "node"), ("edge", "origin")):
        for name, acl, mine, theirs in run(
            f"SELECT t.id, t.acl, n.acl, o.acl FROM {table} t JOIN node n ON n.ord = t.{one} "
            "JOIN node o ON o.ord = t.origin WHERE t.acl <> n.acl OR t.acl <> o.acl"
        ).fetchall():
            both = [found for found in (sets.get(mine), sets.get(theirs)) if found is not None]
            expected = frozenset.intersection(*both) if both else None
            if acl not in sets or sets[acl] != expected:
                yield f"the readers of {table} {name} do not follow from those of its nodes"


def refresh_acls(run: Run, nodes: set[int]) -> None:
    """Work out the readers of these nodes anew and pass them on to every row that stands on them."""
    for ord_ in sorted(nodes):
        if run("SELECT kind FROM node WHERE ord = ?", (ord_,)).fetchone()[0] == "Namespace":
            continue
        readers = [
            row[0]
            for row in run(
                "SELECT DISTINCT s.id FROM edge e JOIN node s ON s.ord = e.src "
                f"WHERE e.dst = ? AND e.kind = 'GRANTS' AND e.to_seq = {OPEN}",
                (ord_,),
            )
        ]
        acl = intern(run, readers) if readers else 0
        run("UPDATE node SET acl = ? WHERE ord = ?", (acl, ord_))
        for table, key in (("version", "v.node"), ("version", "v.origin"), ("edge", "v.origin")):
            other = "v.node" if table == "version" else "v.origin"
            pairs = run(
                f"SELECT DISTINCT n.acl, o.acl, v.rowid FROM {table} v JOIN node n ON n.ord = {other} "
                f"JOIN node o ON o.ord = v.origin WHERE {key} = ?",
                (ord_,),
            ).fetchall()
            for mine, theirs, row in pairs:
                run(f"UPDATE {table} SET acl = ? WHERE rowid = ?", (joined(run, mine, theirs), row))
