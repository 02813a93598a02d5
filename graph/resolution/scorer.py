"""The scorer: how likely two names mean one thing, and why.

Logistic regression over named features; its weights lie in `weights.json` and are read by name, so that an
explanation is the very sum that was computed. Other numbers, generations and abbreviations are other things by
rule. Only what is written as one name is (`writing`) is ever certain: words in another order, a typing error,
initials or an abbreviation may be right in nine cases of ten and are for somebody to look at.
"""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass
from functools import cache
from importlib import resources

from .comparison import Comparison, features
from .form import Form
from .writing import certain, contrary

AUTOMATIC = 0.9
"""From this probability on two names that are written as one are one on read."""

REVIEW = 0.5
"""From this probability on, where it is not certain, a pair is a proposal and changes nothing."""

KEPT = 0.2
"""From this probability on a pair is kept: the vectors of its names may make a proposal of it."""

VERSION = "2"


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


@cache
def _weights() -> tuple[float, dict[str, float]]:
    table = json.loads(resources.files(__package__).joinpath("weights.json").read_text("utf-8"))
    return float(table["bias"]), {name: float(w) for name, w in table["weights"].items()}


@cache
def fingerprint() -> str:
    """Changes whenever the same two names may be judged otherwise."""
    made = hashlib.sha256()
    home = resources.files(__package__)
    for name in ("weights.json", "lexicon.toml"):
        made.update(home.joinpath(name).read_bytes())
    return f"resolution@{VERSION}-{made.hexdigest()[:12]}"


def judged(one: Form, other: Form, most: int = 8) -> Judgement:
    """How likely two names mean one thing, with the features that weigh most.

    >>> judged(Form("Dr. Ann Reed", "PERSON"), Form("Ann Reed", "PERSON")).certain
    True
    >>> found = judged(Form("A. Reed", "PERSON"), Form("Ann Reed", "PERSON"))
    >>> found.certain, found.probability > REVIEW
    (False, True)
    >>> judged(Form("RV-7"), Form("RV-8")).probability
    0.0
    """
    if one.a_text or other.a_text:
        return Judgement(0.0, False, False, (("too long for a name", 0.0),))
    compared = Comparison(one, other)
    if compared.apart:
        return Judgement(0.0, False, contrary(one, other), (("apart by rule", 0.0),))
    bias, weights = _weights()
    parts = [(n, weights.get(n, 0.0) * v) for n, v in features(compared).items() if v]
    chance = 1 / (1 + math.exp(-(bias + sum(part for _, part in parts))))
    ordered = sorted([("bias", bias), *parts], key=lambda part: (-abs(part[1]), part[0]))
    sure = (
        chance >= AUTOMATIC
        and (compared.same_letters or compared.same_words)
        and certain(one, other)
    )
    return Judgement(chance, sure, contrary(one, other), tuple(ordered[:most]))
