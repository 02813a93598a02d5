"""Difference: what differs between two moments, two versions of a node, or two answers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Annotated, Any

import strawberry

from ...graph.cited import AnswerDifference as Answers
from ...graph.cited import Cited as Quoted
from ...graph.difference import Difference as Versions
from ...graph.errors import Invalid
from ...graph.impact import Impact as Found
from ...graph.record import Version
from ...graph.scope import Scope
from .impact import Impact
from .injection import Injection, injection_of
from .node import Node, Recorded, node_of
from .reading import Reading


@strawberry.type
class FieldDifference:
    """A field of the header, as JSON, as it was and as it became; null where it was not there."""

    name: str
    before: str | None
    after: str | None


@strawberry.type
class Stretch:
    """A run of text that stayed (both alike), went (nothing after), came or was exchanged."""

    before: str
    after: str


@strawberry.type
class VersionDifference:
    """What differs between two versions of one node: header fields, and the text word by word.

    `before` and `after` are the node as it stood when each version was opened.
    """

    before: Node
    after: Node
    before_recorded: Recorded
    after_recorded: Recorded
    fields: list[FieldDifference]
    text: list[Stretch]


@strawberry.type
class Cited:
    """A quote of an answer: its words, the cube they stand in, and what was believed of them then."""

    cube: strawberry.ID
    title: str
    text: str
    status: str


@strawberry.type
class CitedDifference:
    """A quote of both answers, of which something else was believed each time."""

    before: Cited
    after: Cited


@strawberry.type
class AnswerDifference:
    """What differs between two answers: quotes that came, went, stayed, or changed their status."""

    before: Injection
    after: Injection
    same_question: bool
    came: list[Cited]
    went: list[Cited]
    kept: list[Cited]
    changed: list[CitedDifference]


Difference = Annotated[
    Impact | VersionDifference | AnswerDifference,
    strawberry.union(
        "Difference",
        description="Of two moments an Impact, of two versions or two answers its own.",
    ),
]


async def compared(
    reading: Reading, namespace: str, one: str, other: str | None, valid: int | None
) -> Difference:
    """What differs, as `memcubes diff` says it."""
    desk = reading.service.desk(namespace)
    found = await reading.walk(lambda _: desk.diff(one, other or "", valid_at=valid))
    scope = await reading.run(lambda store: store.scope(namespace, ""))
    if isinstance(found, Found):
        return Impact(scope=scope, found=found)
    if isinstance(found, Answers):
        return _answers(scope, found)
    return _versions(scope, found)


def _versions(scope: Scope, found: Versions) -> VersionDifference:
    sides = []
    for version in (found.before, found.after):
        node = node_of(scope.but(seq=version.from_seq), (version,))
        if node is None:
            raise Invalid(f"a {version.kind} is not shown by itself: compare what it belongs to")
        sides.append(node)
    return VersionDifference(
        before=sides[0],
        after=sides[1],
        before_recorded=Recorded.of(found.before, scope),
        after_recorded=Recorded.of(found.after, scope),
        fields=[
            FieldDifference(name=f.name, before=_json(f.before), after=_json(f.after))
            for f in found.fields
        ],
        text=[Stretch(before=s.before, after=s.after) for s in found.text],
    )


def _answers(scope: Scope, found: Answers) -> AnswerDifference:
    return AnswerDifference(
        before=_receipt(scope, found.before),
        after=_receipt(scope, found.after),
        same_question=found.same_question,
        came=_quotes(found.came),
        went=_quotes(found.went),
        kept=_quotes(found.kept),
        changed=[CitedDifference(before=_quote(a), after=_quote(b)) for a, b in found.changed],
    )


def _receipt(scope: Scope, version: Version) -> Injection:
    return injection_of(scope, (version,))


def _quotes(quoted: Sequence[Quoted]) -> list[Cited]:
    return [_quote(one) for one in quoted]


def _quote(quoted: Quoted) -> Cited:
    cube = strawberry.ID(quoted.cube)
    return Cited(cube=cube, title=quoted.title, text=quoted.text, status=quoted.status)


def _json(value: Any) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False, sort_keys=True)
