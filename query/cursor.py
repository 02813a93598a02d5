"""Cursors: where a listing goes on, in the very snapshot in which it began.

A cursor holds the sequence that was read, so that what is written meanwhile neither repeats nor hides
an item of a later page. It gives no access: the guarded store asks the grants of now on every page.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from dataclasses import dataclass
from typing import Any, NamedTuple

from ..graph.errors import Invalid
from ..graph.scope import Scope


def listing(*about: Any) -> str:
    """Name a listing by what it lists, so that a cursor of another one is refused.

    >>> listing("cubes", {"state": "activated"}) == listing("cubes", {})
    False
    """
    return hashlib.sha256(json.dumps(about, sort_keys=True).encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in one listing of one snapshot.

    >>> here = Cursor("abc", 7, None, "n1")
    >>> Cursor.read(here.text) == here
    True
    """

    listing: str
    seq: int
    valid: int | None
    after: str

    @property
    def text(self) -> str:
        """The cursor as a client keeps it; what is in it may change."""
        said = [self.listing, self.seq, self.valid, self.after]
        data = json.dumps(said, separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(_sum(data) + data).decode().rstrip("=")

    @classmethod
    def read(cls, text: str) -> Cursor:
        """Read a cursor that a client sends; `Invalid` for one that was never given out."""
        try:
            raw = base64.b64decode(
                text.encode() + b"=" * (-len(text) % 4), altchars=b"-_", validate=True
            )
            if _sum(raw[SUM:]) != raw[:SUM]:
                raise Invalid(_WRONG)
            listing, seq, valid, after = json.loads(raw[SUM:])
        except (binascii.Error, ValueError, TypeError, RecursionError):
            raise Invalid(_WRONG) from None
        if not (
            isinstance(listing, str)
            and isinstance(after, str)
            and type(seq) is int
            and 0 <= seq < 2**53
            and (valid is None or type(valid) is int)
        ):
            raise Invalid(_WRONG)
        return cls(listing, seq, valid, after)


_WRONG = "this is no cursor of memcubes: take that of the page before (`after`, `endCursor`), or leave it out"

_OTHER = (
    "the cursor belongs to another listing: use it with the question, filter, order, namespace and user that it "
    "came with"
)

SUM = 4
"""Bytes by which a cursor that was cut or mistyped is told."""


def _sum(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()[:SUM]


class Pins(NamedTuple):
    """Which parts of a snapshot the caller named: what was recorded, and when it holds in the world."""

    recorded: bool = False
    valid: bool = False


NO_PINS = Pins()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins: the snapshot it is read in, and what it comes after."""

    listing: str
    scope: Scope
    after: str | None

    @classmethod
    def of(cls, scope: Scope, name: str, after: str | None, *, pinned: Pins = NO_PINS) -> Place:
        """Go on where a cursor says, else begin in the scope's snapshot.

        `pinned` says what of the snapshot the caller named; a cursor of another one is then `Invalid`, as
        is one of another listing or one from after the scope's sequence.
        """
        if after is None:
            return cls(name, scope, None)
        cursor = Cursor.read(after)
        if cursor.listing != name:
            raise Invalid(_OTHER)
        if (pinned.recorded and cursor.seq != scope.seq) or (
            pinned.valid and cursor.valid != scope.valid_at
        ):
            raise Invalid(
                f"the cursor was given out at @{cursor.seq}, and another snapshot is asked for: leave the "
                "times out (asOf, --as-of, --valid-at), the cursor holds them"
            )
        if cursor.seq > scope.seq:
            raise Invalid(_OTHER)
        return cls(name, scope.but(seq=cursor.seq, valid_at=cursor.valid), cursor.after)

    def cursor(self, after: str) -> str:
        """The cursor of one item of this listing."""
        return Cursor(self.listing, self.scope.seq, self.scope.valid_at, after).text

    @property
    def offset(self) -> int:
        """What the page comes after as a number of items, where the listing counts them."""
        if self.after is None:
            return 0
        if not self.after.isdecimal() or len(self.after) > 9:
            raise Invalid(_WRONG)
        return int(self.after)
