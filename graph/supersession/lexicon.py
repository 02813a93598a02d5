"""What words do in a statement that takes another's place: a few hundred of them, by what they signal.

Cardinality belongs to the relation: whoever is born, priced or due has one such value, whoever likes,
visits or speaks may have many. The words lie in `lexicon.toml`; they are stemmed once, when first needed.
"""

from __future__ import annotations

import re
import threading
import tomllib
from functools import cache, lru_cache
from importlib import resources
from typing import Any

_LOCK = threading.Lock()
_TABLE: dict[str, Any] = tomllib.loads(
    resources.files(__package__).joinpath("lexicon.toml").read_text("utf-8")
)


def _set(name: str) -> frozenset[str]:
    return frozenset(str(_TABLE[name]).split())


FUNCTION = _set("function")
"""Small words, which say nothing by themselves."""
PREPOSITIONS = _set("prepositions")
FIRST_PERSON = _set("first_person")
SHORT_NOT = _set("short_not")
"""Denials as they are typed in a hurry."""
NUMBERS: dict[str, str] = _TABLE["numbers"]
DATES = _set("dates")
"""Words that fill the place of a date; "may" counts only with a capital."""
CORRECTION = _set("correction")
CHANGED = _set("changed")
NOW = _set("now")
ONLY = _set("only")
NEGATION = _set("negation")
CONTRAST = _set("contrast")
"""What sets a clause against the one before it."""
TOGETHER = _set("together")
"""What stands between and before several subjects."""
APART = _set("apart")
PRONOUNS = _set("pronouns")
POSSESSIVE = _set("possessive")
QUALIFIERS = _set("qualifiers")
AUXILIARIES = _set("auxiliaries")
TIGHT = _set("tight")
"""Concepts whose words may stand for each other; of the others they only hint at it."""
ENDED: tuple[str, ...] = tuple(_TABLE["ended"])
ADDITION: tuple[str, ...] = tuple(_TABLE["addition"])
HEDGE: tuple[str, ...] = tuple(_TABLE["hedge"])
PAST: tuple[str, ...] = tuple(_TABLE["past"])


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """The English Snowball stem of a lower-case word.

    >>> stem("relocated"), stem("co-hosts")
    ('reloc', 'co-host')
    """
    # the stemmer keeps the word it works on: one thread at a time
    with _LOCK:
        return str(_stemmer().stemWord(word))


@cache
def _stemmer() -> Any:
    from Stemmer import Stemmer

    return Stemmer("english", 0)


def _stems(name: str) -> frozenset[str]:
    return frozenset(stem(word) for word in _set(name))


@cache
def functional() -> frozenset[str]:
    """Stems of relations that have one value at a time."""
    return _stems("functional")


@cache
def multiple() -> frozenset[str]:
    """Stems of relations that may have many values."""
    return _stems("multiple")


@cache
def once() -> frozenset[str]:
    """Stems of what makes one particular thing, which therefore has one set of makers."""
    return _stems("once")


@cache
def counting() -> frozenset[str]:
    """Stems of what is counted or measured by the number behind it, as rooms and buses are not."""
    return _stems("counting")


@cache
def units() -> frozenset[str]:
    """Stems of what numbers count."""
    return _stems("units")


@cache
def repeated() -> frozenset[str]:
    """Stems of what people do again and again, with one and with another."""
    return _stems("repeated")


@cache
def concepts() -> dict[str, frozenset[str]]:
    """For each stem what it is about: several words for one thing count as the same."""
    return _turned("concepts", stemmed=True)


@cache
def endings() -> dict[str, frozenset[str]]:
    """For each stem the states that it brings to an end or changes ("sold" ends owning)."""
    return _turned("ending", stemmed=True)


@cache
def classes() -> dict[str, frozenset[str]]:
    """For each stem what it tells of by itself: that something ceases, changes, is restored …"""
    return _turned("classes", stemmed=True)


@cache
def phrases() -> dict[str, re.Pattern[str]]:
    """For each class of `classes` what finds the phrases of several words that tell of it, among stems."""
    found = {}
    for kind, written in _TABLE["phrases"].items():
        each = (phrase.strip() for phrase in written.split(","))
        said = (" ".join(stem(w) for w in one.replace("~", " ~ ").split()) for one in each)
        apart = sorted({re.escape(one).replace(r"\ \~\ ", r" (?:[^ ]+ ){0,4}") for one in said})
        found[kind] = re.compile(rf" (?:{'|'.join(apart)}) ")
    return found


@cache
def opposites() -> frozenset[frozenset[str]]:
    """Pairs of stems of which one denies the other."""
    pairs = (pair.split("-") for pair in _TABLE["opposites"]["pairs"].split())
    return frozenset(frozenset((stem(one), stem(other))) for one, other in pairs)


@cache
def opposed() -> dict[str, frozenset[str]]:
    """For each stem the stems of its opposites, as WordNet has them (`opposites.txt`)."""
    text = resources.files(__package__).joinpath("opposites.txt").read_text("utf-8")
    found: dict[str, set[str]] = {}
    for line in text.splitlines():
        if not line.startswith("#"):
            one, *others = line.split()
            for other in others:
                found.setdefault(one, set()).add(other)
                found.setdefault(other, set()).add(one)
    return {stem: frozenset(others) for stem, others in found.items()}


@cache
def sided() -> frozenset[str]:
    """Stems that have an opposite."""
    return frozenset[str]().union(*opposites())


@cache
def types() -> dict[str, frozenset[str]]:
    """For each word of names what kind of thing it makes of them ("university": a school)."""
    return _turned("types", stemmed=False)


def _turned(table: str, *, stemmed: bool) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for kind, words in _TABLE[table].items():
        for word in words.split():
            found.setdefault(stem(word) if stemmed else word, set()).add(kind)
    return {word: frozenset(kinds) for word, kinds in found.items()}
