"""Blocking: the keys under which two statements have to meet before they are compared.

A key joins two things that a sentence holds: a name (or, where it has none, a word) and another name, word or
what the words are about. The keys of a text follow from the text, so that which pairs are compared depends on
nothing else, and a new statement costs what its block costs, however much is remembered beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import combinations, pairwise

from ..digest import hashed
from . import lexicon
from .rarity import rarity
from .sentence import Kind, read

MOST_WORDS = 12
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
    frames = [f"w:{word}" for word in rare[:MOST_WORDS]]
    frames += [f"c:{one}" for one in sorted(_about(sentence.tokens))]
    if anchors:
        yield from (f"{a}|{f}" for a in anchors for f in frames)
        yield from ("|".join(sorted(pair)) for pair in combinations(anchors, 2))
    if sentence.first_person or not names:
        yield from ("|".join(sorted(pair)) for pair in combinations(frames, 2))


def _about(tokens: Iterable[object]) -> set[str]:
    concepts, endings = lexicon.concepts(), lexicon.endings()
    found: set[str] = set()
    for token in tokens:
        for word in (getattr(token, "key", ""), getattr(token, "lower", "")):
            found |= concepts.get(word, frozenset()) | endings.get(word, frozenset())
    return found


def _chinese(text: str) -> Iterable[str]:
    """Neighbouring characters of the beginning: the subject, which both have to share."""
    units = _WORDS.findall(text)
    starts = {f"z:{a}{b}" for a, b in pairwise(units[:8])}
    starts |= {f"z:{unit}" for unit in units if len(unit) > 2}
    return starts
