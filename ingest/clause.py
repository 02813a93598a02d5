"""Claims of an English sentence, read off its dependency parse."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .antecedent import (
    FIRST,
    GROUP,
    THING,
    THIRD,
    Name,
    group_of,
    owner_of,
    personal,
    quoted_in,
)
from .apposition import (
    appositions,
    is_office,
    is_owned,
    is_role,
    name_of_role,
    named_as,
    named_beside,
)
from .doubt import CONDITIONS, UNSURE, doubt_of, first_clause
from .extraction import VALUE_LABELS
from .joined import conjuncts_of, is_neither, is_one_of, is_other
from .mending import mend
from .phrase import Phrases
from .predicate import asks, manner_of, measures_of, stands_alone
from .verb import (
    NOMINAL,
    STATES,
    SUBJECTS,
    attribute_of,
    dates_of,
    day_of,
    governed_by,
    is_arranged,
    is_negated,
    lemma_of,
    prepositions_of,
    quality_before,
    relation_of,
    subject_of,
    tense_of_verb,
    text_of,
)

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

    from ..graph.period import Tense

_MOST_CLAIMS = 16

_DATED = {"be", "be on", "be in", "be at"}
_TIME_LINKS = {"at", "on", "in", "since"}
_NOBODY = {"nobody", "nothing", "none", "noone"}


@dataclass(frozen=True, slots=True)
class Clause:
    """A claim in a parsed sentence; `end` is where its object ends in the sentence.

    `dates` hang on its verb, each with the word that leads to it; `state` says that the verb tells what
    goes on rather than what happens, `resolved` that a pronoun stood for the subject.
    """

    subject: str
    relation: str
    object: str
    negated: bool
    end: int
    tense: Tense = ""
    hedged: bool = False
    dates: tuple[tuple[str, str], ...] = ()
    state: bool = False
    resolved: bool = False


class Sentence:
    """One parsed sentence with its names and what the pronouns may refer to.

    `speaker` is who says I; `before` is the name that was the subject of the sentence
    before, or None, and `alone` whether that named nobody else whom "she" might mean; `together` are
    those for whom "we" stands. Afterwards `topic` is the name that is this one's subject, with pronouns
    resolved, or None, and `together` who they are by then.
    """

    def __init__(
        self,
        doc: Doc,
        names: Sequence[Name],
        speaker: str | None = None,
        before: Name | None = None,
        *,
        alone: bool = True,
        together: tuple[str, ...] = (),
    ) -> None:
        self._doc = doc
        self._tokens = list(doc)  # spaCy makes them anew at each step of a loop over a document
        mend(self._tokens)
        self._unsure = not UNSURE.isdisjoint(token.lower_ for token in self._tokens)
        self._names = [name for name in names if name.label not in VALUE_LABELS]
        self._values = [name for name in names if name.label in {"DATE", "TIME"}]
        self._phrases = Phrases(doc, self._tokens, self._names, self._values)
        self._speaker = speaker
        self._before = before
        self._only = alone
        self._inner = quoted_in(self._tokens)
        self._first = first_clause(self._tokens)
        self.topic: Name | None = None
        self.topic = self._topic()
        self.together = together
        self.together = self._together() or together

    def clauses(self) -> list[Clause]:
        """Give the claims: one for each verb, subject and argument, at most 16.

        None for questions and for what is only thought through (if, would, wish, propose); what is
        supposed (may, perhaps, reportedly, thinks that) is hedged.
        """
        doc = self._doc
        if not len(doc) or doc.text.rstrip("\"'”’)").endswith("?") or asks(self._tokens):
            return []
        if any(
            token.lower_ in CONDITIONS
            and token.dep_ in {"mark", "advmod", "prep", "ROOT", "dep"}
            and token.lower_ not in {"until", "till"}
            for token in self._tokens
        ):
            return []
        found: dict[Clause, None] = dict.fromkeys(self._beside())
        for verb in self._tokens:
            if verb.pos_ in {"VERB", "AUX"} and verb.dep_ not in {"aux", "auxpass"}:
                found |= dict.fromkeys(self._of_verb(verb))
        return list(found)[:_MOST_CLAIMS]

    def subject_name(self) -> str | None:
        """Give the name that is the sentence's grammatical subject, if it is one."""
        head = self._main_subject()
        if head is None or head.pos_ == "PRON":
            return None
        name = self._phrases.named(self._phrases.of(head))
        return name.surface if name else None

    @property
    def alone(self) -> bool:
        """Whether the sentence names nobody beside its topic."""
        return not self._others(self.topic, len(self._doc.text))

    def _others(self, name: Name | None, end: int) -> bool:
        """Whether somebody else than a name is named before a place."""
        return any(
            one.start < end and one.surface != (name and name.surface) and one != name
            for one in self._names
            if personal(one.surface, one.label) and one.label != "NAME"
        )

    def _topic(self) -> Name | None:
        head = self._main_subject()
        if head is None:
            return None
        if head.lower_ in FIRST | GROUP:
            # Who says "I" and then "she" means somebody else.
            return None
        if head.pos_ == "PRON":
            return self._antecedent(head)
        phrase = self._phrases.of(head)
        name = self._phrases.named(phrase)
        called = named_as(head, self._names)
        if called is not None:
            return called
        if name is None and is_role(head):
            # "my sister … she": who is not named is known by what they are
            said = self._said(head, subject=True)
            return Name(head.idx, head.idx + len(head), said[0], "PERSON") if said else None
        return name

    def _together(self) -> tuple[str, ...]:
        """Those with whom the speaker does something: "Anna and I bought a van"."""
        for token in self._tokens:
            joined = conjuncts_of(token) if token.dep_ in SUBJECTS else []
            if len(joined) > 1 and any(one.lower_ in FIRST for one in joined):
                said = [self._said(one, subject=True) for one in joined]
                return tuple(
                    dict.fromkeys(what for what, denied in filter(None, said) if not denied)
                )
        return ()

    def _main_subject(self) -> Token | None:
        for token in self._tokens:
            if token.dep_ in SUBJECTS and token.head == self._first:
                return token
        return next((token for token in self._tokens if token.dep_ in SUBJECTS), None)

    def _beside(self) -> Iterator[Clause]:
        """What people are: "my brother Paul", "Karen, my boss", "Ida Falk, a nurse from Turku"."""
        for head, noun in appositions(self._tokens):
            who = self._said(head, subject=True)
            for link, target in attribute_of("be", noun):
                what = self._said(target, subject=False)
                if who is not None and what is not None and who[0] != what[0]:
                    yield Clause(who[0], link, what[0], False, target.idx + len(target))
        for noun in self._tokens:
            if is_role(noun) and is_owned(noun) or is_office(noun):
                phrase = self._phrases.of(noun)
                named = name_of_role(phrase, self._names)
                name = named[0] if named else named_beside(noun, self._names)
                role = self._owned(phrase[: named[1]] if named else phrase)
                if name is not None and role is not None:
                    yield Clause(name.surface, "be", role, False, name.end)

    def _owned(self, phrase: Sequence[Token]) -> str | None:
        """A phrase with its owner in place of a pronoun; None where that is not known."""
        first = phrase[0]
        if first.tag_ != "PRP$":
            return text_of(phrase)
        speaker = None if first.i in self._inner else self._speaker
        owner = owner_of(first.lower_, speaker, self._before, alone=self._only)
        return None if owner is None else f"{owner}'s{text_of(phrase)[len(first) :]}"

    def _of_verb(self, verb: Token) -> Iterator[Clause]:
        doubt = doubt_of(verb)
        if doubt == "unsaid":
            return
        hedged = bool(doubt) or self._unsure
        subject = subject_of(verb)
        relation = relation_of(verb)
        if subject is None or relation is None:
            return
        negated = is_negated(verb)
        tense, dates = tense_of_verb(verb), dates_of(verb, self._tokens, self._values)
        tense = "future" if tense == "present" and is_arranged(verb, dates) else tense
        state = lemma_of(verb).lower() in STATES and not relation.startswith("be made")
        denied = is_neither(subject)
        open_ = is_one_of(subject)
        told = list(self._told(verb, relation, subject, negated=negated))
        for head, said in self._subjects(subject):
            for link, what, none, end, some in told if said is not None else ():
                if said is not None and what != said[0]:
                    yield Clause(
                        said[0],
                        link,
                        what,
                        negated ^ (said[1] or denied or none),
                        end,
                        tense,
                        hedged or ((open_ or some) and not negated),
                        # "The deadline is 5 June" holds on other days too
                        () if link in _DATED and any(what == date for _, date in dates) else dates,
                        state,
                        head.pos_ == "PRON" and head.lower_ not in FIRST,
                    )

    def _subjects(self, subject: Token) -> Iterator[tuple[Token, tuple[str, bool] | None]]:
        """Each of those that a subject joins, and each of those for whom "we" stands."""
        for head in conjuncts_of(subject):
            if head.lower_ in GROUP and self.together and head.i not in self._inner:
                yield from ((head, (who, False)) for who in self.together)
            else:
                yield head, self._said(head, subject=True)

    def _told(
        self, verb: Token, relation: str, subject: Token, *, negated: bool
    ) -> Iterator[tuple[str, str, bool, int, bool]]:
        """What a verb says: relation, object, whether denied, where it ends, whether it is one of several."""
        arguments = list(self._arguments(verb, relation, subject))
        for link, target in arguments:
            neither = is_neither(target)
            for one in conjuncts_of(target):
                what = self._said(one, subject=False)
                if what is not None:
                    end = self._phrases.of(one)[-1]
                    other = is_other(one, negated=negated)
                    none = what[1] or neither or other
                    yield link, what[0], none, end.idx + len(end), is_one_of(one)
        if not arguments and stands_alone(verb):
            yield relation, "", False, verb.idx + len(verb), False

    def _arguments(self, verb: Token, relation: str, subject: Token) -> Iterator[tuple[str, Token]]:
        """Give each object of a verb with the relation that leads to it."""
        held = relation
        for child in verb.children:
            quits = child.dep_ == "xcomp" and child.pos_ == "NOUN"  # "quit smoking"
            if quits or (child.dep_ in {"dobj", "oprd"} and child.pos_ in NOMINAL):
                yield relation, child
                yield from self._named_beside(relation, child)
                if held == relation:
                    held = f"{relation} {self._kept(child)}"
            elif child.dep_ == "attr" and child.tag_ not in {"WP", "WDT", "WRB"}:
                yield from attribute_of(relation, child)
            elif child.dep_ == "acomp":
                yield relation, child
                for link, target in [*prepositions_of(child), *governed_by(child)]:
                    yield f"{relation} {child.lower_} {link}", target
        for link, target in prepositions_of(verb):
            yield f"{held}{quality_before(verb, target)} {link}", target
        for target in measures_of(verb):
            yield held, target
        if held == relation and (how := manner_of(verb)) is not None:
            yield relation, how
        for link, target in self._times(verb, subject):
            yield f"{held} {link}", target

    def _named_beside(self, relation: str, noun: Token) -> Iterator[tuple[str, Token]]:
        """What is named behind an object and belongs to it: "booked a flight | to Lisbon"."""
        for link, target in prepositions_of(noun):
            if link != "of" and self._phrases.named(self._phrases.of(target)) is not None:
                yield f"{relation} {self._kept(noun)} {link}", target

    def _kept(self, head: Token) -> str:
        phrase = self._phrases.of(head)
        role = name_of_role(phrase, self._names)
        name = role[0] if role else self._phrases.named(phrase)
        return name.surface if name else head.lower_

    def _times(self, verb: Token, subject: Token) -> Iterator[tuple[str, Token]]:
        """Give the times that the parse hangs on an object though the verb has them."""
        for name in self._values:
            for token in self._tokens:
                link = token.head
                if not name.start <= token.idx < name.end or token.dep_ != "pobj":
                    continue
                if link.lower_ not in _TIME_LINKS or link.head == verb or link.head.dep_ == "prep":
                    continue  # "except on Fridays"
                above = link.head
                while above.pos_ not in {"VERB", "AUX"} and above.head != above:
                    if above == subject:
                        break
                    above = above.head
                if above == verb:
                    yield link.lower_, token

    def _said(self, head: Token, *, subject: bool) -> tuple[str, bool] | None:
        """Give a phrase as text, and whether a "no" denies it; None if unresolved."""
        phrase = self._phrases.of(head)
        if head.pos_ == "PRON" or head.tag_ in {"PRP", "WP", "WDT", "EX"}:
            if head.lower_ in _NOBODY:
                return None
            name = self._antecedent(head)
            return (name.surface, False) if name else None
        if head.tag_ == "DT":
            return None
        first = phrase[0]
        none = first.lower_ in {"no", "neither"} and first.dep_ in {"det", "preconj"}
        if none:
            phrase = phrase[1:]
        role = name_of_role(phrase, self._names)
        name = role[0] if role else named_beside(head, self._names)
        name = name or self._phrases.named(phrase) or day_of(phrase, self._values)
        if name is not None:
            return name.surface, none
        text = text_of(phrase)
        if first.tag_ == "PRP$":
            owned = self._owned(phrase)
            if owned is None and subject:
                return None
            text = owned or text
        elif (
            (first.i == 0 or first.tag_ == "DT")
            and not none
            and text[:1].isupper()
            and not self._phrases.at(first)
        ):
            shouted = len(first) > 1 and first.text.isupper()
            text = text if shouted else text[0].lower() + text[1:]
        return (text, none) if any(c.isalnum() for c in text) else None

    def _antecedent(self, pronoun: Token) -> Name | None:
        word = pronoun.lower_
        if word in FIRST | GROUP and pronoun.i in self._inner:
            return None  # somebody's else than who speaks
        if word in FIRST | GROUP:
            who = self._speaker if word in FIRST else group_of(self._speaker)
            return Name(0, 0, who, "PERSON") if who else None
        here = self.topic
        if here is not None and pronoun.i <= self._first_verb():
            here = None
        name = here or self._before
        if name is None:
            return None
        person = personal(name.surface, name.label)
        if word in THIRD:
            clear = not self._others(name, pronoun.idx) and (here is not None or self._only)
            return name if person and clear else None
        if word in THING:
            return None if name.label == "PERSON" else name
        return None

    def _first_verb(self) -> int:
        return self._first.i if self._first is not None else 0
