"""The scorer: how likely two names mean one thing, and why.

Logistic regression over named features; its weights lie in `weights.json` and are read by name, so that an
explanation is the very sum that was computed. Other numbers, generations and abbreviations are other things by
rule. Only what is written as one name is (`writing`) is ever certain: words in another order, a typing error,
initials or an abbreviation may be right in nine cases of ten and are for somebody to look at.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

from .. import logistic
from .byname import source
from .comparison import Comparison, features
from .form import Form
from .writing import certain, contrary

AUTOMATIC = 0.9
"""From this probability on two names that are written as one are one on read."""

REVIEW = 0.5
"""From this probability on, where it is not certain, a pair is a proposal and changes nothing."""

KEPT = 0.2
"""From this probability on a pair is kept: the vectors of its names may make a proposal of it."""

KNOWN = {"a known nickname": 2.0, "a name in another language": 2.0}
"""What lists say adds so much to the log odds: nothing trains it, and it is enough for a proposal."""

VERSION = "4"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the scorer makes of a pair: the probability, whether it is certain, and what each feature adds.

    `contrary` says that they are dressed as two, so that what is dressed as neither is certainly none of them.
    `parts` are (feature, what it adds to the log odds), those that weigh most first.
    """

    probability: float
    certain: bool
    contrary: bool
    parts: tuple[tuple[str, float], ...]


def fingerprint() -> str:
    """Changes whenever the same two names may be judged otherwise."""
    return logistic.fingerprint(
        __package__,
        f"resolution@{VERSION}+{source()}",
        *("weights.json", "lexicon.toml", "exonyms.txt"),
    )


@cache
def _model() -> logistic.Logistic:
    trained = logistic.weighed(__package__)
    return replace(trained, weights={**trained.weights, **KNOWN})


def _said(compared: Comparison) -> dict[str, float]:
    """What is weighed: what the letters say and a list, or a list alone where the letters have no say."""
    if compared.elsewhere and not compared.same_loosely:
        return {"a name in another language": 1.0}
    return {**features(compared), "a known nickname": float(compared.nickname)}


def judged(one: Form, other: Form, most: int = 8) -> Judgement:
    """How likely two names mean one thing, with the features that weigh most.

    >>> judged(Form("Dr. Ann Reed", "PERSON"), Form("Ann Reed", "PERSON")).certain
    True
    >>> found = judged(Form("A. Reed", "PERSON"), Form("Ann Reed", "PERSON"))
    >>> found.certain, found.probability > REVIEW
    (False, True)
    >>> judged(Form("RV-7"), Form("RV-8")).probability
    0.0
    >>> judged(Form("Bill Reed", "PERSON"), Form("William Reed", "PERSON")).parts[0]
    ('a known nickname', 2.0)
    """
    if one.a_text or other.a_text:
        return Judgement(0.0, False, False, (("too long for a name", 0.0),))
    compared = Comparison(one, other)
    if compared.apart:
        return Judgement(0.0, False, contrary(one, other), (("apart by rule", 0.0),))
    model, said = _model(), _said(compared)
    chance = model.probability(said)
    sure = (
        chance >= AUTOMATIC
        and (compared.same_letters or compared.same_words)
        and certain(one, other)
    )
    return Judgement(chance, sure, contrary(one, other), model.explained(said, most))
