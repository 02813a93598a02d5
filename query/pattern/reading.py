"""Reading: a plan from plain data (JSON, TOML, YAML as parsed); all of it is checked before anything is done.

`docs/patterns.md` is the reference. What is wrong is refused with its place and the way out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .clause import Clause, path_of
from .expression import aggregate_of, expression_of
from .plan import (
    FIND,
    Act,
    Add,
    Distinct,
    Each,
    Entities,
    Follow,
    Group,
    InSet,
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
from .spot import Spot

MOST_ROWS, ROWS = 1_000_000, 100_000
MOST_SETS, MOST_STEPS = 100, 200
SOURCES = frozenset({"records", "key", "entities", "tagged", "set", "union", "intersect", "minus"})
ACTS = ("follow", "where", "add", "group", "order", "limit", "distinct", "each", "select")


def read_plan(given: Any) -> Plan:
    """Read a plan; raises `Invalid` with the place in it and the way out.

    >>> plan = read_plan({"find": [{"records": "pets", "where": {"name": "Tara"}}, {"follow": "owner"}]})
    >>> [step.place for step in plan.sets["find"]]
    ["'find', step 1 (records)", "'find', step 2 (follow)"]
    >>> read_plan({"find": [{"records": "pets"}, {"folow": "owner"}]})
    Traceback (most recent call last):
    memcubes.graph.errors.Invalid: pattern, 'find', step 2: there is no 'folow': a step after the first is one of follow, where, add, group, order, limit, distinct, each, select, union, intersect, minus
    """
    spot = Spot("the plan")
    if isinstance(given, list | tuple):
        given = {FIND: given}
    whole = spot.mapping(given, "it")
    spot.only(whole, {FIND, "sets", "rows"})
    if FIND not in whole:
        spot.refuse("it finds nothing", "write the steps that give the answer as 'find'")
    rows = spot.count(whole.get("rows", ROWS), "'rows'", 1, MOST_ROWS)
    lists = dict(spot.mapping(whole["sets"], "'sets'")) if "sets" in whole else {}
    if FIND in lists:
        spot.refuse("a set is called 'find'", "that is the name of the answer; call it otherwise")
    if len(lists) > MOST_SETS:
        spot.refuse(f"it has {len(lists)} sets", f"at most {MOST_SETS} are read")
    names: dict[str, str] = {}
    sets = {
        name: tuple(_steps(steps, Spot(f"'{name}'", names), frozenset(lists)))
        for name, steps in {**lists, FIND: whole[FIND]}.items()
    }
    if sum(map(len, sets.values())) > MOST_STEPS:
        spot.refuse("it has too many steps", f"at most {MOST_STEPS} are read")
    return Plan(_ordered(sets), rows, names)


def _steps(given: Any, spot: Spot, known: frozenset[str]) -> Iterator[Step]:
    steps = spot.listed(given, "what it does", MOST_STEPS)
    before: Act | None = None
    for number, one in enumerate(steps, 1):
        here = spot.at(f"step {number}")
        step = here.mapping(one, "it")
        word = _word(step, here, first=number == 1)
        here = Spot(f"{here.place} ({word})", spot.names)
        act = _ACTS[word](step, here, Clause(here, known))
        if isinstance(act, Limit) and act.ties and not isinstance(before, Order):
            here.refuse(
                "ties are those of an order, and none stands before it", "order the rows first"
            )
        if number == 1 and isinstance(act, Together) and len(act.names) < 2:
            here.refuse("there is one set alone", "name two or more, or write it after other steps")
        before = act
        yield Step(act, here.place)


def _word(step: Mapping[str, Any], spot: Spot, *, first: bool) -> str:
    """Which act a step is: one of its words says so."""
    known = SOURCES if first else frozenset({*ACTS, "union", "intersect", "minus"})
    found = [word for word in step if word in known]
    if "records" in found:
        found = [word for word in found if word != "key"]
    if "limit" in found or "group" in found or "distinct" in found:
        found = [word for word in found if word in ("limit", "group", "distinct")]
    if first and not found:
        wrong = next(iter(step))
        spot.refuse(
            f"it begins with '{wrong[:60]}'",
            "the first step is one of records, key, entities, tagged, set, union, intersect, minus",
        )
    if not found:
        spot.refuse(
            f"there is no '{next(iter(step))[:60]}'",
            f"a step after the first is one of {', '.join(ACTS)}, union, intersect, minus",
        )
    own = [word for word in found if not (word == "where" and "records" in step)]
    if len(own) > 1:
        spot.refuse(f"it does both {own[0]} and {own[1]}", "make two steps of it")
    return own[0]


def _records(step: Mapping[str, Any], spot: Spot, clause: Clause) -> Act:
    spot.only(step, {"records", "key", "where"})
    kinds = spot.texts(step["records"], "'records'") if "records" in step else ()
    keys = spot.texts(_as_texts(step["key"]), "'key'") if "key" in step else None
    where = clause.condition(step["where"]) if "where" in step else None
    return Records(kinds, keys, where)


def _as_texts(value: Any) -> Any:
    """Keys that are numbers are texts: `7` is what a table calls `7`."""
    if isinstance(value, list | tuple):
        return [_as_texts(one) for one in value]
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _entities(step: Mapping[str, Any], spot: Spot, clause: Clause) -> Act:
    spot.only(step, {"entities"})
    return Entities(spot.texts(step["entities"], "'entities'"))


def _tagged(step: Mapping[str, Any], spot: Spot, clause: Clause) -> Act:
    spot.only(step, {"tagged"})
    return Tagged(spot.texts(step["tagged"], "'tagged'", 20))


def _set(step: Mapping[str, Any], spot: Spot, clause: Clause) -> Act:
    spot.only(step, {"set"})
    return Named(clause.set_name(step["set"]))


def _together(step: Mapping[str, Any], spot: Spot, clause: Clause) -> Act:
    what = next(word for word in ("union", "intersect", "minus") if word in step)
    spot.only(step, {what, "on"})
    names = tuple(clause.set_name(name) for name in spot.texts(step[what], f"'{what}'", 50))
    return Together(what, names, spot.columns(step["on"], "'on'") if "on" in step else ())


def _follow(step: Mapping[str, Any], spot: Spot, clause: Clause) -> Act:
    spot.only(step, {"follow", "keep"})
    keep: dict[str, str] = {}
    if "keep" in step:
        given = step["keep"]
        if isinstance(given, Mapping):
            keep = {
                spot.new(new, "'keep'"): spot.column(old, "'keep'") for new, old in given.items()
            }
        else:
            keep = {name: name for name in spot.columns(given, "'keep'")}
            for name in keep:
                if name.startswith("@"):
                    spot.refuse(f"'{name}' is kept as itself", 'give it a name: {"from": "@key"}')
    return Follow(path_of(step["follow"], clause), keep)


def _where(step: Mapping[str, Any], spot: Spot, clause: Clause) -> Act:
    spot.only(step, {"where"})
    return Where(clause.condition(step["where"]))


def _add(step: Mapping[str, Any], spot: Spot, clause: Clause) -> Act:
    spot.only(step, {"add"})
    given = spot.mapping(step["add"], "'add'")
    return Add(
        {
            spot.new(name, "a column"): expression_of(one, clause.at(f"column '{name}'"))
            for name, one in given.items()
        }
    )


def _group(step: Mapping[str, Any], spot: Spot, clause: Clause) -> Act:
    spot.only(step, {"group", "with"})
    given = [step["group"]] if isinstance(step["group"], str) else step["group"]
    names = spot.listed(given, "'group'") if given != [] else ()
    by = tuple(dict.fromkeys(spot.shown(name, "'group'") for name in names))
    given = spot.mapping(step["with"], "'with'") if "with" in step else {}
    columns = {
        spot.new(name, "a column"): aggregate_of(one, clause.at(f"column '{name}'"), path=False)
        for name, one in given.items()
    }
    if not by and not columns:
        spot.refuse("one row of nothing would come back", "say what it holds by 'with'")
    return Group(by, columns)


def _order(step: Mapping[str, Any], spot: Spot, clause: Clause) -> Act:
    spot.only(step, {"order"})
    given = step["order"]
    names = [given] if isinstance(given, str) else spot.listed(given, "'order'", 20)
    by = []
    for name in names:
        said = spot.text(name, "'order'").strip()
        by.append((spot.column(said.removeprefix("-"), "'order'"), said.startswith("-")))
    return Order(tuple(by))


def _limit(step: Mapping[str, Any], spot: Spot, clause: Clause) -> Act:
    spot.only(step, {"limit", "skip", "by", "ties"})
    return Limit(
        spot.count(step["limit"], "'limit'", 1, MOST_ROWS),
        spot.count(step.get("skip", 0), "'skip'", 0, MOST_ROWS),
        spot.columns(step["by"], "'by'") if "by" in step else (),
        spot.truth(step.get("ties", False), "'ties'"),
    )


def _distinct(step: Mapping[str, Any], spot: Spot, clause: Clause) -> Act:
    spot.only(step, {"distinct"})
    return Distinct(spot.columns(step["distinct"], "'distinct'"))


def _each(step: Mapping[str, Any], spot: Spot, clause: Clause) -> Act:
    spot.only(step, {"each"})
    return Each(spot.shown(step["each"], "'each'"))


def _select(step: Mapping[str, Any], spot: Spot, clause: Clause) -> Act:
    spot.only(step, {"select"})
    given = step["select"]
    if isinstance(given, Mapping):
        spot.mapping(given, "'select'")
        return Select(
            {
                spot.new(name, "a column"): expression_of(one, clause.at(f"column '{name}'"))
                for name, one in given.items()
            }
        )
    names = [given] if isinstance(given, str) else spot.listed(given, "'select'")
    columns: dict[str, Any] = {}
    for name in names:
        columns[spot.shown(name, "'select'")] = expression_of(name, clause)
    return Select(columns)


_ACTS = {
    "records": _records,
    "key": _records,
    "entities": _entities,
    "tagged": _tagged,
    "set": _set,
    "union": _together,
    "intersect": _together,
    "minus": _together,
    "follow": _follow,
    "where": _where,
    "add": _add,
    "group": _group,
    "order": _order,
    "limit": _limit,
    "distinct": _distinct,
    "each": _each,
    "select": _select,
}


def _ordered(sets: Mapping[str, tuple[Step, ...]]) -> dict[str, tuple[Step, ...]]:
    """The lists that the answer needs, each after those that it needs; raises `Invalid` for a circle."""
    needs = {name: tuple(dict.fromkeys(_needed(steps))) for name, steps in sets.items()}
    done: dict[str, tuple[Step, ...]] = {}
    way: list[tuple[str, int]] = [(FIND, 0)]
    while way:
        name, place = way.pop()
        if place < len(needs[name]):
            way.append((name, place + 1))
            other = needs[name][place]
            if any(other == one for one, _ in way):
                Spot(f"'{name}'").refuse(f"it needs '{other}', which needs it", "break the circle")
            if other not in done:
                way.append((other, 0))
        else:
            done[name] = sets[name]
    # what the answer does not need was read, and is not carried out
    return done


def _needed(part: Any) -> Iterator[str]:
    """The names of sets anywhere in a part of a plan."""
    if isinstance(part, Named | InSet):
        yield part.name
    elif isinstance(part, Together):
        yield from part.names
    elif isinstance(part, Mapping):
        for one in part.values():
            yield from _needed(one)
    elif isinstance(part, Sequence) and not isinstance(part, str):
        for one in part:
            yield from _needed(one)
    elif hasattr(part, "__slots__"):
        for name in part.__slots__:
            yield from _needed(getattr(part, name))
