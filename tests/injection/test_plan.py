"""A plan in another order: nothing is lost, the best stands nearest to the question, and it goes back as it was."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from memcubes.injection.plan import Band, Form, InjectionPlan, Segment


def plan(stable: list[int], volatile: list[int]) -> InjectionPlan:
    told = [(Band.STABLE, worth) for worth in stable]
    told += [(Band.VOLATILE, worth) for worth in sorted(volatile)]
    segments = (
        Segment(Band.OPENING, "<memory>"),
        *(Segment(band, f"t{n}", f"m{n}", f"c{n}", "9f", worth=w) for n, (band, w) in enumerate(told)),
        Segment(Band.CLOSING, "</memory>"),
        Segment(Band.QUESTION, "?"),
    )  # fmt: skip
    return InjectionPlan("default", "?", 3, segments, Form.PROMPT, "", 9, 9, "words", "salt")


@given(st.lists(st.integers(0, 5), max_size=6), st.lists(st.integers(0, 5), max_size=6))
def test_the_best_of_the_stable_band_last_and_back(stable: list[int], volatile: list[int]) -> None:
    made = plan(stable, volatile)
    moved = made.best_last()
    assert moved.in_order() == made
    assert moved.best_last() == moved
    assert {one.node for one in moved.used} == {one.node for one in made.used}
    assert moved.band(Band.OPENING, Band.CLOSING, Band.QUESTION) == made.band(
        Band.OPENING, Band.CLOSING, Band.QUESTION
    )
    bands = [list(Band).index(one.band) for one in moved.segments]
    assert bands == sorted(bands)
    if not stable:
        assert moved == made
        return
    worths = [one.worth for one in moved.band(Band.VOLATILE)]
    assert worths == sorted([*volatile, max(stable)])
    rest = [one.node for one in made.band(Band.STABLE)]
    rest.remove(f"c{stable.index(max(stable))}")
    assert [one.node for one in moved.band(Band.STABLE)] == rest
