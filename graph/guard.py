"""GuardedStore: the only kind of store that is ever handed out.

Every read and write happens as one principal; what that principal may not read is `NotFound`, and
`PermissionDenied` is said only to those who may read (DESIGN, governance). It fails closed: without a
principal there is no answer.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from time import monotonic
from typing import Protocol

from .canonical import Resolving
from .change import HOUSE, ChangeSet, Committed, Open
from .errors import Invalid, PermissionDenied
from .instant import now
from .kind import Authority, EdgeKind, NodeKind, Verb
from .reads import Found, Reads
from .record import Author, Edge, Record, Version
from .refusal import no_namespace
from .scope import Access, Along, Direction, Page, Rights, Scope, Where
from .store import Course, Derived, Engine, GraphStore, Head, Link, Made, Match, Name, Pushdown
from .tally import Tallied, Tally

ABSENT = 1.0
"""Seconds that a namespace, found not to be there, is not looked for again when a value of it is named.

A first ingest names thousands of values of a namespace that does not exist yet, which anybody may."""


class Resolver(Resolving, Protocol):
    """Computes what names are alike in a store, and in one that goes on from it."""

    def over(self, store: GraphStore, ns: str) -> Resolving:
        """The same for a store in which a change is only tried."""
        ...


class GuardedStore:
    """A store as one principal sees it; it is itself a `GraphStore`.

    `about` says what a namespace records of itself when it is made (its encoder, its analyser).

    >>> from memcubes.graph.sqlite import SqliteStore
    >>> store = GuardedStore(SqliteStore(None), "local:ann")
    >>> store.scope("default", "local:ann")
    Traceback (most recent call last):
    memcubes.graph.errors.NotFound: there is no namespace 'default' here for 'local:ann': the first write to a new name makes one, an owner's grant opens another
    >>> done = store.commit(ChangeSet(ns="default", verb="remember", ops=()))
    >>> store.namespaces(), done[0].seq
    (('default',), 2)
    >>> store.close()
    """

    def __init__(
        self,
        engine: Engine,
        principal: str,
        about: Callable[[], Mapping[str, str]] = dict,
    ) -> None:
        if not principal.strip():
            raise PermissionDenied("a store is opened by somebody: name a principal with --user")
        if principal.startswith(HOUSE):
            raise PermissionDenied(
                f"'{principal}' is the name of a part of memcubes: name yourself with --user"
            )
        self.engine = engine
        self.resolver: Resolver | None = None
        self.principal = principal
        self._about = about
        self._named: set[str] = set()
        self._absent: dict[str, float] = {}
        self._reads = Reads()

    def together(self, ns: str, reads: Callable[[], Found]) -> Found:
        """Do reads of a namespace that belong together, and give what they found.

        What the principal may do is asked once, after the last of them: who has lost the namespace by then is given
        nothing. Each goes by who may read a node at its moment, and where the principal's reader sets are others
        afterwards, all are done again. Writes ask by themselves, and so do reads of other namespaces.
        """
        return self._reads.together(ns, reads, lambda: self._readable(ns).acls)

    def alike(self, scope: Scope) -> Iterable[tuple[str, str]]:
        """See `Resolving.alike`: what `resolver` computes, where one was given to this store."""
        return self.resolver.alike(self._own(scope)) if self.resolver is not None else ()

    @property
    def url(self) -> str:
        """Where the store is, without credentials."""
        return self.engine.url

    def close(self) -> None:
        """Let go of the engine."""
        self.engine.close()

    def name(self, ns: str, kind: NodeKind, *value: str) -> Name:
        """Name a value: see `GraphStore.name`.

        Names tell what exists, so those of a namespace that one may not read are not given out.
        """
        if ns not in self._named and self._absent.get(ns, 0.0) <= monotonic():
            if ns in self.engine.namespaces():
                self._readable(ns)
                self._named.add(ns)
            else:
                self._absent[ns] = monotonic() + ABSENT
        return self.engine.name(ns, kind, *value)

    def head(self) -> Head:
        """Where the log stands."""
        return self.engine.head()

    def namespaces(self) -> tuple[str, ...]:
        """The namespaces that the principal may read."""
        return tuple(
            ns
            for ns in self.engine.namespaces()
            if self.engine.rights(ns, self.principal).access is not Access.NONE
        )

    def rights(self, ns: str, principal: str) -> Rights:
        """The principal's own rights; an owner may ask for those of others."""
        mine = self.engine.rights(ns, self.principal)
        if principal == self.principal:
            return mine
        if mine.access is not Access.OWNER:
            raise PermissionDenied(f"only an owner of '{ns}' may ask what '{principal}' may do")
        return self.engine.rights(ns, principal)

    def scope(
        self,
        ns: str,
        viewer: str = "",
        *,
        seq: int | None = None,
        recorded: int | None = None,
        valid_at: int | None = None,
        without: tuple[str, ...] = (),
    ) -> Scope:
        """Pin a read for the principal; `viewer` may only repeat its name."""
        if viewer not in ("", self.principal):
            raise PermissionDenied(f"'{self.principal}' cannot read as '{viewer}'")
        group = self._reads.of(ns)
        if group is None:
            self._readable(ns)
        pinned = self.engine.scope(
            ns, self.principal, seq=seq, recorded=recorded, valid_at=valid_at, without=without
        )
        if group is not None:
            group.acls = group.acls or pinned.acls
        return pinned

    def _may_read(self, ns: str) -> None:
        """Refuse who may not read a namespace; of reads that are done together it is asked after them."""
        if self._reads.of(ns) is None:
            self._readable(ns)

    def _readable(self, ns: str) -> Rights:
        rights = self.engine.rights(ns, self.principal)
        if rights.access is Access.NONE:
            raise no_namespace(ns, self.principal)
        return rights

    def _own(self, scope: Scope) -> Scope:
        """Never trust the reader sets that a scope carries: work them out again."""
        group = self._reads.of(scope.ns)
        acls = group.acls if group is not None else None
        if acls is None:
            acls = self._readable(scope.ns).acls
        if group is not None:
            group.acls = acls
        return replace(scope, viewer=self.principal, acls=acls)

    def commit(self, *changes: ChangeSet) -> tuple[Committed, ...]:
        """Commit as the principal; the first write to a namespace makes it, owned by its writer."""
        signed = [replace(change, actor=self.principal) for change in changes]
        there = set(self.engine.namespaces())
        founding: dict[str, ChangeSet] = {}
        for change in signed:
            if change.ns not in there and change.ns not in founding:
                founding[change.ns] = self.founding(change.ns)
        done = self.engine.commit(*founding.values(), *signed)
        self._absent.clear()
        return done[len(founding) :]

    def commit_by(self, agent: str, *changes: ChangeSet) -> tuple[Committed, ...]:
        """Commit as one of memcubes' own agents, on behalf of the principal and with its rights."""
        if not agent.startswith(HOUSE):
            raise Invalid(f"'{agent}' is no agent of memcubes: they are called {HOUSE}…")
        signed = [replace(one, actor=agent, on_behalf_of=self.principal) for one in changes]
        return self.engine.commit(*signed)

    def founding(self, ns: str) -> ChangeSet:
        """The change that makes a namespace, its first agent, and that agent's ownership."""
        if not ns.strip() or len(ns) > 200 or not ns.isprintable():
            raise Invalid(f"'{ns[:40]}' cannot name a namespace: use 1 to 200 printable characters")
        home = self.name(ns, NodeKind.NAMESPACE, ns)
        agent = self.name(ns, NodeKind.AGENT, self.principal)
        author = Author(ns, home.id, Authority.ASSERTED, now())
        return ChangeSet(
            ns=ns,
            verb=Verb.FOUND,
            actor=self.principal,
            reason="first write",
            absent=(home.id,),
            request={"found": ns},
            idempotency=f"found:{ns}",
            ops=(
                Open(
                    author.version(
                        NodeKind.NAMESPACE, home.id, {"name": ns, **self._about()}, key=home.key
                    )
                ),
                Open(
                    author.version(
                        NodeKind.AGENT, agent.id, {"name": self.principal}, key=agent.key
                    )
                ),
                Open(author.edge(EdgeKind.GRANTS, agent.id, home.id, {"role": str(Access.OWNER)})),
            ),
        )

    def get(self, scope: Scope, nodes: Sequence[str]) -> tuple[Version, ...]:
        """See `GraphStore.get`."""
        return self.engine.get(self._own(scope), nodes)

    def find(
        self, scope: Scope, where: Where, *, first: int = 100, after: str | None = None
    ) -> Page[Version]:
        """See `GraphStore.find`."""
        return self.engine.find(self._own(scope), where, first=first, after=after)

    def history(self, scope: Scope, node: str) -> tuple[Version, ...]:
        """See `GraphStore.history`."""
        return self.engine.history(self._own(scope), node)

    def intervals(self, scope: Scope, records: Sequence[str]) -> tuple[Record, ...]:
        """See `GraphStore.intervals`."""
        return self.engine.intervals(self._own(scope), records)

    def edges(
        self, scope: Scope, along: Along, *, first: int = 1000, after: str | None = None
    ) -> Page[Edge]:
        """See `GraphStore.edges`."""
        return self.engine.edges(self._own(scope), along, first=first, after=after)

    def ends(self, scope: Scope, along: Along) -> frozenset[tuple[str, str]]:
        """See `GraphStore.ends`."""
        return self.engine.ends(self._own(scope), along)

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
        """See `GraphStore.lineage`."""
        return self.engine.lineage(
            self._own(scope), nodes, direction, depth=depth, past=past, first=first
        )

    def uses(self, scope: Scope, nodes: Sequence[str], direction: Direction) -> tuple[Made, ...]:
        """See `GraphStore.uses`."""
        return self.engine.uses(self._own(scope), nodes, direction)

    def changes(
        self,
        scope: Scope,
        *,
        after: int = 0,
        first: int = 100,
        newest: bool = False,
        verbs: Sequence[str] = (),
    ) -> tuple[Committed, ...]:
        """See `GraphStore.changes`."""
        own = self._own(scope)
        return self.engine.changes(own, after=after, first=first, newest=newest, verbs=verbs)

    def effects(self, scope: Scope, seq: int) -> tuple[tuple[Record, ...], tuple[Record, ...]]:
        """See `GraphStore.effects`."""
        return self.engine.effects(self._own(scope), seq)

    def feed(self, ns: str, after: int, upto: int) -> Iterator[Record]:
        """See `GraphStore.feed`; the principal must be able to read the namespace."""
        self._may_read(ns)
        return self.engine.feed(ns, after, upto)

    def put_derived(
        self, ns: str, producer: str, data: Iterable[Derived], *, watermark: int = 0
    ) -> None:
        """See `GraphStore.put_derived`."""
        self._readable(ns)
        self.engine.put_derived(ns, producer, data, watermark=watermark)

    def derived(self, ns: str, producer: str, records: Sequence[str]) -> dict[str, bytes]:
        """See `GraphStore.derived`."""
        self._may_read(ns)
        return self.engine.derived(ns, producer, records)

    def drop_derived(self, ns: str, producer: str, records: Iterable[str]) -> None:
        """See `GraphStore.drop_derived`."""
        if self._readable(ns).access is Access.READER:
            raise PermissionDenied(
                f"'{self.principal}' may read '{ns}', not drop what was derived there: ask an owner"
            )
        self.engine.drop_derived(ns, producer, records)

    def watermark(self, ns: str, producer: str) -> int:
        """See `GraphStore.watermark`."""
        self._may_read(ns)
        return self.engine.watermark(ns, producer)

    @property
    def pushdown(self) -> Pushdown | None:
        """What the engine searches by itself, each time at the principal's scope; None where it searches nothing."""
        return _Guarded(self._own, self.engine) if isinstance(self.engine, Pushdown) else None


@dataclass(frozen=True, slots=True)
class _Guarded:
    """An engine's own searches as one principal sees them."""

    own: Callable[[Scope], Scope]
    engine: Pushdown

    def search_text(
        self, scope: Scope, text: str, *, tags: Sequence[str] = (), first: int = 10
    ) -> tuple[Match, ...]:
        return self.engine.search_text(self.own(scope), text, tags=tags, first=first)

    def search_vector(
        self,
        scope: Scope,
        producer: str,
        vector: Sequence[float],
        *,
        tags: Sequence[str] = (),
        first: int = 10,
    ) -> tuple[Match, ...]:
        own = self.own(scope)
        return self.engine.search_vector(own, producer, vector, tags=tags, first=first)

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
        return self.engine.neighbourhood(
            self.own(scope), seeds, kinds=kinds, damping=damping, breadth=breadth, first=first
        )

    def surroundings(
        self, scope: Scope, nodes: Sequence[str], seeds: Collection[str] | None = None
    ) -> tuple[Record, ...]:
        return self.engine.surroundings(self.own(scope), nodes, seeds)

    def tally(self, scope: Scope, asked: Tally) -> tuple[Tallied, ...]:
        return self.engine.tally(self.own(scope), asked)

    @property
    def walks(self) -> bool:
        return self.engine.walks

    def pagerank(self, course: Course) -> Mapping[int, float] | None:
        return self.engine.pagerank(course)
