"""What the guard chooses never costs more than reading it all, whatever disk and model do."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memcubes.injection.activation.eviction import GreedyDual
from memcubes.injection.activation.guard import Guard
from memcubes.injection.activation.line import Line

KEPT = (16, 100, 512, 1_500, 6_000)
ASKED = (1, 20, 167, 953)
TOKEN_BYTES = (1_000, 46_080, 144_000)  # a tiny one; SmolLM2's 30 · 3 · 64 · 2 · 4; an 8B in bf16


@given(
    rate=st.floats(1e-6, 1e-1),
    start=st.floats(0, 0.1),
    bandwidth=st.floats(1e6, 1e11),
    opening=st.floats(0, 0.1),
    attach=st.floats(1e-6, 1e-2),
)
@settings(max_examples=60)
def test_no_cell_costs_more_than_recompute(
    rate: float, start: float, bandwidth: float, opening: float, attach: float
) -> None:
    """Kept tokens × asked tokens × bytes a token × where it is, with a shorter one in memory or not."""

    def one_pass(tokens: int) -> float:
        return start + rate * tokens

    def loading(size: int) -> float:
        return opening + size / bandwidth

    guard = Guard()
    for tokens in (64, 200, 600, 1_500):
        guard.passed(tokens, one_pass(tokens))
        guard.loaded(tokens * 46_080, loading(tokens * 46_080))
    guard.attached(attach)
    chosen = set()
    for kept in KEPT:
        for asked in ASKED:
            direct = one_pass(kept + asked)
            if guard.attaches(kept):
                assert attach + one_pass(asked) <= direct * (1 + 1e-6)
                chosen.add("memory")
            for token_bytes in TOKEN_BYTES:
                size = kept * token_bytes
                from_disk = loading(size) + attach + one_pass(asked)
                if guard.loads(kept, size):
                    assert from_disk <= direct * (1 + 1e-6)
                    chosen.add("disk")
                else:  # and where it is declined, it would not have been much better
                    assert from_disk >= direct * (1 - 1e-6)
                half = kept // 2
                if guard.attaches(half) and guard.loads(kept, size, half):
                    shorter = attach + one_pass(kept - half + asked)
                    assert from_disk <= min(direct, shorter) * (1 + 1e-6)


@given(
    rate=st.floats(1e-6, 1e-1),
    start=st.floats(0, 0.1),
    moving=st.floats(1e-9, 1e-1),
    setting_up=st.floats(0, 0.1),
    attach=st.floats(1e-6, 1e-2),
    known=st.lists(st.tuples(st.integers(1, 400), st.booleans()), min_size=2, max_size=12),
    asked=st.sampled_from(ASKED),
)
@settings(max_examples=300)
def test_nothing_is_composed_that_is_read_faster(
    rate: float,
    start: float,
    moving: float,
    setting_up: float,
    attach: float,
    known: list[tuple[int, bool]],
    asked: int,
) -> None:
    """Chunks at hand or not, and an exact cache of half of it in memory or not."""

    def one_pass(tokens: int) -> float:
        return start + rate * tokens

    guard = Guard()
    tokens = sum(length for length, _ in known)
    assert not guard.composes(tokens, [])  # nobody has measured it
    for amount in (64, 200, 600, 1_500):
        guard.passed(amount, one_pass(amount))
        guard.composed(amount, setting_up + moving * amount)
    guard.attached(attach)
    unread = [length for length, there in known if not there]
    composed = setting_up + moving * tokens + sum(map(one_pass, unread)) + one_pass(asked)
    direct = one_pass(tokens + asked)
    if guard.composes(tokens, unread):
        assert composed <= direct * (1 + 1e-6)
    else:  # and where it is declined, it would not have been much better
        assert composed >= direct * (1 - 1e-6)
    kept = tokens // 2
    if kept and guard.composes(tokens, unread, kept):
        assert composed <= (attach + one_pass(tokens - kept + asked)) * (1 + 1e-6)


def test_what_composing_takes_is_measured_again() -> None:
    now = [0.0]
    guard = Guard(clock=lambda: now[0])
    guard.composed(100, 1e-9)
    assert not guard.composes(100, [])  # nobody has measured what reading takes
    guard.passed(100, 0.1)
    assert guard.composes(100, [])
    guard = Guard(clock=lambda: now[0])
    guard.passed(100, 0.1)
    guard.composed(100, 60.0)  # a busy moment
    assert guard.knows_composing
    assert not guard.composes(100, [])
    now[0] = 601.0
    assert not guard.knows_composing
    guard.composed(100, 0.01)
    assert guard.composes(100, [])


def test_break_even() -> None:
    """The two that are known: 8B on an H200 5 GB/s, 135M on a CPU 12 MB/s (to a tenth)."""
    for token_bytes, tokens_a_second, break_even in ((147_456, 34_000, 5.0e9), (46_080, 260, 12e6)):
        for share, expected in ((0.9, False), (1.1, True)):
            guard = Guard()
            for tokens in (100, 1_000):
                guard.passed(tokens, tokens / tokens_a_second)
                guard.loaded(tokens * 10**6, tokens * 10**6 / (break_even * share))
            guard.attached(0.0)
            assert guard.loads(1_000, 1_000 * token_bytes) is expected


def test_a_slow_moment_is_not_for_ever() -> None:
    now = [0.0]
    guard = Guard(clock=lambda: now[0])
    guard.passed(100, 0.1)
    guard.loaded(1_000_000, 60.0)
    assert not guard.loads(1_000, 1_000_000)
    now[0] = 599.0
    assert not guard.loads(1_000, 1_000_000)
    now[0] = 601.0
    assert guard.loads(1_000, 1_000_000)
    assert guard.attach_seconds == pytest.approx(5e-4)


@given(
    start=st.floats(0, 1),
    slope=st.floats(1e-6, 1),
    amounts=st.lists(st.integers(1, 10_000), min_size=8, max_size=20, unique=True),
    seed=st.integers(0, 99),
)
def test_a_line_bears_a_fifth_of_nonsense(
    start: float, slope: float, amounts: list[int], seed: int
) -> None:
    chance = random.Random(seed)
    line = Line(7.0, 7.0)
    assert line.seconds(2) == 21.0
    wrong = set(chance.sample(range(len(amounts)), len(amounts) // 6))
    steps = [more >= 1.5 * less for less, more in zip(sorted(amounts), sorted(amounts)[1:])]  # noqa: B905
    for place, amount in enumerate(amounts):
        line.add(amount, start + slope * amount + (100.0 if place in wrong else 0.0))
    if all(steps):
        assert line.slope == pytest.approx(slope, rel=1e-6)
        assert line.start == pytest.approx(start, abs=1e-6 * (1 + slope * 10_000))
    line.forget()
    assert (line.start, line.slope, len(line)) == (7.0, 7.0, 0)


def test_equal_amounts_give_no_start() -> None:
    line = Line(0.1, 5.0)
    for seconds in (1.1, 1.3, 1.2):
        line.add(100, seconds)
    assert line.start == 0.1
    assert line.slope == pytest.approx(0.011)  # (1.2 - 0.1) / 100


def test_least_dear_for_its_room_goes_first() -> None:
    """Ranks: a 2 · 5/10 = 1.0, b 1/10 = 0.1, c 3/30 = 0.1, d 3.5/5 = 0.7."""
    kept = GreedyDual()
    for name, size, cost in (("a", 10, 5.0), ("b", 10, 1.0), ("c", 30, 3.0), ("d", 5, 3.5)):
        kept.add(name, size, cost)
    kept.touch("a", 5.0)
    assert kept.overflow(55) == []
    assert kept.overflow(16, besides="b") == ["c", "d", "a"]
    assert (kept.size, "b" in kept, "a" in kept) == (10, True, False)
    kept.add("e", 10, 0.5)  # as old as what went last: 1.0 + 0.05, b is at 0.1
    assert kept.overflow(10) == ["b"]


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(1, 50)), max_size=30))
def test_never_more_than_the_most(added: list[tuple[str, int]]) -> None:
    kept, sizes = GreedyDual(), dict[str, int]()
    for name, size in added:
        kept.add(name, size, 1.0)
        sizes[name] = size
        for gone in kept.overflow(60, besides=name):
            del sizes[gone]
        assert kept.size == sum(sizes.values()) <= 60
        assert name in kept
