"""Columns: what is worked out of a row, of its group, or of what a path leads to from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import ROUND_HALF_EVEN, Decimal
from typing import TYPE_CHECKING

from ...graph.errors import Invalid
from .amount import amount
from .plan import (
    Aggregate,
    Arithmetic,
    Column,
    Days,
    Expression,
    InSet,
    Joined,
    Literal,
    Reading,
)
from .records import Tables
from .row import Row
from .traversal import Traversal
from .value import calculated, dated, day_of, greatest, least, number, total, typed, written

if TYPE_CHECKING:
    from .filtering import Filter

Held = tuple[str, ...]
NOTHING: Held = ()


class Columns:
    """Expressions at one place of a plan."""

    def __init__(self, tables: Tables, filtering: Filter, place: str) -> None:
        self.tables = tables
        self.filtering = filtering
        self.place = place

    def added(self, rows: Sequence[Row], columns: Mapping[str, Expression]) -> list[Row]:
        """The rows with new columns, of which each may use those before it."""
        found = list(rows)
        for name, expression in columns.items():
            found = [
                row.with_columns({name: held}).led(cubes)
                for row, (held, cubes) in zip(found, self._worked(found, expression), strict=True)
            ]
        return found

    def selected(self, rows: Sequence[Row], columns: Mapping[str, Expression]) -> list[Row]:
        """The rows with these columns alone."""
        held: list[dict[str, Held]] = [{} for _ in rows]
        found = list(rows)
        for name, expression in columns.items():
            for place, (told, cubes) in enumerate(self._worked(rows, expression)):
                held[place][name] = told
                found[place] = found[place].led(cubes)
        return [replace(row, values=some) for row, some in zip(found, held, strict=True)]

    def aggregated(self, aggregate: Aggregate, rows: Sequence[Row]) -> Held:
        """One value of many rows."""
        if aggregate.where is not None:
            rows = self.filtering.kept(rows, aggregate.where)
        if aggregate.field is None:
            return (str(len(rows)),)
        texts = [text for row in rows for text in row.get(aggregate.field)]
        if aggregate.what == "count":
            return (str(len(set(map(typed, texts)))),)
        if aggregate.what == "values":
            distinct = {typed(text): text for text in reversed(texts)}
            return tuple(distinct[value] for value in sorted(distinct))
        if aggregate.what in ("min", "max"):
            if not texts:
                return NOTHING
            return (least(texts) if aggregate.what == "min" else greatest(texts),)
        numbers = [self._number(text, aggregate.field) for text in texts]
        if aggregate.what == "sum":
            return (written(total(numbers)),)
        mean = calculated("divide", total(numbers), Decimal(len(numbers)))
        return NOTHING if mean is None else (written(mean),)

    def _number(self, text: str, field: str) -> Decimal:
        found = number(text)
        if found is None:
            raise Invalid(
                f"pattern, {self.place}: '{text[:40]}' in '{field.replace(' ', '_')}' is no number: filter "
                'such rows out, or read it by {"number": …} first'
            )
        return found

    def _worked(
        self, rows: Sequence[Row], expression: Expression
    ) -> list[tuple[Held, frozenset[str]]]:
        """What an expression gives for each row, and the cubes that it took it from."""
        none = frozenset[str]()
        match expression:
            case Column():
                self.filtering.known(rows, expression.name)
                return [(row.get(expression.name), none) for row in rows]
            case InSet():
                held = self.filtering.single(expression)
                return [held] * len(rows)
            case Joined():
                told = [self._worked(rows, part) for part in expression.parts]
                return [
                    (
                        ("".join(" ".join(one) for one, _ in some),),
                        frozenset(cube for _, cubes in some for cube in cubes),
                    )
                    for some in zip(*told, strict=True)
                ]
            case Literal():
                return [((expression.text,), none)] * len(rows)
            case Aggregate():
                assert expression.of is not None
                reached = Traversal(self.tables, self.filtering).reached(rows, expression.of)
                if expression.field is not None:
                    every = {end.node: end for ends in reached for end in ends}
                    self.filtering.known(list(every.values()), expression.field)
                return [
                    (
                        self.aggregated(expression, ends),
                        frozenset(cube for end in ends for cube in end.cubes),
                    )
                    for ends in reached
                ]
            case Arithmetic():
                parts = [self._worked(rows, part) for part in expression.parts]
                return [self._calculated(expression, some) for some in zip(*parts, strict=True)]
            case Days():
                ends = zip(
                    self._worked(rows, expression.start),
                    self._worked(rows, expression.end),
                    strict=True,
                )
                return [(_days(start[0], end[0]), start[1] | end[1]) for start, end in ends]
            case Reading():
                return [
                    (tuple(read for one in held if (read := self._read(expression, one))), cubes)
                    for held, cubes in self._worked(rows, expression.part)
                ]

    def _calculated(
        self, what: Arithmetic, parts: Sequence[tuple[Held, frozenset[str]]]
    ) -> tuple[Held, frozenset[str]]:
        cubes = frozenset(cube for _, some in parts for cube in some)
        values: list[Decimal] = []
        for held, _ in parts:
            if len(held) != 1:
                return NOTHING, cubes  # what is lacking, or is several, is in no sum
            values.append(self._number(held[0], what.what))
        found: Decimal | None = values[0]
        for value in values[1:]:
            found = None if found is None else calculated(what.what, found, value)
        return ((written(found),) if found is not None else NOTHING), cubes

    def _read(self, reading: Reading, text: str) -> str | None:
        if reading.what == "date":
            return dated(text, reading.form)
        if reading.what == "part":
            parts = text.split(reading.form)
            place = reading.digits - 1 if reading.digits > 0 else reading.digits
            return parts[place].strip() if -len(parts) <= place < len(parts) else None
        if reading.what == "lower":
            return text.lower()
        if reading.what == "length":
            return str(len(text))
        if reading.what == "number":
            found = number(text)
            found = amount(text) if found is None else found
            return None if found is None else written(found)
        if reading.what == "round":
            digits = Decimal(1).scaleb(-reading.digits)
            return written(self._number(text, "round").quantize(digits, ROUND_HALF_EVEN))
        moment = day_of(text)
        return None if moment is None else str(getattr(moment, reading.what))


def _days(start: Held, end: Held) -> Held:
    if len(start) != 1 or len(end) != 1:
        return NOTHING
    one, other = day_of(start[0]), day_of(end[0])
    return NOTHING if one is None or other is None else (str((other.date() - one.date()).days),)
