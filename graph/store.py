"""GraphStore: the narrow protocol that every graph engine meets.

Each method is one set-based statement on SQLite and on Neo4j (lineage: one a level). One contract suite
and one differential fuzzer run on every implementation; the guard is one of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol, runtime_checkable

from .change import ChangeSet, Committed
from .kind import EdgeKind, NodeKind
from .merkle import CompactRange
from .record import Edge, Record, Version
from .scope import Along, Direction, Page, Rights, Scope, Where
from .tally import Tallied, Tally


@dataclass(frozen=True, slots=True)
class Head:
    """Where the log stands: its last sequence, that change's instant, and the tree over all leaves."""

    seq: int
    at: int
    tree: CompactRange


@dataclass(frozen=True, slots=True)
class Name:
    """The key of a value and the node id that follows from it, the same in every process."""

    key: str
    id: str


@dataclass(frozen=True, slots=True)
class Link:
    """One step of lineage: a DERIVED_FROM edge, `depth` steps from where the walk began."""

    depth: int
    edge: Edge


@dataclass(frozen=True, slots=True)
class Derived:
    """Bytes that some producer computed from one record: outside the log, erasable, rebuildable."""

    record: str
    producer: str
    data: bytes
    vector: tuple[float, ...] | None = None
    """What the bytes mean, for an engine that searches vectors itself."""


@dataclass(frozen=True, slots=True)
class Match:
    """One hit of a search that the engine did: the version in force, and how well it fits."""

    version: Version
    score: float


class Pin(NamedTuple):
    """A payload of a source that something was made of; `standing` says whether a version in force holds it."""

    source: str
    payload: str
    standing: bool


class Made(NamedTuple):
    """Artefacts that were made of the same payloads: very many often are, and are then handled at once.

    `alive` says whether they have a version in force.
    """

    artefacts: tuple[str, ...]
    kind: NodeKind
    alive: bool
    of: tuple[Pin, ...]


class GraphStore(Protocol):
    """Where memories are kept: one write path, reads pinned to a sequence, derived data beside it."""

    @property
    def url(self) -> str:
        """Where this store is, without credentials."""
        ...

    def close(self) -> None:
        """Let go of files and connections."""
        ...

    def name(self, ns: str, kind: NodeKind, *value: str) -> Name:
        """Name a value by HMAC under the store's secret: the identity of keyed kinds and passages."""
        ...

    def head(self) -> Head:
        """Where the log stands."""
        ...

    def namespaces(self) -> tuple[str, ...]:
        """The namespaces that exist, in order; the guard shows only those that the viewer may read."""
        ...

    def rights(self, ns: str, principal: str) -> Rights:
        """What a principal may do, by the grants in force now."""
        ...

    def scope(
        self,
        ns: str,
        viewer: str,
        *,
        seq: int | None = None,
        recorded: int | None = None,
        valid_at: int | None = None,
        without: tuple[str, ...] = (),
    ) -> Scope:
        """Pin a read: to a sequence, to what was recorded at an instant (microseconds), or to now."""
        ...

    def commit(self, *changes: ChangeSet) -> tuple[Committed, ...]:
        """Commit changes in one transaction, each with its own leaf: all of them or none.

        Raises `Conflict`, `KeyReused`, `PermissionDenied`, `Invalid`, `ReadOnly`, `Unavailable`.
        """
        ...

    def get(self, scope: Scope, nodes: Sequence[str]) -> tuple[Version, ...]:
        """The versions in force of these nodes; a keyed node has one for each origin."""
        ...

    def find(
        self, scope: Scope, where: Where, *, first: int = 100, after: str | None = None
    ) -> Page[Version]:
        """Versions in force that meet a filter, in a stable order, a page at a time."""
        ...

    def history(self, scope: Scope, node: str) -> tuple[Version, ...]:
        """Every interval of every version of a node up to the scope's sequence, oldest first."""
        ...

    def intervals(self, scope: Scope, records: Sequence[str]) -> tuple[Record, ...]:
        """Every interval of these records that began by the scope's sequence, oldest first."""
        ...

    def edges(
        self, scope: Scope, along: Along, *, first: int = 1000, after: str | None = None
    ) -> Page[Edge]:
        """Edges in force (open, and both nodes live in the scope) that meet a filter."""
        ...

    def ends(self, scope: Scope, along: Along) -> frozenset[tuple[str, str]]:
        """The pairs of nodes that edges in force join, of all that meet a filter: where no more of them is asked."""
        ...

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
        """Walk DERIVED_FROM up or down, bounded and deduplicated; `past` also walks closed edges."""
        ...

    def uses(self, scope: Scope, nodes: Sequence[str], direction: Direction) -> tuple[Made, ...]:
        """What these artefacts were made of (up), or what all that was made of these was made of (down).

        To the end: what something was made of with what that was made of in turn. By DERIVED_FROM edges
        whose role is use, closed ones included, each artefact and each of its pins once, in one statement.
        """
        ...

    def changes(
        self,
        scope: Scope,
        *,
        after: int = 0,
        first: int = 100,
        newest: bool = False,
        verbs: Sequence[str] = (),
    ) -> tuple[Committed, ...]:
        """The namespace's changes after a sequence and up to the scope's, oldest (or newest) first.

        With `verbs` those of these verbs alone.
        """
        ...

    def effects(self, scope: Scope, seq: int) -> tuple[tuple[Record, ...], tuple[Record, ...]]:
        """The records that one change opened (or reopened) and those that it closed."""
        ...

    def feed(self, ns: str, after: int, upto: int) -> Iterator[Record]:
        """Every interval of every record that began or ended after one sequence and up to another.

        The change feed that indexes follow; it carries `acl` and leaves the masking to the reader.
        """
        ...

    def put_derived(
        self, ns: str, producer: str, data: Iterable[Derived], *, watermark: int = 0
    ) -> None:
        """Keep derived data and say up to which sequence it is complete, in one transaction.

        A watermark moves forward only: without one it stays where it is.
        """
        ...

    def derived(self, ns: str, producer: str, records: Sequence[str]) -> dict[str, bytes]:
        """What a producer derived from these records."""
        ...

    def drop_derived(self, ns: str, producer: str, records: Iterable[str]) -> None:
        """Forget what a producer derived from these records, and how far it had come."""
        ...

    def watermark(self, ns: str, producer: str) -> int:
        """Up to which sequence a producer's derived data is complete; 0 where it never ran."""
        ...


@dataclass(frozen=True, slots=True)
class Course:
    """A walk that an engine is given whole: directed edges with weights, by numbers of the caller's, and where it begins.

    From a node it goes on with probability `damping`, along an edge by its share of the weights.
    """

    sources: Sequence[int]
    targets: Sequence[int]
    weights: Sequence[float]
    start: int
    damping: float


@runtime_checkable
class Pushdown(Protocol):
    """What an engine can search by itself, for graphs that do not fit into a `GraphIndex`.

    Scores are the engine's own: they are not compared with another's, nor with `MemOperator`'s.
    """

    def search_text(
        self, scope: Scope, text: str, *, tags: Sequence[str] = (), first: int = 10
    ) -> tuple[Match, ...]:
        """The cubes in force whose words match best, all of them visible in the scope."""
        ...

    def search_vector(
        self,
        scope: Scope,
        producer: str,
        vector: Sequence[float],
        *,
        tags: Sequence[str] = (),
        first: int = 10,
    ) -> tuple[Match, ...]:
        """The cubes in force whose vector, of one producer, lies nearest; score is the cosine."""
        ...

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
        """The nodes within two steps of weighted seeds, by the weight that reaches them, best first."""
        ...

    def surroundings(
        self, scope: Scope, nodes: Sequence[str], seeds: Collection[str] | None = None
    ) -> tuple[Record, ...]:
        """The records in force of some nodes, what their cubes mention and carry, and the edges between them.

        Entities have a version for each way in which they are called, however many sources call them so. Edges
        and entities come without their seals (salt and digest), for whoever only walks them. With `seeds`, what
        one cube alone mentions that is none of them comes without its name.
        """
        ...

    def tally(self, scope: Scope, asked: Tally) -> tuple[Tallied, ...]:
        """How many cubes of a scope have which value of something, exactly, in one statement."""
        ...

    @property
    def walks(self) -> bool:
        """Whether the engine has a library of its own for `pagerank`."""
        ...

    def pagerank(self, course: Course) -> Mapping[int, float] | None:
        """What share of the walks of a course end at each node; nothing of the store is read.

        None where `walks` is false, or the library fails.
        """
        ...


class Auditable(Protocol):
    """What `verify` reads of an engine: every row as it lies, past and present, masked by nobody."""

    def head(self) -> Head:
        """Where the log stands."""
        ...

    def leaves(self) -> Iterator[Committed]:
        """Every change in order, with the note as stored."""
        ...

    def rows(self) -> Iterator[Record]:
        """Every interval of every record."""
        ...

    def faults(self) -> Iterator[str]:
        """What only the engine can see: orphan derived rows, identities without a version, bad joins."""
        ...


class Engine(GraphStore, Auditable, Protocol):
    """A store without its guard; only `graph` touches one."""
