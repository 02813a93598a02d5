"""Curation: the one mutation that changes memory, tried first or committed, and what it answers."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

import strawberry

from ...graph.change import Committed
from ...graph.digest import canonical
from ...graph.errors import Invalid as InvalidError
from ...graph.errors import MemcubesError, NotFound, PermissionDenied
from ...graph.impact import Impact as Found
from ...graph.joining import joining_of
from ...graph.rehearsal import impact_if
from ...graph.scope import Access, Scope
from ..deciding import done_before
from .change_set import ChangeSet, change_of
from .filter import given
from .impact import Impact
from .joining import Joining
from .operation import OperationInput, Reviewed, Wish, Wished
from .reading import Reading
from .refusal import Conflict, Denied, DependsOn, Invalid, refusal
from .scalar import Seq
from .service import Service

LONGEST_KEY = 200
"""An idempotency key has at most this many characters."""


@strawberry.enum(description="Whether a change is only tried (nothing is written), or committed.")
class Mode(Enum):
    """Whether a change is only tried (nothing is written), or committed."""

    DRY_RUN = "dry run"
    COMMIT = "commit"


@strawberry.input
class ChangeInput:
    """What to change, and why.

    `operations` holds exactly one as yet. With `baseSeq`, the sequence that the caller had read, the
    change is a Conflict where what it touches was changed since. The same `idempotencyKey` gives the
    same ChangeSet, and for another request it is refused.
    """

    mode: Mode
    namespace: str
    operations: list[OperationInput]
    reason: str
    base_seq: Seq | None = strawberry.UNSET
    idempotency_key: strawberry.ID


@strawberry.enum(description="What somebody says of a proposal.")
class ReviewVerdict(Enum):
    """What somebody says of a proposal."""

    APPROVE = "approve"
    REJECT = "reject"


@strawberry.input
class ReviewInput:
    """Approve a proposal of `graph { review }`, or reject it (also what is applied already); and why.

    Names are merged or told apart; a statement takes the place of the other, or never will. The rest is as in
    `ChangeInput`.
    """

    mode: Mode
    namespace: str
    proposal: strawberry.ID
    verdict: ReviewVerdict
    reason: str
    base_seq: Seq | None = strawberry.UNSET
    idempotency_key: strawberry.ID


@strawberry.type
class Preview:
    """What a change would do if it were committed on top of `seq`; nothing was written."""

    seq: Seq
    verb: str
    impact: Impact
    joining: Joining | None = None


ChangeResult = Annotated[
    ChangeSet | Preview | Conflict | Invalid | Denied | DependsOn,
    strawberry.union(
        "ChangeResult", description="The change, its preview, or why it was not made."
    ),
]


async def changed(reading: Reading, asked: ChangeInput | ReviewInput) -> ChangeResult:
    """Try or commit a change; what is refused is a value, what fails is an error."""
    service = reading.service

    def work() -> ChangeResult:
        scope: Scope | None = None
        try:
            wish = _wish(asked)
            if asked.mode is Mode.DRY_RUN:
                scope = _scope(service, asked.namespace)
                return _tried(service, asked.namespace, scope, wish)
            with service.writing:
                scope = _scope(service, asked.namespace)
                committed = _committed(service, asked.namespace, scope, wish)
            after = service.store().scope(asked.namespace)
            return change_of(after, committed)
        except MemcubesError as error:
            return refusal(error, scope)

    return await reading.waves.run(work)


def _wish(asked: ChangeInput | ReviewInput) -> Wished:
    key = str(asked.idempotency_key)
    if not key.strip() or len(key) > LONGEST_KEY or not key.isprintable():
        raise InvalidError(f"an idempotency key has 1 to {LONGEST_KEY} printable characters")
    wish = _reviewing(asked, key) if isinstance(asked, ReviewInput) else _changing(asked, key)
    canonical(wish.request())  # half a surrogate pair is refused here, before anything is read
    return wish


def _reviewing(asked: ReviewInput, key: str) -> Reviewed:
    approve = asked.verdict is ReviewVerdict.APPROVE
    return Reviewed(str(asked.proposal), approve, asked.reason, given(asked.base_seq), key)


def _changing(asked: ChangeInput, key: str) -> Wish:
    if len(asked.operations) != 1:
        raise InvalidError(
            f"a change holds exactly one operation as yet, not {len(asked.operations)}: "
            "send them one after another, each with a key of its own; nothing was written"
        )
    return Wish(asked.operations[0], asked.reason, given(asked.base_seq), key)


def _scope(service: Service, namespace: str) -> Scope | None:
    """The snapshot that a change is made on; None for a namespace that its commit makes."""
    try:
        return service.store().scope(namespace)
    except NotFound:
        return None


def _tried(service: Service, namespace: str, scope: Scope | None, wish: Wished) -> Preview:
    store = service.store()
    if scope is not None and store.rights(namespace, store.principal).access.rank < _WRITER:
        raise PermissionDenied(
            f"'{store.principal}' may read namespace '{namespace}' and not write it: "
            "ask an owner for a grant"
        )
    change = wish.change(service.desk(namespace), scope)
    base = scope or Scope(namespace, store.principal, store.head().seq)
    found: Found = impact_if(store, base, change, fresh=scope is None)
    return Preview(
        seq=Seq(base.seq),
        verb=change.verb,
        impact=Impact(scope=base, found=found),
        joining=Joining.of(joining_of(store, base, change)),
    )


_WRITER = Access.WRITER.rank


def _committed(service: Service, namespace: str, scope: Scope | None, wish: Wished) -> Committed:
    if scope is None:
        wish.founds()  # nothing is made for what could not be written into it
    service.store(writing=True)
    before = _before(service, namespace, wish) if scope is not None else None
    if before is not None:
        return before
    return service.commit(wish.change(service.desk(namespace), scope))


def _before(service: Service, namespace: str, wish: Wished) -> Committed | None:
    return done_before(service.store(), namespace, wish.key, wish.request())
