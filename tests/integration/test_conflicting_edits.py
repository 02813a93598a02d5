"""Four processes revise the same few cubes: no update is lost, and every loser is told so."""

from __future__ import annotations

import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

from memcubes.graph import Author, Authority, ChangeSet, NodeKind, Open, Payload
from memcubes.graph.instant import OPEN
from memcubes.graph.opening import open_store
from memcubes.graph.verify import verify

from .ledger import CAMPAIGN
from .revising import CUBES

SCRIPT = Path(__file__).with_name("revising.py")
PROCESSES = 4
MANY, FEW = (1000, 1000) if CAMPAIGN else (120, 6)
"""How often each process tries on a file, which is quick, and on a server."""


def test_conflicting_edits_lose_nothing_in_silence(place: str, tmp_path: Path) -> None:
    store, times = open_store(place, "ann", create=True), MANY if "sqlite" in place else FEW
    first = [
        Author("a", cube, Authority.ASSERTED, 1).version(
            NodeKind.MEMCUBE, cube, {"title": cube}, payload=Payload.of("tea")
        )
        for cube in CUBES
    ]
    store.commit(ChangeSet(ns="a", verb="remember", ops=tuple(map(Open, first))))
    before, started = store.head().seq, time.monotonic()
    ledgers = [tmp_path / f"ledger{number}" for number in range(PROCESSES)]
    children = [
        subprocess.Popen([sys.executable, str(SCRIPT), place, str(ledger), "ann", str(times)])
        for ledger in ledgers
    ]
    assert [child.wait() for child in children] == [0] * PROCESSES
    took = time.monotonic() - started
    tries = [line.split() for ledger in ledgers for line in ledger.read_text("ascii").splitlines()]
    won = {words[2]: (int(words[1]), words[3]) for words in tries if words[0] == "won"}
    lost = sum(words == ["lost"] for words in tries)
    assert len(won) + lost == len(tries) == PROCESSES * times
    assert lost
    assert sorted(seq for seq, _ in won.values()) == [*range(before + 1, before + 1 + len(won))]
    assert store.head().seq == before + len(won)

    scope = store.scope("a")
    histories = [store.history(scope, cube) for cube in CUBES]
    for history in histories:
        for old, new in pairwise(history):
            assert old.to_seq == new.from_seq
            assert won[new.id] == (new.from_seq, old.id)  # it replaced what its author had read
        assert history[-1].to_seq == OPEN
    assert sorted(v.id for history in histories for v in history[1:]) == sorted(won)
    report = verify(store.engine)
    assert report.ok, report.findings
    store.close()
    print(f"{len(won)} won, {lost} lost in {took:.1f} s, {len(tries) / took:.0f} tries a second")
