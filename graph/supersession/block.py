"""Blocking: the keys under which two statements have to meet before they are compared.

A key joins two things that a sentence holds: a name (or, where it has none, a word) and another name, word or
what the words are about. The keys of a text follow from the text, so that which pairs are compared depends on
nothing else, and a new statement costs what its block costs, however much is remembered beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import combinations, pairwise

from ..digest import hashed
from . import lexicon
from .frame import labelled
from .meaning import topics
from .rarity import rarity
from .scopes import lead_of
from .sentence import Sentence, read
from .token import Kind, Token
from .transition import states

MOST_WORDS = 10
"""The rarest words of a sentence that make keys."""
MOST_NAMES = 12
LEAST_RARITY = 0.3
MOST_BRIEF = 8
"""Content words of a sentence that meets others by words of one topic."""
MOST_TOLD = 5
"""Content words of a sentence that tells of its object, unless it begins with "we" and the like."""
MOST_BRIEFLY = 6
"""Content words of a sentence that meets all that is said as briefly of the name that it begins with."""
_EVERYWHERE = frozenset(["user"])
"""Names of whom too much is remembered for that."""
_DETERMINERS = frozenset(["the", "this", "that"]) | lexicon.POSSESSIVE
_UNSAID = frozenset(["i", "we", "they", "you", "somebody", "someone"])
_EVENTS = frozenset(["cease", "change", "restore"])

_HAN = re.compile(r"[\u3400-\u9fff]")
_WORDS = re.compile(r"[\u3400-\u9fff]|[A-Za-z0-9][\w.:%-]*")


def keys(sentences: Iterable[str], speaker: str | None = None) -> list[int]:
    """The keys of a statement, ascending.

    >>> one = set(keys(["Ann lives in Oslo."]))
    >>> bool(one & set(keys(["Ann has moved to Graz."]))), bool(one & set(keys(["Bea sails."])))
    (True, False)
    """
    found: set[str] = set()
    for text in sentences:
        found.update(_chinese(text) if _HAN.search(text) else _english(text, speaker))
    return sorted(hashed(key) for key in found)


def _english(text: str, speaker: str | None) -> Iterable[str]:
    sentence = read(text)
    names: dict[str, None] = {}
    for token in sentence.names:
        names |= dict.fromkeys(f"n:{word}" for word in sorted(token.words) if len(word) > 1)
    anchors = list(names)[:MOST_NAMES]
    if sentence.first_person and speaker:
        anchors.append(f"s:{speaker}")
    words = {t.key for t in sentence.content if t.kind is Kind.WORD}
    rare = sorted((w for w in words if rarity(w) >= LEAST_RARITY), key=lambda w: (-rarity(w), w))
    told = [f"w:{word}" for word in rare[:MOST_WORDS]]
    frames = told + [f"c:{one}" for one in sorted(about(sentence))]
    alike = [f"t:{one}" for one in sorted(_topics(text))]
    if anchors:
        yield from (f"{a}|{f}" for a in anchors for f in frames + alike)
        yield from ("|".join(sorted(pair)) for pair in combinations(anchors, 2))
    # what stands beside the names may be all that two have in common: their values are others
    alone = frames if _open(sentence) else told
    yield from ("|".join(sorted(pair)) for pair in combinations(alone, 2))
    if alone is frames:
        yield from (f"{t}|{w}" for t in alike for w in told)
    yield from (f"l:{word}" for word in spoken_of(sentence))
    yield from (f"b:{word}" for word in _briefly_of(text))
    yield from (f"k:{kind}|{number}" for kind, number in sorted(labelled(text).all))
    if sentence.field:
        yield f"f:{sentence.field}"


def about(sentence: Sentence) -> frozenset[str]:
    """What a sentence is about, and what something in it brings to an end."""
    return _about(sentence.text)


@lru_cache(maxsize=16384)
def _about(text: str) -> frozenset[str]:
    sentence, endings, classes = read(text), lexicon.endings(), lexicon.classes()
    found = set(sentence.concepts)
    for token in sentence.tokens:
        for word in (token.key, token.lower):
            found |= endings.get(word, frozenset())
            if "occupation" in classes.get(word, frozenset()):
                found.add("work")
    return frozenset(found)


@lru_cache(maxsize=16384)
def _topics(text: str) -> frozenset[int]:
    """The groups of like words that the words of a brief sentence are of; a longer one is of too many."""
    content = read(text).content
    words = {t.key for t in content if t.kind is Kind.WORD and rarity(t.key) >= LEAST_RARITY}
    brief = len(content) <= MOST_BRIEF
    return frozenset(one for word in words for one in topics(word)) if brief else frozenset()


def spoken_of(sentence: Sentence) -> frozenset[str]:
    """The word that a sentence begins with, and of what else it tells that something ended or changed.

    >>> sorted(spoken_of(read("We discontinued the newsletter.")))
    ['discontinu', 'newslett']
    >>> sorted(spoken_of(read("The newsletter is free, like the magazine.")))
    ['newslett']
    """
    return _spoken_of(sentence.text)


@lru_cache(maxsize=16384)
def _spoken_of(text: str) -> frozenset[str]:
    sentence, classes = read(text), lexicon.classes()
    tokens = sentence.tokens
    lead = lead_of(sentence)
    found = {lead.key} if lead is not None and lead.kind is Kind.WORD else set()
    brief = len(sentence.content) <= MOST_TOLD or tokens and tokens[0].lower in _UNSAID
    if brief and any(classes.get(key, frozenset()) & _EVENTS for key in sentence.stems):
        for before, token in pairwise(tokens):
            if token.kind is Kind.WORD and before.lower in _DETERMINERS:
                found.add(token.key)
    return frozenset(word for word in found if rarity(word) >= LEAST_RARITY)


@lru_cache(maxsize=16384)
def _briefly_of(text: str) -> frozenset[str]:
    """The words of the name that a brief sentence begins with: what it says of it may be in any words."""
    sentence = read(text)
    lead = lead_of(sentence)
    brief = len(sentence.content) <= MOST_BRIEFLY
    named = brief and lead is not None and lead.kind is Kind.NAME and lead.key not in _EVERYWHERE
    return (
        frozenset(word for word in lead.words if len(word) > 1) if named and lead else frozenset()
    )


def meet(old: Sentence, new: Sentence, shared: Iterable[Token]) -> bool:
    """Whether two sentences have two things in common that make a key, speak of the same at the beginning, or of the
    same by its number ("ticket 4411")."""
    if _leads(old) & spoken_of(new) or _leads(new) & spoken_of(old):
        return True
    if old.field and old.field == new.field or _briefly_of(old.text) & _briefly_of(new.text):
        return True
    if labelled(old.text).all & labelled(new.text).all:
        return True
    anchors, words = int(old.first_person and new.first_person), 0
    for token in shared:
        anchors += token.kind is Kind.NAME
        words += token.kind is Kind.WORD and rarity(token.key) >= LEAST_RARITY
    if anchors + words > 1:
        return True
    if not anchors and not (words and _open(old) and _open(new)):
        return False
    return bool(about(old) & about(new) or _topics(old.text) & _topics(new.text))


def _open(sentence: Sentence) -> bool:
    """Whether what a sentence is about makes keys with its words, which names would do better."""
    return sentence.first_person or not sentence.names


def _leads(sentence: Sentence) -> frozenset[str]:
    lead = lead_of(sentence)
    return spoken_of(sentence) & {lead.key} if lead is not None else frozenset()


def _chinese(text: str) -> Iterable[str]:
    """Neighbouring characters of the beginning: the subject, which both have to share."""
    units = _WORDS.findall(text)
    starts = {f"z:{a}{b}" for a, b in pairwise(units[:8])}
    starts |= {f"z:{unit}" for unit in units if len(unit) > 2}
    subject = "我" if "我" in units[:4] else "".join(units[:2])
    starts |= {f"z:{subject}|{state}" for state in states(text)}
    return starts
