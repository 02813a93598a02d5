"""GraphIndex: what a question walks, kept in step with a store it is not part of.

For each namespace an immutable segment on disk, and small ones in memory for what was committed since
(an LSM tree of two levels; O'Neil et al. 1996). Every question first compares sequences with the head
of the log and reads the change feed up to it, so that another process's writes count at once. Rows keep
their intervals: as-of is a mask, and the same path as now.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeAlias

from ..canonical import Moved, moved_mentions
from ..change import Committed
from ..kind import EdgeKind, NodeKind
from ..record import Edge, Record, Version
from ..scope import Scope
from ..store import GraphStore
from ..supersession.record import Row
from ..supersession.ruling import rules
from .analyser import Analyser
from .bond import Bond
from .columns import Columns, from_rows
from .encoder import Encoder
from .folder import SegmentFolder
from .indexer import Derivation, Elsewhere, Indexer, Report
from .intake import enters, patched, rows_of
from .linker import Linker
from .nearness import EXACT
from .resolver import Resolution, Resolver
from .ruled import ruled
from .segment import Segment
from .view import View

LARGE = 2_000
"""Rows in memory from which on a new segment is written, if they are a fifth of the segment as well."""

TIER = 4
"""How many times as large as the next a segment in memory stays: those that are not become one.

So there are few of them, and a row is merged as often as the number of them has digits, however many
there are (the tiers of an LSM tree)."""

VIEWS = 8
"""Visible parts that are kept ready."""


_Part: TypeAlias = tuple[tuple[int, ...], int | None, tuple[str, ...], bool]
"""What a scope shows at any time: reader sets, valid time, origins left out, and whether the archived."""


@dataclass(frozen=True)
class _State:
    """One namespace as the index knows it: `disk` is None while nothing was written."""

    seq: int
    disk: Segment | None
    layers: tuple[Segment, ...]
    changed: int = 0
    views: OrderedDict[tuple[int, _Part], View] = field(default_factory=OrderedDict)
    former: dict[_Part, View] = field(default_factory=dict)
    opened: bool = False

    @property
    def segments(self) -> tuple[Segment, ...]:
        return ((self.disk,) if self.disk is not None else ()) + self.layers

    def left(self) -> dict[_Part, View]:
        """For each part the latest view of it as of now that was walked: the next goes on from it."""
        found = dict(self.former)
        for (seq, part), view in self.views.items():
            if seq == self.changed and (base := view.base) is not None:
                found[part] = base
        return dict(list(found.items())[-VIEWS:])

    @property
    def pending(self) -> int:
        return sum(layer.size for layer in self.layers)


_Compared: TypeAlias = tuple[Mapping[str, Row], Resolution]
"""The links of statements, and names with those that are alike."""


class _Heard:
    """What one refresh has read of the feed, which several ask for, and has worked out of it."""

    def __init__(self, store: GraphStore, progress: Report | None = None) -> None:
        self._store = store
        self.progress = progress
        self._asked: tuple[str, int, int] | None = None
        self._records: list[Record] = []
        self.compared: tuple[_State | None, int, _Compared] | None = None
        self.derived = Derivation({}, {})
        self._ready: tuple[_Compared, Mapping[str, Columns]] | None = None

    def feed(self, ns: str, after: int, upto: int) -> list[Record]:
        """What changed after one sequence and up to another."""
        if self._asked != (ns, after, upto):
            self._records = list(self._store.feed(ns, after, upto))
            self._asked = ns, after, upto
        return self._records

    def known(self, state: _State | None, head: int) -> _Compared | None:
        """What was compared, if it was for this state and up to this sequence."""
        if self.compared is None or self.compared[0] is not state or self.compared[1] != head:
            return None
        return self.compared[2]

    def prepare(self, records: Sequence[Record], compared: _Compared, dimension: int) -> None:
        """Work out the tables of an index that need no vectors, for the records that were compared."""
        others = [r for r in records if isinstance(r, Edge) or r.kind is not NodeKind.MEMCUBE]
        rows = rows_of(others, Derivation({}, {}), *compared)
        tables = {t: from_rows(t, part, dimension) for t, part in rows.items() if t != "cube"}
        self._ready = compared, tables

    def ready(self, compared: _Compared) -> Mapping[str, Columns] | None:
        """The tables that were worked out with this comparison."""
        return self._ready[1] if self._ready and self._ready[0] is compared else None


class GraphIndex:
    """The index of one store, for all its namespaces; safe to share between threads.

    `folder` None keeps everything in memory. More than `exact` visible vectors are not all compared with
    a question (see `nearness`). What the feed brings and nobody has derived yet is derived
    here, which needs the encoder; otherwise opening and asking do not touch it.

    >>> from ..guard import GuardedStore
    >>> from ..sqlite import SqliteStore
    >>> from ..change import ChangeSet
    >>> from .encoders import load_encoder
    >>> store = GuardedStore(SqliteStore(None), "local:ann")
    >>> done = store.commit(ChangeSet(ns="default", verb="remember", ops=()))
    >>> GraphIndex(store, load_encoder("hashing")).view(store.scope("default")).size
    0
    >>> store.close()
    """

    def __init__(
        self,
        store: GraphStore,
        encoder: Encoder,
        analyser: Analyser | None = None,
        *,
        folder: Path | None = None,
        exact: int = EXACT,
    ) -> None:
        self.store = store
        self.encoder = encoder
        self.analyser = analyser or Analyser()
        self.indexer = Indexer(store, encoder, self.analyser)
        self.linker = Linker(store)
        self.resolver = Resolver(store)
        self.folder = folder
        self.exact = exact
        self._states: dict[str, _State] = {}
        self._unwritable: set[str] = set()
        self._lock = threading.RLock()

    def view(self, scope: Scope) -> View:
        """The visible part of a scope, after catching up with the log."""
        with self._lock:
            state = self._current(scope.ns)
            # What was committed after the last change that counts here shows the same part.
            seq = min(scope.seq, state.changed)
            part = scope.acls, scope.valid_at, scope.without, scope.archived
            key = seq, part
            view = state.views.get(key)
            if view is None:
                former = state.former.pop(part, None) if seq == state.changed else None
                view = state.views[key] = View(
                    state.segments, scope, self._moved, former, self._ruled, self.exact
                )
                while len(state.views) > VIEWS:
                    state.views.popitem(last=False)
            state.views.move_to_end(key)
            return view

    def over(self, store: GraphStore, ns: str) -> GraphIndex:
        """This index for a store that goes on from its own, in memory; neither changes the other."""
        with self._lock:
            state = self._current(ns)
        made = GraphIndex(store, self.encoder, self.analyser, exact=self.exact)
        if state.seq < store.head().seq:  # another change has come in between otherwise
            made._states[ns] = replace(state, views=OrderedDict(), former=state.left())
        return made

    def alike(self, scope: Scope) -> tuple[tuple[str, str], ...]:
        """The pairs of entities that a scope shows whose names say that they are one, by their ids."""
        return self.view(scope).certain

    def _ruled(self, view: View, bonds: Sequence[Bond]) -> list[Bond]:
        return ruled(self.store, view, bonds)

    def _moved(self, scope: Scope) -> Mapping[tuple[str, str], Sequence[Moved]]:
        return moved_mentions(self.store, scope)

    def refresh(
        self, ns: str, progress: Report | None = None, elsewhere: Elsewhere | None = None
    ) -> int:
        """Catch up with the log, derive what is lacking, and give the sequence reached."""
        heard = _Heard(self.store, progress)
        self.indexer.run(
            ns,
            progress,
            elsewhere,
            feed=heard.feed,
            meanwhile=lambda: self._prepare(ns, heard),
            kept=heard.derived,
        )
        with self._lock:
            return self._current(ns, heard).seq

    def _prepare(self, ns: str, heard: _Heard) -> None:
        """Compare what is new with what there is while others run the models, which that does not need."""
        with self._lock:
            head = self.store.head().seq
            state = self._states.get(ns) or self._opened(ns, head)
            if state is None:
                self._let_go()
            elif head <= state.seq:
                return
            else:
                self._states[ns] = state
            records = heard.feed(ns, 0 if state is None else state.seq, head)
            segments, new = patched(
                () if state is None else state.segments, [r for r in records if enters(r)]
            )
            compared = self._compared(ns, new, segments)
            heard.compared = (state, head, compared)
            heard.prepare(new, compared, self.encoder.dimension)

    def forget(self, ns: str, *, terms: bool = True) -> None:
        """Drop the namespace's segments and vectors, with `terms` also what the analyser derived."""
        with self._lock:
            self._states.pop(ns, None)
            folder = self._folder(ns)
            if folder is not None:
                folder.clear()
        counts, vectors = self.indexer.producers
        self.indexer.forget(ns, (counts, vectors) if terms else (vectors,))

    def forget_others(self, ns: str, encoders: Iterable[str]) -> None:
        """Drop the vectors of these encoders, by their fingerprints, and the segments that hold them."""
        with self._lock:
            folder = self._folder(ns)
            if folder is not None:
                folder.clear_others()
        mine = self.indexer.producers
        self.indexer.forget(ns, [one for one in encoders if one not in mine])

    def close(self) -> None:
        """Let go of the mapped files."""
        with self._lock:
            self._states.clear()

    def _current(self, ns: str, heard: _Heard | None = None) -> _State:
        head = self.store.head().seq
        heard = heard or _Heard(self.store)
        state = self._states.get(ns) or self._opened(ns, head)
        if state is None or head < state.seq:
            state = self._rebuilt(ns, head, heard)
        elif head > state.seq:
            state = self._advanced(ns, state, head, heard)
        self._states[ns] = state = self._compact(ns, state)
        return state

    def _folder(self, ns: str) -> SegmentFolder | None:
        if self.folder is None:
            return None
        about = {
            "home": self._home(ns),
            "analyser": self.analyser.fingerprint,
            "encoder": self.encoder.fingerprint,
            "links": self.linker.producer,
            "names": self.resolver.producer,
        }
        return SegmentFolder(self.folder, ns, about, lambda seq: self._last(ns, seq))

    def _home(self, ns: str) -> str:
        """The namespace's own node, named under the store's secret."""
        return self.store.name(ns, NodeKind.NAMESPACE, ns).id

    def _last(self, ns: str, seq: int) -> str:
        found = self.store.changes(self._everything(ns, seq), newest=True, first=1)
        return found[0].id if found else ""

    def _opened(self, ns: str, head: int) -> _State | None:
        folder = self._folder(ns)
        found = None if folder is None else folder.latest(head)
        return None if found is None else _State(found.seq, found, (), found.seq, opened=True)

    def _everything(self, ns: str, seq: int) -> Scope:
        return Scope(ns, "", seq)

    def _rebuilt(self, ns: str, head: int, heard: _Heard) -> _State:
        records = [r for r in heard.feed(ns, 0, head) if enters(r)]
        compared = heard.known(None, head)
        if compared is None:
            self._let_go()
            compared = self._compared(ns, records, ())
        segment = self._segment(ns, records, head, compared, heard)
        return _State(head, None, (segment,), head)

    def _let_go(self) -> None:
        """Keep nothing of rows and names in memory, since one may have been erased."""
        self.linker.forget()
        self.resolver.forget()

    def _compared(self, ns: str, records: Sequence[Record], before: Sequence[Segment]) -> _Compared:
        """Link the statements of new records with those before them, and find names that are alike."""
        cubes = _cubes(records)
        names = [r for r in records if isinstance(r, Version) and r.kind is NodeKind.ENTITY]
        return self.linker.derive(ns, cubes, before), self.resolver.derive(ns, names, before)

    def _segment(
        self,
        ns: str,
        records: Sequence[Record],
        seq: int,
        compared: _Compared,
        heard: _Heard,
    ) -> Segment:
        cubes, ready = _cubes(records), heard.ready(compared)
        derived = self.indexer.derive(ns, cubes, heard.progress, heard.derived)
        rows = rows_of(records if ready is None else cubes, derived, *compared)
        return Segment.of_rows(rows, seq, self.encoder.dimension, ready)

    def _advanced(self, ns: str, state: _State, head: int, heard: _Heard) -> _State:
        if self._shredded(ns, state.seq, head):
            folder = self._folder(ns)
            if folder is not None:
                folder.clear()
            return self._rebuilt(ns, head, heard)
        records = heard.feed(ns, state.seq, head)
        if self._regranted(ns, records):
            return self._rebuilt(ns, head, heard)
        ruling = any(rules(record) for record in records)
        records = [record for record in records if enters(record)]
        if not records and not ruling:
            return replace(state, seq=head)
        segments, new = patched(state.segments, records)
        layers = segments if state.disk is None else segments[1:]
        if new:
            compared = heard.known(state, head) or self._compared(ns, new, segments)
            layers = (*layers, self._segment(ns, new, head, compared, heard))
        while len(layers) > 1 and layers[-2].size < TIER * layers[-1].size:
            layers = (*layers[:-2], Segment.merged(layers[-2:]))
        disk = None if state.disk is None else segments[0]
        return _State(head, disk, layers, head, former=state.left(), opened=state.opened)

    def _shredded(self, ns: str, after: int, head: int) -> bool:
        scope = self._everything(ns, head)
        while True:
            changes: tuple[Committed, ...] = self.store.changes(scope, after=after, first=500)
            if any(change.operations.get("shred") for change in changes):
                return True
            if len(changes) < 500:
                return False
            after = changes[-1].seq

    def _regranted(self, ns: str, records: Iterable[Record]) -> bool:
        """Whether readers of single nodes changed: their rows have another reader set by now."""
        return any(
            isinstance(record, Edge)
            and record.kind is EdgeKind.GRANTS
            and record.dst != self._home(ns)
            for record in records
        )

    def _compact(self, ns: str, state: _State) -> _State:
        """Write a new segment where there is none, or where much has changed since the last."""
        kept = state.disk.size if state.disk is not None else 0
        folder = self._folder(ns)
        # what is not written is worked out again by each process that opens it
        few = bool(kept) and state.pending <= max(LARGE, kept // (100 if state.opened else 5))
        if folder is None or ns in self._unwritable or not state.pending or few:
            return state
        whole = replace(Segment.merged(state.segments), seq=state.seq)
        mapped = None
        try:
            mapped = folder.publish(whole)
        except OSError:
            # A folder that cannot be written costs time at the next start and nothing else.
            self._unwritable.add(ns)
        if mapped is None:
            return replace(state, disk=None, layers=(whole,), opened=False)
        return replace(state, disk=mapped, layers=(), opened=False)


def _cubes(records: Iterable[Record]) -> list[Version]:
    return [r for r in records if isinstance(r, Version) and r.kind is NodeKind.MEMCUBE]
