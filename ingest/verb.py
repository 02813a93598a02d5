"""What stands around a verb in an English dependency parse (ClearNLP labels)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ..graph.period import NUMERIC
from .when import tense_of

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

    from ..graph.period import Tense
    from .antecedent import Name

SUBJECTS = {"nsubj", "nsubjpass"}
NOMINAL = {"NOUN", "PROPN", "NUM", "PRON", "SYM", "X", "ADJ", "VERB"}
KEPT_MODALS = {"can", "must", "should", "shall", "need", "ought"}
_CUT = {"ca": "can", "sha": "shall"}
"""Modals as "can't" and "shan't" have them."""


_YEAR = re.compile(rf"1[5-9]\d\d|20\d\d|{NUMERIC}")
_DAY = re.compile(r"\d{1,2} [A-Z][a-z]+ \d{4}|[A-Z][a-z]+ \d{1,2},? \d{4}")
LEMMATISER = "memcubes.lemmatiser"
"""Under what name a parse carries what gives a word's lemma: few words are ever asked for theirs."""


def lemma_of(token: Token) -> str:
    """The lemma of a word, worked out when it is asked for."""
    if not token.lemma and (lemmatise := token.doc.user_data.get(LEMMATISER)):
        return str(lemmatise(token))
    return token.lemma_


def subject_of(verb: Token) -> Token | None:
    """Give the head of a verb's subject, its own or the one it shares, or None."""
    own = next((c for c in verb.children if c.dep_ in SUBJECTS), None)
    if own is not None:
        if own.tag_ in {"WDT", "WP"} and verb.dep_ == "relcl":
            return _antecedent_noun(verb.head)
        return own
    if verb.dep_ == "acl" and verb.tag_ == "VBN":
        return _antecedent_noun(verb.head)
    if verb.dep_ in {"conj", "xcomp"} and verb.head.pos_ in {"VERB", "AUX"}:
        return subject_of(verb.head)
    return None


def _antecedent_noun(noun: Token) -> Token | None:
    """Give who a relative clause is about: "X is a game made by Y" is about X."""
    if noun.dep_ == "attr" and lemma_of(noun.head) == "be":
        return subject_of(noun.head) or noun
    return noun.head if noun.dep_ == "appos" else noun


def relation_of(verb: Token) -> str | None:
    """Give the lemma with particle, passive and modal: "be made", "shut down", "must be"."""
    children = list(verb.children)
    passive = any(c.dep_ == "auxpass" for c in children)
    if (
        passive
        or (verb.dep_ == "acl" and verb.tag_ == "VBN")
        or verb.dep_ == "conj"
        and verb.tag_ == "VBN"
        and _bare(verb)
    ):
        words = ["be", verb.lower_]
    else:
        words = ["be" if verb.lower_ in {"'s", "'re", "'m", "m"} else lemma_of(verb).lower()]
    # "fell through": a preposition that leads to nothing is a part of the verb
    words += [
        c.lower_
        for c in children
        if c.dep_ == "prt"
        or (c.i == verb.i + 1 and not any(c.children) and (c.dep_ == "prep" or _is_particle(c)))
    ]
    modals = [_CUT.get(c.lower_, c.lower_) for c in children]
    words[:0] = [modal for modal in modals if modal in KEPT_MODALS][:1]
    yet = verb.head.lower_ in _HAVING and any(c.lower_ == "yet" for c in verb.head.children)
    if verb.dep_ == "xcomp" and verb.head.pos_ in {"VERB", "AUX"} and not yet:
        above = relation_of(verb.head)
        to = ["to" for c in children if c.tag_ == "TO"]
        words = [above or "", *to, *words]
    return " ".join(words).strip() or None


PARTICLES = frozenset("through away back out off up down apart over along".split())  # noqa: SIM905


def _is_particle(word: Token) -> bool:
    return word.dep_ == "advmod" and word.lower_ in PARTICLES


def _bare(verb: Token) -> bool:
    """Whether a conjoined participle shares the passive of the verb before it."""
    own = any(c.dep_ in {"aux", "auxpass"} for c in verb.children)
    return not own and any(c.dep_ == "auxpass" for c in verb.head.children)


_DENYING = {"never", "hardly", "scarcely"}
_HAVING = {"has", "have", "had"}


def is_negated(verb: Token) -> bool:
    """Whether a verb is denied: by not, never, hardly or no longer, or as in "has yet to"."""
    for child in verb.children:
        inner = {c.lower_ for c in child.children} if child.dep_ == "advmod" else set()
        if child.dep_ == "neg" or child.lower_ in _DENYING or inner & {"hardly", "scarcely"}:
            return True
        if child.lower_ in {"longer", "more"} and "no" in inner:
            return True
        if child.lower_ == "yet" and verb.lower_ in _HAVING and _leads_on(verb):
            return True
    return verb.dep_ == "xcomp" and is_negated(verb.head)


def _leads_on(verb: Token) -> bool:
    return any(c.dep_ == "xcomp" and c.i > verb.i for c in verb.children)


STATES = frozenset(
    "be live work have own hold serve belong know study stay reside lead run manage head like love "  # noqa: SIM905
    "prefer remain contain cost weigh include teach chair direct use".split()
)
"""Verbs of what goes on, and ends when it does; the others tell of what happens."""


def tense_of_verb(verb: Token) -> Tense:
    """When what a verb tells takes place; one that hangs on another ("plans to move") is that one's."""
    words = [(t.lower_, t.tag_) for t in verb.children if t.dep_ in {"aux", "auxpass"}]
    if verb.dep_ == "xcomp" and verb.head.pos_ in {"VERB", "AUX"}:
        going = verb.head.lower_ == "going" or lemma_of(verb.head) in {"plan", "intend"}
        return "future" if going else tense_of_verb(verb.head)
    getting = next((c for c in verb.children if c.dep_ == "auxpass" and c.tag_ == "VBG"), None)
    if (
        getting is not None and len(words) == 1
    ):  # "I'm getting married": its help hangs on "getting"
        return tense_of_verb(getting) or "present"
    found = tense_of([*words, (verb.lower_, verb.tag_)])
    if found == "past" and not words and verb.tag_ == "VBN" and verb.dep_ == "conj":
        return tense_of_verb(verb.head)
    return found


def is_arranged(verb: Token, dates: Sequence[tuple[str, str]]) -> bool:
    """Whether a verb in the present tells what is arranged for a date: "I'm meeting Bo on Friday"."""
    inner = [c for c in verb.children if c.dep_ == "auxpass"]
    going = verb.tag_ == "VBG" or any(c.tag_ == "VBG" for c in inner)
    dated = any(link in ("on", "in", "at") for link, _ in dates)
    return going and dated and lemma_of(verb).lower() not in STATES


def leads_to(verb: Token, name: Sequence[Token]) -> str | None:
    """The word by which a date hangs on a verb ("since", or "" for "last May"); None where it does not."""
    inside = {token.i for token in name}
    outside = (token for token in name if token.head.i not in inside or token.head == token)
    root = next(outside, None)
    if root is None or root.dep_ not in {"npadvmod", "pobj", "pcomp", "tmod", "advmod", "prep"}:
        return None
    link, above = "", root.head
    # a preposition may be what a whole sentence hangs on, above which there is nothing
    while above.head != above and (
        above.dep_ in {"prep", "pcomp", "mark"} or above.pos_ in {"ADP", "SCONJ"}
    ):
        link, above = link or above.lower_, above.head
    while above.pos_ in {"NOUN", "PROPN", "ADV", "ADJ"} and above.dep_ in _HANGING:
        above = above.head
        if above.dep_ == "prep":
            above = above.head
    return link if above == verb else None


def dates_of(
    verb: Token, every: Sequence[Token], values: Sequence[Name]
) -> tuple[tuple[str, str], ...]:
    """The dates that hang on a verb, in order."""
    dated = [
        (name.surface, [t for t in every if name.start <= t.idx < name.end])
        for name in values
        if name.label == "DATE" or not any(c.isdigit() for c in name.surface)  # "last night"
    ]
    taken = {token.i for _, tokens in dated for token in tokens}
    # the model often misses the second year of "from 2010 to 2015", and dates in figures
    dated += [
        (token.text, [token])
        for token in every
        if token.i not in taken
        and token.dep_ in {"pobj", "npadvmod"}
        and _YEAR.fullmatch(token.text)
    ]
    found: list[tuple[str, str]] = []
    for text, tokens in sorted(dated, key=lambda one: one[1][0].i if one[1] else 0):
        link = leads_to(verb, tokens)
        if link is not None:
            found.append((link, text))
    return tuple(found)


def day_of(phrase: Sequence[Token], values: Sequence[Name]) -> Name | None:
    """The date of several words that a phrase is a part of: the parse takes "5 May 2021" apart."""
    start, end = phrase[0].idx, phrase[-1].idx + len(phrase[-1])
    found = (v for v in values if v.start <= start and end <= v.end and v.label == "DATE")
    return next((value for value in found if _DAY.fullmatch(value.surface)), None)


_HUNG = frozenset("btw fyi haha hehe idk imho imo lmao lol ngl omg pls plz smh tbh thx".split())  # noqa: SIM905
_HANGING = {"dobj", "attr", "pobj", "oprd", "appos", "nsubjpass", "conj", "advmod", "acomp"}
"""What a parse often hangs a date on although the verb has it: "joined the bank in 2020"."""


def attribute_of(relation: str, noun: Token) -> Iterator[tuple[str, Token]]:
    """Give what a noun after "be" says: X is a town | in Y; X is CEO of | Y."""
    counted = noun.pos_ == "NUM" or any(c.dep_ == "nummod" for c in noun.children)
    owned = any(c.dep_ == "poss" for c in noun.children)
    links = [] if counted or owned else list(prepositions_of(noun))
    if not any(link == "of" for link, _ in links):
        yield relation, noun
    inner = [
        c.text
        for c in noun.children
        if c.i < noun.i and c.dep_ in {"compound", "amod"} and not c.n_lefts
    ]
    name = " ".join([*inner, noun.text])
    for link, target in links:
        yield f"{relation} {name} {link}", target


def prepositions_of(head: Token) -> Iterator[tuple[str, Token]]:
    """Give each preposition that hangs on a word, with the head of what it governs."""
    for child in head.children:
        if child.dep_ not in {"prep", "agent", "dative"} or child.pos_ in NOMINAL:
            continue
        for inner in child.children:
            if inner.dep_ == "pobj" and inner.pos_ in NOMINAL:
                if not _says_nothing(child, inner):
                    yield child.lower_, inner
            elif inner.dep_ == "pcomp":
                for target in inner.children:
                    if target.dep_ == "dobj" and target.pos_ in NOMINAL:
                        yield f"{child.lower_} {inner.lower_}", target
            elif inner.dep_ == "prep":
                if reaches(child, inner):
                    continue
                for target in inner.children:
                    if target.dep_ == "pobj" and target.pos_ in NOMINAL:
                        # "from Bonn to Kiel" has two links, "out of Bonn" has one
                        two = child.lower_ == "from" and inner.lower_ == "to"
                        yield inner.lower_ if two else f"{child.lower_} {inner.lower_}", target


# What follows these words is no verb, though it may look like one: "allergic to shellfish".
_GOVERNING = frozenset(
    "allergic addicted immune intolerant sensitive averse similar equal related opposed accustomed close next loyal "  # noqa: SIM905
    "engaged married devoted attached exposed limited restricted partial".split()
)


def governed_by(adjective: Token) -> Iterator[tuple[str, Token]]:
    """What the parse takes for a verb behind "to" and is what an adjective is about."""
    for child in adjective.children:
        if child.dep_ == "xcomp" and child.tag_ == "VB" and adjective.lower_ in _GOVERNING:
            yield "to", child


_UNTIL = frozenset({"to", "until", "till", "through"})


_CHANGING = frozenset(
    "move change shift switch reschedule postpone push bring rise fall drop grow increase decrease cut raise lower extend "  # noqa: SIM905
    "upgrade downgrade rename swap convert expand shrink delay advance".split()
)


def reaches(link: Token, inner: Token) -> bool:
    """Whether two prepositions give the ends of one stretch: "from Monday to Friday", "from 9 to 5".

    Not behind what changes: "moved it from Monday to Friday" has a day that it was and one that it is.
    """
    if lemma_of(link.head).lower() in _CHANGING:
        return False
    ends = [c for one in (link, inner) for c in one.children if c.dep_ == "pobj"]
    return (
        link.lower_ == "from"
        and inner.lower_ in _UNTIL
        and len(ends) == 2
        and all(c.ent_type_ in {"DATE", "TIME", "CARDINAL"} or c.pos_ == "NUM" for c in ends)
    )


# "By the way, I'm Jonas": such words lead from one sentence to the next, and are of none.
_LEADING = frozenset(
    [
        "by way",
        "in fact",
        "of course",
        "for example",
        "for instance",
        "in addition",
        "at all",
        "on hand",
        "in case",
    ]
    + [
        "as result",
        "in conclusion",
        "in short",
        "in general",
        "in particular",
        "as usual",
        "for sure",
        "for now",
    ]
    + [
        "to surprise",
        "in opinion",
        "in view",
        "as rule",
        "at least",
        "in end",
        "in meantime",
        "for record",
    ]
)


def _says_nothing(link: Token, target: Token) -> bool:
    described = any(c.dep_ in {"prep", "relcl", "amod", "compound", "acl"} for c in target.children)
    return f"{link.lower_} {target.lower_}" in _LEADING and not described


def quality_before(verb: Token, target: Token) -> str:
    """The adjective that a preposition follows, with a space before it, where the parse hangs both on the verb.

    "Ann is good at chess": she is good at it, and not at it.
    """
    link = target
    while link.head != verb and link.head != link:
        link = link.head
    before = link.nbor(-1) if link.i else link
    return f" {before.lower_}" if before.dep_ == "acomp" and before.head == verb else ""


def untagged(phrase: list[Token]) -> list[Token]:
    """A phrase without what people hang on the end of a message ("vegan btw")."""
    while len(phrase) > 1 and phrase[-1].lower_ in _HUNG:
        phrase = phrase[:-1]
    return phrase


def text_of(phrase: Sequence[Token]) -> str:
    """Words as they stand, with one space where some between them are left out."""
    pieces: list[str] = []
    for place, token in enumerate(phrase):
        joined = place and phrase[place - 1].i == token.i - 1
        pieces += [phrase[place - 1].whitespace_ if joined else " " if place else "", token.text]
    return "".join(pieces).strip()


def run_of(doc: Doc, last: Token) -> list[Token]:
    """What goes on behind a number without a space: the rest of "555-0134", "12/7"."""
    found: list[Token] = []
    while last.text.isdigit() and not last.whitespace_ and last.i + 2 < len(doc):
        link, after = doc[last.i + 1], doc[last.i + 2]
        if link.text not in {"-", "–", "/", ":"} or link.whitespace_ or not after.text.isdigit():
            break
        found += [link, after]
        last = after
    return found
