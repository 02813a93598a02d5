"""Everything that was ever done can be undone, in any order, by doing what refusals say."""

from __future__ import annotations

from contextlib import suppress
from random import Random

import pytest

from memcubes.graph.errors import Conflict, DependsOn, Erased, Invalid, NotFound
from memcubes.graph.kind import Verb
from memcubes.graph.lifecycle import Move

from .desk import Desk, any_line, any_source, same
from .test_confluence import CAMPAIGN, Make, desk, edit, make

__all__ = ["make"]

SEEDS = {"sqlite": 300 if CAMPAIGN else 8, "neo4j": 20 if CAMPAIGN else 1}
URIS = ["s0", "s1", "s2"]
ACTS = ("ingest", "ingest", "source", "edit", "edit", "edit", "move", "revise", "restore", "restore",
        "restore one", "undo", "undo")  # fmt: skip


def act(d: Desk, rng: Random) -> None:
    """Something that somebody does; what is refused is left."""
    some = rng.choice(ACTS)
    uri, seq = rng.choice(URIS), d.scope.seq
    cubes = [cube for one in URIS for cube in d.cubes(one)]
    with suppress(Conflict, DependsOn, Erased, Invalid, NotFound):
        if some == "ingest":
            d.ingest(any_source(rng, uri))
        elif some == "source":
            d.retract(d.source(uri))
        elif some == "edit":
            edit(d, rng, [uri])
        elif some == "move" and cubes:
            d.move(rng.choice(cubes), rng.choice((Move.ARCHIVE, Move.EXPIRE, Move.ACTIVATE)))
        elif some == "revise" and cubes:
            d.revise(rng.choice(cubes), any_line(rng))
        elif some == "restore":
            d.restore(rng.randrange(2, seq + 1))
        elif some == "restore one":
            d.restore(rng.randrange(2, seq + 1), rng.choice([*cubes, d.source(uri)]))
        elif some == "undo":
            d.revert(rng.randrange(2, seq + 1))


class Undoing:
    """Undoes changes, and before each whatever its refusal names."""

    def __init__(self, d: Desk) -> None:
        self.d = d
        self.tried = 0

    def undo(self, seq: int) -> bool:
        """Undo a change; whether that did anything."""
        while True:
            self.tried += 1
            assert self.tried < 2_000, f"no end of undoing @{seq}"
            try:
                self.d.revert(seq)
            except Conflict:
                return False
            except DependsOn as refused:
                named = refused.sequences
            else:
                return True
            assert named
            assert all(seq < later <= self.d.scope.seq for later in named), (seq, named)
            assert list(named) == sorted(named, reverse=True)
            for later in named:
                self.undo(later)


def test_whoever_follows_the_refusals_comes_to_the_beginning(
    make: Make, request: pytest.FixtureRequest
) -> None:
    refused = 0
    for seed in range(SEEDS[request.node.callspec.params["make"]]):
        rng = Random(f"undoing {seed}")
        with desk(make) as d:
            beginning, start = d.snapshot(), d.scope.seq
            for _ in range(16):
                act(d, rng)
            log = d.store.changes(d.scope, after=start, first=1_000)
            meant = [change.seq for change in log if change.verb != Verb.REVERT]
            undoing, rounds = Undoing(d), 0
            while sum(undoing.undo(seq) for seq in rng.sample(meant, len(meant))):
                rounds += 1
                assert rounds < 10, "what was undone came back again and again"
            same(beginning, d.snapshot())
            refused += undoing.tried - len(meant) * (rounds + 1)
    assert refused > 0


def test_an_undoing_is_undone_exactly(make: Make, request: pytest.FixtureRequest) -> None:
    done = 0
    for seed in range(SEEDS[request.node.callspec.params["make"]]):
        rng = Random(f"redoing {seed}")
        with desk(make) as d:
            for _ in range(12):
                act(d, rng)
            before = d.snapshot()
            for seq in rng.sample(range(2, d.scope.seq + 1), min(4, d.scope.seq - 1)):
                with suppress(Conflict, DependsOn, Invalid, NotFound):
                    undone = d.revert(seq)
                    again = d.revert(undone)
                    same(before, d.snapshot())
                    done += 1
                    assert again.note is not None
    assert done
