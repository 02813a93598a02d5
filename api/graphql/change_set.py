"""ChangeSet: what was done, by whom and why; and its connection."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import strawberry

from ...graph.actors import changes_at
from ...graph.change import Committed
from ...graph.impact import impact_of
from ...graph.kind import NodeKind
from ...graph.scope import Scope
from ...graph.staleness import Missing
from ...graph.store import GraphStore
from .cursor import Place, listing, page_size
from .filter import Changes
from .node import Agent, Node, PageInfo
from .page import Found
from .reading import Asked, Reading
from .scalar import Instant, Seq

if TYPE_CHECKING:
    from .impact import Impact

CHUNK = 200
"""Changes that are looked through at a time, where a filter is given."""


@strawberry.type
class Operation:
    """How many records a change opened, closed, reopened or shredded."""

    kind: str
    records: int


@strawberry.type
class ChangeSet(Node):
    """One indivisible change: undo unit, audit entry, feed entry. Its id is `@` and its sequence."""

    scope: strawberry.Private[Scope]
    committed: strawberry.Private[Committed]

    @strawberry.field
    def seq(self) -> Seq:
        """Its place in the log."""
        return Seq(self.committed.seq)

    @strawberry.field
    def verb(self) -> str:
        """What was done: ingest, remember, retract, …"""
        return self.committed.verb

    @strawberry.field
    def reason(self) -> str:
        """Why, in the actor's words."""
        return self.committed.reason

    @strawberry.field
    def recorded(self) -> Instant:
        """When it was committed."""
        return Instant(self.committed.at)

    @strawberry.field
    def operations(self) -> list[Operation]:
        """What it did to the records."""
        counts = self.committed.operations
        return [Operation(kind=kind.upper(), records=counts[kind]) for kind in sorted(counts)]

    @strawberry.field
    async def actor(self, info: Asked) -> Agent:
        """Whose doing it was."""
        return await agent_of(info.context, self.scope, self.committed.actor)

    @strawberry.field
    async def on_behalf_of(self, info: Asked) -> Agent | None:
        """For whom it was done, if not for the actor."""
        agent = self.committed.on_behalf_of
        return await agent_of(info.context, self.scope, agent) if agent else None

    @strawberry.field
    async def reverts(self, info: Asked) -> ChangeSet | None:
        """The change that it undoes."""
        seq = (self.committed.note or {}).get("reverts")
        if not isinstance(seq, int):
            return None
        found = await info.context.change(self.scope, seq)
        return change_of(self.scope, found) if found else None

    @strawberry.field
    async def impact(self, info: Asked) -> Annotated[Impact, strawberry.lazy(".impact")]:
        """What it did to what is believed, and to the answers that were given."""
        from .impact import Impact

        seq = self.committed.seq
        scope = self.scope.but(seq=max(self.scope.seq, seq), valid_at=None)
        found = await info.context.walk(lambda store: impact_of(store, scope, seq))
        return Impact(scope=scope, found=found)


def change_of(scope: Scope, committed: Committed) -> ChangeSet:
    """A change as the schema shows it."""
    return ChangeSet(id=strawberry.ID(f"@{committed.seq}"), scope=scope, committed=committed)


async def agent_of(reading: Reading, scope: Scope, agent: str) -> Agent:
    """An agent by its node id."""
    return Agent(id=strawberry.ID(agent), name=await reading.agent(scope, agent))


@strawberry.type
class ChangeSetEdge:
    """A change of a listing."""

    node: ChangeSet
    cursor: str


@strawberry.type
class ChangeSetConnection:
    """A page of changes, the newest first."""

    edges: list[ChangeSetEdge]
    page_info: PageInfo

    @classmethod
    def of(cls, scope: Scope, found: Found[Committed]) -> ChangeSetConnection:
        """The page that was found."""
        edges = [
            ChangeSetEdge(node=change_of(scope, committed), cursor=cursor)
            for committed, cursor in zip(found.items, found.cursors, strict=True)
        ]
        return cls(edges=edges, page_info=found.info)


async def changes_of(
    reading: Reading,
    scope: Scope,
    where: Changes,
    first: int | None,
    after: str | None,
) -> ChangeSetConnection:
    """The changes of a namespace, the newest first, a page at a time."""
    size = page_size(first, 20)
    place = Place.of(scope, listing("changes", scope.ns, asdict(where)), after)
    found = await reading.run(lambda store: _changes(store, place, where, size))
    reading.count(len(found.items))
    return ChangeSetConnection.of(place.scope, found)


def _changes(store: GraphStore, place: Place, where: Changes, size: int) -> Found[Committed]:
    """Look through the log backwards until a page is full: the filter comes before the limit."""
    upto = place.offset - 1 if place.after is not None else place.scope.seq
    actor = store.name(place.scope.ns, NodeKind.AGENT, where.actor).id if where.actor else None
    chunk = size + 1 if where == Changes() else CHUNK
    found: list[Committed] = []
    while len(found) <= size and upto > 0:
        page = store.changes(place.scope.but(seq=upto), first=chunk, newest=True)
        found += [change for change in page if _meets(change, where, actor)]
        if len(page) < chunk or (where.since is not None and page[-1].at < where.since):
            break
        upto = page[-1].seq - 1
    return _page(place, found, size)


def _meets(change: Committed, where: Changes, actor: str | None) -> bool:
    return (
        (where.verb is None or change.verb == where.verb)
        and (actor is None or change.actor == actor)
        and (where.since is None or change.at >= where.since)
        and (where.until is None or change.at < where.until)
    )


def _page(place: Place, found: Sequence[Committed], size: int) -> Found[Committed]:
    kept = tuple(found[:size])
    cursors = tuple(place.cursor(str(change.seq)) for change in kept)
    return Found(kept, cursors, len(found) > size, place.after is not None)


async def history_of(
    reading: Reading, scope: Scope, node: str, first: int | None, after: str | None
) -> ChangeSetConnection:
    """The changes that opened or closed something of a node, the newest first."""
    size = page_size(first, 20)
    place = Place.of(scope, listing("history", node), after)

    def read(store: GraphStore) -> Found[Committed]:
        upto = place.offset - 1 if place.after is not None else place.scope.seq
        moments = {
            seq
            for version in store.history(place.scope, node)
            for seq in (version.from_seq, version.to_seq)
            if 0 < seq <= upto
        }
        newest = sorted(moments, reverse=True)[: size + 1]
        changes = sorted(changes_at(store, place.scope, newest), key=lambda one: -one.seq)
        return _page(place, changes, size)

    return ChangeSetConnection.of(place.scope, await reading.walk(read))


async def ended_by(reading: Reading, scope: Scope, lost: Iterable[Missing]) -> list[ChangeSet]:
    """The changes that ended what an artefact was made from, in order."""
    pins = list(lost)

    def read(store: GraphStore) -> list[Committed]:
        moments: set[int] = set()
        for source in dict.fromkeys(pin.source for pin in pins):
            # a change of state before that left the payload in force in another version
            last = dict.fromkeys((pin.digest for pin in pins if pin.source == source), 0)
            for version in store.history(scope, source):
                digest = version.payload.digest if version.payload is not None else ""
                end = max(version.to_seq, version.shredded)
                if digest in last and end <= scope.seq:
                    last[digest] = max(last[digest], end)
            moments |= {end for end in last.values() if end}
        return changes_at(store, scope, moments)

    found = await reading.walk(read)
    return [change_of(scope, change) for change in found]


async def changes_by_seq(
    reading: Reading, scope: Scope, sequences: Iterable[int]
) -> dict[int, ChangeSet]:
    """Changes by their sequences; those that cannot be read are left out."""
    ordered = sorted({seq for seq in sequences if seq > 0})
    found = await asyncio.gather(*(reading.change(scope, seq) for seq in ordered))
    return {change.seq: change_of(scope, change) for change in found if change is not None}
