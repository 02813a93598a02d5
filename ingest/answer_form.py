"""The form in which a language model tells what it read, and what is taken of an answer.

Nothing is taken on trust: a name has to stand in the passage, a fact has to quote the words that state it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from ..graph.instant import EARLIEST, OPEN
from ..graph.period import of_days
from .extraction import SUPPOSED, Claim, Extraction, Mention, Span, gather, stated_subject
from .passage import Passage
from .when import kept_between

READ_BY_MODEL = 70
"""Per cent of confidence in what a language model states of a sentence that it quotes."""

Line = Annotated[str, Field(min_length=1, max_length=300)]
Kind = Literal[
    "PERSON",
    "ORG",
    "GPE",
    "LOC",
    "FAC",
    "PRODUCT",
    "EVENT",
    "WORK_OF_ART",
    "LAW",
    "NORP",
    "LANGUAGE",
    "NAME",
]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class ToldName(_Strict):
    """A name as it stands in the text."""

    name: Line
    kind: Kind

    @field_validator("kind", mode="before")
    @classmethod
    def _known(cls, kind: Any) -> Any:
        """A kind that is not in the list ("ORGANIZATION", "Animal") says no more than that it is a name."""
        said = kind.strip().upper() if isinstance(kind, str) else kind
        return said if said in get_args(Kind) or not isinstance(said, str) else "NAME"


class ToldFact(_Strict):
    """One statement, with the sentence or clause that makes it, word for word."""

    subject: Line
    relation: Line
    object: Annotated[str, Field(max_length=300)]
    negated: bool
    tense: Literal["past", "present", "future", ""]
    hedged: bool
    correction: bool
    instead_of: Annotated[str, Field(max_length=300)] | None
    valid_from: Annotated[str, Field(max_length=10)] | None
    valid_to: Annotated[str, Field(max_length=10)] | None
    quote: Annotated[str, Field(min_length=1, max_length=2_000)]


class Told(_Strict):
    """What was read in one passage."""

    subject: Annotated[str, Field(max_length=300)] | None
    preference: bool
    names: Annotated[list[ToldName], Field(max_length=100)]
    facts: Annotated[list[ToldFact], Field(max_length=50)]


@dataclass(frozen=True, slots=True)
class Checked:
    """An answer as an extraction, and what of it could not be taken, in words for the model."""

    extraction: Extraction
    wrong: tuple[str, ...]


def schema() -> dict[str, Any]:
    """The form as a JSON schema (2020-12) in which every field is required.

    >>> sorted(schema()["properties"])
    ['facts', 'names', 'preference', 'subject']
    """
    return Told.model_json_schema()


_THOUGHT = re.compile(r"\A\s*<think>.*?</think>", re.DOTALL)

SHOWN = (
    """\
The form, with every field:
{"subject": "Ann Reed", "preference": false, "names": [{"name": "Ann Reed", "kind": "PERSON"}],
"facts": [{"subject": "Ann Reed", "relation": "live in", "object": "Oslo", "negated": false,
"tense": "present", "hedged": false, "correction": false, "instead_of": null, "valid_from": null,
"valid_to": null, "quote": "Ann Reed lives in Oslo"}]}
tense: "past", "present", "future" or "". kind: one of """
    + ", ".join(get_args(Kind))
    + "."
)
"""The form in words, for models whose server knows no schemas or overlooks them."""


def told(text: str) -> Told:
    """Read an answer; raises `ValueError` with what is wrong, in words for the model.

    >>> told("no JSON")
    Traceback (most recent call last):
    ValueError: the answer is no JSON object
    """
    text = _THOUGHT.sub("", text)
    start, end = text.find("{"), text.rfind("}")
    if start < 0 or end < start:
        raise ValueError("the answer is no JSON object")
    try:
        return Told.model_validate_json(text[start : end + 1])
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"])) or "the answer"
        raise ValueError(f"{place}: {first['msg']}") from None


def checked(answer: Told, passage: Passage, language: str) -> Checked:
    """Take of an answer what the passage bears out."""
    wrong: list[str] = []
    mentions: list[Mention] = []
    for one in answer.names:
        spans = _places(passage.text, one.name)
        if spans:
            surface = " ".join(passage.text[slice(*spans[0])].split())
            mentions.append(Mention(surface, one.kind, spans))
        else:
            wrong.append(f"the name '{one.name}' does not stand in the text")
    claims: list[Claim] = []
    for fact in answer.facts:
        quoted = _places(passage.text, fact.quote)
        if not quoted:
            wrong.append(f"the quote '{fact.quote[:80]}' does not stand in the text")
            continue
        claims.append(_claim(fact, quoted[0]))
    about = answer.subject
    beside = (passage.title, passage.heading, passage.speaker)
    if about and not any(_places(text, about) for text in (passage.text, *beside) if text):
        wrong.append(f"the subject '{about}' does not stand in the text")
        about = None
    extraction = Extraction(
        language,
        stated_subject(passage) or about or None,
        gather(passage.text, mentions),
        tuple(dict.fromkeys(claims)),
        answer.preference and passage.speaker is not None,
    )
    return Checked(extraction, tuple(wrong))


def _claim(fact: ToldFact, span: Span) -> Claim:
    return Claim(
        subject=fact.subject.strip(),
        relation=" ".join(fact.relation.lower().split()),
        object=fact.object.strip(),
        negated=fact.negated,
        span=span,
        correction=fact.correction,
        instead_of=fact.instead_of or None,
        tense=fact.tense,
        hedged=fact.hedged,
        valid=_valid(fact.valid_from, fact.valid_to),
        confidence=SUPPOSED if fact.hedged else READ_BY_MODEL,
    )


def _valid(first: str | None, last: str | None) -> tuple[int, int] | None:
    """From the first day to the end of the last; None where either is no day of ISO 8601."""
    if not first and not last:
        return None
    try:
        day = date.fromisoformat(first) if first else None
        until = date.fromisoformat(last) if last else None
    except ValueError:
        return None
    end = of_days(until).ends[1] if until else None
    begin = of_days(day).ends[0] if day else min(EARLIEST, OPEN if end is None else end - 1)
    return kept_between(begin, max(OPEN, begin + 1) if end is None else end)


def _places(text: str, wanted: str) -> tuple[Span, ...]:
    """Where words stand in a text, whatever white space is between them; first as written, then by letters."""
    words = [re.escape(word) for word in wanted.split()]
    if not words:
        return ()
    pattern = r"\s+".join(words)
    for flags in (0, re.IGNORECASE):
        found = tuple(match.span() for match in re.finditer(pattern, text, flags))
        if found:
            return found
    return ()
