"""Nouns of an English parse that are joined: by and, or, nor, but (ClearNLP labels)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spacy.tokens import Token

MOST_CONJUNCTS = 4


def is_neither(noun: Token) -> bool:
    """Whether a noun, and what is joined to it by nor, is denied: "neither Rome nor Oslo"."""
    above = noun.head if noun.dep_ == "pobj" else noun
    beside = [*noun.children, *above.children]
    return any(c.lower_ == "neither" and c.dep_ in {"preconj", "cc", "det"} for c in beside)


def is_other(noun: Token, *, negated: bool) -> bool:
    """Whether a joined noun is said the other way: "not a car but a van", "a car but not a van".

    `negated` says whether its verb is.
    """
    if noun.dep_ != "conj" or not any(
        c.lower_ == "but" for c in noun.head.children if c.dep_ == "cc"
    ):
        return False
    return negated is not any(c.dep_ == "neg" for c in noun.children)


def is_one_of(noun: Token) -> bool:
    """Whether a noun is joined to others by "or", so that it is not said which it is."""
    first = noun
    while first.dep_ == "conj" and first.head != first:
        first = first.head
    found: Token | None = first
    while found is not None:
        if any(c.dep_ == "cc" and c.lower_ in {"or", "either"} for c in found.children):
            return True
        found = next((c for c in found.children if c.dep_ == "conj"), None)
    return False


def conjuncts_of(head: Token) -> list[Token]:
    """Give a noun and what is joined to it by and, four at most."""
    chain = [head]
    while len(chain) < MOST_CONJUNCTS:
        following = next(
            (
                c
                for c in chain[-1].children
                if c.dep_ == "conj"
                # "Polish, German and Finnish" are names, though the model takes one for an adjective
                and (
                    c.pos_ in {"NOUN", "PROPN", "NUM", "PRON"} or (c.pos_ == "ADJ" and c.ent_type_)
                )
            ),
            None,
        )
        if following is None:
            break
        chain.append(following)
    return chain
