"""Scopes: what a later sentence denies, and what it restricts to, against what the earlier one says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from . import lexicon
from .comparison import Comparison
from .sentence import Sentence
from .token import Kind, Token

_AFTER_SUBJECT = lexicon.PREPOSITIONS | frozenset(
    [
        "is",
        "are",
        "was",
        "were",
        "be",
        "has",
        "have",
        "had",
        "do",
        "does",
        "did",
        "will",
        "can",
        "could",
        "would",
        "must",
        "should",
        "no",
        "not",
        "never",
    ]
)


def lead_of(sentence: Sentence) -> Token | None:
    """What the sentence begins with: a name before any verb or preposition, else its first word."""
    for token in sentence.body:
        if token.kind is Kind.NAME:
            return token
        if token.lower in _AFTER_SUBJECT:
            break
    content = sentence.content
    return content[0] if content else None


def negated(sentence: Sentence) -> bool:
    """Whether anything in it is denied."""
    return any(token.lower in lexicon.NEGATION for token in sentence.tokens)


def denied(c: Comparison) -> list[Token]:
    """What stands in the reach of a negation of the new sentence."""
    return _scope(c, lexicon.NEGATION).tokens


def scopes(c: Comparison) -> dict[str, float]:
    """What the new sentence denies, and what it restricts to, against what the old one says."""
    denied, restricted = _scope(c, lexicon.NEGATION), _scope(c, lexicon.ONLY)
    fresh = not negated(c.old)
    lead = lead_of(c.old)
    leads = {lead.key} if lead is not None else set()
    names = {t.key for t in c.old.names} | leads
    return {
        "deny_about": _about_old(c, denied.tokens) * fresh,
        "deny_verbatim": _verbatim(c, denied.tokens) * fresh,
        "deny_recall": _recall(c, denied.tokens) * fresh,
        "deny_name": float(any(c.key(t) in names for t in denied.tokens if t.kind is Kind.NAME))
        * fresh,
        "deny_new_name": float(
            any(c.key(t) not in names for t in denied.tokens if t.kind is Kind.NAME)
        ),
        "deny_subject": float(bool(denied.tokens) and bool(denied.subjects & names)) * fresh,
        "deny_other": float(bool(denied.subjects) and not denied.subjects & names),
        "deny_lead": float(bool(denied.subjects & leads)) * fresh,
        "only_about": _about_old(c, restricted.tokens),
        "only_verbatim": _verbatim(c, restricted.tokens),
        "only_subject": float(bool(restricted.tokens) and bool(restricted.subjects & names)),
        "same_type": float(bool(_types(c.lost) & _types(c.gained))),
    }


@dataclass(frozen=True, slots=True)
class _Scope:
    """What stands in the reach of some words, and the last names before them."""

    tokens: list[Token]
    subjects: frozenset[str]


def _scope(c: Comparison, openers: frozenset[str]) -> _Scope:
    found: list[Token] = []
    subjects: set[str] = set()
    tokens = c.new.tokens
    for place, token in enumerate(tokens):
        if token.lower not in openers:
            continue
        before = [t for t in tokens[:place] if t.kind is Kind.NAME]
        here = [t for t in before if t.clause == token.clause] or before
        if here:
            subjects.add(c.key(here[0]))
            subjects.add(c.key(here[-1]))
        elif c.old.first_person and c.new.first_person or not c.new.names:
            lead = lead_of(c.new)
            if lead is not None and lead.start < token.start:
                subjects.add(c.key(lead))
        for other in tokens[place + 1 : place + 14]:
            if other.lower in _BREAKS or other.clause > token.clause + 1:
                break
            if other.content:
                found.append(other)
    return _Scope(found, frozenset(subjects))


_BREAKS = frozenset(
    [
        "but",
        "while",
        "whereas",
        "instead",
        "rather",
        "although",
        "though",
        "because",
        "who",
        "which",
    ]
)


def _about_old(c: Comparison, tokens: Sequence[Token]) -> float:
    """Which part of some words the old sentence says as well."""
    words = [t for t in tokens if t.kind is Kind.WORD]
    return c.coverage(words, c.old_keys, c.old_concepts) if words else 0.0


def _verbatim(c: Comparison, tokens: Sequence[Token]) -> float:
    """Which part of some words and names stands in the old sentence as it is."""
    said = [t for t in tokens if t.content]
    return sum(c.key(t) in c.old_keys for t in said) / len(said) if said else 0.0


def _recall(c: Comparison, tokens: Sequence[Token]) -> float:
    """Which part of the old sentence's words is among some tokens."""
    words = [t for t in c.old.content if t.kind is Kind.WORD]
    if not words or not tokens:
        return 0.0
    keys = frozenset(t.key for t in tokens)
    concepts = lexicon.concepts()
    about = frozenset[str]().union(*(concepts.get(t.key, frozenset()) for t in tokens))
    return c.coverage(words, keys, about)


def _types(tokens: Sequence[Token]) -> frozenset[str]:
    """What kinds of thing some tokens are, by the words in them."""
    types = lexicon.types()
    found: set[str] = set()
    for token in tokens:
        for word in token.words or (token.lower,):
            found |= types.get(word, frozenset())
        if token.kind is Kind.DATE:
            found.add("date")
    return frozenset(found)
