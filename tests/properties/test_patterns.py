"""Patterns against another evaluator, which knows nothing of the first: plain loops over plain dictionaries."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from memcubes.graph import Author, Authority, ChangeSet, GuardedStore, NodeKind, Open, Payload
from memcubes.graph.sqlite import SqliteStore
from memcubes.query.pattern import PatternOperator

KINDS, FIELDS = ("ant", "bee"), ("age", "at", "tag", "ref")
VALUES = {
    "age": ("3", "10", "3.0", "-2", "007", "old"),
    "at": ("2024-02-01", "2023-12-31", "2024-02-01T00:00Z", "soon"),
    "tag": ("x", "y", "X", "xy"),
    "ref": ("k0", "k1", "k2", "k3", "nobody"),
}
Record = dict[str, Any]


# -- the other evaluator -------------------------------------------------------------------------


def sort(text: str) -> tuple[int, Any]:
    """What a text is, worked out in another way: a fraction, a datetime, or words."""
    whole, _, rest = text.removeprefix("-").partition(".")
    if whole.isdigit() and (whole == "0" or whole[0] != "0") and (not rest or rest.isdigit()):
        return 0, Fraction(text)
    try:
        moment = datetime.datetime.fromisoformat(text)
    except ValueError:
        return 2, text
    zone = moment.tzinfo or datetime.UTC
    return 1, moment.replace(tzinfo=zone)


def key_order(record: Record) -> tuple[Any, ...]:
    return (record["kind"], record["key"], record["text"])


class Brute:
    """Evaluates a plan over a list of records by trying everything."""

    def __init__(self, records: list[Record], sets: dict[str, Any]) -> None:
        self.records = records
        self.sets = sets

    def held(self, row: Record, name: str) -> list[str]:
        if name == "@key":
            return [row["key"]] if row["key"] else []
        return [row["fields"][name]] if name in row["fields"] else []

    def meets(self, row: Record, condition: dict[str, Any]) -> bool:
        return all(self.part(row, word, value) for word, value in condition.items())

    def part(self, row: Record, word: str, value: Any) -> bool:
        if word == "any":
            return any(self.meets(row, one) for one in value)
        if word == "not":
            return not self.meets(row, value)
        if word == "has":
            return bool(self.path([row], value))
        if word == "lacks":
            return not self.path([row], value)
        return all(self.test(row, word, sign, one) for sign, one in value.items())

    def test(self, row: Record, name: str, sign: str, value: Any) -> bool:
        held = self.held(row, name)
        if sign == "exists":
            return bool(held) is value
        if isinstance(value, dict):
            against = [
                text
                for one in self.rows(self.sets[value["set"]])
                for text in self.held(one, value["field"])
            ]
        else:
            against = value if isinstance(value, list) else [value]
        pairs = [(sort(one), sort(other)) for one in held for other in against]
        match sign:
            case "=" | "in":
                return any(one == other for one, other in pairs)
            case "!=" | "not in":
                return not any(one == other for one, other in pairs)
            case "<":
                return any(a[0] == b[0] and a[1] < b[1] for a, b in pairs)
            case ">=":
                return any(a[0] == b[0] and a[1] >= b[1] for a, b in pairs)
            case "contains":
                return any(other in one for one in held for other in against)
        raise AssertionError(sign)

    def hop(self, row: Record, hop: Any) -> list[Record]:
        found = []
        for other in self.records:
            if isinstance(hop, str):
                yes = row["fields"].get(hop, "") == other["key"] != ""
            elif "to" in hop:
                yes = row["fields"].get(hop["to"], "") == other["key"] != ""
            elif "back" in hop:
                yes = (
                    other["kind"] == hop["kind"]
                    and other["fields"].get(hop["back"]) == row["key"] != ""
                )
            elif "same" in hop:
                mine, its = row["fields"].get(hop["same"]), other["fields"].get(hop["same"])
                kind = hop.get("kind", row["kind"])
                yes = other["kind"] == kind and None not in (mine, its) and sort(mine) == sort(its)
            else:
                yes = other is row and self.meets(row, hop["where"])
            if yes:
                found.append(other)
        return found

    def path(self, rows: list[Record], path: Any) -> list[Record]:
        for hop in path if isinstance(path, list) else [path]:
            steps = hop.get("steps", 1) if isinstance(hop, dict) else 1
            if steps == "end":
                rows = self.ends(rows, hop)
                continue
            least, most = steps if isinstance(steps, list) else (steps, steps)
            reached = list(rows) if least == 0 else []
            front = rows
            for number in range(1, most + 1):
                front = unique(end for row in front for end in self.hop(row, hop))
                reached += front if number >= least else []
            rows = unique(reached)
        return sorted(unique(rows), key=key_order)

    def ends(self, rows: list[Record], hop: Any) -> list[Record]:
        """What can be reached and leads nowhere."""
        seen = unique(rows)
        for row in seen:  # it grows while it is gone through
            seen += [end for end in self.hop(row, hop) if all(end is not one for one in seen)]
        return [row for row in seen if not self.hop(row, hop)]

    def rows(self, steps: list[dict[str, Any]]) -> list[Record]:
        rows: list[Record] = []
        for step in steps:
            rows = self.step(rows, step)
        return rows

    def step(self, rows: list[Record], step: dict[str, Any]) -> list[Record]:
        match step:
            case {"records": kind}:
                found = [one for one in self.records if one["kind"] == kind]
                found = sorted(found, key=key_order)
                return [one for one in found if self.meets(one, step.get("where", {}))]
            case {"key": keys}:
                return sorted((one for one in self.records if one["key"] in keys), key=key_order)
            case {"set": name}:
                return self.rows(self.sets[name])
            case {"where": condition}:
                return [row for row in rows if self.meets(row, condition)]
            case {"follow": path}:
                return unique(
                    sorted((end for row in rows for end in self.path([row], path)), key=key_order)
                )
            case {"order": names}:
                for name in reversed(names):
                    down, name = name.startswith("-"), name.removeprefix("-")
                    rows = sorted(
                        (row for row in rows if self.held(row, name)),
                        key=lambda row, name=name: sort(self.held(row, name)[0]),  # type: ignore[misc]
                        reverse=down,
                    ) + [row for row in rows if not self.held(row, name)]
                return rows
            case {"limit": number, "by": name}:
                seen: list[Any] = []
                kept = []
                for row in rows:
                    mark = [sort(one) for one in self.held(row, name)]
                    seen.append(mark)
                    kept += [row] if seen.count(mark) <= number else []
                return kept
            case {"limit": number, "skip": skip}:
                return rows[skip : skip + number]
            case {"union": name}:
                return unique([*rows, *self.rows(self.sets[name])])
            case {"intersect": name}:
                other = self.rows(self.sets[name])
                return [row for row in rows if any(row is one for one in other)]
            case {"minus": name}:
                other = self.rows(self.sets[name])
                return [row for row in rows if all(row is not one for one in other)]
        raise AssertionError(step)


def unique(rows: Any) -> list[Record]:
    """Each row once, where it stands first."""
    found: list[Record] = []
    for row in rows:
        if all(row is not one for one in found):
            found.append(row)
    return found


# -- what is tried -------------------------------------------------------------------------------


@st.composite
def worlds(draw: st.DrawFn) -> list[Record]:
    """Records of two kinds, of which one each has every field; some keys twice, some records without."""
    records = []
    for kind in KINDS:
        for number in range(draw(st.integers(1, 5))):
            names = FIELDS if number == 0 else draw(st.sets(st.sampled_from(FIELDS)))
            fields = {name: draw(st.sampled_from(VALUES[name])) for name in sorted(names)}
            key = draw(st.sampled_from(("k0", "k1", "k2", "k3", "")))
            text = "\n".join([f"no: {kind}{number}", *(f"{n}: {v}" for n, v in fields.items())])
            fields["no"] = f"{kind}{number}"
            records.append({"kind": kind, "key": key, "fields": fields, "text": text})
        if not any(one["key"] for one in records if one["kind"] == kind):
            records[-1]["key"] = "k0"
    return records


def literals(name: str) -> st.SearchStrategy[Any]:
    return st.sampled_from(VALUES[name])


def checks(sets: tuple[str, ...]) -> st.SearchStrategy[dict[str, Any]]:
    def one(name: str) -> st.SearchStrategy[dict[str, Any]]:
        single = st.tuples(st.sampled_from(("=", "!=", "<", ">=", "contains")), literals(name))
        listed = st.tuples(
            st.sampled_from(("in", "not in")), st.lists(literals(name), min_size=1, max_size=3)
        )
        there = st.tuples(st.just("exists"), st.booleans())
        every = [single, listed, there]
        if sets:
            other = st.fixed_dictionaries({"set": st.sampled_from(sets), "field": st.just(name)})
            every.append(st.tuples(st.sampled_from(("in", "not in")), other))
        return st.one_of(*every).map(lambda pair: {name: {pair[0]: pair[1]}})

    return st.sampled_from(FIELDS).flatmap(one)


HOPS: st.SearchStrategy[Any] = st.one_of(
    # keys are meant, whatever else holds the same
    st.just({"to": "ref", "as": "@key"}),
    st.sampled_from(KINDS).map(lambda kind: {"back": "ref", "kind": kind, "as": "@key"}),
    st.sampled_from(FIELDS).flatmap(
        lambda name: st.sampled_from(({"same": name}, *({"same": name, "kind": k} for k in KINDS)))
    ),
    st.sampled_from((2, [1, 3], [0, 2], "end")).flatmap(
        lambda steps: st.sampled_from(
            (
                {"to": "ref", "as": "@key", "steps": steps},
                {"back": "ref", "kind": "bee", "as": "@key", "steps": steps},
            )
        )
    ),
)


def paths(sets: tuple[str, ...]) -> st.SearchStrategy[Any]:
    keep = checks(sets).map(lambda test: {"where": test})
    return st.one_of(HOPS, st.lists(st.one_of(HOPS, HOPS, keep), min_size=1, max_size=3))


def conditions(sets: tuple[str, ...]) -> st.SearchStrategy[dict[str, Any]]:
    simple = checks(sets)
    return st.one_of(
        simple,
        simple,
        st.lists(simple, min_size=1, max_size=3).map(lambda some: {"any": some}),
        simple.map(lambda test: {"not": test}),
        paths(sets).map(lambda path: {"has": path}),
        paths(sets).map(lambda path: {"lacks": path}),
    )


def steps(sets: tuple[str, ...]) -> st.SearchStrategy[list[dict[str, Any]]]:
    kinds = st.sampled_from(KINDS)
    begins = [
        kinds.map(lambda kind: {"records": kind}),
        st.tuples(kinds, conditions(sets)).map(lambda two: {"records": two[0], "where": two[1]}),
        st.lists(st.sampled_from(("k0", "k1", "k9")), min_size=1).map(lambda keys: {"key": keys}),
    ]
    by = st.sampled_from(("age", "-age", "at", "-at", "tag", "-tag", "@key"))
    further = [
        conditions(sets).map(lambda one: {"where": one}),
        paths(sets).map(lambda path: {"follow": path}),
        st.lists(by, min_size=1, max_size=2, unique_by=lambda n: n.lstrip("-")).map(
            lambda names: {"order": names}
        ),
        st.tuples(st.integers(1, 3), st.integers(0, 2)).map(
            lambda two: {"limit": two[0], "skip": two[1]}
        ),
        st.tuples(st.integers(1, 2), st.sampled_from(FIELDS)).map(
            lambda two: {"limit": two[0], "by": two[1]}
        ),
    ]
    if sets:
        named = st.sampled_from(sets)
        begins.append(named.map(lambda name: {"set": name}))
        further.append(
            st.tuples(st.sampled_from(("union", "intersect", "minus")), named).map(
                lambda two: {two[0]: two[1]}
            )
        )
    return st.tuples(st.one_of(*begins), st.lists(st.one_of(*further), max_size=4)).map(
        lambda two: [two[0], *two[1]]
    )


@st.composite
def plans(draw: st.DrawFn) -> dict[str, Any]:
    one = draw(steps(()))
    other = draw(steps(("one",)))
    return {"sets": {"other": other, "one": one}, "find": draw(steps(("one", "other")))}


def kept(store: GuardedStore, records: list[Record]) -> None:
    """Write the records as cubes."""
    ops = []
    for number, one in enumerate(records):
        node = f"{number:032x}"
        header = {"title": one["fields"]["no"], "record_kind": one["kind"]}
        header |= {"record_key": one["key"]} if one["key"] else {}
        author = Author("a", node, Authority.EXTRACTED, 10)
        ops.append(
            Open(author.version(NodeKind.MEMCUBE, node, header, payload=Payload.of(one["text"])))
        )
    store.commit(ChangeSet(ns="a", verb="test", ops=tuple(ops)))


def steps_of(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for some in (*plan["sets"].values(), plan["find"]):
        yield from some


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(worlds(), plans())
def test_a_plan_gives_what_trying_everything_gives(
    records: list[Record], plan: dict[str, Any]
) -> None:
    store = GuardedStore(SqliteStore(None), "ann")
    kept(store, records)
    expected = Brute(records, plan["sets"]).rows(plan["find"])
    operator = PatternOperator(store, str.casefold)
    found = operator.match(store.scope("a"), plan).rows
    assert [row.values["no"] for row in found] == [one["fields"]["no"] for one in expected]
    numbers = {one["fields"]["no"]: n for n, one in enumerate(records)}
    # each row rests on its own cube, among others
    assert all(f"{numbers[str(row.values['no'])]:032x}" in row.cubes for row in found)
    assert operator.match(store.scope("a"), plan).rows == found  # from what is held by now
    store.close()


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(worlds(), steps(()), st.sampled_from(("age", "ref", "tag")), st.data())
def test_aggregates_are_those_of_plain_arithmetic(
    records: list[Record], begin: list[dict[str, Any]], by: str, data: st.DataObject
) -> None:
    for one in records:  # only numbers can be summed
        one["fields"]["age"] = str(data.draw(st.sampled_from(("0.1", "0.2", "3", "-7.25"))))
        lines = [f"{name}: {value}" for name, value in one["fields"].items()]
        one["text"] = "\n".join(lines)
    store = GuardedStore(SqliteStore(None), "ann")
    kept(store, records)
    brute = Brute(records, {})
    rows = brute.rows(begin)
    aggregates = {
        "rows": {"count": True},
        "tags": {"count": "tag"},
        "total": {"sum": "age"},
        "low": {"min": "age"},
        "high": {"max": "age"},
    }
    plan = [*begin, {"group": by, "with": aggregates}]
    found = PatternOperator(store, str.casefold).match(store.scope("a"), plan).rows
    groups: dict[Any, list[Record]] = {}
    for row in rows:
        groups.setdefault(tuple(map(sort, brute.held(row, by))), []).append(row)
    assert len(found) == len(groups)
    for group in found:
        mark = (sort(str(group.values[by])),) if by in group.values else ()
        some = groups[mark]
        ages = [Fraction(one["fields"]["age"]) for one in some]
        told = {
            name: Fraction(str(group.values[name])) for name in ("rows", "total", "low", "high")
        }
        assert told == {"rows": len(some), "total": sum(ages), "low": min(ages), "high": max(ages)}
        tags = {one["fields"].get("tag") for one in some} - {None}
        assert group.values["tags"] == str(len(tags))
        assert len(group.cubes) >= len(some)
    store.close()
