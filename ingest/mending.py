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
    preposition governs; give verbs their objects."""
    for token in tokens:
        if token.dep_ == "prep":
            _governed(token)
        if token.text == "I" and token.i > 1:
            _join(token)
        elif token.pos_ == "PROPN" and token.i and token.dep_ in _LOOSE | SUBJECTS:
            _name(token)
        elif (token.tag_, token.dep_) == ("VB", "advcl") or (token.pos_, token.dep_) == (
            "NOUN",
            "ccomp",
        ):
            _object(token)
        elif token.tag_ == "DT" and token.dep_ in SUBJECTS:
            _all(token)
        elif token.tag_ == "NN" and token.dep_ == "conj":
            _verb(token)
        elif token.tag_ == "VBN" and token.dep_ in {"ccomp", "conj"}:
            _state(token) if token.dep_ == "ccomp" else _deed(token)


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


def _object(word: Token) -> None:
    """ "can't eat gluten", "recommended the ramen place": what stands right behind a verb, without a subject and a
    verb of its own, is no clause, but what the verb is about."""
    above = word.head
    if not above.tag_.startswith("VB") or above.i != word.left_edge.i - 1:
        return
    if not any(child.dep_ in SUBJECTS | {"aux", "mark", "cop"} for child in word.children) and (
        word.pos_ == "NOUN" or not any(word.children)
    ):
        word.dep_, word.pos_ = "dobj", "NOUN"


def _all(every: Token) -> None:
    """ "Both of my sisters live there": it is the sisters who do."""
    link = next((child for child in every.children if child.lower_ == "of"), None)
    those = next((child for child in link.children if child.dep_ == "pobj"), None) if link else None
    if those is not None and every.lower_ in {"both", "all"}:
        those.head, those.dep_ = every.head, every.dep_
        every.dep_ = "dep"


def _verb(word: Token) -> None:
    """ "I live in Utrecht and commute to Rome": a noun without an article, joined to a verb, is one."""
    if (
        word.head.tag_ in {"VBP", "VB"}
        and word.i
        and word.nbor(-1).lower_ in {"and", "or", "but"}
        and not any(child.i < word.i for child in word.children)
        and any(child.dep_ in {"prep", "dobj"} for child in word.children)
    ):
        word.pos_, word.tag_ = "VERB", word.head.tag_


def _state(word: Token) -> None:
    """ "has Redis installed": what somebody has is the thing, in a state."""
    thing = next((child for child in word.children if child.dep_ in SUBJECTS), None)
    helped = any(child.dep_ in {"aux", "auxpass", "mark"} for child in word.children)
    if thing is not None and not helped and word.head.lower_ in _HAVING and word.head.i < thing.i:
        thing.head, thing.dep_ = word.head, "dobj"
        word.head, word.dep_ = thing, "acl"


def _deed(word: Token) -> None:
    """ "was born there and never learned to drive": who learns to do something does it, and is not done to."""
    to = any(child.dep_ == "xcomp" and child.tag_ == "VB" for child in word.children)
    if to and word.lower_ in _TRYING:
        word.tag_ = "VBD"


_HAVING = {"has", "have", "had"}
_TRYING = frozenset(
    "learned learnt wanted tried managed failed decided refused planned hoped started began begun stopped "  # noqa: SIM905
    "continued agreed promised forgot forgotten needed liked loved preferred chose chosen bothered dared".split()
)


def _governed(link: Token) -> None:
    """ "moves to 5 December", "below 2 °C": what follows each other behind one preposition is one thing."""
    things = [child for child in link.children if child.dep_ == "pobj" and child.i > link.i]
    for one, other in pairwise(things):
        if one.right_edge.i + 1 == other.left_edge.i:
            one.head, one.dep_ = other, "nummod" if one.like_num else "compound"
