"""`Memory.prose`: only what is believed is read, and citations are the answer's numbers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from memcubes.api import Memory
from memcubes.graph.belief import Status
from memcubes.injection import language_models
from memcubes.injection.language_model import EchoModel
from memcubes.injection.prose import Prose, ProseSentence

SAID = "The valve RV-7 failed at 02:10."


@pytest.fixture
def memory(monkeypatch: pytest.MonkeyPatch) -> Memory:
    monkeypatch.setattr(language_models, "language_model", lambda name: EchoModel(SAID))
    return Memory.open("sqlite:///:memory:", user="local:ann", encoder="hashing")


def test_prose_of_an_answer(memory: Memory) -> None:
    with memory:
        memory.remember("The horn HR-1 rang at 02:12.")
        memory.remember(SAID)
        answer = memory.ask("When did the valve RV-7 fail?")
        number = [quote.text for quote in answer.quotes].index(SAID) + 1
        expected = Prose("echo", (ProseSentence(SAID, True, (str(number),)),))
        assert memory.prose(answer) == expected

        doubted = replace(
            answer,
            quotes=tuple(replace(quote, status=Status.SUPERSEDED) for quote in answer.quotes),
        )
        assert memory.prose(doubted) == Prose("echo", ())
        mixed = replace(answer, quotes=(*doubted.quotes, *answer.quotes))
        last = len(answer.quotes) + number
        assert memory.prose(mixed).sentences[0].citations == (str(last),)


def test_the_model_is_that_of_the_settings() -> None:
    with Memory.open("sqlite:///:memory:", user="local:ann", encoder="hashing") as memory:
        memory.settings.model = "echo"
        memory.remember(SAID)
        written = memory.prose(memory.ask("When did the valve RV-7 fail?"))
        assert written.model == "echo"
        assert not any(sentence.citations for sentence in written.sentences if "?" in sentence.text)
