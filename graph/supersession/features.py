"""Features: what is measured of an earlier and a later sentence, each between 0 and 1 and with a name.

They are what the scorer weighs and what an explanation names. Direction matters: the new sentence is asked
whether it takes the place of the old one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from . import lexicon
from .comparison import Comparison, Hunk, same_name
from .rarity import rarity
from .sentence import Kind, Sentence, Token

_VALUES = (Kind.NUMBER, Kind.DATE)


def related(c: Comparison) -> bool:
    """Whether the two have enough in common to be looked at: a name, or most of what the old one says."""
    if c.old.first_person and c.new.first_person:
        return bool(c.shared or c.old_concepts & c.new_concepts or c.ended)
    return bool(c.shared)


def features(c: Comparison) -> dict[str, float]:
    """Measure a pair of sentences.

    >>> from .sentence import read
    >>> found = features(Comparison(read("A ticket costs 8 euros."), read("A ticket costs 9 euros.")))
    >>> found["number_swap"], found["functional"]
    (1.0, 1.0)
    """
    base = {**_coverage(c), **_difference(c), **_wording(c), **_scopes(c), **_relation(c)}
    return {**base, **_crossed(base)}


def _coverage(c: Comparison) -> dict[str, float]:
    old_names, new_names = c.old.names, c.new.names
    shared = {t.key for t in old_names} & {c.key(t) for t in new_names}
    lead_old, lead_new = _lead(c.old), _lead(c.new)
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
        "subject_mentioned": float(lead_old is not None and lead_old.key in c.new_keys),
        "names_shared": len(shared) / len(old_names) if old_names else float(first),
        "names_lost": min(1.0, len({t.key for t in old_names} - shared) / 2),
        "names_gained": min(1.0, len({c.key(t) for t in new_names} - shared) / 2),
        "no_names": float(not old_names and not new_names),
        "old_covered": old_words,
        "new_covered": new_words,
        "old_verbatim": exact,
        "shared_mass": min(1.0, mass / 6),
        "alike": c.ratio,
    }


def _lead(sentence: Sentence) -> Token | None:
    """What the sentence begins with: its first name, else its first word that says something."""
    content = sentence.content
    names = [t for t in content[:4] if t.kind is Kind.NAME]
    return names[0] if names else content[0] if content else None


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
    negated, denied = _negated(new), _negated(old)
    set_aside = c.contrasted
    kinds = {t.kind for t in set_aside}
    lower = {t.lower for t in new.tokens}
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
        "negated": float(negated and not denied),
        "denied_before": float(denied and not negated),
        "both_negated": float(negated and denied),
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


def _scopes(c: Comparison) -> dict[str, float]:
    """What the new sentence denies, and what it restricts to, against what the old one says."""
    denied, restricted = _scope(c, lexicon.NEGATION), _scope(c, lexicon.ONLY)
    fresh = not _negated(c.old)
    lead = _lead(c.old)
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
            lead = _lead(c.new)
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


def _negated(sentence: Sentence) -> bool:
    return any(token.lower in lexicon.NEGATION for token in sentence.tokens)


def _relation(c: Comparison) -> dict[str, float]:
    both = _both(c)
    old = frozenset(t.key for t in c.old.tokens) | {lexicon.stem(t.lower) for t in c.old.tokens}
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
    one = {t.key for t in c.old.tokens} | {lexicon.stem(t.lower) for t in c.old.tokens}
    two = {t.key for t in c.new.tokens} | {lexicon.stem(t.lower) for t in c.new.tokens}
    return frozenset(one & two)


def _is_a(sentence: Sentence) -> bool:
    """Whether it says what kind of thing its subject is ("X is a …")."""
    words = [t.lower for t in sentence.tokens[:5]]
    return any(one in {"is", "was"} and two in {"a", "an", "the"} for one, two in pairwise(words))


CROSSES: Sequence[tuple[str, ...]] = (
    ("functional", "one_hunk"),
    ("functional", "number_swap"),
    ("functional", "name_swap", "same_subject"),
    ("functional", "word_swap", "same_subject"),
    ("multiple", "name_swap"),
    ("multiple", "word_swap"),
    ("multiple", "one_hunk"),
    ("once", "one_name_swap", "long_frame"),
    ("once", "name_swap", "old_verbatim"),
    ("once", "word_swap", "same_subject"),
    ("once", "adds_cue"),
    ("repeated", "one_hunk"),
    ("repeated", "name_swap"),
    ("one_name_swap", "long_frame"),
    ("one_name_swap", "lead_swap", "old_verbatim"),
    ("only_values_differ", "old_verbatim", "new_covered"),
    ("name_swap", "old_verbatim", "long_frame"),
    ("word_swap", "old_covered", "new_covered"),
    ("word_swap", "one_hunk", "same_subject"),
    ("one_hunk", "same_subject", "after_preposition"),
    ("one_hunk", "same_subject", "long_frame"),
    ("one_hunk", "same_subject", "long_frame", "short_swap"),
    ("one_hunk", "same_subject", "framed"),
    ("one_hunk", "alike"),
    ("one_hunk", "lead_swap", "long_frame"),
    ("same_subject", "alike"),
    ("same_subject", "alike", "many_hunks"),
    ("is_a", "same_subject", "one_hunk"),
    ("one_hunk", "same_subject", "number_swap"),
    ("one_hunk", "same_subject", "inner_name_swap"),
    ("number_swap", "old_covered", "new_covered"),
    ("number_swap", "names_lost"),
    ("changed_cue", "old_covered", "same_subject"),
    ("changed_cue", "number_swap", "old_covered"),
    ("now_cue", "old_covered", "same_subject"),
    ("now_cue", "functional"),
    ("ends_relation", "same_subject"),
    ("ends_relation", "names_shared", "old_covered"),
    ("ends_relation", "changed_cue"),
    ("ended_focus", "same_subject"),
    ("ended_focus", "same_subject", "name_swap"),
    ("ended_focus", "same_subject", "names_shared"),
    ("ended_focus", "other_subject"),
    ("ended_focus", "subject_mentioned"),
    ("ends_tightly", "same_subject"),
    ("ends_tightly", "same_subject", "name_swap"),
    ("ends_tightly", "same_subject", "old_functional"),
    ("ends_tightly", "other_subject"),
    ("ends_tightly", "names_shared", "same_subject"),
    ("ends_tightly", "changed_cue", "same_subject"),
    ("ends_tightly", "number_swap", "old_covered"),
    ("ends_relation", "name_swap", "same_subject"),
    ("changed_cue", "name_swap", "same_subject"),
    ("ends_other", "same_subject"),
    ("ended_cue", "old_covered"),
    ("ended_cue", "same_subject", "same_concept"),
    ("negated", "old_covered", "subject_mentioned"),
    ("negated", "old_verbatim", "same_subject"),
    ("negated", "name_swap", "old_covered"),
    ("never", "old_covered", "same_subject"),
    ("no_one", "old_covered", "same_subject"),
    ("deny_about", "deny_subject"),
    ("deny_about", "deny_recall", "deny_subject"),
    ("deny_about", "deny_lead"),
    ("deny_verbatim", "deny_lead"),
    ("deny_verbatim", "deny_recall", "deny_lead"),
    ("deny_verbatim", "deny_new_name"),
    ("only_verbatim", "only_subject"),
    ("only_about", "only_verbatim", "old_covered"),
    ("deny_recall", "deny_lead"),
    ("deny_name", "old_covered"),
    ("deny_name", "name_swap", "old_covered"),
    ("deny_about", "deny_new_name"),
    ("only_about", "only_subject"),
    ("only_about", "same_subject", "names_shared"),
    ("same_type", "old_covered", "same_subject"),
    ("same_type", "one_hunk"),
    ("same_type", "functional"),
    ("functional", "one_hunk", "same_subject"),
    ("functional", "one_hunk", "same_subject", "only_values_differ"),
    ("while_clause", "other_subject", "subject_mentioned", "old_covered"),
    ("while_clause", "old_covered"),
    ("subject_mentioned", "other_subject", "old_covered"),
    ("negated", "same_subject", "same_concept"),
    ("negated", "instead", "same_subject"),
    ("negated", "set_aside"),
    ("negated", "other_subject"),
    ("never", "same_subject", "same_concept"),
    ("denied_before", "old_covered", "same_subject"),
    ("only_cue", "old_covered", "same_subject"),
    ("only_cue", "same_subject", "same_concept"),
    ("set_aside", "old_covered"),
    ("name_set_aside", "old_covered"),
    ("name_set_aside", "name_swap"),
    ("set_aside", "instead"),
    ("instead", "old_covered", "same_subject"),
    ("while_clause", "negated", "old_covered"),
    ("while_clause", "name_swap", "old_covered"),
    ("corrects", "old_covered"),
    ("corrects", "number_swap"),
    ("corrects", "same_subject"),
    ("nothing_lost", "negated"),
    ("nothing_lost", "changed_cue"),
    ("other_subject", "one_name_swap"),
    ("other_subject", "number_swap"),
    ("other_subject", "functional"),
    ("other_subject", "names_lost", "names_gained"),
    ("is_a", "word_swap"),
    ("is_a", "same_subject", "lost_size"),
    ("adds_cue", "functional"),
    ("hedged", "old_hedged"),
    ("hedged", "old_covered"),
)
"""Products of features that are weighed as well: a swap means little without the relation it is in."""


def _crossed(base: dict[str, float]) -> dict[str, float]:
    found = {}
    for names in CROSSES:
        value = 1.0
        for name in names:
            value *= base[name]
        found["*".join(names)] = value
    return found


__all__ = ["CROSSES", "features", "related", "same_name"]
