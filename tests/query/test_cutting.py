"""What a page leaves out is told with the step at which it fell out, and nothing that is hidden is."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from memcubes.api import Memory
from memcubes.graph import NodeKind
from memcubes.graph.index.encoders import load_encoder
from memcubes.query.cube_filter import CubeFilter
from memcubes.query.cut import CUTS, CutStep
from memcubes.query.cutting import Line
from memcubes.query.hit import SearchResult
from memcubes.query.memoperator import MemOperator

from ..graph.index.bookshelf import BOB, NS, Bookshelf

KEEPER = "Vera Holt keeps the lamp of the lighthouse at Skerry."
TEXTS = {
    "one.md": KEEPER,
    "two.md": "Vera Holt keeps the lamp of the lighthouse at Skerry!",
    "three.md": "The lighthouse at Skerry was built in 1871.",
    "four.md": "The harbour of Tarn has a lighthouse too.",
    "five.md": "Sheep graze behind the mill.",
}
ASKED = "Who keeps the lamp of the lighthouse at Skerry?"


def told(found: SearchResult) -> list[tuple[str, str]]:
    return [(str(cut.step), cut.cube.text) for cut in found.cut]


@pytest.fixture
def memory() -> Iterator[Memory]:
    with Memory.open("sqlite:///:memory:", user="local:ann", encoder="hashing") as made:
        for text in TEXTS.values():
            made.remember(text)
        yield made


def test_what_says_the_same_and_what_stands_behind(memory: Memory) -> None:
    found = memory.search(ASKED, limit=1)
    (hit,) = found.hits
    same, *behind = found.cut
    assert (same.step, same.by) == (CutStep.DUPLICATES, hit.cube.node)
    assert (same.cube.node,) == hit.also
    assert [str(cut.step) for cut in behind] == ["limit"] * 3
    assert [cut.gap for cut in behind] == [hit.score - cut.score for cut in behind]
    assert [cut.gap for cut in behind] == sorted(cut.gap or 0 for cut in behind)
    for cut in behind:
        assert cut.behind
        assert all(value > 0 for value in cut.behind.values())
    following = memory.search(ASKED, limit=1, after=found.after)
    assert following.hits[0].cube.node == behind[0].cube.node
    assert [cut.cube.node for cut in following.cut] == [cut.cube.node for cut in behind[1:]]


def test_what_does_not_meet_the_filter(memory: Memory) -> None:
    best = memory.search(ASKED, limit=1).hits[0].cube
    third = next(h.cube for h in memory.search(ASKED).hits if "1871" in h.cube.text)
    memory.tag(third.node, ["old/stone"])
    found = memory.search(ASKED, limit=1, where={"tags": "old", "language": "en"})
    assert [hit.cube.node for hit in found.hits] == [third.node]
    assert {(cut.step, cut.unmet) for cut in found.cut} == {(CutStep.FILTER, ("tags",))}
    assert found.cut[0].cube.node == best.node
    assert found.cut[0].place == 1
    # once the hit stands first by itself, only what is better than the page's last is told
    other = memory.search(
        "When was the lighthouse at Skerry built?", limit=1, where={"tags": "old"}
    )
    assert [cut.place for cut in other.cut] == [2] * len(other.cut)


def test_what_was_superseded_and_lost_its_place(memory: Memory) -> None:
    memory.remember("Nora Fell lives in a flat in Leeds and rents it from Mr. Ashe.")
    new = memory.remember("Nora Fell no longer lives in a flat in Leeds.")
    found = memory.search("Where does Nora Fell rent a flat?", limit=1)
    assert [hit.cube.node for hit in found.hits] == [new.cube]
    gone = found.cut[0]
    assert (gone.step, gone.by, gone.place) == (CutStep.SUCCESSION, new.cube, 1)
    assert "Ashe" in gone.quote
    assert all(cut.step is CutStep.LIMIT for cut in found.cut[1:])


def test_what_is_hidden_is_not_told() -> None:
    """For Bob, who may not read one source, what is left out is as if it had never been."""
    found = []
    for uris in (TEXTS, [uri for uri in TEXTS if uri != "one.md"]):
        shelf = Bookshelf()
        for uri in uris:
            shelf.add(uri, TEXTS[uri])
        shelf.share()
        if "one.md" in uris:
            shelf.grant("local:cleo", shelf.node(NodeKind.SOURCE, "one.md"))
        bob = shelf.as_(BOB)
        asking = MemOperator(bob, shelf.index(), load_encoder("hashing"))
        where = CubeFilter(source=(shelf.node(NodeKind.SOURCE, "four.md"),))
        for met in (where, CubeFilter()):
            result = asking.search(bob.scope(NS), ASKED, limit=1, where=met)
            found.append([(c.cube.text, c.step, c.score, c.place, c.gap) for c in result.cut])
        shelf.close()
    assert found[:2] == found[2:]
    assert KEEPER not in str(found)
    assert all(found)


def test_a_list_leaves_nothing_out_and_steps_are_bounded(memory: Memory) -> None:
    assert memory.search(where={"language": "en"}).cut == ()
    for number in range(9):
        memory.remember(f"The lighthouse at Skerry has a lamp number {number}.")
    one, again = (memory.search(ASKED, limit=2, where={"language": "en"}) for _ in range(2))
    assert told(one) == told(again)
    steps = [cut.step for cut in one.cut]
    assert max(steps.count(step) for step in CutStep) == CUTS


def test_a_page_ends_where_its_last_hit_stands() -> None:
    score = np.array([0.5, 0.75, 0.25])
    line = Line(score, score, {}, [1, 0, 2], 0, [1], True)
    assert (line.end, list(line.further)) == (1, [0, 2])
