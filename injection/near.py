"""Near-duplicates: of texts that say the same in the same words, one is told.

Two texts are the same when their words are, in their order, whatever their white space, case and
punctuation; a text lies within another when its words are whole sentences of it, one after the other. Numbers
with their signs, symbols, negations and names are words like others, so texts that differ in one of them are
both kept; so is a statement that another text quotes, doubts or denies in the same sentence. Sentences and words
are looked up by their hashes (Broder's shingles, 1997, with whole sentences as shingles), so the time
is that of reading the texts.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain, pairwise

_LEAST_WORDS = 3
_MOST_LOOKED_AT = 64

_FORMS = str.maketrans(dict.fromkeys("‐‑‒–−﹣－", "-") | dict.fromkeys("’ʼ＇", "'"))
_HIDDEN = re.compile("[\u00ad\u200b\u200e\u200f\u2060\ufeff]")
_UNSPACED = "[\u3040-\u30ff\u3400-\u9fff]"
_BETWEEN_SIGNS = re.compile(rf"(?<={_UNSPACED})[^\S\n]+(?={_UNSPACED})")
# Whatever is neither white space nor known punctuation, so that an unknown mark rather keeps two texts apart.
_ASCII = r"\s!-/:-@\[-`{-~"
_BEYOND = _ASCII + r"¡§«¶·»¿\u2010-\u205e\u3000-\u303f،؛؟۔।॥"


def _tokens(punctuation: str) -> re.Pattern[str]:
    """A word or number with what joins its parts ("02:10", "1,5", "didn't"), a sign, or a telling symbol."""
    letter = f"[^{punctuation}]"
    return re.compile(
        rf"(?:{letter}|\.(?<!\w\.)(?=\d)){letter}*+"
        rf"(?:[.,:/'-](?:(?<=\d.)(?=\d)|(?<=[^\W\d_]')(?=[^\W\d_])){letter}++)*+"
        r"|-(?:(?<![\w)\]]-)(?=\.?[\d$€£¥])|(?<=\d -)(?= \d))|!=|[+<>=~^$%&@/?]|#(?:(?=\w)|(?<=\w#))"
    )


_TOKEN, _ASCII_TOKEN = _tokens(_BEYOND), _tokens(_ASCII)
_END = re.compile(
    r"[.!?;。！？；\n](?:(?<=[。！？；])|(?<=\n)\s*\n|(?<!\n)[.!?;]*+(?=[\"')\]}”’»*_]*+(?:\s|$)))"
)
_ABBREVIATION = re.compile(
    r"\b(?:dr|mrs?|ms|prof|st|nos?|vs|fig|approx|e\.g|i\.e|[^\W\d_])\Z", re.IGNORECASE
)
_ACRONYM = re.compile(r"[A-Z](?<!\w.)(?:(?<=[AEIOU])|(?=[A-Z]*[AEIOU]))[A-Z]{1,3}+\b")
_CAPITALS = "\ue000"

Words = tuple[str, ...]


class Why(StrEnum):
    """Why a text is not told."""

    SAME = "says the same words"
    WITHIN = "stands whole in another"


@dataclass(frozen=True, slots=True)
class Gone:
    """A text that is not told: its place, the place of the one that is told for it, and why."""

    place: int
    instead: int
    why: Why


@dataclass(frozen=True, slots=True)
class Distinct:
    """The places of the texts that are left, in their order, and those that went."""

    kept: tuple[int, ...]
    gone: tuple[Gone, ...]

    def lifted(self, scores: Sequence[float]) -> list[float]:
        """For each text that is kept the best score among those that it stands for, its own with them."""
        best = dict(zip(self.kept, (scores[place] for place in self.kept), strict=True))
        for gone in self.gone:
            best[gone.instead] = max(best[gone.instead], scores[gone.place])
        return [best[place] for place in self.kept]


def distinct(texts: Sequence[str], apart: Sequence[Hashable] | None = None) -> Distinct:
    """Leave out the texts, best first, that another one says.

    Of the same words the first stays. What lies whole in another text goes, also when it is the better
    one, because nothing is lost by it; `Distinct.lifted` hands its score on. Texts with different values in
    `apart` (the day from which "today" counts, say) are never compared. 10,000 passages of 400 characters take
    some 0.7 s of one slow core.

    >>> found = distinct(["RV-7 failed.", "The horn was  SILENT!", "RV-8 failed. The horn was silent.",
    ...     "rv-7 failed"])
    >>> found.kept, [(gone.place, gone.instead, gone.why.name) for gone in found.gone]
    ((0, 2), [(1, 2, 'WITHIN'), (3, 0, 'SAME')])
    """
    spaces = apart if apart is not None else [None] * len(texts)
    numbers: dict[Hashable, int] = {}
    read: list[tuple[int, ...]] = []
    first: dict[Hashable, int] = {}
    gone: dict[int, Gone] = {}
    short: set[int] = set()
    for place, (text, space) in enumerate(zip(texts, spaces, strict=True)):
        sentences = list(_sentences(text))
        said = tuple(chain.from_iterable(sentences))
        same = first.setdefault((space, said or text.strip()), place)
        if same != place:
            gone[place] = Gone(place, same, Why.SAME)
        if len(said) < _LEAST_WORDS:
            short.add(place)
        read.append(tuple(numbers.setdefault((space, one), len(numbers)) for one in sentences))
    for place, holder in _held(read, gone.keys(), short):
        gone[place] = Gone(place, holder, Why.WITHIN)
    kept = tuple(place for place in range(len(texts)) if place not in gone)
    return Distinct(kept, tuple(_last(gone, gone[place]) for place in sorted(gone)))


def words(text: str) -> Words:
    """The words by which texts are compared.

    >>> words("The valve, RV-7, didn't open at 02:10 (-5 °C)!")
    ('the', 'valve', 'rv', '7', "didn't", 'open', 'at', '02:10', '-', '5', '°c')
    """
    return tuple(chain.from_iterable(_sentences(text)))


def _sentences(text: str) -> Iterator[Words]:
    """The words of each sentence that has any; an abbreviation or a single letter ends none."""
    token = _ASCII_TOKEN
    if not text.isascii():
        plain = unicodedata.normalize("NFKC", _HIDDEN.sub("", text).translate(_FORMS))
        text, token = _BETWEEN_SIGNS.sub("", plain), _TOKEN
    if not text.isupper():
        # "US" is not "us", unless everything is in capitals
        text = _ACRONYM.sub(lambda found: found[0] + _CAPITALS, text)
    text = text.casefold()
    start = 0
    for found in _END.finditer(text):
        dot = found.start()
        if text[dot] != "." or not _ABBREVIATION.search(text, max(0, dot - 8), dot):
            if said := token.findall(text, start, found.end()):
                yield tuple(said)
            start = found.end()
    if said := token.findall(text, start):
        yield tuple(said)


def _held(
    read: Sequence[tuple[int, ...]], gone: Iterable[int], short: Iterable[int]
) -> list[tuple[int, int]]:
    """Each text that lies whole in a longer one, and the first that holds it; a short one may mean anything.

    Looked up is a text's only sentence, or the rarest two that follow each other, and only in so many
    places: where thousands of texts share every pair, some that could go stay.
    """
    left = sorted(set(range(len(read))).difference(gone))
    standing: dict[Hashable, list[tuple[int, int]]] = defaultdict(list)
    for place in left:
        if len(read[place]) > 1:
            for key, at in _runs(read[place]):
                standing[key].append((place, at))
            for at, one in enumerate(read[place]):
                standing[one].append((place, at))
    found = []
    for place in sorted(set(left).difference(short)):
        mine = read[place]
        runs = _runs(mine) if len(mine) > 1 else [(mine[0], 0)]
        key, at = min(runs, key=lambda run: len(standing.get(run[0], ())))
        for other, begin in standing.get(key, ())[:_MOST_LOOKED_AT]:
            theirs, start = read[other], begin - at
            if start >= 0 and len(theirs) > len(mine) and theirs[start : start + len(mine)] == mine:
                found.append((place, other))
                break
    return found


def _runs(sentences: tuple[int, ...]) -> list[tuple[Hashable, int]]:
    return [(pair, at) for at, pair in enumerate(pairwise(sentences))]


def _last(gone: dict[int, Gone], one: Gone) -> Gone:
    """What is told in the end: the one that stands instead may itself lie in another."""
    instead = one.instead
    while instead in gone:
        instead = gone[instead].instead
    return Gone(one.place, instead, one.why)
