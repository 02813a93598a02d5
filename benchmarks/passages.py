"""The graph that benchmarks write: passages of one source, each with four edges."""

from __future__ import annotations

from memcubes.graph import (
    Author,
    Authority,
    ChangeSet,
    EdgeKind,
    GuardedStore,
    NodeKind,
    Open,
    Payload,
)
from memcubes.graph.change import Operation
from memcubes.graph.digest import new_node_id

TEXT = "The mill by the river was sold to Adele Brandt in the spring of that year. " * 8
NAMES = [f"name {n}" for n in range(200)]


def begin(store: GuardedStore) -> str:
    """Make one source and some entities; the source's node id."""
    name = store.name("a", NodeKind.SOURCE, "file.md")
    by = Author("a", name.id, Authority.EXTRACTED, 1)
    opens = [by.version(NodeKind.SOURCE, name.id, {"uri": "file.md"}, key=name.key)]
    for surface in NAMES:
        entity = store.name("a", NodeKind.ENTITY, surface)
        opens.append(by.version(NodeKind.ENTITY, entity.id, {"name": surface}, key=entity.key))
    store.commit(ChangeSet(ns="a", verb="ingest", ops=tuple(map(Open, opens))))
    return name.id


def passages(store: GuardedStore, source: str, count: int) -> tuple[Operation, ...]:
    """The operations that open some passages, one after the other."""
    by = Author("a", source, Authority.EXTRACTED, 1)
    out: list[Operation] = []
    before = ""
    for n in range(count):
        node = new_node_id()
        header = {
            "title": "The mill by the river",
            "semantic_type": "document",
            "origin_type": "retrieved",
            "language": "en",
            "state": "activated",
            "sentences": [[at, at + 75] for at in range(0, 600, 75)],
        }
        out.append(
            Open(by.version(NodeKind.MEMCUBE, node, header, key=node, payload=Payload.of(TEXT)))
        )
        out.append(Open(by.edge(EdgeKind.DERIVED_FROM, node, source, {"role": "primary source"})))
        for word in (NAMES[n % 200], NAMES[n * 7 % 200 - 1]):
            entity = store.name("a", NodeKind.ENTITY, word)
            out.append(Open(by.edge(EdgeKind.MENTIONS, node, entity.id, {"spans": [[46, 58]]})))
        if before:
            out.append(Open(by.edge(EdgeKind.NEXT, before, node)))
        before = node
    return tuple(out)
