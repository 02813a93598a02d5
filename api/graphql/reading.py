"""Reading: everything that one request reads, by kind and snapshot, each thing once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from strawberry.types.info import Info

from ...graph import canonical
from ...graph.actors import agent_names, changes_at
from ...graph.belief import Belief, beliefs
from ...graph.change import Committed
from ...graph.errors import Invalid
from ...graph.kind import EdgeKind, Role
from ...graph.listing import all_edges
from ...graph.record import Edge, Version
from ...graph.scope import Along, Direction, Scope
from ...graph.staleness import Missing, missing_sources
from ...graph.store import GraphStore
from .wave import Waves

if TYPE_CHECKING:
    from .service import Service

T = TypeVar("T")

MOST_NODES = 10_000
"""A request is answered with at most this many nodes."""

MOST_WALKS = 20
"""A request holds at most this many walks (`trace`, `history`, `impact`, why something is stale, answers)."""

TOGETHER = 500
"""How many nodes one statement is asked about at most."""


@dataclass(frozen=True, slots=True)
class Identities:
    """Who is who by somebody's decision, with the members of each that stands for others."""

    same: canonical.Identities = field(default_factory=canonical.Identities)
    members: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def split(self) -> bool:
        """Whether some name means one entity here and another there."""
        return bool(self.same.moved)

    def named_by(self, cube: str, entity: str) -> tuple[str, ...]:
        """The entities that a passage names where it mentions this one."""
        parts = self.same.moved.get((cube, entity), ())
        stays = () if any(part.whole for part in parts) else (entity,)
        return (*stays, *(part.to for part in parts))

    def given(self, entity: str) -> list[str]:
        """The passages whose mentions were given to an entity, or to one that is the same."""
        return [cube for cube, _ in self._given(entity)]

    def lenders(self, entity: str) -> set[str]:
        """The entities whose names mean this one somewhere."""
        return {name for _, name in self._given(entity)}

    def _given(self, entity: str) -> list[tuple[str, str]]:
        root = self.of(entity)
        return [
            place
            for place, parts in self.same.moved.items()
            if any(self.of(part.to) == root for part in parts)
        ]

    def of(self, entity: str) -> str:
        """The entity that stands for this one."""
        return self.same.root(entity)

    def all(self, entity: str) -> tuple[str, ...]:
        """Every entity that is this one, itself included."""
        return self.members.get(self.of(entity), (entity,))


NOBODY = Identities()
"""Where nobody decided anything, everything is itself."""


@dataclass(slots=True)
class Reading:
    """What the resolvers of one request share: the service, the waves, and how much was asked for."""

    service: Service
    waves: Waves = field(default_factory=Waves)
    _nodes: int = 0
    _walks: int = 0

    async def run(self, work: Callable[[GraphStore], T]) -> T:
        """Do blocking work on the store, with the next wave."""
        return await self.waves.run(lambda: work(self.service.store()))

    async def walk(self, work: Callable[[GraphStore], T]) -> T:
        """Do work that is done for one node at a time, of which a request may ask only so much."""
        self._walks += 1
        if self._walks > MOST_WALKS:
            raise Invalid(
                f"a request holds at most {MOST_WALKS} of trace, history, impact, ask, inject and staleBecause "
                "of something stale: ask for them on fewer nodes at a time"
            )
        return await self.run(work)

    def count(self, nodes: int) -> None:
        """Keep an answer from growing beyond what anybody reads."""
        self._nodes += nodes
        if self._nodes > MOST_NODES:
            raise Invalid(
                f"the answer would hold more than {MOST_NODES:,} nodes: ask for smaller pages "
                "(`first`) or nest less deeply"
            )

    async def versions(self, scope: Scope, node: str) -> tuple[Version, ...]:
        """The versions in force of a node."""

        def read(nodes: Sequence[str]) -> dict[str, tuple[Version, ...]]:
            found: dict[str, list[Version]] = defaultdict(list)
            for chunk in _chunks(nodes):
                for version in self.service.store().get(scope, chunk):
                    found[version.node].append(version)
            return {name: tuple(versions) for name, versions in found.items()}

        found = await self.waves.load(("versions", scope), read, node)
        self.count(1)
        return found or ()

    async def edges_from(self, scope: Scope, node: str, kind: EdgeKind) -> tuple[Edge, ...]:
        """The edges in force of one kind that begin at a node, in a stable order."""
        return await self._edges(scope, node, kind, outward=True)

    async def edges_to(self, scope: Scope, node: str, kind: EdgeKind) -> tuple[Edge, ...]:
        """The edges in force of one kind that end at a node, in a stable order."""
        return await self._edges(scope, node, kind, outward=False)

    async def _edges(
        self, scope: Scope, node: str, kind: EdgeKind, *, outward: bool
    ) -> tuple[Edge, ...]:
        def read(nodes: Sequence[str]) -> dict[str, tuple[Edge, ...]]:
            found: dict[str, list[Edge]] = defaultdict(list)
            for chunk in _chunks(nodes):
                along = Along((kind,), src=chunk) if outward else Along((kind,), dst=chunk)
                for edge in all_edges(self.service.store(), scope, along):
                    found[edge.src if outward else edge.dst].append(edge)
            return {name: tuple(edges) for name, edges in found.items()}

        return await self.waves.load(("edges", outward, kind, scope), read, node) or ()

    async def identities(self, scope: Scope) -> Identities:
        """Who is who in a snapshot."""

        def read(keys: Sequence[str]) -> dict[str, Identities]:
            return dict.fromkeys(keys, identities(self.service.store(), scope))

        return await self.waves.load(("identities", scope), read, "") or NOBODY

    async def belief(self, scope: Scope, fact: str) -> Belief | None:
        """What there is reason to think of a fact."""

        def read(facts: Sequence[str]) -> dict[str, Belief]:
            return beliefs(self.service.store(), scope, facts)

        return await self.waves.load(("beliefs", scope), read, fact)

    async def uses(self, scope: Scope, receipt: str) -> tuple[Edge, ...]:
        """What a receipt says that it used, also where that is no longer in force."""

        def read(receipts: Sequence[str]) -> dict[str, tuple[Edge, ...]]:
            found: dict[str, list[Edge]] = defaultdict(list)
            for link in self.service.store().lineage(
                scope, receipts, Direction.UP, depth=1, past=True
            ):
                if link.edge.get("role") == Role.USE:
                    found[link.edge.src].append(link.edge)
            return {name: tuple(sorted(e, key=lambda edge: edge.id)) for name, e in found.items()}

        return await self.waves.load(("uses", scope), read, receipt) or ()

    async def missing(self, scope: Scope, artefact: str) -> tuple[Missing, ...]:
        """What an artefact was made from and has lost."""

        def read(artefacts: Sequence[str]) -> dict[str, tuple[Missing, ...]]:
            return missing_sources(self.service.store(), scope, artefacts)

        return await self.waves.load(("missing", scope), read, artefact) or ()

    async def agent(self, scope: Scope, agent: str) -> str:
        """The name of an agent."""

        def read(agents: Sequence[str]) -> dict[str, str]:
            return agent_names(self.service.store(), scope, agents)

        return await self.waves.load(("agents", scope), read, agent) or agent[:8]

    async def change(self, scope: Scope, seq: int) -> Committed | None:
        """The change of this namespace at a sequence, None where there is none up to the scope's."""

        def read(sequences: Sequence[int]) -> dict[int, Committed]:
            found = changes_at(self.service.store(), scope, [s for s in sequences if s > 0])
            return {change.seq: change for change in found}

        return await self.waves.load(("changes", scope), read, seq)


def identities(store: GraphStore, scope: Scope) -> Identities:
    """Read who is who."""
    same = canonical.identities(store, scope)
    members: dict[str, list[str]] = defaultdict(list)
    for entity, first in same.roots.items():
        members[first].append(entity)
    return Identities(same, {first: tuple(names) for first, names in members.items()})


def _chunks(nodes: Sequence[str]) -> list[tuple[str, ...]]:
    return [tuple(nodes[at : at + TOGETHER]) for at in range(0, len(nodes), TOGETHER)]


Asked: TypeAlias = Info[Reading, None]
"""What a resolver is told of its request; `context` is the reading."""
