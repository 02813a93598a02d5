"""Comparison: two names side by side, as features between 0 and 1.

Cheapest first: the same letters, the same letters spelt loosely, an abbreviation, initials, a typing error
(Jaro-Winkler and Levenshtein, by `rapidfuzz`). What speaks against it are features as well: other numbers,
another generation, a word that the other lacks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA, JaroWinkler

from ..supersession.rarity import known
from .byname import nicknamed, person, places
from .form import BODY, PERSON, PLACE, Form
from .spelling import lexicon, loose

CLOSE = 0.75
"""From this ratio on two words may be one, written wrongly."""


@dataclass(frozen=True)
class Pairing:
    """One word of the shorter name and the word of the longer that it stands for; `share` says how well."""

    one: str
    other: str
    share: float

    @property
    def initial(self) -> bool:
        """Whether one is only the other's first letter."""
        return self.share < 1 and min(len(self.one), len(self.other)) == 1


class Comparison:
    """Two names compared; which comes first makes no difference."""

    def __init__(self, one: Form, other: Form) -> None:
        self.short, self.long = sorted(
            (one, other), key=lambda f: (len(f.core), len(f.joined), f.surface)
        )

    @cached_property
    def pairs(self) -> tuple[Pairing, ...]:
        """Each word of the shorter name with the best of the longer that is left, in order of the words."""
        left, mine = list(self.long.core), list(self.short.core)
        found: list[Pairing] = []
        if self.nickname:
            found.append(Pairing(mine.pop(0), left.pop(0), 1.0))
        for word in sorted(mine, key=len, reverse=True):
            if not left:
                break
            best = max(left, key=lambda other: (_share(word, other), -left.index(other)))
            share = _share(word, best)
            if share > 0:
                left.remove(best)
                found.append(Pairing(word, best, share))
        return tuple(found)

    @cached_property
    def unmatched(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The words of the shorter and of the longer name that stand for none of the other."""
        short, long = list(self.short.core), list(self.long.core)
        for pair in self.pairs:
            short.remove(pair.one)
            long.remove(pair.other)
        return tuple(short), tuple(long)

    @cached_property
    def same_letters(self) -> bool:
        return self.short.joined == self.long.joined

    @cached_property
    def same_loosely(self) -> bool:
        return not self.same_letters and not self.capitals and self.short.loose == self.long.loose

    @cached_property
    def capitals(self) -> bool:
        """Whether one is an abbreviation in capitals, where each letter counts."""
        return bool(self.short.acronym or self.long.acronym)

    @cached_property
    def dressed_otherwise(self) -> bool:
        """Whether both have honorifics or legal endings, and none in common."""
        one, other = self.short.set_aside, self.long.set_aside
        return bool(one and other and not one & other)

    @cached_property
    def apart(self) -> bool:
        """Whether they are two by rule: other numbers, two generations, two abbreviations."""
        one, other = self.short, self.long
        if one.numbers != other.numbers or not (one.core and other.core):
            return True
        if one.generation and other.generation and one.generation != other.generation:
            return True
        if one.han and one.sort == other.sort == PLACE and self.dressed_otherwise:
            return True  # a province and a city of one name
        if one.joined == other.joined and len(one.core) == len(other.core) == 1:
            few = len(one.joined) == 1 or "." in (one.signs[:1], other.signs[:1])
            small = bool(one.acronym) != bool(other.acronym)
            if one.signs != other.signs and (few or small):
                return True  # "C" and "C++", "NET" and ".NET", "IT" and "it"
        return self.capitals and not (self.same_letters or self.abbreviates)

    @cached_property
    def same_words(self) -> bool:
        """The same words in another order."""
        return not self.same_letters and sorted(self.short.core) == sorted(self.long.core)

    @cached_property
    def abbreviates(self) -> bool:
        """Whether one is made of the first letters of the other's words."""
        one, other = self.short, self.long
        return any(
            a.acronym and (a.acronym in b.acronyms) for a, b in ((one, other), (other, one))
        ) or (one.han and other.han and _han_abbreviates(one.joined, other.joined))

    @cached_property
    def nickname(self) -> bool:
        """Whether two people of one family name have given names of which one is short for the other."""
        one, other = person(self.short), person(self.long)
        if one is None or other is None or one[1] != other[1]:
            return False
        return nicknamed(one[0], other[0]) and _within(one[2], other[2])

    @cached_property
    def elsewhere(self) -> bool:
        """Whether a place has both names, in different languages."""
        return not self.same_letters and bool(places(self.short) & places(self.long))

    @cached_property
    def errors(self) -> int:
        """Edits between the letters, a swap of neighbours being one (optimal string alignment)."""
        return int(OSA.distance(self.short.joined, self.long.joined))


def _share(one: str, other: str) -> float:
    """How far one word stands for another: 1 the same, 0 not at all."""
    if one == other:
        return 1.0
    if one.isdigit() or other.isdigit():
        return 0.0
    if min(len(one), len(other)) == 1:
        return 0.9 if one[0] == other[0] else 0.0
    if loose(one) == loose(other):
        return 0.97
    ratio = JaroWinkler.similarity(one, other)
    return ratio if ratio >= CLOSE else 0.0


def _within(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether the middle names of one are among the other's, an initial standing for one."""
    less, more = sorted((one, other), key=len)
    return all(any(_share(word, name) >= 0.9 for name in more) for word in less)


def _han_abbreviates(short: str, long: str) -> bool:
    """北大 of 北京大学: two or three characters, in the long one's order, the first its first."""
    long = long.removeprefix("中国") if len(long) > 4 else long
    if not 2 <= len(short) <= 3 or len(long) < len(short) + 2 or short[0] != long[0]:
        return False
    if short in long:
        return False
    rest = iter(long)
    return all(c in rest for c in short)


def features(c: Comparison) -> dict[str, float]:
    """What speaks for and against the two names being one, by name.

    >>> found = features(Comparison(Form("Dr. Ann Reed", "PERSON"), Form("Ann Reed", "PERSON")))
    >>> found["same letters"], found["honorific or legal ending"]
    (1.0, 1.0)
    >>> Comparison(Form("RV-7"), Form("RV-8")).apart
    True
    """
    one, other = c.short, c.long
    lacking, extra = c.unmatched
    fuzzy = [p for p in c.pairs if 0 < p.share < 1 and not p.initial]
    initials = [p for p in c.pairs if p.initial] if not c.abbreviates else []
    letters = max(len(one.joined), len(other.joined), 1)
    errors = c.errors
    kinds = lexicon("kinds")
    plain = not (c.same_letters or c.same_loosely or c.same_words)
    sorts = {one.sort, other.sort} - {""}
    dictionary = bool(fuzzy) and all(known(w) for p in fuzzy for w in (p.one, p.other))
    han = one.han or other.han
    near = plain and not han and not lacking and not extra and not initials and bool(fuzzy)
    found = {
        "same letters": c.same_letters,
        "same letters in words cut otherwise": c.same_letters and one.core != other.core,
        "same letters, loosely": c.same_loosely,
        "same words in another order": c.same_words,
        "honorific or legal ending": one.set_aside != other.set_aside,
        "other honorific or legal ending": c.dressed_otherwise,
        "other generation": one.generation != other.generation,
        "code": one.coded or other.coded,
        "abbreviation": c.abbreviates,
        "abbreviation of three letters or more": c.abbreviates
        and max(len(one.acronym), len(other.acronym)) > 2,
        "initials": bool(initials) and not lacking,
        "initials alone are lacking": bool(initials) and not lacking and not extra and not fuzzy,
        "a typing error": near and errors == 1,
        "two typing errors": near and errors == 2,
        "more typing errors": near and errors > 2,
        "typing errors in several words": near and len(fuzzy) > 1,
        "error in the first letter": near and any(p.one[0] != p.other[0] for p in fuzzy),
        "error in the last letter": near
        and any(
            p.one[:-1] == p.other[:-1] or p.one == p.other[:-1] or p.other == p.one[:-1]
            for p in fuzzy
        ),
        "common words differ": near and dictionary,
        "share of letters": fuzz.ratio(one.joined, other.joined) / 100 if plain else 0.0,
        "least share of a word": min((p.share for p in fuzzy), default=0.0) if near else 0.0,
        "short": near and letters <= 5,
        "long": near and letters >= 10,
        "part of the other": plain and not lacking and not fuzzy and not initials and bool(extra),
        "one word of several": plain
        and len(one.core) == 1
        and len(other.core) > 1
        and bool(extra)
        and not c.abbreviates,
        "another kind of thing": plain and any(w in kinds for w in (*extra, *lacking)),
        "a part that is another kind of thing": plain
        and not lacking
        and any(w in kinds for w in extra)
        and not c.abbreviates,
        "words that the other lacks": min(len(extra) + len(lacking), 4) / 4 if plain else 0.0,
        "both lack words": bool(lacking and extra),
        "nothing in common": not c.pairs and not c.abbreviates,
        "a typing error in a person": near and PERSON in sorts,
        "part of a person": plain and not lacking and bool(extra) and PERSON in sorts,
        "part of a body": plain and not lacking and bool(extra) and BODY in sorts,
        "part of a place": plain and not lacking and bool(extra) and PLACE in sorts,
        "other kind": len(sorts) == 2,
        "the same code": plain and bool(one.codes & other.codes),
        "first word of several": plain
        and len(one.content) == 1
        and len(other.content) > 1
        and one.content[0] == other.content[0]
        and not c.abbreviates,
        "Han, one begins or ends the other": han
        and one.joined != other.joined
        and bool(one.joined)
        and (other.joined.startswith(one.joined) or other.joined.endswith(one.joined)),
        "Han": han,
        "Han, characters differ": han and errors > 0 and not c.abbreviates,
    }
    return {name: float(value) for name, value in found.items()}
