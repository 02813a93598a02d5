"""Comparison: what an earlier and a later sentence share, and what stands in one and not in the other.

Names are the same when the words of one are among the other's ("Ann", "Ann Lee"); words when their stems
are, or, more loosely, when they are about the same (`lexicon.concepts`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property

from . import lexicon
from .rarity import rarity
from .sentence import Sentence
from .token import Kind, Token


@dataclass(frozen=True, slots=True)
class Hunk:
    """One place where the two differ: the tokens of the old and those of the new that stand there."""

    lost: tuple[Token, ...]
    gained: tuple[Token, ...]
    before: str
    """The last shared word before it."""
    opening: bool
    """Whether nothing that is shared stands before it."""
    closing: bool
    """Whether nothing that is shared stands after it."""


class Comparison:
    """Two sentences beside each other.

    >>> from .sentence import read
    >>> one = Comparison(read("Ann lives in Oslo."), read("Ann lives in Bergen."))
    >>> [(h.lost[0].key, h.gained[0].key, h.before) for h in one.hunks]
    [('oslo', 'bergen', 'in')]
    """

    def __init__(self, old: Sentence, new: Sentence) -> None:
        self.old, self.new = old, new
        self._same: dict[str, str] = {}
        for token in new.names:
            self._same[token.key] = next(
                (o.key for o in old.names if same_name(o.words, token.words)), token.key
            )

    def key(self, token: Token) -> str:
        """What a token is compared by, a name of the new sentence under the old one's."""
        return self._same.get(token.key, token.key) if token.kind is Kind.NAME else token.key

    @cached_property
    def old_keys(self) -> frozenset[str]:
        """The keys of what the old sentence says."""
        return frozenset(token.key for token in self.old.content)

    @cached_property
    def old_said(self) -> frozenset[str]:
        """The keys of what the old sentence says, names aside."""
        return frozenset(t.key for t in self.old.content if t.kind is not Kind.NAME)

    @cached_property
    def new_keys(self) -> frozenset[str]:
        """The keys of what the new sentence says."""
        return frozenset(self.key(token) for token in self.new.content)

    @cached_property
    def lost(self) -> list[Token]:
        """What only the old sentence says."""
        return [token for token in self.old.content if token.key not in self.new_keys]

    @cached_property
    def gained(self) -> list[Token]:
        """What only the new sentence says."""
        return [token for token in self.new.content if self.key(token) not in self.old_keys]

    @cached_property
    def shared(self) -> list[Token]:
        """What both say, by the old one's tokens, each key once."""
        found = {t.key: t for t in self.old.content if t.key in self.new_keys}
        return list(found.values())

    @cached_property
    def old_concepts(self) -> frozenset[str]:
        """What the old sentence is about."""
        return self.old.concepts

    @cached_property
    def new_concepts(self) -> frozenset[str]:
        """What the new sentence is about."""
        return self.new.concepts

    @cached_property
    def ended(self) -> frozenset[str]:
        """What the old sentence is about that something in the new one ends or changes."""
        endings = lexicon.endings()
        found: set[str] = set()
        for token in self.new.tokens:
            if token.key not in self.old_keys:
                found |= endings.get(token.key, frozenset()) | endings.get(token.lower, frozenset())
        return frozenset(found & self.old_concepts)

    @cached_property
    def _aligned(self) -> Sequence[tuple[str, int, int, int, int]]:
        one = [token.key for token in self.old.tokens]
        two = [self.key(token) for token in self.new.tokens]
        return SequenceMatcher(None, one, two, autojunk=False).get_opcodes()

    @cached_property
    def hunks(self) -> list[Hunk]:
        """Where the two differ, in order; articles and the like that alone differ are left out."""
        old, new = self.old.tokens, self.new.tokens
        found: list[Hunk] = []
        before, opening, after = "", True, self.kept
        for tag, a, b, c, d in self._aligned:
            if tag == "equal":
                before = old[b - 1].key
                kept = sum(token.content for token in old[a:b])
                spoken = any(token.lower in lexicon.FIRST_PERSON for token in old[a:b])
                opening, after = opening and not kept and not spoken, after - kept
                continue
            lost = tuple(token for token in old[a:b] if token.content)
            gained = tuple(token for token in new[c:d] if token.content)
            if lost or gained:
                found.append(Hunk(lost, gained, before, opening, not after))
        return found

    @cached_property
    def kept(self) -> int:
        """How many words that say something stand in both, in the same order."""
        return sum(
            token.content
            for tag, a, b, _, _ in self._aligned
            if tag == "equal"
            for token in self.old.tokens[a:b]
        )

    @cached_property
    def ratio(self) -> float:
        """How alike the two are word by word, between 0 and 1."""
        size = len(self.old.content) + len(self.new.content)
        return 2 * self.kept / size if size else 0.0

    @cached_property
    def contrasted(self) -> list[Token]:
        """What the new sentence sets aside by name ("not Y", "instead of Y", "from Y to") of the old."""
        found: list[Token] = []
        tokens = self.new.tokens
        for place, token in enumerate(tokens):
            if not token.content or self.key(token) not in self.old_keys:
                continue
            if self._set_aside(tokens, place):
                found.append(token)
        return found

    def _set_aside(self, tokens: Sequence[Token], place: int) -> bool:
        """Whether a contrast opens shortly before, with nothing but small words between."""
        for back in range(place - 1, max(-1, place - 5), -1):
            word = tokens[back].lower
            if word == "not":
                # "is not" denies; ", not Y" and "and not Y" set aside
                earlier = tokens[back - 1].lower if back else ""
                return earlier not in _AUXILIARIES
            if word in {"than", "of"} and back and tokens[back - 1].lower in {"rather", "instead"}:
                return True
            if word == "from" and any(
                t.lower in {"to", "into"} for t in tokens[place + 1 : place + 5]
            ):
                return True
            other = tokens[back]
            if other.kind not in (Kind.NAME, Kind.FUNCTION) and other.key not in self.old_keys:
                return False
        return False

    def coverage(
        self, tokens: Iterable[Token], held: frozenset[str], about: frozenset[str]
    ) -> float:
        """Which part of some words, weighted by rarity, is in `held` or at least about the same."""
        total = met = 0.0
        concepts = lexicon.concepts()
        for token in tokens:
            if token.kind is not Kind.WORD:
                continue
            weight = rarity(token.key)
            total += weight
            if token.key in held:
                met += weight
            else:
                alike = concepts.get(token.key, frozenset()) & about
                met += weight * (0.7 if alike & lexicon.TIGHT else 0.3 if alike else 0.0)
        return met / total if total else 1.0


_AUXILIARIES = frozenset(
    [
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "do",
        "does",
        "did",
        "has",
        "have",
        "had",
        "can",
        "could",
        "will",
        "would",
        "should",
        "may",
        "might",
        "must",
    ]
)


def same_name(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether one name may be short for the other.

    >>> same_name(frozenset({"ann"}), frozenset({"ann", "lee"}))
    True
    """
    return bool(one) and bool(other) and (one <= other or other <= one)
