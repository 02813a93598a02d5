"""Ledger: which changes still count, and what each record's being open or closed follows from.

Every change but an undoing is an entry: it opened some records and closed others. An undoing makes no
entry of its own, it strikes one out, and an undoing of that lets it count again. A record stands as the
last entry that counts left it. So undoing goes by what was meant, in whatever order it is done, and not
by which change happened to move a row last (DESIGN, Y depends on X).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import islice
from typing import NamedTuple

from .change import Committed
from .instant import OPEN
from .kind import Verb
from .record import Record, Version
from .scope import Scope
from .store import GraphStore

PAGE = 500
CHUNK = 20_000
_TOLD = (Verb.REVERT, Verb.RETRACT)
"""The verbs whose notes tell what strikes out an entry, and which ones only keep to a decision."""


class Entry(NamedTuple):
    """What one change did to a record: opened (or reopened) it, or closed it."""

    seq: int
    opened: bool


class Ledger:
    """The entries of records, read as far as the question needs them."""

    def __init__(self, store: GraphStore, scope: Scope) -> None:
        self.store, self.scope = store, scope
        self._entries: dict[str, tuple[Entry, ...]] = {}
        self._effects: dict[int, tuple[tuple[Record, ...], tuple[Record, ...]]] = {}
        self._struck: dict[tuple[int, int | None], bool] = {}

    def effects(self, seq: int) -> tuple[tuple[Record, ...], tuple[Record, ...]]:
        """What a change opened and closed; read once."""
        if seq not in self._effects:
            self._effects[seq] = self.store.effects(self.scope, seq)
        return self._effects[seq]

    @cached_property
    def _changes(self) -> list[Committed]:
        after, found = 0, list[Committed]()
        while True:
            page = self.store.changes(self.scope, after=after, first=PAGE, verbs=_TOLD)
            found += page
            if len(page) < PAGE:
                return found
            after = page[-1].seq

    @cached_property
    def undoings(self) -> dict[int, int]:
        """The change that each undoing strikes out."""
        said = {change.seq: (change.note or {}).get("reverts") for change in self._changes}
        return {seq: undone for seq, undone in said.items() if isinstance(undone, int)}

    @cached_property
    def _undone(self) -> dict[int, list[int]]:
        found: dict[int, list[int]] = defaultdict(list)
        for by, of in self.undoings.items():
            if by > of:
                found[of].append(by)
        return found

    @cached_property
    def keeping(self) -> dict[int, tuple[str, ...]]:
        """The changes that only keep closed what decisions were made against, with those decisions."""
        said = {change.seq: (change.note or {}).get("enforces") for change in self._changes}
        return {seq: tuple(map(str, told)) for seq, told in said.items() if told}

    def struck(self, seq: int, *, without: int | None = None) -> bool:
        """Whether a change was undone, and that not undone in turn; or would be, with one more undone."""
        if seq == without:
            return True
        place = seq, without
        if place not in self._struck:
            later = self._undone.get(seq, ())
            self._struck[place] = any(not self.struck(by, without=without) for by in later)
        return self._struck[place]

    def striking(self, seq: int) -> int | None:
        """The undoing by which a change does not count, if it does not."""
        return next((by for by in reversed(self._undone.get(seq, ())) if not self.struck(by)), None)

    def reached(self, seq: int) -> tuple[int, ...]:
        """A change with what it undoes, and what that undoes: whatever begins to count with it, or ends."""
        found = [seq]
        while (undone := self.undoings.get(found[-1])) is not None and undone < found[-1]:
            found.append(undone)
        return tuple(found)

    def load(self, records: Iterable[Record]) -> None:
        """Read the entries of these records, of which any interval is given, in few statements."""
        asked = sorted({record.id for record in records} - self._entries.keys())
        rest = iter(asked)
        while some := list(islice(rest, CHUNK)):
            found: dict[str, list[Entry]] = {ident: [] for ident in some}
            for record in self.store.intervals(self.scope, some):
                found[record.id].append(Entry(record.from_seq, True))
                if record.to_seq != OPEN and record.to_seq <= self.scope.seq:
                    found[record.id].append(Entry(record.to_seq, False))
            self._entries |= {ident: tuple(entries) for ident, entries in found.items()}

    def known(self, record: Record) -> None:
        """Take a record whose only interval this is: nothing needs to be read for it."""
        entries = [Entry(record.from_seq, True)]
        if record.to_seq != OPEN and record.to_seq <= self.scope.seq:
            entries.append(Entry(record.to_seq, False))
        self._entries[record.id] = tuple(entries)

    def entries(self, record: Record) -> tuple[Entry, ...]:
        """Every opening and closing of a record, oldest first, the undoings among them."""
        if record.id not in self._entries:
            self.load([record])
        return self._entries[record.id]

    def open_now(self, record: Record) -> bool:
        """Whether it stands open."""
        entries = self.entries(record)
        return bool(entries) and entries[-1].opened

    def counting(self, record: Record, *, without: int | None = None) -> list[Entry]:
        """The entries that count, or would if one more change were undone."""
        entries = self.entries(record)
        if len(entries) == 1 and entries[0].seq != without:
            return list(entries)  # what was opened once and stands was never undone
        return [
            entry
            for entry in entries
            if entry.seq not in self.undoings
            and not self.struck(entry.seq, without=without)
            and self._binding(entry.seq, without)
        ]

    def _binding(self, seq: int, without: int | None) -> bool:
        """Whether one of the decisions stands that a change keeps to; most keep to none."""
        told = self.keeping.get(seq, ())
        return not told or any(self._decided(node, without) for node in told)

    def _decided(self, decision: str, without: int | None) -> bool:
        past = self.store.history(self.scope, decision)
        return bool(past) and left_open(self.counting(past[0], without=without))

    def made(self, record: Record) -> int:
        """The change that made a record, whatever closed and reopened it since."""
        return min(one.from_seq for one in self.store.intervals(self.scope, [record.id]))

    def despite(self, version: Version, decision: Version) -> bool:
        """Whether something was stated after a decision against it: people say it again, a source is only read."""
        made = self.made(version)
        if made < self.made(decision):
            return False
        (change,) = self.store.changes(self.scope, after=made - 1, first=1)
        return change.verb == Verb.REMEMBER

    def stands_by(self, record: Record) -> int:
        """The change that a record stands by: the last that opened it and counts."""
        for entry in reversed(self.counting(record)):
            if entry.opened:
                return entry.seq
        return record.from_seq


def left_open(entries: Sequence[Entry]) -> bool:
    """Whether entries leave a record open; one that nothing opened is not.

    >>> left_open([Entry(2, True), Entry(5, False)]), left_open([]), left_open([Entry(2, True)])
    (False, False, True)
    """
    return bool(entries) and entries[-1].opened
