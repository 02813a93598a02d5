"""What somebody could change in a Neo4j store with Cypher of their own.

`told` writes a small history of every kind of change. `TAMPERED` names statements over its `Told`, each
with what verify has to name; they run in a transaction that verify reads in, and that is rolled back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from memcubes.graph import (
    Author,
    Authority,
    Close,
    Derived,
    Edge,
    EdgeKind,
    NodeKind,
    Reopen,
    Selector,
    Shred,
    Version,
)
from memcubes.graph.neo4j import Neo4jStore

from ...contract.world import World


@dataclass
class Told:
    """What tampering goes for; as parameters of a statement, each by its name."""

    cube: Version
    entity: Version
    closed: Version
    shredded: Version
    secret: Version
    edge: Edge
    past: Edge
    seq: int

    def params(self) -> dict[str, Any]:
        """The ids: of a record by its name, of a version's node by that and `_node`."""
        out: dict[str, Any] = {"seq": self.seq}
        for name in ("cube", "entity", "closed", "shredded", "secret", "edge", "past"):
            record = getattr(self, name)
            out[name] = record.id
            if isinstance(record, Version):
                out[f"{name}_node"] = record.node
                out[f"{name}_payload"] = record.payload.digest[:16] if record.payload else ""
        return out


def told(store: Neo4jStore) -> Told:
    """Sources, a merge, a tag, a receipt, restricted readers, a retraction, a revert, a shred."""
    world = World(store)
    source, other, secret_source = (
        world.keyed(NodeKind.SOURCE, name) for name in ("book", "letter", "diary")
    )
    cube, second, shredded = (world.cube(f"text {n}", source.node, title=f"t{n}") for n in range(3))
    closed, entity = (
        world.cube("gone", other.node),
        world.keyed(NodeKind.ENTITY, "tea", source.node),
    )
    twin, fact = (
        world.keyed(NodeKind.ENTITY, "Tea", source.node),
        world.keyed(NodeKind.FACT, "tea is hot", source.node),
    )
    edge = world.edge(EdgeKind.MENTIONS, cube, entity, role="subject")
    past = world.edge(EdgeKind.DERIVED_FROM, closed, other, role="primary source")
    world.put(
        *(source, cube, second, shredded, entity, twin, fact, edge),
        world.edge(EdgeKind.DERIVED_FROM, cube, source, role="primary source"),
        world.edge(EdgeKind.SUBJECT_OF, entity, fact),
        world.edge(EdgeKind.SUPPORTS, cube, fact),
        world.edge(EdgeKind.NEXT, cube, second),
        reason="read a book",
    )
    world.put(other, closed, past)
    decision = Author("a", "merge-1", Authority.CURATED, 20)
    world.put(
        decision.version(NodeKind.DECISION, "merge-1", {"verb": "merge"}),
        decision.edge(EdgeKind.SAME_AS, entity.node, twin.node, {"role": "merge"}),
        verb="merge",
    )
    tag = world.keyed(NodeKind.TAG, "drink", cube.node)
    world.put(tag, world.by(cube.node).edge(EdgeKind.TAGGED, cube.node, tag.node))
    receipt = world.by("receipt-1").version(NodeKind.INJECTION, "receipt-1", {"question": "tea?"})
    world.put(receipt, world.edge(EdgeKind.DERIVED_FROM, receipt, cube, role="use"))
    world.admit("bob", "reader")
    secret = world.cube("a secret", secret_source.node)
    world.put(secret_source)
    world.restrict(secret_source.node, world.agent("bob"), world.agent("ann"))
    world.put(secret)
    done = world.put(Close(Selector(origin=other.node)), verb="retract", reason="it was wrong")
    world.put(Reopen(Selector(closed_by=done.seq)), verb="revert")
    seq = world.put(Close(Selector(ids=(closed.id, past.id))), reason="it was").seq
    world.put(Shred(Selector(ids=(shredded.id,))))
    data = [Derived(v.id, "bm25", b"x") for v in (cube, second)]
    store.put_derived("a", "bm25", data, watermark=seq)
    return Told(cube, entity, closed, shredded, secret, edge, past, seq)


PLACES: dict[str, tuple[str, tuple[str, ...]]] = {
    "version": ("MATCH (x:Version {id: $cube})", ("cube", "cube_node", "cube_payload")),
    "keyed version": ("MATCH (x:Version {id: $entity})", ("entity", "entity_node")),
    "closed version": (
        "MATCH (x:Version {id: $closed}) WHERE x.to_seq = $seq",
        ("closed", "closed_payload"),
    ),
    "shredded version": ("MATCH (x:Version {id: $shredded})", ("shredded", "shredded_payload")),
    "node": ("MATCH (x:Identity {id: $cube_node})", ("cube", "cube_node")),
    "keyed node": ("MATCH (x:Identity {id: $entity_node})", ("entity", "entity_node")),
    "edge": ("MATCH ()-[x:MENTIONS {id: $edge}]->()", ("edge",)),
    "closed edge": (
        "MATCH ()-[x:PAST {id: $past}]->() WHERE x.to_seq = $seq",
        ("past", "closed_payload"),
    ),
    "change": ("MATCH (x:Change {seq: $seq})", ("@seq",)),
    "head": ("MATCH (x:Head)", ("head",)),
}
"""Things with properties, and what names each."""

OTHERWISE = """
SET x[$name] = CASE
  WHEN x[$name] IS NULL THEN 'x'
  WHEN valueType(x[$name]) STARTS WITH 'STRING' THEN x[$name] + 'x'
  WHEN valueType(x[$name]) STARTS WITH 'INTEGER' THEN x[$name] + 1
  WHEN valueType(x[$name]) STARTS WITH 'BOOLEAN' THEN NOT x[$name]
  WHEN valueType(x[$name]) STARTS WITH 'LIST<STRING' THEN ['x']
  ELSE $bytes
END
"""
_CUBE = "MATCH (v:Version {id: $cube})-[o:OF]->(n)"
_COPIED = "MATCH (s)-[e:MENTIONS {id: $edge}]->(d)"
Named = tuple[str, ...]
TAMPERED: dict[str, tuple[str, Named]] = {
    "a version without Now": (f"{_CUBE} REMOVE v:Now", ("cube",)),
    "a closed version with Now": (
        "MATCH (v:Version {id: $closed}) WHERE v.to_seq = $seq SET v:Now",
        ("closed",),
    ),
    "a label of its kind taken away": (f"{_CUBE} REMOVE n:MemCube", ("cube_node",)),
    "another label": (f"{_CUBE} SET n:Entity", ("cube_node",)),
    "a foreign label": (f"{_CUBE} SET n:Person", ("cube_node",)),
    "a label on a version": (f"{_CUBE} SET v:Person", ("cube",)),
    "a node that is a version too": (f"{_CUBE} SET n:Version", ("cube_node",)),
    "a version without its label": (f"{_CUBE} REMOVE v:Version", ("cube",)),
    "a node without its label": (f"{_CUBE} REMOVE n:Identity", ("cube_node",)),
    "a removed node": (f"{_CUBE} DETACH DELETE n", ("cube",)),
    "a removed version": (f"{_CUBE} DETACH DELETE v", ("cube", "cube_node")),
    "a removed interval": (
        "MATCH (v:Version {id: $closed}) WHERE v.to_seq < $seq DETACH DELETE v",
        ("closed",),
    ),
    "a removed edge": ("MATCH ()-[e:MENTIONS {id: $edge}]->() DELETE e", ("edge",)),
    "a removed closed edge": ("MATCH ()-[e:PAST {id: $past}]->() DELETE e", ("past",)),
    "a version that stands on nothing": (f"{_CUBE} DELETE o", ("cube",)),
    "a version that stands twice": (f"{_CUBE} CREATE (v)-[:OF]->(n)", ("cube",)),
    "a version that stands on another node": (
        f"{_CUBE} DELETE o WITH v MATCH (m:Identity {{id: $entity_node}}) CREATE (v)-[:OF]->(m)",
        ("cube",),
    ),
    "a version that stands on two nodes": (
        f"{_CUBE} MATCH (m:Identity {{id: $entity_node}}) CREATE (v)-[:OF]->(m)",
        ("cube",),
    ),
    "a property of an OF": (f"{_CUBE} SET o.since = 1", ("cube_node",)),
    "an OF between two nodes": (
        f"{_CUBE} MATCH (m:Identity {{id: $entity_node}}) CREATE (n)-[:OF]->(m)",
        ("cube_node", "entity_node"),
    ),
    "an OF from a change": (
        f"{_CUBE} MATCH (c:Change {{seq: $seq}}) CREATE (c)-[:OF]->(n)",
        ("cube_node", "@seq"),
    ),
    "an edge from a version": (
        (
            f"{_CUBE} MATCH ()-[e:MENTIONS {{id: $edge}}]->(d) CREATE (v)-[f:ABOUT]->(d)"
            " SET f = properties(e)"
        ),
        ("edge",),
    ),
    "an added node": (
        "CREATE (:Identity:Entity {id: 'added', ns: 'a', kind: 'Entity', acl: 0})",
        ("+added",),
    ),
    "an added version": (
        f"{_CUBE} CREATE (w:Version:Now)-[:OF]->(n) SET w = v {{.*, id: 'added', line: 'added'}}",
        ("+added",),
    ),
    "a foreign node": ("CREATE (:Person {name: 'Mallory'})", ("+Mallory",)),
    "a bare node": ("CREATE ()", ("+no label",)),
    "a foreign relationship": (f"{_COPIED} CREATE (s)-[:LIKES]->(d)", ("+LIKES",)),
    "a member who is none": (
        f"{_CUBE} MATCH (r:ReaderSet) CREATE (n)-[:MEMBER_OF]->(r)",
        ("+reader set",),
    ),
    "a member who was one": ("MATCH (:Identity)-[m:MEMBER_OF]->() DELETE m", ("+reader set",)),
    "a membership of a node": (
        f"{_COPIED} CREATE (s)-[:MEMBER_OF]->(d)",
        ("+MEMBER_OF",),
    ),
    "a membership with a property": ("MATCH ()-[m:MEMBER_OF]->() SET m.x = 1", ("+reader set",)),
    "a membership twice": (
        "MATCH (a)-[m:MEMBER_OF]->(r) CREATE (a)-[:MEMBER_OF]->(r)",
        ("+reader set",),
    ),
    "a retyped relationship": (
        f"{_COPIED} CREATE (s)-[f:ABOUT]->(d) SET f = properties(e) DELETE e",
        ("edge",),
    ),
    "a turned relationship": (
        f"{_COPIED} WITH s, e, d, properties(e) AS p DELETE e CREATE (d)-[f:MENTIONS]->(s) SET f = p",
        ("edge",),
    ),
    "a relationship with another end": (
        (
            f"{_COPIED} WITH s, e, properties(e) AS p DELETE e WITH s, p"
            " MATCH (d:Identity {id: $closed_node}) CREATE (s)-[f:MENTIONS]->(d) SET f = p"
        ),
        ("edge",),
    ),
    "a relationship twice": (
        (
            f"{_COPIED} WITH s, e, d, properties(e) AS p"
            " CREATE (s)-[f:PAST]->(d) SET f = p, f.kind = 'MENTIONS', f.to_seq = p.from_seq + 1"
        ),
        ("edge",),
    ),
    "an open relationship among the closed": (
        (
            f"{_COPIED} WITH s, e, d, properties(e) AS p DELETE e"
            " CREATE (s)-[f:PAST]->(d) SET f = p, f.kind = 'MENTIONS'"
        ),
        ("edge",),
    ),
    "a closed relationship among the open": (
        (
            "MATCH (s)-[e:PAST {id: $past}]->(d) WHERE e.to_seq = $seq WITH s, e, d, properties(e) AS p"
            " DELETE e CREATE (s)-[f:DERIVED_FROM]->(d) SET f = p, f.kind = null"
        ),
        ("past",),
    ),
    "a removed change": ("MATCH (c:Change {seq: $seq}) DELETE c", ("@seq",)),
    "the last change removed": (
        "MATCH (c:Change) WITH c ORDER BY c.seq DESC LIMIT 1 DELETE c",
        ("head",),
    ),
    "an added change": (
        (
            "MATCH (c:Change {seq: $seq}) CREATE (d:Change)"
            " SET d = c {.*, id: 'added', seq: c.seq + 1000, idempotency: null}"
        ),
        ("+10",),
    ),
    "a change without a sequence": ("MATCH (c:Change {seq: $seq}) REMOVE c.seq", ("@seq",)),
    "a change with a word for a sequence": (
        "MATCH (c:Change {seq: $seq}) SET c.seq = 'x'",
        ("@seq",),
    ),
    "a leaf taken away": ("MATCH (c:Change {seq: $seq}) REMOVE c.leaf", ("@seq",)),
    "a leaf that is a word": ("MATCH (c:Change {seq: $seq}) SET c.leaf = 'x'", ("@seq",)),
    "a note that is no JSON": ("MATCH (c:Change {seq: $seq}) SET c.note = 'x'", ("@seq",)),
    "a label on a change": ("MATCH (c:Change {seq: $seq}) SET c:Person", ("@seq",)),
    "two changes swapped": (
        (
            "MATCH (c:Change {seq: $seq}), (d:Change {seq: $seq - 1})"
            " SET c.seq = -1 SET d.seq = $seq SET c.seq = $seq - 1"
        ),
        ("@seq",),
    ),
    "no head": ("MATCH (h:Head) DELETE h", ("head",)),
    "two heads": ("MATCH (h:Head) CREATE (g:Head) SET g = h {.*, one: 2}", ("head",)),
    "roots cut": ("MATCH (h:Head) SET h.roots = $bytes", ("head",)),
    "no roots": ("MATCH (h:Head) REMOVE h.roots", ("head",)),
    "another instant of the head": ("MATCH (h:Head) SET h.at = h.at + 1", ("head",)),
    "a head that begins later": ("MATCH (h:Head) SET h.seq = h.seq + 1", ("head",)),
    "another count of reader sets": ("MATCH (h:Head) SET h.sets = 0", ("head",)),
    "readers that are others": (
        "MATCH (r:ReaderSet) SET r.readers = '[\"mallory\"]'",
        ("+reader set",),
    ),
    "readers that are no JSON": ("MATCH (r:ReaderSet) SET r.readers = 'x'", ("+reader set",)),
    "a reader set's number": ("MATCH (r:ReaderSet) SET r.acl = r.acl + 7", ("secret",)),
    "a removed reader set": ("MATCH (r:ReaderSet) DETACH DELETE r", ("secret",)),
    "an added reader set": ("CREATE (:ReaderSet {acl: 99, readers: '[\"x\"]'})", ("+reader set",)),
    "a property of a reader set": ("MATCH (r:ReaderSet) SET r.x = 1", ("+reader set",)),
    "a secret opened": (
        "MATCH (v:Version {id: $secret})-[:OF]->(n) SET v.acl = 0, n.acl = 0",
        ("secret",),
    ),
    "a grant taken away": (
        "MATCH ()-[g:GRANTS]->(n) WHERE n.kind = 'Source' DELETE g",
        ("secret",),
    ),
    "derived data of nothing": (
        "CREATE (:Derived {record: 'orphan', producer: 'bm25', ns: 'a', data: $bytes})",
        ("+orphan of bm25",),
    ),
    "derived data of what was shredded": (
        "CREATE (:Derived {record: $shredded, producer: 'bm25', ns: 'a', data: $bytes})",
        ("shredded",),
    ),
    "derived data of another namespace": (
        "MATCH (d:Derived {record: $cube}) SET d.ns = 'b'",
        ("cube",),
    ),
    "derived data of another record": (
        "MATCH (d:Derived {record: $cube}) SET d.record = 'orphan'",
        ("+orphan",),
    ),
    "a property of derived data": ("MATCH (d:Derived {record: $cube}) SET d.x = 1", ("cube",)),
    "derived data with an edge": (
        "MATCH (d:Derived {record: $cube}), (n:Identity {id: $cube_node}) CREATE (d)-[:ABOUT]->(n)",
        ("cube_node",),
    ),
    "what was shredded put back": (
        "MATCH (v:Version {id: $shredded})-[:OF]->(n) SET v.text = 'text 2', n.text = 'text 2'",
        ("shredded_payload", "shredded_node"),
    ),
    "a payload taken away": (
        f"{_CUBE} SET v.text = null, v.payload_salt = null, n.text = null",
        ("cube_payload",),
    ),
    "content that is no JSON": (f"{_CUBE} SET v.content = 'x'", ("cube",)),
    "content that is a number": (f"{_CUBE} SET v.content = '7'", ("cube",)),
    "a salt that is a word": (f"{_CUBE} SET v.salt = 'x'", ("cube",)),
    "a kind that is none": (f"{_CUBE} SET v.kind = 'Person'", ("cube",)),
    "a node without an id": (f"{_CUBE} REMOVE n.id", ("cube", "cube_node")),
    "a version without an id": (f"{_CUBE} REMOVE v.id", ("cube", "cube_node")),
    "an edge without an id": ("MATCH ()-[e:MENTIONS {id: $edge}]->() REMOVE e.id", ("edge",)),
    "an edge with a number for an id": (
        "MATCH ()-[e:MENTIONS {id: $edge}]->() SET e.id = 7",
        ("edge",),
    ),
    "a version with a word for a sequence": (f"{_CUBE} SET v.from_seq = 'x'", ("cube",)),
    "a list where a word belongs": (
        f"{_CUBE} SET n.title = ['x'], v.title = ['x']",
        ("cube", "cube_node"),
    ),
    "content with a fraction": (f"{_CUBE} SET v.content = '{{\"title\":1.5}}'", ("cube",)),
    "a salt that is a list": (f"{_CUBE} SET v.payload_salt = ['x']", ("cube",)),
    "a node with a list for an id": (f"{_CUBE} SET n.id = ['x']", ("cube",)),
    "readers that are a list": (f"{_CUBE} SET n.acl = [1], v.acl = [1]", ("cube", "cube_node")),
    "an instant that is a word": ("MATCH (c:Change {seq: $seq}) SET c.at = 'x'", ("@seq",)),
    "a namespace that is a list": ("MATCH (c:Change {seq: $seq}) SET c.ns = ['x']", ("@seq",)),
}
for _kind in EdgeKind:
    TAMPERED[f"an added {_kind}"] = (
        f"{_COPIED} CREATE (s)-[f:{_kind}]->(d) SET f = e {{.*, id: 'added'}}",
        ("+added",),
    )
TAMPERED["an added PAST"] = (
    f"{_COPIED} CREATE (s)-[f:PAST]->(d) SET f = e {{.*, id: 'added', kind: 'ABOUT', to_seq: $seq}}",
    ("+added",),
)


def expected(named: Named, told: Told) -> list[str]:
    """What verify may call the thing: an id, a sequence, or a word."""
    params = told.params()
    words = {"@seq": f"@{told.seq}", "head": "head"}
    return [
        words.get(one) or (one[1:] if one.startswith("+") else str(params[one])) for one in named
    ]
