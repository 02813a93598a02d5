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
from .rarity import rarity
from .scopes import lead_of
from .sentence import Kind, Sentence, Token, read

MOST_WORDS = 10
"""The rarest words of a sentence that make keys."""
MOST_NAMES = 12
LEAST_RARITY = 0.3

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
    if anchors:
        yield from (f"{a}|{f}" for a in anchors for f in frames)
        yield from ("|".join(sorted(pair)) for pair in combinations(anchors, 2))
    # what stands beside the names may be all that two have in common: their values are others
    alone = frames if sentence.first_person or not names else told
    yield from ("|".join(sorted(pair)) for pair in combinations(alone, 2))
    lead = lead_of(sentence)
    if lead is not None and lead.kind is Kind.WORD and rarity(lead.key) >= LEAST_RARITY:
        yield f"l:{lead.key}"


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


def meet(old: Sentence, new: Sentence, shared: Iterable[Token]) -> bool:
    """Whether two sentences have two things in common that make a key, or begin with the same word."""
    one, other = lead_of(old), lead_of(new)
    if one is not None and other is not None and one.key == other.key and one.kind is Kind.WORD:
        return rarity(one.key) >= LEAST_RARITY
    things = int(old.first_person and new.first_person)
    for token in shared:
        things += token.kind is Kind.NAME
        things += token.kind is Kind.WORD and rarity(token.key) >= LEAST_RARITY
    return things > 1 or bool(things and about(old) & about(new))


def _chinese(text: str) -> Iterable[str]:
    """Neighbouring characters of the beginning: the subject, which both have to share."""
    units = _WORDS.findall(text)
    starts = {f"z:{a}{b}" for a, b in pairwise(units[:8])}
    starts |= {f"z:{unit}" for unit in units if len(unit) > 2}
    return starts
