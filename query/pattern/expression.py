"""Expression: what a new column holds, read from plain data."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from .clause import Clause, path_of
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
from .value import known_form

AGGREGATES = ("count", "sum", "min", "max", "average", "values")
ARITHMETIC = ("plus", "minus", "times", "divide")
READINGS = ("number", "date", "year", "month", "day", "lower", "length", "round", "part")
DEEP = 6
WORDS = (*AGGREGATES, *ARITHMETIC, *READINGS, "days", "join", "value", "set")


def expression_of(value: Any, clause: Clause, depth: int = 0) -> Expression:
    """A column's name, a number, or an object with one word that says what is worked out."""
    spot = clause.spot
    if depth > DEEP:
        spot.refuse("it is nested too deeply", f"at most {DEEP} levels are read")
    if isinstance(value, str):
        return Column(spot.column(value, "a column"))
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return Literal(spot.literal(value, "a number"))
    given = spot.mapping(value, "an expression")
    found = [word for word in WORDS if word in given]
    if len(found) != 1:
        spot.refuse(
            f"it says {' and '.join(found) or 'nothing of what is worked out'}",
            f"write one of {', '.join(WORDS)}",
        )
    word = found[0]
    if word in AGGREGATES:
        return aggregate_of(given, clause, path=True)
    if word == "value":
        spot.only(given, {"value"})
        return Literal(spot.literal(given["value"], "'value'"))
    if word == "set":
        spot.only(given, {"set", "field"})
        return InSet(clause.set_name(given["set"]), spot.column(given.get("field"), "'field'"))
    if word == "join":
        spot.only(given, {"join"})
        texts = spot.listed(given["join"], "'join'", 50)
        return Joined(tuple(expression_of(part, clause, depth + 1) for part in texts))
    if word in ARITHMETIC:
        spot.only(given, {word})
        parts = spot.listed(given[word], f"'{word}'", 50)
        two = word in ("minus", "divide")
        if len(parts) < 2 or (two and len(parts) > 2):
            spot.refuse(
                f"'{word}' has {len(parts)} parts", "give it two" if two else "give it more"
            )
        return Arithmetic(word, tuple(expression_of(part, clause, depth + 1) for part in parts))
    if word == "days":
        spot.only(given, {"days"})
        ends = spot.listed(given["days"], "'days'", 2)
        if len(ends) != 2:
            spot.refuse("'days' has one end", "write [from, to]")
        start, end = (expression_of(end, clause, depth + 1) for end in ends)
        return Days(start, end)
    return _reading(word, given, clause, depth)


def _reading(word: str, given: Mapping[str, Any], clause: Clause, depth: int) -> Expression:
    spot = clause.spot
    spot.only(given, {word, "form"} if word == "date" else {word})
    if word == "round":
        parts = spot.listed(given["round"], "'round'", 2)
        if len(parts) != 2:
            spot.refuse("'round' has one part", "write [what, digits]")
        part = expression_of(parts[0], clause, depth + 1)
        return Reading(word, part, digits=spot.count(parts[1], "the digits", 0, 18))
    if word == "part":
        parts = spot.listed(given["part"], "'part'", 3)
        if len(parts) != 3:
            spot.refuse("'part' has not three parts", "write [what, separator, number]")
        number = parts[2]
        if number == 0:
            spot.refuse("there is no part 0", "count from 1, or from the end by -1")
        separator = parts[1]
        if not isinstance(separator, str) or not separator:
            spot.refuse("the separator is no text", 'write one such as "@" or " "')
        part = expression_of(parts[0], clause, depth + 1)
        return Reading(word, part, separator, spot.count(number, "the number", -100, 100))
    part = expression_of(given[word], clause, depth + 1)
    if word != "date":
        return Reading(word, part)
    form = spot.text(given.get("form"), "'form'")
    if not known_form(form):
        spot.refuse(f"the form '{form[:40]}' is none", "put it together of YYYY or YY, MM and DD")
    return Reading(word, part, form)


def aggregate_of(value: Any, clause: Clause, *, path: bool) -> Aggregate:
    """One value of many rows: of those that `of` leads to, or in a group of its rows."""
    spot = clause.spot
    given = spot.mapping(value, "an aggregate")
    found = [word for word in AGGREGATES if word in given]
    if len(found) != 1:
        spot.refuse(
            f"it says {' and '.join(found) or 'nothing of what is worked out'}",
            f"write one of {', '.join(AGGREGATES)}",
        )
    word = found[0]
    spot.only(given, {word, "of"} if path else {word, "where"})
    if path and "of" not in given:
        spot.refuse(f"'{word}' is of nothing", 'write the path to what it is of: "of": …')
    told = given[word]
    every = word == "count" and told is True
    if not every and not isinstance(told, str):
        more = ' and the path by "of"' if path else ""
        spot.refuse(f"'{word}' is {str(told)[:60]}", f"name a field (or true to count rows){more}")
    column = None if every else spot.column(told, f"'{word}'")
    of = path_of(given["of"], clause.at("'of'")) if path else None
    where = clause.condition(given["where"]) if "where" in given else None
    return Aggregate(word, column, of, where)
