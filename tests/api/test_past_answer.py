"""Past answers: who asked what, when, and whether a change would have them told otherwise."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from memcubes.api import Memory

from .casefolder import write
from .conftest import Cli

WHEN = "When did the valve RV-7 fail?"
WHO = "Who works for Northline Controls?"


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Memory]:
    """The four documents of the case folder."""
    place = str(tmp_path / "memories.db")
    with Memory.open(place, user="local:ann", encoder="hashing") as opened:
        opened.ingest(write(tmp_path / "files"))
        yield opened


def test_a_preview_says_which_answers_would_be_others(memory: Memory) -> None:
    when, who = memory.ask(WHEN).receipt, memory.ask(WHO).receipt
    before = memory.scope().seq
    said = memory.past_answers(memory.retract("vendor.md", dry_run=True).impact)
    assert memory.scope().seq == before  # nothing was written, no receipt either
    assert [(a.receipt, a.viewer, a.question, a.stale, a.differs) for a in said] == [
        (when, "local:ann", WHEN, True, True)
    ]
    done = memory.retract("vendor.md")
    assert [(a.receipt, a.stale, a.differs) for a in memory.past_answers(done.impact)] == [
        (when, True, True)
    ]
    assert done.change is not None
    back = memory.revert(done.change.seq)
    assert [(a.receipt, a.stale, a.differs) for a in memory.past_answers(back.impact)] == [
        (when, False, True)
    ]
    two = memory.past_answers(memory.retract("order.md", dry_run=True).impact)
    assert [a.differs for a in two if a.receipt == who] == [True]


def test_an_answer_that_others_bear_out_stays_the_same(memory: Memory) -> None:
    receipt = memory.ask("Who replaced the coil S-88?").receipt
    quoted = {q.source_name for q in memory.ask("Who replaced the coil S-88?").quotes}
    other = ({"order.md", "vendor2.md"} - quoted or {"log.txt"}).pop()
    said = {a.receipt: a for a in memory.past_answers(memory.retract(other, dry_run=True).impact)}
    assert receipt not in said or said[receipt].differs is False


def test_an_injection_is_told_of_as_one(memory: Memory) -> None:
    injected = memory.inject(WHEN, budget=400)
    (told,) = memory.past_answers(memory.retract("log.txt", dry_run=True).impact)
    assert (told.receipt, told.verb, told.differs) == (injected.receipt, "inject", True)
    assert "was given memories for" in told.line


def test_what_is_only_tried_is_not_asked_again(memory: Memory) -> None:
    hit = memory.search("valve RV-7").hits[0].cube
    memory.ask(WHEN)
    tried = memory.revise(hit.node, "The valve RV-7 failed at noon.", dry_run=True)
    assert tried.change is None
    told = memory.past_answers(tried.impact)
    assert told
    assert all(answer.differs is None and answer.stale for answer in told)


def test_the_command_line_says_it(cli: Cli, tmp_path: Path) -> None:
    cli("ingest", write(tmp_path / "files"))
    cli("ask", WHEN)
    told = cli("retract", "vendor.md", "--dry-run").out
    assert "rests on what is no longer in force; would be answered otherwise" in told
    assert "local:ann asked on" in told
    (answer,) = json.loads(cli("impact", "vendor.md", "--json").out)["past_answers"]
    assert (answer["question"], answer["differs"], answer["degree"]) == (WHEN, True, 1)
