"""Every read seeks: SQLite keeps no statistics here, so its plans are the same at every size."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from memcubes.graph import Along, Direction, EdgeKind, NodeKind, Where
from memcubes.graph.scope import Scope
from memcubes.graph.sqlite import SqliteStore

CUBE, LINE = (NodeKind.MEMCUBE,), (EdgeKind.NEXT,)
Read = Callable[[SqliteStore, Scope], object]
READS: dict[str, tuple[Read, set[str]]] = {
    "get": (lambda s, at: s.get(at, ["n"]), {"version_node"}),
    "find a kind": (lambda s, at: s.find(at, Where(kinds=CUBE)), {"version_kind"}),
    "find anything": (lambda s, at: s.find(at, Where()), {"version_kind"}),
    "find nodes": (lambda s, at: s.find(at, Where(CUBE, nodes=("n",))), {"version_node"}),
    "find origins": (lambda s, at: s.find(at, Where(CUBE, origins=("n",))), {"version_origin"}),
    "find payloads": (lambda s, at: s.find(at, Where(CUBE, payloads=("p",))), {"version_payload"}),
    "find tags": (lambda s, at: s.find(at, Where(CUBE, tags=("t",))), {"edge_dst", "version_node"}),
    "find starts": (lambda s, at: s.find(at, Where(CUBE, starts="a")), {"version_node"}),
    "find records": (
        lambda s, at: s.find(at, Where(CUBE, header={"record_kind": "pets", "state": "odd"})),
        {"version_record_kind"},
    ),
    "find keys": (
        lambda s, at: s.find(at, Where(CUBE, header={"record_key": ("a", "b"), "record_kind": "pets"})),
        {"version_record_key"},
    ),
    "find under": (
        lambda s, at: s.find(at, Where((NodeKind.SOURCE,), under=("/a/", "/b/"))),
        {"version_source_uri"},
    ),
    "history": (lambda s, at: s.history(at, "n"), {"version_node"}),
    "edges of a kind": (lambda s, at: s.edges(at, Along(LINE)), {"edge_kind", "version_node"}),
    "edges from": (lambda s, at: s.edges(at, Along(LINE, src=("n",))), {"edge_src", "version_node"}),
    "edges to": (lambda s, at: s.edges(at, Along(dst=("n",))), {"edge_dst", "version_node"}),
    "edges made": (lambda s, at: s.edges(at, Along(origins=("n",))), {"edge_origin", "version_node"}),
    "edges touching": (
        lambda s, at: s.edges(at, Along(LINE, touching=("n",))),
        {"edge_src", "edge_dst", "version_node"},
    ),
    "ends of a kind": (lambda s, at: s.ends(at, Along(LINE)), {"edge_kind", "version_node"}),
    "ends from": (lambda s, at: s.ends(at, Along(LINE, src=("n",))), {"edge_src", "version_node"}),
    "lineage up": (lambda s, at: s.lineage(at, ["n"], Direction.UP), {"edge_src", "version_node"}),
    "lineage down": (
        lambda s, at: s.lineage(at, ["n"], Direction.DOWN), {"edge_dst", "version_node"}
    ),
    "lineage of the past": (
        lambda s, at: s.lineage(at, ["n"], Direction.UP, past=True),
        {"edge_src", "sqlite_autoindex_edge_1"},
    ),
    "uses up": (
        lambda s, at: s.uses(at, ["n"], Direction.UP),
        {"edge_src", "version_node", "version_payload"},
    ),
    "uses down": (
        lambda s, at: s.uses(at, ["n"], Direction.DOWN),
        {"edge_src", "edge_dst", "version_node", "version_payload"},
    ),
    "changes": (lambda s, at: s.changes(at), {"change_ns"}),
    "effects": (
        lambda s, at: s.effects(at, 0), {"version_from", "version_to", "edge_from", "edge_to"}
    ),
    "feed": (
        lambda s, at: list(s.feed("a", 0, 9)), {"version_from", "version_to", "edge_from", "edge_to"}
    ),
}  # fmt: skip
NAMED = {"sqlite_autoindex_node_1", "sqlite_autoindex_payload_1"}
"""Where words become row numbers, in any read."""
GATHERED = {"begun", "near", "up", "step", "held", "made", "p"}
"""What a statement itself gathered, and goes through."""
IN_ORDER = {"find a kind", "find anything", "edges of a kind", "changes", "feed"}
"""What stops at the end of a page, since the index lies in its order."""


@pytest.mark.parametrize("name", READS)
def test_a_read_seeks_by_its_own_index(name: str) -> None:
    store = SqliteStore(None, create=True)
    plans: list[str] = []
    ask = store._all

    def explained(sql: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
        plans.extend(row[3] for row in ask(f"EXPLAIN QUERY PLAN {sql}", params))
        return ask(sql, params)

    store._all = explained  # type: ignore[method-assign]
    read, indexes = READS[name]
    read(store, Scope("a", "ann", 0, (0,), without=("x",)))
    store.close()
    used = set(re.findall(r"USING (?:COVERING )?INDEX (\w+)", "\n".join(plans)))
    assert used - NAMED == indexes
    scanned = {plan.split()[1] for plan in plans if re.match("SCAN(?!.*VIRTUAL TABLE)", plan)}
    assert scanned <= GATHERED
    if name in IN_ORDER:
        assert not [plan for plan in plans if "ORDER BY" in plan]
