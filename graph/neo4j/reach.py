"""Reach: the rows that the selectors of one change mean, and what its operations make of them.

The rows are read once, under the lock. The operations then run over them here, in order, so that each
sees what the ones before it did; the store is told only what came of it.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .. import refusal
from ..change import ChangeSet, Selector
from ..hold import Holds, Standing
from ..instant import OPEN
from ..kind import EdgeKind, NodeKind
from ..record import Validity


@dataclass(slots=True)
class Interval:
    """One interval of one record, as it stands while a change is applied."""

    id: str
    kind: str
    node: str
    origin: str
    ns: str
    acl: int
    start: int
    end: int
    shredded: int
    hollow: bool
    element: str
    payload: str | None = None
    line: str | None = None
    standing: str | None = None
    speaks: bool = False
    held: Mapping[str, Any] | None = None
    base: Interval | None = None
    closed_now: bool = False
    shredded_now: bool = False

    @property
    def is_edge(self) -> bool:
        """Whether it is an edge's; a version has a line."""
        return self.line is None

    @property
    def as_held(self) -> Standing | None:
        """What holds look at, where that was read: of what is held or may stand in its place."""
        if self.held is None:
            return None
        said = {**self.held, "content": None} if self.shredded else self.held
        return standing(said, self.node, self.ns, self.payload, self.origin)


def interval(said: Mapping[str, Any]) -> Interval:
    """Read an interval from what the lock's statement gives."""
    return Interval(
        id=said["id"],
        kind=said["kind"],
        node=said["node"],
        origin=said["origin"],
        ns=said["ns"],
        acl=said["acl"],
        start=said["from_seq"],
        end=said["to_seq"],
        shredded=said["shredded"],
        hollow=bool(said["hollow"]),
        element=said["element"],
        payload=said.get("payload"),
        line=said.get("line"),
        standing=said.get("standing"),
        speaks=bool(said.get("speaks")),
        held=said.get("held"),
    )


def standing(
    said: Mapping[str, Any], node: str, ns: str, payload: str | None, origin: str
) -> Standing:
    """Read what holds look at in a version of a cube."""
    content = None if said["content"] is None else json.loads(said["content"])
    valid = Validity(said["valid_from"], said["valid_to"], bool(said["valid_known"]))
    return Standing.said(node, ns, content, payload, origin, said["authority"], valid)


@dataclass(slots=True)
class Reach:
    """The rows that one change may touch; `open_edges` are ids known to stand open besides.

    `legal` are versions in force that may be under a legal hold, whether the change reaches them or not;
    `owner` says that whoever makes the change owns the namespace.
    """

    change: ChangeSet
    seq: int
    acls: frozenset[int]
    rows: list[Interval]
    open_edges: frozenset[str] = frozenset()
    legal: tuple[Standing, ...] = ()
    owner: bool = False
    holds: Holds = field(init=False)
    lost: set[str] = field(default_factory=set)
    granted: set[str] = field(default_factory=set)
    home: bool = False
    _open: set[str] = field(default_factory=set)
    _lines: dict[str, str] = field(default_factory=dict)
    _closed: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Note what stands open before anything is done."""
        self.holds = Holds(self.change, owner=self.owner)
        for row in self.rows:
            if row.end == OPEN:
                self._stands(row)

    def close(self, by: Selector) -> tuple[str, ...]:
        """End the open intervals that a selector means."""
        if by.closed_by is not None:
            raise refusal.closed_twice()
        fits = [r for r in self._meant(by) if r.end == OPEN and r.start < self.seq]
        mine = self._mine(fits)
        self.holds.end(held for row in mine if (held := row.as_held))
        for row in mine:
            row.end, row.closed_now = self.seq, True
            self._open.discard(row.id)
            self._closed.add(row.id)
            if row.line is not None:
                self._lines.pop(row.line, None)
            self._grants(row)
        return self._whole(by, [row.id for row in mine], fits)

    def reopen(self, by: Selector) -> tuple[str, ...]:
        """Begin a new interval for the closed ones that a selector means."""
        last: dict[str, int] = defaultdict(int)
        for row in self.rows:
            last[row.id] = max(last[row.id], row.start)
        fits = [
            row
            for row in self._meant(by)
            if row.end < OPEN and (by.closed_by is not None or row.start == last[row.id])
        ]
        mine = self._mine(fits)
        for edges in (False, True):
            side = [row for row in mine if row.is_edge is edges]
            for row in side:
                if row.hollow or row.payload in self.lost:
                    raise refusal.erased_record(row.id)
            for row in side:
                self._again(row)
        return self._whole(by, [row.id for row in mine], fits)

    def shred(self, by: Selector) -> tuple[str, ...]:
        """Destroy what the intervals hold that a selector means."""
        fits = [row for row in self._meant(by) if not row.shredded]
        mine = self._mine(fits)
        self._spare([row for row in mine if not row.is_edge])
        for row in mine:
            row.shredded, row.shredded_now, row.hollow = self.seq, True, True
            if row.payload is not None:
                self.lost.add(row.payload)
            self._grants(row)
        return self._whole(by, sorted({row.id for row in mine}), fits)

    def settle(self) -> None:
        """Refuse what ends a held version; what was reopened may stand in its place."""
        again = (row.as_held for row in self.rows if row.base is not None)
        self.holds.settle(held for held in again if held is not None)

    def _spare(self, rows: list[Interval]) -> None:
        if rows:
            again = (row.as_held for row in self.rows if row.base is not None)
            legal = [*self.legal, *(held for held in again if held is not None)]
            payloads = {row.payload for row in rows if row.payload is not None}
            self.holds.spare(legal, {row.node for row in rows}, payloads)

    def standing(self, line: str, held: str | None) -> str | None:
        """Which version stands open on a line by now, where `held` did before this change."""
        return self._lines.get(line) or (None if held in self._closed else held)

    def take(self, line: str, record: str) -> None:
        """Note that a version stands on a line."""
        self._lines[line] = record

    def _meant(self, by: Selector) -> list[Interval]:
        ids = frozenset(by.ids or ())
        return [
            row
            for row in self.rows
            if row.ns == self.change.ns
            and (
                row.origin == by.origin
                if by.origin is not None
                else row.end == by.closed_by
                if by.closed_by is not None
                else row.id in ids
            )
        ]

    def _mine(self, rows: Iterable[Interval]) -> list[Interval]:
        return [row for row in rows if row.acl in self.acls]

    def _again(self, row: Interval) -> None:
        held = row.line is not None and self.standing(row.line, row.standing)
        if row.id in self._open or row.id in self.open_edges or held:
            raise refusal.occupied()
        again = Interval(
            row.id, row.kind, row.node, row.origin, row.ns, row.acl, self.seq, OPEN,
            0, False, "", row.payload, row.line, held=row.held, base=row,
        )  # fmt: skip
        self.rows.append(again)
        self._stands(again)
        self._grants(again)

    def _stands(self, row: Interval) -> None:
        self._open.add(row.id)
        if row.line is not None:
            self._lines[row.line] = row.id

    def _grants(self, row: Interval) -> None:
        """Note who may read what, and what the namespace says of itself, where that becomes another."""
        self.home |= row.kind == NodeKind.NAMESPACE
        if row.kind == EdgeKind.GRANTS:
            self.granted.add(row.node)

    def _whole(self, by: Selector, ids: list[str], fits: list[Interval]) -> tuple[str, ...]:
        """Refuse an operation that reached only a part of what its selector means."""
        if by.ids is not None and len(set(by.ids)) != len(ids):
            missing = set(by.ids) - set(ids)
            record = min(missing or ids)
            raise refusal.moved(record, self.change, self._current(record))
        if ids and by.ids is None and any(row.acl not in self.acls for row in fits):
            raise refusal.partly_hidden(self.change)
        return tuple(ids)

    def _current(self, record: str) -> str | None:
        lines = {row.line: row.standing for row in self.rows if row.id == record and row.line}
        return next((self.standing(line, held) for line, held in lines.items()), None)
