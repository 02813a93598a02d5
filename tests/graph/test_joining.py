"""What a merge is said to join: the edges that count elsewhere, and the value that is shown of each conflict."""

from __future__ import annotations

from random import Random

import pytest

from memcubes.graph.canonical import identities, spoken
from memcubes.graph.joining import conflicts, joining_of
from memcubes.graph.listing import all_edges
from memcubes.graph.scope import Along

from ..properties.desk import SUBJECTS, Desk, Line, Said


@pytest.mark.parametrize("seed", range(5))
def test_the_edges_that_are_told_are_those_that_count_elsewhere_then(seed: int) -> None:
    rng, d = Random(seed), Desk()
    for n, name in enumerate(SUBJECTS):
        lines = tuple(Line(name, "cost", f"{n}{m} crowns") for m in range(n + 1))
        d.ingest(Said(f"s{n}", lines, 10))
    names = rng.sample(SUBJECTS, 4)
    d.merge(*names[:2])
    nodes = [d.entity(name) for name in names[1:3]]
    change = d.deciding.merging(d.scope, nodes, "same")
    told = joining_of(d.store, d.scope, change)
    assert told is not None
    # the n-th subject has n + 1 passages, each with a mention and a fact
    away = 1 + SUBJECTS.index(names[2])
    assert told.moves["MENTIONS"] == told.moves["SUBJECT_OF"] == away
    d.commit(change)
    same = identities(d.store, d.scope)
    assert {same.root(node) for node in told.members} == {same.root(nodes[0])}
    assert set(told.members) == {d.entity(name) for name in names[:3]}
    along = Along(touching=told.members)
    assert sum(e.kind == "MENTIONS" for e in all_edges(d.store, d.scope, along)) > away
    assert joining_of(d.store, d.scope, d.curator.retraction(d.scope, d.source("s0"), "")) is None
    d.close()


def test_of_properties_that_differ_most_of_the_weightiest_are_shown() -> None:
    d = Desk()
    d.ingest(Said("a", (Line("Jordan", "cost", "Brno"),), 10))
    d.ingest(Said("b", (Line("River Jordan", "cost", "Brno"),), 10))
    d.ingest(Said("c", (Line("River Jordan", "cost", "Linz"),), 10))
    nodes = [d.entity("Jordan"), d.entity("River Jordan")]
    (name,) = conflicts(d.store.get(d.scope, nodes))
    assert (name.name, name.chosen, name.others) == ("name", "River Jordan", ("Jordan",))
    assert spoken(d.store.get(d.scope, nodes[::-1]), "name") == "River Jordan"
    assert spoken((), "name") == ""
    assert conflicts(()) == ()
    d.close()
