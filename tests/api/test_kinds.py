"""Chunk, summary and retention of each type of memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from memcubes.api import Memory
from memcubes.graph.instant import now
from memcubes.graph.retention import DAY

from .summaries import CLOSED, OTHERS, TURNS, cubes, found, summary, written


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Memory]:
    with Memory.open(tmp_path / "m.db", user="local:ann", encoder="hashing") as memory:
        for text in OTHERS:
            memory.remember(text)
        yield memory


@pytest.fixture
def chat(tmp_path: Path) -> Path:
    """A chat of five turns."""
    return written(tmp_path / "chat.json", TURNS)


def test_an_episode_is_cut_by_turns_archived_after_two_years_and_leaves_three_sentences(
    memory: Memory, chat: Path
) -> None:
    memory.ingest(chat)
    assert sorted(c.text for c in cubes(memory, "episode")) == sorted(text for _, text in TURNS)
    assert memory.expire(now() + 729 * DAY).changes == ()
    tried = memory.expire(now() + 731 * DAY, dry_run=True)
    assert (len(tried.archived), len(tried.summarised), tried.changes) == (5, 1, ())
    assert cubes(memory, "summary") == []
    done = memory.expire(now() + 731 * DAY)
    assert (len(done.archived), len(done.changes)) == (5, 2)
    gist = summary(memory)
    assert [v.node for v in (*tried.summarised, *done.summarised)] == [gist.node, gist.node]
    assert gist.text == tried.summarised[0].text
    # of six sentences that tell something, in the order of the chat; two of them say the same
    lines = gist.text.split("\n")
    assert len(lines) == 3
    told = " ".join(text for _, text in TURNS)
    assert [told.index(line) for line in lines] == sorted(told.index(line) for line in lines)
    assert CLOSED in lines
    assert not {"Thanks for coming!", "What did Ann do?", "We had soup for lunch today."} & {*lines}
    assert not {"The pump PX-2 ran dry at noon.", "I see that the pump PX-2 ran dry."} <= {*lines}
    again = memory.expire(now() + 731 * DAY)
    assert (again.changes, again.summarised, again.ended) == ((), (), ())


def test_a_document_stays_and_leaves_three_sentences_when_somebody_archives_it(
    memory: Memory, tmp_path: Path
) -> None:
    # 70 sentences of ten words: 700 words, and a piece is of about 110
    said = [f"The pump P-{n} ran well on line {n} all day." for n in range(70)]
    (tmp_path / "report.md").write_text("# Report\n\n" + " ".join(said), "utf-8")
    memory.ingest(tmp_path / "report.md")
    assert 700 / 165 <= len(cubes(memory, "document")) <= 700 / 55
    assert memory.expire(now() + 100_000 * DAY).changes == ()
    memory.transition("report.md", "archive")
    assert len(memory.expire().summarised) == 1
    lines = summary(memory).text.split("\n")
    assert (len(lines), len({*lines} & {*said})) == (3, 3)


def test_a_short_document_leaves_nothing_as_it_is_its_own_gist(
    memory: Memory, tmp_path: Path
) -> None:
    (tmp_path / "note.md").write_text("The pump PX-2 ran dry. Ann saw it. Bo did not.", "utf-8")
    memory.ingest(tmp_path / "note.md")
    memory.transition("note.md", "archive")
    assert memory.expire().summarised == ()


@pytest.mark.parametrize(
    ("said", "kind"), [("I prefer green tea to coffee.", "preference"), (OTHERS[0], "fact")]
)
def test_what_somebody_holds_stays_whole_and_is_kept_and_never_summed_up(
    memory: Memory, said: str, kind: str
) -> None:
    longer = f"{said} {said.replace('.', ' now.')}"
    memory.remember(longer)
    assert longer in [cube.text for cube in cubes(memory, kind)]
    assert memory.expire(now() + 100_000 * DAY).changes == ()
    for cube in cubes(memory, kind):
        memory.transition(cube.node, "archive")
    assert memory.expire(now() + 100_000 * DAY).changes == ()


def test_progress_is_archived_after_a_month_and_leaves_its_last_state_for_a_year(
    memory: Memory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    states = [f"The wall of the house is now {n} metres high." for n in range(1, 60)]
    as_type(monkeypatch, "progress")
    memory.ingest(written(tmp_path / "log.json", tuple(("user", text) for text in states)))
    assert {cube.text for cube in cubes(memory, "progress")} == {*states}
    assert memory.expire(now() + 29 * DAY).changes == ()
    memory.expire(now() + 31 * DAY)
    assert summary(memory).text == states[-1]
    assert found(memory, "How high is the wall?")[states[-1]] == "summary"
    memory.expire(now() + 366 * DAY)
    assert states[-1] not in found(memory, "How high is the wall?")
    assert cubes(memory, "summary") == []


def test_a_technical_detail_is_cut_by_its_own_size_and_kept_as_it_is(
    memory: Memory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_type(monkeypatch, "technical detail")
    # one turn of 40 sentences of ten words: 400 words, and a piece is of about 80
    said = " ".join(f"The bolt B-{n} takes a torque of {n} newton metres." for n in range(40))
    memory.ingest(written(tmp_path / "specs.json", (("user", said),)))
    assert 400 / 120 <= len(cubes(memory, "technical detail")) <= 400 / 40
    assert memory.expire(now() + 100_000 * DAY).changes == ()
    memory.transition("specs.json", "archive")
    assert memory.expire().summarised == ()


def as_type(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    """Let what is read be of a type that no file says of itself."""
    from memcubes.ingest.document import Document

    monkeypatch.setattr(Document, "semantic_type", kind)
