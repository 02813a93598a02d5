"""Who says what a Chinese clause tells: 张伟说他住在成都, 公司宣布将总部迁往上海, 他说：我住在成都."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from .chinese_clause import DENIALS, Topic
from .chinese_word import Word

SAYING = set(
    "宣布 表示 说 说道 讲 指出 称 声称 宣称 透露 承认 强调 认为 觉得 知道 发现 听说 告诉 提到 补充 证实 确认 介绍 反映 反馈 报告 抱怨".split()  # noqa: SIM905
)
"""Verbs behind which stands what somebody says, knows or thinks."""

_OF_ONESELF = set("宣布 表示 透露 承认 声称 宣称".split())  # noqa: SIM905
_TOLD = "告诉"
_TALES = (
    "小说",
    "传说",
    "学说",
    "解说",
    "演说",
    "听说",
    "游说",
    "据说",
    "再说",
    "虽说",
    "胡说",
    "话说",
)


def parted(word: Word) -> list[Word]:
    """What the model takes for one word: 妈妈说, 告诉我."""
    text = word.text
    if word.tag == "n" and len(text) > 2 and text[-1] == "说" and not text.endswith(_TALES):
        return _cut(word, len(text) - 1, "n", "v")
    if word.tag == "v" and text.startswith(_TOLD) and len(text) > len(_TOLD):
        return _cut(word, len(_TOLD), "v", "r")
    return [word]


def _cut(word: Word, at: int, *tags: str) -> list[Word]:
    first, last = word.text[:at], word.text[at:]
    middle = word.start + at
    return [Word(first, tags[0], word.start, middle), Word(last, tags[1], middle, word.end)]


def told(clause: Sequence[Word], predicate: int) -> list[Word] | None:
    """What follows a verb of saying in its clause, without whom it is said to; None for another verb."""
    verb = clause[predicate].text.rstrip("了过着")
    if verb not in SAYING or clause[predicate].tag != "v":
        return None
    rest = list(clause[predicate + 1 :])
    while rest and (rest[0].tag in {"u", "xc"} or rest[0].text == "道"):
        rest = rest[1:]
    if verb == _TOLD and rest and rest[0].tag in {"r", "PER", "n"}:
        rest = rest[1:]
    if any(word.tag in {"v", "vn", "a"} for word in rest):
        return rest
    return [] if not rest else None


def denied(clause: Sequence[Word], verb: Word) -> bool:
    """Whether nobody says it: 没说, 不知道."""
    return any(word.text in DENIALS and word.start < verb.start for word in clause)


def of_oneself(verb: Word) -> bool:
    """Whether what is said without a subject is of who says it: 宣布辞职, and not 说下雨了."""
    return verb.text.rstrip("了过着") in _OF_ONESELF


def spoken_by(topic: Topic, sayer: str | None, mark: str) -> Topic:
    """Whom pronouns mean in what somebody says; behind a colon or a quotation mark they say 我 of themselves."""
    if mark in '：:“"「':
        return Topic(sayer, sayer)
    return replace(topic, before=sayer)
