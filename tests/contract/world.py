"""A store with one founded namespace, and short ways to write into it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from memcubes.graph import (
    Author,
    Authority,
    ChangeSet,
    Close,
    Committed,
    Edge,
    EdgeKind,
    GraphStore,
    GuardedStore,
    NodeKind,
    Open,
    Payload,
    Record,
    Scope,
    Selector,
    Validity,
    Version,
)
from memcubes.graph.change import Operation
from memcubes.graph.digest import new_node_id
from memcubes.graph.store import Engine


class World:
    """What a contract test writes with; `ann` owns namespace `a`."""

    ns = "a"

    def __init__(self, store: Engine | GuardedStore) -> None:
        self.store: GraphStore = store
        self.engine = store.engine if isinstance(store, GuardedStore) else store
        self.ann = GuardedStore(self.engine, "ann")
        self.ann.commit(ChangeSet(ns=self.ns, verb="begin", ops=()))

    def change(self, *ops: Operation, ns: str = "a", **more: Any) -> ChangeSet:
        """A change by ann."""
        return ChangeSet(**{"ns": ns, "verb": "test", "ops": ops, "actor": "ann", **more})

    def put(self, *what: Operation | Record, **more: Any) -> Committed:
        """Commit operations; a bare record is opened."""
        ops = (Open(one) if isinstance(one, Version | Edge) else one for one in what)
        return self.store.commit(self.change(*ops, **more))[0]

    def close(self, *records: Record) -> Committed:
        """Close records by id."""
        return self.put(Close(Selector(ids=tuple(record.id for record in records))))

    def scope(self, **pin: Any) -> Scope:
        """Pin a read as ann."""
        return self.store.scope(self.ns, "ann", **pin)

    def by(self, origin: str, ns: str = "a") -> Author:
        """The author of an origin's records."""
        return Author(ns, origin, Authority.EXTRACTED, 10)

    def cube(
        self, text: str = "tea", origin: str = "", validity: Validity | None = None, **header: str
    ) -> Version:
        """A cube with a random id, its own origin unless one is named."""
        node = new_node_id()
        return self.by(origin or node).version(
            NodeKind.MEMCUBE,
            node,
            {"title": text, **header},
            payload=Payload.of(text),
            validity=validity,
        )

    def keyed(self, kind: NodeKind, value: str, origin: str = "", ns: str = "a") -> Version:
        """A version of a keyed node, its own origin unless one is named."""
        name = self.engine.name(ns, kind, value)
        return self.by(origin or name.id, ns).version(kind, name.id, {"name": value}, key=name.key)

    def agent(self, name: str) -> Version:
        """The agent node of a principal."""
        return self.keyed(NodeKind.AGENT, name)

    def edge(self, kind: EdgeKind, src: Version, dst: Version, **content: Any) -> Edge:
        """An edge that shares its source node's origin."""
        return self.by(src.origin).edge(kind, src.node, dst.node, content)

    def admit(self, name: str, role: str) -> GuardedStore:
        """Give somebody a role in the namespace, and their view of the store."""
        agent = self.agent(name)
        home = self.engine.name(self.ns, NodeKind.NAMESPACE, self.ns).id
        grant = self.by(agent.node).edge(EdgeKind.GRANTS, agent.node, home, {"role": role})
        self.put(agent, grant)
        return GuardedStore(self.engine, name)

    def restrict(self, node: str, *readers: Version) -> tuple[Edge, ...]:
        """Let only these agents read a node."""
        grants = tuple(
            self.by(agent.node).edge(EdgeKind.GRANTS, agent.node, node, {"role": "reader"})
            for agent in readers
        )
        self.put(*grants)
        return grants


def ids(records: Iterable[Record]) -> list[str]:
    """The records' ids, in order."""
    return [record.id for record in records]
