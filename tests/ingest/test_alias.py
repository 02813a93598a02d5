"""What a text says of two names, and what only looks as if it did."""

from __future__ import annotations

import re
import time

import pytest

from memcubes.ingest.alias import aliases
from memcubes.ingest.extraction import Mention

_RUN = re.compile(r"[A-Z][\w'-]*(?:\s(?:of\s)?[A-Z][\w'-]*)*")
_HAN = (
    "欧洲央行",
    "世界卫生组织",
    "清华大学",
    "王小明",
    "北京大学",
    "华为",
    "王明",
    "李雷",
    "番茄",
)


def given(text: str) -> set[tuple[str, str]]:
    """The aliases of a text whose names are what is written in capitals, or listed above."""
    found = [Mention(m[0], "NAME", (m.span(),)) for m in _RUN.finditer(text)]
    for name in _HAN:
        at = text.find(name)
        if at >= 0:
            found.append(Mention(name, "NAME", ((at, at + len(name)),)))
    return {(one.surface, one.of) for one in aliases(text, found)}


BANK = ("ECB", "European Central Bank")
REED = ("Ace", "Ann Reed")


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        ("The European Central Bank (ECB) raised rates.", BANK),
        ("The European Central Bank (the “ECB”) raised rates.", BANK),
        ("The European Central Bank (ECB for short) raised rates.", BANK),
        ("The European Central Bank (abbr. ECB) raised rates.", BANK),
        ("The European Central Bank, or ECB, raised rates.", BANK),
        ("The European Central Bank, ECB for short, raised rates.", BANK),
        ("The ECB (European Central Bank) raised rates.", BANK),
        ("ECB is the abbreviation of the European Central Bank.", BANK),
        ("Is the European Central Bank (ECB) open?", BANK),
        ("A graphics processing unit (GPU) is fast.", ("GPU", "graphics processing unit")),
        ('Acme Corporation ("Acme") signs.', ("Acme", "Acme Corporation")),
        ("We met Ann Reed, also known as Ace, today.", REED),
        ("We met Ann Reed (AKA Ace) today.", REED),
        ("We met Ann Reed, nicknamed Ace, today.", REED),
        ("Ann Reed (also called Ace) left.", REED),
        ("Ann Reed is also called Ace.", REED),
        ("世界卫生组织（WHO）发布。", ("WHO", "世界卫生组织")),
        ("番茄，也叫西红柿，很甜。", ("西红柿", "番茄")),
        ("北京大学，以下简称“北大”。", ("北大", "北京大学")),
        ("王小明，本名王强，来了。", ("王强", "王小明")),
    ],
)
def test_a_name_that_the_text_gives_is_found(text: str, pair: tuple[str, str]) -> None:
    assert given(text) == {pair}


@pytest.mark.parametrize(
    "text",
    [
        "The European Central Bank (not to be confused with ECB) raised rates.",
        "Ann Reed also called Bob Lee at night.",
        "Ann Reed, called Bob yesterday.",
        "Ann Reed (called Bob).",
        "Acme, also called Monday by Bob, sold.",
        "Yesterday, was Ann Reed also known as Ace?",
        "Nobody knows whether Ann Reed is also known as Ace.",
        "They say that if Ann Reed is also known as Ace, we lose.",
        "It is false that Ann Reed is also known as Ace.",
        "Bob denies that Ann Reed is also known as Ace.",
        "ABC is not short for All Big Cats.",
        "Is it so that ABC is short for All Big Cats?",
        "def Foo_Bar(FB): pass",
        "Little Alan Reed, AR, wrote.",
        'Acme Corporation (the "Company") signs.',
        'Ann Reed ("Sorry") left.',
        "王小明，又称不上专家。",
        "北京大学又称得上名校。",
        "北京大学也叫了外卖。",
        "王明也叫李四去。",
        "李雷（又名字很长）走了。",
        "北京大学（原名不详）。",
        "华为（简称什么）？",
        "如果王小明又名王强，就好了。",
        "华为（HR）部门。",
        "清华大学（MBA）很好。",
    ],
)
def test_what_a_text_does_not_state_is_not_given(text: str) -> None:
    assert given(text) == set()


def test_a_long_text_of_brackets_takes_no_time() -> None:
    text = "The Lake Survey Office (LSO) (x " * 3_000
    begun = time.perf_counter()
    assert {(one.surface, one.of) for one in aliases(text)} == {("LSO", "Lake Survey Office")}
    assert time.perf_counter() - begun < 5
