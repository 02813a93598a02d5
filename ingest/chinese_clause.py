"""Clauses of a Chinese sentence, by the order of LAC's words: who, what is said, of whom, and when."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

from .chinese_period import read_chinese_period
from .when import valid_time

if TYPE_CHECKING:
    from ..graph.period import Tense

NAMES = {"PER", "LOC", "ORG", "nz", "nw"}
_NOUNS = NAMES | {"n", "vn", "an", "r", "s", "f", "TIME", "t", "m", "q", "a", "u", "xc"}
_FUTURE = re.compile(r"(?:^|[^社协不])会(?=[\u4e00-\u9fff])|将|即将|打算|计划|准备|要去")
_PRESENT = re.compile(r"正在|现在|目前|如今|一直|仍|还在")
_PAST = re.compile(r"[了过]|曾|已")
_STATES = {
    "是",
    "为",
    "在",
    "住",
    "有",
    "任",
    "叫",
    "姓",
    "位于",
    "担任",
    "工作",
    "属于",
    "居住",
    "任职",
}
_STATES |= {"负责", "就读", "住在", "拥有"}
_DENIALS = {"不", "没", "没有", "未", "并未", "从未", "从不", "无", "并不", "并没有", "未能"}
_DENIALS |= {
    "不再",
    "也不",
    "再也不",
    "从没",
    "从没有",
    "从来不",
    "从来没",
    "不曾",
    "未曾",
    "尚未",
    "还没",
    "还没有",
}
_DENIED = re.compile(r"^(?:并不|并非|不|没有|未)(?=[是在能会为属位叫])")
_OTHERS = {"我们", "你", "您", "你们", "他们", "她们", "它们", "贵方", "我方", "其", "大家"}
_OTHERS |= {"自己", "对方", "谁", "什么"}
_POINTERS = {"这", "那", "此", "这里", "那里", "这些", "那些"}
THIRD = {"他", "她", "它"}
_UNNAMED = _OTHERS | _POINTERS | THIRD | {"我"}
_PLANS = {"打算", "计划", "准备", "想要"}
_AND = {"和", "与", "及", "以及", "跟", "、"}
_LINKS = {"从", "自", "自从", "到", "至", "直到", "前", "后", "之前", "之后", "于", "在"}


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a sentence: its text, LAC's tag, and its characters."""

    text: str
    tag: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Topic:
    """Who a pronoun means: who speaks, and the name that the sentence before is about."""

    speaker: str | None
    before: str | None


def text_of(words: Sequence[Word]) -> str:
    """Words as they stand, with the gaps between them as one space."""
    pieces = [words[0].text] if words else []
    for last, word in pairwise(words):
        pieces += [" " if last.end < word.start else "", word.text]
    return "".join(pieces).strip()


def clauses_of(words: Sequence[Word]) -> Iterator[list[Word]]:
    """Give the stretches between commas, stops and colons."""
    clause: list[Word] = []
    for word in words:
        if word.tag == "w" and word.text.strip() in "，,；;。！!：:":
            if clause:
                yield clause
            clause = []
        else:
            clause.append(word)
    if clause:
        yield clause


def predicate_of(clause: Sequence[Word]) -> int | None:
    """Give the place of the first verb that does not merely describe a noun, or say that another is planned."""
    for place, word in enumerate(clause):
        if word.tag == "v" and word.text not in _DENIALS:
            rest = [w.text for w in clause[place + 1 :]]
            verbs = [w for w in clause[place + 1 :] if w.tag == "v"]
            if word.text in _PLANS and verbs:
                continue
            if "的" in rest and verbs and word.text not in {"是", "为", "有"}:
                of = rest.index("的")
                if clause[place + 1 + of].end <= verbs[0].start:
                    continue
            return place
    # "在腾讯工作": what the model takes for a noun is done there
    last = len(clause) - 1
    led = any(word.tag == "p" for word in clause[:-1])
    return (
        last if led and clause[last].text in _STATES and clause[last].tag in {"n", "vn"} else None
    )


def subject_words(clause: Sequence[Word], predicate: int) -> list[Word]:
    """Give the noun phrase before a verb, without times before it and adverbs after."""
    words = list(clause[:predicate])
    while words and words[0].tag in {"TIME", "t", "d", "ad", "c", "p"}:
        if words[0].tag == "p":
            return []
        words = words[1:]
    phrase: list[Word] = []
    for word in words:
        if word.text in _DENIALS | _PLANS or word.tag not in _NOUNS | {"w", "v"}:
            break
        phrase.append(word)
    while phrase and phrase[-1].tag in {"TIME", "t", "w", "f"}:
        phrase.pop()
    return phrase


def subjects_of(clause: Sequence[Word], predicate: int) -> list[list[Word]]:
    """Give the noun phrases before a verb: one, or each of several names that stand side by side."""
    phrase = subject_words(clause, predicate)
    if not phrase:
        return []
    begun = clause.index(phrase[0])
    names, place = [clause[begun]], begun + 1
    while (
        place + 1 < predicate
        and clause[place].text in _AND
        and {names[-1].tag, clause[place + 1].tag} <= NAMES
    ):
        names.append(clause[place + 1])
        place += 2
    return [[name] for name in names] if len(names) > 1 else [phrase]


def phrase_of(words: Sequence[Word], topic: Topic) -> str | None:
    """Give a noun phrase as text: its closing name, a resolved pronoun, else itself."""
    if not words:
        return None
    text = text_of(words)
    if text in THIRD:
        return topic.before
    if text in {"我", "本人"}:
        return topic.speaker
    if text in _POINTERS or words[0].text in _OTHERS:
        return None
    last = words[-1]
    plain = all(w.tag in {"n", "vn", "nz", "r", "q"} for w in words[:-1])
    if last.tag in NAMES and plain and (len(words) == 1 or not last.text[0] > "\u2e80"):
        return last.text.strip()
    if words[0].text == "我" and topic.speaker is not None:
        return topic.speaker + text[1:]
    return text or None


def subject_name(words: Sequence[Word], topic: Topic) -> str | None:
    """Give the name that the first clause with a verb is about, if it is one."""
    for clause in clauses_of(words):
        predicate = predicate_of(clause)
        if predicate is None:
            continue
        phrase = subject_words(clause, predicate)
        named = phrase and (phrase[-1].tag in NAMES or phrase[0].text in THIRD)
        return phrase_of(phrase, topic) if named else None
    return None


def when(
    clause: Sequence[Word], predicate: int, stated: int | None
) -> tuple[Tense, tuple[int, int] | None]:
    """The tense of a clause, by its particles, and the valid time that its dates give it."""
    text = "".join(word.text for word in clause)
    tense: Tense = "future" if _FUTURE.search(text) else "past" if _PAST.search(text) else ""
    if _PRESENT.search(text) and tense != "future":
        tense = "present"
    verb = clause[predicate].text
    state = verb in _STATES
    valid = valid_time(
        list(_dates(clause)),
        partial(read_chinese_period, said=stated, tense=tense),
        ends=state and tense in ("past", ""),
        since=None if tense == "past" else stated,
    )
    return tense, valid


def _dates(clause: Sequence[Word]) -> Iterator[tuple[str, str]]:
    """The dates of a clause, neighbours as one, each with the word that leads to it."""
    place = 0
    while place < len(clause):
        first = place
        while place < len(clause) and clause[place].tag in {"TIME", "t"}:
            place += 1
        if first == place:
            place += 1
            continue
        after = clause[place].text if place < len(clause) else ""
        before = clause[first - 1].text if first else ""
        text = "".join(word.text for word in clause[first:place])
        for ending in ("以来", "之前", "之后", "以前", "以后", "起"):
            if text.endswith(ending):
                text, after = text.removesuffix(ending), ending
        if after in ("起", "以来", "开始", "至今"):
            before = "从"
        elif after in ("之前", "以前", "前", "之后", "以后", "后"):
            before = after.replace("以", "之") if len(after) == 2 else after
        yield before if before in _LINKS else "", text


def claims_of_clause(
    clause: Sequence[Word], predicate: int, subject: str
) -> Iterator[tuple[str, str, str, bool, int]]:
    """Give what a clause says of its subject: (subject, relation, object, negated, end)."""
    verbs = [clause[predicate]]
    for word in clause[predicate + 1 :]:
        if word.tag != "v" or verbs[-1].end != word.start:
            break
        verbs.append(word)
    after = predicate + len(verbs)
    relation = "".join(w.text for w in verbs)
    negated = any(w.text in _DENIALS for w in clause[:predicate])
    if _DENIED.match(relation):
        relation, negated = _DENIED.sub("", relation), True
    if relation in {"没有", "无"}:
        relation, negated = "有", True
    adverbial = _adverbial(clause, predicate)
    if adverbial is not None and adverbial[1]:
        link, target = adverbial
        name = text_of(target)
        if name != subject and name not in _UNNAMED:
            yield subject, f"{link}…{relation}", name, negated, target[-1].end
    elif adverbial is not None:
        relation = adverbial[0] + relation
    target = _object(clause, after)
    what = text_of(target)
    if what and what not in _UNNAMED | {subject}:
        plain = phrase_of(target, Topic(None, None)) or what
        yield subject, relation, plain, negated, target[-1].end


def _adverbial(clause: Sequence[Word], predicate: int) -> tuple[str, list[Word]] | None:
    """Give the preposition before the verb and what it governs: 由 西门子, 于 05:40."""
    for place in range(predicate - 1, -1, -1):
        word = clause[place]
        if word.tag == "p":
            inner = [w for w in clause[place + 1 : predicate] if w.tag in _NOUNS]
            return word.text, inner
    return None


def _object(clause: Sequence[Word], start: int) -> list[Word]:
    words = list(clause[start:])
    while words and words[0].tag in {"u", "d", "f", "xc"}:
        words = words[1:]
    phrase: list[Word] = []
    for place, word in enumerate(words):
        described = any(w.text == "的" for w in words[place:])
        if word.tag in {"c", "p"} or (word.tag == "v" and not described):
            break
        phrase.append(word)
    while phrase and phrase[-1].tag in {"u", "w", "d"}:
        phrase.pop()
    return phrase
