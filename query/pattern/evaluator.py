"""Evaluator: carries a plan out, step by step, over what a scope shows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cmp_to_key
from typing import Any

from ...graph.errors import Invalid
from .column import Columns
from .filtering import Filter
from .plan import (
    FIND,
    Add,
    Distinct,
    Each,
    Entities,
    Follow,
    Group,
    Limit,
    Named,
    Order,
    Plan,
    Records,
    Select,
    Step,
    Tagged,
    Together,
    Where,
)
from .records import Tables
from .row import Row, group_of
from .traversal import Traversal
from .value import typed

Rows = list[Row]
Normal = Callable[[str], str]


class Evaluator:
    """One plan on the tables of one scope; `normal` gives the form in which names of entities are kept."""

    def __init__(self, plan: Plan, tables: Tables, normal: Normal) -> None:
        self.plan = plan
        self.tables = tables
        self.normal = normal
        self.sets: dict[str, Rows] = {}

    def rows(self) -> Rows:
        """The rows of `find`; raises `Invalid` where a bound is passed or a value does not fit."""
        for name, steps in self.plan.sets.items():
            rows: Rows = []
            before: Step | None = None
            for number, step in enumerate(steps):
                rows = self._done(step, rows, before, first=number == 0)
                if len(rows) > self.plan.rows:
                    raise Invalid(
                        f"pattern, {step.place}: it gives {len(rows):,} rows, more than "
                        f'{self.plan.rows:,}: narrow it, or allow more by "rows" of the plan'
                    )
                before = step
            self.sets[name] = rows
        return self.sets[FIND]

    def _done(self, step: Step, rows: Rows, before: Step | None, *, first: bool) -> Rows:
        act, place = step.act, step.place
        filtering = Filter(self.tables, self.sets, place)
        columns = Columns(self.tables, filtering, place)
        match act:
            case Records() | Entities() | Tagged() | Named():
                return self._source(act, filtering)
            case Together():
                return self._together(act, None if first else rows, place)
            case Follow():
                return self._followed(act, rows, filtering)
            case Where():
                return filtering.kept(rows, act.condition)
            case Add():
                return columns.added(rows, act.columns)
            case Select():
                return columns.selected(rows, act.columns)
            case Group():
                return self._grouped(act, rows, columns)
            case Order():
                for name, _ in act.by:
                    filtering.known(rows, name)
                return ordered(rows, act.by)
            case Limit():
                by = before.act.by if before and isinstance(before.act, Order) else ()
                for name in act.by:
                    filtering.known(rows, name)
                return limited(rows, act, by)
            case Distinct():
                for name in act.by:
                    filtering.known(rows, name)
                return merged(rows, lambda row: values(row, act.by))
            case Each():
                filtering.known(rows, act.name)
                return [
                    row.with_columns({act.name: (held,)})
                    for row in rows
                    for held in dict.fromkeys(row.get(act.name))
                ]

    def _source(self, act: Records | Entities | Tagged | Named, filtering: Filter) -> Rows:
        place = filtering.place
        if isinstance(act, Named):
            return list(self.sets[act.name])
        if isinstance(act, Entities):
            found = self.tables.entities([self.normal(name) for name in act.names])
            return by_place(row for rows in found for row in rows)
        if isinstance(act, Tagged):
            nodes = set.intersection(*(self.tables.tagged(tag, place) for tag in act.tags))
            return by_place(self.tables.nodes(sorted(nodes)).values())
        if act.keys is not None:
            by_key = self.tables.by_key(act.keys, act.kinds, place)
            rows = by_place(row for some in by_key.values() for row in some)
        else:
            rows = by_place(row for kind in act.kinds for row in self.tables.of_kind(kind, place))
        return rows if act.where is None else filtering.kept(rows, act.where)

    def _together(self, act: Together, rows: Rows | None, place: str) -> Rows:
        parts = [self.sets[name] for name in act.names]
        if rows is not None:
            parts.insert(0, rows)
        filtering = Filter(self.tables, self.sets, place)
        for part in parts:
            for name in act.on:
                filtering.known(part, name)

        def one(row: Row) -> Any:
            return values(row, act.on) if act.on else row.identity

        if act.what == "union":
            return merged((row for part in parts for row in part), one)
        others = [{one(row): row for row in part} for part in parts[1:]]
        if act.what == "minus":
            return [row for row in parts[0] if not any(one(row) in other for other in others)]
        found: Rows = []
        for row in parts[0]:
            if all(one(row) in other for other in others):
                for other in others:
                    row = row.led(other[one(row)].cubes)
                found.append(row)
        return found

    def _followed(self, act: Follow, rows: Rows, filtering: Filter) -> Rows:
        for name in act.keep.values():
            filtering.known(rows, name)
        reached = Traversal(self.tables, filtering).reached(rows, act.path)
        found: list[Row] = []
        for row, ends in zip(rows, reached, strict=True):
            kept = {new: row.get(old) for new, old in act.keep.items()}
            found += [end.with_columns(kept) if kept else end for end in ends]
        names = tuple(act.keep)
        return by_place(merged(found, lambda row: (row.identity, values(row, names))))

    def _grouped(self, act: Group, rows: Rows, columns: Columns) -> Rows:
        for name in act.by:
            columns.filtering.known(rows, name)
        for aggregate in act.columns.values():
            if aggregate.field is not None:
                columns.filtering.known(rows, aggregate.field)
        groups: dict[Any, Rows] = defaultdict(list)
        for row in rows:
            groups[values(row, act.by)].append(row)
        if not act.by and not groups:
            groups[()] = []
        found = [
            group_of(
                {name: some[0].get(name) for name in act.by} if some else {},
                {name: columns.aggregated(one, some) for name, one in act.columns.items()},
                (cube for row in some for cube in row.cubes),
            )
            for some in groups.values()
        ]
        return sorted(found, key=lambda row: row.place)


def values(row: Row, names: Iterable[str]) -> tuple[Any, ...]:
    """What some columns hold, as it is compared."""
    return tuple(tuple(sorted(map(typed, row.get(name)))) for name in names)


def by_place(rows: Iterable[Row]) -> Rows:
    """Rows in their own order, each node once where nothing else was kept."""
    return sorted(rows, key=lambda row: row.place)


def merged(rows: Iterable[Row], one: Callable[[Row], Any]) -> Rows:
    """The first of the rows that are one, with the cubes of all of them."""
    found: dict[Any, Row] = {}
    more: dict[Any, set[str]] = {}
    for row in rows:
        mark = one(row)
        if mark not in found:
            found[mark] = row
        else:
            more.setdefault(mark, set()).update(row.cubes)
    return [row.led(frozenset(more[mark])) if mark in more else row for mark, row in found.items()]


def ordered(rows: Sequence[Row], by: Sequence[tuple[str, bool]]) -> Rows:
    """Rows by some columns; what lacks a column comes last, equals stay as they were."""
    keys = {id(row): tuple(_sorted_by(row, name, down) for name, down in by) for row in rows}

    def compare(one: Row, other: Row) -> int:
        for (_, down), a, b in zip(by, keys[id(one)], keys[id(other)], strict=True):
            if a == b:
                continue
            if a is None or b is None:
                return 1 if a is None else -1
            return -1 if (a < b) is not down else 1
        return 0

    return sorted(rows, key=cmp_to_key(compare))


def _sorted_by(row: Row, name: str, down: bool) -> Any:
    held = row.get(name)
    if not held:
        return None
    return max(map(typed, held)) if down else min(map(typed, held))


def limited(rows: Rows, act: Limit, by: Sequence[tuple[str, bool]]) -> Rows:
    """The first rows of each group, and those that are equal to the last of them in the order before."""
    groups: dict[Any, int] = defaultdict(int)
    last: dict[Any, Any] = {}
    found: Rows = []
    for row in rows:
        mark = values(row, act.by)
        groups[mark] += 1
        number = groups[mark]
        here = tuple(_sorted_by(row, name, down) for name, down in by)
        if number == act.skip + act.first:
            last[mark] = here
        tied = act.ties and number > act.skip + act.first and here == last.get(mark)
        if act.skip < number <= act.skip + act.first or tied:
            found.append(row)
    return found


def shown(values: Mapping[str, tuple[str, ...]], names: Mapping[str, str]) -> dict[str, Any]:
    """Columns as they come back: by the names that the plan writes, a list where there are several values."""
    return {
        names.get(name) or name.replace(" ", "_"): held[0] if len(held) == 1 else list(held)
        for name, held in values.items()
        if held
    }
