"""Injecting: what of memory a model is given for a question, as a plan that any engine carries out."""

from __future__ import annotations

from enum import Enum

import strawberry
from strawberry.scalars import JSON

from ...graph.errors import Invalid
from ...graph.scope import Scope
from ...injection.plan import Band, Segment, Shape
from ..outcome import Injected
from .cube import MemCube, cube_of
from .cursor import MOST
from .filter import AsOf, given, moments
from .injection import Injection, receipt_of
from .reading import Asked, Reading
from .service import Desk

MOST_ADAPTERS = 8

strawberry.enum(
    Band,
    name="SegmentBand",
    description="Where a segment stands: what is the same the next time, what is not, and the question.",
)
strawberry.enum(
    Shape,
    name="SegmentShape",
    description="How much of a cube is told: all of it, sentences of it, or facts that it states.",
)


@strawberry.enum(description="A prompt, a KV cache of a model on the server, or what is cheaper.")
class InjectionForm(Enum):
    """A prompt, a KV cache of a model on the server, or what is cheaper."""

    AUTO = "auto"
    PROMPT = "prompt"
    KV = "kv"


@strawberry.input
class InjectInput:
    """What a model is to be given for a question, under a budget of tokens.

    `model` is one of the server's own, whose tokens are counted; without one they are estimated. `template`
    names a prompt template in memory, `adapters` the cubes that steer the model. At most `limit` cubes are
    looked at, 1 to 100.
    """

    namespace: str
    question: str
    budget: int = 1000
    form: InjectionForm = InjectionForm.AUTO
    model: str | None = strawberry.UNSET
    template: str | None = strawberry.UNSET
    adapters: list[strawberry.ID] | None = strawberry.UNSET
    limit: int = 20
    as_of: AsOf | None = strawberry.UNSET


@strawberry.type
class ChatMessage:
    """One turn of a chat: the system's, or the user's."""

    role: str
    text: str


@strawberry.type
class CharacterSpan:
    """Characters of a cube, from `start` up to `end`."""

    start: int
    end: int


@strawberry.type
class TokenIds:
    """Token ids of a segment, and the SHA-256 of the tokenizer that made them."""

    tokenizer: str
    ids: list[int]


@strawberry.type
class PlanSegment:
    """A run of characters of the prompt; `citation` and `digest` are null for what tells no cube.

    `digest` is that of the cube's text as it was read, `spans` the characters told where that is not all.
    `tokenIds` are those of the models that were named; segments are tokenised apart, and joined as they stand.
    """

    scope: strawberry.Private[Scope]
    node: strawberry.Private[str]
    band: Band
    text: str
    tokens: int
    citation: str | None
    digest: str | None
    shape: Shape | None
    spans: list[CharacterSpan]
    token_ids: list[TokenIds]

    @classmethod
    def of(cls, scope: Scope, segment: Segment) -> PlanSegment:
        """The segment as the schema shows it."""
        return cls(
            scope=scope,
            node=segment.node,
            band=segment.band,
            text=segment.text,
            tokens=segment.tokens,
            citation=segment.citation or None,
            digest=segment.payload or None,
            shape=segment.shape if segment.node else None,
            spans=[CharacterSpan(start=start, end=end) for start, end in segment.spans],
            token_ids=[
                TokenIds(tokenizer=name, ids=list(ids)) for name, ids in segment.ids.items()
            ],
        )

    @strawberry.field
    async def cube(self, info: Asked) -> MemCube | None:
        """The cube that is told; a prompt template is one too."""
        return await cube_of(info.context, self.scope, self.node)


@strawberry.type
class PlanCost:
    """Tokens that a model reads for it, and how many of these are kept in a cache."""

    tokens: int
    kept: int


@strawberry.type
class InjectResult:
    """What a model is given, and the receipt that was written before.

    `text` is the block of memory, ready for a prompt; `messages` are the whole chat, and the segments joined
    are the same. `tokens` counts the block with `counter`, `leftOut` the cubes that had no room. `salt` keeps
    caches of namespaces apart, `adapters` name what steers the model by the hash of its content, `split` says up
    to which token a cache is read. `plan` is all of it for a program with an engine of its own, under the
    namespace's seal: `carryOut` takes it. Nothing found: no receipt.
    """

    scope: strawberry.Private[Scope]
    after: strawberry.Private[Scope]
    done: strawberry.Private[Injected]
    text: str
    messages: list[ChatMessage]
    segments: list[PlanSegment]
    form: InjectionForm
    reason: str
    tokens: int
    budget: int
    counter: str
    left_out: int
    salt: str
    adapters: list[str]
    split: int
    cost: PlanCost
    notes: list[str]
    plan: JSON

    @classmethod
    def of(cls, desk: Desk, scope: Scope, done: Injected) -> InjectResult:
        """What was given, as the schema shows it."""
        plan = done.plan
        return cls(
            scope=scope,
            after=desk.scope(),
            done=done,
            text=plan.memory,
            messages=[ChatMessage(role=one.role, text=one.text) for one in plan.messages()],
            segments=[PlanSegment.of(scope, one) for one in plan.segments],
            form=InjectionForm(str(plan.form)),
            reason=plan.reason,
            tokens=plan.tokens,
            budget=plan.budget,
            counter=plan.counter,
            left_out=plan.left_out,
            salt=plan.salt,
            adapters=list(plan.adapters),
            split=plan.split,
            cost=PlanCost(tokens=plan.cost.tokens, kept=plan.cost.kept),
            notes=list(done.notes),
            plan=JSON(desk.plan_json(plan)),
        )

    @strawberry.field
    async def receipt(self, info: Asked) -> Injection | None:
        """What was given out, to be traced; null where nothing was, or where it could not be written."""
        return await receipt_of(info.context, self.after, self.done.receipt)

    @strawberry.field
    async def artefact(self, info: Asked) -> MemCube | None:
        """The activation whose cache is read; null for a prompt."""
        return await cube_of(info.context, self.after, self.done.plan.artefact)


def adapters_of(named: list[strawberry.ID] | None) -> list[str]:
    """The steerings that a request names, a few at most."""
    found = [str(one) for one in named or ()]
    if len(found) > MOST_ADAPTERS:
        raise Invalid(f"a model is steered by at most {MOST_ADAPTERS} cubes, not {len(found)}")
    return found


async def injected(reading: Reading, asked: InjectInput) -> InjectResult:
    """Plan what a model is given, settle its form, and write the receipt."""
    service = reading.service
    form, model = asked.form.value, service.named(given(asked.model))
    if not 1 <= asked.limit <= MOST:
        raise Invalid(f"an injection looks at 1 to {MOST} cubes, not {asked.limit}")
    as_of, valid_at = moments(given(asked.as_of))
    adapters = adapters_of(given(asked.adapters))

    def work() -> InjectResult:
        service.store().scope(
            asked.namespace, ""
        )  # before anything is made for a name that is none
        desk = service.desk(asked.namespace)
        with desk.lock:
            scope, plan = desk.plan(
                asked.question,
                budget=asked.budget,
                form=form,
                model=model,
                template=given(asked.template),
                limit=asked.limit,
                as_of=as_of,
                valid_at=valid_at,
            )
        if plan.used and (adapters or form == "kv" or (form == "auto" and model)):
            with service.modelling():
                done = desk.give(scope, plan, form, model, adapters)
        else:
            done = desk.give(scope, plan, form, model)
        return InjectResult.of(desk, scope, done)

    result = await reading.walk(lambda _: work())
    reading.count(len(result.segments))
    return result
