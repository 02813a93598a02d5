"""Whatever is taken in, archived, summed up and taken back: a summary is found exactly while it may be used."""

from __future__ import annotations

from contextlib import suppress
from random import Random

import pytest

from memcubes.graph import NodeKind
from memcubes.graph.errors import Conflict, DependsOn, Invalid, NotFound
from memcubes.graph.index.encoders import load_encoder
from memcubes.graph.index.graph_index import GraphIndex
from memcubes.graph.lifecycle import Move
from memcubes.graph.listing import all_found
from memcubes.graph.record import Version
from memcubes.graph.retention import AGENT, Policy
from memcubes.graph.scope import Scope, Where
from memcubes.graph.snapshot import Snapshot
from memcubes.graph.staleness import usable
from memcubes.graph.summarising import Summarising

from .desk import Desk, any_line, any_source
from .test_confluence import Make, desk, edit, make, seeds

__all__ = ["make"]

POLICIES = {"document": Policy(summary=1)}
URIS = [f"s{n}" for n in range(4)]
KNOWN = ("beliefs", "identities", "postings", "vectors")
"""The parts of a snapshot that tell what a question can come upon; the others tell what is kept."""


def sweep(d: Desk) -> int:
    """Sum up what was archived; a second look finds nothing."""
    done = 0
    for _, change in Summarising(d.store, d.scope, 1, POLICIES).changes():
        d.store.commit_by(AGENT, change)
        done += 1
    assert Summarising(d.store, d.scope, 1, POLICIES).due == ()
    return done


def archive(d: Desk, uri: str) -> None:
    """Archive what can be of a source."""
    with suppress(Invalid, NotFound, Conflict):
        d.move(d.source(uri), Move.ARCHIVE)


def summaries(d: Desk, scope: Scope) -> list[Version]:
    """Those in force."""
    where = Where(kinds=(NodeKind.MEMCUBE,), header={"semantic_type": "summary"})
    return list(all_found(d.store, scope, where))


def expected(d: Desk, scope: Scope) -> set[str]:
    """The summaries that a question may find: by the lineage, and the states of what it leads to."""
    found = set[str]()
    for summary in summaries(d, scope):
        held = {v.payload.digest: v for v in all_found(d.store, scope, Where()) if v.payload}
        sources = [held.get(str(digest)) for digest in summary.get("made_of")]
        assert usable(d.store, scope, summary.node) == all(sources)
        if all(v is not None and v.get("state") == "archived" for v in sources):
            found.add(summary.node)
    return found


def shown(d: Desk, scope: Scope, index: GraphIndex | None = None) -> set[str]:
    """The summaries that a question can find."""
    view = (index or d.index).view(scope)
    return {view.node(i) for i in range(view.size)} & {v.node for v in summaries(d, scope)}


def known(d: Desk) -> dict[str, tuple[str, ...]]:
    """What a question can come upon."""
    made = d.snapshot()
    return {name: getattr(made, name) for name in KNOWN}


def test_a_summary_goes_with_its_source_and_comes_back_with_it(
    make: Make, request: pytest.FixtureRequest
) -> None:
    met = 0
    for seed in seeds(make, request):
        rng = Random(seed)
        kept, gone = any_source(rng, "kept"), any_source(rng, "gone")
        with desk(make) as d:
            d.ingest(kept)
            plain = known(d)
            d.ingest(gone)
            archive(d, "gone")
            before: Snapshot = d.snapshot()
            met += sweep(d)
            after = d.snapshot()
            assert after.beliefs == before.beliefs
            assert after.identities == before.identities
            assert shown(d, d.scope) == {v.node for v in summaries(d, d.scope)}
            done = d.retract(d.source("gone"))
            assert shown(d, d.scope) == set()
            assert not any(usable(d.store, d.scope, v.node) for v in summaries(d, d.scope))
            assert known(d) == plain
            assert sweep(d) == 0
            d.revert(done)
            assert d.snapshot() == after
            assert all(usable(d.store, d.scope, v.node) for v in summaries(d, d.scope))
    assert met


def test_it_is_found_exactly_while_it_may_be(make: Make, request: pytest.FixtureRequest) -> None:
    met = hidden = 0
    for seed in seeds(make, request):
        rng = Random(seed)
        with desk(make) as d:
            past: list[tuple[Scope, set[str]]] = []
            for uri in URIS:
                d.ingest(any_source(rng, uri))
                archive(d, uri)
            for _ in range(14):
                with suppress(Conflict, DependsOn, Invalid, NotFound):
                    act, uri = rng.randrange(8), rng.choice(URIS)
                    cubes = d.cubes(uri)
                    if act <= 1:
                        beliefs = d.snapshot().beliefs
                        sweep(d)
                        assert d.snapshot().beliefs == beliefs
                    elif act == 2:
                        d.retract(rng.choice([d.source(uri), *cubes]))
                    elif act == 3 and cubes:
                        d.move(rng.choice(cubes), rng.choice([Move.ACTIVATE, Move.EXPIRE]))
                    elif act == 4 and cubes:
                        d.revise(rng.choice(cubes), any_line(rng))
                    elif act == 5:
                        d.revert(d.scope.seq - rng.randrange(3))
                    elif act == 6:
                        edit(d, rng, [uri])
                    else:
                        archive(d, uri)
                scope = d.scope
                right = expected(d, scope)
                assert shown(d, scope) == right
                past.append((scope, right))
                met += bool(right)
                hidden += len(summaries(d, scope)) > len(right)
            fresh = GraphIndex(d.store, load_encoder("hashing"))
            for scope, right in past:
                assert shown(d, scope) == shown(d, scope, fresh) == right
    assert met
    assert hidden or len(seeds(make, request)) == 1
