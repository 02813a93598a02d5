"""Blocking: the keys under which two names have to meet before they are compared.

Keys follow from the name alone, so that which pairs are compared depends on nothing else, and a new name
costs what its block costs. A key is either shared, or has two sides: an abbreviation looks for names that it
may stand for, not for other abbreviations. What a thousand names have in common ("Department of …", "J… Smith",
"Pump 1" to "Pump 999") is therefore never a shared key by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..digest import hashes
from .byname import formal, person, places, shortened
from .form import PERSON, Form
from .spelling import lexicon, loose

LONGEST = 32
"""Letters of a name that make keys for typing errors."""
PART = 4
"""Letters of a word that may stand for a name of several words."""
STEM = 5
"""Letters that two names of one word share at the beginning, where their endings differ."""
ENDING = 3
"""Letters that such endings have at most."""
GIVEN = 3
"""Letters that the shorter of two given names beside one family name has at least."""
MOST_WORDS = 16
"""Words of a name that make keys."""
LEAST = 5
"""Letters that a name has at least, for a typing error to be looked for."""

_ALL = 2**64 - 1
_VOWELS = re.compile("(?<!^)[aeiou]")


def posted(form: Form) -> list[int]:
    """The keys under which a name is found, ascending."""
    return keys(form)[0]


def sought(form: Form) -> list[int]:
    """The keys under which the names are posted that it is compared with, ascending.

    >>> ecb, bank = Form("ECB", "ORG"), Form("European Central Bank", "ORG")
    >>> bool({*sought(ecb)} & {*posted(bank)}), bool({*sought(ecb)} & {*posted(Form("ECA"))})
    (True, False)
    >>> bool({*sought(Form("Pump Model 7"))} & {*posted(Form("Pump Model 8"))})
    False
    """
    return keys(form)[1]


def keys(form: Form) -> tuple[list[int], list[int]]:
    """Both: what is worked out once serves the two."""
    shared, short, long = _keys(form)
    if not (shared or short or long):
        return [], []
    # names of other numbers are two by rule
    numbers = "|".join(form.numbers)
    ending = f"#{numbers}"
    every = hashes([key + ending for part in (shared, short, long) for key in part])
    begun, until = len(shared), len(shared) + len(short)
    # the two sides of a key are one hash and its complement
    same, low, high = set(every[:begun]), every[begun:until], every[until:]
    here = same.union(low, [key ^ _ALL for key in high])
    there = same.union([key ^ _ALL for key in low], high)
    return sorted(here), sorted(there)


def _keys(form: Form) -> tuple[set[str], set[str], set[str]]:
    """Shared keys, those of the short side, those of the long side."""
    if form.a_text or not form.core:
        return set(), set(), set()
    shared, short, long = set(_spelt(form)), set[str](), set[str]()
    shared |= {f"y:{place}" for place in places(form)}
    if form.acronym:
        short.add(f"a:{form.acronym}")
    long |= {f"a:{letters}" for letters in form.acronyms}
    if form.han:
        for text in {form.joined, form.joined.removeprefix("中国")}:
            if 2 <= len(text) <= 4:
                short |= {f"h:{text[0]}{text[-1]}", f"e:{text}"}
            long |= {f"h:{text[0]}{c}" for c in text[2:]}
            long |= {f"e:{text[:n]}" for n in (2, 3, 4) if n < len(text)}
        return shared, short, long
    shared |= {f"c:{code}" for code in form.codes}
    if len(form.content) == 1 and len(form.joined) >= PART and not form.acronym:
        short.add(f"t:{form.joined}")
    elif form.sort != PERSON and len(form.content) > 1:
        kinds = lexicon("kinds")
        told = [word for word in form.content if word not in kinds]
        long |= {f"t:{word}" for word in {form.content[0], *told[-1:]} if len(word) >= PART}
    if (parts := person(form)) is not None:
        given, family, _ = parts
        if shortened(given):
            long.add(f"n:{given}|{family}")
        if len(form.content) == 2 or any(len(word) == 1 for word in form.core):
            short |= {f"n:{name}|{family}" for name in formal(given)}
    if len(form.core) > 1:
        _parts(form, short, long)
    return shared, short, long


def _parts(form: Form, short: set[str], long: set[str]) -> None:
    """Keys by which a name finds those that begin or end with all of it, and initials whom they may stand for."""
    content = form.content[:MOST_WORDS]
    if len(content) > 1:
        short.add(f"b:{'|'.join(content)}")
    for count in range(2, len(content)):
        long |= {f"b:{'|'.join(content[:count])}", f"b:{'|'.join(content[-count:])}"}
    # a person by the family name and the first letter of the given one
    words = form.core
    for given, family in ((words[0], words[-1]), (words[-1], words[0])):
        key = f"p:{given[0]}|{loose(family)}"
        long.add(key)
        if len(given) == 1:
            short.add(key)
        # and by more of it, where nothing or an initial stands between them: one given name is the other's
        # beginning ("Alex", "Alexander"), or they have the same consonants ("Katherine", "Kathryn")
        whole, last = loose(given), loose(family)
        sound = f"k:{_VOWELS.sub('', whole)}|{last}"
        long |= {f"g:{whole[:n]}|{last}" for n in range(GIVEN, len(whole) + 1)} | {sound}
        if len(content) == 2 or any(len(word) == 1 for word in words):
            short |= {f"g:{whole}|{last}", sound}


def _spelt(form: Form) -> Iterator[str]:
    joined, words = form.loose, form.core
    yield f"j:{joined}"
    yield f"j:{form.joined}"
    if len(words) > 1 and not form.han:
        yield "w:" + "|".join(sorted(loose(w) for w in words))
    if len(words) == 1 and not form.han and len(joined) >= STEM:
        # other endings of one stem: "Amsterdam", "Amsterdamas"
        yield from (
            f"x:{joined[:end]}" for end in range(max(STEM, len(joined) - ENDING), len(joined) + 1)
        )
    # two names one error apart share what is left when a letter of each is dropped (SymSpell); an error within
    # what is written in several ways ("Kiosses", "Kioscses") is one only as it stands
    for text in {joined, form.joined}:
        if (4 if form.han else LEAST) <= len(text) <= LONGEST:
            yield f"d:{text}"
            yield from (f"d:{text[:i]}{text[i + 1 :]}" for i in range(len(text)))
    if len(joined) > LONGEST and 2 < len(words) <= MOST_WORDS and not form.han:
        # long names that differ in one word, which begins alike
        yield from (
            f"o:{'|'.join((*words[:i], word[:2], *words[i + 1 :]))}" for i, word in enumerate(words)
        )
