"""People told by what they are to somebody: "my brother Paul", "Karen, my boss", "Ida Falk, a nurse"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from .antecedent import Name, personal
from .verb import lemma_of

if TYPE_CHECKING:
    from spacy.tokens import Token

ROLES = frozenset(
    "brother sister mother father mom mum mommy mummy dad daddy parent son daughter wife husband spouse partner boyfriend "  # noqa: SIM905
    "girlfriend fiance fiancee fiancé fiancée ex uncle aunt auntie cousin niece nephew grandmother grandfather grandma grandpa "
    "granny nan grandson granddaughter stepmother stepfather stepbrother stepsister stepson stepdaughter sibling twin friend "
    "buddy boss manager supervisor colleague coworker co-worker teammate neighbour neighbor roommate flatmate housemate "
    "doctor dentist therapist physio vet teacher professor coach trainer tutor mentor landlord landlady tenant lawyer "
    "solicitor accountant assistant secretary nanny babysitter cleaner hairdresser mechanic client customer intern".split()
)
"""What somebody is to another person; "he" and "she" may mean one of them."""


OFFICES = frozenset(
    "ceo cfo cto coo president vice-president chair chairman chairwoman chairperson director head founder co-founder owner mayor "  # noqa: SIM905
    "minister governor chancellor principal captain editor architect engineer author singer actor actress conductor coach "
    "manager treasurer secretary chef spokesperson spokesman spokeswoman curator producer dean judge sheriff".split()
)
"""What somebody is to an organisation or a work."""


def is_office(noun: Token) -> bool:
    """Whether a noun says what the one is who holds an office: "the new CEO", "our treasurer"."""
    return noun.lower_ in OFFICES and any(
        child.lower_ == "the" or child.dep_ == "poss" for child in noun.children if child.i < noun.i
    )


def is_role(noun: Token) -> bool:
    """Whether a noun says what one person is to another, by itself: a "sister-in-law" is no sister."""
    if noun.lower_ not in ROLES or noun.pos_ not in {"NOUN", "PROPN"}:
        return False
    beside = {noun.doc[n].text for n in (noun.i - 1, noun.i + 1) if 0 <= n < len(noun.doc)}
    return "-" not in beside


def is_owned(noun: Token) -> bool:
    """Whether somebody's is what a noun means: "my brother", "Anna's brother"."""
    return any(child.dep_ == "poss" for child in noun.children)


def name_of_role(phrase: Sequence[Token], names: Sequence[Name]) -> tuple[Name, int] | None:
    """The name that closes "my brother Paul", and how many words stand before it; None where there is none."""
    end = phrase[-1].idx + len(phrase[-1])
    for name in names:
        before = [token for token in phrase if token.idx < name.start]
        if name.end == end and len(before) > 1:
            owned = any(t.tag_ == "PRP$" or t.dep_ == "poss" for t in before)
            if owned and before[-1].lower_ in ROLES:
                return name, len(before)
    return None


def named_beside(noun: Token, names: Sequence[Name]) -> Name | None:
    """Who is meant by "my boss" in "my boss, Karen, left"."""
    if not (is_role(noun) and is_owned(noun) or is_office(noun)):
        return None
    for child in noun.children:
        if child.dep_ == "appos" and child.i > noun.i and child.pos_ == "PROPN":
            for name in names:
                inside = name.start <= child.idx < name.end
                words = name.surface.split()
                whole = len(words) in (2, 3) and all(w.isalpha() and w.istitle() for w in words)
                if inside and (personal(name.surface, name.label) or (whole and is_office(noun))):
                    return name
    return None


def named_as(noun: Token, names: Sequence[Name]) -> Name | None:
    """Who is meant where a sentence says a name: "my boss is Karen", "my dog's name is Biscuit"."""
    verb = noun.head
    told = noun.lower_ == "name" or is_role(noun)
    if noun.dep_ != "nsubj" or not told or not is_owned(noun) or lemma_of(verb) != "be":
        return None
    for child in verb.children:
        if child.dep_ in {"attr", "acomp"} and child.i > verb.i and child.pos_ in {"PROPN", "ADJ"}:
            for name in names:
                if name.start <= child.idx < name.end:
                    return replace(name, label="PERSON")
    return None


def appositions(tokens: Sequence[Token]) -> Iterator[tuple[Token, Token]]:
    """Each name with what is said of it between commas: "Ida Falk, a nurse", "Tom, my neighbour"."""
    for noun in tokens:
        head = noun.head
        if noun.dep_ != "appos" or noun.pos_ != "NOUN" or head.pos_ != "PROPN" or noun.i < head.i:
            continue
        if any(c.dep_ in {"det", "poss"} and c.i < noun.i for c in noun.children):
            yield head, noun
