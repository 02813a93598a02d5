"""Cubes that are one by somebody's decision come as one hit, the one that fits best."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from memcubes.api import Memory
from memcubes.graph.errors import Conflict, Invalid

FIRST = "The valve RV-7 failed at 02:10 because of frost."
SECOND = "At 02:10 the valve RV-7 failed."


@pytest.fixture
def memory() -> Iterator[Memory]:
    """Two statements that say the same, and one that does not."""
    with Memory.open("sqlite:///:memory:", user="local:ann", encoder="hashing") as opened:
        for text in (FIRST, SECOND, "The pump P-3 was replaced on 4 May."):
            opened.remember(text)
        yield opened


def test_a_merged_pair_is_one_hit_until_the_merge_is_undone(memory: Memory) -> None:
    before = [hit.cube.text for hit in memory.search("Why did the valve RV-7 fail?").hits]
    assert {FIRST, SECOND} <= set(before)
    pair = [hit.cube.node for hit in memory.search("RV-7").hits if "RV-7" in hit.cube.text]
    seq = memory.scope().seq
    done = memory.merge(pair, "the same event")
    for ranking in ("graph", "bm25", "dense"):
        hits = memory.search("Why did the valve RV-7 fail? Frost?", ranking=ranking).hits
        assert [hit.cube.text for hit in hits if "RV-7" in hit.cube.text] == [FIRST]
    then = memory.search("Why did the valve RV-7 fail?", as_of=seq).hits
    assert [hit.cube.text for hit in then] == before
    gone = memory.retract(pair[0] if memory.get(pair[0])[0].text == FIRST else pair[1])
    left = [hit.cube.text for hit in memory.search("Why did the valve RV-7 fail?").hits]
    assert SECOND in left  # the other one is still there
    assert gone.change is not None
    memory.revert(gone.change.seq)
    assert done.change is not None
    memory.revert(done.change.seq)
    after = [hit.cube.text for hit in memory.search("Why did the valve RV-7 fail?").hits]
    assert after == before


def test_cubes_that_are_told_apart_are_not_merged(memory: Memory) -> None:
    pair = [hit.cube.node for hit in memory.search("RV-7").hits if "RV-7" in hit.cube.text]
    memory.distinguish(pair, "two events")
    with pytest.raises(Conflict, match="kept apart"):
        memory.merge(pair)
    with pytest.raises(Invalid, match="an entity and a cube are never one"):
        memory.merge([pair[0], "RV-7"])
