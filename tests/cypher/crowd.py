"""A graph of 6,000 cubes, 10⁵ in a campaign: a few records that the store wrote, multiplied in the server.

Each thing has a number: `cube-7` is shown by the version `cube-v-7`, and `MENTIONS-7` is an edge. The
sources put everything there, each an equal share, in a change of its own.
"""

from __future__ import annotations

import os
from typing import Any

import neo4j

from memcubes.cypher import migrations
from memcubes.graph import Derived, EdgeKind, NodeKind, Version
from memcubes.graph.merkle import CompactRange, leaf_hash
from memcubes.graph.neo4j import Neo4jStore

from ..contract.world import World

CAMPAIGN = os.environ.get("MEMCUBES_CAMPAIGN") == "1"
LEAST = 6_000
"""What is many stays so many, or reading all of it would not be told from reading a share."""


def sized(many: int) -> int:
    """So many in a campaign, and about a twentieth of them otherwise."""
    return many if CAMPAIGN else min(many, max(many // 20, LEAST))


SOURCES = 1_000
OFTEN = 900
"""How often `MemCube-3` has mentioned the same entity before."""
NODES = {
    NodeKind.SOURCE: SOURCES,
    NodeKind.MEMCUBE: sized(100_000),
    NodeKind.ENTITY: sized(20_000),
    NodeKind.FACT: 1_000,
    NodeKind.TAG: 100,
}
EDGES = {
    EdgeKind.DERIVED_FROM: (sized(50_000), NodeKind.MEMCUBE, NodeKind.SOURCE),
    EdgeKind.MENTIONS: (sized(50_000), NodeKind.MEMCUBE, NodeKind.ENTITY),
    EdgeKind.NEXT: (sized(10_000), NodeKind.MEMCUBE, NodeKind.MEMCUBE),
    EdgeKind.TAGGED: (sized(10_000), NodeKind.MEMCUBE, NodeKind.TAG),
    EdgeKind.SUPPORTS: (5_000, NodeKind.MEMCUBE, NodeKind.FACT),
    EdgeKind.ABOUT: (5_000, NodeKind.MEMCUBE, NodeKind.ENTITY),
    EdgeKind.SUBJECT_OF: (1_000, NodeKind.ENTITY, NodeKind.FACT),
    EdgeKind.OBJECT_OF: (1_000, NodeKind.ENTITY, NodeKind.FACT),
    EdgeKind.SAME_AS: (200, NodeKind.ENTITY, NodeKind.ENTITY),
    EdgeKind.NOT_SAME_AS: (200, NodeKind.ENTITY, NodeKind.ENTITY),
    EdgeKind.SUPERSEDES: (200, NodeKind.MEMCUBE, NodeKind.MEMCUBE),
    EdgeKind.CONTRADICTS: (200, NodeKind.FACT, NodeKind.FACT),
}

_SOME = "UNWIND range($start, $end - 1) AS i {0}"
AT_ONCE = 5_000
_NODES = """
  WITH i, i * $sources / $many AS k, $node AS p, $version AS q
  CREATE (n:Identity:$($kind))
  SET n = p {.*, id: $name + '-' + i, key: p.key + i, shown: $name + '-v-' + i}
  CREATE (v:Version:Now)-[:OF]->(n)
  SET v = q {.*, id: n.shown, node: n.id, key: n.key, origin: 'Source-' + k, payload: q.payload + i,
    line: CASE WHEN n.key IS NULL THEN n.id ELSE n.id + '|Source-' + k END, from_seq: $begin + k}
"""
_EDGES = """
  MATCH (s:Identity {id: $src + '-' + i % $sources_of})
  MATCH (d:Identity {id: $dst + '-' + (i + 1) % $targets})
  WITH i, s, d, $edge AS p, i * $sources / $many AS k
  CREATE (s)-[e:$($kind)]->(d)
  SET e = p {.*, id: $kind + '-' + i, origin: 'Source-' + k, from_seq: $begin + k}
"""
_CHANGES = """
  WITH i, $change AS p
  CREATE (c:Change)
  SET c = p {.*, id: 'change-' + i, seq: $begin + i, at: p.at + 1 + i, idempotency: null}
"""
_DERIVED = """
  WITH i, $derived AS p
  CREATE (d:Derived)
  SET d = p {.*, record: 'MemCube-v-' + i, vector_1: CASE WHEN i < 1000 THEN [0.1 * i, 1.0] END}
"""
_CLOSED_VERSIONS = """
  MATCH (n:Identity {id: 'MemCube-' + i * 20})<-[:OF]-(v:Now)
  CREATE (w:Version)-[:OF]->(n)
  SET w = v {.*, id: 'closed-v-' + i, from_seq: $begin - 1, to_seq: v.from_seq}
"""
_CLOSED_EDGES = """
  MATCH (s:Identity {id: 'MemCube-' + i * 10})-[e:MENTIONS]->(d)
  CREATE (s)-[p:PAST]->(d)
  SET p = e {.*, id: 'closed-' + i, kind: type(e), from_seq: $begin - 1, to_seq: e.from_seq}
"""
_OFTEN = """
  MATCH (s:Identity {id: 'MemCube-3'})-[e:MENTIONS]->(d)
  CREATE (s)-[p:PAST]->(d)
  SET p = e {.*, id: 'often-' + i, kind: type(e), from_seq: $begin + i, to_seq: $begin + i + 1}
"""
_RESTRICTED = """
  MATCH (n:Identity {id: 'MemCube-' + (i * 100 + 1)})<-[:OF]-(v), (a:Identity)-[g:GRANTS]->(m)
  WHERE m.kind = 'MemCube' AND m.acl = 1 AND NOT m.id STARTS WITH 'MemCube-'
  CREATE (a)-[e:GRANTS]->(n)
  SET e = g {.*, id: 'GRANTS-' + i, from_seq: $begin + i}, n.acl = 1, v.acl = 1
"""
_READ = """
MATCH (n:Identity {id: $id})<-[:OF]-(v)
RETURN properties(n) AS node, properties(v) AS version
"""


def crowd(store: Neo4jStore) -> None:
    """Fill an empty store; ann may write in it afterwards."""
    world = World(store)
    source = world.keyed(NodeKind.SOURCE, "book")
    first = {
        NodeKind.SOURCE: source,
        NodeKind.MEMCUBE: world.cube("tea is hot", source.node),
        NodeKind.ENTITY: world.keyed(NodeKind.ENTITY, "tea", source.node),
        NodeKind.FACT: world.keyed(NodeKind.FACT, "tea is hot", source.node),
        NodeKind.TAG: world.keyed(NodeKind.TAG, "drink", source.node),
    }
    edge = world.edge(EdgeKind.MENTIONS, first[NodeKind.MEMCUBE], first[NodeKind.ENTITY], role="x")
    secret = world.cube("tea is secret")
    world.put(*first.values(), edge, secret)
    world.restrict(secret.node, world.agent("ann"))
    cube = first[NodeKind.MEMCUBE]
    store.put_derived("a", "e5", [Derived(cube.id, "e5", b"x" * 64, (0.6, 0.8))], watermark=1)
    with store.connection._session() as session:
        _multiply(session, first, edge.id)


def _multiply(session: neo4j.Session, first: dict[NodeKind, Version], edge: str) -> None:
    def run(query: str, **params: Any) -> neo4j.Result:
        return session.run(query, params)

    def one(query: str, **params: Any) -> dict[str, Any]:
        return run(query, **params).single(strict=True).data()

    def many(body: str, count: int, **params: Any) -> None:
        for start in range(0, count, AT_ONCE):
            here = {"start": start, "end": min(start + AT_ONCE, count)}
            run(_SOME.format(body), **here, many=count, begin=begin, **params).consume()

    # an index is made much faster of what is there than a row at a time
    for step in migrations():
        if step.name != "identity_id":
            what = "CONSTRAINT" if "CREATE CONSTRAINT" in step.statement else "INDEX"
            run(f"DROP {what} {step.name}").consume()
    head = one("MATCH (h:Head) RETURN properties(h) AS head")["head"]
    begin = head["seq"] + 1
    for kind, count in NODES.items():
        read = one(_READ, id=first[kind].node)
        many(_NODES, count, kind=str(kind), name=str(kind), sources=SOURCES, **read)
    copied = one("MATCH ()-[e:MENTIONS {id: $id}]->() RETURN properties(e) AS edge", id=edge)
    for kind_, (count, src, dst) in EDGES.items():
        ends = {"src": str(src), "dst": str(dst), "sources_of": NODES[src], "targets": NODES[dst]}
        many(_EDGES, count, kind=str(kind_), sources=SOURCES, **ends, **copied)
    change = one("MATCH (c:Change {seq: $seq}) RETURN properties(c) AS change", seq=head["seq"])
    many(_CHANGES, SOURCES, **change)
    derived = one("MATCH (d:Derived) RETURN properties(d) AS derived")
    many(_DERIVED, sized(20_000), **derived)
    many(_CLOSED_VERSIONS, NODES[NodeKind.MEMCUBE] // 40)
    many(_CLOSED_EDGES, EDGES[EdgeKind.MENTIONS][0] // 10)
    many(_OFTEN, OFTEN)
    many(_RESTRICTED, 100)
    tree = CompactRange.unpack(head["seq"], bytes(head["roots"]))
    for _ in range(SOURCES):
        tree = tree.append(leaf_hash(bytes(change["change"]["leaf"])))
    run(
        "MATCH (h:Head) SET h.seq = h.seq + $more, h.at = h.at + 1 + $more, h.roots = $roots",
        more=SOURCES,
        roots=tree.pack(),
    ).consume()
    for step in migrations():
        run(step.statement).consume()
    for name in ("awaitIndexes(300)", "prepareForReplanning()", "clearQueryCaches()"):
        run(f"CALL db.{name}").consume()
