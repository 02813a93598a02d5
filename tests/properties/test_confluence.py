"""What is believed follows from the sources in force, whatever was taken in, taken back and merged between."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from random import Random

import pytest

from memcubes.graph.belief import Status, beliefs
from memcubes.graph.errors import Conflict, DependsOn, Invalid, NotFound
from memcubes.graph.sqlite import SqliteStore
from memcubes.graph.store import Engine

from ..server.server import Server
from .conftest import on_server
from .desk import SUBJECTS, Desk, Line, Said, any_source, same

CAMPAIGN = os.environ.get("MEMCUBES_CAMPAIGN") == "1"
SEEDS = {"sqlite": 1000 if CAMPAIGN else 10, "neo4j": 60 if CAMPAIGN else 1}
Make = Callable[[], Engine]


@contextmanager
def desk(make: Make) -> Iterator[Desk]:
    """A desk on an empty store that proves itself at the end."""
    made = Desk(make)
    try:
        yield made
        made.proven()
    finally:
        made.close()


@pytest.fixture(params=list(SEEDS))
def make(request: pytest.FixtureRequest) -> Make:
    """Makes empty stores; those of one server come one after the other."""
    if request.param == "sqlite":
        return lambda: SqliteStore(None)
    server: Server = request.getfixturevalue("neo4j_server")
    return lambda: on_server(server)


def seeds(make: Make, request: pytest.FixtureRequest) -> range:
    """As many histories as the store is worth."""
    return range(SEEDS[request.node.callspec.params["make"]])


def edit(desk: Desk, rng: Random, uris: list[str]) -> None:
    """Something that a person does meanwhile, to what these sources said."""
    with suppress(Conflict, DependsOn, Invalid, NotFound):
        act = rng.choice(("merge", "distinguish", "split", "passage", "fact"))
        uri = rng.choice(uris)
        names = [name for name in SUBJECTS if desk.mentioning(name, uri)]
        if act in ("merge", "distinguish"):
            some = rng.sample(names, min(2, len(names)))
            (desk.merge if act == "merge" else desk.distinguish)(*some)
        elif act == "split" and names:
            name = rng.choice(names)
            desk.split(name, desk.mentioning(name, uri)[:1], "another")
        elif act == "passage":
            desk.retract(rng.choice(desk.cubes(uri) or [desk.source(uri)]))
        elif act == "fact":
            desk.retract((desk.facts(uri) or [desk.source(uri)])[0])


def test_a_source_that_is_taken_back_leaves_what_was_there_without_it(
    make: Make, request: pytest.FixtureRequest
) -> None:
    for seed in seeds(make, request):
        rng = Random(seed)
        kept = [any_source(rng, f"kept-{n}") for n in range(3)]
        gone = any_source(rng, "gone")
        acts = [rng.random() for _ in range(4)]
        with desk(make) as plain:
            for number, said in enumerate(kept):
                plain.ingest(said)
                edit(plain, Random(acts[number]), ["kept-0"])
            expected = plain.snapshot()
        at = rng.randrange(3)
        with desk(make) as other:
            for number, said in enumerate(kept):
                if number == at:
                    other.ingest(gone)
                other.ingest(said)
                edit(other, Random(acts[number]), ["kept-0"])
            other.retract(other.source("gone"))
            same(expected, other.snapshot())


def test_the_order_in_which_sources_come_is_no_matter(
    make: Make, request: pytest.FixtureRequest
) -> None:
    for seed in seeds(make, request):
        rng = Random(seed)
        sources = [any_source(rng, f"s{n}") for n in range(5)]
        shuffled = rng.sample(sources, len(sources))
        with desk(make) as one:
            for said in sources:
                one.ingest(said)
            expected = one.snapshot()
        with desk(make) as other:
            for said in shuffled:
                other.ingest(said)
            same(expected, other.snapshot())


def test_an_edited_source_is_what_its_last_edition_says(
    make: Make, request: pytest.FixtureRequest
) -> None:
    for seed in seeds(make, request):
        rng = Random(seed)
        editions = [any_source(rng, "a") for _ in range(3)]
        beside = any_source(rng, "b")
        with desk(make) as plain:
            plain.ingest(beside)
            plain.ingest(editions[-1])
            expected = plain.snapshot()
        with desk(make) as other:
            other.ingest(editions[0])
            other.ingest(beside)
            for said in editions[1:]:
                if said != editions[0]:
                    other.ingest(said)
            same(expected, other.snapshot())


def test_retract_and_revert_is_nothing(make: Make, request: pytest.FixtureRequest) -> None:
    for seed in seeds(make, request):
        rng = Random(seed)
        with desk(make) as d:
            for n in range(3):
                d.ingest(any_source(rng, f"s{n}"))
                edit(d, rng, [f"s{n}"])
            before, then = d.snapshot(), d.scope.seq
            some = [n for uri in ("s0", "s1", "s2") for n in (d.source(uri), *d.cubes(uri))]
            alive = {version.node for version in d.store.get(d.scope, some)}
            done = d.retract(rng.choice([node for node in some if node in alive]))
            assert d.snapshot() != before
            d.revert(done)
            same(before, d.snapshot())
            same(before, d.snapshot(then))


def test_a_chain_without_its_middle(make: Make) -> None:
    # A <- B <- C: stored, A would come back beside C when B goes (DESIGN, belief)
    first = Said("a", (Line("Valve", "fail at", "02:10"),), 10)
    second = Said("b", (Line("Valve", "fail at", "07:40", False, True, "02:10"),), 20)
    third = Said("c", (Line("Valve", "fail at", "09:00", False, True, "07:40"),), 30)
    with desk(make) as d:
        for said in (first, second, third):
            d.ingest(said)
        d.retract(d.source("b"))
        held = {b.words: b.status for b in beliefs(d.store, d.scope).values()}
        assert held == {
            "Valve fail at 02:10": Status.SUPERSEDED,
            "Valve fail at 09:00": Status.BELIEVED,
        }
        with_middle = d.snapshot()
    with desk(make) as d:
        d.ingest(first)
        d.ingest(third)
        same(d.snapshot(), with_middle)


def test_every_change_can_be_taken_back_in_its_time(
    make: Make, request: pytest.FixtureRequest
) -> None:
    for seed in seeds(make, request):
        rng = Random(seed)
        with desk(make) as d:
            states = {d.scope.seq: d.snapshot()}
            for n in range(6):
                if rng.random() < 0.5:
                    d.ingest(any_source(rng, f"s{n % 3}"))
                else:
                    edit(d, rng, [f"s{n % 3}"])
                states[d.scope.seq] = d.snapshot()
            for before, after in reversed(list(zip(list(states), list(states)[1:], strict=False))):
                d.revert(after)
                same(states[before], d.snapshot())
            for seq, held in states.items():
                same(held, d.snapshot(seq))
