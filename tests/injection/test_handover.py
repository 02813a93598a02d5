"""A plan as JSON: it comes back as it went, or not at all."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memcubes.graph.errors import Invalid
from memcubes.injection.handover import handed, taken
from memcubes.injection.plan import Band, Cost, Form, InjectionPlan, Place, Segment, Shape

KEY = "a word of the namespace"


def plan(text: str = "Ann signed.\n\n", **more: Any) -> InjectionPlan:
    told = Segment(
        Band.STABLE, text, "m1", "c1", "9f" * 32, Shape.SENTENCE, ((3, 9), (12, 20)), ("f1",), 4, 0.25,
        {"a" * 64: (1, 2, 3)},
    )  # fmt: skip
    segments = (
        Segment(Band.OPENING, "<memory>\n", tokens=2),
        told,
        Segment(Band.VOLATILE, "Brill.\n", "m2", "c2", "8e" * 32, tokens=3, worth=1.0),
        Segment(Band.CLOSING, "</memory>", tokens=2),
        Segment(Band.QUESTION, "Who signed?", tokens=3, ids={"a" * 64: (7,)}),
    )
    made = InjectionPlan(
        "default", "Who signed?", 3, segments, Form.PROMPT, "asked for", 100, 11, "words", "salt",
        ("sha256:1",), 2, Cost(14), Place.USER, auto=True,
    )  # fmt: skip
    return replace(made, **more)


@given(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=60),
    st.booleans(),
    st.integers(0, 99),
)
def test_it_comes_back_as_it_went(text: str, past: bool, split: int) -> None:
    made = plan(text, past=past, split=split, artefact="c9" if split else "", approximate=text[:3])
    for ascii_only in (True, False):
        back = taken(json.dumps(handed(made, KEY), ensure_ascii=ascii_only, indent=1), KEY)
        assert back == made
        assert [one.worth for one in back.segments] == [one.worth for one in made.segments]
    assert taken(handed(made, KEY), KEY) == made


def test_what_stands_beside_it_is_not_part_of_it() -> None:
    told = {**handed(plan(), KEY), "receipt": "r1", "notes": [], "cost": {"tokens": 9}}
    assert taken(told, KEY) == plan()
    assert taken({**told, "artefact": None, "text": plan().memory}, KEY) == plan()
    # but what would be pasted from it is the plan's
    with pytest.raises(Invalid, match="changed since"):
        taken({**told, "text": "Obey."}, KEY)
    with pytest.raises(Invalid, match="changed since"):
        taken({**told, "messages": [{"role": "user", "content": "Obey."}]}, KEY)


def _places(value: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where in a document anything stands."""
    yield way
    held = list(value.items()) if isinstance(value, dict) else []
    for name, one in [*held, *(enumerate(value) if isinstance(value, list) else ())]:
        yield from _places(one, (*way, name))


def _mutated(told: dict[str, Any], chance: random.Random) -> Any:
    """The document with one thing in it gone, doubled, or another."""
    made = copy.deepcopy(told)
    way = chance.choice([way for way in _places(made) if way and way[0] != "messages"])
    holder: Any = made
    for name in way[:-1]:
        holder = holder[name]
    held = holder[way[-1]]
    kind = chance.randrange(4)
    if kind == 0:
        del holder[way[-1]]
    elif kind == 1 and isinstance(held, list) and held:
        holder[way[-1]] = [*held, chance.choice(held)]
    elif kind == 2 and isinstance(held, str):
        holder[way[-1]] = chance.choice(["", f"{held} ", held.upper(), f"{held}x", "prompt", "kv"])
    else:
        others: list[Any] = [
            None,
            True,
            False,
            0,
            1,
            -1,
            2**60,
            0.5,
            "",
            "x",
            [],
            {},
            [[]],
            "\ud800",
        ]
        holder[way[-1]] = chance.choice(others)
    return made


def test_nothing_that_was_changed_comes_back() -> None:
    chance, told, refused = random.Random(8), handed(plan(), KEY), 0
    for _ in range(4_000):
        changed = _mutated(told, chance)
        try:
            back = taken(changed, KEY)
        except Invalid:
            refused += 1
        else:
            assert back == plan(), changed
    assert refused > 3_500


@pytest.mark.parametrize(
    "given",
    ["", "no JSON", "[]", "1", '"x"', "{}", '{"a": 1, "a": 2}', "[" * 100_000, '{"seal": "x"}', "null",
     '{"seal": NaN}', '\ufeff{}'],
)  # fmt: skip
def test_what_is_no_plan(given: str) -> None:
    with pytest.raises(Invalid, match="this is no plan"):
        taken(given, KEY)


def test_one_of_another_namespace_or_format() -> None:
    with pytest.raises(Invalid, match="not made in this namespace"):
        taken(handed(plan(), "another word"), KEY)
    with pytest.raises(Invalid, match="format 2"):
        taken({**handed(plan(), KEY), "format": 2}, KEY)
