"""Refusals: what a change is answered with when it is not carried out, one type for each way out."""

from __future__ import annotations

import strawberry

from ...graph import errors
from ...graph.errors import MemcubesError
from ...graph.scope import Scope
from .change_set import ChangeSet, changes_by_seq
from .reading import Asked

CODES: tuple[tuple[type[MemcubesError], str], ...] = (
    (errors.Unreadable, "UNREADABLE"),
    (errors.Invalid, "INVALID"),
    (errors.NotFound, "NOT_FOUND"),
    (errors.ReadOnly, "READ_ONLY"),
    (errors.PermissionDenied, "DENIED"),
    (errors.KeyReused, "KEY_REUSED"),
    (errors.Retracted, "RETRACTED"),
    (errors.Erased, "ERASED"),
    (errors.Held, "HELD"),
    (errors.Stale, "STALE"),
    (errors.Conflict, "CONFLICT"),
    (errors.DependsOn, "DEPENDS_ON"),
    (errors.Refused, "REFUSED"),
    (errors.StoreError, "UNAVAILABLE"),
    (errors.Corrupt, "CORRUPT"),
    (errors.ModelMissing, "MODEL_MISSING"),
    (errors.ModelFailed, "MODEL_FAILED"),
)
"""The code of each error, the narrower kinds first."""


@strawberry.type
class Conflict:
    """Somebody changed it since you read it: read it again, and decide again.

    `base` is what you had read and `current` what stands now: ids of records, or sequences.
    """

    message: str
    base: str | None
    current: str | None


@strawberry.type
class Invalid:
    """The request is wrong in itself, or cannot be carried out as it is.

    `code` is INVALID, UNREADABLE, NOT_FOUND (no such thing, or not yours to see), KEY_REUSED (draw a
    new idempotency key), RETRACTED, ERASED, HELD (release it first), STALE or REFUSED.
    """

    message: str
    code: str


@strawberry.type
class Denied:
    """You may see it and may not do this; `code` is DENIED, or READ_ONLY where nobody may."""

    message: str
    code: str


@strawberry.type
class DependsOn:
    """Later changes stand on it; `changes` are those to undo first, in the order of undoing."""

    scope: strawberry.Private[Scope | None]
    sequences: strawberry.Private[tuple[int, ...]]
    message: str

    @strawberry.field
    async def changes(self, info: Asked) -> list[ChangeSet]:
        """The changes to undo first, in this order."""
        if self.scope is None:
            return []
        found = await changes_by_seq(info.context, self.scope, self.sequences)
        return [found[seq] for seq in self.sequences if seq in found]


Refusal = Conflict | Invalid | Denied | DependsOn


def code_of(error: MemcubesError) -> str:
    """The code of an error, the same in a refusal and in `errors`.

    >>> code_of(errors.NotFound("")), code_of(errors.Stale("")), code_of(MemcubesError(""))
    ('NOT_FOUND', 'STALE', 'FAILED')
    """
    return next((code for kind, code in CODES if isinstance(error, kind)), "FAILED")


def refusal(error: MemcubesError, scope: Scope | None) -> Refusal:
    """What a client is told of an error; one that is no refusal is raised again."""
    message, code = str(error), code_of(error)
    if isinstance(error, errors.Conflict):
        return Conflict(message=message, base=_said(error.base), current=_said(error.current))
    if isinstance(error, errors.DependsOn):
        return DependsOn(message=message, scope=scope, sequences=error.sequences)
    if isinstance(error, errors.PermissionDenied | errors.ReadOnly):
        return Denied(message=message, code=code)
    if isinstance(error, errors.Invalid | errors.NotFound | errors.Refused):
        return Invalid(message=message, code=code)
    raise error


def _said(part: object) -> str | None:
    if part is None:
        return None
    return f"@{part}" if isinstance(part, int) else str(part)
