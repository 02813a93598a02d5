"""Sentences without their markup, and what they say they take back."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from .dateline import chinese_dateline, dateline
from .extraction import Span

_MARKUP = re.compile(
    r"!?\[(?P<link>[^\[\]]*)\]\([^()\s]*\)|(?P<space>\s+)"
    r"|\*+|`+|(?<![^\W_])__?(?=\S)|(?<=\S)__?(?![^\W_])"
)
_PREFIX = re.compile(
    r"(?:(?:correction|corrigendum|corrected|erratum|errata)"
    r"(?: (?:to|of|for|on) [^:,.]{1,60})? ?[:—–] ?"
    r"|(?:actually|in fact|in reality|as a matter of fact|let me correct (?:that|this"
    r"|myself))(?: ?[,:—–] ?| ))+",
    re.IGNORECASE,
)
# A thing that is named, with the commas and points of its numbers, up to punctuation.
_THING = r"(?P<thing>(?:[^\s,;.!?()]|[.,](?=\d)| (?!but\b)){1,80}?)"
_STOP = r"(?= ?(?:[;!?)]|[,.](?!\d)| [—–]|$))"
_NO_CONTRAST = (
    r"(?!(?:only|just|merely|simply|because|yet|even|to|least|until|unless|if|when|that"
    r"|all|necessarily|always|so|very|really|as|more|less|before|after|every|far)\b)"
)
_AFTER = re.compile(
    rf"(?:,(?: and)? not|,? and not|,? instead of|,? rather than) {_NO_CONTRAST}"
    rf"{_THING}{_STOP}",
    re.IGNORECASE,
)
_FIRST = re.compile(rf"(?:instead of|rather than) {_NO_CONTRAST}{_THING}, ", re.IGNORECASE)
_BETWEEN = re.compile(
    r"(?<!do )(?<!does )(?<!did )(?<!can )(?<!will )(?<!has )(?<!have )(?<!had )"
    rf"\bnot {_NO_CONTRAST}{_THING},? but (?:rather )?",
    re.IGNORECASE,
)
_ZH_PREFIX = re.compile(
    r"(?:(?:更正|勘误|订正|修正|纠正)(?:一下)?[：:，,]?|(?:其实|事实上|实际上)[，,]?)+\s*"
)
_ZH_STOP = r"(?=[，。；！;!]|,(?!\d)|$)"
_ZH_AFTER = re.compile(
    rf"[，,]?(?:而不是|而非|不是|并非)(?P<thing>[^，。；！？、]{{1,40}}?){_ZH_STOP}"
)
_ZH_BETWEEN = re.compile(
    r"(?:并)?不是(?P<thing>[^，。；！？]{1,40})[，,]?而是(?=(?P<preposition>[在于由从向])?)"
)


@dataclass(frozen=True, slots=True)
class Plain:
    """A sentence as it is said, each character with the place it came from.

    `places[i]` is where `text[i]` stands in the passage.
    """

    text: str
    places: tuple[int, ...]

    def span(self, start: int, end: int) -> Span:
        """Give where `text[start:end]`, which is not empty, stands in the passage."""
        return self.places[start], self.places[end - 1] + 1

    def without(self, start: int, end: int, put: str = "") -> Plain:
        """Leave out `text[start:end]`; `put` takes its place and the place of its end."""
        at = self.places[end - 1] if end else 0
        return Plain(
            self.text[:start] + put + self.text[end:],
            (*self.places[:start], *(at for _ in put), *self.places[end:]),
        )

    def capitalised(self) -> Plain:
        """Begin with a capital, as a sentence whose first words went would have."""
        first = self.text[:1].upper()
        return replace(self, text=first + self.text[1:]) if len(first) == 1 else self


@dataclass(frozen=True, slots=True)
class Statement:
    """What a sentence states once what it takes back is left out.

    `corrects` says that the sentence opens as a correction. `instead_of` is the part
    that was contrasted, `at` the offset in `plain.text` where it stood: it contrasts
    with what ends there. Both are None where nothing is contrasted. `dateline` is what stood
    before the sentence and is no part of it.
    """

    plain: Plain
    corrects: bool
    instead_of: str | None = None
    at: int | None = None
    taken_back: Plain | None = None
    dateline: Plain | None = None

    @property
    def aside(self) -> tuple[Plain, ...]:
        """The parts that are not read with the rest, and name things all the same."""
        return tuple(part for part in (self.dateline, self.taken_back) if part is not None)


def plain_text(text: str, start: int, end: int) -> Plain:
    """Read `text[start:end]` without emphasis and links, white space single.

    >>> plain_text("a **bold** [link](u)\\nend", 0, 24).text
    'a bold link end'
    """
    pieces: list[str] = []
    places: list[int] = []
    reach = start
    for found in _MARKUP.finditer(text, start, end):
        pieces.append(text[reach : found.start()])
        places.extend(range(reach, found.start()))
        if found["space"] is not None:
            pieces.append(" ")
            places.append(found.start())
        elif found["link"] is not None:
            pieces.append(found["link"])
            places.extend(range(found.start("link"), found.end("link")))
        reach = found.end()
    pieces.append(text[reach:end])
    places.extend(range(reach, end))
    return Plain("".join(pieces), tuple(places))


def read_statement(plain: Plain) -> Statement:
    """Take the correction out of an English sentence, so that the rest reads as if plain.

    Read are openings ("Correction: …", "Actually, …", "In fact, …") and contrasts
    ("…, not X", "instead of X", "rather than X", "not X but Y").

    >>> said = "Correction: it lost 1,240 doses, not 1,420 doses."
    >>> found = read_statement(plain_text(said, 0, len(said)))
    >>> found.plain.text, found.instead_of
    ('It lost 1,240 doses.', '1,420 doses')
    """
    if front := dateline(plain.text):
        return _below(read_statement(plain.without(0, front)), plain, front)
    corrects = False
    if (opening := _PREFIX.match(plain.text)) and opening.end() < len(plain.text):
        plain = plain.without(0, opening.end()).capitalised()
        corrects = True
    if plain.text.endswith("?"):
        return Statement(plain, corrects)
    for pattern in (_BETWEEN, _AFTER, _FIRST):
        found = pattern.search(plain.text)
        if found is None or pattern is _FIRST and found.start() > 0:
            continue
        rest = plain.without(*found.span())
        at: int | None = found.start()
        if pattern is _FIRST:
            rest, at = rest.capitalised(), None
        elif pattern is _BETWEEN:
            # What it contrasts with follows.
            at = _next_stop(rest.text, found.start())
        back = _part(plain, found)
        return Statement(rest, corrects, back.text, at, back)
    return Statement(plain, corrects)


def read_chinese_statement(plain: Plain) -> Statement:
    """Take the correction out of a Chinese sentence, so that the rest reads as if plain.

    Read are openings (更正：, 其实) and contrasts (，而不是X; 不是X，而是Y).

    >>> said = "更正：水泵于05:40停机，而不是02:10。"
    >>> found = read_chinese_statement(plain_text(said, 0, len(said)))
    >>> found.plain.text, found.instead_of
    ('水泵于05:40停机。', '02:10')
    """
    if front := chinese_dateline(plain.text):
        return _below(read_chinese_statement(plain.without(0, front)), plain, front)
    corrects = False
    if (opening := _ZH_PREFIX.match(plain.text)) and opening.end() < len(plain.text):
        plain, corrects = plain.without(0, opening.end()), True
    if (found := _ZH_BETWEEN.search(plain.text)) is not None:
        put = "" if found["preposition"] else "是"
        rest = plain.without(found.start(), found.end(), put)
        back = _part(plain, found)
        return Statement(rest, corrects, back.text, len(rest.text), back)
    found = _ZH_AFTER.search(plain.text)
    if found is not None and found.start() > 0 and found[0][0] in "，,而":
        back = _part(plain, found)
        rest = plain.without(*found.span())
        return Statement(rest, corrects, back.text, found.start(), back)
    return Statement(plain, corrects)


def _below(said: Statement, plain: Plain, front: int) -> Statement:
    line = Plain(plain.text[:front].rstrip(), plain.places[: len(plain.text[:front].rstrip())])
    return replace(said, dateline=said.dateline or line)


def _part(plain: Plain, found: re.Match[str]) -> Plain:
    start, end = found.span("thing")
    return Plain(plain.text[start:end], plain.places[start:end])


def _next_stop(text: str, start: int) -> int:
    found = re.compile(_STOP).search(text, start)
    return found.start() if found else len(text)


def contrasted(ends: Sequence[int], at: int | None) -> int | None:
    """Choose which of the claims, by where their objects end, is contrasted at `at`.

    The one that ends there or nearest before it; the last one if none does; None
    without claims.

    >>> contrasted([9, 20, 31], 21)
    1
    """
    if not ends:
        return None
    if at is None:
        return len(ends) - 1
    before = [place for place, end in enumerate(ends) if end <= at]
    return max(before, key=lambda place: (ends[place], place), default=len(ends) - 1)
