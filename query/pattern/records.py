"""Records: the rows that a scope shows, looked up by kind, key, name, tag and edge.

Everything is read through the store that is given, at its scope, in as few statements as the shape of the
plan asks for. A kind is read whole and then held in memory, with an index of each field that is asked; a key
is looked up by the store's own index.
"""

from __future__ import annotations

import threading
from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from ...graph.belief import beliefs
from ...graph.canonical import Identities, identities
from ...graph.errors import Invalid
from ...graph.kind import EdgeKind, NodeKind
from ...graph.lifecycle import walked
from ...graph.listing import all_edges
from ...graph.record import Version
from ...graph.record_text import KEY, KIND, ROW
from ...graph.scope import Along, Scope, Where
from ...graph.store import GraphStore
from ...graph.tag_expression import TagExpression
from ...graph.tagged import Tags
from .row import Row, row_of
from .value import Typed, typed

MOST = 500_000
"""Nodes that one plan reads."""

PAGE, KEYS = 50_000, 5_000
"""Rows that are read and keys that are looked up at a time."""

LISTED = 12
"""Kinds that a message names."""

CUBES = (NodeKind.MEMCUBE,)


class Tables:
    """What plans read at one scope, kept for the next plan at the same head of the log."""

    def __init__(self, store: GraphStore, scope: Scope) -> None:
        self.store = store
        self.scope = scope
        self.kinds: dict[str, tuple[Row, ...]] = {}
        self.keyed: dict[str, dict[str, tuple[Row, ...]]] = {}
        self.valued: dict[tuple[str, str], dict[Typed, list[Row]]] = {}
        self.written: dict[tuple[str, str], dict[str, list[Row]]] = {}
        self.seen: set[str] = set()
        self.loose: dict[str, tuple[Row, ...]] = {}
        self.rows: dict[str, Row] = {}
        self.identities: Identities | None = None
        self.tags: Tags | None = None
        self.listed: tuple[tuple[str, ...], bool] | None = None
        self.related_by: tuple[frozenset[str], bool] | None = None
        self.held = 0

    def of_kind(self, kind: str, place: str) -> tuple[Row, ...]:
        """All records of a kind; raises `Invalid` where there are none."""
        found = self.kinds.get(kind)
        if found is None:
            found = tuple(self._found({KIND: kind}))
            self.kinds[kind] = found
            self._count(len(found), place)
        if not found:
            some, _ = self.some()
            named = [*some[:LISTED], *(["…"] if len(some) > LISTED else [])]
            there = ", ".join(named) or "none at all"
            raise Invalid(
                f"pattern, {place}: there are no records of kind '{kind[:60]}' here: there are {there}"
            )
        return found

    def by_key(
        self, keys: Iterable[str], kinds: Sequence[str], place: str
    ) -> Mapping[str, list[Row]]:
        """Records by their keys: of these kinds, or of any."""
        wanted = list(dict.fromkeys(keys))
        found: dict[str, list[Row]] = defaultdict(list)
        if kinds and all(kind in self.kinds for kind in kinds):
            for kind in kinds:
                for key in wanted:
                    found[key] += self._keyed(kind).get(key, ())
            return found
        lacking = [key for key in wanted if key not in self.loose]
        for start in range(0, len(lacking), KEYS):
            some = tuple(lacking[start : start + KEYS])
            fresh: dict[str, list[Row]] = defaultdict(list)
            for row in self._found({KEY: some}):
                fresh[row.key or ""].append(row)
            self._count(sum(map(len, fresh.values())), place)
            for key in some:
                self.loose[key] = tuple(fresh.get(key, ()))
        for key in wanted:
            found[key] = [row for row in self.loose[key] if not kinds or row.kind in kinds]
        return found

    def by_value(self, kind: str, field: str, place: str) -> Mapping[Typed, list[Row]]:
        """The records of a kind by what a field of theirs holds."""
        held = self.valued.get((kind, field))
        if held is None:
            held = defaultdict(list)
            for row in self.of_kind(kind, place):
                for value in dict.fromkeys(map(typed, row.get(field))):
                    held[value].append(row)
            self.valued[kind, field] = held
        return held

    def by_text(self, kind: str, field: str, place: str) -> Mapping[str, list[Row]]:
        """The records of a kind by the very text of a field, as keys are compared."""
        held = self.written.get((kind, field))
        if held is None:
            held = defaultdict(list)
            for row in self.of_kind(kind, place):
                for text in dict.fromkeys(row.get(field)):
                    held[text].append(row)
            self.written[kind, field] = held  # whole, for others may look meanwhile
        return held

    @property
    def known(self) -> frozenset[str]:
        """The kinds of records that were seen so far."""
        return frozenset(self.kinds) | self.seen

    def fields(self, kind: str, place: str) -> set[str]:
        """The fields that the records of a kind have."""
        return {name for row in self.of_kind(kind, place) for name in row.values}

    def entities(self, normal: Sequence[str]) -> list[list[Row]]:
        """Entities by their names in the form that names are kept in, each with all that are the same."""
        ids = [self.store.name(self.scope.ns, NodeKind.ENTITY, name).id for name in normal]
        found = self.nodes(ids)
        return [[found[node]] if node in found else [] for node in ids]

    def tagged(self, tag: str, place: str) -> set[str]:
        """The nodes that meet a tag expression."""
        try:
            expression = TagExpression.parse(tag)
        except Invalid as error:
            raise Invalid(f"pattern, {place}: {error}") from None
        if expression.holds(()):
            raise Invalid(
                f"pattern, {place}: '{tag[:60]}' is met by what has no tag at all: begin with what has one, "
                "and leave the others out by `minus`"
            )
        if self.tags is None:
            self.tags = Tags(self.store, self.scope)
        return self.tags.meeting(expression)

    def nodes(self, ids: Iterable[str]) -> dict[str, Row]:
        """Rows of nodes, by id; those that a question would not walk are left out."""
        wanted = list(dict.fromkeys(ids))
        lacking = [node for node in wanted if node not in self.rows]
        for start in range(0, len(lacking), KEYS):
            versions: dict[str, list[Version]] = defaultdict(list)
            for version in self.store.get(self.scope, lacking[start : start + KEYS]):
                if self._walked(version):
                    versions[version.node].append(version)
            for node, some in versions.items():
                best = min(some, key=lambda v: (-v.authority, v.validity.start, v.digest))
                self.rows[node] = row_of(best)
        return {node: self.rows[node] for node in wanted if node in self.rows}

    def along(
        self, nodes: Iterable[str], kind: EdgeKind, *, back: bool
    ) -> Mapping[str, Mapping[str, frozenset[str]]]:
        """Where the edges of one kind lead from each node, and the cubes that say so; same entities are one."""
        same = self.same
        asked = {node: same.alike([node]) for node in dict.fromkeys(nodes)}
        ends = tuple(sorted({one for some in asked.values() for one in some}))
        where = Along(kinds=(kind,), dst=ends) if back else Along(kinds=(kind,), src=ends)
        far: dict[str, set[str]] = defaultdict(set)
        for edge in all_edges(self.store, self.scope, where) if ends else ():
            near, other = (edge.dst, edge.src) if back else (edge.src, edge.dst)
            far[near].add(same.root(other))
        return {
            node: {end: frozenset[str]() for one in some for end in far.get(one, ())}
            for node, some in asked.items()
        }

    def related(
        self, nodes: Iterable[str], relation: str | None, *, back: bool
    ) -> Mapping[str, Mapping[str, frozenset[str]]]:
        """The entities that believed facts join to each of these, and the cubes that state the facts."""
        wanted = tuple(dict.fromkeys(nodes))
        one, other = (
            (EdgeKind.OBJECT_OF, EdgeKind.SUBJECT_OF)
            if back
            else (EdgeKind.SUBJECT_OF, EdgeKind.OBJECT_OF)
        )
        begun = self.along(wanted, one, back=False)
        facts = sorted({fact for ends in begun.values() for fact in ends})
        held = beliefs(self.store, self.scope, facts) if facts else {}
        told = self.nodes(facts)
        standing = [
            fact
            for fact in facts
            if held[fact].believed
            and fact in told
            and told[fact].get("negated") != ("true",)
            and relation in (None, *told[fact].get("relation"))
        ]
        far = self.along(standing, other, back=True)
        said: dict[str, set[str]] = defaultdict(set)
        if standing:
            support = Along(kinds=(EdgeKind.SUPPORTS,), dst=tuple(standing))
            for edge in all_edges(self.store, self.scope, support):
                said[edge.dst].add(edge.src)
        found: dict[str, dict[str, frozenset[str]]] = {node: {} for node in wanted}
        for node in wanted:
            for fact in begun[node]:
                for end in far.get(fact, ()):
                    before = found[node].get(end, frozenset[str]())
                    found[node][end] = before | said[fact]
        return found

    @property
    def same(self) -> Identities:
        """Who is who in the scope."""
        if self.identities is None:
            self.identities = identities(self.store, self.scope)
        return self.identities

    def _found(self, header: Mapping[str, str | tuple[str, ...]]) -> list[Row]:
        """Records by a looked-up field of their headers, in their own order; a long one once."""
        where, after = Where(kinds=CUBES, header=dict(header)), None
        found: list[Row] = []
        seen: dict[tuple[object, ...], int] = {}
        while True:
            page = self.store.find(self.scope, where, first=PAGE, after=after)
            for version in page.items:
                if version.get(KIND) is None or not self._walked(version):
                    continue
                row = self.rows[version.node] = row_of(version)
                self.seen.add(row.kind)
                if (part := version.get(ROW)) is not None:
                    whole = (version.origin, row.kind, row.key, part)
                    if whole in seen:
                        found[seen[whole]] = found[seen[whole]].led(row.cubes)
                        continue
                    seen[whole] = len(found)
                found.append(row)
            after = page.after
            if after is None:
                return sorted(found, key=lambda row: row.place)

    def _walked(self, version: Version) -> bool:
        if version.kind is not NodeKind.MEMCUBE:
            return True
        return version.content is not None and (self.scope.archived or walked(version.content))

    def _keyed(self, kind: str) -> dict[str, tuple[Row, ...]]:
        held = self.keyed.get(kind)
        if held is None:
            gathered: dict[str, list[Row]] = defaultdict(list)
            for row in self.kinds[kind]:
                gathered[row.key or ""].append(row)
            held = self.keyed[kind] = {key: tuple(rows) for key, rows in gathered.items() if key}
        return held

    def some(self) -> tuple[tuple[str, ...], bool]:
        """Kinds of records that there are, of the first cubes that a look finds, and whether those are all."""
        if self.listed is None:
            page = self.store.find(self.scope, Where(kinds=CUBES), first=PAGE)
            found = {str(v.get(KIND)) for v in page.items if v.get(KIND) and self._walked(v)}
            self.listed = tuple(sorted(found)), page.after is None
        return self.listed

    def relations(self) -> tuple[frozenset[str], bool]:
        """The relations of the first facts that a look finds, and whether those are all."""
        if self.related_by is None:
            page = self.store.find(self.scope, Where(kinds=(NodeKind.FACT,)), first=PAGE)
            found = frozenset(str(v.get("relation")) for v in page.items if v.get("relation"))
            self.related_by = found, page.after is None
        return self.related_by

    def _count(self, read: int, place: str) -> None:
        self.held += read
        if self.held > MOST:
            raise Invalid(
                f"pattern, {place}: more than {MOST:,} records would be read: begin with a key or a smaller kind"
            )


class TableCache:
    """Tables of the last scopes that were asked; a change anywhere in the store makes new ones."""

    def __init__(self, store: GraphStore, size: int = 2) -> None:
        self.store = store
        self.size = size
        self._held: OrderedDict[tuple[int, Scope], Tables] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, scope: Scope) -> Tables:
        """The tables of a scope as of now: who may read what is decided by the grants of now."""
        key = (self.store.head().seq, scope)
        with self._lock:
            if any(seq != key[0] for seq, _ in self._held):
                self._held.clear()  # they are asked for no more, and may hold what was erased
            found = self._held.get(key)
            if found is None or found.held > MOST // 2:
                found = self._held[key] = Tables(self.store, scope)
            self._held.move_to_end(key)
            while len(self._held) > self.size:
                self._held.popitem(last=False)
        return found
