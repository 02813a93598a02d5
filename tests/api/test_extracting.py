"""A language model in place of rules, end to end: over HTTP, failing and coming back, and on this machine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from memcubes.api import Memory
from memcubes.api.extracting import LocalCompletion
from memcubes.api.settings import Settings
from memcubes.graph.belief import beliefs
from memcubes.graph.errors import Invalid, ModelFailed
from memcubes.graph.verify import verify
from memcubes.injection.language_model import EchoModel

from ..ingest.modelserver import ModelServer, Said, read, serving

LINE = "Zorvath quibbled the frobnitz."


class Model:
    """What a model answers; `works` can be turned off."""

    works = True

    def __call__(self, request: dict[str, Any]) -> Said:
        """One fact of whatever mentions the line."""
        if not self.works:
            return Said(status=401, raw="out of order")
        fact = {"subject": "Zorvath", "relation": "quibble", "object": "the frobnitz"}
        holds = LINE in request["messages"][1]["content"]
        return Said(read(LINE, fact, names=("Zorvath",)) if holds else read(""))


def opened(server: ModelServer, **more: Any) -> Memory:
    """A memory that reads with the server's model."""
    return Memory(
        Settings(
            db="sqlite:///:memory:",
            user="local:ann",
            encoder="hashing",
            extractor="model",
            extractor_url=server.url,
            extractor_model="qwen",
            extractor_key=SecretStr("sesame"),
            **more,
        )
    )


def words(memory: Memory) -> set[str]:
    """What is believed."""
    return {b.words for b in beliefs(memory.store(), memory.scope()).values() if b.believed}


@pytest.fixture
def note(tmp_path: Path) -> Callable[[str], Path]:
    """Writes the one file."""

    def write(text: str) -> Path:
        path = tmp_path / "a.md"
        path.write_text(text, "utf-8")
        return path

    return write


def test_what_the_model_reads_is_known_and_what_that_cost(note: Callable[[str], Path]) -> None:
    with serving(Model()) as server, opened(server) as memory:
        report = memory.ingest(note(f"{LINE} It rained."))
        (note_of_cost,) = report.notes
        assert note_of_cost == (
            "read by the model 'qwen': 1 calls (0 repeated, 0 without a usable answer), 100 tokens read "
            "and 10 written"
        )
        assert words(memory) == {"Zorvath quibble the frobnitz"}
        assert memory.ingest(note(f"{LINE} It rained.")).unchanged == ["a.md"]
        assert len(server.got) == 1
        assert set(server.keys) == {"Bearer sesame"}
        fact = next(iter(beliefs(memory.store(), memory.scope())))
        quotes = {q.text for join in memory.trace(fact).joins for q in join.quotes}
        assert LINE in quotes
        memory.remember(f"{LINE[:-1]} again.", speaker="Ann")
        assert server.questions()[-1] == {
            "text": f"{LINE[:-1]} again.",
            "date": server.questions()[-1]["date"],
        }
        assert "sesame" not in repr(memory.settings)
        assert verify(memory.store().engine).ok


def test_what_could_not_be_read_is_kept_said_and_read_later(note: Callable[[str], Path]) -> None:
    model = Model()
    model.works = False
    with serving(model) as server, opened(server) as memory:
        report = memory.ingest(note(LINE))
        assert report.ok
        assert report.notes[0].startswith(
            "a.md: 1 of 1 passages are kept without names and facts (the"
        )
        assert "it answers 401: out of order" in report.notes[0]
        (hit,) = memory.search("frobnitz").hits
        assert hit.cube.text == LINE
        assert "out of order" in hit.cube.get("unread")
        assert (
            memory.remember(f"{LINE} Really.").notes[0].startswith("kept without names and facts")
        )
        assert words(memory) == set()
        model.works = True
        assert memory.ingest(note(LINE)).changed == ["a.md"]
        assert words(memory) == {"Zorvath quibble the frobnitz"}
        assert memory.search("frobnitz quibbled").hits[0].cube.get("unread") is None


def test_what_was_read_is_not_lost_when_the_model_fails(note: Callable[[str], Path]) -> None:
    model = Model()
    with serving(model) as server, opened(server) as memory:
        memory.ingest(note(LINE))
        head = memory.scope().seq
        model.works = False
        report = memory.ingest(note(f"{LINE}\n\nIt rained."))
        ((name, why),) = report.failed
        assert (name, "it stays as it was read before" in why) == ("a.md", True)
        assert memory.scope().seq == head
        assert words(memory) == {"Zorvath quibble the frobnitz"}


def test_rules_and_model_are_two_extractors(note: Callable[[str], Path], tmp_path: Path) -> None:
    db = str(tmp_path / "m.db")
    with Memory.open(db, user="local:ann", encoder="hashing") as memory:
        memory.ingest(note(f"{LINE} Ada Finch moved to Linz."))
        assert "Ada Finch move to Linz" in words(memory)
    with serving(Model()) as server:
        settings = opened(server).settings.model_copy(update={"db": db})
        with Memory(settings) as memory:
            assert memory.reread().changed == ["a.md"]
            assert words(memory) == {"Zorvath quibble the frobnitz"}
    with Memory.open(db, user="local:ann", encoder="hashing") as memory:
        memory.revert(memory.scope().seq)
        assert "Ada Finch move to Linz" in words(memory)


def test_a_model_on_this_machine_is_asked_the_same() -> None:
    reply = LocalCompletion(EchoModel('{"facts": []}')).complete("read", "this", {})
    assert reply.text == '{"facts": []}'
    assert reply.completion_tokens == 2
    with pytest.raises(ModelFailed, match="the model 'echo' gave nothing"):
        LocalCompletion(EchoModel()).complete("read " * 5_000, "this", {})


def test_settings_that_name_no_model_are_refused() -> None:
    settings = Settings(
        db="sqlite:///:memory:", user="ann", extractor="model", extractor_url="http://a/v1"
    )
    with Memory(settings) as memory, pytest.raises(Invalid, match="MEMCUBES_EXTRACTOR_MODEL"):
        memory.remember(LINE)
