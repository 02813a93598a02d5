"""Whom English pronouns mean: who speaks, those with whom they are, or what was spoken of before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..graph.resolution.byname import given

if TYPE_CHECKING:
    from spacy.tokens import Token

FIRST = frozenset({"i", "me", "myself"})
GROUP = frozenset({"we", "us", "ourselves"})
THIRD = frozenset({"he", "she", "him", "her", "himself", "herself"})
THING = frozenset({"it", "itself"})
OURS = frozenset({"my", "our"})
THEIRS = frozenset({"his", "her"})

_MARKS = frozenset({'"', "“", "”", "``", "''"})
_VAGUE = frozenset({"PERSON", "NAME"})
# The model takes many a given name for a place or a company ("Priya", "Chelsea").
_MISTAKEN = frozenset({"ORG", "GPE", "LOC", "FAC", "PRODUCT", "NORP", "WORK_OF_ART", "EVENT"})


@dataclass(frozen=True, slots=True)
class Name:
    """A mention in a parsed sentence: characters of the sentence, surface and label."""

    start: int
    end: int
    surface: str
    label: str


def personal(surface: str, label: str) -> bool:
    """Whether "he" or "she" may mean a name: a person's, or one that begins with a known given name.

    >>> personal("Omar Diallo", "PERSON"), personal("Rebecca", "ORG"), personal("Siemens", "ORG")
    (True, True, False)
    """
    if label in _VAGUE:
        return True
    words = surface.split()
    plain = 1 <= len(words) <= 3 and all(word[:1].isupper() and word.isalpha() for word in words)
    return label in _MISTAKEN and plain and given(words[0].casefold())


def quoted_in(tokens: Sequence[Token]) -> frozenset[int]:
    """The places of the words of a sentence that stand within quotation marks, unless all of them do."""
    inside = False
    found: list[int] = []
    for token in tokens:
        if token.text in _MARKS:
            inside = token.text != "”" and not inside
        elif inside:
            found.append(token.i)
    whole = len(found) >= sum(not token.is_punct for token in tokens)
    return frozenset(() if whole else found)


def group_of(speaker: str | None) -> str | None:
    """What "we" is called: those for whom somebody speaks, who are not that person alone.

    >>> group_of("Ann"), group_of(None)
    ("Ann's group", None)
    """
    return f"{speaker}'s group" if speaker else None


def owner_of(word: str, speaker: str | None, before: Name | None, *, alone: bool) -> str | None:
    """Whose something is by a possessive pronoun, in lower case; `alone` as for `Sentence`.

    >>> owner_of("my", "Ann", None, alone=True), owner_of("its", None, Name(0, 4, "Acme", "ORG"), alone=True)
    ('Ann', 'Acme')
    """
    if word in OURS:
        return speaker
    if before is None:
        return None
    if word in THEIRS:
        return before.surface if alone and personal(before.surface, before.label) else None
    return before.surface if word == "its" and before.label != "PERSON" else None
