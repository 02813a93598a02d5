"""A shelf of small sources, their records opened by hand as docs/model.md says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from memcubes.graph import (
    Access,
    Author,
    Authority,
    ChangeSet,
    Close,
    Committed,
    Edge,
    EdgeKind,
    GuardedStore,
    NodeKind,
    Open,
    Payload,
    Record,
    Reopen,
    Role,
    Scope,
    Selector,
    Shred,
    Version,
    Where,
)
from memcubes.graph.change import Operation
from memcubes.graph.index.encoder import Vectors
from memcubes.graph.index.encoders import load_encoder
from memcubes.graph.index.graph_index import GraphIndex
from memcubes.graph.listing import all_edges, all_found
from memcubes.graph.scope import Along
from memcubes.graph.sqlite import SqliteStore

ANN, BOB = "local:ann", "local:bob"
NS = "shelf"
NAME = re.compile(r"(?<!^)(?<!\. )\b[A-Z][a-z]+(?: [A-Z][a-z]+)*")


class CountingEncoder:
    """The hashing double, which also counts the texts that it was given."""

    def __init__(self) -> None:
        self._inner = load_encoder("hashing")
        self.name, self.fingerprint = self._inner.name, self._inner.fingerprint
        self.dimension = self._inner.dimension
        self.languages, self.tokens_limit = None, None
        self.passages: list[str] = []

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Encode, and remember what."""
        self.passages += texts
        return self._inner.encode_passages(texts)

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        """Encode; questions are not counted."""
        return self._inner.encode_questions(texts)


class Bookshelf:
    """Sources and decisions in one namespace of one store, written as Ann."""

    def __init__(
        self,
        path: Path | None = None,
        *,
        create: bool = True,
        ns: str = NS,
        store: GuardedStore | None = None,
    ) -> None:
        self.path = path
        self.ns = ns
        self.store = store or GuardedStore(SqliteStore(path, create=create), ANN)
        if create:
            self.commit("begin")

    def as_(self, who: str) -> GuardedStore:
        """The same store as somebody else."""
        return GuardedStore(self.store.engine, who)

    def scope(self, **pins: Any) -> Scope:
        """Ann's scope."""
        return self.store.scope(self.ns, **pins)

    def index(self, folder: Path | None = None, encoder: Any = None) -> GraphIndex:
        """An index of this store that knows nothing yet."""
        return GraphIndex(self.store, encoder or load_encoder("hashing"), folder=folder)

    def node(self, kind: NodeKind, *value: str) -> str:
        """The node that a value names."""
        return self.store.name(self.ns, kind, *value).id

    def entity(self, name: str) -> str:
        """The entity of a name."""
        return self.node(NodeKind.ENTITY, name.lower())

    def commit(self, verb: str, *ops: Operation) -> Committed:
        """Write one change."""
        return self.store.commit(ChangeSet(ns=self.ns, verb=verb, ops=ops))[0]

    def records(
        self, uri: str, texts: Sequence[str], subject: str | None = None, stated: int = 0
    ) -> list[Record]:
        """What a source of several passages opens."""
        source = self.store.name(self.ns, NodeKind.SOURCE, uri)
        author = Author(self.ns, source.id, Authority.EXTRACTED, stated)
        versions: dict[str, Version] = {}
        edges: list[Edge] = []
        placed: list[list[Any]] = []
        offset = 0

        def entity(name: str) -> str:
            key = self.store.name(self.ns, NodeKind.ENTITY, name.lower())
            content = {"name": name, "label": "NAME"}
            versions[key.id] = author.version(NodeKind.ENTITY, key.id, content, key=key.key)
            return key.id

        for number, text in enumerate(texts):
            cube = self.store.name(self.ns, NodeKind.MEMCUBE, uri, text, str(number))
            placed.append([cube.id, offset, offset + len(text)])
            offset += len(text) + 1
            header = {
                "title": subject or uri,
                "state": "activated",
                "sentences": [list(m.span()) for m in re.finditer(r"[^. ][^.]*\.", text)],
            }
            versions[cube.id] = author.version(
                NodeKind.MEMCUBE, cube.id, header, key=cube.key, payload=Payload.of(text)
            )
            edges.append(
                author.edge(
                    EdgeKind.DERIVED_FROM, cube.id, source.id, {"role": str(Role.PRIMARY_SOURCE)}
                )
            )
            spans: dict[str, list[list[int]]] = {}
            for found in NAME.finditer(text):
                spans.setdefault(found[0], []).append(list(found.span()))
            for name, places in spans.items():
                edges.append(
                    author.edge(EdgeKind.MENTIONS, cube.id, entity(name), {"spans": places})
                )
            if subject:
                edges.append(author.edge(EdgeKind.ABOUT, cube.id, entity(subject)))
        for (one, *_), (other, *_) in pairwise(placed):
            edges.append(author.edge(EdgeKind.NEXT, one, other))
        about = {"uri": uri, "title": uri, "passages": placed}
        body = Payload.of("\n".join(texts))
        first = author.version(NodeKind.SOURCE, source.id, about, key=source.key, payload=body)
        return [first, *versions.values(), *edges]

    def add(self, uri: str, *texts: str, subject: str | None = None, stated: int = 0) -> Committed:
        """Take in a source."""
        opened = self.records(uri, texts, subject, stated)
        return self.commit("ingest", *(Open(record) for record in opened))

    def retract(self, uri: str) -> Committed:
        """Withdraw a source and all it opened."""
        return self.commit("retract", Close(Selector(origin=self.node(NodeKind.SOURCE, uri))))

    def revert(self, seq: int) -> Committed:
        """Bring back what a change closed."""
        return self.commit("revert", Reopen(Selector(closed_by=seq)))

    def erase(self, uri: str) -> Committed:
        """Destroy what a source opened, for ever."""
        origin = Selector(origin=self.node(NodeKind.SOURCE, uri))
        return self.commit("erase", Close(origin), Shred(origin))

    def shred(self, uri: str) -> Committed:
        """Destroy what a source opened that was withdrawn before."""
        return self.commit("erase", Shred(Selector(origin=self.node(NodeKind.SOURCE, uri))))

    def archive(self, cube: str) -> Committed:
        """Give a cube a version that search leaves out; its words stay as they are."""
        (held,) = self.store.get(self.scope(), [cube])
        author = Author(self.ns, held.origin, Authority.ASSERTED, 0)
        header = {**(held.content or {}), "state": "archived"}
        new = author.version(NodeKind.MEMCUBE, cube, header, key=held.key, payload=held.payload)
        return self.commit("transition", Close(Selector(ids=(held.id,))), Open(new))

    def join(self, kind: EdgeKind, one: str, other: str) -> Committed:
        """Decide that two names mean the same, or that they do not."""
        decision = f"{kind}:{one}:{other}:{self.store.head().seq}"
        author = Author(self.ns, decision, Authority.CURATED, 0)
        return self.commit(
            "merge",
            Open(author.version(NodeKind.DECISION, decision, {"verb": "merge"})),
            Open(author.edge(kind, self.entity(one), self.entity(other))),
        )

    def grant(self, who: str, node: str, role: Access = Access.READER) -> Committed:
        """Let somebody read a node (or the namespace)."""
        agent = self.store.name(self.ns, NodeKind.AGENT, who)
        home = self.node(NodeKind.NAMESPACE, self.ns)
        author = Author(self.ns, home, Authority.ASSERTED, 0)
        ops: list[Operation] = []
        if not self.store.get(self.scope(), [agent.id]):
            ops.append(Open(author.version(NodeKind.AGENT, agent.id, {"name": who}, key=agent.key)))
        ops.append(Open(author.edge(EdgeKind.GRANTS, agent.id, node, {"role": str(role)})))
        return self.commit("grant", *ops)

    def share(self) -> Committed:
        """Let Bob read the namespace."""
        return self.grant(BOB, self.node(NodeKind.NAMESPACE, self.ns))

    def cubes(self, scope: Scope | None = None) -> list[Version]:
        """The cubes in force, by text."""
        found = all_found(self.store, scope or self.scope(), Where(kinds=(NodeKind.MEMCUBE,)))
        return sorted(found, key=lambda v: v.text)

    def close(self) -> None:
        """Let go of the file."""
        self.store.close()


def copied(store: GuardedStore, scope: Scope) -> Bookshelf:
    """A new store in memory that holds what a scope shows, and nothing else."""
    shelf = Bookshelf()
    kinds = (NodeKind.SOURCE, NodeKind.MEMCUBE, NodeKind.ENTITY, NodeKind.DECISION)
    walked = (
        EdgeKind.MENTIONS,
        EdgeKind.ABOUT,
        EdgeKind.NEXT,
        EdgeKind.SAME_AS,
        EdgeKind.NOT_SAME_AS,
    )
    versions = [v for v in all_found(store, scope, Where(kinds=kinds)) if v.salt is not None]
    nodes = {version.node for version in versions}
    edges = [
        edge
        for edge in all_edges(store, scope, Along(kinds=walked))
        if edge.salt is not None and nodes.issuperset(edge.ends)
    ]
    records: list[Record] = [replace(version, from_seq=0, acl=0) for version in versions]
    records += [replace(edge, from_seq=0, acl=0) for edge in edges]
    # What put a record there may itself be out of sight; the copy needs the bare node.
    author = Author(NS, shelf.node(NodeKind.NAMESPACE, NS), Authority.CURATED, 0)
    records += [
        author.version(NodeKind.DECISION, origin, {"verb": "stand in"})
        for origin in sorted({record.origin for record in records} - nodes)
    ]
    shelf.commit("copy", *(Open(record) for record in records))
    return shelf
