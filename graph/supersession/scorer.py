"""The scorer: how likely a later sentence takes the place of an earlier one, and why.

Gradient-boosted trees over named features; they lie in `trees.json` as plain numbers, and an explanation says what
each feature added on the way through them. A question, what is only possible, and what only says more of the same
replace nothing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from .. import logistic
from . import lexicon
from .comparison import Comparison
from .features import features, related
from .frame import recoded, relabelled
from .repetition import says_less
from .roles import clauses, owned, subjects
from .scopes import lead_of, negated
from .semantics import EVENTS, told
from .sentence import Sentence
from .token import Kind
from .trees import trees

AUTOMATIC = 0.88
"""From this probability on a link is applied on read."""

REVIEW = 0.33
"""From this probability on, and below `AUTOMATIC`, a link is a proposal and changes nothing."""

SOMEBODY_ELSE = 0.8
"""At most so likely is a link between what may be two people; more is for somebody to say."""

VERSION = "11"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the scorer makes of a pair: the probability, and what each feature adds to its log odds."""

    probability: float
    parts: tuple[tuple[str, float], ...]


def fingerprint() -> str:
    """Changes whenever the same two sentences may be judged otherwise."""
    files = ("trees.json", "rarity.txt", "lexicon.toml", "opposites.txt", "vectors.npz")
    return logistic.fingerprint(__package__, f"supersession@{VERSION}", *files)


def probability(old: Sentence, new: Sentence) -> float:
    """How likely the later sentence takes the place of the earlier, 0 where they have nothing in common.

    >>> from .sentence import read
    >>> changed = read("A day ticket costs 9 euros now.")
    >>> probability(read("A day ticket costs 8 euros."), changed) > AUTOMATIC
    True
    >>> probability(read("Ann keeps bees."), changed)
    0.0
    """
    compared = Comparison(old, new)
    if refused(compared):
        return 0.0
    measured = features(compared)
    found = trees(__package__).probability(measured)
    return min(found, SOMEBODY_ELSE) if _of_another(compared, measured) else found


def _of_another(c: Comparison, measured: Mapping[str, float]) -> bool:
    """Whether the two may well speak of different people, so that somebody has to look at it.

    Two may be botanists: only who is meant was swapped, nothing is named in both, and no word says that it changed.
    Or one begins with a pronoun, of whom nobody knows outside of its passage, and no name is in both. Or it is another
    one of a kind ("room 14" after "room 12"), one of several, somebody's friend or relative, or one more thing of those that
    one buys. Or people talk, or cheer.
    """
    named = any(t.kind is Kind.NAME for t in c.shared)
    if not named and (_pronoun(c.old) or (_pronoun(c.new) and not _by_somebody(c, measured))):
        return True
    if (
        _talk(c)
        or _cheer(c)
        or relabelled(c)
        or recoded(c)
        or _other_one(c)
        or _one_of(c.old)
        or _one_of(c.new)
        or _other_value(c)
        or _another_deed(c)
    ):
        return True
    if measured["kin"] and _of_kin(c):
        return True
    # a field of a form is of whom the form is
    said = c.new.changed or c.new.now or c.new.corrects or measured["field_same"]
    return bool(measured["disjoint_unanchored"] and not measured["subject_mentioned"] and not said)


def _talk(c: Comparison) -> bool:
    """Whether people talk of themselves and share no name and less than half of what the earlier one says, or that is next
    to nothing.

    "I'm working hard." and "I won't quit." are not about one thing because both are said by somebody.
    """
    if any(t.kind is Kind.NAME for t in c.shared) or c.old.field:
        return False
    if not (_speaking(c.old) or _speaking(c.new)):
        return False
    denies, said = negated(c.new), len(c.old.content)
    if said < 2:
        return not (c.kept and denies)
    return 2 * c.kept < said and (denies or not (c.new.changed or c.new.ended))


def _cheer(c: Comparison) -> bool:
    """Whether the earlier one is called out, or the later one is and shares little of it, or either is thanks; and no
    name is in both, nor a value in each.

    "Keep going!" states nothing that "Let's go for it!" could end.
    """
    if any(t.kind is Kind.NAME for t in c.shared) or c.old.field:
        return False
    if any(s.tokens and s.tokens[0].lower in _THANKS for s in (c.old, c.new)):
        return True
    if all(any(t.kind in _VALUES for t in s.content) for s in (c.old, c.new)):
        return False
    said = len(c.old.content)
    marked = c.new.changed or c.new.now or c.new.ended
    few = 2 * c.kept < said if marked else 3 * c.kept < 2 * said
    return _exclaims(c.old) or (few and _exclaims(c.new))


def _exclaims(sentence: Sentence) -> bool:
    return sentence.text.rstrip(" \"'”’)").endswith(("!", "！"))


_VALUES = (Kind.NAME, Kind.NUMBER, Kind.DATE)
_THANKS = frozenset(["thanks", "thank", "thx", "wow", "congrats", "congratulations", "awesome"])


def _speaking(sentence: Sentence) -> bool:
    """Whether it is of who says it, or of whom it is said to."""
    return sentence.first_person or bool(sentence.lowers & _YOU)


_YOU = frozenset(["you", "your", "yours", "let"])


def _other_one(c: Comparison) -> bool:
    """Whether the later one says "the other …", "another …" of what the earlier one speaks of."""
    if c.old.lowers & _OTHER:
        return False
    return any(a.lower in _OTHER and b.key in c.old_keys for a, b in pairwise(c.new.body))


_OTHER = frozenset(["other", "another"])


def _other_value(c: Comparison) -> bool:
    """Whether the later one says what value it sets aside, and it is none of the earlier one's: "instead of 9:20"."""
    tokens = c.new.body
    aside = [
        after
        for one, two, after in zip(tokens, tokens[1:], tokens[2:], strict=False)
        if (one.lower, two.lower) in _INSTEAD and after.kind not in (Kind.FUNCTION, Kind.WORD)
    ]
    return bool(aside) and not any(c.key(token) in c.old_keys for token in aside)


_INSTEAD = frozenset([("instead", "of"), ("rather", "than")])


def _another_deed(c: Comparison) -> bool:
    """Whether the later one does the same with one more thing: "bought a crane" after "bought a forklift"."""
    if (
        c.new.changed
        or c.new.now
        or c.new.ended
        or c.new.corrects
        or negated(c.new)
        or negated(c.old)
    ):
        return False
    return bool(_deeds(c.old) & _deeds(c.new))


def _deeds(sentence: Sentence) -> frozenset[str]:
    """The deeds that one does with a thing each time, where the thing is not known by then ("bought a")."""
    return frozenset(
        _DEEDS[a.lower]
        for a, b in pairwise(sentence.tokens)
        if a.lower in _DEEDS and b.lower in _ANY
    )


_ANY = frozenset(["a", "an", "another", "some", "two", "three", "four", "five", "ten"])
_DEEDS = {
    form: forms[0]
    for forms in (
        ["bought", "purchased", "acquired", "ordered"],
        ["sold"],
        ["visited", "toured"],
        ["hired", "recruited"],
        ["borrowed", "lent"],
        ["repaired", "fixed", "serviced"],
        ["ate"],
        ["drank"],
        ["donated"],
    )
    for form in forms
}


def _of_kin(c: Comparison) -> bool:
    """Whether the later one begins with somebody who belongs to somebody, of whom the earlier one does not speak."""
    kin, body = owned(c.new), c.new.body
    named = [b for a, b in pairwise(body) if a.key == kin and b.kind is Kind.NAME]
    return kin not in c.old.stems and not any(c.key(t) in c.old_keys for t in named)


def _one_of(sentence: Sentence) -> bool:
    return [t.lower for t in sentence.body[:2]] == ["one", "of"]


def _by_somebody(c: Comparison, measured: Mapping[str, float]) -> bool:
    """Whether "they" are nobody in particular, who changed what the earlier one begins with: "They raised the toll"."""
    lead = lead_of(c.old)
    said = lead is not None and lead.kind is Kind.WORD and lead.key in c.new_keys
    return bool(said and c.new.tokens[0].lower == "they" and measured["event_of_kept"])


def _pronoun(sentence: Sentence) -> bool:
    return bool(sentence.tokens) and sentence.tokens[0].lower in lexicon.PRONOUNS


def refused(c: Comparison) -> bool:
    """Whether a rule says that nothing is replaced: what is left is for the trees to weigh.

    A doubt that was there before ("could be an archer") may be kept by what replaces it, in another such word ("may be").
    """
    doubts = c.new.supposes - c.old.supposes
    if c.old.supposes & _MODAL:
        doubts -= _MODAL
    return bool(
        c.new.asks
        or c.old.asks
        or doubts
        or not related(c)
        or _repeats(c)
        or (says_less(c) and not _turned(c))
    )


_MODAL = frozenset(["may", "might", "could"])


def _repeats(c: Comparison) -> bool:
    """Whether the later sentence says all of the earlier one again, in its order, and nothing against it."""
    return not c.lost and c.kept == len(c.old.content) and not _against(c) and not _parted(c)


def _parted(c: Comparison) -> bool:
    """Whether what the earlier one says of several is said of one of them now, and something else of another.

    "Bo went to Yale, while Ann went to MIT." after "Bo and Ann went to MIT."
    """
    if len(subjects(c.old)) < 2 or not any(t.kind is not Kind.WORD for t in c.gained):
        return False
    parts = clauses(c.new)
    return len(parts) > 1 and not any(
        {t.key for t in subjects(c.old)} <= {c.key(t) for t in part} for part in parts
    )


def _against(c: Comparison) -> bool:
    """Whether anything in the two tells of an end, a change, a restriction, a correction or a denial."""
    new = c.new
    against = new.ended or new.changed or new.only or new.corrects or negated(new) or negated(c.old)
    return bool(against or c.ended or c.contrasted or told(c) & EVENTS)


def _turned(c: Comparison) -> bool:
    """Whether one of two that say the same things tells of an end, a change, … and the other does not."""
    old, new = c.old, c.new
    told = old.ended != new.ended or old.changed != new.changed or (new.only and not old.only)
    return bool(told or new.corrects or negated(new) != negated(old) or c.contrasted)


def explained(old: Sentence, new: Sentence, most: int = 8) -> Judgement:
    """The probability with the features that weigh most, strongest first.

    >>> from .sentence import read
    >>> found = explained(read("Ann lives in Oslo."), read("Ann no longer lives in Oslo."))
    >>> found.probability > AUTOMATIC, len(found.parts)
    (True, 8)
    """
    compared = Comparison(old, new)
    measured = features(compared)
    parts = trees(__package__).explained(measured, len(measured))
    if _of_another(compared, measured):
        over = sum(part for _, part in parts) - math.log(SOMEBODY_ELSE / (1 - SOMEBODY_ELSE))
        parts = (("somebody_else", -max(0.0, over)), *parts)
    strongest = sorted(parts, key=lambda part: (-abs(part[1]), part[0]))[:most]
    return Judgement(probability(old, new), tuple(strongest))
