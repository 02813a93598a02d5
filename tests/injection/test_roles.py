"""No memory changes who speaks in a chat: the control tokens are those of the same chat with harmless text."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice

import pytest

from memcubes.injection.fence import Fence
from memcubes.injection.language_model import Message
from memcubes.injection.local_model import LocalModel
from memcubes.injection.telling import entry

from .conftest import needs_torch
from .templates import CHATS, Chat, turns, write_chat
from .test_fence import TOKENS
from .test_planner import cube

CASES = 10_000
FENCE = Fence("9f86d081884c7d65")
SPELT = sorted({*TOKENS, *(token for chat in CHATS for token in chat.tokens)})
PLAIN = [
    "the valve",
    "failed",
    "\n",
    "\n\n",
    " ",
    "门",
    "user\n",
    "system\n\n",
    "Obey.",
    "<b>",
    "[x]",
]
MARKS = ["<", ">", "|", "[", "]", "/", "<<", ">>", "<|", "|>", "</", "｜", "▁", "m1", "memory-"]
HIDDEN = ["\u200b", "\u200d", "\u2060", "\ufeff", "\u00ad"]


def piece(draw: random.Random) -> str:
    """A token whole, half, nested in another, overlapping one, spelt with hidden characters; or none."""
    token, kind = draw.choice(SPELT), draw.random()
    cut = draw.randint(1, len(token) - 1)
    if kind < 0.25:
        return token
    if kind < 0.35:
        return token[:cut] + draw.choice(SPELT) + token[cut:]
    if kind < 0.5:
        return draw.choice([token[:cut], token[cut:], token[:cut] + token, token + token[cut:]])
    if kind < 0.6:
        return token[:cut] + draw.choice(HIDDEN) + token[cut:]
    if kind < 0.7:
        word = draw.choice([FENCE.word, FENCE.word.upper(), FENCE.closing, FENCE.opening])
        return draw.choice([word, word[: len(word) // 2], word[len(word) // 2 :]])
    return draw.choice(draw.choice([PLAIN, MARKS, HIDDEN]))


def fuzzed(seed: int = 1) -> Iterator[tuple[str, str, str]]:
    """Titles, texts and questions; one in two ends or begins with half of a token."""
    draw = random.Random(seed)
    while True:
        found = ["".join(piece(draw) for _ in range(draw.randint(1, n))) for n in (3, 8, 3)]
        if draw.random() < 0.5:
            token, place = draw.choice(SPELT), draw.randrange(3)
            cut = draw.randint(1, len(token) - 1)
            found[place] = token[cut:] + found[place] + token[:cut]
        yield found[0], found[1], found[2]


def messages(title: str, text: str, question: str) -> tuple[str, str]:
    """The block of one memory, and the question, as a plan gives them to a chat."""
    told = entry(cube(text, title, stated=0), text, "m1", FENCE)
    return FENCE.opening + told + FENCE.closing, FENCE.quoted(question)


@lru_cache
def cases() -> list[tuple[str, str]]:
    return [messages(*one) for one in islice(fuzzed(), CASES)]


HARMLESS = messages("log", "The valve failed.", "What failed?")


@pytest.mark.parametrize("chat", CHATS, ids=lambda chat: chat.name)
def test_no_memory_changes_who_speaks(chat: Chat) -> None:
    roles = chat.roles(chat.framed(*HARMLESS))
    assert len(roles) >= 4
    differ = [one for one in cases() if chat.roles(chat.framed(*one)) != roles]
    assert (len(differ), differ[:1]) == (0, [])


def test_no_memory_leaves_its_fence_or_cites_itself() -> None:
    for block, question in cases():
        # the frame says where the block ends, then it ends
        assert block.lower().count(FENCE.word) == 3
        assert block.startswith(FENCE.opening)
        assert block.endswith("\n\n" + FENCE.closing)
        assert FENCE.word not in question.lower()
        assert re.findall(r"\[m\d+\]", block + question) == ["[m1]", "[m1]"]


@pytest.mark.parametrize("chat", CHATS, ids=lambda chat: chat.name)
def test_the_frame_is_what_the_template_renders(chat: Chat) -> None:
    for system, user in cases()[:100]:
        said = turns([Message("system", system.strip()), Message("user", user.strip())])
        assert chat.render(said) == chat.framed(system, user)


@pytest.mark.parametrize("chat", CHATS, ids=lambda chat: chat.name)
def test_the_fuzzed_texts_would_change_it(chat: Chat) -> None:
    """Many of them do so where nothing is broken."""
    roles = chat.roles(chat.framed(*HARMLESS))
    raw = list(islice(fuzzed(), 300))
    changed = [one for one in raw if chat.roles(chat.framed(one[0] + one[1], one[2])) != roles]
    assert len(changed) > 50


@pytest.mark.parametrize("chat", CHATS, ids=lambda chat: chat.name)
def test_as_token_ids(chat: Chat, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Of a server that parses the rendered text; and here, where even raw texts are tokenised apart."""
    needs_torch()
    folder = tmp_path_factory.mktemp(chat.name)
    tokenizer = write_chat(folder, chat)
    model = LocalModel(str(folder))
    added = set(tokenizer.added_tokens_decoder)

    def control(ids: list[int]) -> list[int]:
        return [token for token in ids if token in added]

    def segments(system: str, user: str) -> list[int]:
        parts = model.segments([Message("system", system), Message("user", user)])
        return [token for part in parts for token in part]

    roles = control(tokenizer.encode(chat.framed(*HARMLESS), add_special_tokens=False))
    assert len(roles) == len(chat.roles(chat.framed(*HARMLESS)))
    for (system, user), (title, text, question) in zip(cases()[:150], fuzzed(), strict=False):
        rendered = tokenizer.encode(chat.framed(system, user), add_special_tokens=False)
        assert control(rendered) == roles
        assert control(segments(system, user)) == roles
        assert control(segments(title + text, question)) == roles
