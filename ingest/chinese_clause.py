"""Clauses of a Chinese sentence, by the order of LAC's words: who, what is said, of whom, and when."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

from .chinese_lexicon import ALONE, BEHIND, DEGREES, EMPTY, HEADS, STATES, TELLING
from .chinese_object import object_of
from .chinese_period import read_chinese_period
from .chinese_word import Word
from .when import valid_time

if TYPE_CHECKING:
    from ..graph.period import Tense

NAMES = {"PER", "LOC", "ORG", "nz", "nw"}
_NOUNS = NAMES | {"n", "vn", "an", "r", "s", "f", "TIME", "t", "m", "q", "a", "u", "xc"}
_FUTURE = {"将", "将会", "将要", "即将", "打算", "计划", "准备", "要去", "决定"}
_MAYBE = {"会", "要", "不会"}  # what one can or wants, and with a time what one will
_PRESENT = re.compile(r"正在|现在|目前|如今|一直|仍|还在")
_PAST = {"了", "过", "曾", "曾经", "已", "已经", "原来", "以前", "过去", "从前", "当时"}
_ENDED = re.compile(r"[\u4e00-\u9fff]+[了过]")
_NOT_ENDED = {*"通过 超过 经过 不过 难过 度过 穿过 越过 受过 为了 除了".split()}  # noqa: SIM905
DENIALS = {"不", "没", "没有", "未", "并未", "从未", "从不", "无", "并不", "并没有", "未能"}
DENIALS |= {
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
    "无法",
}
_DENIED = re.compile(
    r"^(?:并不|并非|不|没有|未)(?=[是在能会为属位叫住去来吃喝抽用做想要喜爱看玩买卖开养读学])"
)
_OTHERS = {"你", "您", "你们", "他们", "她们", "它们", "贵方", "我方", "其", "大家"}
_OTHERS |= {"自己", "对方", "谁", "什么"}
_POINTERS = {"这", "那", "此", "这里", "那里", "这些", "那些"}
THIRD = {"他", "她", "它"}
GROUP = {"我们", "咱们"}
PRONOUNS = _OTHERS | THIRD | GROUP | {"我", "本人"}
_NO_LONGER = {"不", "也不", "再也不", "不再"}
_UNNAMED = _OTHERS | _POINTERS | THIRD | GROUP | {"我"}
_PLANS = {"打算", "计划", "准备", "想要", "决定"}
_AND = {"和", "与", "及", "以及", "跟", "、"}
_BEFOREHAND = {
    "自己",
    "以前",
    "从前",
    "过去",
    "原来",
    "当时",
    "之前",
    "后来",
    "最近",
    "起初",
    "最初",
}
"""What may stand before who does something, as the model takes it for a noun."""
_ONWARDS = {"起", "开始"}
_LINKS = {"从", "自", "自从", "到", "至", "直到", "前", "后", "之前", "之后", "于", "在"}


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
        if word.tag == "v" and word.text not in DENIALS:
            if 0 < place < len(clause) - 1 and len(_begun(clause[: place + 1])) == 0:
                continue  # "明年起公司搬到苏州"
            if not place and len(clause) > 2 and clause[1].text in HEADS:
                continue  # "上线时间定在五月" is of the time
            rest = [w.text for w in clause[place + 1 :]]
            verbs = [w for w in clause[place + 1 :] if w.tag == "v"]
            if word.text in _PLANS and verbs:
                continue
            said = verbs or [w for w in clause[place + 1 :] if w.tag in {"a", "an"}][-1:]
            if "的" in rest and said and word.text not in {"是", "为", "有"}:
                of = rest.index("的")
                if clause[place + 1 + of].end <= said[0].start:
                    continue
            return place
    return _verbless(clause)


def _verbless(clause: Sequence[Word]) -> int | None:
    """The place of what says something where there is no verb.

    "在腾讯工作": what the model takes for a noun is done there; "在上海": somebody is there; "很高", "五岁".
    """
    words = list(clause)
    while words and words[-1].tag in {"xc", "u", "w", "y"}:
        words.pop()
    last = len(words) - 1
    led = any(word.tag == "p" for word in words[:-1])
    if last > 0 and led and words[last].text in STATES and words[last].tag in {"n", "vn"}:
        return last
    if last > 1 and words[last].tag == "vn" and "由" in (w.text for w in words[: last - 1]):
        return last  # "图书馆由何静管理"
    for place, word in enumerate(words[1:], 1):
        if word.text == "在" and all(w.tag in _NOUNS for w in words[place + 1 :]):
            return place if place < last else None
    if last > 0 and not led and (words[last].tag in {"a", "an"} or _counted(words[last])):
        return last
    return None


def _counted(word: Word) -> bool:
    return word.tag == "m" and not word.text[-1].isdigit()


def subject_words(clause: Sequence[Word], predicate: int) -> list[Word]:
    """Give the noun phrase before a verb, without times before it and adverbs after."""
    words = list(_begun(clause[:predicate]))
    while words and (
        words[0].tag in {"TIME", "t", "d", "ad", "c", "p"} or words[0].text in _BEFOREHAND
    ):
        if len(words) > 1 and words[1].text == "的" and words[0].tag != "p":
            break  # "去年的预算" is another than this year's
        if words[0].tag == "p":
            return []
        words = words[1:]
    phrase: list[Word] = []
    for word in words:
        if word.text in DENIALS | _PLANS or word.tag not in _NOUNS | {"w", "v"}:
            break
        phrase.append(word)
    while phrase and phrase[-1].tag in {"TIME", "t", "w", "f"}:
        phrase.pop()
    while phrase and phrase[0].tag == "w":
        phrase.pop(0)
    return phrase


def _begun(words: Sequence[Word]) -> Sequence[Word]:
    """The words behind the time from which something is so: "从五月开始", "明年起"."""
    led = bool(words) and words[0].text in {"从", "自"}
    place = int(led)
    while place < len(words) and words[place].tag in {"TIME", "t"}:
        place += 1
    onwards = place > led and place < len(words) and words[place].text in _ONWARDS
    return words[place + 1 :] if onwards else words


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
        and {_kind(names[-1]), _kind(clause[place + 1])} <= NAMES
    ):
        names.append(clause[place + 1])
        place += 2
    if place < predicate and clause[place].text == "的":  # "张伟和李娜的女儿" is one
        while place < predicate and clause[place].tag in _NOUNS:
            place += 1
        return [list(clause[begun:place])]
    return [[name] for name in names] if len(names) > 1 else [phrase]


def _kind(word: Word) -> str:
    """What a word is; who speaks and who was spoken of are people: "我和小雅"."""
    return "PER" if word.text in THIRD | {"我"} else word.tag


def phrase_of(words: Sequence[Word], topic: Topic) -> str | None:
    """Give a noun phrase as text: its closing name, a resolved pronoun, else itself."""
    if not words:
        return None
    text = text_of(words)
    if text in THIRD:
        return topic.before
    if text in {"我", "本人"}:
        return topic.speaker
    if words[0].text in GROUP | {"我"} and len(words) > 1:
        inner = text[len(words[0].text) :]
        # "我租的房子" is not the speaker's own
        done = "的" in inner and any(w.tag == "v" for w in words[1:])
        return f"{topic.speaker}{inner}" if done and topic.speaker else owned(topic.speaker, inner)
    if text in GROUP:
        return f"{topic.speaker}等人" if topic.speaker else None
    if text in _POINTERS or words[0].text in _OTHERS:
        return None
    last = words[-1]
    plain = all(w.tag in {"n", "vn", "nz", "r", "q"} for w in words[:-1])
    if last.tag in NAMES and plain and (len(words) == 1 or not last.text[0] > "\u2e80"):
        return last.text.strip()
    return text or None


def owned(speaker: str | None, thing: str) -> str | None:
    """What belongs to who speaks: 我妈妈 and 我的妈妈 are one.

    >>> owned("小红", "妈妈"), owned("小红", "的妈妈"), owned("小红", "家的狗"), owned(None, "妈妈")
    ('小红的妈妈', '小红的妈妈', '小红家的狗', None)
    """
    if not speaker:
        return None
    return speaker + thing if thing[:1] in ("的", "家") else f"{speaker}的{thing}"


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
    timed = any(word.tag in {"TIME", "t"} for word in clause)
    tense: Tense = ""
    if any(w.text in _FUTURE and w.tag != "p" or (timed and w.text in _MAYBE) for w in clause):
        tense = "future"
    elif any(_past(word) for word in clause):
        # "不…了" tells of what is so by now
        tense = "present" if any(w.text in _NO_LONGER for w in clause) else "past"
    if _PRESENT.search(text) and tense != "future":
        tense = "present"
    verb = clause[predicate].text
    state = verb in STATES or clause[predicate].tag in {"a", "an", "m"}
    # what is said to be a date does not hold on that date alone
    dated = clause[_described(clause, predicate) :]
    if verb in {"是", "为"}:
        dated = clause[_described(clause, predicate) : predicate + 1]
    valid = valid_time(
        list(_dates(dated)),
        partial(read_chinese_period, said=stated, tense=tense),
        ends=state and tense in ("past", ""),
        since=None if tense == "past" else stated,
    )
    return tense, valid


def _described(clause: Sequence[Word], predicate: int) -> int:
    """Behind what a verb describes the subject by: the dates of "去年养的狗" are none of what it does."""
    ends = [place for place in range(predicate) if clause[place].text == "的"]
    return ends[-1] if ends and any(w.tag == "v" for w in clause[: ends[-1]]) else 0


def _past(word: Word) -> bool:
    ended = word.tag == "v" and _ENDED.fullmatch(word.text) and word.text not in _NOT_ENDED
    return word.text in _PAST or bool(ended)


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
    clause: Sequence[Word], predicate: int, subject: str, speaker: str | None = None
) -> Iterator[tuple[str, str, str, bool, int]]:
    """Give what a clause says of its subject: (subject, relation, object, negated, end).

    The object of a verb that has none is empty ("抽烟", "退休").
    """
    begun = _begun(clause)  # from when it is so is no part of what is said
    clause, predicate = begun, predicate - (len(clause) - len(begun))
    negated = any(w.text in DENIALS for w in clause[:predicate])
    if clause[predicate].tag in {"a", "an", "m"}:  # "很高", "五岁"
        last = clause[predicate]
        yield subject, "是", last.text.strip(), negated, last.end
        return
    if clause[predicate - 1].text in DEGREES and predicate == len(clause) - 1 and predicate > 1:
        last = clause[predicate]  # "很吵"
        yield subject, "是", last.text, negated or clause[predicate - 1].text == "不太", last.end
        return
    verbs = [clause[predicate]]
    for word in clause[predicate + 1 :]:
        if word.tag != "v" or verbs[-1].end != word.start:
            break
        verbs.append(word)
    after = predicate + len(verbs)
    relation = "".join(w.text for w in verbs)
    if _DENIED.match(relation):
        relation, negated = _DENIED.sub("", relation), True
    if relation in {"没有", "无"}:
        relation, negated = "有", True
    adverbial = _adverbial(clause, predicate)
    said = False
    if adverbial is not None and adverbial[1]:
        link, target = adverbial
        name = text_of(target)
        if name != subject and name not in _UNNAMED:
            said = True
            bare = relation.rstrip("到去往") or relation  # "从北京搬到深圳"
            verb = bare if link in {"从", "自"} else relation
            yield subject, f"{link}…{verb}", name, negated, target[-1].end
    elif adverbial is not None:
        relation = adverbial[0] + relation
    if after + 1 < len(clause) and clause[after].tag == "p" and clause[after].text in BEHIND:
        relation, after = relation + clause[after].text, after + 1  # "毕业于", "出生在"
    target = object_of(clause, after)
    what = text_of(target)
    if relation.rstrip("了过") in TELLING and any(w.tag == "v" for w in clause[after:]):
        return  # what somebody says stands in a clause of its own
    if what and (what in GROUP | {"我"} or what not in _UNNAMED | {subject}):
        plain = phrase_of(target, Topic(speaker, None))
        if target[0].text not in GROUP | {"我"}:
            plain = plain or what
        if plain is not None and plain != subject:
            yield subject, relation, plain, negated, target[-1].end
    elif not said and adverbial is None and _alone(clause, verbs, after):
        yield subject, relation, "", negated, verbs[-1].end


def _alone(clause: Sequence[Word], verbs: Sequence[Word], after: int) -> bool:
    """Whether verbs say something without an object, with nothing but particles behind them."""
    last = verbs[-1].text.rstrip("了过着")
    whole = last in ALONE if len(last) == 1 else last not in EMPTY
    return whole and all(word.tag in {"xc", "u", "w", "y"} for word in clause[after:])


def _adverbial(clause: Sequence[Word], predicate: int) -> tuple[str, list[Word]] | None:
    """Give the preposition before the verb and what it governs: 由 西门子, 于 05:40."""
    for place in range(predicate - 1, -1, -1):
        word = clause[place]
        if word.tag == "p":
            inner = [w for w in clause[place + 1 : predicate] if w.tag in _NOUNS]
            return word.text, inner
    return None
