"""Mending a parse where the small model is known to go wrong: "Bea and I bought a van", "my cousin Ines", "to 5 December"."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from .apposition import is_owned, is_role
from .verb import SUBJECTS

if TYPE_CHECKING:
    from spacy.tokens import Token

_AND = {"and", "&"}
_LOOSE = {"npadvmod", "dobj", "oprd", "dep", "attr", "intj"}


def mend(tokens: Sequence[Token]) -> None:
    """Join who does something with the speaker to them, a name to the role right before it, and what one
    preposition governs."""
    for token in tokens:
        if token.dep_ == "prep":
            _governed(token)
        if token.text == "I" and token.i > 1:
            _join(token)
        elif token.pos_ == "PROPN" and token.i and token.dep_ in _LOOSE:
            _name(token)


def _join(speaker: Token) -> None:
    """ "Bea and I bought": the model hangs Bea on the verb as a time, or takes her alone for its subject."""
    link, other = speaker.nbor(-1), speaker.nbor(-2)
    verb = speaker.head
    if (
        link.lower_ not in _AND
        or other.pos_ not in {"PROPN", "NOUN"}
        or speaker.dep_ not in SUBJECTS
        or other.head != verb
        or (other.dep_ not in SUBJECTS | _LOOSE)
    ):
        return
    before = other.doc[: other.left_edge.i]
    if other.dep_ not in SUBJECTS and any(t.pos_ in {"VERB", "AUX"} for t in before):
        return  # "I saw Bea and I left" is two clauses
    other.dep_ = speaker.dep_
    link.head, link.dep_ = other, "cc"
    speaker.head, speaker.dep_ = other, "conj"


def _name(name: Token) -> None:
    """ "I met my cousin Ines": the name is that of the cousin, and no time or part by itself."""
    role = name.left_edge.nbor(-1) if name.left_edge.i else name
    if role.head == name.head and is_role(role) and is_owned(role):
        name.head, name.dep_ = role, "appos"


def _governed(link: Token) -> None:
    """ "moves to 5 December", "below 2 °C": what follows each other behind one preposition is one thing."""
    things = [child for child in link.children if child.dep_ == "pobj" and child.i > link.i]
    for one, other in pairwise(things):
        if one.right_edge.i + 1 == other.left_edge.i:
            one.head, one.dep_ = other, "nummod" if one.like_num else "compound"
