"""Above a number of vectors those are compared that may be near: the same ones, however they lie in segments."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memcubes.graph.index import nearness as near_by
from memcubes.graph.index.closeness import Closeness
from memcubes.graph.index.columns import TABLES, Columns, from_rows, starts
from memcubes.graph.index.derivation import SCALE, whole
from memcubes.graph.index.hamming import distances
from memcubes.graph.index.nearness import Nearness, nearness, vectors
from memcubes.graph.index.segment import Segment
from memcubes.graph.index.sketch import estimates, reach, sketches, words

from .bookshelf import Bookshelf

WIDE = 96


def unit(rng: np.random.Generator, *shape: int) -> npt.NDArray[Any]:
    """Random directions."""
    rows: npt.NDArray[Any] = rng.standard_normal(shape)
    rows /= np.linalg.norm(rows, axis=-1, keepdims=True)
    return rows


def around(rng: np.random.Generator, middle: npt.NDArray[Any], count: int, spread: float) -> Any:
    """Directions about one."""
    moved: npt.NDArray[Any] = middle + spread * unit(rng, count, len(middle))
    moved /= np.linalg.norm(moved, axis=1, keepdims=True)
    return moved


def segment_of(rows: npt.NDArray[np.int16], senses: Sequence[npt.NDArray[np.int16]]) -> Segment:
    """A segment of cubes with these vectors and sentences; one without any has its passage's."""
    columns: Columns = {}
    for table in TABLES:
        columns |= from_rows(table, (), rows.shape[1])
    flat = np.concatenate([*senses, np.empty((0, rows.shape[1]), np.int16)])
    columns |= {
        "cube.vector": rows,
        "cube.sketch": sketches(rows),
        "cube.sense": flat,
        "cube.outline": sketches(flat),
        "cube.sense@": starts(len(part) for part in senses),
        "cube.sentence@": starts(max(len(part), 1) for part in senses),
    }
    return Segment(columns, 1, rows.shape[1])


@dataclass
class World:
    """Passages with their sentences, some of them visible."""

    rows: npt.NDArray[np.int16]
    senses: list[npt.NDArray[np.int16]]
    seen: npt.NDArray[np.bool_]
    question: npt.NDArray[Any]

    @classmethod
    def drawn(cls, seed: int, size: int = 2_000, shown: float = 1.0) -> World:
        """Passages in twenty clusters and a question beside one of them."""
        rng = np.random.default_rng(seed)
        rows = np.concatenate([around(rng, c, size // 20, 0.9) for c in unit(rng, 20, WIDE)])
        rows = rows[rng.permutation(len(rows))]
        many = rng.integers(0, 4, len(rows))
        senses = [whole(around(rng, row, n, 0.6)) for row, n in zip(rows, many, strict=True)]
        seen = rng.random(len(rows)) < shown
        return cls(whole(rows), senses, seen, around(rng, rows[0], 1, 0.5)[0])

    def near(self, parts: Sequence[npt.NDArray[np.int64]] | None = None, **how: Any) -> Nearness:
        """Nearness to the question, with the passages divided into these parts."""
        parts = [np.arange(len(self.rows))] if parts is None else parts
        number = np.where(self.seen, np.cumsum(self.seen) - 1, -1)
        segments = [segment_of(self.rows[p], [self.senses[i] for i in p]) for p in parts]
        places = [number[p] for p in parts]
        return nearness(segments, places, int(self.seen.sum()), self.question, **how)


def first(scores: npt.NDArray[np.float64], count: int) -> npt.NDArray[np.int64]:
    """The places of the best."""
    return np.argsort(-scores, kind="stable")[:count]


def same(one: Nearness, other: Nearness) -> bool:
    """Whether two say the same to the last bit."""
    return (
        one.passage.tobytes() == other.passage.tobytes()
        and one.sentence.tobytes() == other.sentence.tobytes()
        and bool((one.best == other.best).all())
    )


@pytest.mark.parametrize("shown", [1.0, 0.5])
def test_the_first_are_those_of_the_exact_way_with_the_same_scores(shown: float) -> None:
    kept = total = compared = 0
    for seed in range(5):
        world = World.drawn(seed, shown=shown)
        exact, found = world.near(), world.near(exact=0)
        assert exact.exact
        assert not found.exact
        for mine, theirs in ((exact.passage, found.passage), (exact.sentence, found.sentence)):
            best = first(mine, 10)
            kept += len(np.intersect1d(best, first(theirs, 10)))
            total += 10
            known = theirs == mine
            # what is only estimated never stands before the last that was sought
            assert (theirs[~known] <= np.sort(theirs[known])[-10]).all()
        best = np.intersect1d(first(exact.sentence, 10), first(found.sentence, 10))
        assert (found.best[best] == exact.best[best]).all()
        compared += int((found.best >= 0).mean() * 100)
    assert kept / total >= 0.98
    assert compared / 5 < 60  # of a hundred; the worlds are small


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 2**16), st.data())
def test_parts_order_and_what_is_hidden_change_no_bit(seed: int, data: st.DataObject) -> None:
    world = World.drawn(seed % 5, size=400, shown=0.7)
    whole_one = world.near(exact=0, depth=4)
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(world.rows))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(order)), max_size=3)))
    assert same(world.near(np.split(order, cuts), exact=0, depth=4), whole_one)
    # as if what is hidden had never been
    alone = World(
        world.rows[world.seen],
        [s for s, seen in zip(world.senses, world.seen, strict=True) if seen],
        np.ones(int(world.seen.sum()), np.bool_),
        world.question,
    )
    assert same(alone.near(exact=0, depth=4), whole_one)


def test_few_vectors_are_all_compared() -> None:
    world = World.drawn(3, size=40)
    parts = [np.arange(len(world.rows))]
    segments = [segment_of(world.rows, world.senses)]
    count = vectors(segments, [np.arange(len(world.rows))])
    assert count == len(world.rows) + sum(map(len, world.senses))
    assert world.near(parts, exact=count).exact
    assert not world.near(parts, exact=count - 1).exact
    # fewer than what is compared at first: everything is known, and the same
    assert same(world.near(exact=0), world.near())
    nobody = World(world.rows, world.senses, np.zeros(len(world.rows), np.bool_), world.question)
    assert len(nobody.near(exact=0).passage) == 0


def test_what_is_sought_by_itself_is_exact_however_far_it_is() -> None:
    world = World.drawn(1)
    exact = world.near()
    among = np.zeros(len(world.rows), np.bool_)
    among[first(-exact.passage, 50)] = True
    found = world.near(exact=0, among=among)
    assert (found.passage[among] == exact.passage[among]).all()
    assert (found.sentence[among] == exact.sentence[among]).all()
    assert (found.best[among] == exact.best[among]).all()


def test_some_are_compared_afterwards() -> None:
    world = World.drawn(6, size=600)
    parts = np.array_split(np.arange(len(world.rows)), 2)
    segments = [segment_of(world.rows[p], [world.senses[i] for i in p]) for p in parts]
    number = np.repeat([0, 1], [len(p) for p in parts])
    row = np.concatenate([np.arange(len(p)) for p in parts])
    close = Closeness(segments, parts, number, row, exact=0)
    found, exact = (
        close.passages(world.question),
        replace(close, exact=1 << 40).passages(world.question),
    )
    assert not found.exact
    some = [599, 3, 301, 7]
    now = close.compared(found, some, world.question)
    for mine, theirs, before in (
        (now.passage, exact.passage, found.passage),
        (now.sentence, exact.sentence, found.sentence),
        (now.best, exact.best, found.best),
    ):
        assert (mine[some] == theirs[some]).all()
        others = np.setdiff1d(np.arange(600), some)
        assert (mine[others] == before[others]).all()
    for passage in some:
        said = close.sentences(passage, world.question)
        assert (said.max(), said.argmax()) == (exact.sentence[passage], exact.best[passage])
    assert (close.rows(some) == world.rows[some]).all()


def test_one_long_passage_does_not_hide_the_others() -> None:
    """All that is compared first is of one passage: it goes on until there are enough passages."""
    rng = np.random.default_rng(0)
    question = unit(rng, WIDE)
    long = whole(around(rng, question, 500, 0.3))
    others = whole(around(rng, question, 300, 1.2))
    rows = np.concatenate([long[:1], others])
    senses = [long] + [np.empty((0, WIDE), np.int16)] * len(others)
    world = World(rows, senses, np.ones(len(rows), np.bool_), question)
    exact, found = world.near(), world.near(exact=0, depth=16)
    assert (first(exact.sentence, 10) == first(found.sentence, 10)).all()


def test_vectors_without_direction() -> None:
    world = World.drawn(2, size=200)
    world.rows[:] = 0
    world.question = np.zeros(WIDE)
    found = world.near(exact=0)
    assert not found.passage.any()


def test_a_sketch_tells_the_angle() -> None:
    # h ~ Binomial(512, θ/π): of 2,000 pairs the mean is off by less than 5 sigma / sqrt(2000)
    rng = np.random.default_rng(4)
    for score in (0.2, 0.5, 0.9):
        one = unit(rng, 2_000, WIDE)
        side = unit(rng, 2_000, WIDE)
        side -= (side * one).sum(1, keepdims=True) * one
        side /= np.linalg.norm(side, axis=1, keepdims=True)
        other = score * one + math.sqrt(1 - score**2) * side
        held, asked = sketches(whole(one)), sketches(whole(other))
        apart = np.bitwise_count(held ^ asked).sum(axis=1)
        share = math.acos(score) / math.pi
        sigma = math.sqrt(512 * share * (1 - share))
        assert abs(apart.mean() - 512 * share) < 0.5
        assert 0.8 * sigma < apart.std() < 1.2 * sigma
        assert (apart <= reach(score, 512)).mean() > 0.96  # Φ(2) = .977
        assert distances(held[:50], asked[0]).tolist() == [
            int(np.bitwise_count(row ^ asked[0]).sum()) for row in held[:50]
        ]


def test_sketches_are_the_same_for_ever() -> None:
    rows = np.array([[SCALE, 0, 0], [0, -SCALE, 0], [2309, 2309, 2309]], np.int16)
    held = sketches(rows)
    assert held.shape == (3, words(3))
    assert [int(row[0]) for row in held] == [
        0xBBF8FE158A8629FE,
        0x20234C841976689C,
        0x9FF8FB5FC28A8F62,
    ]
    assert (sketches(rows[::-1]) == held[::-1]).all()
    assert words(512) == 8
    assert words(513) == 16


@given(st.integers(0, 511))
def test_the_nearer_reach_less_far(n: int) -> None:
    table = estimates(512)
    assert table[n] > table[n + 1]
    assert reach(float(table[n]), 512) >= n
    assert reach(float(table[n]), 512) <= reach(float(table[n + 1]), 512)


def test_a_segment_maps_its_sketches_and_erases_them(tmp_path: Path) -> None:
    shelf, folder = Bookshelf(tmp_path / "shelf.db"), tmp_path / "index"
    shelf.add("a.md", "We met Ada Hill in Bonn. It rained.", "Then Tom Reed left Bonn.")
    shelf.add("b.md", "The bees of Ada Hill swarmed. They came back.")
    scope = shelf.scope()
    shelf.index(folder).view(scope)
    (place,) = folder.glob("*/*")
    segment = shelf.index(folder).view(scope).segments[0]
    assert (segment["cube.sketch"] == sketches(segment["cube.vector"])).all()
    assert (segment["cube.outline"] == sketches(segment["cube.sense"])).all()
    assert len(segment["cube.outline"]) == 4  # of the two passages of two sentences
    # what is missing is made anew
    (place / "cube.outline.npy").unlink()
    again = shelf.index(folder).view(scope).segments[0]
    assert (again["cube.outline"] == segment["cube.outline"]).all()
    shelf.erase("b.md")
    shelf.index(folder).view(shelf.scope())
    (place,) = folder.glob("*/*")
    assert len(np.load(place / "cube.sketch.npy")) == 2
    assert len(np.load(place / "cube.outline.npy")) == 2
    shelf.close()


def test_of_equal_sentences_the_first_is_the_nearest() -> None:
    world = World.drawn(8, size=300)
    near = whole(world.question)[None]
    world.senses[5] = np.concatenate([-near, near, near])
    exact, found = world.near(), world.near(exact=0, depth=4)
    assert found.best[5] == exact.best[5] == 1
    assert found.sentence[5] == exact.sentence[5] == exact.sentence.max()


def test_as_many_are_compared_as_the_last_that_is_sought_asks_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        near_by, "FIRST", 1
    )  # so that the rows that are compared first are not enough
    world = World.drawn(9)
    exact, found = world.near(), world.near(exact=0, depth=50)
    for mine, theirs in ((exact.passage, found.passage), (exact.sentence, found.sentence)):
        assert len(np.intersect1d(first(mine, 50), first(theirs, 50))) >= 48
        # and the score of one that was passed over is no higher than that of the last
        least = np.sort(mine)[-50]
        assert (theirs[theirs != mine] <= least).all()
