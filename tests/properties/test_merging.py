"""Merging, telling apart and splitting: exact to undo, in any order, and outliving another reading."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from itertools import combinations, pairwise
from random import Random

import pytest

from memcubes.graph import ChangeSet, Open
from memcubes.graph.canonical import components, identities
from memcubes.graph.errors import Conflict, DependsOn, Invalid, NotFound
from memcubes.graph.impact import impact_of
from memcubes.graph.rehearsal import impact_if
from memcubes.ingest.draft import drafted

from .desk import NS, SUBJECTS, Desk, Line, Said, any_source, same
from .test_confluence import Make, desk, make, seeds

__all__ = ["make"]

PEOPLE = Said(
    "people.md",
    (
        Line("Jordan", "cost", "40 crowns"),
        Line("Jordan", "fail at", "02:10"),
        Line("Jordan", "fail at", "07:40"),
        Line("River Jordan", "cost", "Brno"),
    ),
    10,
)


def groups(d: Desk) -> dict[str, str]:
    """Which of the subjects' names mean one thing, by the first of them."""
    same = identities(d.store, d.scope)
    first: dict[str, str] = {}
    for name in SUBJECTS:
        first.setdefault(same.root(d.entity(name)), name)
    return {name: first[same.root(d.entity(name))] for name in SUBJECTS}


def test_a_merge_that_is_undone_late_was_never_made(
    make: Make, request: pytest.FixtureRequest
) -> None:
    for seed in seeds(make, request):
        rng = Random(seed)
        sources = [any_source(rng, f"s{n}") for n in range(4)]
        names = sorted({line.subject for said in sources[:2] for line in said.lines})
        pairs = list(combinations(names, 2)) or [(names[0], names[0])]
        first, *later = rng.sample(pairs, min(3, len(pairs)))
        found = []
        for merged in (True, False):
            with desk(make) as d:
                for said in sources[:2]:
                    d.ingest(said)
                with suppress(Invalid):
                    undone = d.merge(*first) if merged else None
                d.ingest(sources[2])  # later mentions
                for pair in later:
                    d.merge(*pair)
                d.ingest(Said("s0", sources[3].lines, 40))  # a later edition
                with suppress(Invalid):
                    if merged and undone is not None:
                        d.revert(undone)
                found.append(d.snapshot())
        same(*found)


def test_merges_commute(make: Make, request: pytest.FixtureRequest) -> None:
    for seed in seeds(make, request):
        rng = Random(seed)
        lines = tuple(Line(name, "cost", "Brno") for name in SUBJECTS)
        pairs = rng.sample(list(combinations(SUBJECTS, 2)), 3)
        found = []
        for order in (pairs, pairs[::-1], rng.sample(pairs, 3)):
            with desk(make) as d:
                d.ingest(Said("all", lines, 10))
                for one, other in order:
                    d.merge(*rng.sample((one, other), 2))
                found.append((groups(d), d.snapshot().beliefs, d.snapshot().postings))
        assert found[0] == found[1] == found[2]


def test_components_keep_apart_what_is_kept_apart_in_any_order() -> None:
    for seed in range(300):
        rng = Random(seed)
        pairs = list(combinations("abcdef", 2))
        same_as, apart = rng.sample(pairs, 5), rng.sample(pairs, 2)
        found = components(same_as, apart)
        assert all(found.get(a, a) != found.get(b, b) for a, b in apart if a != b)
        rng.shuffle(same_as)
        assert components([(b, a) for a, b in same_as], [(b, a) for a, b in apart]) == found
        free = components(same_as)
        for one, other in pairwise(sorted(free)):
            if found.get(one) == found.get(other) is not None:
                assert free[one] == free[other]


def test_what_is_told_apart_stays_apart(make: Make) -> None:
    with desk(make) as d:
        d.ingest(Said("all", tuple(Line(name, "cost", "Brno") for name in SUBJECTS), 10))
        apart = d.distinguish("Jordan", "River Jordan")
        with pytest.raises(Conflict, match=rf"are kept apart since @{apart.seq}: undo that first"):
            d.merge("River Jordan", "Jordan")
        d.merge("J. Jordan", "Jordan")
        with pytest.raises(Conflict, match="'River Jordan' and 'Jordan'|'Jordan' and 'River"):
            d.merge("River Jordan", "J. Jordan")  # would join them by a detour
        assert groups(d)["J. Jordan"] == "Jordan"
        with pytest.raises(Conflict, match=f"kept apart already, since @{apart.seq}"):
            d.distinguish("River Jordan", "Jordan")
        d.revert(apart)
        d.merge("River Jordan", "J. Jordan")
        assert groups(d)["River Jordan"] == "Jordan"


def test_who_is_one_is_open_while_a_name_that_came_back_joins_what_was_told_apart(
    make: Make,
) -> None:
    found = []
    for _ in range(3):  # stores have different secrets, and so other ids of the same names
        with desk(make) as d:
            d.ingest(Said("all", tuple(Line(name, "cost", "Brno") for name in SUBJECTS[2:4]), 10))
            d.ingest(Said("more", (Line("River Jordan", "cost", "Brno"),), 10))
            d.ingest(Said("between", (Line("J. Jordan", "cost", "Brno"),), 20))
            d.merge("Ann", "Jordan")
            first = d.merge("Jordan", "J. Jordan")
            d.merge("J. Jordan", "River Jordan")
            d.retract(d.source("between"))
            d.distinguish("Jordan", "River Jordan")
            d.ingest(Said("later", (Line("J. Jordan", "cost", "Brno"),), 30))
            assert groups(d) == {name: name for name in SUBJECTS} | {"Jordan": "Ann"}
            found.append(d.snapshot())
            d.revert(first)  # whoever undoes one of them decides it
            assert groups(d)["River Jordan"] == "J. Jordan"
    same(found[0], found[1])
    same(found[1], found[2])


def test_telling_apart_what_is_one_names_what_to_undo(make: Make) -> None:
    with desk(make) as d:
        d.ingest(Said("all", tuple(Line(name, "cost", "Brno") for name in SUBJECTS), 10))
        one = d.merge("Jordan", "J. Jordan")
        two = d.merge("J. Jordan", "River Jordan")
        with pytest.raises(DependsOn, match=f"are one by @{two.seq}, @{one.seq}: undo") as caught:
            d.distinguish("Jordan", "River Jordan")
        assert caught.value.sequences == (two.seq, one.seq)
        d.revert(two)
        d.distinguish("Jordan", "River Jordan")


def test_a_split_gives_the_chosen_mentions_away_and_nothing_else(make: Make) -> None:
    with desk(make) as d:
        d.ingest(PEOPLE)
        d.ingest(Said("more", (Line("Jordan", "cost", "Brno"),), 20))
        before = d.snapshot()
        chosen = d.cubes("people.md")[1]  # as long as the next
        done = d.split("Jordan", [chosen], "Jordan Smith")
        found = identities(d.store, d.scope)
        ((place, parts),) = found.moved.items()
        assert place == (chosen, d.entity("Jordan"))
        assert [(part.spans, part.whole) for part in parts] == [(((0, 6),), True)]
        view = d.index.view(d.scope)
        (group,) = view.named("jordan smith")
        passages = [view.node(int(p)) for p in view.adjacency.mentions[:, [group]].nonzero()[0]]
        assert passages == [chosen]
        (old,) = view.named("jordan")
        others = view.adjacency.mentions[:, [old]].nonzero()[0]
        assert chosen not in [view.node(int(p)) for p in others]
        assert len(others) == 3
        d.revert(done)
        same(before, d.snapshot())


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_a_split_is_what_most_sources_say_it_is(make: Make, order: tuple[int, ...]) -> None:
    labels = ("PERSON", "ORG", "PERSON")
    with desk(make) as d:
        for n in order:
            said = Said(f"s{n}", (Line("Jordan", "cost", "Brno"),), 10)
            reading = said.reading()
            mention = replace(reading.extractions[0].mentions[0], label=labels[n])
            read = replace(reading.extractions[0], mentions=(mention,))
            draft = drafted(d.store, NS, replace(reading, extractions=(read,)), 99)
            d.commit(ChangeSet(ns=NS, verb="ingest", ops=tuple(map(Open, draft.records()))))
        done = d.split("Jordan", d.cubes("s0"))
        assert done.note is not None
        (made,) = d.store.get(d.scope, [done.note["targets"][1]])
        assert (made.get("name"), made.get("label")) == ("Jordan", "PERSON")


def test_a_split_outlives_another_edition_of_its_source(make: Make) -> None:
    longer = Said("people.md", (Line("Pump", "cost", "Brno"), *PEOPLE.lines[:2]), 30)
    found = []
    for split_first in (True, False):
        with desk(make) as d:
            d.ingest(PEOPLE)
            if split_first:
                d.split("Jordan", d.cubes("people.md")[:1], "Jordan Smith")
            d.ingest(longer)
            if not split_first:
                d.split("Jordan", d.cubes("people.md")[:1], "Jordan Smith")
            assert len(identities(d.store, d.scope).moved) == 1
            found.append(d.snapshot())
            d.ingest(Said("people.md", longer.lines[:1], 40))
            assert not identities(d.store, d.scope).moved  # the sentence is gone
            d.ingest(longer)
            same(found[-1], d.snapshot())
    same(*found)


def test_a_split_entity_is_merged_like_any_other(make: Make) -> None:
    with desk(make) as d:
        d.ingest(PEOPLE)
        split = d.split("Jordan", d.cubes("people.md")[:1], "Jordan Smith")
        state = d.snapshot()
        to = split.note["targets"][1] if split.note else ""
        merge = d.commit(d.deciding.merging(d.scope, [to, d.entity("River Jordan")], "same"))
        assert identities(d.store, d.scope).root(to) != identities(d.store, d.scope).root(
            d.entity("Jordan")
        )
        with pytest.raises(Conflict, match="kept apart"):
            d.merge("Jordan", "River Jordan")
        d.revert(merge)
        same(state, d.snapshot())
        with pytest.raises(NotFound, match="does not mention Jordan"):
            d.split("Jordan", [d.mentioning("River Jordan")[0]])


def test_what_a_merge_is_said_to_change_is_what_it_changes(
    make: Make, request: pytest.FixtureRequest
) -> None:
    changed = 0
    for seed in seeds(make, request):
        rng = Random(seed)
        with desk(make) as d:
            for n in range(3):
                d.ingest(any_source(rng, f"s{n}"))
            names = [name for name in SUBJECTS if d.mentioning(name)]
            if len(names) < 2:
                continue
            nodes = [d.entity(name) for name in rng.sample(names, 2)]
            change = d.deciding.merging(d.scope, nodes, "same")
            said = impact_if(d.store, d.scope, change)
            done = d.commit(change)
            assert said == impact_of(d.store, d.scope, done.seq)
            changed += not said.empty
    assert changed or len(seeds(make, request)) < 10
