"""One contract for every language model; the double, a tiny one, and the real one keep it."""

from __future__ import annotations

import pytest

from memcubes.graph.errors import Invalid
from memcubes.injection.language_model import EchoModel, LanguageModel, Message
from memcubes.injection.language_models import language_model

CHAT = [Message("system", "Answer in one word."), Message("user", "What is the capital of France?")]


@pytest.fixture(params=["echo", "tiny", "smollm2"])
def model(request: pytest.FixtureRequest) -> LanguageModel:
    if request.param == "echo":
        return EchoModel()
    found: LanguageModel = request.getfixturevalue(request.param)
    return found


def test_keeps_the_contract(model: LanguageModel, capfd: pytest.CaptureFixture[str]) -> None:
    assert isinstance(model, LanguageModel)
    assert model.name
    assert model.fingerprint == model.fingerprint
    assert model.context > 100
    assert model.count("") == 0
    assert 0 < model.count("The valve") <= model.count("The valve failed at 02:10")
    first = model.chat(CHAT, most_tokens=2)
    assert first == first.strip()
    assert model.chat([*CHAT, Message("assistant", "Paris."), CHAT[-1]], most_tokens=1) is not None
    assert model.chat(CHAT, most_tokens=2) == first, "a call left a trace"
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("messages", "most_tokens"),
    [
        ([], 4),
        ([*CHAT, Message("assistant", "Paris.")], 4),
        (CHAT, 0),
        (CHAT, 10**9),
        ([Message("user", "word " * 10_000)], 4),
    ],
)
def test_refuses_what_cannot_be_continued(
    model: LanguageModel, messages: list[Message], most_tokens: int
) -> None:
    with pytest.raises(Invalid):
        model.chat(messages, most_tokens=most_tokens)


def test_models_by_name() -> None:
    assert isinstance(language_model("echo"), EchoModel)
    shipped = language_model("smollm2")
    assert shipped.name == "smollm2"
    assert language_model("smollm2") is shipped
