"""Plans that are wrong: each is refused with its place, before anything is read."""

from __future__ import annotations

from typing import Any

import pytest

from memcubes.graph.errors import Invalid
from memcubes.graph.scope import Scope
from memcubes.query.pattern import PatternOperator, read_plan

PETS = {"records": "pets"}
BACK = {"back": "owner", "kind": "pets"}

WRONG: list[tuple[Any, str]] = [
    (7, "the plan: it is 7"),
    ({}, "the plan: it is an empty list or object"),
    ({"sets": {"a": [PETS]}}, "the plan: it finds nothing"),
    ({"find": [PETS], "sort": 1}, "there is no 'sort' here: known are find, rows, sets"),
    ({"find": [PETS], "rows": 0}, "'rows' is 0: write a whole number from 1"),
    ({"find": [PETS], "rows": 2_000_000}, "'rows' is 2000000"),
    ({"find": []}, "'find': what it does is an empty list"),
    ({"find": [PETS], "sets": {"find": [PETS]}}, "a set is called 'find'"),
    ({"find": [PETS] * 2}, "step 2: there is no 'records'"),
    ([{"where": {"a": 1}}], "step 1: it begins with 'where'"),
    ([{"set": "a"}], "step 1 (set): there is no set 'a': the plan's sets are none"),
    ({"sets": {"a": [{"set": "b"}], "b": [{"set": "a"}]}, "find": [{"set": "a"}]}, "which needs it"),
    ({"sets": {"a": [{"set": "a"}]}, "find": [{"set": "a"}]}, "'a': it needs 'a', which needs it"),
    ({"sets": {"a": [PETS]}, "find": [{"union": ["a"]}]}, "there is one set alone"),
    ([PETS, {"limit": 1, "order": "a"}], "there is no 'order' here"),
    ([PETS, {"order": "a", "where": {"a": 1}}], "it does both order and where"),
    ([PETS, {"limit": 0}], "step 2 (limit): 'limit' is 0"),
    ([PETS, {"limit": True}], "'limit' is True"),
    ([PETS, {"limit": 1, "ties": True}], "none stands before it"),
    ([PETS, {"limit": 1, "ties": "yes"}], "'ties' is 'yes': write true or false"),
    ([PETS, {"follow": []}], "a path is an empty list"),
    ([PETS, {"follow": {"kind": "a"}}], "a hop is {'kind': 'a'}"),
    ([PETS, {"follow": {"back": "owner"}}], "it says not to which kind it leads"),
    ([PETS, {"follow": ["a", {"edge": "likes"}]}], "(follow), hop 2: there is no edge 'likes'"),
    ([PETS, {"follow": {"to": "a", "steps": "far"}}], "'steps' is 'far'"),
    ([PETS, {"follow": {"to": "a", "steps": [3, 2]}}], "the most of 'steps' is 2"),
    ([PETS, {"follow": {"to": "a", "most": 3}}], "'most' bounds a walk to the end"),
    ([PETS, {"follow": {"to": "a", "steps": "end", "most": 101}}], "'most' is 101"),
    ([PETS, {"follow": "a", "keep": ["@key"]}], "'@key' is kept as itself"),
    ([PETS, {"where": {}}], "a condition is an empty list or object"),
    ([PETS, {"where": {"a": {"~": 1}}}], "field 'a': there is no '~' here"),
    ([PETS, {"where": {"a": {"=": [1]}}}], "several values are tested by 'in'"),
    ([PETS, {"where": {"a": {"in": "x"}}}], "'in' is 'x': write a list"),
    ([PETS, {"where": {"a": {"=": {"set": "x"}}}}], "'=' names no field"),
    ([PETS, {"where": {"a": {"=": {"field": "b", "of": 1}}}}], "there is no 'of' here"),
    ([PETS, {"where": {"a": {"case": False}}}], "there is no test"),
    ([PETS, {"where": {"a": {"exists": 1}}}], "'exists' is 1: write true or false"),
    ([PETS, {"where": {"@name": 1}}], "there is no '@name': known are @key"),
    ([PETS, {"where": {"any": [{"lacks": {"same": "a", "to": "b"}}]}}], "'lacks': there is no 'same' here"),
    ([PETS, {"add": {"n": {"count": True}}}], "column 'n': 'count' is of nothing"),
    ([PETS, {"add": {"n": {"sum": True, "of": BACK}}}], "'sum' is True"),
    ([PETS, {"add": {"n": {"count": BACK, "of": BACK}}}], 'or true to count rows) and the path by "of"'),
    ([PETS, {"add": {"n": {"minus": ["a"]}}}], "'minus' has 1 parts"),
    ([PETS, {"add": {"n": {"count": True, "sum": "a", "of": BACK}}}], "it says count and sum"),
    ([PETS, {"add": {"n": {"date": "a", "form": "MM/DD"}}}], "the form 'MM/DD' is none"),
    ([PETS, {"add": {"n": {"part": ["a", "@", 0]}}}], "there is no part 0"),
    ([PETS, {"add": {"@n": 1}}], "there is no '@n'"),
    ([PETS, {"group": []}], "one row of nothing"),
    ([PETS, {"group": "a", "with": {"n": {"count": True, "of": BACK}}}], "there is no 'of' here"),
    ([PETS, {"where": {"a": float("nan")}}], "its value is nan"),
]  # fmt: skip


class Untouched:
    """A store of which nothing may be read."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"{name} was asked")


@pytest.mark.parametrize("number", range(len(WRONG)))
def test_a_wrong_plan_is_refused_before_anything_is_read(number: int) -> None:
    plan, said = WRONG[number]
    operator = PatternOperator(Untouched(), str.casefold)
    with pytest.raises(Invalid) as refused:
        operator.match(Scope("a", "ann", 1), plan)
    assert str(refused.value).startswith("pattern, ")
    assert said in str(refused.value)


def test_conditions_do_not_go_deeper_than_is_read() -> None:
    condition: dict[str, Any] = {"a": 1}
    for _ in range(8):
        condition = {"not": condition}
    with pytest.raises(Invalid, match="nested too deeply"):
        read_plan([PETS, {"where": condition}])
    read_plan([PETS, {"where": condition["not"]}])


def test_only_the_sets_that_the_answer_needs_are_carried_out_in_an_order_that_works() -> None:
    plan = {
        "sets": {"c": [{"set": "b"}], "b": [PETS], "lost": [{"records": "nothing"}]},
        "find": [PETS, {"where": {"has": [{"where": {"a": {"in": {"set": "c", "field": "a"}}}}]}}],
    }
    assert list(read_plan(plan).sets) == ["b", "c", "find"]
