"""The scorer: how likely a later sentence takes the place of an earlier one, and why.

Gradient-boosted trees over named features; they lie in `trees.json` as plain numbers, and an explanation says what
each feature added on the way through them. A question, what is only possible, and what only says more of the same
replace nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from .. import logistic
from .comparison import Comparison
from .features import features, related
from .scopes import negated
from .sentence import Sentence
from .trees import trees

AUTOMATIC = 0.88
"""From this probability on a link is applied on read."""

REVIEW = 0.4
"""From this probability on, and below `AUTOMATIC`, a link is a proposal and changes nothing."""

VERSION = "2"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the scorer makes of a pair: the probability, and what each feature adds to its log odds."""

    probability: float
    parts: tuple[tuple[str, float], ...]


def fingerprint() -> str:
    """Changes whenever the same two sentences may be judged otherwise."""
    files = ("trees.json", "rarity.txt", "lexicon.toml", "vectors.npz")
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
    return trees(__package__).probability(features(compared))


def refused(c: Comparison) -> bool:
    """Whether a rule says that nothing is replaced: what is left is for the trees to weigh.

    A doubt that was there before ("could be an archer") may be kept by what replaces it.
    """
    doubts = c.new.supposes - c.old.supposes
    return bool(c.new.asks or c.old.asks or doubts or not related(c) or _repeats(c))


def _repeats(c: Comparison) -> bool:
    """Whether the later sentence says all of the earlier one again, in its order, and nothing against it."""
    if c.lost or c.kept < len(c.old.content):
        return False
    new = c.new
    against = new.ended or new.changed or new.only or new.corrects or negated(new)
    return not (against or c.ended or c.contrasted)


def explained(old: Sentence, new: Sentence, most: int = 8) -> Judgement:
    """The probability with the features that weigh most, strongest first.

    >>> from .sentence import read
    >>> found = explained(read("Ann lives in Oslo."), read("Ann no longer lives in Oslo."))
    >>> found.probability > AUTOMATIC, len(found.parts)
    (True, 8)
    """
    parts = trees(__package__).explained(features(Comparison(old, new)), most)
    return Judgement(probability(old, new), parts)
