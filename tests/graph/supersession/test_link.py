"""A link says which of two statements holds, by time and authority, and follows from the two alone."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memcubes.graph.supersession.block import keys
from memcubes.graph.supersession.link import Statement, Verdict, chance_of, links, reason
from memcubes.graph.supersession.record import NOTHING, Row, linked, pack_row, unpack_row
from memcubes.graph.supersession.scorer import REVIEW

EVERYDAY = Path(__file__).parents[3] / "benchmarks" / "supersession_data" / "everyday.jsonl"
PAIRS = [json.loads(line) for line in EVERYDAY.read_text("utf-8").splitlines()]
TEXTS = sorted({row[end] for row in PAIRS for end in ("old", "new")})


def said(text: str, stated: int, record: str = "", authority: int = 2) -> Statement:
    record = record or f"r{stated}"
    return Statement(record, f"c-{record}", authority, stated, None, ((0, len(text), text),))


def several(stated: int, *texts: str) -> Statement:
    """One passage of several sentences, a space between them."""
    spans, at = list[tuple[int, int, str]](), 0
    for text in texts:
        spans.append((at, at + len(text), text))
        at += len(text) + 1
    return Statement(f"r{stated}", f"c-r{stated}", 2, stated, None, tuple(spans))


OLD, NEW = said("Ann lives in Oslo.", 10), said("Ann has moved to Graz.", 20)


def test_the_later_supersedes_with_spans_in_both() -> None:
    (found,) = links(OLD, NEW)
    assert (found.new, found.old, found.verdict) == ("r20", "r10", Verdict.SUPERSEDES)
    assert (found.old_span, found.new_span) == ((0, 18), (0, 22))
    assert reason("Ann lives in Oslo.", "Ann has moved to Graz.").startswith("'Oslo' became 'Graz'")


def test_the_lower_authority_disputes_and_never_overrides() -> None:
    (found,) = links(OLD, replace(NEW, authority=1))
    assert found.verdict is Verdict.DISPUTES
    (higher,) = links(OLD, replace(NEW, authority=3))
    assert higher.verdict is Verdict.SUPERSEDES


def test_lines_of_a_record_take_the_place_of_its_own_alone() -> None:
    """Measurements of a table, one row each: the next row changes nothing about the one before."""
    old = replace(several(10, "result: fail", "technician: Yusuf"), about="calibrations\n2")
    new = replace(several(20, "result: pass", "technician: Leila"), about="calibrations\n4")
    assert links(old, new) == ()
    same = links(old, replace(new, about=old.about))
    assert {(one.old_span, one.new_span) for one in same} == {
        ((0, 12), (0, 12)),
        ((13, 30), (13, 30)),
    }
    # nor do they say anything of what is no record, or what is none of them
    assert links(old, replace(new, about=None)) == links(replace(old, about=None), new) == ()
    # a sentence in a record says of whom it speaks
    moved = replace(said("note: Ann has moved to Graz.", 20), about="calls\n7")
    lived = replace(said("note: Ann lives in Oslo.", 10), about="calls\n3")
    assert len(links(lived, moved)) == 1


def test_what_nothing_orders_is_no_link() -> None:
    assert links(OLD, replace(NEW, stated=10)) == ()
    assert links(OLD, replace(NEW, node=OLD.node)) == ()


def test_several_sentences_of_two_passages_each_have_their_link() -> None:
    old = several(10, "The retention is 30 days.", "Tomas Berg owns the schema registry.")
    new = several(
        20, "Mei Zhou owns the schema registry now.", "The retention was raised to 90 days."
    )
    said = {(made.new_span, made.old_span) for made in links(old, new)}
    # 25 characters and 36; 38 and 36: the first of one with the second of the other, and the other way round
    assert said == {((0, 38), (26, 62)), ((39, 75), (0, 25))}


def test_a_sentence_is_in_one_link_between_two_passages() -> None:
    old = several(10, "Ann lives in Oslo.", "Ann lives in Oslo with Bea.")
    new = several(20, "Ann has moved to Graz.", "Ann lives in Graz now.")
    made = links(old, new)
    assert len({one.new_span for one in made}) == len({one.old_span for one in made}) == len(made)
    # what was ruled on makes room for the next
    ruled = frozenset(((made[0].new, made[0].new_span), (made[0].old, made[0].old_span)))
    again = links(old, new, {ruled})
    assert (made[0].new_span, made[0].old_span) not in {(m.new_span, m.old_span) for m in again}
    assert again


def test_i_is_who_says_it() -> None:
    old, new = "I live in Oslo and work at the port.", "I no longer live in Oslo."
    assert chance_of(old, new, "ann", "ann") > REVIEW
    assert chance_of(old, new, "ann", "bob") == 0


@given(st.sampled_from(TEXTS), st.sampled_from(TEXTS))
@settings(max_examples=150, deadline=None)
def test_a_link_does_not_depend_on_which_end_is_read_first(one: str, other: str) -> None:
    a, b = said(one, 1, "a"), said(other, 2, "b")
    assert links(a, b) == links(b, a)


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

    found = links(OLD, NEW)
    row = Row(NEW, np.array(keys(["Ann has moved to Graz."]), np.uint64))
    back = unpack_row(pack_row(linked(row, found)))
    assert back.statement == NEW
    assert back.keys.tolist() == row.keys.tolist()
    assert back.links == found
    assert unpack_row(pack_row(NOTHING)).statement is None
