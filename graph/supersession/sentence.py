"""A sentence as supersession reads it: names, numbers and stems in order, and what the wording signals.

No model is needed and nothing but the text is looked at, so that what is found of two statements depends
on these two alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import pairwise

from . import lexicon
from .form import Form, form_of
from .meaning import Words
from .token import Kind, Token

Span = tuple[int, int]

_TOKEN = re.compile(
    r"(?P<code>[\w.+-]+@[\w-]+\.[\w.-]+|https?://\S+)"
    r"|(?P<quote>(?<!\w)[\"“”‘'](?P<inner>[A-Z0-9][^\"“”]{0,80}?)[,.!?]?[\"”’'](?!\w))"
    r"|(?P<number>[€$£¥]?\d+(?:[.,:/-]\d+| \d{3,}(?!\d))*(?:st|nd|rd|th)?%?)"
    r"|(?P<word>[^\W\d_]+(?:[-’'][^\W\d_]+)*|\w+(?:[-.]\w+)*)"
    r"|(?P<stop>[;,:.!?()—–])"
)
_LINKS = frozenset(
    [
        "of",
        "de",
        "da",
        "del",
        "della",
        "di",
        "du",
        "la",
        "le",
        "van",
        "von",
        "der",
        "the",
        "and",
        "&",
    ]
)
_SHORTENED = re.compile(r"'(?:s|m|re|ve|ll|d)$")
_WISH = re.compile(
    r" would (?=(?:rather|sooner|prefer) )"
    r"| (?:i|we|you|he|she|they|user|d) would (?=like to be )"
)
_FIRM = re.compile(
    r" (?:would|could) (?:not|never)(?= )| who would have thought | no plans to | if need be "
    r"|^ (?:could|would) you | considers (?!(?:\w+ing|a|an|the|whether) )"
)
"""What only looks like a doubt: a refusal ("would not touch it"), a request, an opinion ("considers it cruel")."""
_ALLOWS = re.compile(
    r" (?:you|nobody|no one|only \w+|any(?:one|body)|every(?:one|body)|all|guests|visitors|members|customers) may "
    r"| may (?:\w+ ){1,4}(?:again|freely|once more) "
    r"| may be (?:used|taken|brought|kept|worn|lit|ridden|parked|booked|returned|cancelled|entered|eaten) "
    r"| (?:in|since|until|till|by|last|next|early|late) may "
)
_QUESTION = re.compile(r"[?？][\"”’')\s]*$")
_TITLES = frozenset(["mr", "mrs", "ms", "dr", "prof", "sir", "dame", "md", "jr", "sr", "phd", "st"])


@dataclass(frozen=True)
class Sentence:
    """A sentence read once: all its tokens, and the signals in its wording (see `lexicon`)."""

    text: str
    tokens: tuple[Token, ...]
    asks: bool
    corrects: bool
    ended: bool
    changed: bool
    now: bool
    only: bool
    adds: bool
    hedges: bool
    supposes: frozenset[str]
    past: bool
    first_person: bool
    field: str = ""
    """The name of the field that it fills in, by the stems of its words; nothing where it is no line of a form."""
    start: int = 0
    """Where it begins behind its date or label."""

    @cached_property
    def content(self) -> list[Token]:
        """The tokens that say something."""
        return [token for token in self.tokens if token.content]

    @cached_property
    def body(self) -> tuple[Token, ...]:
        """Its tokens without a date or label before it."""
        if not self.start:
            return self.tokens
        return tuple(token for token in self.tokens if token.start >= self.start)

    @cached_property
    def names(self) -> list[Token]:
        """The names."""
        return [token for token in self.tokens if token.kind is Kind.NAME]

    @cached_property
    def words(self) -> Words:
        """The words that are no names and no numbers, with their vectors."""
        return Words([token for token in self.tokens if token.kind is Kind.WORD])

    @cached_property
    def concepts(self) -> frozenset[str]:
        """What it is about."""
        concepts = lexicon.concepts()
        found = (concepts.get(word) for t in self.tokens for word in (t.key, t.lower))
        return frozenset[str]().union(*(one for one in found if one))

    @cached_property
    def phrases(self) -> frozenset[tuple[str, str]]:
        """What several words of it tell of together: the class and the words, by their stems."""
        said = " " + " ".join(lexicon.stem(token.lower) for token in self.tokens) + " "
        return frozenset(
            (kind, match[0].strip())
            for kind, pattern in lexicon.phrases().items()
            for match in pattern.finditer(said)
        )

    @cached_property
    def lowers(self) -> frozenset[str]:
        """All its words as they are written, in lower case."""
        return frozenset(token.lower for token in self.tokens)

    @cached_property
    def stems(self) -> frozenset[str]:
        """The keys of all its tokens, and the stems of its small words."""
        return frozenset(
            one for token in self.tokens for one in (token.key, lexicon.stem(token.lower))
        )


@lru_cache(maxsize=16384)
def read(text: str) -> Sentence:
    """Read a sentence.

    >>> [(t.key, t.kind.name) for t in read("Ann Lee moved to Oslo in 2021.").content]
    [('ann lee', 'NAME'), ('move', 'WORD'), ('oslo', 'NAME'), ('2021', 'NUMBER')]
    """
    form = form_of(text)
    tokens = tuple(_read(text, form))
    lower = " " + " ".join(token.lower for token in tokens) + " "
    words = {token.lower for token in tokens}
    supposes = _hedges(lower, tokens)
    plain = words | {f"{one}-{two}" for one, two in _pairs(tokens)}
    return Sentence(
        text,
        tokens,
        asks=_QUESTION.search(text) is not None,
        corrects=bool(words & lexicon.CORRECTION),
        ended=_any(lower, lexicon.ENDED),
        changed=bool(words & lexicon.CHANGED),
        now=bool(plain & lexicon.NOW),
        only=bool(words & lexicon.ONLY),
        adds=_any(lower, lexicon.ADDITION),
        hedges=bool(supposes),
        supposes=supposes,
        past=_any(lower, lexicon.PAST),
        first_person=bool(words & lexicon.FIRST_PERSON),
        field=form.field,
        start=form.start,
    )


def _hedges(lower: str, tokens: tuple[Token, ...]) -> frozenset[str]:
    """The words that make it only possible; a wish ("would rather"), a refusal and a permission ("may again") are no doubt."""
    lower = _FIRM.sub(" ", _WISH.sub(" ", lower))
    found = {cue for cue in lexicon.HEDGE if cue != "may" and f" {cue} " in lower}
    # May is a month with a capital
    allows = _ALLOWS.search(lower) is not None
    if any(t.lower == "may" and t.kind is not Kind.DATE for t in tokens) and not allows:
        found.add("may")
    return frozenset(found)


def _any(lower: str, cues: tuple[str, ...] | list[str]) -> bool:
    return any(f" {cue} " in lower or (cue[-1] == "-" and f" {cue}" in lower) for cue in cues)


def _pairs(tokens: tuple[Token, ...]) -> Iterator[tuple[str, str]]:
    for one, two in pairwise(tokens):
        yield one.lower, two.lower


def _read(text: str, form: Form) -> Iterator[Token]:
    """The tokens, those of a stamp as small words, those of a field's name as words, its value as what is said."""
    for token in _tokens(text, 0, form.start):
        yield replace(token, key=token.lower, kind=Kind.FUNCTION, words=frozenset())
    if not form.key:
        yield from _tokens(text, form.start, len(text))
        return
    for word, start, end in form.key:
        small = word in lexicon.FUNCTION
        kind = Kind.NUMBER if word.isdigit() else Kind.FUNCTION if small else Kind.WORD
        yield Token(word if small else lexicon.stem(word), kind, start, end, word)
    value = list(_tokens(text, form.value, len(text)))
    brief = not any(token.content for token in value)
    for token in value:
        # "size: M", "server: up"
        said = brief and token.kind is Kind.FUNCTION
        yield replace(token, kind=Kind.WORD if said else token.kind, clause=token.clause + 1)


def _tokens(text: str, start: int, until: int) -> Iterator[Token]:
    clause = 0
    found: list[tuple[re.Match[str], int]] = []
    for match in _TOKEN.finditer(text, start, until):
        if match["stop"] is not None:
            clause += match["stop"] in ";,:()—–"
            found.append((match, -1))
            continue
        found.append((match, clause))
    place, opening = 0, True
    while place < len(found):
        match, where = found[place]
        if where < 0:
            opening = match["stop"] in ".!?:"
            place += 1
            continue
        if match["code"] is not None or match["quote"] is not None:
            inner = match["inner"] or match["code"]
            low = inner.lower()
            yield Token(low, Kind.NAME, *match.span(), low, frozenset(low.split()), where)
            place += 1
        elif match["number"] is not None:
            plain = re.sub(r"(?:st|nd|rd|th)$", "", match[0].lower())
            plain = re.sub(r"(?<=\d),(?=\d{3})", "", plain)
            yield Token(plain, Kind.NUMBER, *match.span(), plain, clause=where)
            place += 1
        else:
            run = _name(found, place, opening)
            if _user(found, place, opening):
                low = _plain(match[0])
                yield Token(low, Kind.NAME, *match.span(), low, frozenset([low]), where)
                place += 1
            elif run > place:
                yield _named(text, found, place, run, where)
                place = run
            else:
                yield _word(match, where)
                place += 1
        opening = False


def _name(found: list[tuple[re.Match[str], int]], place: int, opening: bool) -> int:
    """Where the name that begins here ends; `place` itself where none does."""
    word = found[place][0][0]
    if not _capital(word) or _plain(word) in lexicon.FIRST_PERSON:
        return place
    low = _plain(word)
    if low in lexicon.DATES and low != "may" or (low == "may" and not opening):
        return place
    end = place + 1
    while end < len(found) and not _owns(found[end - 1][0][0]):
        match, where = found[end]
        if where < 0:
            dotted = match["stop"] == "." and (
                len(found[end - 1][0][0]) == 1 or _plain(found[end - 1][0][0]) in _TITLES
            )
            if dotted and end + 1 < len(found) and _capital(found[end + 1][0][0]):
                end += 1
                continue
            break
        if _capital(match[0]) and _plain(match[0]) not in lexicon.DATES:
            end += 1
            continue
        joined = (
            match[0] in _LINKS - {"and", "the"}
            and end + 1 < len(found)
            and found[end + 1][1] >= 0
            and (_capital(found[end + 1][0][0]) or found[end + 1][0][0] == "the")
        )
        if joined:
            ahead = end + 2 if found[end + 1][0][0] != "the" else end + 3
            if ahead - 1 < len(found) and _capital(found[ahead - 1][0][0]):
                end = ahead
                continue
        break
    alone = end == place + 1
    if alone and opening and (low in lexicon.FUNCTION or _common(low)):
        return place
    if alone and low in lexicon.FUNCTION:
        return place
    # "The Kessler building": an article that opens is no part of a name
    if low in {"the", "a", "an"} | lexicon.PREPOSITIONS | lexicon.FUNCTION and opening:
        return place
    return end


def _user(found: list[tuple[re.Match[str], int]], place: int, opening: bool) -> bool:
    """Whether it is "User" or "the user": whom an agent remembers things of, as by a name."""
    if _plain(found[place][0][0]) != "user":
        return False
    before = found[place - 1][0][0].lower() if place else ""
    after = found[place + 1][0][0] if place + 1 < len(found) else ""
    return (opening or before == "the") and not _capital(after)


def _common(word: str) -> bool:
    from .rarity import known

    return known(lexicon.stem(word))


def _capital(word: str) -> bool:
    return word[:1].isupper()


def _owns(word: str) -> bool:
    return word.endswith(("'s", "’s", "s'", "s’"))


def _plain(word: str) -> str:
    low = word.lower().replace("’", "'")
    return _SHORTENED.sub("", low).rstrip("'")


def _named(
    text: str, found: list[tuple[re.Match[str], int]], first: int, past: int, clause: int
) -> Token:
    words = [
        _plain(match[0])
        for match, where in found[first:past]
        if where >= 0 and match[0] not in _LINKS
    ]
    key = " ".join(word for word in words if word not in _TITLES) or " ".join(words)
    start, end = found[first][0].start(), found[past - 1][0].end()
    return Token(key, Kind.NAME, start, end, key, frozenset(key.split()), clause)


def _word(match: re.Match[str], clause: int) -> Token:
    low = _plain(match[0])
    span = match.span()
    if low in lexicon.NUMBERS:
        return Token(lexicon.NUMBERS[low], Kind.NUMBER, *span, low, clause=clause)
    if low in lexicon.DATES and (low != "may" or _capital(match[0])):
        return Token(low, Kind.DATE, *span, low, clause=clause)
    if low.endswith("n't") or low in lexicon.SHORT_NOT:
        return Token("not", Kind.FUNCTION, *span, "not", clause=clause)
    if low in lexicon.FUNCTION or low in lexicon.FIRST_PERSON:
        return Token(low, Kind.FUNCTION, *span, low, clause=clause)
    return Token(lexicon.stem(low), Kind.WORD, *span, low, clause=clause)
