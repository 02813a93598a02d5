"""Aftermath: what became of records after a change, looking through what was undone and done again.

A record that came back has several intervals. What ended it, and what it stands by, is told by the changes
that were meant: an undoing goes back to what the undone had found (DESIGN, Y depends on X).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from .change import Committed
from .instant import OPEN
from .record import Record
from .scope import Scope
from .store import GraphStore

Effects = tuple[tuple[Record, ...], tuple[Record, ...]]


class Aftermath:
    """What the changes after one made of its records; they are read only where they matter."""

    def __init__(self, store: GraphStore, scope: Scope, seq: int) -> None:
        self.store, self.scope, self.seq = store, scope, seq
        self._read: dict[int, Effects] = {}
        self._known: dict[int, bool] = {}

    @cached_property
    def later(self) -> list[Committed]:
        """The changes that came after it, oldest first; read only where they matter."""
        after, found = self.seq, list[Committed]()
        while True:
            page = self.store.changes(self.scope, after=after, first=500)
            found += page
            if len(page) < 500:
                return found
            after = page[-1].seq

    def spans(self, records: Sequence[Record]) -> tuple[dict[str, list[Record]], dict[str, int]]:
        """The intervals of these records from here on, the last as it stands now, and what ended each.

        A change that brought a record back and was itself undone leaves it ended by what ended it before.
        """
        spans = {record.id: [record] for record in records}
        shut = [record.to_seq for record in records if record.to_seq != OPEN]
        for change in self.later if shut else ():
            if change.seq > min(shut) and change.operations.get("reopen"):
                for record in self.effects(change.seq)[0]:
                    if record.id in spans and record.from_seq > spans[record.id][-1].from_seq:
                        spans[record.id].append(record)
        return spans, {ident: self._end(held) for ident, held in spans.items()}

    def _end(self, held: Sequence[Record]) -> int:
        """What ended a record, looking through what was undone and done again."""
        place = len(held) - 1
        while place:
            undone = self.undoes(held[place].to_seq)
            if undone is None:
                break
            begun = place if undone == held[place].from_seq else self._place(held[: place + 1])
            if not begun or undone != held[begun].from_seq:
                break
            place = begun - 1
        return held[place].to_seq

    def effects(self, seq: int) -> Effects:
        """What a later change did; read once."""
        if seq not in self._read:
            self._read[seq] = self.store.effects(self.scope, seq)
        return self._read[seq]

    def undoes(self, seq: int) -> int | None:
        """The change that a later one reverts, if it reverts one."""
        return None if seq == OPEN else self._reverts.get(seq)

    @cached_property
    def _reverts(self) -> dict[int, int]:
        said = {change.seq: (change.note or {}).get("reverts") for change in self.later}
        return {seq: undone for seq, undone in said.items() if isinstance(undone, int)}

    def undone(self, seq: int) -> bool:
        """Whether a later change was undone, and that not undone in turn."""
        if seq not in self._known:
            later = [by for by, of in self._reverts.items() if of == seq and by > seq]
            self._known[seq] = any(not self.undone(by) for by in later)
        return self._known[seq]

    def first(self, record: Record) -> int:
        """The change that a record stands by, where its earlier intervals are not read."""
        undone = self.undoes(record.from_seq)
        while undone is not None and undone > self.seq:
            before = [one for one in self.effects(undone)[1] if one.id == record.id]
            if not before:
                break
            record = before[0]
            undone = self.undoes(record.from_seq)
        return record.from_seq

    @cached_property
    def enforcing(self) -> set[int]:
        """The changes that only keep closed what a decision was made against."""
        return {change.seq for change in self.later if (change.note or {}).get("enforces")}

    def left(self, held: Sequence[Record]) -> bool:
        """Whether it was undone, and what stands open by now stands by something else."""
        undone = any(self.undoes(one.to_seq) == self.seq for one in held[:-1])
        return undone and self.opener(held) != self.seq

    def opener(self, held: Sequence[Record]) -> int:
        """The change that a record stands by: what brought it back by undoing something is looked through."""
        if held[-1].from_seq == self.seq:
            return self.seq  # mostly, and nothing is read for it
        return held[self._place(held)].from_seq

    def _place(self, held: Sequence[Record]) -> int:
        """The interval that the last one continues: an undoing goes back to what the undone had ended."""
        place = len(held) - 1
        while (undone := self.undoes(held[place].from_seq)) is not None:
            ends = self.enforcing | {undone}
            before = [at for at in reversed(range(place)) if held[at].to_seq in ends]
            if not place or (not before and undone < self.seq):
                break
            place = before[0] if before else place - 1
        return place
