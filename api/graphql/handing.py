"""Handing over: a plan that comes back as JSON, carried out here or given out once more."""

from __future__ import annotations

from collections.abc import Mapping

import strawberry
from strawberry.scalars import JSON

from ...graph.errors import Invalid
from ...graph.scope import Scope
from .asking import ProseReading
from .filter import given
from .injection import Injection, receipt_of
from .reading import Asked, Reading

MOST_WRITTEN = 2_000
"""Tokens that a request may have written."""


@strawberry.input
class CarryOutInput:
    """A plan as `inject` gave it, object or text; it is refused where it stands no more, or was changed.

    `model` is one of the server's own, which writes at most `mostTokens`, up to 2,000. Without `mostTokens`
    nothing is written: the plan is for an engine elsewhere, and the receipt says so.
    """

    namespace: str
    plan: JSON
    model: str | None = strawberry.UNSET
    most_tokens: int | None = strawberry.UNSET


@strawberry.type
class CarryOutResult:
    """What a model wrote for a plan, and how it was read; `text` and `read` are null where nothing was to be written."""

    after: strawberry.Private[Scope]
    written: strawberry.Private[str | None]
    text: str | None
    model: str | None
    read: ProseReading | None
    notes: list[str]

    @strawberry.field
    async def receipt(self, info: Asked) -> Injection | None:
        """The receipt of this use, written before anything was given out."""
        return await receipt_of(info.context, self.after, self.written)


async def carried_out(reading: Reading, asked: CarryOutInput) -> CarryOutResult:
    """See that a plan stands, and have it carried out here or elsewhere, with a receipt."""
    service = reading.service
    model, most = service.named(given(asked.model)), given(asked.most_tokens)
    document = asked.plan
    if not isinstance(document, str | Mapping):
        raise Invalid("a plan is an object of JSON, or the text of one: give `plan` of `inject`")
    if most is not None and not 1 <= most <= MOST_WRITTEN:
        raise Invalid(f"a model writes 1 to {MOST_WRITTEN:,} tokens, not {most}")

    def work() -> CarryOutResult:
        service.store().scope(
            asked.namespace, ""
        )  # before anything is made for a name that is none
        desk = service.desk(asked.namespace)
        if most is None:
            again = desk.give_again(document)
            return CarryOutResult(
                after=desk.scope(),
                written=again.receipt,
                text=None,
                model=None,
                read=None,
                notes=list(again.notes),
            )
        with service.modelling():
            made = desk.carry_out(document, model=model, most_tokens=most)
        after = desk.scope()
        return CarryOutResult(
            after=after,
            written=made.receipt,
            text=made.text,
            model=made.model,
            read=ProseReading.of(after, made),
            notes=[made.note] if made.note else [],
        )

    return await reading.walk(lambda _: work())
