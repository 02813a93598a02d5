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
_BRACKET = re.compile(
    rf"(?:\s\(|\s?（)\s*(?:abbr(?:\.|eviated(?:\s+(?:as|to))?)\s+)?(?:the\s+)?[\"“']?(?P<short>{_SHORT})[\"”']?"
    r"(?=\s*(?:for short\s*)?[)）;,])"
)
_REVERSED = re.compile(
    rf"(?<![\w.])(?P<short>{_SHORT})\s[(（]\s*(?:the\s+)?(?P<name>[A-ZÀ-Þ][^()（）,;\"“”]{{3,80}}?)\s*(?=[)）,;])"
)
_OR = re.compile(
    r",\s(?:or\s(?:the\s)?(?P<short>[A-Z][A-Z&.\-]{1,9}),|(?P<brief>[A-Z][A-Z&.\-]{1,9})\sfor\sshort\b)"
)
_CALLED = re.compile(
    r"\s[(（]\s*(?:hereinafter|hereafter)?\s*[\"“](?P<name>[^\"“”()（）]{2,60})[\"”]\s*[)）]"
)
_NAME = (
    r"[A-ZÀ-Þ][\w.'’&-]*(?:\s+(?:(?:of|the|and|for|de|von|van|&)\s+)*[A-ZÀ-Þ0-9][\w.'’&-]*){0,6}"
)
_KNOWN = re.compile(
    r"\s*[,(（]?\s*(?:who is |which is |is )?(?:also|better|commonly|formerly|previously|sometimes|often)?\s*"
    r"(?:known as|called|nicknamed|referred to as|(?i:a\.?k\.?a\.?)|abbreviated(?: as| to)?|abbreviated)\s+"
    rf"(?:the\s+)?[\"“']?(?P<name>{_NAME})"
)
_FIRMLY = re.compile(
    r"also|better|commonly|formerly|previously|(?i:a\.?k\.?a)|abbreviated|[(（]|^\s*,"
)
_IS_CALLED = re.compile(
    r"\bis\s|[,(（]\s*(?:also|better|commonly|formerly|previously|sometimes|often)\b"
)
_SHORT_FOR = re.compile(
    rf"(?P<short>{_SHORT})[\"”']?,?\s+(?:is\s+)?(?:short for|stands for|(?:an|the) abbreviation (?:of|for))\s+"
    rf"(?:the\s+)?[\"“']?(?P<name>{_NAME})"
)
_CHINESE = re.compile(
    r"\s*(?:[,，(（]\s*也叫|[,，(（]?\s*(?:以下)?"
    r"(?:简称|又称|又名(?!字)|亦称|也称|别名|旧称|古称|原名|本名|外号|绰号|英文缩写为?|缩写为?))"
    r"(?:为|是|：|:)?\s*[\"“「『《]?(?!不|得|了|什么|何|未知)(?P<name>[\u3400-\u9fffA-Za-z0-9·&.\-]{2,20}?)(?=[\"”」』》]?\s*(?:[)）,，。；;、]|$))"
)
_CHINESE_BRACKET = re.compile(r"\s?[(（]\s*(?P<short>[A-Z][A-Z0-9&\-]{1,9})\s*[)）]")
_DOUBT = re.compile(
    r"\b(?:whether|if|unless|falsely|wrongly|mistakenly|nobody|no one|never|supposedly|allegedly|not|"
    r"(?:false|untrue|doubtful) that|den(?:y|ies|ied))\b|是否|如果|假如|要是|否认|误称|谣传",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*|&")
_CODE = re.compile(r"[_|=<>{}\t\\]")
_FULL_STOP = re.compile(r"[.!?;。！？；\n]")

REACH = 400
"""Characters of a sentence that are read on either side of what gives a name."""


@dataclass(frozen=True, slots=True)
class Alias:
    """One name that the text gives to another, with the characters of each where it does."""

    surface: str
    of: str
    span: Span
    of_span: Span


def aliases(text: str, mentions: Iterable[Mention] = ()) -> tuple[Alias, ...]:
    """The aliases that a text gives, in order; names of `mentions` are those that it may give one to.

    What a sentence asks, denies or leaves open is not given.

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
    for pattern in (_BRACKET, _OR):
        for match in pattern.finditer(text):
            group = match.lastgroup or "short"
            short = match[group].rstrip(".")
            long = _long_form(short, text, match.start())
            if long is not None:
                at = match.start(group)
                yield Alias(short, text[slice(*long)], (at, at + len(short)), long)
    for match in _REVERSED.finditer(text):
        short, name = match["short"].rstrip("."), match["name"]
        if len(name.split()) > 1 and _initials(short, [w[0] for w in _WORD.finditer(name)]):
            at, of = match.start("short"), match.start("name")
            yield Alias(short, name, (at, at + len(short)), (of, of + len(name)))


def _spelt_out(text: str) -> Iterator[Alias]:
    for match in _SHORT_FOR.finditer(text):
        short, name = match["short"].rstrip("."), match["name"].rstrip(".,'’")
        if _initials(short, name.split()) and _stated(text, *match.span()):
            at, of = match.start("short"), match.start("name")
            yield Alias(short, name, (at, at + len(short)), (of, of + len(name)))


def _known_as(text: str, name: str, span: Span, end: int) -> Iterator[Alias]:
    rest = text[end : end + 160]
    match = _KNOWN.match(rest)
    said = "" if match is None else match[0][: match.start("name")]
    active = "called" in said and not _IS_CALLED.search(said)
    if (
        match is not None
        and _FIRMLY.search(said)
        and not active
        and not re.match(r"['’]?\s+by\b", rest[match.end() :])
        and _stated(text, span[0], end + match.end())
    ):
        other = match["name"].rstrip(".,'’")
        at = end + match.start("name")
        yield Alias(other, name, (at, at + len(other)), span)
    quoted = _CALLED.match(rest)
    if quoted is not None and quoted["name"].split()[0] == name.split()[0]:
        # of what a contract calls "the Company" nothing is known elsewhere, of Acme Corporation ("Acme") it is
        at = end + quoted.start("name")
        yield Alias(quoted["name"], name, (at, at + len(quoted["name"])), span)
    chinese = _CHINESE.match(rest) or (_CHINESE_BRACKET.match(rest) if _institution(name) else None)
    if (
        chinese is not None
        and chinese[chinese.lastgroup or 0] not in lexicon("han.kinds")
        and _stated(text, span[0], end + chinese.end())
    ):
        group = "name" if "name" in chinese.re.groupindex else "short"
        at = end + chinese.start(group)
        yield Alias(chinese[group], name, (at, at + len(chinese[group])), span)


def _stated(text: str, start: int, stop: int) -> bool:
    """Whether the sentence around these characters states what it says."""
    end = _FULL_STOP.search(text, stop, stop + REACH)
    asked = end is not None and end[0] in "?？"
    return not asked and _DOUBT.search(text, _sentence(text, start), stop) is None


def _institution(name: str) -> bool:
    """Whether a name in Han is long enough to have an abbreviation in another script."""
    return sum("\u3400" <= c <= "\u9fff" for c in name) >= 4


def _sentence(text: str, before: int) -> int:
    """Where the sentence begins that goes on here, or as much of it as is read."""
    least = max(0, before - REACH)
    return max((m.end() for m in _FULL_STOP.finditer(text, least, before)), default=least)


def _long_form(short: str, text: str, end: int) -> Span | None:
    """The fewest last words before a bracket (at `end`) whose first letters the abbreviation has."""
    stop = _sentence(text, end)
    words = [m.span() for m in _WORD.finditer(text, stop, end)]
    if not words or text[words[-1][1] : end].strip(" \"”’'"):
        return None
    named = len(short) > 2 and short.isupper()
    for count in range(2, min(len(words), 2 * len(short) + 2) + 1):
        chosen = words[-count:]
        said = [text[slice(*word)] for word in chosen]
        if (
            said[0].lower() not in lexicon("small")
            # technical texts write "graphics processing unit (GPU)"
            and (said[0][0].isupper() or (named and count == len(short)))
            and _initials(short, said)
            and not _CODE.search(text, chosen[0][0], end)
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
