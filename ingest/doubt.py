"""Doubt: what an English sentence only supposes, and what it does not state at all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .verb import SUBJECTS, is_negated, lemma_of

if TYPE_CHECKING:
    from spacy.tokens import Token

CONDITIONS = {"if", "unless", "whether", "lest", "until", "till"}
UNSURE = set(
    "perhaps maybe possibly probably presumably allegedly supposedly reportedly apparently seemingly "  # noqa: SIM905
    "ostensibly purportedly likely".split()
)
"""Words that make whatever a sentence says a supposition."""

_HYPOTHETICAL, _POSSIBLE = {"would"}, {"might", "may", "could"}
_SHORT = {"'d", "’d"}
_DOUBT = set(
    "hope wish doubt imagine deny pretend fear wonder ask consider propose suggest recommend demand require "  # noqa: SIM905
    "request order insist".split()
)
_BELIEVING = set("think believe suspect guess assume suppose claim expect estimate reckon".split())  # noqa: SIM905
_SEEMING, _HEARING = {"seem", "appear"}, {"hear"}
_NOT_SO = {"hope", "fear", "chance", "risk", "danger", "wish", "condition", "question", "doubt"}
_MAYBE_SO = set(
    "rumour rumor rumours rumors claim claims allegation allegations suspicion suspicions possibility theory idea "  # noqa: SIM905
    "belief impression assumption".split()
)
_OUGHT = {"should", "ought"}
_NOBODYS = {"they", "people", "some", "many", "everyone", "everybody", "rumour", "rumor", "legend"}
_SAYING = _BELIEVING | {"say", "allege", "rumor", "rumour", "report", "understand"}
_WHENEVER = {"when", "whenever", "before", "until", "till", "once"}
_FALSE = {"false", "untrue", "unlikely", "impossible", "doubtful", "wrong"}
_SURE, _OPEN = (
    {"sure", "certain", "true", "convinced", "clear", "correct"},
    {"possible", "probable"},
)
_NEARLY, _SELDOM = {"nearly", "almost"}, {"rarely", "seldom"}


_TELLING = frozenset(
    "say tell ask reply answer write add explain note report state announce argue insist know mean see remember warn promise "  # noqa: SIM905
    "swear admit agree feel find hear understand learn realise realize notice bet figure concern".split()
)


def is_spliced(verb: Token) -> bool:
    """Whether a clause stands by itself before another, with a comma alone between: "Greta came, she is ill".

    The parse takes it for what the other says, as in "it works, he said".
    """
    above = verb.head
    if verb.dep_ != "ccomp" or verb.i > above.i or above.pos_ not in {"VERB", "AUX"}:
        return False
    if lemma_of(above).lower() in _TELLING | _BELIEVING | _SEEMING | _HEARING | _DOUBT:
        return False
    subject = next((c for c in above.children if c.dep_ in SUBJECTS), None)
    own = any(c.dep_ in SUBJECTS for c in verb.children)
    if subject is None or not own or any(c.dep_ == "mark" for c in verb.children):
        return False
    last = max(t.i for t in verb.subtree)
    between = subject.doc[last + 1 : subject.left_edge.i]
    return last < subject.left_edge.i and any(t.lower_ in _COMMAS for t in between)


_COMMAS = {",", ";", "-", "–", "—", "..."}


def first_clause(tokens: Sequence[Token]) -> Token | None:
    """The verb of a sentence, or of the first of several that only commas part."""
    root = next((token for token in tokens if token.dep_ == "ROOT"), None)
    if root is None:
        return None
    return next((child for child in root.children if is_spliced(child)), root)


def doubt_of(verb: Token) -> str:
    """Whether a verb tells what is only supposed ("hedged"), or tells nothing ("unsaid")."""
    head, found = verb, ""
    if any(c.lower_ in _NEARLY and c.dep_ == "advmod" for c in verb.children):
        return "unsaid"
    while True:
        modals = {c.lower_ for c in head.children if c.dep_ == "aux"}
        if "have" in modals and modals & _OUGHT or _inverted(head):
            return "unsaid"  # "should have paid", "had he paid"
        if modals >= {"have", "must"}:
            found = "hedged"
        if modals & _HYPOTHETICAL or any(
            c.dep_ == "aux" and c.tag_ == "MD" and c.lower_ in _SHORT for c in head.children
        ):
            return "unsaid"
        if modals & _POSSIBLE or any(c.lower_ in _SELDOM for c in head.children):
            found = "hedged"
        if any(c.dep_ == "mark" and c.lower_ in CONDITIONS for c in head.children):
            return "unsaid"
        # "When the milk is too cold" does not say that it is.
        if head.dep_ == "advcl" and any(c.lower_ in _WHENEVER for c in head.children):
            return "unsaid"
        if is_spliced(head):
            return found
        if head.dep_ in {"ccomp", "pcomp"}:
            above = head.head
            if _wanted(head):
                return "unsaid"
            if lemma_of(above).lower() in _DOUBT or is_negated(above):
                return "unsaid"
            if lemma_of(above).lower() in _BELIEVING | _SEEMING | _HEARING or _hearsay(above):
                found = "hedged"
        if head.dep_ in {"acl", "relcl"} and (told := _told_of(head)):
            return told if told == "unsaid" else "hedged"
        judged = _judged(head)
        if judged in _FALSE:
            return "unsaid"
        if judged in _SURE and is_negated(head.head if head.head.pos_ != "ADJ" else head.head.head):
            return "unsaid"
        if judged in _OPEN:
            found = "hedged"
        if head.dep_ == "xcomp" and _supposed(head.head):
            found = "hedged"
        if head.dep_ not in {"ccomp", "xcomp", "conj", "pcomp"}:
            return found
        head = head.head


def _told_of(head: Token) -> str:
    """What a noun makes of the clause that it is about: "no evidence that …", "a rumour that …"."""
    noun = head.head
    if not any(c.dep_ == "mark" and c.lower_ == "that" for c in head.children):
        return ""
    denied = any(
        c.lower_ in {"no", "any", "little"}
        for c in noun.children
        if c.dep_ == "det" or c.dep_ == "amod"
    )
    if denied or noun.lower_ in _NOT_SO or is_negated(noun.head):
        return "unsaid"
    return "hedged" if noun.lower_ in _MAYBE_SO else ""


def _inverted(head: Token) -> bool:
    """Whether a clause tells what was not so: "Had Bo paid, …"."""
    subject = next((c for c in head.children if c.dep_ in SUBJECTS), None)
    return (
        subject is not None
        and head.dep_ == "advcl"
        and any(c.dep_ in {"aux", "auxpass"} and c.i < subject.left_edge.i for c in head.children)
    )


def _hearsay(above: Token) -> bool:
    """Whether nobody in particular says so: "they say that …"."""
    told = lemma_of(above).lower() in {"say", "tell"}
    return told and any(c.dep_ in SUBJECTS and c.lower_ in _NOBODYS for c in above.children)


def _wanted(head: Token) -> bool:
    """Whether a clause is what somebody is to do, and not what they did: "I want Bo to go", "told her to wait"."""
    to = any(c.tag_ == "TO" for c in head.children)
    known = lemma_of(head.head).lower() in _BELIEVING | _SEEMING
    return to and not known and head.tag_ == "VB"


def _judged(head: Token) -> str:
    """What is said of a clause: "false" of "it is false that …", "sure" of "I'm not sure …"."""
    if head.dep_ not in {"ccomp", "csubj", "advcl"}:
        return ""
    if head.head.dep_ == "acomp":
        return head.head.lower_
    return next((c.lower_ for c in head.head.children if c.dep_ == "acomp"), "")


def _supposed(above: Token) -> bool:
    """Whether a verb above makes what it leads to a supposition: "seems to", "is said to"."""
    lemma = lemma_of(above).lower()
    passive = any(c.dep_ == "auxpass" for c in above.children)
    return lemma in _SEEMING or (passive and lemma in _SAYING)
