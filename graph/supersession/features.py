"""Features: what is measured of an earlier and a later sentence, each between 0 and 1 and with a name.

They are what the scorer weighs and what an explanation names. Direction matters: the new sentence is asked
whether it takes the place of the old one.
"""

from __future__ import annotations

from itertools import pairwise

from . import lexicon
from .block import meet
from .comparison import Comparison, Hunk
from .frame import frame
from .rarity import rarity
from .roles import roles
from .scopes import denied, lead_of, negated, scopes
from .semantics import EVENTS, events, head, semantics, told
from .sentence import Sentence
from .token import Kind, Token

_VALUES = (Kind.NUMBER, Kind.DATE)


def related(c: Comparison) -> bool:
    """Whether the two have enough in common to be looked at.

    What makes them meet in a block, and beside names a word, a cue that something changes, or that both say what
    their subjects are.
    """
    if not meet(c.old, c.new, c.shared):
        return False
    said = any(t.kind is not Kind.NAME for t in c.shared)
    return said or _cue(c) or bool(head(c.old) and head(c.new))


def _cue(c: Comparison) -> bool:
    new = c.new
    spoken = new.ended or new.changed or new.only or new.corrects or new.now or negated(new)
    return bool(spoken or c.ended or told(c) & EVENTS)


def features(c: Comparison) -> dict[str, float]:
    """Measure a pair of sentences.

    >>> from .sentence import read
    >>> found = features(Comparison(read("A ticket costs 8 euros."), read("A ticket costs 9 euros.")))
    >>> found["number_swap"], found["functional"]
    (1.0, 1.0)
    """
    return {
        **_coverage(c),
        **_difference(c),
        **_wording(c),
        **scopes(c),
        **_relation(c),
        **roles(c),
        **frame(c),
        **semantics(c, denied(c)),
        **events(c),
    }


def _coverage(c: Comparison) -> dict[str, float]:
    old_names, new_names = c.old.names, c.new.names
    shared = {t.key for t in old_names} & {c.key(t) for t in new_names}
    lead_old, lead_new = lead_of(c.old), lead_of(c.new)
    same_lead = lead_old is not None and lead_new is not None and lead_old.key == c.key(lead_new)
    first = c.old.first_person and c.new.first_person
    old_words = c.coverage(c.old.content, c.new_keys, c.new_concepts)
    new_words = c.coverage(c.new.content, c.old_keys, c.old_concepts)
    exact = c.coverage(c.old.content, c.new_keys, frozenset())
    mass = sum(rarity(t.key) for t in c.shared if t.kind is Kind.WORD)
    mass += sum(1.0 for t in c.shared if t.kind in (*_VALUES, Kind.NAME))
    return {
        "same_subject": float(same_lead or first),
        "other_subject": float(not same_lead and not first),
        "subject_mentioned": float(first or (lead_old is not None and lead_old.key in c.new_keys)),
        "names_shared": len(shared) / len(old_names) if old_names else float(first),
        "names_lost": min(1.0, len({t.key for t in old_names} - shared) / 2),
        "names_gained": min(1.0, len({c.key(t) for t in new_names} - shared) / 2),
        "no_names": float(not old_names and not new_names),
        "old_covered": old_words,
        "new_covered": new_words,
        "old_verbatim": exact,
        "shared_mass": min(1.0, mass / 6),
        "alike": c.ratio,
        "old_size": min(1.0, len(c.old.content) / 16),
        "new_size": min(1.0, len(c.new.content) / 24),
        "first_person": float(first),
    }


def _difference(c: Comparison) -> dict[str, float]:
    hunks = c.hunks
    swaps = [h for h in hunks if h.lost and h.gained]
    lost, gained = c.lost, c.gained
    lost_names = [t for t in lost if t.kind is Kind.NAME]
    gained_names = [t for t in gained if t.kind is Kind.NAME]
    lost_values = [t for t in lost if t.kind in _VALUES]
    gained_values = [t for t in gained if t.kind in _VALUES]
    lost_words = [t for t in lost if t.kind is Kind.WORD and not _light(c, t)]
    gained_words = [t for t in gained if t.kind is Kind.WORD and not _light(c, t)]
    one_name = len(lost_names) == 1 and len(gained_names) == 1
    aligned = bool(swaps)
    return {
        "number_swap": float(bool(lost_values and gained_values)),
        "date_swap": float(
            any(t.kind is Kind.DATE for t in lost) and any(t.kind is Kind.DATE for t in gained)
        ),
        "name_swap": float(bool(lost_names and gained_names)),
        "one_name_swap": float(one_name and not lost_words and not lost_values),
        "lead_swap": float(any(h.opening and _named(h) for h in swaps)),
        "inner_name_swap": float(any(not h.opening and _named(h) for h in swaps)),
        "name_for_words": float(
            bool(lost_names and gained_words) != bool(lost_words and gained_names)
        )
        * float(aligned),
        "word_swap": float(bool(lost_words and gained_words) and aligned),
        "one_hunk": float(len(hunks) == 1 and aligned),
        "framed": float(any(not h.opening and not h.closing for h in swaps)),
        "short_swap": float(
            aligned
            and max(len(h.lost) for h in swaps) <= 2
            and max(len(h.gained) for h in swaps) <= 3
        ),
        "many_hunks": min(1.0, max(0, len(hunks) - 2) / 3),
        "only_values_differ": float(
            bool(lost) and not lost_words and not gained_words and bool(lost_names or lost_values)
        ),
        "nothing_lost": float(not lost_names and not lost_values and not lost_words),
        "nothing_gained": float(not gained_names and not gained_values and not gained_words),
        "lost_size": min(1.0, len(lost_words) / 5),
        "gained_size": min(1.0, len(gained_words) / 6),
        "after_preposition": float(any(h.before in lexicon.PREPOSITIONS for h in swaps)),
        "value_gained": float(bool(gained_values and not lost_values)),
        "value_lost": float(bool(lost_values and not gained_values)),
    }


def _named(hunk: Hunk) -> bool:
    lost = [t for t in hunk.lost if t.kind is Kind.NAME]
    return bool(lost) and any(t.kind is Kind.NAME for t in hunk.gained)


def _light(c: Comparison, token: Token) -> bool:
    """Whether a word is only another word for what the other sentence says, or a cue of its own."""
    about = lexicon.concepts().get(token.key, frozenset())
    other = c.new_concepts if token.key in c.old_keys else c.old_concepts
    return bool(about & other) or rarity(token.key) < 0.3


def _wording(c: Comparison) -> dict[str, float]:
    new, old = c.new, c.old
    denies, denied = negated(new), negated(old)
    set_aside = c.contrasted
    kinds = {t.kind for t in set_aside}
    lower = new.lowers
    return {
        "corrects": float(new.corrects),
        "ended_cue": float(new.ended),
        "changed_cue": float(new.changed),
        "now_cue": float(new.now and not old.now),
        "only_cue": float(new.only and not old.only),
        "adds_cue": float(new.adds and not old.adds),
        "hedged": float(new.hedges),
        "old_hedged": float(old.hedges),
        "asks": float(new.asks or old.asks),
        "past": float(new.past and not new.now),
        "negated": float(denies and not denied),
        "denied_before": float(denied and not denies),
        "both_negated": float(denies and denied),
        "never": float("never" in lower and not denied),
        "no_one": float(
            bool(lower & {"none", "nobody", "alone", "solo", "no", "zero"}) and not denied
        ),
        "instead": float("instead" in lower or "rather" in lower),
        "set_aside": float(bool(set_aside)),
        "name_set_aside": float(Kind.NAME in kinds),
        "while_clause": float(bool(lower & {"while", "whereas", "but", "whilst"})),
        "other_of_kind": float(
            bool(lower & {"other", "others", "another", "second"}) and "any" not in lower
        ),
        "ends_relation": float(bool(c.ended)),
    }


def _relation(c: Comparison) -> dict[str, float]:
    both = _both(c)
    old = c.old.stems
    spoken = lexicon.endings()
    ends = {t.key for t in c.new.tokens if t.key in spoken or t.lower in spoken}
    shared_concepts = c.old_concepts & c.new_concepts
    return {
        "functional": float(bool(both & lexicon.functional())),
        "old_functional": float(bool(old & lexicon.functional())),
        "ends_tightly": float(bool(c.ended & lexicon.TIGHT)),
        "ends_other": float(bool(ends) and not c.ended),
        "ended_focus": _focus(c),
        "multiple": float(bool(both & lexicon.multiple())),
        "once": float(bool(both & lexicon.once())),
        "repeated": float(bool(both & lexicon.repeated())),
        "same_concept": float(bool(shared_concepts)),
        "is_a": float(_is_a(c.old) and _is_a(c.new)),
        "long_frame": min(1.0, len([t for t in c.shared if t.kind is Kind.WORD]) / 4),
    }


def _focus(c: Comparison) -> float:
    """Which part of what the old sentence says, names aside, is of the state that comes to an end."""
    words = [t for t in c.old.content if t.kind is Kind.WORD]
    total = sum(rarity(t.key) for t in words)
    concepts = lexicon.concepts()
    met = sum(
        rarity(t.key)
        for t in words
        if (concepts.get(t.key, frozenset()) | concepts.get(t.lower, frozenset())) & c.ended
    )
    return met / total if total else 0.0


def _both(c: Comparison) -> frozenset[str]:
    """Stems that both sentences use, small words among them."""
    return c.old.stems & c.new.stems


def _is_a(sentence: Sentence) -> bool:
    """Whether it says what kind of thing its subject is ("X is a …")."""
    words = [t.lower for t in sentence.body[:5]]
    return any(one in {"is", "was"} and two in {"a", "an", "the"} for one, two in pairwise(words))
