"""A link says which of two statements holds, by time and authority, and follows from the two alone."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memcubes.graph.supersession.block import keys
from memcubes.graph.supersession.link import Statement, Verdict, chance_of, link, reason
from memcubes.graph.supersession.record import NOTHING, Row, linked, pack_row, unpack_row
from memcubes.graph.supersession.scorer import REVIEW

EVERYDAY = Path(__file__).parents[3] / "benchmarks" / "supersession_data" / "everyday.jsonl"
PAIRS = [json.loads(line) for line in EVERYDAY.read_text("utf-8").splitlines()]
TEXTS = sorted({row[end] for row in PAIRS for end in ("old", "new")})


def said(text: str, stated: int, record: str = "", authority: int = 2) -> Statement:
    record = record or f"r{stated}"
    return Statement(record, f"c-{record}", authority, stated, None, ((0, len(text), text),))


OLD, NEW = said("Ann lives in Oslo.", 10), said("Ann has moved to Graz.", 20)


def test_the_later_supersedes_with_spans_in_both() -> None:
    found = link(OLD, NEW)
    assert found is not None
    assert (found.new, found.old, found.verdict) == ("r20", "r10", Verdict.SUPERSEDES)
    assert (found.old_span, found.new_span) == ((0, 18), (0, 22))
    assert reason("Ann lives in Oslo.", "Ann has moved to Graz.").startswith("'Oslo' became 'Graz'")


def test_the_lower_authority_disputes_and_never_overrides() -> None:
    found = link(OLD, replace(NEW, authority=1))
    assert found is not None
    assert found.verdict is Verdict.DISPUTES
    higher = link(OLD, replace(NEW, authority=3))
    assert higher is not None
    assert higher.verdict is Verdict.SUPERSEDES


def test_what_nothing_orders_is_no_link() -> None:
    assert link(OLD, replace(NEW, stated=10)) is None
    assert link(OLD, replace(NEW, node=OLD.node)) is None


def test_i_is_who_says_it() -> None:
    old, new = "I live in Oslo and work at the port.", "I no longer live in Oslo."
    assert chance_of(old, new, "ann", "ann") > REVIEW
    assert chance_of(old, new, "ann", "bob") == 0


@given(st.sampled_from(TEXTS), st.sampled_from(TEXTS))
@settings(max_examples=150, deadline=None)
def test_a_link_does_not_depend_on_which_end_is_read_first(one: str, other: str) -> None:
    a, b = said(one, 1, "a"), said(other, 2, "b")
    assert link(a, b) == link(b, a)


def test_what_is_linked_meets_in_a_block() -> None:
    made = {text: set(keys([text], "ann")) for text in TEXTS}
    apart = [(a, b) for a in TEXTS for b in TEXTS if not made[a] & made[b]]
    assert len(apart) > 10_000
    assert not [pair for pair in apart if chance_of(*pair, "ann", "ann") >= REVIEW]


def test_an_event_meets_what_it_happens_to() -> None:
    newsletter = set(keys(["The newsletter goes out on Fridays."]))
    assert newsletter & set(keys(["We discontinued the newsletter."]))
    # what only speaks of it does not
    assert not newsletter & set(keys(["Ann liked the newsletter."]))


def test_words_of_one_topic_meet_beside_a_name() -> None:
    smoker = set(keys(["Lea is a smoker."]))
    assert smoker & set(keys(["Lea hasn't had a cigarette since March."]))
    assert not smoker & set(keys(["Mia hasn't had a cigarette since March."]))
    assert not smoker & set(keys(["Lea rowed her old boat to a green island in heavy rain."]))
    # whatever is said as briefly of the same name meets
    assert smoker & set(keys(["Lea rowed to the island."]))


@pytest.mark.parametrize("row", [row for row in PAIRS if row["link"]])
def test_everyday_pairs_meet_in_a_block_even_where_they_are_not_found(row: dict[str, str]) -> None:
    met = set(keys([row["old"]], "ann")) & set(keys([row["new"]], "ann"))
    if chance_of(row["old"], row["new"], "ann", "ann") >= REVIEW:
        assert met


def test_a_row_comes_back_as_it_was_kept() -> None:
    import numpy as np

    found = link(OLD, NEW)
    assert found is not None
    row = Row(NEW, np.array(keys(["Ann has moved to Graz."]), np.uint64))
    back = unpack_row(pack_row(linked(row, [found])))
    assert back.statement == NEW
    assert back.keys.tolist() == row.keys.tolist()
    assert back.links == (found,)
    assert unpack_row(pack_row(NOTHING)).statement is None
