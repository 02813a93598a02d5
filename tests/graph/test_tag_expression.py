"""Tag expressions: what is written, what it means, and where it is wrong."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memcubes.graph.errors import Invalid
from memcubes.graph.tag_expression import DEEPEST, LONGEST, TagExpression
from memcubes.graph.tag_path import above, said, tag_path

NAMES = ("a", "a/b", "a/b/c", "a/d", "b", "night shift", "A / B", 'say "x"', "any", "-x", "ab")


@pytest.mark.parametrize(
    ("text", "carried", "holds"),
    [
        ("a", ["a"], True),
        ("a", ["a/b/c"], True),
        ("a", ["ab"], False),
        ("a/b", ["a"], False),
        ("=a", ["a/b"], False),
        ("=a", ["A"], True),
        ("+a -=a", ["a/b"], True),
        ("+a -=a", ["a", "a/b"], False),
        ("a b", ["b"], True),
        ("a b", ["c"], False),
        ("+a b c", ["a"], False),
        ("+a b c", ["a", "c"], True),
        ("-a", [], True),
        ("-a", ["a/b"], False),
        ("+a -b c", ["a", "b", "c"], False),
        ("a | +b +c", ["b", "c"], True),
        ("a | +b +c", ["b"], False),
        ("any(a, b)", ["b"], True),
        ("ALL (a, b)", ["b"], False),
        ("all(a, any(b, c)) | d", ["a", "c"], True),
        ("-(a | b)", ["c"], True),
        ("-(a | b)", ["b"], False),
        ("*", [], False),
        ("*", ["x"], True),
        ("-*", [], True),
        ('"night shift"', ["Night  Shift"], True),
        ('"say \\"x\\""', ['say "x"'], True),
        ("any", ["any"], True),
        ("c++ covid-19", ["COVID-19"], True),
        ("ﬁle", ["FILE/one"], True),  # a ligature is the letters that it stands for
        ("straße", ["STRASSE"], True),
    ],
)
def test_what_an_expression_means(text: str, carried: list[str], holds: bool) -> None:
    assert TagExpression.parse(text).holds(carried) is holds


@pytest.mark.parametrize(
    ("text", "where", "why"),
    [
        ("", "at the end", "a tag is missing"),
        ("a |", "at the end", "a tag is missing"),
        ("a (b", "at the end", "a closing parenthesis is missing"),
        ("a )", "at character 3", "nothing opens this parenthesis"),
        ("a, b", "at character 2", "this does not belong here"),
        ('a "b', "at character 3", "this quotation mark is never closed"),
        ("+-a", "at character 2", "a tag is missing"),
        ("any()", "at character 5", "a tag is missing"),
        ("a any(b,,c)", "at character 9", "a tag is missing"),
        ('a ""', "at character 3", "this tag has no name"),
        ("=", "at the end", "a tag is missing"),
        ("(" * (DEEPEST + 1) + "a", f"at character {DEEPEST + 2}", "parentheses"),
    ],
)
def test_what_does_not_parse_is_refused_with_its_place(text: str, where: str, why: str) -> None:
    with pytest.raises(Invalid) as refused:
        TagExpression.parse(text)
    assert where in str(refused.value)
    assert why in str(refused.value)
    assert "docs/tags.md" in str(refused.value)


def test_an_expression_has_an_end() -> None:
    with pytest.raises(Invalid, match="at most 2,000 characters"):
        TagExpression.parse("a " * LONGEST)


def test_paths_have_one_form() -> None:
    for name in ("Project/Apollo", "project / apollo", "/PROJECT//apollo/", "Ｐroject／Apollo"):
        assert tag_path(name) == ("project", "apollo")
    assert [said(path) for path in above(("x", "y", "z"))] == ["x", "x/y", "x/y/z"]


Made = tuple[Any, ...]

LEAVES = st.tuples(st.sampled_from(NAMES), st.booleans()).map(lambda one: ("tag", *one))
TREES = st.recursive(
    LEAVES | st.just(("anything",)),
    lambda inner: st.one_of(
        st.tuples(st.just("not"), inner),
        st.tuples(st.just("or"), st.lists(inner, min_size=1, max_size=3)),
        st.tuples(st.just("all"), st.lists(inner, min_size=1, max_size=3)),
        st.tuples(st.just("any"), st.lists(inner, min_size=1, max_size=3)),
        st.tuples(
            st.just("group"),
            st.lists(st.tuples(st.sampled_from("+- "), inner), min_size=1, max_size=4),
        ),
    ),
    max_leaves=8,
)
WORLDS = st.lists(st.sets(st.sampled_from(NAMES), max_size=4), max_size=6)


def written(tree: Made) -> str:
    """A tree in the language."""
    kind, *rest = tree
    if kind == "tag":
        name = rest[0].replace("\\", "\\\\").replace('"', '\\"')
        return ("=" if rest[1] else "") + f'"{name}"'
    if kind == "anything":
        return "*"
    if kind == "not":
        return f"(-({written(rest[0])}))"
    if kind == "or":
        return f"({' | '.join(map(written, rest[0]))})"
    if kind == "group":
        return f"({' '.join(sign.strip() + written(part) for sign, part in rest[0])})"
    return f"{kind}({', '.join(map(written, rest[0]))})"


def folded(name: str) -> str:
    """A name as it is compared, worked out in another way: these names are ASCII."""
    return "/".join(" ".join(level.split()) for level in name.lower().split("/") if level.strip())


def expected(tree: Made, world: list[set[str]]) -> set[int]:
    """What meets a tree, by sets alone."""
    everything, (kind, *rest) = set(range(len(world))), tree
    if kind == "anything":
        return {n for n in everything if world[n]}
    if kind == "tag":
        wanted = folded(rest[0])
        return {
            n
            for n in everything
            for name in world[n]
            if folded(name) == wanted or (not rest[1] and folded(name).startswith(wanted + "/"))
        }
    if kind == "not":
        return everything - expected(rest[0], world)
    if kind in ("or", "any"):
        return set().union(*(expected(part, world) for part in rest[0]))
    if kind == "all":
        return everything.intersection(*(expected(part, world) for part in rest[0]))
    found = everything
    plain = [expected(part, world) for sign, part in rest[0] if sign == " "]
    for sign, part in rest[0]:
        if sign == "+":
            found = found & expected(part, world)
        if sign == "-":
            found = found - expected(part, world)
    return found & set().union(*plain) if plain else found


@settings(max_examples=60)
@given(TREES, WORLDS)
def test_the_algebra_is_that_of_sets(tree: Made, world: list[set[str]]) -> None:
    asked = TagExpression.parse(written(tree))
    wanted = expected(tree, world)
    assert {n for n, carried in enumerate(world) if asked.holds(carried)} == wanted
    mask = asked.masked(
        lambda tag: np.array([any(tag.meets(tag_path(n)) for n in c) for c in world], np.bool_)
    )
    assert set(np.flatnonzero(mask).tolist()) == wanted
    # the form that names a listing means the same
    assert TagExpression.parse(str(asked)).root == asked.root


@settings(max_examples=60)
@given(st.text(alphabet='ab/"\\+-=|(),* ', max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        asked = TagExpression.parse(text)
    except Invalid:
        return
    assert isinstance(asked.holds(["a"]), bool)
