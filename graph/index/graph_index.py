"""GraphIndex: what a question walks, kept in step with a store it is not part of.

For each namespace an immutable segment on disk, and small ones in memory for what was committed since
(an LSM tree of two levels; O'Neil et al. 1996). Every question first compares sequences with the head
of the log and reads the change feed up to it, so that another process's writes count at once. Rows keep
their intervals: as-of is a mask, and the same path as now.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from ..change import Committed
from ..kind import EdgeKind, NodeKind
from ..record import Edge, Record, Version
from ..scope import Scope
from ..store import GraphStore
from .analyser import Analyser
from .columns import row_key
from .encoder import Encoder
from .indexer import Indexer, Report
from .intake import enters, rows_of, table_of
from .segment import MANIFEST, WRITING, Segment, discard
from .view import View

LARGE = 2_000
"""Rows in memory from which on a new segment is written, if they are a fifth of the segment as well."""

LAYERS = 8
"""Segments in memory that are merged into one when there are more."""

ABANDONED = 3_600
"""Seconds after which a folder in the making is taken to be left over from a killed process."""

VIEWS = 8
"""Visible parts that are kept ready."""


def index_folder(url: str) -> Path | None:
    """Where the index of a store lies, by the store's own `url`; None for a store in memory.

    >>> index_folder("sqlite:////tmp/a.db").as_posix(), index_folder("sqlite:///:memory:")
    ('/tmp/a.db.index', None)
    """
    if not url.startswith("sqlite:///") or url.endswith(":memory:"):
        return None
    return Path(url.removeprefix("sqlite:///") + ".index")


@dataclass(frozen=True)
class _State:
    """One namespace as the index knows it: `disk` is None while nothing was written."""

    seq: int
    disk: Segment | None
    layers: tuple[Segment, ...]
    changed: int = 0
    views: OrderedDict[tuple[Any, ...], View] = field(default_factory=OrderedDict)

    @property
    def segments(self) -> tuple[Segment, ...]:
        return ((self.disk,) if self.disk is not None else ()) + self.layers

    @property
    def pending(self) -> int:
        return sum(layer.size for layer in self.layers)


class GraphIndex:
    """The index of one store, for all its namespaces; safe to share between threads.

    `folder` None keeps everything in memory. What the feed brings and nobody has derived yet is derived
    here, which needs the encoder; otherwise opening and asking do not touch it.

    >>> from ..guard import GuardedStore
    >>> from ..sqlite import SqliteStore
    >>> from ..change import ChangeSet
    >>> from .encoder import load_encoder
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
    ) -> None:
        self.store = store
        self.encoder = encoder
        self.analyser = analyser or Analyser()
        self.indexer = Indexer(store, encoder, self.analyser)
        self.folder = folder
        self._states: dict[str, _State] = {}
        self._unwritable: set[str] = set()
        self._lock = threading.RLock()

    def view(self, scope: Scope) -> View:
        """The visible part of a scope, after catching up with the log."""
        with self._lock:
            state = self._current(scope.ns, None)
            # What was committed after the last change that counts here shows the same part.
            seq = min(scope.seq, state.changed)
            key = (seq, scope.acls, scope.valid_at, scope.without)
            view = state.views.get(key)
            if view is None:
                view = state.views[key] = View(state.segments, scope)
                while len(state.views) > VIEWS:
                    state.views.popitem(last=False)
            state.views.move_to_end(key)
            return view

    def refresh(self, ns: str, progress: Report | None = None) -> int:
        """Catch up with the log, derive what is lacking, and give the sequence reached."""
        self.indexer.run(ns, progress)
        with self._lock:
            return self._current(ns, progress).seq

    def close(self) -> None:
        """Let go of the mapped files."""
        with self._lock:
            self._states.clear()

    def _current(self, ns: str, progress: Report | None) -> _State:
        head = self.store.head().seq
        state = self._states.get(ns) or self._opened(ns, head)
        if state is None or head < state.seq:
            state = self._rebuilt(ns, head, progress)
        elif head > state.seq:
            state = self._advanced(ns, state, head, progress)
        self._states[ns] = state = self._compact(ns, state)
        return state

    def _about(self, ns: str) -> dict[str, Any]:
        """What a segment must be about to be ours: this store (its secret), namespace and producers."""
        return {
            "home": self.store.name(ns, NodeKind.NAMESPACE, ns).id,
            "analyser": self.analyser.fingerprint,
            "encoder": self.encoder.fingerprint,
        }

    def _place(self, ns: str) -> Path | None:
        if self.folder is None:
            return None
        return self.folder / sha256(ns.encode("utf-8", "surrogatepass")).hexdigest()[:16]

    def _published(self, ns: str) -> list[Path]:
        place = self._place(ns)
        if place is None or not place.is_dir():
            return []
        found = [one for one in place.iterdir() if (one / MANIFEST).exists()]
        return sorted(found, key=lambda one: (_seq_of(one), one.name), reverse=True)

    def _opened(self, ns: str, head: int) -> _State | None:
        for place in self._published(ns):
            if _seq_of(place) > head:
                continue
            segment = Segment.open(
                place, {**self._about(ns), "last": self._last(ns, _seq_of(place))}
            )
            if segment is not None:
                self._discard(ns, [one for one in self._published(ns) if _older(one, place)])
                return _State(segment.seq, segment, (), segment.seq)
        return None

    def _discard(self, ns: str, places: Iterable[Path]) -> None:
        """Remove segments, and what a process left behind that was killed while writing one."""
        for place in places:
            discard(place)
        home = self._place(ns)
        if home is not None and home.is_dir():
            for left in home.glob(f"{WRITING}*"):
                with suppress(OSError):
                    if time.time() - left.stat().st_mtime > ABANDONED:
                        discard(left)

    def _last(self, ns: str, seq: int) -> str:
        """The namespace's last change up to a sequence: a store put back from a copy has another."""
        found = self.store.changes(self._everything(ns, seq), newest=True, first=1)
        return found[0].id if found else ""

    def _everything(self, ns: str, seq: int) -> Scope:
        return Scope(ns, "", seq)

    def _rebuilt(self, ns: str, head: int, progress: Report | None) -> _State:
        records = list(self.store.feed(ns, 0, head))
        segment = self._segment(ns, [r for r in records if enters(r)], head, progress)
        return _State(head, None, (segment,), head)

    def _segment(
        self, ns: str, records: Sequence[Record], seq: int, progress: Report | None
    ) -> Segment:
        cubes = [r for r in records if isinstance(r, Version) and r.kind is NodeKind.MEMCUBE]
        derived = self.indexer.derive(ns, cubes, progress)
        return Segment.of_rows(rows_of(records, derived), seq, self.encoder.dimension)

    def _advanced(self, ns: str, state: _State, head: int, progress: Report | None) -> _State:
        if self._shredded(ns, state.seq, head):
            # What was erased must leave the files as well, so nothing old is kept.
            self._discard(ns, self._published(ns))
            return self._rebuilt(ns, head, progress)
        records = list(self.store.feed(ns, state.seq, head))
        if self._regranted(ns, records):
            return self._rebuilt(ns, head, progress)
        records = [record for record in records if enters(record)]
        if not records:
            return replace(state, seq=head)
        segments, new = _patched(state.segments, records)
        layers = segments if state.disk is None else segments[1:]
        if new:
            layers = (*layers, self._segment(ns, new, head, progress))
        if len(layers) > LAYERS:
            layers = (Segment.merged(layers),)
        disk = None if state.disk is None else segments[0]
        return _State(head, disk, layers, head)

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
        home = self.store.name(ns, NodeKind.NAMESPACE, ns).id
        return any(
            isinstance(record, Edge) and record.kind is EdgeKind.GRANTS and record.dst != home
            for record in records
        )

    def _compact(self, ns: str, state: _State) -> _State:
        """Write a new segment where there is none, or where much has changed since the last."""
        kept = state.disk.size if state.disk is not None else 0
        place = self._place(ns)
        if place is None or ns in self._unwritable or not state.pending:
            return state
        if kept and state.pending <= max(LARGE, kept // 5):
            return state
        whole = replace(Segment.merged(state.segments), seq=state.seq)
        about = {**self._about(ns), "last": self._last(ns, state.seq)}
        kind = sha256(repr(sorted(self._about(ns).items())).encode()).hexdigest()[:12]
        target = place / f"{state.seq}-{kind}"
        try:
            whole.write(target, about)
        except OSError:
            # A folder that cannot be written costs time at the next start and nothing else.
            self._unwritable.add(ns)
            return replace(state, disk=None, layers=(whole,))
        self._discard(ns, [one for one in self._published(ns) if _older(one, target)])
        mapped = Segment.open(target, about)
        if mapped is None:
            return replace(state, disk=None, layers=(whole,))
        return replace(state, disk=mapped, layers=())


def _older(one: Path, other: Path) -> bool:
    """Whether a segment is of the same kind and of an earlier sequence."""
    kinds = one.name.partition("-")[2], other.name.partition("-")[2]
    return kinds[0] == kinds[1] and _seq_of(one) < _seq_of(other)


def _seq_of(place: Path) -> int:
    number = place.name.partition("-")[0]
    return int(number) if number.isdecimal() else -1


def _patched(
    segments: Sequence[Segment], records: Sequence[Record]
) -> tuple[tuple[Segment, ...], list[Record]]:
    """End the rows whose interval has ended, and give the records that no segment holds yet."""
    ends: dict[tuple[int, str], dict[int, int]] = {}
    new: list[Record] = []
    for record in records:
        table, key = table_of(record), row_key(record.id, record.from_seq)
        for number, segment in enumerate(segments):
            row = segment.row(table, key)
            if row is not None:
                ends.setdefault((number, table), {})[row] = record.to_seq
                break
        else:
            new.append(record)
    patched = list(segments)
    for (number, table), rows in ends.items():
        patched[number] = patched[number].ended(table, rows)
    return tuple(patched), new
