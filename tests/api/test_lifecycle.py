"""States, holds and expiry by the public verbs and the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from memcubes.api import Memory
from memcubes.graph.actors import acts
from memcubes.graph.errors import Conflict, Held, Invalid, NotFound
from memcubes.graph.instant import now, parse, show
from memcubes.graph.record import Version
from memcubes.graph.retention import DAY, Sweep

FAILED = "The valve RV-7 failed at 02:10."
OTHERS = ("The pump PX-2 was painted green.", "Ada Finch keeps the plant log.")
WHEN = "When did the valve RV-7 fail?"


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Memory]:
    with Memory.open(tmp_path / "m.db", user="local:ann", encoder="hashing") as memory:
        for text in OTHERS:
            memory.remember(text)
        yield memory


@pytest.fixture
def cube(memory: Memory) -> str:
    return memory.remember(FAILED).cube


def found(memory: Memory, **more: Any) -> list[str]:
    return [hit.cube.text for hit in memory.search(WHEN, **more).hits]


@pytest.mark.parametrize("to", ["archive", "expire"])
def test_what_left_the_walk_is_in_the_record_and_comes_back(
    memory: Memory, cube: str, to: str
) -> None:
    before = memory.store().head().seq
    assert found(memory)[0] == FAILED
    done = memory.transition(cube, to, "the project is over")
    assert FAILED not in found(memory)
    assert all(quote.text != FAILED for quote in memory.ask(WHEN).quotes)
    assert FAILED not in memory.inject(WHEN).text
    assert found(memory, as_of=before)[0] == FAILED
    assert found(memory, archived=True)[0] == FAILED
    assert memory.trace(cube).root.text == FAILED
    assert done.change is not None
    assert done.change.seq in {change.seq for change in memory.log(cube)}
    assert [b.words for b in memory.beliefs().values() if "fail" in b.words]
    memory.transition(cube, "activate")
    assert found(memory)[0] == FAILED


def test_scores_are_those_of_a_memory_without_what_was_archived(
    memory: Memory, tmp_path: Path
) -> None:
    def scores(one: Memory) -> dict[str, float]:
        hits = one.search(WHEN, ranking="bm25").hits
        return {hit.cube.text: round(hit.score, 9) for hit in hits}

    for text in ("The valve RV-7 failed again at 04:00.", "A valve failed."):
        memory.remember(text)
    with_all = scores(memory)
    gone = memory.remember("The valve RV-7, the valve RV-8 and the valve RV-9 failed.")
    assert scores(memory) != with_all
    memory.transition(gone.cube, "archive")
    assert scores(memory) == with_all


def test_ask_does_not_quote_an_archived_cube_for_what_it_overruled(memory: Memory) -> None:
    memory.remember(FAILED)
    corrected = "Correction: The valve RV-7 failed at 07:40, not at 02:10."
    cube = memory.remember(corrected).cube
    assert corrected in [quote.text for quote in memory.ask(WHEN).quotes]
    memory.transition(cube, "archive")
    quotes = memory.ask(WHEN).quotes
    assert [quote.text for quote in quotes] == [FAILED]
    assert str(quotes[0].status) == "superseded"  # what is believed does not hang on the walk


def test_an_answer_does_not_turn_stale_and_is_named(memory: Memory, cube: str) -> None:
    receipt = memory.ask(WHEN).receipt
    tried = memory.transition(cube, "archive", dry_run=True)
    done = memory.transition(cube, "archive")
    assert tried.change is None
    assert tried.impact == done.impact
    assert (done.impact.answers, done.impact.stale) == ((receipt,), ())


def test_a_transition_is_undone_by_revert(memory: Memory, cube: str) -> None:
    done = memory.transition(cube, "archive")
    assert done.change is not None
    memory.revert(f"@{done.change.seq}")
    assert found(memory)[0] == FAILED
    assert memory.verify().ok


def test_a_hold_refuses_every_verb_and_is_released(memory: Memory, cube: str) -> None:
    memory.transition(cube, "freeze")
    refused = f"memcubes transition {cube} release"
    with pytest.raises(Held, match=refused):
        memory.retract(cube)
    with pytest.raises(Held, match=refused):
        memory.revise(cube, "The valve RV-8 failed.")
    with pytest.raises(Held, match=refused):
        memory.transition(cube, "archive")
    memory.transition(cube, "release")
    memory.revise(cube, "The valve RV-8 failed.")


def test_undoing_a_freeze_by_revert_is_a_release(memory: Memory, cube: str) -> None:
    done = memory.transition(cube, "hold")
    assert done.change is not None
    memory.revert(f"@{done.change.seq}")
    memory.retract(cube)


PASSAGES = ("The pump PX-9 ran dry at noon.", "Ann saw the pump PX-9.", "Bo closed the gate G-1.")


def written(file: Path, passages: tuple[str, ...]) -> Path:
    """A chat of one turn a passage."""
    turns = [{"role": "user", "content": text} for text in passages]
    file.write_text(json.dumps(turns), "utf-8")
    return file


def said_by(memory: Memory, text: str) -> Version:
    hits = memory.search(text, archived=True, limit=20).hits
    return next(hit.cube for hit in hits if hit.cube.text == text)


def test_a_source_that_is_read_again_leaves_states_and_holds_alone(
    memory: Memory, tmp_path: Path
) -> None:
    file = written(tmp_path / "log.json", PASSAGES)
    memory.ingest(file)
    memory.transition(said_by(memory, PASSAGES[0]).node, "archive")
    memory.transition(said_by(memory, PASSAGES[1]).node, "freeze")
    kept = [said_by(memory, text).id for text in PASSAGES[:2]]
    report = memory.ingest(written(file, (*PASSAGES[:2], "Cy opened the gate G-2.")))
    assert (report.changed, report.failed) == (["log.json"], [])
    assert [said_by(memory, text).id for text in PASSAGES[:2]] == kept
    assert PASSAGES[0] not in [hit.cube.text for hit in memory.search(PASSAGES[0]).hits]


def test_a_file_that_lost_a_held_passage_is_refused_and_the_others_go_in(
    memory: Memory, tmp_path: Path
) -> None:
    file = written(tmp_path / "log.json", PASSAGES)
    memory.ingest(file)
    held = said_by(memory, PASSAGES[0])
    memory.transition(held.node, "freeze")
    written(file, PASSAGES[1:])
    other = written(tmp_path / "other.json", ("Di swept the yard Y-4.",))
    report = memory.ingest(file, other)
    assert report.added == ["other.json"]
    assert [name for name, _ in report.failed] == ["log.json"]
    assert f"cube {held.node} is frozen, so this ingest is refused" in report.failed[0][1]
    assert said_by(memory, PASSAGES[0]).get("hold") == "frozen"
    memory.transition(held.node, "release")
    assert memory.ingest(file).changed == ["log.json"]


@pytest.mark.parametrize(
    ("to", "error", "says"),
    [
        ("melt", Invalid, "there is no transition 'melt': there are activate, archive, expire"),
        ("release", Invalid, "under no hold"),
        ("activate", Invalid, "is activated already"),
    ],
)
def test_what_is_no_transition_is_refused(
    memory: Memory, cube: str, to: str, error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        memory.transition(cube, to)


def test_only_what_is_there_goes_through_states(memory: Memory, cube: str) -> None:
    with pytest.raises(NotFound):
        memory.transition("0" * 8 + "-0000-4000-8000-" + "0" * 12, "archive")
    said = memory.feedback(cube, "helped")
    assert said.change is not None
    opened, _ = memory.store().effects(memory.scope(), said.change.seq)
    decision = next(r for r in opened if isinstance(r, Version))
    with pytest.raises(Invalid, match="a Decision goes through no states"):
        memory.transition(decision.node, "archive")
    done = memory.retract(cube)
    assert done.change is not None
    with pytest.raises(Conflict, match=f"memcubes revert @{done.change.seq}"):
        memory.transition(cube, "archive")


def test_expiry_runs_once_as_the_agent_on_the_callers_behalf(memory: Memory, cube: str) -> None:
    until = now() + DAY
    memory.transition(cube, "activate", expires=show(until))
    assert memory.expire().changes == ()
    tried = memory.expire(until, dry_run=True)
    assert ([c.node for c in tried.expired], tried.changes) == ([cube], ())
    swept = memory.expire(until)
    assert [c.node for c in swept.expired] == [cube]
    (change,) = swept.changes
    told = acts(memory.store(), memory.scope(), [change.seq])[change.seq].told
    assert told.startswith("expire by memcubes:lifecycle for local:ann on ")
    assert FAILED not in found(memory)
    assert memory.expire(until).changes == ()
    memory.revert(f"@{change.seq}")
    assert found(memory)[0] == FAILED


def test_expiry_passes_over_holds_and_names_them(memory: Memory, cube: str) -> None:
    memory.transition(cube, "activate", expires=now() + DAY)
    memory.transition(cube, "hold")
    swept = memory.expire(now() + 2 * DAY)
    assert ([c.node for c in swept.held], swept.expired, swept.changes) == ([cube], (), ())


def test_expiry_goes_on_where_somebody_changed_a_cube_meanwhile(
    memory: Memory, cube: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = memory.remember("The valve RV-9 was closed.").cube
    for node in (cube, other):
        memory.transition(node, "activate", expires=now() + DAY)
    parts, raced = Sweep.parts, list[bool]()

    def late(self: Sweep) -> Any:
        if not raced:
            raced.append(bool(self.due))
            memory.transition(cube, "freeze")
        return parts(self)

    monkeypatch.setattr(Sweep, "parts", late)
    swept = memory.expire(now() + 2 * DAY)
    assert ([c.node for c in swept.expired], [c.node for c in swept.held]) == ([other], [cube])


def test_the_policies_of_the_settings_are_followed(
    memory: Memory, cube: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "policy.toml"
    file.write_text("[fact]\narchive_after = 3\n")
    monkeypatch.setenv("MEMCUBES_POLICY", str(file))
    with Memory.open(tmp_path / "m.db", user="local:ann", encoder="hashing") as other:
        assert other.expire(now() + 2 * DAY, dry_run=True).archived == ()
        assert len(other.expire(now() + 4 * DAY).archived) == 3
        assert found(other) == []


def test_the_command_line_moves_and_says_so(cli: Any) -> None:
    cube = cli("remember", FAILED, "--json").data["cube"]
    tried = cli("transition", cube, "archive", "--dry-run")
    assert (tried.code, "nothing was written" in tried.out) == (0, True)
    done = cli("transition", cube[:13], "archive", "--reason", "over", "--json").data
    assert (done["change"]["verb"], done["change"]["reason"]) == ("transition", "over")
    assert cli("search", WHEN).code == 3
    assert FAILED in cli("search", WHEN, "--archived").out
    assert "transition" in cli("log").out
    assert cli("transition", cube, "activate").code == 0
    assert cli("transition", cube, "melt").code == 2
    assert cli("transition", cube, "freeze").code == 0
    held = cli("retract", cube)
    assert held.code == 1
    assert f"memcubes transition {cube} release" in held.err


def test_the_worker_does_what_is_due_once(cli: Any) -> None:
    cube = cli("remember", FAILED, "--json").data["cube"]
    idle = cli("worker", "--once")
    assert (idle.code, idle.out.strip()) == (0, "archived 0, expired 0")
    cli("transition", cube, "activate", "--expires", "2100-01-01")
    later = ("worker", "--once", "--at", "2100-01-02")
    assert "nothing was written" in cli(*later, "--dry-run").out
    done = cli(*later, "--json").data
    assert (done["expired"], done["at"]) == ([cube], show(parse("2100-01-02")))
    assert len(done["changes"]) == 1
    assert cli(*later, "--json").data["changes"] == []
    cli("transition", cube, "activate", "--expires", "2100-01-01")
    cli("transition", cube, "freeze")
    held = cli(*later).out
    assert "1 due and under a hold" in held
    assert f"held {cube[:8]}" in held


def test_the_worker_goes_on_until_it_is_stopped(cli: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    cli("remember", FAILED)
    waits: list[int] = []

    def wait(seconds: int) -> None:
        waits.append(seconds)
        if len(waits) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr("time.sleep", wait)
    done = cli("worker", "--every", "60")
    assert (done.code, waits, done.out.count("archived 0")) == (130, [60, 60], 2)


@pytest.mark.parametrize("move", ["freeze", "hold"])
def test_what_a_hold_refuses_cannot_be_tried_either(memory: Memory, cube: str, move: str) -> None:
    done = memory.transition(cube, move).change
    before = memory.scope().seq
    with pytest.raises(Held, match=r"release.( by an owner)? lifts that"):
        memory.retract(cube, dry_run=True)
    with pytest.raises(Held, match=r"release.( by an owner)? lifts that"):
        memory.revise(cube, "The valve RV-7 failed at noon.", dry_run=True)
    with pytest.raises(Held, match=r"release|released"):
        memory.transition(cube, "archive", dry_run=True)
    assert memory.scope().seq == before
    assert done is not None
    assert memory.revert(done.seq, dry_run=True).change is None  # what lifts it can be tried
    memory.merge([cube, memory.search(OTHERS[0]).hits[0].cube.node], dry_run=True)  # moves nothing
