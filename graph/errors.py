"""Everything that can go wrong, as one tree.

MemcubesError
├── Invalid            the request itself is wrong; nothing was written
│   ├── NoFooting      it would stand on a node that is not here, or not yours to see
│   └── Unreadable     a file cannot be taken in (missing, broken, too large, unknown type)
├── NotFound           no such thing, or not yours to see
├── PermissionDenied   you may see it and may not do this
├── Refused            understood and not done, for a reason that the message names
│   ├── Conflict       somebody changed it since you read it (base, current, proposed)
│   ├── DependsOn      later changes stand on it; the message lists them in order of undoing
│   ├── KeyReused      an idempotency key came back with another request
│   ├── Retracted      the source was retracted; say `--reinstate` to bring it back
│   ├── Erased         the content was destroyed for ever
│   ├── Held           a hold keeps a cube as it is; the message says how to release it
│   ├── Stale          it was made from something that is no longer in force
│   └── ReadOnly       the store cannot be written
├── StoreError         the place where memories are kept
│   ├── NotAStore      the file is something else
│   ├── SchemaNewer    written by a newer memcubes
│   ├── SchemaChanged  a step of its schema is not the one that this memcubes knows
│   ├── ServerTooOld   the server is older than what memcubes needs
│   ├── LoginRefused   the server does not accept the name or the password
│   ├── DatabaseMissing  the server has no database of that name
│   └── Unavailable    locked, unreachable, or no room
├── Corrupt            rows and log disagree; `verify` names the first difference
├── ModelMissing       an encoder, extractor or language model is not installed
└── ModelFailed        a language model cannot be reached, or gives nothing that can be used
"""

from __future__ import annotations

from typing import Any

__all__ = [
    "Conflict",
    "Corrupt",
    "DatabaseMissing",
    "DependsOn",
    "Erased",
    "Held",
    "Invalid",
    "KeyReused",
    "LoginRefused",
    "MemcubesError",
    "ModelFailed",
    "ModelMissing",
    "NoFooting",
    "NotAStore",
    "NotFound",
    "PermissionDenied",
    "ReadOnly",
    "Refused",
    "Retracted",
    "SchemaChanged",
    "SchemaNewer",
    "ServerTooOld",
    "Stale",
    "StoreError",
    "Unavailable",
    "Unreadable",
]


class MemcubesError(Exception):
    """The root: catch this to catch whatever memcubes raises on purpose."""


class Invalid(MemcubesError):
    """The request is wrong in itself, so nothing was written."""


class NoFooting(Invalid):
    """It would stand on a node that is not here, or not yours to see."""


class Unreadable(Invalid):
    """A file or text cannot be taken in; the message names it and the way out."""


class NotFound(MemcubesError):
    """There is no such thing, or the caller may not know that there is."""


class PermissionDenied(MemcubesError):
    """The caller may see the thing and may not do this with it."""


class Refused(MemcubesError):
    """The request was understood and is not carried out."""


class Conflict(Refused):
    """What the caller read has changed since.

    >>> Conflict("cube c1 was revised", base="v1", current="v2").current
    'v2'
    """

    def __init__(
        self, message: str, *, base: Any = None, current: Any = None, proposed: Any = None
    ) -> None:
        super().__init__(message)
        self.base = base
        self.current = current
        self.proposed = proposed


class DependsOn(Refused):
    """Later changes stand on the one to be undone.

    >>> DependsOn("undo @9 first", sequences=(9,)).sequences
    (9,)
    """

    def __init__(self, message: str, *, sequences: tuple[int, ...]) -> None:
        super().__init__(message)
        self.sequences = sequences


class KeyReused(Refused):
    """The idempotency key was used before, for another request."""


class Retracted(Refused):
    """The source was retracted, and comes back only when somebody says so."""


class Erased(Refused):
    """The content was destroyed and cannot be brought back."""


class Held(Refused):
    """A hold keeps the cube as it is, or keeps it from being erased."""


class Stale(Refused):
    """What was to be used was made from content that is no longer in force, or from more than may be read."""


class ReadOnly(Refused):
    """The store can be read and not written."""


class StoreError(MemcubesError):
    """The store itself fails."""


class NotAStore(StoreError):
    """The file or server holds something that is not a memcubes store."""


class SchemaNewer(StoreError):
    """A newer memcubes wrote the store."""


class SchemaChanged(StoreError):
    """A step of the store's schema differs from the one that this memcubes knows."""


class ServerTooOld(StoreError):
    """The server is older than what memcubes needs."""


class LoginRefused(StoreError):
    """The server does not accept the name or the password."""


class DatabaseMissing(StoreError):
    """The server has no database of that name."""


class Unavailable(StoreError):
    """The store cannot be reached or written just now."""


class Corrupt(MemcubesError):
    """Rows and log disagree."""


class ModelMissing(MemcubesError):
    """A model that the request needs is not installed; the message has the command that installs it."""


class ModelFailed(MemcubesError):
    """A language model cannot be reached, or gives nothing that can be used."""
