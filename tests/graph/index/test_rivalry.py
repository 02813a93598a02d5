"""Of several passages that one later sentence may replace, the likeliest stands in the others' way."""

from __future__ import annotations

from itertools import permutations

from memcubes.graph.index.bond import Bond
from memcubes.graph.index.rivalry import contended
from memcubes.graph.supersession.link import Verdict
from memcubes.graph.supersession.scorer import REVIEW

KEYS = {0: {1, 2, 3, 4}, 1: {1, 5, 6, 7}, 2: {2, 3, 4, 5}, 3: {1}, 4: {1, 2, 8, 10}, 8: {1}, 9: {1}}
"""Beside what 9 says, passage 0 shares nothing with 1, all with 2, a third with 4; 3 says what 9 says."""


def bond(old: int, chance: float, new: int = 9, *, ruled: int = 0, start: int = 0) -> Bond:
    return Bond(new, old, Verdict.SUPERSEDES, chance, (start, start + 9), (0, 9), ruled)


def chances(*bonds: Bond) -> dict[int, float]:
    return {made.old: made.chance for made in contended(bonds, lambda passage: KEYS[passage])}


def test_the_likelier_stands_in_the_way() -> None:
    # odds of 15.67 to 1 become 15.67 / e^(3 * 0.97) to 1: 0.853 to 1
    assert chances(bond(0, 0.97), bond(1, 0.94)) == {0: 0.97, 1: 0.46}
    (made,) = (b for b in contended([bond(0, 0.97), bond(1, 0.94)], KEYS.__getitem__) if b.old == 1)
    assert made.rival == 0.97
    # 1.5 to 1 becomes 0.08 to 1, which is no proposal
    assert REVIEW > 0.08
    assert chances(bond(0, 0.97), bond(1, 0.6)) == {0: 0.97}


def test_how_much_depends_on_how_far_they_say_different_things() -> None:
    assert chances(bond(0, 0.97), bond(2, 0.94)) == {0: 0.97, 2: 0.94}
    # two thirds of 0.97: 15.67 / e^1.94 is 2.25
    assert chances(bond(0, 0.97), bond(4, 0.94)) == {0: 0.97, 4: 0.692}
    # all that both say: one key of four, so three quarters of 0.97, 0.728: 15.67 / e^2.184 is 1.764
    assert chances(bond(0, 0.97), bond(3, 0.94)) == {0: 0.97, 3: 0.638}


def test_what_is_as_likely_or_certain_by_itself_yields_to_nothing() -> None:
    assert chances(bond(0, 0.94), bond(1, 0.94)) == {0: 0.94, 1: 0.94}
    assert chances(bond(0, 0.99), bond(1, 0.95)) == {0: 0.99, 1: 0.95}


def test_what_replaced_it_before_is_no_rival() -> None:
    """The chain: 1 took the place of 0, and 9 takes that of both."""
    chain = contended([bond(0, 0.97), bond(1, 0.94), bond(0, 0.9, new=1)], KEYS.__getitem__)
    assert sorted(made.chance for made in chain) == [0.9, 0.94, 0.97]


def test_other_sentences_and_other_passages_are_no_rivals() -> None:
    assert chances(bond(0, 0.97), bond(1, 0.94, start=10)) == {0: 0.97, 1: 0.94}
    assert chances(bond(0, 0.97), bond(1, 0.94, new=8)) == {0: 0.97, 1: 0.94}


def test_what_somebody_approved_stays_and_stands_in_the_way() -> None:
    # 15.67 / e^3 is 0.78
    assert chances(bond(0, 1.0, ruled=7), bond(1, 0.94)) == {0: 1.0, 1: 0.438}
    assert chances(bond(0, 0.97), bond(1, 0.9, ruled=7)) == {0: 0.97, 1: 0.9}


def test_the_order_of_the_links_is_no_matter() -> None:
    bonds = [bond(0, 0.97), bond(1, 0.94), bond(2, 0.9), bond(4, 0.9)]
    found = {frozenset(contended(some, KEYS.__getitem__)) for some in permutations(bonds)}
    assert len(found) == 1
