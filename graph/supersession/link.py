"""Links between two statements: the later supersedes the earlier, or disputes it, with reason and spans.

A link is a pure function of two records: whatever else is remembered, and in whatever order it came, changes
nothing. It holds while both are in force; so that taking either back, reverting, and asking as of then need
nothing of their own (DESIGN, belief).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import IntEnum

from .chinese import chinese_probability
from .comparison import Comparison
from .form import is_entry
from .scorer import REVIEW, probability
from .sentence import Sentence, read
from .token import Kind

Span = tuple[int, int]

DIGITS = 3
"""Digits of a link's probability: it is the same computed, kept as derived data, and in the index."""

_HAN = re.compile(r"[\u3400-\u9fff]")


class Verdict(IntEnum):
    """What a link says: the old is superseded, or authority keeps the new from doing that."""

    SUPERSEDES = 0
    DISPUTES = 1


@dataclass(frozen=True, slots=True)
class Statement:
    """What comparing needs of one cube version: its sentences and their clauses with where they stand, who says
    them, when.

    `stated` is in microseconds; what has no such time of its own takes part in no link. `about` says of a record
    which one it is: its lines tell of nothing else, so that none takes the place of a line of another.
    """

    record: str
    node: str
    authority: int
    stated: int
    speaker: str | None
    said: tuple[tuple[int, int, str], ...]
    about: str | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """One statement in the place of another, by the ids of their records.

    Spans are the characters of the sentences in the texts of each; `chance` is the probability.
    """

    new: str
    old: str
    verdict: Verdict
    chance: float
    new_span: Span
    old_span: Span


def links(
    one: Statement, other: Statement, without: Collection[frozenset[tuple[str, Span]]] = ()
) -> tuple[Link, ...]:
    """Compare two statements; none where neither replaces the other, or nothing says which is later.

    Sentence by sentence and clause by clause, the likeliest pair first; each sentence is in one link at most, or
    its clauses are, so that what was said once is replaced once. `without` are pairs of sentences, by record and characters, that are not compared:
    somebody ruled on them.

    >>> old = Statement("r1", "c1", 2, 10, None, ((0, 18, "Ann lives in Oslo."),))
    >>> new = Statement("r2", "c2", 2, 20, None, ((0, 22, "Ann has moved to Graz."),))
    >>> links(new, old) == links(old, new)
    True
    >>> [(made.verdict.name, made.new) for made in links(old, new)]
    [('SUPERSEDES', 'r2')]
    """
    if one.stated == other.stated or one.node == other.node:
        return ()
    old, new = (one, other) if one.stated < other.stated else (other, one)
    apart = old.about != new.about
    found: list[tuple[float, Span, Span]] = []
    for start, end, text in new.said:
        if apart and new.about is not None and is_entry(text):
            continue
        for at, until, earlier in old.said:
            if apart and old.about is not None and is_entry(earlier):
                continue
            if (
                without
                and frozenset(((new.record, (start, end)), (old.record, (at, until)))) in without
            ):
                continue
            chance = round(chance_of(earlier, text, old.speaker, new.speaker), DIGITS)
            if chance >= REVIEW:
                found.append((-chance, (start, end), (at, until)))
    # the lower never overrides the higher: it raises a conflict
    verdict = Verdict.SUPERSEDES if new.authority >= old.authority else Verdict.DISPUTES
    made: list[Link] = []
    for less, here, there in sorted(found):
        if not any(_meet(here, link.new_span) or _meet(there, link.old_span) for link in made):
            made.append(Link(new.record, old.record, verdict, -less, here, there))
    return tuple(made)


def _meet(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def chance_of(
    old: str, new: str, old_speaker: str | None = None, new_speaker: str | None = None
) -> float:
    """How likely one text takes the place of an earlier one, both single sentences of one language."""
    if chinese(old, new):
        said = "我" in old or "我" in new
        if said and (old_speaker != new_speaker or ("我" in old) != ("我" in new)):
            return 0.0
        return chinese_probability(old, new) if _HAN.search(old) and _HAN.search(new) else 0.0
    one, two = read(old), read(new)
    if (one.first_person or two.first_person) and old_speaker != new_speaker:
        return 0.0
    return probability(one, two)


def chinese(old: str, new: str) -> bool:
    """Whether one of two texts is written in Han characters.

    >>> chinese("Ann", "小李"), chinese("Ann", "Bea")
    (True, False)
    """
    return _HAN.search(old) is not None or _HAN.search(new) is not None


def reason(old: str, new: str) -> str:
    """Say in words why one text takes the place of an earlier one.

    >>> reason("Ann lives in Oslo.", "Ann lives in Bergen now.")
    "'Oslo' became 'Bergen': what holds now"
    """
    if chinese(old, new):
        return "the later statement says otherwise of the same"
    one, two = read(old), read(new)
    compared = Comparison(one, two)
    how = _cue(one, two, compared)
    swap = next((hunk for hunk in compared.hunks if hunk.lost and hunk.gained), None)
    if swap is None:
        return how
    lost, gained = _words(old, swap.lost), _words(new, swap.gained)
    return f"'{lost}' became '{gained}': {how}"


def _cue(old: Sentence, new: Sentence, compared: Comparison) -> str:
    if given(old, new, compared):
        return "an explicit correction"
    if new.ended or compared.ended:
        return "what was so has ended or changed"
    denies = [t.lower for t in new.tokens if t.lower in {"not", "never", "no", "none"}]
    if denies and not any(t.lower in {"not", "never", "no", "none"} for t in old.tokens):
        return f"denied by “{denies[0]}”"
    if new.only and not old.only:
        return "only what is said now holds"
    if new.changed:
        return "a change of state"
    if new.now:
        return "what holds now"
    return "another value in the same place"


def given(old: Sentence, new: Sentence, compared: Comparison | None = None) -> bool:
    """Whether the new sentence says by itself that it corrects, and what.

    By "Actually", "Correction" and the like, or by setting a part of the old one aside ("not Y").
    """
    compared = compared or Comparison(old, new)
    return new.corrects or bool(compared.contrasted)


def _words(text: str, tokens: Sequence[object]) -> str:
    from .token import Token

    held = [token for token in tokens if isinstance(token, Token)]
    strong = [t for t in held if t.kind is not Kind.WORD] or held
    return text[strong[0].start : strong[-1].end]


__all__ = ["Link", "Statement", "Verdict", "chance_of", "chinese", "given", "links", "reason"]
