"""The questions: what each asks about, which view answers it, and what it is to give."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from . import expected
from .records import Records, Row, instant
from .story import Told


@dataclass(frozen=True)
class Question:
    """A question: what it asks about, the view and condition in SQLite, and what it is to give."""

    about: Callable[[Told], dict[str, Any]]
    where: str
    rows: Callable[[Records], Iterable[Row]]
    view: str = ""
    statement: str = ""


def _moment(told: Told, seq: int) -> str:
    (change,) = told.memory.store().changes(told.memory.scope(), after=seq - 1, first=1)
    return instant(change.at)


_NS = "namespace = :namespace"


def _everywhere(told: Told) -> dict[str, Any]:
    return {"namespace": told.memory.namespace}


QUESTIONS = {
    "said_by": Question(lambda t: {"fact": t.fact}, "fact = :fact", expected.said_by),
    "said_by after an emoji": Question(
        lambda t: {"fact": expected.counted(t)},
        "fact = :fact",
        expected.said_by_an_emoji,
        "said_by",
        "said_by",
    ),
    "wrote": Question(
        lambda t: {**_everywhere(t), "words": "counted"},
        f"{_NS} AND instr(text, :words)",
        expected.wrote,
        view="live_cube",
    ),
    "made_from": Question(lambda t: {"source": t.source}, "source = :source", expected.made_from),
    "touches": Question(lambda t: {"cube": t.chat}, "cube = :cube", expected.touches),
    "neighbours": Question(
        lambda t: {**_everywhere(t), "name": "Northline Controls"},
        f"{_NS} AND of = :name",
        expected.neighbours,
    ),
    "changed": Question(
        lambda t: {**_everywhere(t), "since": _moment(t, t.before)},
        f"{_NS} AND at >= :since",
        expected.changed,
    ),
    "history": Question(lambda t: {"node": t.revised}, "node = :node", expected.history),
    "stated": Question(
        lambda t: {**_everywhere(t), "when": _moment(t, t.before)},
        f"{_NS} AND since <= :when AND (until IS NULL OR until > :when)",
        expected.stated,
    ),
    "stated after a retraction": Question(
        lambda t: {**_everywhere(t), "when": _moment(t, t.after)},
        f"{_NS} AND since <= :when AND (until IS NULL OR until > :when)",
        expected.stated_after,
        "stated",
        "stated",
    ),
    "retracted": Question(_everywhere, _NS, expected.retracted),
    "stale_answers": Question(_everywhere, _NS, expected.stale_answers),
    "answer_sources": Question(
        lambda t: {"answer": t.answer}, "answer = :answer", expected.answer_sources
    ),
    "corrections": Question(_everywhere, _NS, expected.corrections),
    "opposed": Question(_everywhere, _NS, expected.opposed),
    "merged": Question(_everywhere, _NS, expected.merged),
    "most_mentioned": Question(
        lambda t: {**_everywhere(t), "first": 8},
        f"{_NS} ORDER BY cubes DESC, sources DESC, name, entity LIMIT :first",
        expected.most_mentioned,
    ),
    "without_source": Question(_everywhere, _NS, expected.without_source),
    "single_source": Question(_everywhere, _NS, expected.single_source),
    "readers": Question(lambda t: {"node": t.restricted}, "node = :node", expected.readers),
    "tagged": Question(_everywhere, _NS, expected.tagged),
    "judged": Question(_everywhere, _NS, expected.judged),
}
