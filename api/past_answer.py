"""Past answers: who was told what, when, and whether they would be told the same now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from ..graph.impact import Impact
from ..graph.instant import show
from ..graph.kind import Verb
from ..graph.record import Version
from ..graph.scope import Scope
from ..query.answer import Answerer
from ..query.memoperator import MemOperator

if TYPE_CHECKING:
    from .session import Session

Asked: TypeAlias = tuple[MemOperator, Answerer, Scope]
"""Whom a question is asked, and of which scope."""

MOST = 20
"""How many past answers are worked out again: each takes two questions."""


@dataclass(frozen=True, slots=True)
class PastAnswer:
    """One answer (or injection) that rests on what a change touches.

    `stale` says that content it used is no longer in force. `differs` says whether the question would be
    answered otherwise after the change than before it, as the one who asks now may read; None where that
    was not worked out. `degree` counts the steps of making in between, `solely` says that it rests on
    nothing else.
    """

    receipt: str
    verb: str
    question: str
    viewer: str
    at: int
    stale: bool
    degree: int
    solely: bool
    differs: bool | None

    @property
    def line(self) -> str:
        """The answer in a line.

        >>> PastAnswer("r", "ask", "Who?", "local:ann", 0, True, 1, True, False).line
        'local:ann asked on 1970-01-01T00:00:00Z: Who? (rests on what is no longer in force; would be answered the same)'
        """
        asked = "asked on" if self.verb == Verb.ASK else "was given memories on"
        remarks = ["rests on what is no longer in force"] if self.stale else []
        if self.differs is not None:
            remarks.append(f"would be answered {'otherwise' if self.differs else 'the same'}")
        told = f" ({'; '.join(remarks)})" if remarks else ""
        return f"{self.viewer} {asked} {show(self.at)}: {self.question}{told}"

    def as_json(self) -> dict[str, Any]:
        """The answer as plain data."""
        return {
            "receipt": self.receipt,
            "verb": self.verb,
            "question": self.question,
            "viewer": self.viewer,
            "at": show(self.at),
            "stale": self.stale,
            "degree": self.degree,
            "solely": self.solely,
            "differs": self.differs,
        }


def past_answers(session: Session, impact: Impact, most: int = MOST) -> Iterator[PastAnswer]:
    """Tell of the answers that rest on what a change touches, the nearest first."""
    if not impact.answers:
        return
    made = {one.node: one for one in impact.made}
    store, stale = session.store(), set(impact.stale)
    chosen = impact.answers[:most]
    scope = impact.scopes[0] if impact.scopes else session.scope()
    held = {version.node: version for version in store.get(scope, sorted(chosen))}
    asked: list[Asked] = []
    if held and impact.scopes is not None:
        now = session.retrieval.operator, session.retrieval.answerer
        then = now if impact.tried is None else session.retrieval.over(impact.tried)
        asked = [(*now, impact.scopes[0]), (*then, impact.scopes[1])]
    for node in chosen:
        if node not in held:
            continue  # the answer is younger than what is compared
        receipt = held[node]
        yield PastAnswer(
            receipt=node,
            verb=str(receipt.get("verb", "")),
            question=str(receipt.get("question", "")),
            viewer=str(receipt.get("viewer", "")),
            at=receipt.validity.start,
            stale=node in stale,
            degree=made[node].degree,
            solely=made[node].solely,
            differs=_differs(asked, receipt),
        )


def _differs(asked: Sequence[Asked], receipt: Version) -> bool | None:
    question = str(receipt.get("question", ""))
    if not asked or not question.strip():
        return None
    before, after = (_told(*one, receipt, question) for one in asked)
    return before != after


def _told(
    operator: MemOperator, answerer: Answerer, scope: Scope, receipt: Version, question: str
) -> list[object]:
    """What the question brings in a scope: quotes with their standing, or the cubes in their order."""
    scope = scope.but(valid_at=None)
    if receipt.get("verb") == Verb.ASK:
        answer = answerer.ask(scope, question, check_sources=False)
        return [(quote.text, quote.status) for quote in answer.quotes]
    return [hit.cube.id for hit in operator.search(scope, question, limit=20).hits]
