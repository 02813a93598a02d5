"""Roles: who does what in both sentences, which of them were exchanged, and which clause speaks of whom."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from . import lexicon
from .comparison import Comparison
from .scopes import lead_of
from .sentence import Sentence, read
from .token import Kind, Token


def subjects(sentence: Sentence) -> tuple[Token, ...]:
    """The names that a sentence begins with, joined by "and" or commas.

    >>> from .sentence import read
    >>> [t.key for t in subjects(read("Both Ann Lee, Bo and Cy founded a choir with Di."))]
    ['ann lee', 'bo', 'cy']
    """
    found: list[Token] = []
    for token in sentence.body:
        if token.kind is Kind.NAME:
            found.append(token)
        elif (
            token.content or token.lower not in lexicon.TOGETHER or found and token.lower == "with"
        ):
            break
    if not found:
        lead = lead_of(sentence)
        return (lead,) if lead is not None and lead.kind is Kind.NAME else ()
    return tuple(found)


def clauses(sentence: Sentence) -> list[tuple[Token, ...]]:
    """Its parts, cut at ";" and where something is set against something else."""
    found: list[list[Token]] = [[]]
    for token in sentence.tokens:
        if token.lower in lexicon.CONTRAST and found[-1]:
            found.append([])
        found[-1].append(token)
    return [tuple(one) for one in found if any(t.content for t in one)]


@dataclass(frozen=True, slots=True)
class _Frame:
    """What is asked of one sentence for every pair that it is in."""

    subjects: tuple[Token, ...]
    clauses: list[tuple[Token, ...]]
    owned: str | None


@lru_cache(maxsize=16384)
def _frame(text: str) -> _Frame:
    sentence = read(text)
    return _Frame(subjects(sentence), clauses(sentence), owned(sentence))


def roles(c: Comparison) -> dict[str, float]:
    """Measure who is who."""
    old = [t.key for t in _frame(c.old.text).subjects]
    new = [c.key(t) for t in _frame(c.new.text).subjects]
    one, two = set(old), set(new)
    old_names = list(dict.fromkeys(t.key for t in c.old.names))
    new_names = list(dict.fromkeys(c.key(t) for t in c.new.names))
    kept = [n for n in old_names if n in new_names]
    order = [n for n in new_names if n in kept]
    lower_old, lower_new = c.old.lowers, c.new.lowers
    inner_old, inner_new = set(old_names) - one, set(new_names) - two
    return {
        "subjects_equal": float(bool(one) and one == two),
        "subjects_fewer": float(bool(one & two) and bool(one - two) and not two - one),
        "subjects_more": float(bool(one & two) and bool(two - one) and not one - two),
        "subjects_exchanged": float(bool(one & two) and bool(one - two) and bool(two - one)),
        "subjects_disjoint": float(bool(one) and bool(two) and not one & two),
        "subjects_many": float(len(one) > 1),
        "names_turned": float(len(kept) > 1 and kept != order and one != two),
        "subject_turned": float(bool(two & inner_old) and bool(one & inner_new)),
        "new_subject_was_inner": float(bool(two & inner_old)),
        "old_subject_is_inner": float(bool(one & inner_new)),
        "inner_equal": float(bool(inner_old) and inner_old == inner_new),
        "inner_exchanged": float(bool(inner_old - inner_new) and bool(inner_new - inner_old)),
        "inner_gained": float(bool(inner_new - set(old_names))),
        "together_before": float(bool(lower_old & {"both", "all", "together"}) or len(one) > 1),
        "apart_now": float(bool(lower_new & lexicon.APART) and not lower_old & lexicon.APART),
        **_anchors(c, one | two),
        **_owners(c),
        "shared_only_names": float(all(t.kind is Kind.NAME for t in c.shared)),
        **_clause(c, one),
    }


def _anchors(c: Comparison, subjects: set[str]) -> dict[str, float]:
    """What both name or count besides their subjects, and whether a value stands in the same place."""
    held = [t for t in c.shared if t.kind is not Kind.WORD and t.key not in subjects]
    swaps = [h for h in c.hunks if h.lost and h.gained]
    main = max(swaps, key=lambda h: len(h.lost) + len(h.gained), default=None)
    before = main.before if main is not None else ""
    return {
        "anchors": min(1.0, len(held) / 2),
        "disjoint_unanchored": float(
            bool(subjects) and not held and not {t.key for t in c.shared} & subjects
        ),
        "value_in_place": float(
            any(_valued(h.lost) and _valued(h.gained) and h.before for h in swaps)
        ),
        **_units(c),
        "slot_of_place": float(before in {"in", "at", "from", "to", "near", "into"}),
        "slot_of_topic": float(before in {"of", "on", "about", "for", "with", "by", "as"}),
        "slot_of_article": float(before in {"a", "an", "the"}),
        "slot_lost": min(1.0, len(main.lost) / 6) if main is not None else 0.0,
        "slot_gained": min(1.0, len(main.gained) / 6) if main is not None else 0.0,
        "swaps": min(1.0, len(swaps) / 4),
        "slot_closes": float(main is not None and main.closing),
        "slot_opens": float(main is not None and main.opening),
    }


def _units(c: Comparison) -> dict[str, float]:
    """Whether numbers that stand in for each other count the same: "8 euros", "9 euros"."""
    same = other = False
    lost = [_unit(c.old, t) for t in c.lost if t.kind is Kind.NUMBER]
    for token in c.gained:
        if token.kind is Kind.NUMBER and lost:
            unit = _unit(c.new, token)
            same |= unit in lost
            other |= unit not in lost
    return {"unit_same": float(same), "unit_other": float(other and not same)}


def _unit(sentence: Sentence, number: Token) -> str:
    """The word after a number, if it says something, by its stem."""
    place = sentence.tokens.index(number) + 1
    after = sentence.tokens[place] if place < len(sentence.tokens) else None
    return after.key if after is not None and after.kind is Kind.WORD else ""


def _owners(c: Comparison) -> dict[str, float]:
    """Whether the new sentence begins with something or somebody that belongs to the old one's subject."""
    theirs, before = _frame(c.new.text).owned, _frame(c.old.text).owned
    kin = theirs is not None and "kin" in lexicon.classes().get(theirs, frozenset())
    kept = theirs is not None and theirs == before
    more = _qualifier(c.new, c) - _qualifier(c.old, c)
    return {
        "owned": float(theirs is not None and before is None),
        "owned_before": float(theirs is None and before is not None),
        "owned_otherwise": float(theirs is not None and before is not None and not kept),
        "kin": float(kin and not kept),
        "lead_qualified": float(more > 0),
        "lead_unqualified": float(more < 0),
    }


def owned(sentence: Sentence) -> str | None:
    """What belongs to whoever the sentence begins with ("Ann's brother", "my flat"), by its stem."""
    tokens = sentence.body
    for place, token in enumerate(tokens[:3]):
        written = sentence.text[token.start : token.end]
        possessive = token.content and written.endswith(("'s", "’s", "s'", "s’"))
        if possessive or token.lower in lexicon.POSSESSIVE:
            rest = [t.key for t in _before_verb(tokens[place + 1 : place + 5]) if t.content]
            # "my best friend" is a friend
            classes = lexicon.classes()
            kin = (key for key in rest if "kin" in classes.get(key, frozenset()))
            return next(kin, rest[0] if rest else "")
    return None


def _before_verb(tokens: Sequence[Token]) -> Iterator[Token]:
    for token in tokens:
        if token.lower in lexicon.AUXILIARIES or token.lower in lexicon.PREPOSITIONS:
            return
        yield token


def _qualifier(sentence: Sentence, c: Comparison) -> int:
    """How many words stand before the first word that both begin with: "the nightly build"."""
    shared = c.old_said & c.new_keys
    count = 0
    for token in sentence.body[:6]:
        if token.key in shared:
            return count
        if token.lower in lexicon.PREPOSITIONS or token.lower in lexicon.AUXILIARIES:
            return 0
        count += token.content or token.lower in lexicon.QUALIFIERS
    return 0


def _valued(tokens: Sequence[Token]) -> bool:
    return any(t.kind in (Kind.NUMBER, Kind.DATE) for t in tokens)


def _clause(c: Comparison, leads: set[str]) -> dict[str, float]:
    """What the clause says that speaks of the old one's subject, if there are several."""
    parts = _frame(c.new.text).clauses
    about = [part for part in parts if any(t.kind is Kind.NAME and c.key(t) in leads for t in part)]
    best = max(about or parts, key=lambda part: _kept(c, part), default=())
    rest = [part for part in parts if part is not best]
    lower = {t.lower for t in best}
    opens = next((c.key(t) for t in best if t.kind is Kind.NAME), "")
    return {
        "clauses": min(1.0, max(0, len(parts) - 1) / 2),
        "clause_of_subject": float(bool(leads) and opens in leads),
        "clause_kept": _kept(c, best),
        "clause_denies": float(bool(lower & lexicon.NEGATION)),
        "clause_after": float(bool(parts) and best is not parts[0]),
        "rest_kept": max((_kept(c, part) for part in rest), default=0.0),
    }


def _kept(c: Comparison, tokens: Sequence[Token]) -> float:
    """Which part of the old sentence's words stands in some tokens."""
    words = c.old_said
    return len(words.intersection(t.key for t in tokens)) / len(words) if words else 0.0
