"""Rehearsal: a store as it would be after a change that nobody has committed.

It answers the reads that impact is computed from, so that a preview is made by the same code as the
account of what a change did: up to the base's sequence it is the store, one after it is the store with
what the change opens and without what it closes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import cast

from .canonical import Resolving, certain
from .change import ChangeSet, Close, Committed, Open, Reopen
from .effect import Effect, leaf_bytes
from .errors import Invalid
from .hold import Holds, Standing
from .impact import Impact, impact_of
from .instant import OPEN
from .kind import NodeKind
from .line import dormant
from .listing import all_edges, all_found
from .record import Edge, Record, Version
from .scope import Access, Along, Direction, Page, Scope, Where
from .staleness import digests_in_force
from .store import Derived, GraphStore, Head, Link, Made, Name


def impact_if(store: GraphStore, scope: Scope, change: ChangeSet, *, fresh: bool = False) -> Impact:
    """What a change would do if it were committed now; `fresh` says that it makes its namespace."""
    rehearsal = cast(GraphStore, Rehearsal(store, scope, change, fresh=fresh))
    after = scope.but(seq=scope.seq + 1, valid_at=None)
    found = impact_of(rehearsal, after, after.seq)
    # where nothing is there yet, nobody was told anything
    return replace(found, scopes=None) if fresh else replace(found, tried=rehearsal)


def _cubes(records: Iterable[Record]) -> Iterator[Version]:
    for record in records:
        if isinstance(record, Version) and record.kind is NodeKind.MEMCUBE:
            yield record


class Rehearsal:
    """The reads over a store and one change that is not committed; what is derived of it stays here.

    Raises `Invalid` for a change that destroys content, which is not tried first, and `Held` where a
    hold would refuse it.
    """

    def __init__(
        self, store: GraphStore, scope: Scope, change: ChangeSet, *, fresh: bool = False
    ) -> None:
        self._store = store
        self._base = scope.but(valid_at=None)
        self._fresh = fresh
        self._change = change
        self._opened: dict[str, Record] = {}
        self._closed: dict[str, Record] = {}
        self._effects: list[Effect] = []
        self._derived: dict[tuple[str, str], bytes] = {}
        self._resolver: Resolving | None = None
        for op in change.ops:
            if isinstance(op, Open):
                self._open([op.record])
            elif isinstance(op, Reopen):
                back = self._shut(op)
                self._open(back)
                self._effects.append(Effect(op, tuple(record.id for record in back)))
            elif isinstance(op, Close):
                self._closed |= {record.id: record for record in self._meant(op)}
            else:
                raise Invalid("what destroys content for ever cannot be tried first")
        self._hold()
        self._dead = self._died()
        self._revived = () if fresh else tuple(self._reviving())

    def alike(self, scope: Scope) -> Iterable[tuple[str, str]]:
        """See `Resolving.alike`: after the change, with the names that it brings."""
        if self._fresh:
            return ()
        if scope.seq <= self._base.seq:
            return certain(self._store, scope)
        resolver = getattr(self._store, "resolver", None)
        if resolver is None:
            return ()
        if self._resolver is None:
            self._resolver = resolver.over(cast(GraphStore, self), scope.ns)
        return self._resolver.alike(scope)

    def head(self) -> Head:
        """See `GraphStore.head`: as if the change were the last."""
        return replace(self._store.head(), seq=self._base.seq + 1)

    def feed(self, ns: str, after: int, upto: int) -> Iterator[Record]:
        """See `GraphStore.feed`."""
        yield from self._store.feed(ns, after, min(upto, self._base.seq))
        if upto > self._base.seq:
            for record in self._closed.values():
                yield replace(record, to_seq=self._base.seq + 1)
            yield from self._opened.values()

    def derived(self, ns: str, producer: str, records: Sequence[str]) -> dict[str, bytes]:
        """See `GraphStore.derived`."""
        mine = {r: self._derived[producer, r] for r in records if (producer, r) in self._derived}
        return self._store.derived(ns, producer, records) | mine

    def put_derived(
        self, ns: str, producer: str, data: Iterable[Derived], *, watermark: int = 0
    ) -> None:
        """See `GraphStore.put_derived`."""
        self._derived |= {(producer, one.record): one.data for one in data}

    def watermark(self, ns: str, producer: str) -> int:
        """See `GraphStore.watermark`."""
        return self._store.watermark(ns, producer)

    def name(self, ns: str, kind: NodeKind, *value: str) -> Name:
        """See `GraphStore.name`."""
        return self._store.name(ns, kind, *value)

    def history(self, scope: Scope, node: str) -> tuple[Version, ...]:
        """See `GraphStore.history`: what the change would open or close is not in it."""
        return () if self._fresh else self._store.history(self._at(scope), node)

    def intervals(self, scope: Scope, records: Sequence[str]) -> tuple[Record, ...]:
        """See `GraphStore.intervals`: those before the change."""
        return () if self._fresh else self._store.intervals(self._at(scope), records)

    def get(self, scope: Scope, nodes: Sequence[str]) -> tuple[Version, ...]:
        """See `GraphStore.get`."""
        found = () if self._fresh else self._store.get(self._at(scope), nodes)
        if scope.seq <= self._base.seq:
            return found
        wanted = set(nodes)
        mine = [v for v in self._versions() if v.node in wanted]
        return (*(v for v in found if v.id not in self._closed), *mine)

    def find(
        self, scope: Scope, where: Where, *, first: int = 100, after: str | None = None
    ) -> Page[Version]:
        """See `GraphStore.find`; after the change everything comes on one page."""
        if scope.seq <= self._base.seq:
            return (
                Page(())
                if self._fresh
                else self._store.find(scope, where, first=first, after=after)
            )
        found = [] if self._fresh else list(all_found(self._store, self._at(scope), where))
        kept = [v for v in found if v.id not in self._closed]
        return Page((*kept, *(v for v in self._versions() if _meets(v, where))))

    def edges(
        self, scope: Scope, along: Along, *, first: int = 1000, after: str | None = None
    ) -> Page[Edge]:
        """See `GraphStore.edges`; after the change everything comes on one page."""
        if scope.seq <= self._base.seq:
            return (
                Page(())
                if self._fresh
                else self._store.edges(scope, along, first=first, after=after)
            )
        found = [] if self._fresh else list(all_edges(self._store, self._at(scope), along))
        kept = [
            e for e in found if e.id not in self._closed and not self._dead.intersection(e.ends)
        ]
        known = {edge.id for edge in kept}
        fresh = [e for e in (*self._edges(), *self._revived) if _lies(e, along)]
        alive = self._alive({end for edge in fresh for end in edge.ends})
        kept += [e for e in fresh if e.id not in known and alive.issuperset(e.ends)]
        return Page(tuple(kept))

    def ends(self, scope: Scope, along: Along) -> frozenset[tuple[str, str]]:
        """See `GraphStore.ends`."""
        if scope.seq <= self._base.seq and not self._fresh:
            return self._store.ends(scope, along)
        return frozenset((edge.src, edge.dst) for edge in self.edges(scope, along).items)

    def lineage(
        self,
        scope: Scope,
        nodes: Sequence[str],
        direction: Direction,
        *,
        depth: int = 8,
        past: bool = False,
        first: int = 10_000,
    ) -> tuple[Link, ...]:
        """See `GraphStore.lineage`: what was given out is not touched by any change that is tried."""
        if self._fresh:
            return ()
        scope = self._at(scope)
        return self._store.lineage(scope, nodes, direction, depth=depth, past=past, first=first)

    def uses(self, scope: Scope, nodes: Sequence[str], direction: Direction) -> tuple[Made, ...]:
        """See `GraphStore.uses`."""
        if self._fresh:
            return ()
        found = self._store.uses(self._at(scope), nodes, direction)
        payloads = {pin.payload for made in found for pin in made.of}
        alive = digests_in_force(cast(GraphStore, self), scope, payloads)
        return tuple(
            made._replace(of=tuple(pin._replace(standing=pin.payload in alive) for pin in made.of))
            for made in found
        )

    def effects(self, scope: Scope, seq: int) -> tuple[tuple[Record, ...], tuple[Record, ...]]:
        """What the change would open, and what it would close."""
        return tuple(self._opened.values()), tuple(self._closed.values())

    def changes(
        self,
        scope: Scope,
        *,
        after: int = 0,
        first: int = 100,
        newest: bool = False,
        verbs: Sequence[str] = (),
    ) -> tuple[Committed, ...]:
        """The change itself, with a leaf that says what it brings back."""
        change, seq = self._change, self._base.seq + 1
        leaf = leaf_bytes(
            seq=seq,
            change_id=change.id,
            prev_in_ns=0,
            at=0,
            ns=change.ns,
            actor="",
            on_behalf_of="",
            verb=change.verb,
            enacts=None,
            request_hash="",
            note_digest="",
            effects=tuple(self._effects),
        )
        return (Committed(seq, change.id, change.ns, 0, change.verb, "", "", {}, leaf),)

    def _at(self, scope: Scope) -> Scope:
        return scope.but(seq=min(scope.seq, self._base.seq))

    def _hold(self) -> None:
        """Refuse what a hold would refuse when it is committed."""
        rights = None if self._fresh else self._store.rights(self._base.ns, self._base.viewer)
        owner = rights is None or rights.access is Access.OWNER
        actor = self._change.actor or self._base.viewer
        holds = Holds(replace(self._change, actor=actor), owner=owner)
        holds.end(Standing.of(record) for record in _cubes(self._closed.values()))
        holds.settle(Standing.of(record) for record in _cubes(self._opened.values()))

    def _open(self, records: Iterable[Record]) -> None:
        began = self._base.seq + 1
        fresh = {r.id: replace(r, from_seq=began, to_seq=OPEN) for r in records}
        self._opened |= fresh

    def _shut(self, op: Reopen) -> list[Record]:
        """The closed records that would come back."""
        if op.selector.ids is not None:
            return self._named(op.selector.ids)
        if op.selector.closed_by is None:
            raise Invalid("this change cannot be tried first: commit it, and revert it if need be")
        return list(self._store.effects(self._base, op.selector.closed_by)[1])

    def _named(self, records: Sequence[str]) -> list[Record]:
        """Records by id, each by its last interval."""
        return list({r.id: r for r in self._store.intervals(self._base, records)}.values())

    def _meant(self, op: Close) -> Iterator[Record]:
        """The records that would be closed, as far as the scope shows them."""
        origin, ids = op.selector.origin, set(op.selector.ids or ())
        if origin is not None:
            yield from self._of_origins((origin,))
            return
        yield from self._named(sorted(ids))

    def _of_origins(self, origins: tuple[str, ...]) -> Iterator[Record]:
        yield from all_found(self._store, self._base, Where(origins=origins))
        yield from all_edges(self._store, self._base, Along(origins=origins))

    def _versions(self) -> list[Version]:
        return [record for record in self._opened.values() if isinstance(record, Version)]

    def _edges(self) -> list[Edge]:
        return [record for record in self._opened.values() if isinstance(record, Edge)]

    def _died(self) -> set[str]:
        """The nodes that lose their last version."""
        hit = {v.node for v in self._closed.values() if isinstance(v, Version)}
        return hit - self._alive(hit)

    def _alive(self, nodes: set[str]) -> set[str]:
        """Which of these nodes have a version after the change."""
        after = self._base.but(seq=self._base.seq + 1)
        return {version.node for version in self.get(after, sorted(nodes))} if nodes else set()

    def _reviving(self) -> Iterator[Edge]:
        """Open edges that a node without any version kept, and that count again when it comes back."""
        coming = sorted({version.node for version in self._versions()})
        there = (
            {version.node for version in self._store.get(self._base, coming)} if coming else set()
        )
        past = [
            version
            for node in coming
            if node not in there
            for version in self._store.history(self._base, node)
        ]
        if past:
            for edge in dormant(self._store, self._base, past):
                if edge.id not in self._closed:
                    yield edge


def _meets(version: Version, where: Where) -> bool:
    payload = version.payload.digest if version.payload else None
    return (
        (not where.kinds or version.kind in where.kinds)
        and (where.nodes is None or version.node in where.nodes)
        and (where.origins is None or version.origin in where.origins)
        and (where.payloads is None or payload in where.payloads)
        and not where.tags
        and all(version.get(name) == value for name, value in where.header.items())
        and version.node.startswith(where.starts)
        and (where.under is None or _under(version, where.under))
    )


def _under(version: Version, prefixes: Sequence[str]) -> bool:
    return version.kind is NodeKind.SOURCE and str(version.get("uri", "")).startswith((*prefixes,))


def _lies(edge: Edge, along: Along) -> bool:
    return (
        (not along.kinds or edge.kind in along.kinds)
        and (along.src is None or edge.src in along.src)
        and (along.dst is None or edge.dst in along.dst)
        and (along.touching is None or edge.src in along.touching or edge.dst in along.touching)
        and (along.origins is None or edge.origin in along.origins)
    )
