"""Patterns on every store: the same rows, and never more than the scope shows."""

from __future__ import annotations

from typing import Any

import pytest

from memcubes.graph import Edge, EdgeKind, GraphStore, NodeKind, Scope, Version
from memcubes.graph.errors import Invalid
from memcubes.graph.record import Validity
from memcubes.graph.record_text import block_of, cells_of, header_of, key_of
from memcubes.query.pattern import PatternOperator, PatternResult

from .world import World

TEXTS = {
    "people": (
        "### Ann (id: p1)\nborn: 1980-05-01",
        "### Bo (id: p2)\nborn: 1975-11-30",
        "### Cy (id: p3)\nborn: 1991-02-14",
    ),
    "cars": (
        "### c1 (owner: p1)\nprice: 12.50",
        "### c2 (owner: p2)\nprice: 8",
        "### c3 (owner: p1)\nprice: 31",
    ),
}
OWNED = [
    {"records": "people"},
    {
        "add": {
            "cars": {"count": True, "of": {"back": "owner", "kind": "cars"}},
            "worth": {"sum": "price", "of": {"back": "owner", "kind": "cars"}},
        }
    },
    {"order": ["-worth", "name"]},
    {"select": ["name", "cars", "worth"]},
]


def record(
    world: World, kind: str, text: str, validity: Validity | None = None, **more: str
) -> Version:
    block = block_of(text)
    assert block is not None
    told = header_of(kind, key_of(block), cells_of(block), text)
    header = {name: str(value) for name, value in told.items()}
    return world.cube(text, validity=validity, **header, **more)


def matched(store: GraphStore, scope: Scope, plan: Any) -> PatternResult:
    return PatternOperator(store, str.casefold).match(scope, plan)


def values(found: PatternResult) -> list[dict[str, Any]]:
    return [dict(row.values) for row in found.rows]


def worth(store: GraphStore, scope: Scope) -> list[tuple[Any, ...]]:
    found = values(matched(store, scope, OWNED))
    return [(row["name"], row["cars"], row["worth"]) for row in found]


@pytest.fixture
def cars(world: World) -> dict[str, Version]:
    made = [record(world, kind, text) for kind, texts in TEXTS.items() for text in texts]
    world.put(*made)
    return {str(one.get("record_key")): one for one in made}


def test_records_are_joined_counted_and_summed(world: World, cars: dict[str, Version]) -> None:
    found = matched(world.store, world.scope(), OWNED)
    # 12.50 + 31
    assert worth(world.store, world.scope()) == [
        ("Ann", "2", "43.5"), ("Bo", "1", "8"), ("Cy", "0", "0"),
    ]  # fmt: skip
    assert [row.cubes for row in found.rows] == [
        tuple(sorted(cars[key].node for key in keys))
        for keys in (("p1", "c1", "c3"), ("p2", "c2"), ("p3",))
    ]
    assert [row.node for row in found.rows] == [cars[key].node for key in ("p1", "p2", "p3")]


def test_a_pattern_sees_what_its_scope_shows(world: World, cars: dict[str, Version]) -> None:
    begun = world.scope()
    newer = world.by(cars["c2"].origin).version(
        NodeKind.MEMCUBE,
        cars["c2"].node,
        dict(cars["c2"].content or {}),
        payload=type(cars["c2"].payload).of("### c2 (owner: p3)\nprice: 90"),  # type: ignore[union-attr]
    )
    world.close(cars["c1"], cars["c2"])
    world.put(newer)
    after = world.scope()
    assert worth(world.store, after) == [("Cy", "1", "90"), ("Ann", "1", "31"), ("Bo", "0", "0")]
    assert worth(world.store, begun)[0] == ("Ann", "2", "43.5")
    without = after.but(without=(cars["c3"].origin,))
    assert worth(world.store, without) == [("Cy", "1", "90"), ("Ann", "0", "0"), ("Bo", "0", "0")]


def test_a_pattern_sees_what_its_reader_may_read(world: World, cars: dict[str, Version]) -> None:
    bob = world.admit("bob", "reader")
    assert worth(bob, bob.scope("a"))[0] == ("Ann", "2", "43.5")
    begun = world.store.head().seq
    (grant,) = world.restrict(cars["c3"].node, world.agent("ann"))
    operator = PatternOperator(bob, str.casefold)
    for seq in (None, begun):  # the grants of now decide of then
        scope = bob.scope("a", seq=seq)
        assert worth(bob, scope)[0] == ("Ann", "1", "12.5")
        found = operator.match(scope, OWNED)
        assert all(cars["c3"].node not in row.cubes for row in found.rows)
        assert not operator.match(scope, [{"key": "c3"}]).rows
        assert operator.match(
            scope, [{"records": "cars"}, {"group": [], "with": {"n": {"count": True}}}]
        )
    assert worth(world.ann, world.scope())[0] == ("Ann", "2", "43.5")
    world.close(grant)
    assert values(operator.match(bob.scope("a"), OWNED))[0]["worth"] == "43.5"


def test_what_is_archived_or_not_valid_then_is_not_there(world: World) -> None:
    cubes = [record(world, "cars", text) for text in TEXTS["cars"]]
    archived = record(world, "cars", "### c4 (owner: p9)\nprice: 1", state="archived")
    later = record(
        world, "cars", "### c5 (owner: p9)\nprice: 2", validity=Validity(500, known=True)
    )
    world.put(*cubes, archived, later)
    plan = [{"records": "cars"}, {"select": "@key"}]

    def keys(scope: Scope) -> list[str]:
        return [str(row["@key"]) for row in values(matched(world.store, scope, plan))]

    assert keys(world.scope()) == ["c1", "c2", "c3", "c5"]
    assert keys(world.scope(valid_at=400)) == ["c1", "c2", "c3"]
    assert keys(world.scope().but(archived=True)) == ["c1", "c2", "c3", "c4", "c5"]
    assert not matched(world.store, world.scope(), [{"key": "c4"}]).rows


def test_edges_and_relations_are_followed(world: World) -> None:
    ann, bo, acme = (world.keyed(NodeKind.ENTITY, name) for name in ("ann", "bo", "acme"))
    cube, other = world.cube("Ann works for Acme."), world.cube("Bo works for Acme.")
    tag = world.keyed(NodeKind.TAG, "staff")
    facts: list[Version | Edge] = []
    for who, said in ((ann, cube), (bo, other)):
        name = world.engine.name("a", NodeKind.FACT, str(who.get("name")), "work for", "acme", "")
        header = {
            "subject": who.get("name"),
            "relation": "work for",
            "object": "acme",
            "negated": False,
        }
        fact = world.by(said.node).version(NodeKind.FACT, name.id, header, key=name.key)
        facts += [
            fact,
            world.by(said.node).edge(EdgeKind.SUBJECT_OF, who.node, fact.node),
            world.by(said.node).edge(EdgeKind.OBJECT_OF, acme.node, fact.node),
            world.by(said.node).edge(EdgeKind.SUPPORTS, said.node, fact.node, {"spans": [[0, 5]]}),
            world.by(said.node).edge(EdgeKind.MENTIONS, said.node, who.node, {"spans": [[0, 3]]}),
        ]
    tagged = world.by(tag.node).edge(EdgeKind.TAGGED, cube.node, tag.node)
    world.put(ann, bo, acme, cube, other, tag, *facts, tagged)

    def titles(plan: Any) -> list[str]:
        found = matched(world.store, world.scope(), [*plan, {"select": "@title"}])
        return [str(row["@title"]) for row in values(found)]

    assert titles([{"tagged": "staff"}]) == ["Ann works for Acme."]
    assert titles([{"tagged": "staff"}, {"follow": {"edge": "mentions"}}]) == ["ann"]
    assert titles([{"entities": ["Ann", "nobody"]}, {"follow": {"relation": "work for"}}]) == [
        "acme"
    ]
    employed: list[Any] = [{"entities": "Acme"}, {"follow": {"relation": "*", "back": True}}]
    assert titles(employed) == ["ann", "bo"]
    assert titles([*employed, {"follow": {"edge": "mentions", "back": True}}]) == [
        "Ann works for Acme.", "Bo works for Acme.",
    ]  # fmt: skip
    led = matched(world.store, world.scope(), employed)
    assert [row.cubes for row in led.rows] == [(cube.node,), (other.node,)]
    world.put(world.by(tag.node).edge(EdgeKind.SAME_AS, bo.node, ann.node))
    assert len(titles(employed)) == 1  # merged entities are one
    world.close(other, *[one for one in facts if one.origin == other.node])
    assert len(matched(world.store, world.scope(), employed).rows) == 1


def test_what_is_wrong_is_refused_with_its_place(world: World, cars: dict[str, Version]) -> None:
    for plan, said in (
        ([{"records": "boats"}], "no records of kind 'boats' here: there are cars, people"),
        ([{"records": "cars", "where": {"colour": "red"}}], "there are owner, price"),
        ([{"records": "people"}, {"follow": {"back": "driver", "kind": "cars"}}], "no 'driver'"),
        ([{"records": "people"}, {"add": {"x": {"sum": "name", "of": {"back": "owner", "kind": "cars"}}}}], "no 'name'"),
        ([{"records": "people"}, {"group": [], "with": {"x": {"sum": "born"}}}], "is no number"),
        ({"rows": 2, "find": [{"records": "cars"}]}, "gives 3 rows, more than 2"),
    ):  # fmt: skip
        with pytest.raises(Invalid, match="pattern, 'find', step") as refused:
            matched(world.store, world.scope(), plan)
        assert said in str(refused.value)
