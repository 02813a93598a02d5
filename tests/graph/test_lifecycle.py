"""The states of a cube as a matrix: every state, every hold, every move, against a table written here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memcubes.graph import Author, Authority, NodeKind, Payload, Version
from memcubes.graph.errors import Erased, Held, Invalid
from memcubes.graph.hold import Hold, hold_of
from memcubes.graph.lifecycle import (
    BY_POLICY,
    TRANSITIONS,
    Move,
    State,
    again,
    moved,
    state_of,
    walked,
)

AT = 1_000

# What comes of each move, from each state under each hold: `state+hold`, `held` where the hold forbids
# it, `no` where there is no such way. Columns: activate, archive, expire, freeze, hold, release.
TABLE = """
generated            activated         archived  no       generated+frozen  generated+legal  no
generated+frozen     held              held      held     no                generated+legal  generated
generated+legal      held              held      held     no                no               generated
activated            no                archived  expired  activated+frozen  activated+legal  no
activated+frozen     held              held      held     no                activated+legal  activated
activated+legal      held              held      held     no                no               activated
archived             activated         no        expired  archived+frozen   archived+legal   no
archived+frozen      held              held      held     no                archived+legal   archived
archived+legal       held              held      held     no                no               archived
expired              activated         no        no       expired+frozen    expired+legal    no
expired+frozen       held              held      held     no                expired+legal    expired
expired+legal        held              held      held     no                no               expired
"""
MOVES = ("activate", "archive", "expire", "freeze", "hold", "release")


def cells() -> Iterator[tuple[str, str, str]]:
    """From where, by which move, to where."""
    for line in TABLE.strip().splitlines():
        start, *ends = line.split()
        for move, end in zip(MOVES, ends, strict=True):
            yield start, move, end


def cube(start: str, **more: object) -> Version:
    """A cube in a state, under a hold."""
    state, _, hold = start.partition("+")
    header = {"title": "tea", "state": state, **({"hold": hold} if hold else {}), **more}
    author = Author("a", "s1", Authority.EXTRACTED, 10)
    return author.version(NodeKind.MEMCUBE, "n1", header, payload=Payload.of("tea at four"))


def test_the_table_holds_every_combination() -> None:
    found = {(start, move) for start, move, _ in cells()}
    holds = ("", "+frozen", "+legal")
    assert found == set(product((f"{s}{h}" for s in State for h in holds), MOVES))
    assert set(MOVES) == set(Move)


@pytest.mark.parametrize(("start", "move", "end"), list(cells()))
def test_every_move_does_what_the_table_says(start: str, move: str, end: str) -> None:
    held = cube(start)
    if end == "held":
        with pytest.raises(Held, match=r"`memcubes transition n1 release`"):
            moved(held, Move(move), at=AT)
        return
    if end == "no":
        with pytest.raises(Invalid, match="cube n1 is "):
            moved(held, Move(move), at=AT)
        return
    header = moved(held, Move(move), at=AT)
    state, _, hold = end.partition("+")
    assert (header["state"], header.get("hold", "")) == (state, hold)
    assert header["title"] == "tea"


@given(st.lists(st.sampled_from(list(Move)), max_size=12), st.integers(0, 2_000))
def test_no_way_leads_out_of_the_states_and_nothing_else_changes(
    moves: list[Move], expires: int
) -> None:
    held = first = cube("activated", expires=expires)
    for move in moves:
        try:
            held = again(held, moved(held, move, at=AT))
        except (Invalid, Held):
            continue
        assert state_of(held) in State
    assert held.payload == first.payload
    assert (held.node, held.origin, held.authority) == (first.node, first.origin, first.authority)
    assert held.validity == first.validity
    changing = {"state", "hold", "expires"}
    for name in {*(held.content or {}), *(first.content or {})} - changing:
        assert held.get(name) == first.get(name)


@given(st.lists(st.sampled_from([Move.FREEZE, Move.HOLD, Move.RELEASE]), max_size=6))
def test_holds_leave_the_state_and_the_expiry_alone(moves: list[Move]) -> None:
    held = cube("archived", expires=5)
    for move in moves:
        try:
            held = again(held, moved(held, move, at=AT))
        except Invalid:
            continue
    assert (held.get("state"), held.get("expires")) == ("archived", 5)


def test_an_expiry_that_has_passed_goes_with_an_activation() -> None:
    assert "expires" not in moved(cube("expired", expires=AT), Move.ACTIVATE, at=AT)
    assert moved(cube("expired", expires=AT + 1), Move.ACTIVATE, at=AT)["expires"] == AT + 1
    assert moved(cube("archived"), Move.ACTIVATE, at=AT, expires=AT + 9)["expires"] == AT + 9


def test_an_activated_cube_is_activated_again_only_for_another_expiry() -> None:
    assert moved(cube("activated"), Move.ACTIVATE, at=AT, expires=AT + 5)["expires"] == AT + 5
    with pytest.raises(Invalid, match="is activated already"):
        moved(cube("activated", expires=AT + 5), Move.ACTIVATE, at=AT, expires=AT + 5)


@pytest.mark.parametrize("move", [Move.ARCHIVE, Move.EXPIRE])
def test_an_expiry_is_given_with_an_activation_only(move: Move) -> None:
    with pytest.raises(Invalid, match="an expiry is given with 'activate'"):
        moved(cube("activated"), move, at=AT, expires=AT + 5)


def test_an_expiry_lies_ahead() -> None:
    with pytest.raises(Invalid, match="lies ahead"):
        moved(cube("expired"), Move.ACTIVATE, at=AT, expires=AT)


def test_what_was_erased_goes_nowhere() -> None:
    with pytest.raises(Erased, match="cube n1 was erased"):
        moved(replace(cube("activated"), content=None), Move.ARCHIVE, at=AT)


def test_a_state_of_nobodys_is_named() -> None:
    with pytest.raises(Invalid, match="no known state but 'odd'"):
        state_of(cube("odd"))


def test_only_activated_cubes_are_walked() -> None:
    assert {state for state in State if walked({"state": str(state)})} == {State.ACTIVATED}
    assert {state for state in State if state.walked} == {State.ACTIVATED}


def test_policies_do_a_part_of_what_hands_do_and_bring_nothing_back() -> None:
    assert set(TRANSITIONS) >= BY_POLICY
    assert all(TRANSITIONS[pair] is not State.ACTIVATED for pair in BY_POLICY)


def test_a_hold_of_nobodys_is_none() -> None:
    assert [hold_of({"hold": said}) for said in ("frozen", "legal", "odd", None, ["legal"])] == [
        Hold.FROZEN, Hold.LEGAL, None, None, None,
    ]  # fmt: skip
