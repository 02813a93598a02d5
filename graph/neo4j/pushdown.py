"""Pushdown: what Neo4j's own indexes find, for graphs that do not fit into a `GraphIndex`.

Its full-text and vector indexes know nothing of a scope: they are asked for more until enough of what
they give is visible, or there is no more (a vector index filtered after its top ten gave nothing of a
namespace of one percent).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from ..errors import Invalid, NotFound
from ..kind import EdgeKind, NodeKind
from ..lifecycle import State
from ..record import Edge, Record, Version
from ..scope import Scope
from ..staleness import standing_in
from ..store import Course, Derived, Match
from ..tally import Tallied, Tally
from . import rows
from .connection import Connection, Transaction
from .counting import tallied
from .pagerank import PageRank
from .reader import Reader, pinned

SLOTS = 4
"""Producers of vectors whose vectors can be searched at once: each has an index of its own."""
OVER = 4
"""How many times the wanted hits are asked for at first."""
MOST = 1_000_000
"""Candidates after which a search ends in any case."""
WALKED = (
    EdgeKind.MENTIONS, EdgeKind.ABOUT, EdgeKind.NEXT, EdgeKind.SAME_AS,
)  # fmt: skip
OUTWARD = (EdgeKind.MENTIONS, EdgeKind.ABOUT, EdgeKind.NEXT, EdgeKind.TAGGED)
"""What leads from a cube to what a question may need of it."""
DECIDED = (EdgeKind.SAME_AS, EdgeKind.NOT_SAME_AS)
"""What says who is who."""
PAGE = 500
"""Ends and versions that come in one row."""
_WORD = re.compile(r"\w+")
MOST_WORDS = 200


def lucene(ns: str, text: str, tags: Sequence[str]) -> str:
    """Write a question as a Lucene query: any of its words, in one namespace, with all of the tags.

    >>> lucene("a", 'tea" OR *', ["t-1"])
    '+place:"nsca978112ca1bbdca" +tags:"t 1" +(title:("tea" "or") text:("tea" "or"))'

    Only words get into it, quoted, so that nothing of a text is read as an operator.
    """
    words = list(dict.fromkeys(word.lower() for word in _WORD.findall(text)))[:MOST_WORDS]
    quoted = " ".join(f'"{word}"' for word in words)
    parts = [f'+place:"{rows.place(ns)}"']
    parts += [f'+tags:"{" ".join(_WORD.findall(tag))}"' for tag in tags]
    return " ".join([*parts, f"+(title:({quoted}) text:({quoted}))"]) if words else ""


class Searches(Reader):
    """The searches of one database, beside its reads."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._pagerank = PageRank(connection)

    @property
    def walks(self) -> bool:
        """Whether the server has the graph data science library."""
        return self._pagerank.there

    def pagerank(self, course: Course) -> Mapping[int, float] | None:
        """See `Pushdown.pagerank`: by the graph data science library."""
        return self._pagerank.of(course)

    def search_text(
        self, scope: Scope, text: str, *, tags: Sequence[str] = (), first: int = 10
    ) -> tuple[Match, ...]:
        """The cubes in force whose words match best, by Lucene's BM25 over the whole store."""
        query = lucene(scope.ns, text, tags)
        if not query:
            return ()
        return self._enough("search_text", scope, tags, first, query=query)

    def search_vector(
        self,
        scope: Scope,
        producer: str,
        vector: Sequence[float],
        *,
        tags: Sequence[str] = (),
        first: int = 10,
    ) -> tuple[Match, ...]:
        """The cubes in force whose vector lies nearest, by Neo4j's HNSW index of one producer."""
        slots = {row["name"]: row["slot"] for row in self._db.read("producers")}
        if producer not in slots:
            raise NotFound(
                f"no vectors of '{producer}' can be searched here: ingest something with it first"
            )
        return self._enough(
            "search_vector",
            scope,
            tags,
            first,
            index=f"vector_{slots[producer]}",
            vector=[float(part) for part in vector],
        )

    def neighbourhood(
        self,
        scope: Scope,
        seeds: Mapping[str, float],
        *,
        kinds: Sequence[EdgeKind] = (),
        damping: float = 0.5,
        breadth: int = 100,
        first: int = 50,
    ) -> tuple[tuple[str, float], ...]:
        """The nodes within two steps of weighted seeds, in one statement: a walk that ends early.

        Of each weight `damping` goes on, in equal shares to at most `breadth` neighbours.
        """
        _positive(first)
        found = self._db.read(
            "neighbourhood",
            **pinned(scope),
            seeds=[{"node": node, "weight": float(weight)} for node, weight in seeds.items()],
            kinds=[str(kind) for kind in kinds or WALKED],
            damping=float(damping),
            breadth=breadth,
            first=first,
        )
        return tuple((row["node"], row["weight"]) for row in found)

    def surroundings(
        self, scope: Scope, nodes: Sequence[str], seeds: Collection[str] | None = None
    ) -> tuple[Record, ...]:
        """The records of some nodes, of what their cubes mention and carry, and of their sources.

        With `seeds` names are read of what these mention, of what several cubes do, and of what any is about; what
        one other cube alone mentions comes without its name.
        """
        asked = sorted(set(nodes))
        found = self._db.read(
            "around",
            **pinned(scope),
            nodes=asked,
            kind=str(NodeKind.MEMCUBE),
            kinds=[str(kind) for kind in OUTWARD],
            page=PAGE,
        )
        edges, ends, alone = list[Edge](), set(asked), list[Version]()
        for row in found:
            for dst, decided, said in row["ends"]:
                led = [rows.plain_edge(scope.ns, one, dst) for one in said]
                edges += led
                if all(edge.kind is EdgeKind.NEXT for edge in led):
                    continue
                if seeds is None or decided or _told(led, seeds) or dst in ends:
                    ends.add(dst)
                else:
                    alone.append(rows.nameless(scope.ns, dst, led[0]))
        versions, decisions = self._described(scope, sorted(ends))
        versions += alone
        here = {version.node for version in versions}
        origins = {v.origin for v in versions if v.kind is NodeKind.MEMCUBE} - here
        sources, _ = self._described(scope, sorted(origins))
        versions += sources
        between = (e for e in [*edges, *decisions] if e.src in here and e.dst in here)
        return (*versions, *{edge.id: edge for edge in between}.values())

    def tally(self, scope: Scope, asked: Tally) -> tuple[Tallied, ...]:
        """How many cubes have which value, in one statement over all that the scope shows."""
        return tallied(self._db, scope, asked)

    def _described(self, scope: Scope, nodes: Sequence[str]) -> tuple[list[Version], list[Edge]]:
        versions, edges = list[Version](), dict[str, Edge]()
        found = self._db.read(
            "described",
            **pinned(scope),
            nodes=list(nodes),
            kind=str(NodeKind.ENTITY),
            kinds=[str(kind) for kind in DECIDED],
            fields=list(rows.SAID),
            page=PAGE,
        )
        for fields, node, name, label, first, led in (
            one for row in found for one in row["versions"]
        ):
            if fields is not None:
                versions.append(rows.version(dict(zip(rows.SAID, fields, strict=True))))
                continue
            versions.append(rows.plain_entity(scope.ns, node, first, name, label))
            for *said, dst in led:
                edge = rows.plain_edge(scope.ns, said, dst)
                edges[edge.id] = edge
        return versions, list(edges.values())

    def _enough(
        self, name: str, scope: Scope, tags: Sequence[str], first: int, **params: Any
    ) -> tuple[Match, ...]:
        """Ask for more and more until enough is visible."""
        _positive(first)
        limit = first * OVER
        while True:
            found = self._db.read(
                name,
                **pinned(scope),
                **params,
                tags=list(tags),
                limit=limit,
                walked=str(State.ACTIVATED),
                archived=scope.archived,
            )
            seen = [(rows.version(row["version"]), row["score"]) for row in found if row["visible"]]
            standing = standing_in(self, scope, [version for version, _ in seen])
            hits = [Match(version, score) for version, score in seen if version.id in standing]
            if len(hits) >= first or len(found) < limit or limit >= MOST:
                return tuple(hits[:first])
            limit *= OVER


def put_vectors(tx: Transaction, producer: str, derived: Sequence[Derived]) -> None:
    """Lay the vectors of derived data into the producer's slot; without a free one they stay bytes."""
    vectors = [
        {"record": row.record, "producer": row.producer, "vector": list(row.vector)}
        for row in derived
        if row.vector is not None and any(row.vector)
    ]
    if not vectors:
        return
    slots = {row["name"]: int(row["slot"]) for row in tx.run("producers")}
    if producer not in slots:
        free = set(range(1, SLOTS + 1)) - set(slots.values())
        if not free:
            return
        slots[producer] = min(free)
        tx.run("new_producer", name=producer, slot=slots[producer])
    tx.run("put_vectors", key=f"vector_{slots[producer]}", rows=vectors)


def _told(edges: Sequence[Edge], seeds: Collection[str]) -> bool:
    """Whether the name of what some edges lead to is needed: for a walk over it, or for what a question names."""
    named = (EdgeKind.ABOUT, EdgeKind.TAGGED)
    cubes = {edge.src for edge in edges}
    return len(cubes) > 1 or any(e.kind in named or e.src in seeds for e in edges)


def _positive(first: int) -> None:
    if first < 1:
        raise Invalid(f"a page holds at least one item, not {first}")
