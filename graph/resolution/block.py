"""Blocking: the keys under which two names have to meet before they are compared.

Keys follow from the name alone, so that which pairs are compared depends on nothing else, and a new name
costs what its block costs. A key is either shared, or has two sides: an abbreviation looks for names that it
may stand for, not for other abbreviations.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..digest import hashed
from .form import PERSON, Form
from .spelling import lexicon, loose

LONGEST = 32
"""Letters of a name that make keys for typing errors."""
PART = 4
"""Letters of a word that may stand for a name of several words."""
PREFIX = 5
"""Letters that two names of one word share at the beginning, where their endings differ."""
LEAST = 5
"""Letters that a name has at least, for a typing error to be looked for."""


def posted(form: Form) -> list[int]:
    """The keys under which a name is found, ascending."""
    shared, short, long = _keys(form)
    keys = [*shared, *(f"s|{k}" for k in short), *(f"l|{k}" for k in long)]
    return sorted({hashed(key) for key in keys})


def sought(form: Form) -> list[int]:
    """The keys under which the names are posted that it is compared with, ascending.

    >>> ecb, bank = Form("ECB", "ORG"), Form("European Central Bank", "ORG")
    >>> bool({*sought(ecb)} & {*posted(bank)}), bool({*sought(ecb)} & {*posted(Form("ECA"))})
    (True, False)
    """
    shared, short, long = _keys(form)
    keys = [*shared, *(f"l|{k}" for k in short), *(f"s|{k}" for k in long)]
    return sorted({hashed(key) for key in keys})


def _keys(form: Form) -> tuple[set[str], set[str], set[str]]:
    """Shared keys, those of the short side, those of the long side."""
    if not form.core:
        return set(), set(), set()
    shared, short, long = set(_spelt(form)), set[str](), set[str]()
    if form.acronym:
        short.add(f"a:{form.acronym}")
    long |= {f"a:{letters}" for letters in form.acronyms}
    if form.han:
        for text in {form.joined, form.joined.removeprefix("中国")}:
            if 2 <= len(text) <= 4:
                short |= {f"h:{text[0]}{text[-1]}", f"e:{text}"}
            long |= {f"h:{text[0]}{c}" for c in text[2:]}
            long |= {f"e:{text[:n]}" for n in (2, 3, 4) if n < len(text)}
    elif len(form.content) == 1 and len(form.joined) >= PART and not form.acronym:
        short.add(f"t:{form.joined}")
    elif form.sort != PERSON and len(form.content) > 1:
        kinds = lexicon("kinds")
        told = [word for word in form.content if word not in kinds]
        long |= {f"t:{word}" for word in {form.content[0], *told[-1:]} if len(word) >= PART}
    shared |= {f"c:{code}" for code in form.codes}
    return shared, short, long


def _spelt(form: Form) -> Iterator[str]:
    joined, words = form.loose, form.core
    yield f"j:{joined}"
    yield f"j:{form.joined}"
    if len(words) > 1 and not form.han:
        yield "w:" + "|".join(sorted(loose(w) for w in words))
        # a person by the family name and the first letter of the given one
        yield f"p:{words[0][0]}|{loose(words[-1])}"
        yield f"p:{words[-1][0]}|{loose(words[0])}"
        if len(form.content) > 2:
            yield f"b:{form.content[0]}|{form.content[1]}"
            yield f"b:{form.content[-2]}|{form.content[-1]}"
        if len(form.content) == 2:
            yield f"b:{form.content[0]}|{form.content[1]}"
    if len(words) == 1 and not form.han and len(joined) > PREFIX:
        yield f"x:{joined[:PREFIX]}"  # other endings of one stem: "Amsterdam", "Amsterdamas"
    if LEAST <= len(joined) <= LONGEST or (form.han and len(joined) >= 4):
        # two names one error apart share what is left when a letter of each is dropped (SymSpell)
        yield f"d:{joined}"
        yield from (f"d:{joined[:i]}{joined[i + 1 :]}" for i in range(len(joined)))
