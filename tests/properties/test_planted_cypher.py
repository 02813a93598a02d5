"""Bugs planted in the Neo4j adapter: the fuzzer must find each of them within a few histories."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import pytest

from memcubes.cypher import statement, statements
from memcubes.graph.neo4j import Neo4jStore
from memcubes.graph.store import Engine

from ..server.server import Server
from .conftest import on_server
from .driving import CAMPAIGN, Difference, run
from .reading import probe, sweep
from .repertoire import ALL, PLANTED

ACTS = {name: ALL[name] for name in PLANTED}
HISTORIES = 200 if CAMPAIGN else 4


class Bug(NamedTuple):
    """One piece of Cypher that is another, in the statements whose names begin so."""

    words: str
    of: str
    right: str
    wrong: str
    seed: int = 0
    """The first history that finds it; a campaign begins at 0, a test run at this one."""


BUGS = [
    Bug("the end of an interval belongs to it", "", "to_seq > $in.seq", "to_seq >= $in.seq"),
    Bug("the beginning of an interval does not", "", "from_seq <= $in.seq", "from_seq < $in.seq"),
    Bug("edges into dead nodes are in force", "edges", "MATCH (d)<-[:OF]-(b)", "MATCH (s)<-[:OF]-(b)"),
    Bug("closed edges are forgotten", "edges_from", "WHERE e.kind IN $in.kinds", "WHERE false AND e.kind IN $in.kinds", seed=1),
    Bug("tags filter after their end", "find", "t.to_seq > $in.seq", "t.to_seq > $in.seq - 9", seed=31),
    Bug("valid time is ignored", "", "valid_to > $in.valid_at", "valid_to > $in.valid_at - 10", seed=6),
    Bug("a tried retraction is ignored", "", "NOT v.origin IN $in.without", "true"),
    Bug("restricted rows are shown", "", "v.acl IN $in.acls", "v.acl IN $in.acls + [1, 2, 3]", seed=1),
    Bug("pages begin with the last item", "edges", "e.id > $in.after", "e.id >= $in.after"),
    Bug("pages are in another order than their cursor", "find", "ORDER BY v.id", "ORDER BY v.from_seq, v.id"),
    Bug("the feed forgets what ended", "feed", ".to_seq <= $in.upto", ".to_seq <= -1"),
    Bug("a retraction leaves the edges", "apply", "UNWIND $in.close_edges", "UNWIND []"),
    Bug("a reopening leaves the edges", "apply", "UNWIND $in.reopen_edges", "UNWIND []", seed=5),
    Bug("an erasure leaves the payload", "apply", "v.payload_salt = null", "v.form_of_payload = v.form_of_payload"),
    Bug("an erasure leaves derived data", "apply", "DELETE d", "SET d.data = d.data", seed=6),
    Bug("restricting a node leaves its rows", "restrict_rows", "SET v.acl = row.acl", "SET v.acl = v.acl", seed=1),
    Bug("a node shows what was withdrawn", "apply", "UNWIND $in.reface", "UNWIND []"),
    Bug("a node does not show its newest version", "apply", "SET n += face", "SET n.acl = n.acl"),
    Bug("expectations are not checked", "lock", "MATCH (v:Version) USING INDEX v:Version(id) WHERE v.id IN $in.ids RETURN v", "MATCH (v:Now) WHERE v.ns = $in.ns RETURN v", seed=14),
    Bug("idempotency is ignored", "lock", "idempotency: $in.idempotency", "idempotency: ''"),
]  # fmt: skip


def planted(server: Server, bug: Bug) -> Callable[[], Engine]:
    """Makes stores in which one piece of Cypher is another."""
    texts = {name: statement(name) for name in statements() if name.startswith(bug.of)}
    assert any(bug.right in text for text in texts.values()), f"nothing says {bug.right!r} any more"

    def make() -> Engine:
        store = on_server(server)
        assert isinstance(store, Neo4jStore)
        plain = store.connection.text

        def text(name: str) -> str:
            said = plain(name)
            return said.replace(bug.right, bug.wrong) if name in texts else said

        store.connection.text = text  # type: ignore[method-assign]
        return store

    return make


LATE = {
    "the end of an interval belongs to it", "restricted rows are shown", "a tried retraction is ignored",
    "valid time is ignored", "tags filter after their end", "pages are in another order than their cursor",
    "a node does not show its newest version", "a node shows what was withdrawn", "expectations are not checked",
    "edges into dead nodes are in force", "an erasure leaves derived data", "a reopening leaves the edges",
    "restricting a node leaves its rows", "closed edges are forgotten", "pages begin with the last item",
    "the beginning of an interval does not",
}  # fmt: skip
"""Bugs that show only far into a history, or as others do: for campaigns."""


@pytest.mark.parametrize(
    "bug", [b for b in BUGS if CAMPAIGN or b.words not in LATE], ids=lambda bug: bug.words
)
def test_fuzzer_finds(neo4j_server: Server, bug: Bug) -> None:
    begin = 0 if CAMPAIGN else bug.seed
    for seed in range(begin, begin + HISTORIES):
        try:
            run(seed, 60, ACTS, probe, sweep, make=planted(neo4j_server, bug))
        except Difference:
            return
    raise AssertionError(f"{HISTORIES} histories found nothing")
