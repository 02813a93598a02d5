"""Verify: proof that the rows are what the log says, and that the log is whole.

Rows ↔ leaves both ways: every record interval is opened and closed by leaves, and every leaf's effects
are there as rows. The leaves are replayed in order; the first difference is named first. The tree over
the leaves (RFC 6962) must have the root that the head keeps.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from .change import Committed
from .digest import digest_of_ids
from .errors import Corrupt
from .instant import OPEN
from .leaf import read_leaf
from .merkle import CompactRange, leaf_hash
from .record import Record, recomputed
from .store import Auditable, Head

MOST_FINDINGS = 100
NOTHING = digest_of_ids(())


@dataclass(frozen=True, slots=True)
class Report:
    """What `verify` found; `findings` is empty where everything holds, and otherwise in log order."""

    changes: int
    records: int
    shredded: int
    root: str
    findings: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing was found."""
        return not self.findings


@dataclass(slots=True)
class _Interval:
    record: Record
    opened: bool = False
    closed: bool = False


class _Replay:
    """The state of the log while its leaves are replayed."""

    def __init__(self, rows: Iterator[Record]) -> None:
        self.intervals: dict[tuple[str, int], _Interval] = {}
        self.began: dict[int, list[Record]] = defaultdict(list)
        self.ended: dict[int, list[Record]] = defaultdict(list)
        self.open: dict[str, int] = {}
        self.digests: dict[str, tuple[Any, ...]] = {}
        self.shredded: dict[int, dict[str, Record]] = defaultdict(dict)
        self.erased = 0
        for record in rows:
            self.intervals[record.id, record.from_seq] = _Interval(record)
            self.began[record.from_seq].append(record)
            if record.to_seq != OPEN:
                self.ended[record.to_seq].append(record)
            if record.shredded:
                self.shredded[record.shredded][record.id] = record
        self.erased = sum(len(records) for records in self.shredded.values())

    def name(self, record: Record) -> str:
        return f"{record.kind} {record.id}"

    def leaf(self, seq: int, leaf: dict[str, Any]) -> Iterator[str]:
        opened = {op["id"]: op for op in leaf["ops"] if op["op"] == "open"}
        began = {record.id: record for record in self.began.get(seq, ())}
        reopened = {ident: r for ident, r in began.items() if ident not in opened}
        ended = {record.id: record for record in self.ended.get(seq, ())}
        yield from self._closed(seq, leaf, ended)
        yield from self._reopened(seq, leaf, reopened)
        for ident, op in opened.items():
            record = began.get(ident)
            if record is None:
                yield f"@{seq} opened {op['kind']} {ident}, and no such row is there"
                self.open[ident] = seq
                continue
            yield from self._matches(seq, op, record, leaf["ns"])
            self.intervals[ident, seq].opened = True
            self.digests[ident] = _stands(record)
            if ident in self.open:
                yield f"@{seq} opened {self.name(record)}, which was open already"
            self.open[ident] = seq
        yield from self._counted(seq, leaf, "shred", self.shredded.pop(seq, {}))

    def _matches(self, seq: int, op: dict[str, Any], record: Record, ns: str) -> Iterator[str]:
        said = (op["kind"], op["origin"], op["ends"], op["digest"], ns)
        held = (str(record.kind), record.origin, list(record.ends), record.digest, record.ns)
        if said != held:
            part = ("kind", "origin", "ends", "digest", "namespace")[
                next(i for i, (a, b) in enumerate(zip(said, held, strict=True)) if a != b)
            ]
            yield f"{self.name(record)} differs in {part} from what @{seq} opened"
        yield from self._intact(seq, record)

    def _intact(self, seq: int, record: Record) -> Iterator[str]:
        if record.shredded and (record.content is not None or record.salt is not None):
            yield f"{self.name(record)} was shredded and still holds content"
        fresh = recomputed(record)
        if fresh is None and not record.shredded:
            yield f"{self.name(record)} lost its content, and no leaf says shred"
        elif fresh is not None and fresh != record.digest:
            yield f"{self.name(record)} was changed after @{seq} opened it"

    def _closed(self, seq: int, leaf: dict[str, Any], ended: dict[str, Record]) -> Iterator[str]:
        yield from self._counted(seq, leaf, "close", ended)
        for ident, record in ended.items():
            since = self.open.pop(ident, None)
            if since != record.from_seq:
                yield f"{self.name(record)} ends at @{seq} and was not open then"
            interval = self.intervals.get((ident, record.from_seq))
            if interval is not None:
                interval.closed = True

    def _reopened(self, seq: int, leaf: dict[str, Any], again: dict[str, Record]) -> Iterator[str]:
        yield from self._counted(seq, leaf, "reopen", again)
        for ident, record in again.items():
            self.intervals[ident, seq].opened = True
            if ident not in self.digests:
                yield f"{self.name(record)} begins at @{seq} and no leaf ever opened it"
            elif self.digests[ident] != _stands(record):
                yield f"{self.name(record)}, reopened at @{seq}, is not the record that was opened"
            yield from self._intact(seq, record)
            if ident in self.open:
                yield f"@{seq} reopened {self.name(record)}, which was open already"
            self.open[ident] = seq

    def _counted(
        self, seq: int, leaf: dict[str, Any], verb: str, found: dict[str, Record]
    ) -> Iterator[str]:
        """Compare the rows of one side of a change with the count and the digest in its leaf."""
        count = sum(op["count"] for op in leaf["ops"] if op["op"] == verb)
        if count != len(found):
            yield f"@{seq} says {verb} {count} records, the rows say {len(found)}" + _first(found)
        elif leaf["sums"].get(verb, NOTHING) != digest_of_ids(found):
            yield f"@{seq} says {verb} of other records than the rows do" + _first(found)

    def finish(self, last: int) -> Iterator[str]:
        for (ident, since), interval in self.intervals.items():
            if since > last or not interval.opened:
                yield f"{self.name(interval.record)} (id {ident}) begins at @{since}, which no leaf says"
            elif interval.record.to_seq != OPEN and not interval.closed:
                yield f"{self.name(interval.record)} ends at @{interval.record.to_seq}, which no leaf says"


def _later(replay: _Replay) -> Iterator[str]:
    for seq, records in replay.shredded.items():
        yield f"record {min(records)} was shredded at @{seq}, which no leaf says"


def _stands(record: Record) -> tuple[Any, ...]:
    return (record.digest, str(record.kind), record.origin, record.ends, record.ns)


def _first(found: dict[str, Record]) -> str:
    if not found:
        return ""
    record = found[min(found)]
    return f" (among them {record.kind} {record.id})"


def verify(store: Auditable, *, progress: Callable[[int, int], None] | None = None) -> Report:
    """Check a whole store; reads everything and changes nothing.

    `progress` is called with (changes replayed, changes in all). Takes an engine, or the engine behind
    a guard.

    >>> from memcubes.graph.sqlite import SqliteStore
    >>> store = SqliteStore(None)
    >>> verify(store).ok
    True
    >>> store.close()
    """
    findings: list[str] = []
    try:
        head: Head | None = store.head()
    except Corrupt as error:
        head = None
        findings.append(str(error))
    replay = _Replay(store.rows())
    tree, expected, last_at = CompactRange(), 1, -1
    prev_in_ns: dict[str, int] = {}
    for committed in store.leaves():
        tree = tree.append(leaf_hash(committed.leaf))
        try:
            leaf = read_leaf(committed.leaf)
        except Corrupt as error:
            findings.append(f"@{committed.seq}: {error}")
            continue
        findings += _in_order(committed, leaf, expected, last_at, prev_in_ns)
        expected, last_at = committed.seq + 1, committed.at
        prev_in_ns[committed.ns] = committed.seq
        try:
            findings += replay.leaf(committed.seq, leaf)
        except (AttributeError, KeyError, TypeError):
            findings.append(f"@{committed.seq}: the operations of the leaf cannot be read")
        if progress is not None:
            progress(committed.seq, head.seq if head else committed.seq)
        if len(findings) > MOST_FINDINGS:
            break
    if len(findings) <= MOST_FINDINGS:
        if head is not None:
            findings += _at_the_end(head, tree, last_at)
        findings += replay.finish(head.seq if head else tree.size)
        findings += _later(replay)
        findings += store.faults()
    return Report(
        changes=tree.size,
        records=len({ident for ident, _ in replay.intervals}),
        shredded=replay.erased,
        root=tree.root().hex(),
        findings=tuple(dict.fromkeys(findings))[:MOST_FINDINGS],
    )


def _at_the_end(head: Head, tree: CompactRange, last_at: int) -> Iterator[str]:
    if tree.size != head.seq:
        yield f"the head says {head.seq} changes, the log holds {tree.size}"
    elif tree.root() != head.tree.root():
        yield "the root over the leaves is not the root that the head keeps"
    if head.at != max(last_at, 0):
        yield "the head says another instant than the last change"


def _in_order(
    committed: Committed,
    leaf: dict[str, Any],
    expected: int,
    last_at: int,
    prev_in_ns: dict[str, int],
) -> Iterator[str]:
    if committed.seq != expected:
        yield f"change @{expected} is missing from the log"
    for field, held in (
        ("seq", committed.seq),
        ("id", committed.id),
        ("ns", committed.ns),
        ("at", committed.at),
        ("verb", committed.verb),
        ("actor", committed.actor),
        ("behalf", committed.on_behalf_of),
        ("enacts", committed.enacts),
    ):
        if leaf[field] != held:
            yield f"change @{committed.seq} differs in {field} from its leaf"
    if leaf["prev_in_ns"] != prev_in_ns.get(committed.ns, 0):
        yield f"change @{committed.seq} does not follow the change before it in '{committed.ns}'"
    if committed.at <= last_at:
        yield f"change @{committed.seq} is not later than the change before it"
