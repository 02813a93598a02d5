"""The scorer: how likely a later sentence takes the place of an earlier one, and why.

Logistic regression over named features; its weights lie in `weights.json` and are read by name, so that an
explanation is the very sum that was computed. A question, what is only possible, and what only
says more of the same replace nothing.
"""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass
from functools import cache
from importlib import resources

from .comparison import Comparison
from .features import features, related
from .scopes import negated
from .sentence import Sentence

AUTOMATIC = 0.9
"""From this probability on a link is applied on read."""

REVIEW = 0.4
"""From this probability on, and below `AUTOMATIC`, a link is a proposal and changes nothing."""

VERSION = "1"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the scorer makes of a pair: the probability, and what each feature adds to its log odds."""

    probability: float
    parts: tuple[tuple[str, float], ...]


@cache
def _weights() -> tuple[float, dict[str, float]]:
    table = json.loads(resources.files(__package__).joinpath("weights.json").read_text("utf-8"))
    return float(table["bias"]), {name: float(w) for name, w in table["weights"].items()}


@cache
def fingerprint() -> str:
    """Changes whenever the same two sentences may be judged otherwise."""
    made = hashlib.sha256()
    home = resources.files(__package__)
    for name in ("weights.json", "rarity.txt", "lexicon.toml"):
        made.update(home.joinpath(name).read_bytes())
    return f"supersession@{VERSION}-{made.hexdigest()[:12]}"


def probability(old: Sentence, new: Sentence) -> float:
    """How likely the later sentence takes the place of the earlier, 0 where they have nothing in common.

    >>> from .sentence import read
    >>> changed = read("A day ticket costs 9 euros now.")
    >>> probability(read("A day ticket costs 8 euros."), changed) > AUTOMATIC
    True
    >>> probability(read("Ann keeps bees."), changed)
    0.0
    """
    if new.asks or old.asks or new.hedges:
        return 0.0
    compared = Comparison(old, new)
    if not related(compared) or _repeats(compared):
        return 0.0
    bias, weights = _weights()
    odds = bias + sum(weights.get(n, 0.0) * v for n, v in features(compared).items() if v)
    return 1 / (1 + math.exp(-odds))


def _repeats(c: Comparison) -> bool:
    """Whether the later sentence says all of the earlier one again and nothing against it."""
    if c.lost:
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
    bias, weights = _weights()
    said = features(Comparison(old, new))
    parts = [(name, weights.get(name, 0.0) * value) for name, value in said.items() if value]
    parts = sorted([("bias", bias), *parts], key=lambda part: (-abs(part[1]), part[0]))
    return Judgement(probability(old, new), tuple(parts[:most]))
