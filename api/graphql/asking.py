"""Asking: an answer made of quotes with its receipt, and the same in a model's words where they are wanted."""

from __future__ import annotations

import strawberry

from ...graph.belief import Status
from ...graph.errors import Invalid
from ...graph.scope import Scope
from ...injection.engine.engine import Generation
from ...query.quote import Answer, Quote
from .cube import MemCube, cube_of
from .cursor import MOST
from .filter import AsOf, given, moments
from .injecting import InjectionForm, adapters_of
from .injection import Injection, receipt_of
from .reading import Asked, Reading
from .scalar import Seq
from .service import Desk
from .source import Source


@strawberry.input
class AskInput:
    """A question; `without` names sources that are to be as if they had never been.

    With `prose` the server's model says it in its words, where `prose` is selected; `adapters` are the cubes
    that steer it.
    """

    namespace: str
    question: str
    as_of: AsOf | None = strawberry.UNSET
    without: list[str] | None = strawberry.UNSET
    prose: bool = False
    adapters: list[strawberry.ID] | None = strawberry.UNSET


@strawberry.type
class AnswerQuote:
    """A sentence that bears on the answer; `number` is what prose cites it by.

    `start` and `end` are its characters in the source, null where they cannot be told. `status` is what the
    engine says of it and `against` the words that stand against it; `joinedBy` are the names that lead to it
    from earlier quotes. `necessary` says whether the answer is another without its source, null where that
    was not asked.
    """

    number: int
    text: str
    cube: MemCube
    source: Source | None
    start: int | None
    end: int | None
    status: Status
    against: list[str]
    joined_by: list[str]
    necessary: bool | None

    @classmethod
    def of(cls, scope: Scope, number: int, quote: Quote) -> AnswerQuote:
        """The quote as the schema shows it; of a sentence of a summary, the cube that it is from."""
        cube, source = quote.original or quote.cube, quote.source
        start, end = quote.source_span or (None, None)
        return cls(
            number=number,
            text=quote.text,
            cube=MemCube(id=strawberry.ID(cube.node), scope=scope, versions=(cube,)),
            source=None
            if source is None
            else Source(id=strawberry.ID(source.node), scope=scope, versions=(source,)),
            start=start,
            end=end,
            status=quote.status,
            against=list(quote.against),
            joined_by=list(quote.joined_by),
            necessary=quote.necessary,
        )


@strawberry.type
class ProseSentence:
    """One sentence of a model: whether quotes bear it out, and which, by their numbers."""

    text: str
    supported: bool
    citations: list[int]


@strawberry.type
class ProseReading:
    """How a model read what it was given: in which form and why, and how many tokens were kept of the prompt.

    `note` says what else is to be known, such as why there is no receipt.
    """

    scope: strawberry.Private[Scope]
    made: strawberry.Private[Generation]
    form: InjectionForm
    reason: str
    prompt_tokens: int
    kept_tokens: int
    written_tokens: int
    note: str | None

    @classmethod
    def of(cls, scope: Scope, made: Generation) -> ProseReading:
        """What an engine told of it."""
        return cls(
            scope=scope,
            made=made,
            form=InjectionForm(str(made.form)),
            reason=made.reason,
            prompt_tokens=made.prompt_tokens,
            kept_tokens=made.kept_tokens,
            written_tokens=made.written_tokens,
            note=made.note or None,
        )

    @strawberry.field
    async def receipt(self, info: Asked) -> Injection | None:
        """What the model was given, to be traced."""
        return await receipt_of(info.context, self.scope, self.made.receipt)

    @strawberry.field
    async def artefact(self, info: Asked) -> MemCube | None:
        """The activation whose cache was read; null where it was read as a prompt."""
        return await cube_of(info.context, self.scope, self.made.artefact)


@strawberry.type
class Prose:
    """An answer in a model's words, which come second: the quotes are the answer.

    `read` is null where there was no quote that is believed, so that the model was not asked.
    """

    model: str
    sentences: list[ProseSentence]
    read: ProseReading | None


@strawberry.type
class AskResult:
    """The quotes that answer, the best standing one first, as read at `seq`; no quotes, no receipt."""

    after: strawberry.Private[Scope]
    answer: strawberry.Private[Answer]
    wanted: strawberry.Private[bool]
    adapters: strawberry.Private[list[str]]
    question: str
    seq: Seq
    quotes: list[AnswerQuote]
    notes: list[str]

    @strawberry.field
    async def receipt(self, info: Asked) -> Injection | None:
        """What was answered, to be traced; null where nothing was, or where it could not be written."""
        return await receipt_of(info.context, self.after, self.answer.receipt)

    @strawberry.field
    async def prose(self, info: Asked) -> Prose | None:
        """The answer in the words of the server's model, each sentence checked; null where it is not wanted."""
        reading, answer = info.context, self.answer
        if not self.wanted or not answer.quotes:
            return None
        desk = reading.service.desk(self.after.ns)
        return await reading.walk(lambda _: _written(reading, desk, answer, self.adapters))


def _written(reading: Reading, desk: Desk, answer: Answer, adapters: list[str]) -> Prose:
    with reading.service.modelling():
        found = desk.prose(answer, adapters)
    made = found.generation
    return Prose(
        model=found.model,
        sentences=[
            ProseSentence(
                text=one.text, supported=one.supported, citations=[int(c) for c in one.citations]
            )
            for one in found.sentences
        ],
        read=None if made is None else ProseReading.of(desk.scope(), made),
    )


async def answered(reading: Reading, asked: AskInput) -> AskResult:
    """Answer from evidence; the receipt is written before the answer is given."""
    service = reading.service
    without = given(asked.without) or []
    if len(without) > MOST:
        raise Invalid(f"an answer leaves out at most {MOST} sources, not {len(without)}")
    as_of, valid_at = moments(given(asked.as_of))
    adapters = adapters_of(given(asked.adapters))
    if adapters and not asked.prose:
        raise Invalid("a steering is of a model's words: ask for `prose`")

    def work() -> tuple[Scope, Scope, Answer]:
        service.store().scope(
            asked.namespace, ""
        )  # before anything is made for a name that is none
        desk = service.desk(asked.namespace)
        with desk.lock:
            answer = desk.ask(asked.question, as_of=as_of, valid_at=valid_at, without=without)
        scope = desk.scope(answer.seq, valid_at, without)
        return scope, desk.scope(), answer

    scope, after, answer = await reading.walk(lambda _: work())
    reading.count(len(answer.quotes))
    return AskResult(
        after=after,
        answer=answer,
        wanted=asked.prose,
        adapters=adapters,
        question=answer.question,
        seq=Seq(answer.seq),
        quotes=[AnswerQuote.of(scope, n, quote) for n, quote in enumerate(answer.quotes, 1)],
        notes=list(answer.notes),
    )
