"""Traversal: where a path leads from each of many rows, a hop at a time for all of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from ...graph.errors import Invalid
from .astray import back_nowhere, to_nowhere, unheard
from .plan import Along, Back, Hop, Keep, Path, Related, Same, To
from .records import Tables
from .row import Row
from .value import typed

if TYPE_CHECKING:
    from .filtering import Filter

Ends = dict[str, Row]
"""Rows by their nodes, each with the cubes that led there."""


class Traversal:
    """Paths over the tables of one scope."""

    def __init__(self, tables: Tables, filtering: Filter) -> None:
        self.tables = tables
        self.filtering = filtering
        self.place = filtering.place

    def reached(self, rows: Sequence[Row], path: Path) -> list[list[Row]]:
        """The ends of a path from each row, each node once, in their own order."""
        at: list[Ends] = [{str(row.identity): row} for row in rows]
        for hop in path:
            at = self._kept(at, hop) if isinstance(hop, Keep) else self._walked(at, hop)
        return [sorted(ends.values(), key=lambda row: row.place) for ends in at]

    def _kept(self, at: Sequence[Ends], hop: Keep) -> list[Ends]:
        every = _unique(at)
        kept = {str(row.identity): row for row in self.filtering.kept(every, hop.condition)}
        return [
            {node: row.led(kept[node].cubes) for node, row in ends.items() if node in kept}
            for ends in at
        ]

    def _walked(self, at: Sequence[Ends], hop: Hop) -> list[Ends]:
        """A hop as often as it is to be made."""
        assert not isinstance(hop, Keep)
        times = hop.times
        targets: dict[str, list[Row]] = {}
        found: list[Ends] = [
            dict(ends) if times.least == 0 and not times.end else {} for ends in at
        ]
        seen: list[set[str]] = [set(ends) for ends in at]
        front = [dict(ends) for ends in at]
        for number in range(1, times.most + 1):
            self._look(front, hop, targets)
            following: list[Ends] = []
            for place, ends in enumerate(front):
                further: Ends = {}
                for node, row in ends.items():
                    led = targets[node]
                    if times.end and not led:
                        found[place][node] = row
                    for end in led:
                        if times.end and end.node in seen[place]:
                            continue  # it goes in a circle
                        before = further.get(end.node)
                        further[end.node] = (before or end).led(row.cubes)
                if times.end:
                    seen[place] |= set(further)
                elif number >= times.least:
                    for node, row in further.items():
                        before = found[place].get(node)
                        found[place][node] = row if before is None else before.led(row.cubes)
                following.append(further)
            front = following
            if not any(front):
                break
        if times.end and any(front):
            self._look(front, hop, targets)
            for place, ends in enumerate(front):
                found[place] |= {node: row for node, row in ends.items() if not targets[node]}
                if any(end.node not in seen[place] for node in ends for end in targets[node]):
                    raise Invalid(
                        f"pattern, {self.place}: after {times.most} steps it is not at the end: "
                        'allow more by "most"'
                    )
        return found

    def _look(self, front: Sequence[Ends], hop: Hop, targets: dict[str, list[Row]]) -> None:
        """Find where a hop leads from every row at the front that was not there before."""
        rows = [row for row in _unique(front) if str(row.identity) not in targets]
        match hop:
            case To():
                self._to(rows, hop, targets)
            case Back():
                self._back(rows, hop, targets)
            case Same():
                self._same(rows, hop, targets)
            case Along():
                led = self.tables.along([row.node for row in rows], hop.edge, back=hop.back)
                self._ended(rows, led, targets)
            case Related():
                begun = not targets
                led = self.tables.related([row.node for row in rows], hop.relation, back=hop.back)
                self._ended(rows, led, targets)
                if begun and rows and hop.relation is not None and not any(targets.values()):
                    unheard(self.tables, hop.relation, self.place)
            case Keep():
                raise AssertionError("what only keeps is no step")

    def _to(self, rows: Sequence[Row], hop: To, targets: dict[str, list[Row]]) -> None:
        self.filtering.known(rows, hop.field, everywhere=hop.times.most > 1)
        begun, named = not targets, [key for row in rows for key in row.get(hop.field)]
        keys: Mapping[str, Sequence[Row]]
        if hop.other is None or hop.other == "@key":
            keys = self.tables.by_key(named, hop.kinds, self.place)
        else:
            keys = self._held(hop.kinds, hop.other)
        for row in rows:
            targets[str(row.identity)] = _once(
                end for key in row.get(hop.field) for end in keys.get(key, ())
            )
        if begun and hop.other is None and not any(targets.values()):
            to_nowhere(self.tables, rows, hop, self.place)

    def _held(self, kinds: Sequence[str], field: str) -> Mapping[str, Sequence[Row]]:
        """The records of some kinds by the very text of a field."""
        found: dict[str, list[Row]] = {}
        for kind in kinds:
            self.filtering.has_field(kind, field)
            for text, rows in self.tables.by_text(kind, field, self.place).items():
                found.setdefault(text, []).extend(rows)
        return found

    def _back(self, rows: Sequence[Row], hop: Back, targets: dict[str, list[Row]]) -> None:
        for kind in hop.kinds:
            self.filtering.has_field(kind, hop.field)
        own = hop.other or "@key"
        begun = not targets
        if own != "@key":
            self.filtering.known(rows, own, everywhere=hop.times.most > 1)
        elif rows and not any(row.kind in self.tables.known for row in rows):
            raise Invalid(
                f"pattern, {self.place}: none of these rows is a record, whose key a '{hop.field}' could name: "
                'follow a field to records first, or use {"same": …}'
            )
        indexes = [self.tables.by_text(kind, hop.field, self.place) for kind in hop.kinds]
        for row in rows:
            targets[str(row.identity)] = _once(
                end for index in indexes for text in row.get(own) for end in index.get(text, ())
            )
        if begun and hop.other is None and not any(targets.values()):
            back_nowhere(self.tables, rows, hop, self.place)

    def _same(self, rows: Sequence[Row], hop: Same, targets: dict[str, list[Row]]) -> None:
        self.filtering.known(rows, hop.field)
        for row in rows:
            if row.node == "" and not hop.kinds:
                raise Invalid(
                    f"pattern, {self.place}: rows of groups are of no kind: say to which it leads by 'kind'"
                )
            found: list[Row] = []
            for kind in hop.kinds or (row.kind,):
                self.filtering.has_field(kind, hop.other)
                index = self.tables.by_value(kind, hop.other, self.place)
                for value in dict.fromkeys(map(typed, row.get(hop.field))):
                    found += index.get(value, ())
            targets[str(row.identity)] = _once(found)

    def _ended(
        self,
        rows: Sequence[Row],
        led: Mapping[str, Mapping[str, frozenset[str]]],
        targets: dict[str, list[Row]],
    ) -> None:
        ends = self.tables.nodes(end for some in led.values() for end in some)
        for row in rows:
            targets[str(row.identity)] = [
                ends[end].led(cubes) for end, cubes in led.get(row.node, {}).items() if end in ends
            ]


def _unique(at: Iterable[Ends]) -> list[Row]:
    found: Ends = {}
    for ends in at:
        for node, row in ends.items():
            found.setdefault(node, row)
    return list(found.values())


def _once(rows: Iterable[Row]) -> list[Row]:
    return list({row.node: row for row in rows}.values())
