"""Canonical identity: which entities are the same, and which mentions mean another.

A merge writes one SAME_AS edge and moves nothing; a mention stays on the entity that its surface names.
A split writes a new entity and which sentences of which source mean it. Who is who is worked out on
read: components of SAME_AS, without the pairs that a NOT_SAME_AS keeps apart, and then of the names that are
certainly one (`graph.resolution`). Only so can a merge be
undone exactly, and a decision outlives another reading of its source (DESIGN, a write never follows a
merge redirect).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

from .digest import hashed
from .instant import OPEN
from .kind import EdgeKind, NodeKind
from .listing import all_edges
from .record import Edge, Version
from .scope import Along, Scope
from .store import GraphStore

Span = tuple[int, int]


def components(
    edges: Iterable[tuple[str, str]],
    apart: Iterable[tuple[str, str]] = (),
    rank: Callable[[str], Any] = str,
) -> dict[str, str]:
    """Map every node of the edges to the node of its component that ranks first.

    No component holds a pair that is kept apart. Of edges that would join such a pair, one is wrong and
    nothing tells which: those are in dispute, and none of them is followed until somebody undoes one. So
    neither the order of writing nor what nodes are called makes a difference.

    >>> components([("b", "a"), ("c", "b"), ("e", "d")], apart=[("d", "e")])
    {'a': 'a', 'b': 'a', 'c': 'a', 'd': 'd', 'e': 'e'}
    >>> components([("a", "b"), ("b", "c"), ("c", "d")], apart=[("c", "a")])
    {'a': 'a', 'b': 'b', 'c': 'c', 'd': 'c'}
    """
    pairs = {(one, other) for one, other in edges}
    roots = _joined(pairs, rank)
    wrong = _disputed(pairs, apart, roots)
    if not wrong:
        return roots
    alone = {node: node for node in roots}
    return alone | _joined({pair for pair in pairs if frozenset(pair) not in wrong}, rank)


def disputed(
    edges: Iterable[tuple[str, str]], apart: Iterable[tuple[str, str]]
) -> set[frozenset[str]]:
    """The edges that `components` would not follow: those that join what is kept apart.

    >>> sorted(map(sorted, disputed([("a", "b"), ("b", "c"), ("c", "d")], apart=[("c", "a")])))
    [['a', 'b'], ['b', 'c']]
    """
    pairs = {(one, other) for one, other in edges}
    return _disputed(pairs, apart, _joined(pairs, str))


def joined(
    same: Iterable[tuple[str, str]],
    apart: Iterable[tuple[str, str]],
    alike: Iterable[tuple[str, str]],
    rank: Callable[[str], Any] = str,
) -> dict[str, str]:
    """Components of what somebody decided, and then of what is `alike` by computation.

    What is only computed joins groups of decisions where none of these keeps them apart; it never puts a
    decision in dispute.

    >>> joined([("a", "b")], [("a", "c")], [("b", "c"), ("c", "d")])
    {'a': 'a', 'b': 'a', 'c': 'c', 'd': 'c'}
    """
    apart = list(apart)
    roots = components(same, apart, rank)
    pairs = {(roots.get(a, a), roots.get(b, b)) for a, b in alike}
    pairs = {pair for pair in pairs if pair[0] != pair[1]}
    if not pairs:
        return roots
    kept = [(roots.get(a, a), roots.get(b, b)) for a, b in apart]
    groups = components(pairs, kept, rank)
    found = {node: groups.get(root, root) for node, root in roots.items()}
    return dict(sorted((groups | found).items()))


@runtime_checkable
class Resolving(Protocol):
    """A store beside which something computes what entities are alike."""

    def alike(self, scope: Scope) -> Iterable[tuple[str, str]]:
        """The pairs of entities that a scope shows whose names say that they are one."""
        ...


def _joined(pairs: Iterable[tuple[str, str]], rank: Callable[[str], Any]) -> dict[str, str]:
    parent: dict[str, str] = {}

    def root(node: str) -> str:
        parent.setdefault(node, node)
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for one, other in pairs:
        low, high = sorted((root(one), root(other)), key=rank)
        parent[high] = low
    return {node: root(node) for node in sorted(parent)}


def _disputed(
    pairs: Iterable[tuple[str, str]],
    apart: Iterable[tuple[str, str]],
    roots: Mapping[str, str],
) -> set[frozenset[str]]:
    """The edges on any way between two that are kept apart.

    Those are the edges of the biconnected components (Hopcroft and Tarjan 1973) that the way between the two
    in the tree of these components and their joints leads through: two edges lie on one simple cycle if and
    only if they are in one.
    """
    against = [(a, b) for a, b in apart if a != b and a in roots and roots[a] == roots.get(b)]
    if not against:
        return set()
    from networkx import Graph, biconnected_component_edges  # heavy, and seldom needed

    groups: dict[str, Graph[str]] = defaultdict(Graph)
    asked = {roots[one] for one, _ in against}
    for one, other in pairs:
        if one != other and roots[one] in asked:
            groups[roots[one]].add_edge(one, other)
    blocks: list[set[frozenset[str]]] = []
    tree: dict[str | int, set[str | int]] = defaultdict(set)
    for group in groups.values():
        for block in biconnected_component_edges(group):
            for end in {end for edge in block for end in edge}:
                tree[end].add(len(blocks))
                tree[len(blocks)].add(end)
            blocks.append({frozenset(edge) for edge in block})
    above = _climbing(tree, groups)
    crossed = set[int]()
    for one, other in against:
        crossed |= _between(above, one, other)
    return set[frozenset[str]]().union(*(blocks[place] for place in crossed))


Step = tuple[str | int | None, int]
"""What stands above a place in a tree, and how deep the place is."""


def _climbing(
    tree: Mapping[str | int, Iterable[str | int]], roots: Iterable[str]
) -> dict[str | int, Step]:
    """Each place of a forest with the one above it."""
    above: dict[str | int, Step] = dict.fromkeys(roots, (None, 0))
    queue = list(above)
    for place in queue:
        for below in tree.get(place, ()):
            if below not in above:
                above[below] = (place, above[place][1] + 1)
                queue.append(below)
    return above


def _between(above: Mapping[str | int, Step], one: str, other: str) -> set[int]:
    """The components, by number, on the way between two names of one tree."""
    found = set[int]()
    here: str | int | None = one
    there: str | int | None = other
    while here != there and here is not None and there is not None:
        if above[here][1] < above[there][1]:
            here, there = there, here
        found |= {here} if isinstance(here, int) else set()
        here = above[here][0]
    return found | ({here} if isinstance(here, int) else set())


@dataclass(frozen=True, slots=True)
class Moved:
    """The part of a mention that a split gave to another entity.

    `spans` are the characters of the passage; `whole` says that nothing of the mention stays.
    """

    to: str
    spans: tuple[Span, ...]
    whole: bool


@dataclass(frozen=True, slots=True)
class Identities:
    """Who is who in one scope: merged entities by their canonical one, mentions that were split off."""

    roots: Mapping[str, str] = field(default_factory=dict)
    moved: Mapping[tuple[str, str], tuple[Moved, ...]] = field(default_factory=dict)

    def root(self, entity: str) -> str:
        """The canonical entity; one that nobody merged is its own.

        >>> Identities({"b": "a"}).root("b"), Identities().root("b")
        ('a', 'b')
        """
        return self.roots.get(entity, entity)

    def alike(self, entities: Iterable[str]) -> set[str]:
        """These entities with all that are the same as one of them, or whose mentions they were given."""
        asked = set(entities)
        roots = {self.root(entity) for entity in asked}
        found = asked | roots | {entity for entity, root in self.roots.items() if root in roots}
        given = {
            entity
            for (_, entity), parts in self.moved.items()
            if any(self.root(part.to) in roots for part in parts)
        }
        return found | given

    def meant(self, cube: str, entity: str, span: Span) -> str:
        """The canonical entity that a name within these characters of a passage means."""
        for part in self.moved.get((cube, entity), ()):
            if any(start < span[1] and span[0] < end for start, end in part.spans):
                return self.root(part.to)
        return self.root(entity)

    def spoken_of(self, entity: str, stating: Iterable[Edge]) -> set[str]:
        """Whom a fact is about that names this entity, by the passages that state it (`SUPPORTS`)."""
        found: set[str] = set()
        for edge in stating:
            for start, end in edge.get("spans") or ((0, OPEN),):
                found.add(self.meant(edge.src, entity, (int(start), int(end))))
        return found


def identities(store: GraphStore, scope: Scope) -> Identities:
    """Read who is who: one statement, and some more only where something was split.

    Decisions come first; then what is certain by computation, where something beside the store computes it.
    """
    same: list[tuple[str, str]] = []
    apart: list[tuple[str, str]] = []
    splits: set[str] = set()
    for edge in all_edges(store, scope, Along(kinds=(EdgeKind.SAME_AS, EdgeKind.NOT_SAME_AS))):
        (same if edge.kind is EdgeKind.SAME_AS else apart).append((edge.src, edge.dst))
        if edge.get("split"):
            splits.add(edge.origin)
    roots = joined(same, apart, certain(store, scope), hashed)
    return Identities(roots, split_mentions(store, scope, sorted(splits)) if splits else {})


def certain(store: GraphStore, scope: Scope) -> Iterable[tuple[str, str]]:
    """The pairs of entities that are one by computation; none where nothing beside the store computes them."""
    return store.alike(scope) if isinstance(store, Resolving) else ()


def moved_mentions(store: GraphStore, scope: Scope) -> Mapping[tuple[str, str], tuple[Moved, ...]]:
    """Only what splits moved, for who asks nothing else."""
    along = Along(kinds=(EdgeKind.NOT_SAME_AS,))
    splits = {edge.origin for edge in all_edges(store, scope, along) if edge.get("split")}
    return split_mentions(store, scope, sorted(splits)) if splits else {}


def spoken(versions: Sequence[Version], field: str) -> str:
    """What most of the weightiest say of something; of several the first as text, in whatever order they came.

    Empty where none says anything.
    """
    said = [version for version in versions if version.get(field) is not None]
    most = max((version.authority for version in said), default=None)
    counts = Counter(str(v.get(field)) for v in said if v.authority == most)
    return min(counts, key=lambda value: (-counts[value], value), default="")


def sentence_key(store: GraphStore, ns: str, sentence: str) -> str:
    """Name a sentence by its words under the store's secret, so that a decision holds no content."""
    return store.name(ns, NodeKind.MEMCUBE, "sentence", " ".join(sentence.split())).key


def split_mentions(
    store: GraphStore, scope: Scope, decisions: Sequence[str]
) -> dict[tuple[str, str], tuple[Moved, ...]]:
    """Find what splits mean today: by source and sentence, wherever that stands by now."""
    wanted: dict[str, dict[tuple[str, str], str]] = defaultdict(dict)
    # of two that say otherwise of one sentence, the later holds, however often either went and came back
    said = store.get(scope, decisions)
    made = {version.id: version.from_seq for version in said}
    for interval in store.intervals(scope, sorted(made)) if len(made) > 1 else ():
        made[interval.id] = min(made[interval.id], interval.from_seq)
    for decision in sorted(said, key=lambda version: made[version.id]):
        for entity, source, key in decision.get("evidence", ()):
            wanted[str(entity)][str(source), str(key)] = str(decision.get("to"))
    found: dict[tuple[str, str], tuple[Moved, ...]] = {}
    for entity, meaning in sorted(wanted.items()):
        origins = tuple(sorted({source for source, _ in meaning}))
        along = Along(kinds=(EdgeKind.MENTIONS,), dst=(entity,), origins=origins)
        edges = {(edge.src, edge.origin): edge for edge in all_edges(store, scope, along)}
        cubes = {v.node: v for v in store.get(scope, sorted({cube for cube, _ in edges}))}
        for (cube, source), edge in sorted(edges.items()):
            parts = _parts(store, cubes[cube], edge, source, meaning)
            if parts:
                found[cube, entity] = parts
    return found


def _parts(
    store: GraphStore,
    cube: Version,
    edge: Edge,
    source: str,
    meaning: Mapping[tuple[str, str], str],
) -> tuple[Moved, ...]:
    spans = [(int(start), int(end)) for start, end in edge.get("spans", ())]
    taken: dict[str, list[Span]] = defaultdict(list)
    for start, end in sentences_of(cube):
        mine = [span for span in spans if start <= span[0] < end]
        if mine:
            key = sentence_key(store, cube.ns, cube.text[start:end])
            to = meaning.get((source, key))
            if to is not None:
                taken[to] += mine
    left = len(spans) - sum(map(len, taken.values()))
    return tuple(Moved(to, tuple(mine), left == 0) for to, mine in sorted(taken.items()))


def sentences_of(cube: Version) -> list[Span]:
    """The sentences of a passage, or all of it where it has none."""
    spans = [(int(start), int(end)) for start, end in cube.get("sentences", ())]
    return spans or ([(0, len(cube.text))] if cube.text else [])
