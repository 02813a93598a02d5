"""Clause: conditions and paths of a plan, read from plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any as Anything

from ...graph.kind import EdgeKind
from .plan import (
    All,
    Along,
    Any,
    Back,
    Column,
    Condition,
    Has,
    Hop,
    InSet,
    Keep,
    Not,
    Path,
    Related,
    Same,
    Test,
    Times,
    To,
)
from .spot import Spot

SIGNS = ("=", "!=", "<", "<=", ">", ">=", "in", "not in", "contains", "starts", "ends")
TIMES, FAR, DEEP = 100, 32, 8
"""How often a hop is made at most; how often to the end, where nothing is said; how deep conditions go."""

EDGES = {
    str(kind).lower().replace("_", " "): kind
    for kind in (
        EdgeKind.MENTIONS, EdgeKind.ABOUT, EdgeKind.NEXT, EdgeKind.TAGGED, EdgeKind.DERIVED_FROM,
        EdgeKind.SUPPORTS, EdgeKind.SUBJECT_OF, EdgeKind.OBJECT_OF,
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Clause:
    """Reads conditions and paths at one place of a plan, where these sets are known."""

    spot: Spot
    sets: frozenset[str]
    depth: int = 0

    def at(self, more: str) -> Clause:
        """The same at a place within this one."""
        return replace(self, spot=self.spot.at(more))

    def set_name(self, value: Anything) -> str:
        """The name of a set that the plan has."""
        name = self.spot.text(value, "a set")
        if name not in self.sets:
            there = ", ".join(sorted(self.sets)) or "none"
            self.spot.refuse(f"there is no set '{name[:60]}'", f"the plan's sets are {there}")
        return name

    def condition(self, value: Anything) -> Condition:
        """A condition: an object all of whose parts have to hold."""
        if self.depth >= DEEP:
            self.spot.refuse("it is nested too deeply", f"at most {DEEP} levels are read")
        inner = replace(self, depth=self.depth + 1)
        given = self.spot.mapping(value, "a condition")
        parts: list[Condition] = []
        for word, one in given.items():
            if word in ("all", "any"):
                some = [inner.condition(each) for each in self.spot.listed(one, f"'{word}'")]
                parts.append(All(tuple(some)) if word == "all" else Any(tuple(some)))
            elif word == "not":
                parts.append(Not(inner.condition(one)))
            elif word in ("has", "lacks"):
                found = Has(path_of(one, inner.at(f"'{word}'")))
                parts.append(found if word == "has" else Not(found))
            elif word == "fields":
                for name, each in self.spot.mapping(one, "'fields'").items():
                    parts += self._tests(name, each)
            else:
                parts += self._tests(word, one)
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def _tests(self, name: str, value: Anything) -> list[Condition]:
        field = self.spot.column(name, "a field")
        here = self.at(f"field '{name}'")
        if value is None:
            return [Test(field, "exists", False)]
        if isinstance(value, list | tuple):
            return [here._test(field, "in", value, True)]
        if not isinstance(value, Mapping):
            return [Test(field, "=", (here.spot.literal(value, "its value"),))]
        given = here.spot.mapping(value, "its test")
        here.spot.only(given, {*SIGNS, "exists", "case"})
        case = here.spot.truth(given.get("case", True), "'case'")
        tests = [
            here._test(field, sign, one, case) for sign, one in given.items() if sign != "case"
        ]
        if not tests:
            here.spot.refuse("there is no test", f"write one of {', '.join(SIGNS)}, exists")
        return tests

    def _test(self, field: str, sign: str, value: Anything, case: bool) -> Condition:
        if sign == "exists":
            return Test(field, sign, self.spot.truth(value, "'exists'"))
        if isinstance(value, Mapping):
            self.spot.only(value, {"set", "field"})
            if "field" not in value:
                self.spot.refuse(f"'{sign}' names no field", 'write {"set": …, "field": …}')
            column = self.spot.column(value["field"], "'field'")
            if "set" in value:
                return Test(field, sign, InSet(self.set_name(value["set"]), column), case)
            return Test(field, sign, Column(column), case)
        if sign in ("in", "not in"):
            some = self.spot.listed(value, f"'{sign}'", 100_000)
            return Test(field, sign, tuple(self.spot.literal(one, "a value") for one in some), case)
        if isinstance(value, list | tuple):
            self.spot.refuse(f"'{sign}' is given a list", "several values are tested by 'in'")
        return Test(field, sign, (self.spot.literal(value, f"'{sign}'"),), case)


def path_of(value: Anything, clause: Clause) -> Path:
    """A path: one hop or a list of them, of which some only keep what meets a condition."""
    hops = value if isinstance(value, list | tuple) else [value]
    clause.spot.listed(hops, "a path", 20)
    several = len(hops) > 1
    return tuple(
        _hop(one, clause.at(f"hop {number}") if several else clause)
        for number, one in enumerate(hops, 1)
    )


def _hop(value: Anything, clause: Clause) -> Hop:
    spot = clause.spot
    if isinstance(value, str):
        return To(spot.column(value, "a hop"))
    given = spot.mapping(value, "a hop")
    words = [word for word in ("to", "same", "edge", "relation", "where", "back") if word in given]
    if not words:
        spot.refuse(
            f"a hop is {str(value)[:60]}",
            'write a field, or {"to": …}, {"back": …, "kind": …}, {"same": …}, {"relation": …}, '
            '{"edge": …} or {"where": …}',
        )
    return _HOPS[words[0]](given, clause)


def _times(given: Mapping[str, Anything], spot: Spot) -> Times:
    steps = given.get("steps", 1)
    if steps == "end":
        return Times(0, spot.count(given.get("most", FAR), "'most'", 1, TIMES), end=True)
    if "most" in given:
        spot.refuse("'most' bounds a walk to the end", 'write it with "steps": "end"')
    if isinstance(steps, list | tuple):
        if len(steps) != 2:
            spot.refuse("'steps' has not two numbers", "write [least, most]")
        least = spot.count(steps[0], "the least of 'steps'", 0, TIMES)
        return Times(least, spot.count(steps[1], "the most of 'steps'", max(1, least), TIMES))
    number = spot.count(steps, "'steps'", 1, TIMES)
    return Times(number, number)


def _kinds(given: Mapping[str, Anything], spot: Spot) -> tuple[str, ...]:
    return spot.texts(given["kind"], "'kind'", 50) if "kind" in given else ()


def _to(given: Mapping[str, Anything], clause: Clause) -> Hop:
    spot = clause.spot
    spot.only(given, {"to", "kind", "as", "steps", "most"})
    field = spot.column(given["to"], "'to'")
    other = spot.column(given["as"], "'as'") if "as" in given else None
    if other not in (None, "@key") and "kind" not in given:
        spot.refuse(
            "it says not of which kind its 'as' is a field", 'write {"to": …, "kind": …, "as": …}'
        )
    return To(field, _kinds(given, spot), _times(given, spot), other)


def _back(given: Mapping[str, Anything], clause: Clause) -> Hop:
    spot = clause.spot
    spot.only(given, {"back", "kind", "as", "steps", "most"})
    if "kind" not in given:
        spot.refuse("it says not to which kind it leads", 'write {"back": …, "kind": …}')
    other = spot.column(given["as"], "'as'") if "as" in given else None
    field = spot.column(given["back"], "'back'")
    return Back(field, _kinds(given, spot), _times(given, spot), other)


def _same(given: Mapping[str, Anything], clause: Clause) -> Hop:
    spot = clause.spot
    spot.only(given, {"same", "as", "kind", "steps", "most"})
    field = spot.column(given["same"], "'same'")
    other = spot.column(given["as"], "'as'") if "as" in given else field
    return Same(field, other, _kinds(given, spot), _times(given, spot))


def _edge(given: Mapping[str, Anything], clause: Clause) -> Hop:
    spot = clause.spot
    spot.only(given, {"edge", "back", "steps", "most"})
    kind = EDGES.get(spot.text(given["edge"], "'edge'").lower().replace("_", " "))
    if kind is None:
        spot.refuse(f"there is no edge '{given['edge'][:60]}'", f"known are {', '.join(EDGES)}")
    return Along(kind, spot.truth(given.get("back", False), "'back'"), _times(given, spot))


def _relation(given: Mapping[str, Anything], clause: Clause) -> Hop:
    spot = clause.spot
    spot.only(given, {"relation", "back", "steps", "most"})
    named = spot.text(given["relation"], "'relation'")
    back = spot.truth(given.get("back", False), "'back'")
    return Related(None if named == "*" else named, back, _times(given, spot))


def _keep(given: Mapping[str, Anything], clause: Clause) -> Hop:
    clause.spot.only(given, {"where"})
    return Keep(clause.condition(given["where"]))


_HOPS = {
    "to": _to,
    "same": _same,
    "edge": _edge,
    "relation": _relation,
    "where": _keep,
    "back": _back,
}
