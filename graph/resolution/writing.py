"""Writing: what of two names has to be the same, mark for mark, before they are one without anybody asked.

Folding forgives much, since a question has to be found; here nothing is forgiven that may tell two things apart:
"C" and "C++", "Pen Island" and "Penis Land", "Acme (Oslo)" and "Acme (Ghent)", バス and パス.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from .form import BODY, PERSON, PLACE, Form
from .spelling import converted, lexicon, spellings, spelt

_SIGNS = frozenset("#@%/\\*_§†‡")
_SILENT = frozenset("®©℠`´¨˝")
_DASHES = frozenset("-‐‑‒–—−")
_TURNED = re.compile(r"^([^,]+), ([^,]+\sof)$")
_FIRST = frozenset({"st", "sankt", "mt", "ft"})


def certain(one: Form, other: Form) -> bool:
    """Whether two names are written as one name is, their dress aside.

    >>> certain(Form("Bio-Rad", "ORG"), Form("BioRad", "ORG")), certain(Form("C"), Form("C++"))
    (True, False)
    >>> certain(Form("Dr. Ann Reed", "PERSON"), Form("Ann Reed", "PERSON"))
    True
    """
    word = len(one.core) == 1 and not one.coded and not one.han
    return (
        written(one) == written(other)
        and one.asides == other.asides
        and bool(one.acronym) == bool(other.acronym)
        and not (word and one.surface.islower() != other.surface.islower())
        and _dress(one, other)
    )


def contrary(one: Form, other: Form) -> bool:
    """Whether two names of the same letters are dressed as two things: what is neither may be either.

    >>> contrary(Form("Acme Ltd"), Form("Acme GmbH")), contrary(Form("Acme Ltd"), Form("Acme"))
    (True, False)
    >>> contrary(Form("Dr Ann Reed"), Form("Prof Ann Reed")), contrary(Form("Mr Reed"), Form("Ms Reed"))
    (False, True)
    """
    if one.joined != other.joined or not (one.set_aside and other.set_aside):
        return False
    mine, theirs = one.set_aside, other.set_aside
    ranks = lexicon("honorifics") | lexicon("han.titles")
    legal, others = mine - ranks, theirs - ranks
    if legal and others and not (legal <= others or others <= legal):
        return True
    men, women = lexicon("men"), lexicon("women")
    return bool((mine & men and theirs & women) or (mine & women and theirs & men))


def _dress(one: Form, other: Form) -> bool:
    """Whether one has all honorifics and endings of the other, and what it has besides says nothing."""
    less, more = sorted((one, other), key=lambda form: len(form.set_aside))
    if not less.set_aside <= more.set_aside:
        return False
    sorts = {one.sort, other.sort}
    for word in more.set_aside - less.set_aside:
        if word in lexicon("han.places") and more.han:
            town = "".join(more.core) in lexicon("han.cities") and word == "市"
            fine = PLACE in sorts and (town or word == "省")
        elif word in lexicon("legal") or word in lexicon("han.endings"):
            alone = len(more.core) == 1 and word in ("company", "companies")
            plain = word in lexicon("unmistakable") or more.sort == BODY
            fine = PLACE not in sorts and plain and not alone
        else:
            # "Lady Byron" is not who "Byron" is, and "Dr Pepper" not "Pepper"
            person = PERSON in sorts or word in lexicon("addresses")
            fine = person and not sorts & {BODY, PLACE} and len(more.core) > 1
        if not fine:
            return False
    return True


def written(form: Form) -> tuple[str, ...]:
    """The words and marks of a name without its dress, each word in one way of writing.

    >>> written(Form("K-210A")) == written(Form("K210A")) == ("k", "210", "a")
    True
    >>> written(Form("A+")), written(Form("ann.reed@example.org"))
    (('a', '+'), ('ann', '.', 'reed', '@', 'example', '.', 'org'))
    """
    if form.han:
        return tuple(_tokens(_han(form)))
    # "Korea, Republic of", as lists have it
    tokens = [*_tokens(_TURNED.sub(r"\2 \1", form.bare))]
    if form.sort == PERSON:
        return tuple(tokens)
    found: list[str] = []
    for place, word in enumerate(tokens):
        last = place == len(tokens) - 1
        if word in spellings("ordinals"):
            ordinal = spellings("ordinals")[word]
            found += [ordinal[:-2], ordinal[-2:]]
        elif word in lexicon("generations") or word in lexicon("roman"):
            # "Rocky II" is "Rocky 2", but an "IV bag" is no "4 bag"
            found.append(spelt(word) if last and place and len(word) > 1 else word)
        elif word in _FIRST or word in spellings("compass"):
            first = place == 0 and not last and not tokens[1].isdigit()
            found.append(spelt(word, place=form.sort == PLACE) if first else word)
        else:
            found.append(spelt(word))
    return tuple(found)


def _han(form: Form) -> str:
    """Chinese in simplified characters without its dress, numerals as digits where they count something."""
    # one character alone may stand for several: 发 is 發 and 髮
    text = converted(form.text) if len(form.core) > 1 else form.text
    for ending in form.endings:
        text = text.removesuffix(ending)
    numerals = {pair[0]: pair[1:] for pair in lexicon("han.numbers")}
    found = []
    for place, char in enumerate(text):
        before, after = text[place - 1 : place], text[place + 1 : place + 2]
        counts = after in lexicon("han.counters") and before not in numerals
        found.append(numerals[char] if char in numerals and after and counts else char)
    return "".join(found)


def _tokens(text: str) -> Iterator[str]:
    """Runs of letters and of digits, cut where a capital follows a small letter, and the marks that tell."""
    run, kind = "", ""
    for place, char in enumerate(text):
        category = unicodedata.category(char)
        if category == "Cf" or "\ufe00" <= char <= "\ufe0f":
            continue
        now = {"L": "L", "M": "L", "N": "N"}.get(category[0], "")
        hump = now == "L" and char.isupper() and run[-1:].islower() and run[:1].isupper()
        if run and (now != kind or hump):
            yield _folded(run)
            run = ""
        kind = now
        if now:
            run += char
        elif char == "&":
            yield "and"
        elif _tells(category, text[place - 1 : place], char, text[place + 1 : place + 2]):
            yield char
    if run:
        yield _folded(run)


def _tells(category: str, before: str, char: str, after: str) -> bool:
    """Whether a mark between two characters, or at an end, makes another name of it."""
    numbers = before.isdigit() and after.isdigit()
    if char in _DASHES:
        open_left, open_right = not before or before.isspace(), not after or after.isspace()
        return numbers or open_left != open_right
    if char == ".":
        return numbers or after.islower() or ((not before or before.isspace()) and after.isalnum())
    if char in ",:":
        return numbers or (char == ":" and bool(after) and not after.isspace())
    return char in _SIGNS or (category[0] == "S" and char not in _SILENT)


def _folded(word: str) -> str:
    """A word in small letters; accents go where whoever writes it in English would leave them out."""
    spread = unicodedata.normalize("NFKD", word)
    letters = [c for c in spread if not unicodedata.combining(c)]
    if word[0].isupper() and len(letters) > 2 and all(c.isascii() for c in letters):
        return "".join(letters).lower()
    return unicodedata.normalize("NFC", word.casefold())
