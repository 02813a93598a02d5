"""Past answers: who asked what, when, and whether a change would have them told otherwise."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from memcubes.api import Memory
from memcubes.graph import NodeKind
from memcubes.graph.scope import Where

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
    assert "was given memories on 20" in told.line


Act = Callable[..., Any]
QUESTIONS = (WHEN, WHO, "Who replaced the coil S-88?", "Who closed the bypass BP-2?")


def cube(memory: Memory, words: str) -> str:
    """The cube that says these words."""
    found = memory.store().find(memory.scope(), Where(kinds=(NodeKind.MEMCUBE,)), first=500)
    return next(version.node for version in found.items if words in version.text)


ACTS: dict[str, Act] = {
    "revise a quote": lambda m, **o: m.revise(cube(m, "02:10"), "RV-7 failed at noon.", **o),
    "revise what nobody quotes": lambda m, **o: m.revise(
        cube(m, "cleaning crew"), "Nobody left.", **o
    ),
    "retract": lambda m, **o: m.retract("order.md", **o),
    "merge": lambda m, **o: m.merge(["RV-7", "K-210"], **o),
    "distinguish": lambda m, **o: m.distinguish(["RV-7", "K-210"], **o),
    "archive": lambda m, **o: m.transition(cube(m, "02:10"), "archive", **o),
    "expire": lambda m, **o: m.transition(cube(m, "07:40"), "expire", **o),
    "restore": lambda m, **o: m.restore("@2", **o),
    "revert": lambda m, **o: m.revert(4, **o),
}


@pytest.mark.parametrize("name", ACTS)
def test_what_is_tried_tells_what_would_be_answered(memory: Memory, name: str) -> None:
    for question in QUESTIONS:
        memory.ask(question)
    memory.inject(WHEN, budget=400)
    watermarks = [
        memory.store().watermark("default", p) for p in memory.retrieval.index.indexer.producers
    ]
    tried = memory.past_answers(ACTS[name](memory, dry_run=True).impact)
    kept = [
        memory.store().watermark("default", p) for p in memory.retrieval.index.indexer.producers
    ]
    assert kept == watermarks  # and nothing that was tried is kept
    told = {answer.receipt: answer for answer in tried}
    assert all(answer.differs is not None for answer in tried)
    done = ACTS[name](memory)
    assert {answer.receipt: answer for answer in memory.past_answers(done.impact)} == told
    print(name, [(answer.question, answer.differs) for answer in tried])


def test_the_word_that_is_put_right_would_be_answered(memory: Memory) -> None:
    receipt = memory.ask(WHEN).receipt or ""
    passage = memory.ask(WHEN).quotes[0].cube
    same = f"{passage.text} Nobody was hurt."
    told = memory.past_answers(memory.revise(passage.node, same, dry_run=True).impact)
    assert {a.receipt: a.differs for a in told}[receipt] is False  # it quotes the same words
    told = memory.past_answers(memory.revise(passage.node, "It rained.", dry_run=True).impact)
    assert {a.receipt: a.differs for a in told}[receipt] is True


def test_the_command_line_says_it(cli: Cli, tmp_path: Path) -> None:
    cli("ingest", write(tmp_path / "files"))
    cli("ask", WHEN)
    told = cli("retract", "vendor.md", "--dry-run").out
    assert "rests on what is no longer in force; would be answered otherwise" in told
    assert "local:ann asked on" in told
    (answer,) = json.loads(cli("impact", "vendor.md", "--json").out)["past_answers"]
    assert (answer["question"], answer["differs"], answer["degree"]) == (WHEN, True, 1)
