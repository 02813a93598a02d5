"""Lines: the versions of nodes through time, and which of them a reader at some sequence means."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from .instant import OPEN
from .kind import EdgeKind, NodeKind
from .listing import all_edges
from .record import Edge, Record, Version
from .scope import Along, Scope
from .step import Span
from .store import GraphStore


@dataclass(slots=True)
class Lines:
    """The versions of many nodes: those in force read together, the past only where it is asked for."""

    store: GraphStore
    scope: Scope
    _live: dict[str, tuple[Version, ...]] = field(default_factory=dict)
    _past: dict[str, tuple[Version, ...]] = field(default_factory=dict)
    _placed: dict[str, dict[str, Span]] = field(default_factory=dict)

    def load(self, nodes: Iterable[str]) -> None:
        """Read what is in force of nodes not read before, in one statement."""
        fresh = sorted(set(nodes) - self._live.keys())
        found: dict[str, list[Version]] = {node: [] for node in fresh}
        for version in self.store.get(self.scope, fresh) if fresh else ():
            found[version.node].append(version)
        self._live |= {node: tuple(versions) for node, versions in found.items()}

    def live(self, node: str) -> tuple[Version, ...]:
        """The versions in force, oldest origin first."""
        if node not in self._live:
            self.load([node])
        return self._live[node]

    def past(self, node: str) -> tuple[Version, ...]:
        """Every interval of every version that began by the scope's sequence."""
        if node not in self._past:
            self._past[node] = self.store.history(self.scope, node)
        return self._past[node]

    def visible(self, node: str) -> bool:
        """Whether anything of the node can be read."""
        return bool(self.live(node)) or bool(self.past(node))

    def fit(self, node: str, pin: int, payload: str | None = None) -> Version:
        """The version that a trace rests on: of this payload if one is pinned, and at the pin.

        Where the same record was closed and came back, its last interval is meant.
        """
        standing = [
            v
            for v in self.live(node)
            if v.from_seq <= pin and payload in (None, v.payload.digest if v.payload else "")
        ]
        if standing:
            return standing[0]
        past = self.past(node)
        exact = [v for v in past if v.payload and v.payload.digest == payload] or past
        best = max(
            exact, key=lambda v: (v.from_seq <= pin < v.to_seq, v.from_seq <= pin, v.from_seq)
        )
        return max((v for v in past if v.id == best.id), key=lambda v: v.from_seq)

    def passage(self, source: Version, cube: str) -> Span | None:
        """Where a passage stands in one version of its source, None where it does not."""
        if source.id not in self._placed:
            listed = source.get("passages", ()) if source.kind is NodeKind.SOURCE else ()
            self._placed[source.id] = {node: (int(a), int(z)) for node, a, z in listed}
        return self._placed[source.id].get(cube)

    def ended(self, version: Version) -> int:
        """The sequence that ended a version by the scope's sequence, 0 where it still stands."""
        if any(v.id == version.id for v in self.live(version.node)):
            return 0
        return version.to_seq if version.to_seq <= self.scope.seq else 0


def moments_of(versions: Iterable[Version], seq: int) -> dict[int, tuple[str, ...]]:
    """The sequences at which versions began and last stood up to `seq`, with their nodes.

    Reading edges at these finds the closed ones too, which a read at `seq` does not show.
    """
    pins: dict[int, set[str]] = defaultdict(set)
    for version in versions:
        pins[version.from_seq].add(version.node)
        pins[version.to_seq - 1 if version.to_seq <= seq else seq].add(version.node)
    return {at: tuple(sorted(pins[at])) for at in sorted(pins)}


def dormant(
    store: GraphStore, scope: Scope, past: Sequence[Version], until: int = OPEN
) -> list[Edge]:
    """The edges that stand open (or did until then) at nodes without a version in force: no read shows them.

    `past` is the history of those nodes. Found are edges that were seen while a node stood, as they stand
    now, and what the passages that state a fact were found to say meanwhile.
    """
    nodes = {version.node for version in past}
    seen: dict[str, Edge] = {}
    for seq, touching in moments_of(past, scope.seq).items():
        for edge in all_edges(store, scope.but(seq=seq), Along(touching=touching)):
            seen[edge.id] = edge
    stating = {edge.src for edge in seen.values() if edge.kind is EdgeKind.SUPPORTS} - nodes
    moments = {v.from_seq for passage in sorted(stating) for v in store.history(scope, passage)}
    moments |= _reopenings(store, scope, seen.values())
    for seq in sorted(moments):
        for record in store.effects(scope, seq)[0]:
            if isinstance(record, Edge) and (record.id in seen or nodes.intersection(record.ends)):
                seen[record.id] = max(record, seen.get(record.id, record), key=_began)
    return [edge for edge in seen.values() if edge.to_seq == until]


def _reopenings(store: GraphStore, scope: Scope, edges: Iterable[Edge]) -> set[int]:
    """The changes that brought anything back after one of these edges ended."""
    after = min((edge.to_seq for edge in edges if edge.to_seq != OPEN), default=scope.seq) - 1
    found: set[int] = set()
    while after < scope.seq:
        page = store.changes(scope, after=after, first=500)
        found |= {change.seq for change in page if change.operations.get("reopen")}
        if len(page) < 500:
            break
        after = page[-1].seq
    return found


def _began(record: Record) -> int:
    return record.from_seq
