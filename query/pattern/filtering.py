"""Filter: which rows meet a condition, and by which other cubes they do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from ...graph.errors import Invalid
from .plan import All, Any, Column, Condition, Has, InSet, Not, Test
from .records import Tables
from .row import GROUP, Row
from .traversal import Traversal
from .value import Typed, compared, typed

Verdict = frozenset[str] | None
"""The cubes by which a row meets a condition besides its own, none at all where it does not meet it."""

MET: frozenset[str] = frozenset()


class Filter:
    """Conditions at one place of a plan, with the sets that were worked out before."""

    def __init__(self, tables: Tables, sets: Mapping[str, Sequence[Row]], place: str) -> None:
        self.tables = tables
        self.sets = sets
        self.place = place

    def kept(self, rows: Sequence[Row], condition: Condition) -> list[Row]:
        """The rows that meet a condition, in their order."""
        verdicts = self._verdicts(rows, condition)
        return [row.led(by) for row, by in zip(rows, verdicts, strict=True) if by is not None]

    def known(self, rows: Sequence[Row], field: str, *, everywhere: bool = False) -> None:
        """Refuse a field that none of these rows has, and no record of their kinds; `everywhere`: of any kind."""
        if field.startswith("@") or not rows or any(field in row.values for row in rows):
            return
        kinds = sorted({row.kind for row in rows if row.kind in self.tables.known})
        if everywhere or any(field in self.tables.fields(kind, self.place) for kind in kinds):
            return
        have = sorted({name.replace(" ", "_") for row in rows for name in row.values})
        what = "group" if rows[0].kind == GROUP else ", ".join(kinds) or rows[0].kind
        raise Invalid(
            f"pattern, {self.place}: no '{field.replace(' ', '_')}' is in any {what} here: "
            f"there are {', '.join(have[:40]) or 'no fields'}"
        )

    def has_field(self, kind: str, field: str) -> None:
        """Refuse a field that no record of a kind has."""
        if field.startswith("@") or field in self.tables.fields(kind, self.place):
            return
        have = sorted(name.replace(" ", "_") for name in self.tables.fields(kind, self.place))
        raise Invalid(
            f"pattern, {self.place}: no '{field.replace(' ', '_')}' is in any {kind} here: "
            f"there are {', '.join(have[:40])}"
        )

    def _verdicts(self, rows: Sequence[Row], condition: Condition) -> list[Verdict]:
        match condition:
            case All():
                found: list[Verdict] = [MET] * len(rows)
                for part in condition.parts:
                    found = list(map(_both, found, self._verdicts(rows, part)))
                return found
            case Any():
                found = [None] * len(rows)
                for part in condition.parts:
                    found = list(map(_either, found, self._verdicts(rows, part)))
                return found
            case Not():
                return [MET if by is None else None for by in self._verdicts(rows, condition.part)]
            case Has():
                reached = Traversal(self.tables, self).reached(rows, condition.path)
                return [
                    frozenset(cube for end in ends for cube in end.cubes) if ends else None
                    for ends in reached
                ]
            case Test():
                return self._tested(rows, condition)

    def _tested(self, rows: Sequence[Row], test: Test) -> list[Verdict]:
        if test.sign == "exists":
            return [MET if bool(row.get(test.field)) is test.against else None for row in rows]
        self.known(rows, test.field)
        sign, case = test.sign, test.case
        turned = sign in ("!=", "not in")
        sign = {"!=": "=", "not in": "in"}.get(sign, sign)
        if isinstance(test.against, Column):
            self.known(rows, test.against.name)
            found = [
                _met(sign, row.get(test.field), row.get(test.against.name), case) for row in rows
            ]
        elif isinstance(test.against, InSet):
            found = self._against(rows, test, sign, test.against)
        else:
            assert isinstance(test.against, tuple)
            literals = test.against
            if sign in ("=", "in"):
                wanted = {_folded(one, case) for one in literals}
                found = [
                    MET
                    if any(_folded(one, case) in wanted for one in row.get(test.field))
                    else None
                    for row in rows
                ]
            else:
                found = [_met(sign, row.get(test.field), literals, case) for row in rows]
        return [MET if by is None else None for by in found] if turned else found

    def single(self, against: InSet) -> tuple[tuple[str, ...], frozenset[str]]:
        """The one value that a set holds in a field, or none, and the cubes that it rests on."""
        others = self.sets[against.name]
        self.known(others, against.field)
        told = {typed(text): text for row in others for text in row.get(against.field)}
        if len(told) > 1:
            raise Invalid(
                f"pattern, {self.place}: '{against.name}' holds {len(told)} different values of "
                f"'{against.field}', and here one is taken: limit the set to one row"
            )
        return tuple(told.values()), frozenset(cube for row in others for cube in row.cubes)

    def _against(self, rows: Sequence[Row], test: Test, sign: str, against: InSet) -> list[Verdict]:
        """A test against what the rows of a set hold: any of it, or the one value that there is."""
        others = self.sets[against.name]
        self.known(others, against.field)
        cubes: dict[Typed, frozenset[str]] = {}
        texts: dict[Typed, str] = {}
        for row in others:
            for text in row.get(against.field):
                folded = _folded(text, test.case)
                cubes[folded] = cubes.get(folded, MET) | row.cubes
                texts.setdefault(folded, text)
        if sign == "in":
            found: list[Verdict] = []
            for row in rows:
                hits = [
                    cubes[mark]
                    for text in row.get(test.field)
                    if (mark := _folded(text, test.case)) in cubes
                ]
                found.append(frozenset().union(*hits) if hits else None)
            return found
        if len(texts) > 1:
            raise Invalid(
                f"pattern, {self.place}: '{against.name}' holds {len(texts)} different values of "
                f"'{against.field}', and '{test.sign}' takes one: use 'in', or limit the set to one row"
            )
        if not texts:
            return [None] * len(rows)
        mark, text = next(iter(texts.items()))
        verdicts = [_met(sign, row.get(test.field), (text,), test.case) for row in rows]
        return [None if by is None else by | cubes[mark] for by in verdicts]


def _both(one: Verdict, other: Verdict) -> Verdict:
    return None if one is None or other is None else one | other


def _either(one: Verdict, other: Verdict) -> Verdict:
    if one is None or other is None:
        return other if one is None else one
    return one | other


def _folded(text: str, case: bool) -> Typed:
    return typed(text if case else text.casefold())


_WITHIN: Mapping[str, Callable[[str, str], bool]] = {
    "contains": lambda held, part: part in held,
    "starts": str.startswith,
    "ends": str.endswith,
}


def _met(sign: str, held: Iterable[str], against: Sequence[str], case: bool) -> Verdict:
    """Whether any value of the field meets any of those that it is tested against."""
    if sign in _WITHIN:
        test = _WITHIN[sign]
        fold = (lambda text: text) if case else str.casefold
        met = any(test(fold(one), fold(other)) for one in held for other in against)
    elif sign in ("=", "in"):
        marks = {_folded(other, case) for other in against}
        met = any(_folded(one, case) in marks for one in held)
    else:
        met = any(compared(sign, typed(one), typed(other)) for one in held for other in against)
    return MET if met else None
