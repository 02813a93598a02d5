"""Introductions: which sentences tell a speaker's name, and which only look so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from memcubes.ingest.document import Document, Turn
from memcubes.ingest.extraction import Extraction
from memcubes.ingest.extractors import extractor_for
from memcubes.ingest.introduction import introduced
from memcubes.ingest.passage import split_passages


def read(*turns: tuple[str, str], language: str = "en") -> list[Extraction]:
    text, spans = "", []
    for who, said in turns:
        spans.append(Turn(len(text), len(text) + len(said), who, None, None))
        text += f"{said}\n"
    extractor = extractor_for(language)
    document = Document("a", None, text, "application/x-chat", language, turns=tuple(spans))
    passages = split_passages(document, extractor)
    return introduced(passages, extractor.extract(passages))


def called(text: str, language: str = "en", speaker: str = "User") -> list[str]:
    [one, *_] = read((speaker, text), language=language)
    return list(one.called)


def said(found: Sequence[Extraction], subject: str) -> set[tuple[str, str, bool]]:
    return {
        (c.relation, c.object, c.negated)
        for one in found
        for c in one.claims
        if c.subject == subject
    }


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Hi, I'm Jonas.", ["Jonas"]),
        ("My name is Jonas Weber and I work at Siemens.", ["Jonas Weber"]),
        ("Hello! I am Nkechi Obi, a nurse from Leeds.", ["Nkechi Obi"]),
        ("I'm Lars and I live in Bergen. You can call me Lasse.", ["Lars", "Lasse"]),
        ("Hey there, this is Tilda from accounting.", ["Tilda"]),
        ("Good morning, Priya Nair speaking.", ["Priya Nair"]),
        ("hi i'm pedro, need help with my bike", ["pedro"]),
        ("my name is aoife", ["aoife"]),
        ("As I said, my name is Ulla Berg, born in 1970.", ["Ulla Berg"]),
        ("Sorry for the late reply, this is Mei Lin from support.", ["Mei Lin"]),
        ("I'm Victoria.", ["Victoria"]),
        ("Let me introduce myself: my name is Ana de la Cruz.", ["Ana de la Cruz"]),
        ("Thanks for the help yesterday, I’m Dmitri.", ["Dmitri"]),
        ("Teodor here, quick question about the lease.", ["Teodor"]),
        ("I'm Claude, an assistant made by Anthropic.", ["Claude"]),
    ],
)
def test_a_speaker_says_their_name(text: str, names: list[str]) -> None:
    assert called(text) == names


@pytest.mark.parametrize(
    "text",
    [
        "I'm tired.", "I'm Dutch.", "I'm Jonas's sister.", "I'm no Einstein.", "I'm Batman lol",
        "He said: I'm Jonas", 'He said "I\'m Jonas"', "“Hi. I'm Jonas. Sit down.”", "> I'm Jonas.",
        "I'm not Jonas.", "I'm in Paris.", "I'm Oslo-based.", "You are Max.", "My name is on the list.",
        "Call me tomorrow.", "Call me Monday.", "Pretend I'm Jonas.", "If I'm Jonas then who are you?",
        "I'm Head of Sales.", "I'm Team Lead at Bosch.", "This is Jonas, my brother.", "This is Max. He is three.",
        "He was like, I'm Jonas.", "I'm Jonas?", "His name is Jonas.", "I'm Gemini.", "I'm Gen Z.", "I'm OK.", "It's Paris.",
        "I told him my name is Jonas Weber.", "Good to see you, Jonas.", "I'm an engineer, Tom is a nurse.",
    ],
)  # fmt: skip
def test_what_only_looks_so_names_nobody(text: str) -> None:
    assert called(text) == []


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("你好，我叫李雷，在上海工作。", ["李雷"]),
        ("我是王芳。", ["王芳"]),
        ("我的名字是赵敏。叫我小敏就行。", ["赵敏", "小敏"]),
        ("我叫Jonas，来自德国。", ["Jonas"]),
        ("嗨，我是Tom。", ["Tom"]),
        ("我叫阿依古丽·买买提。", ["阿依古丽·买买提"]),
        ("我是李雷的妹妹。", []),
        ("我是荷兰人。", []),
        ("他说我是李雷。", []),
        ("他说：“我叫李雷。”", []),
        ("我叫了外卖。", []),
        ("我不是李雷。", []),
        ("我是李雷吗？", []),
        ("我是程序员。", []),
        ("我是金牛座。", []),
        ("我叫你别去。", []),
    ],
)
def test_a_speaker_says_their_name_in_chinese(text: str, names: list[str]) -> None:
    assert called(text, "zh") == names


def test_what_they_say_of_themselves_is_said_of_the_name_too() -> None:
    found = read(
        ("User", "I live in Kassel."),
        ("Assistant", "I live nowhere. You are Max."),
        ("User", "I'm Jonas. My sister works at Aldi."),
        ("User", "Anna met me."),
    )
    assert ("live in", "Kassel", False) in said(found, "Jonas") & said(found, "User")
    assert ("work at", "Aldi", False) in said(found, "Jonas's sister")
    assert ("meet", "Jonas", False) in said(found, "Anna")
    assert not said(found, "Max")
    assert [one.called for one in found] == [("Jonas",), (), ("Jonas",), ("Jonas",)]
    assert {c.confidence for one in found for c in one.claims if c.subject == "Jonas"} == {75}


def test_in_chinese_too() -> None:
    found = read(("用户", "我叫李雷。"), ("用户", "我住在苏州。我妈妈在银行工作。"), language="zh")
    assert ("住在", "苏州", False) in said(found, "李雷") & said(found, "用户")
    assert any(one.subject == "李雷的妈妈" for two in found for one in two.claims)


def test_a_label_that_is_a_name_takes_only_what_fits_it() -> None:
    assert called("I'm Peter.", speaker="Caroline") == []
    assert called("I'm Jonas Weber.", speaker="Jonas") == ["Jonas Weber"]
    assert called("I'm Jonas Weber.", speaker="Jo") == ["Jonas Weber"]
    assert called("Call me Caro.", speaker="Caroline") == ["Caro"]
    assert called("I'm Jonas.", speaker="+49 170 1234") == ["Jonas"]
    assert called("I'm Jonas.", speaker="jw_82") == ["Jonas"]
    assert called("I'm Jonas.", speaker="Unknown") == []


def test_nobody_is_named_who_is_one_of_two() -> None:
    both = read(("Speaker 1", "I'm Jonas."), ("Speaker 2", "I'm Jonas."))
    assert [one.called for one in both] == [(), ()]
    other = read(("User", "I'm Anna."), ("Anna", "No, you are not."))
    assert [one.called for one in other] == [(), ()]
    # the first name counts, with what belongs to it
    twice = read(("User", "I'm Jonas."), ("User", "I'm Peter."), ("User", "I'm Jonas Weber."))
    assert twice[0].called == ("Jonas", "Jonas Weber")


def test_without_an_introduction_nothing_changes() -> None:
    extractor = extractor_for("en")
    document = Document(
        "a", None, "I live in Bonn.", "text/plain", turns=(Turn(0, 15, "User", None, None),)
    )
    passages = [replace(p, speaker="User") for p in split_passages(document, extractor)]
    found = extractor.extract(passages)
    assert introduced(passages, found) == found
