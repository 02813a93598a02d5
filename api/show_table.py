"""A table of memory: a row for each node, for a spreadsheet or a data frame."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

from ..graph.instant import show
from ..graph.kind import NodeKind
from ..graph.listing import all_found
from ..graph.record import Version
from ..graph.scope import Direction, Scope, Where
from ..graph.step import Step
from ..graph.store import GraphStore

COLUMNS = (
    "id",
    "kind",
    "title",
    "text",
    "status",
    "source",
    "author",
    "language",
    "stated",
    "recorded",
    "ended",
    "record",
    "digest",
)
KINDS = (NodeKind.SOURCE, NodeKind.MEMCUBE, NodeKind.FACT, NodeKind.INJECTION)


def table(store: GraphStore, scope: Scope, node: str | None = None) -> str:
    """Write CSV (RFC 4180): a node and all that it was made from, or what is in force.

    A cell that a spreadsheet would take for a formula gets an apostrophe in front. `recorded` and
    `ended` are sequences of the log.
    """
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    for step in _steps(store, scope, node):
        writer.writerow({name: guarded(value) for name, value in _row(step).items()})
    return out.getvalue()


def guarded(value: Any) -> str:
    """A cell that no spreadsheet executes (OWASP, CSV injection).

    >>> guarded("=1+1"), guarded(7), guarded(None)
    ("'=1+1", '7', '')
    """
    text = "" if value is None else str(value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _steps(store: GraphStore, scope: Scope, node: str | None) -> Iterator[Step]:
    if node is not None:
        from ..graph.trace import trace

        yield from trace(store, scope, node, Direction.UP, depth=32).steps
        return
    for version in all_found(store, scope, Where(kinds=KINDS)):
        yield Step(version, 0, True, False, None, None)


def _row(step: Step) -> dict[str, Any]:
    version: Version = step.version
    return {
        "id": step.node,
        "kind": str(step.kind),
        "title": step.title,
        "text": step.text,
        "status": step.status,
        "source": step.said("uri") or (version.origin if version.origin != step.node else ""),
        "author": step.said("author") or step.said("speaker") or step.said("viewer"),
        "language": step.said("language"),
        "stated": None if step.stated is None else show(step.stated),
        "recorded": version.from_seq,
        "ended": step.until.seq if step.until else None,
        "record": version.id,
        "digest": version.digest,
    }
