"""Reviewing: what the machine finds likely and does not decide: names that may be one, statements outdated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, overload

from ..graph.index.encoder import Encoder
from ..graph.resolution.closeness import calibrated, cosines
from ..graph.resolution.proposal import Likeness, likenesses
from ..graph.scope import Scope
from ..graph.supersession.proposal import Supersession, supersessions
from .deciding import Deciding
from .outcome import Outcome


@dataclass(frozen=True, slots=True)
class Review:
    """What is for somebody to look at, likeliest first; with `applied`, what reads go by already.

    `more` are how many of each there are beyond those that are given.
    """

    names: tuple[Likeness, ...]
    statements: tuple[Supersession, ...]
    applied: bool
    more: tuple[int, int] = (0, 0)

    def as_json(self) -> dict[str, Any]:
        """The review as plain data."""
        return {
            "applied": self.applied,
            "names": [
                {
                    "id": one.id,
                    "entities": [one.one, one.other],
                    "names": list(one.names),
                    "chance": round(one.chance, 3),
                    "cosine": None if one.cosine is None else round(one.cosine, 3),
                    "rivals": one.rivals,
                    "because": [[name, round(part, 3)] for name, part in one.parts],
                }
                for one in self.names
            ],
            "statements": [
                {
                    "id": one.id,
                    "new": one.new.node,
                    "old": one.old.node,
                    "verdict": one.verdict.name.lower(),
                    "chance": round(one.chance, 3),
                    "reason": one.reason,
                    "new_span": list(one.new_span),
                    "old_span": list(one.old_span),
                    "approved_by": one.ruled or None,
                    "because": [[name, round(part, 3)] for name, part in one.parts],
                }
                for one in self.statements
            ],
            "more": list(self.more),
        }


class Reviewing(Deciding):
    """The review queue, computed when asked and never stored, and what somebody decides of it."""

    @overload
    def review(
        self,
        *,
        applied: bool = False,
        first: int = 20,
        as_of: str | int | None = None,
        valid_at: str | int | None = None,
    ) -> Review: ...

    @overload
    def review(
        self,
        *,
        approve: Sequence[str],
        reject: Sequence[str] = (),
        reason: str = "",
        key: str | None = None,
        dry_run: bool = False,
    ) -> tuple[Outcome, ...]: ...

    @overload
    def review(
        self,
        *,
        reject: Sequence[str],
        reason: str = "",
        key: str | None = None,
        dry_run: bool = False,
    ) -> tuple[Outcome, ...]: ...

    def review(
        self,
        *,
        applied: bool = False,
        first: int = 20,
        as_of: str | int | None = None,
        valid_at: str | int | None = None,
        approve: Sequence[str] = (),
        reject: Sequence[str] = (),
        reason: str = "",
        key: str | None = None,
        dry_run: bool = False,
    ) -> Review | tuple[Outcome, ...]:
        """What may be one, and what may have replaced what; `applied` gives what reads go by already.

        That changes nothing. With `approve` or `reject`, ids of proposals (also of what is applied), each is
        decided by a change of its own, all or none: names are merged or told apart, a statement takes the place of
        the other or never will. What somebody decided is proposed no more, until that is reverted. The same
        `key` gives the same changes.
        """
        if approve or reject:
            return self.decided_on(approve, reject, reason, key, dry_run)
        return self.reviewed(self.scope(as_of, valid_at), applied=applied, first=first)

    def reviewed(self, scope: Scope, *, applied: bool, first: int) -> Review:
        """The review queue of a pinned read."""
        view = self.retrieval.index.view(scope)
        encoder = self.retrieval.encoder
        names = likenesses(
            self.store(),
            scope,
            view.sure() if applied else view.alike(),
            applied=applied,
            closeness=lambda pairs: (cosines(encoder.encode_passages, pairs), _threshold(encoder)),
        )
        found = supersessions(self.store(), scope, view.successions(), below=2)
        statements = [one for one in found if one.applied is applied]
        return Review(
            tuple(names[:first]),
            tuple(statements[:first]),
            applied,
            (max(0, len(names) - first), max(0, len(statements) - first)),
        )


_THRESHOLDS: dict[str, float] = {}


def _threshold(encoder: Encoder) -> float:
    """The cosine from which on two names are close to an encoder; calibrated once a process."""
    if encoder.fingerprint not in _THRESHOLDS:
        _THRESHOLDS[encoder.fingerprint] = calibrated(encoder.encode_passages)
    return _THRESHOLDS[encoder.fingerprint]
