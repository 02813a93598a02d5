"""Aliases that a text gives itself: "European Central Bank (ECB)", "Ann Reed, also known as Ace", 简称.

An abbreviation in brackets counts where its letters are found in the words before it (Schwartz & Hearst 2003, "A
simple algorithm for identifying abbreviation definitions"), here first letters of words alone. What a text says
of two names goes with the passage that says it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from ..graph.resolution.spelling import lexicon
from .extraction import Extraction, Mention, Span, gather, normalise

_SHORT = r"[A-Z][A-Za-z0-9&.\-]{1,9}"
_BRACKET = re.compile(rf"\s?[(（]\s*(?:the\s+)?[\"“']?(?P<short>{_SHORT})[\"”']?(?=\s*[)）;,])")
_NAME = (
    r"[A-ZÀ-Þ][\w.'’&-]*(?:\s+(?:(?:of|the|and|for|de|von|van|&)\s+)*[A-ZÀ-Þ0-9][\w.'’&-]*){0,6}"
)
_KNOWN = re.compile(
    r"\s*[,(（]?\s*(?:who is |which is |is )?(?:also|better|commonly|formerly|previously|sometimes|often)?\s*"
    r"(?:known as|called|referred to as|a\.?k\.?a\.?|abbreviated(?: as| to)?|abbreviated)\s+"
    rf"(?:the\s+)?[\"“']?(?P<name>{_NAME})"
)
_FIRMLY = re.compile(r"also|better|commonly|formerly|previously|a\.?k\.?a|abbreviated|[(（]|^\s*,")
_SHORT_FOR = re.compile(
    rf"(?P<short>{_SHORT})[\"”']?,?\s+(?:is\s+)?(?:short for|stands for|an abbreviation (?:of|for))\s+"
    rf"(?:the\s+)?[\"“']?(?P<name>{_NAME})"
)
_CHINESE = re.compile(
    r"\s*[,，(（]?\s*(?:以下)?(?:简称|又称|又名|亦称|也称|也叫|别名|旧称|原名|英文缩写为?|缩写为?)"
    r"(?:为|是|：|:)?\s*[\"“「『《]?(?P<name>[\u3400-\u9fffA-Za-z0-9·&.\-]{2,20}?)(?=[\"”」』》]?\s*(?:[)）,，。；;、]|$))"
)
_CHINESE_BRACKET = re.compile(r"\s?[(（]\s*(?P<short>[A-Z][A-Z0-9&\-]{1,9})\s*[)）]")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*|&")
_FULL_STOP = re.compile(r"[.!?;。！？；\n]")


@dataclass(frozen=True, slots=True)
class Alias:
    """One name that the text gives to another, with the characters of each where it does."""

    surface: str
    of: str
    span: Span
    of_span: Span


def aliases(text: str, mentions: Iterable[Mention] = ()) -> tuple[Alias, ...]:
    """The aliases that a text gives, in order; names of `mentions` are those that it may give one to.

    >>> found = aliases("The European Central Bank (ECB) raised rates.")
    >>> [(one.surface, one.of) for one in found]
    [('ECB', 'European Central Bank')]
    >>> aliases("Ann Reed (Oslo) left."), aliases("We met the team (QA).")
    ((), ())
    """
    ends = {
        end: (mention.surface, (start, end))
        for mention in mentions
        if not mention.is_value
        for start, end in mention.spans
    }
    found = {*_bracketed(text), *_spelt_out(text)}
    for end, (name, span) in ends.items():
        found.update(_known_as(text, name, span, end))
    wanted = (one for one in found if normalise(one.surface) != normalise(one.of))
    return tuple(sorted(wanted, key=lambda one: (one.span, one.of_span)))


def with_aliases(text: str, found: Extraction) -> tuple[Extraction, tuple[Alias, ...]]:
    """An extraction in which both names of each alias are mentions, and the aliases of its text."""
    given = aliases(text, found.mentions)
    if not given:
        return found, ()
    said = [(one.surface, one.span) for one in given] + [(one.of, one.of_span) for one in given]
    names = [Mention(name, "NAME", (span,)) for name, span in said]
    return replace(found, mentions=gather(text, [*found.mentions, *names])), given


def _bracketed(text: str) -> Iterator[Alias]:
    for match in _BRACKET.finditer(text):
        short = match["short"].rstrip(".")
        long = _long_form(short, text[: match.start()])
        if long is not None:
            at = match.start("short")
            yield Alias(short, text[slice(*long)], (at, at + len(short)), long)


def _spelt_out(text: str) -> Iterator[Alias]:
    for match in _SHORT_FOR.finditer(text):
        short, name = match["short"].rstrip("."), match["name"].rstrip(".,'’")
        if _initials(short, name.split()):
            at, of = match.start("short"), match.start("name")
            yield Alias(short, name, (at, at + len(short)), (of, of + len(name)))


def _known_as(text: str, name: str, span: Span, end: int) -> Iterator[Alias]:
    rest = text[end : end + 160]
    match = _KNOWN.match(rest)
    if match is not None and _FIRMLY.search(match[0][: match.start("name")]):
        other = match["name"].rstrip(".,'’")
        at = end + match.start("name")
        yield Alias(other, name, (at, at + len(other)), span)
    chinese = _CHINESE.match(rest) or (_CHINESE_BRACKET.match(rest) if _han(name) else None)
    if chinese is not None:
        group = "name" if "name" in chinese.re.groupindex else "short"
        at = end + chinese.start(group)
        yield Alias(chinese[group], name, (at, at + len(chinese[group])), span)


def _han(name: str) -> bool:
    return any("\u3400" <= c <= "\u9fff" for c in name)


def _long_form(short: str, before: str) -> Span | None:
    """The fewest last words before a bracket whose first letters the abbreviation has."""
    stop = max((m.end() for m in _FULL_STOP.finditer(before)), default=0)
    words = [m.span() for m in _WORD.finditer(before, stop)]
    if not words or before[words[-1][1] :].strip(" \"”’'"):
        return None
    for count in range(2, min(len(words), 2 * len(short) + 2) + 1):
        chosen = words[-count:]
        said = [before[slice(*word)] for word in chosen]
        if (
            said[0].lower() not in lexicon("small")
            and said[0][0].isupper()
            and _initials(short, said)
        ):
            return chosen[0][0], chosen[-1][1]
    return None


def _initials(short: str, words: Sequence[str]) -> bool:
    """Whether an abbreviation is made of the first letters of all these words, or of all but small ones."""
    letters = re.sub(r"[^A-Za-z0-9]", "", short).lower()
    plain = [word for word in words if word.lower() not in lexicon("small")]
    said = {"".join(word[0] for word in part).lower() for part in (words, plain)}
    return (
        len(letters) >= 2 and short[:2].isupper() and letters in {s.replace("&", "") for s in said}
    )
