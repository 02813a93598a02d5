"""Cited: the quotes of an answer as its receipt keeps them, and what differs between two answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .belief import Status, beliefs
from .errors import Invalid
from .kind import EdgeKind, NodeKind
from .listing import all_edges
from .record import Version
from .scope import Along, Direction, Scope
from .store import GraphStore
from .trace import trace


@dataclass(frozen=True, slots=True)
class Cited:
    """A quote of an answer: its words, where they stand, and what was believed of them then."""

    cube: str
    title: str
    text: str
    status: str


@dataclass(frozen=True, slots=True)
class AnswerDifference:
    """What differs between two answers: quotes that came, went, or changed their status.

    `same_question` is false where the two were not asked the same, which is said and not hidden.
    """

    before: Version
    after: Version
    came: tuple[Cited, ...]
    went: tuple[Cited, ...]
    changed: tuple[tuple[Cited, Cited], ...]
    kept: tuple[Cited, ...]

    @property
    def same_question(self) -> bool:
        """Whether both answer one question."""
        one, other = (str(v.get("question", "")).split() for v in (self.before, self.after))
        return one == other

    @property
    def empty(self) -> bool:
        """Whether both rest on the same quotes with the same status."""
        return not (self.came or self.went or self.changed)

    def as_json(self) -> dict[str, Any]:
        """The difference as plain data."""

        def told(cited: Cited) -> dict[str, Any]:
            return {
                "cube": cited.cube,
                "title": cited.title,
                "text": cited.text,
                "status": cited.status,
            }

        return {
            "before": {"receipt": self.before.node, "question": self.before.get("question")},
            "after": {"receipt": self.after.node, "question": self.after.get("question")},
            "same_question": self.same_question,
            "came": [told(one) for one in self.came],
            "went": [told(one) for one in self.went],
            "changed": [{"before": told(a), "after": told(b)} for a, b in self.changed],
            "kept": [told(one) for one in self.kept],
        }


def between_answers(store: GraphStore, scope: Scope, one: str, other: str) -> AnswerDifference:
    """Compare two answers by their receipts. Raises `Invalid` for a node that is no receipt."""
    sides = [_cited(store, scope, node) for node in (one, other)]
    (before, was), (after, now) = sides
    return AnswerDifference(
        before,
        after,
        tuple(now[key] for key in now if key not in was),
        tuple(was[key] for key in was if key not in now),
        tuple((was[k], now[k]) for k in now if k in was and was[k].status != now[k].status),
        tuple(now[k] for k in now if k in was and was[k].status == now[k].status),
    )


def _cited(
    store: GraphStore, scope: Scope, receipt: str
) -> tuple[Version, dict[tuple[str, str], Cited]]:
    """A receipt and its quotes, by cube and words."""
    found = trace(store, scope, receipt, Direction.UP, depth=1)
    root = found.root.version
    if root.kind is not NodeKind.INJECTION:
        raise Invalid(f"{receipt} is a {root.kind}: only answers are compared by their quotes")
    read_at = root.get("read_at")
    then = scope.but(seq=read_at) if isinstance(read_at, int) else scope.but(seq=root.from_seq)
    spans: dict[str, list[tuple[int, int]]] = {}
    for join in found.joins:
        spans.setdefault(join.of, []).extend(quote.span for quote in join.quotes)
    stated = _stated(store, then, spans)
    held = beliefs(store, then, sorted({f for facts in stated.values() for f in facts}))
    quotes: dict[tuple[str, str], Cited] = {}
    for join in found.joins:
        for quote in join.quotes:
            facts = stated.get((join.of, quote.span), set())
            status = _worst([held[fact].status for fact in facts if fact in held])
            title = found.step(join.of).title
            quotes[join.of, quote.text] = Cited(join.of, title, quote.text, status)
    return root, quotes


def _stated(
    store: GraphStore, scope: Scope, spans: dict[str, list[tuple[int, int]]]
) -> dict[tuple[str, tuple[int, int]], set[str]]:
    """The facts that quotes state, by cube and characters."""
    found: dict[tuple[str, tuple[int, int]], set[str]] = {}
    near = Along(kinds=(EdgeKind.SUPPORTS,), src=tuple(sorted(spans)))
    for edge in all_edges(store, scope, near) if spans else ():
        for a, b in spans[edge.src]:
            if any(a < d and c < b for c, d in edge.get("spans", ())):
                found.setdefault((edge.src, (a, b)), set()).add(edge.dst)
    return found


def _worst(statuses: Sequence[Status]) -> str:
    for status in (Status.SUPERSEDED, Status.DISPUTED, Status.SUPPOSED):
        if status in statuses:
            return str(status)
    return str(Status.BELIEVED)
