"""What a server counts by itself is what is counted by an index, for every filter, viewer and moment."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from memcubes.graph import (
    Close,
    Edge,
    EdgeKind,
    GuardedStore,
    NodeKind,
    Record,
    Scope,
    Selector,
    Validity,
    Version,
)
from memcubes.graph.errors import Invalid
from memcubes.graph.index.encoders import load_encoder
from memcubes.graph.index.graph_index import GraphIndex
from memcubes.query.cube_filter import Between, CubeFilter
from memcubes.query.facet import FacetName, facet_names
from memcubes.query.memoperator import MemOperator
from memcubes.query.tallied_facet import tallied_facets

from ..contract.world import World
from ..server.server import Server
from ..server.stores import empty_store

EVERY = facet_names(list(FacetName))
SPEAKERS = ("Ann", 'O"Neil', "back\\", 'x",', "Zoë\n", None)
TAGS = ("a", "a/b", "A / b / c", "d", "d/e")
VALUES: dict[str, tuple[str | None, ...]] = {
    "semantic_type": ("fact", "document", None),
    "origin_type": ("retrieved", "asserted", None),
    "state": ("activated", "archived", None),
    "language": ("en", "es"),
    "speaker": SPEAKERS,
    "record_kind": ("pets", None),
}
SOURCES = {"media": ("text/plain", "text/csv", None), "author": ("Eva", None)}


@dataclass
class Shelf:
    """A namespace in a server, with the moments that are asked of."""

    world: World
    operator: MemOperator
    bob: MemOperator
    seqs: list[int]
    sources: list[str]


def operator_of(store: GuardedStore) -> MemOperator:
    encoder = load_encoder("hashing")
    return MemOperator(store, GraphIndex(store, encoder), encoder)


@pytest.fixture(scope="module")
def shelf(neo4j_server: Server) -> Iterator[Shelf]:
    """Cubes of all sorts: tagged, moved, restricted, withdrawn, summed up."""
    engine = empty_store(neo4j_server)
    world, chance = World(engine), random.Random(5)
    seqs, sources = list[int](), list[str]()
    cubes, edges, records = list[Version](), list[Edge](), list[Record]()
    for n in range(4):
        said = {name: chance.choice(values) for name, values in SOURCES.items()}
        name = world.engine.name("a", NodeKind.SOURCE, f"{n}.md")
        header: dict[str, Any] = {"name": f"{n}.md", **{k: v for k, v in said.items() if v}}
        author = world.by(name.id)
        records.append(author.version(NodeKind.SOURCE, name.id, header, key=name.key))
        sources.append(name.id)
    tags = [world.keyed(NodeKind.TAG, tag) for tag in TAGS]
    records += tags
    for n in range(24):
        header = {name: chance.choice(values) for name, values in VALUES.items()}
        header["stated"] = chance.choice((None, -5, 10**15, 1_600_000_000_000_000))
        header = {name: value for name, value in header.items() if value is not None}
        start = chance.choice((0, 100))
        cube = world.cube(
            f"tea {n % 7}", sources[n % 4], Validity(start, start + 150, True), **header
        )
        cubes.append(cube)
        records.append(cube)
        for tag in chance.sample(tags, chance.randrange(3)):
            edges.append(world.edge(EdgeKind.TAGGED, cube, tag))
            records.append(edges[-1])
        if n == 11:
            seqs.append(world.put(*records).seq)
            records.clear()
    for made_of in (cubes[:2], [c for c in cubes if c.get("state") == "archived"][:2]):
        cube = world.cube("summed up", sources[0])
        header = {"made_of": [one.payload.digest for one in made_of if one.payload]}
        author = world.by(sources[0])
        records.append(author.version(NodeKind.MEMCUBE, cube.node, header, payload=cube.payload))
    seqs.append(world.put(*records).seq)
    seqs.append(world.close(cubes[3], edges[0]).seq)
    bob = world.admit("bob", "reader")
    ann = world.agent("ann")
    grant = world.by(ann.node).edge(EdgeKind.GRANTS, ann.node, cubes[5].node, {"role": "reader"})
    world.put(Close(Selector(ids=(tags[0].id,))), grant)
    seqs.append(world.store.head().seq)
    yield Shelf(world, operator_of(world.ann), operator_of(bob), seqs, sources)
    engine.close()


def some(values: tuple[str | None, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    known = [value for value in values if value is not None]
    return st.lists(st.sampled_from([*known, "expired"]), max_size=2, unique=True).map(
        lambda chosen: tuple(sorted(chosen))
    )


BETWEEN = st.sampled_from(
    [Between(), Between(None, 60), Between(60, 1_700_000_000_000_000), Between(-10)]
)
EXPRESSION = st.sampled_from(["a", "+a -d", "=a/b", "-a/b/c", "* -a", "d/e", "x", "-*"])
FILTER = st.fixed_dictionaries(
    {},
    optional={
        **{name: some(values) for name, values in {**VALUES, **SOURCES}.items()},
        "tags": st.lists(EXPRESSION, max_size=2),
        "stated": BETWEEN,
        "valid": BETWEEN,
        "recorded": st.sampled_from([Between(), Between(4, None, True), Between(None, 9, True)]),
        "agent": st.sampled_from([("ann",), ("bob",)]),
        "source": st.sampled_from([(0,), (1, 2)]),
    },
)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    parts=FILTER,
    moment=st.integers(0, 3),
    viewer=st.booleans(),
    more=st.integers(0, 3),
    first=st.sampled_from([1, 20]),
)
def test_counts_are_those_of_the_index(
    shelf: Shelf, parts: dict[str, Any], moment: int, viewer: bool, more: int, first: int
) -> None:
    operator = shelf.bob if viewer else shelf.operator
    store = operator.store
    assert isinstance(store, GuardedStore)
    assert store.pushdown is not None
    given_ = {name: value for name, value in parts.items() if value}
    given_["source"] = tuple(shelf.sources[n] for n in given_.get("source", ()))
    where = CubeFilter.of(**{name: value for name, value in given_.items() if value})
    pins: dict[str, Any] = {"seq": shelf.seqs[moment]}
    pins |= {"valid_at": 120} if more == 1 else {}
    pins |= {"without": (shelf.sources[1],)} if more == 2 else {}
    scope: Scope = store.scope("a", **pins)
    scope = scope.but(archived=more == 3 or where.beyond_search)
    expected = operator.facets(scope, where, EVERY, first)
    assert tallied_facets(store, store.pushdown, scope, where, EVERY, first) == expected


def test_one_statement_each_and_one_more_for_tags(shelf: Shelf) -> None:
    store = shelf.world.ann
    assert store.pushdown is not None
    ran = shelf.world.engine.connection.ran  # type: ignore[attr-defined]
    before = ran.copy()
    found = tallied_facets(store, store.pushdown, store.scope("a"), CubeFilter(), EVERY)
    assert ran["counted"] - before["counted"] == len(EVERY)  # with all for those without a tag
    assert ran["counted_tags"] - before["counted_tags"] == 1
    speakers = next(facet for facet in found if facet.name is FacetName.SPEAKER)
    assert {'O"Neil', "back\\", 'x",'} < {value.value for value in speakers.values}
    with pytest.raises(Invalid, match="1 to 1,000 values"):
        tallied_facets(store, store.pushdown, store.scope("a"), CubeFilter(), EVERY, 0)
