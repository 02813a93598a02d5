"""Counting: cubes counted by the server, over all that a scope shows."""

from __future__ import annotations

import json
from typing import Any

from ..digest import canonical
from ..kind import NodeKind
from ..lifecycle import State
from ..scope import Scope
from ..tally import Tallied, Tally
from .connection import Connection, Row
from .reader import pinned
from .rows import PLAIN

SOURCE = ("media", "author")
SIGNS = {
    "quote": '"', "escape": "\\", "comma": ",", "end": "}", "pins": '"made_of":', "dated": '"stated":', "least": "",
}  # fmt: skip
"""Signs of canonical JSON, and what stands in it before the fields that are read out of it."""
UNSAID = {"state": str(State.ACTIVATED)}
"""What a header means that does not say so."""


def tallied(db: Connection, scope: Scope, asked: Tally) -> tuple[Tallied, ...]:
    """Count by one thing, in one statement."""
    params = {**pinned(scope), **SIGNS, **_met(scope, asked)}
    if asked.levels:
        levels = {tag: list(numbers) for tag, numbers in asked.levels.items()}
        found = db.read("counted_tags", **params, levels=levels, tags=list(levels))
        return tuple(_read(row, row["value"], row["exact"]) for row in found)
    plain = "origin" if asked.by == "source" else asked.by if asked.by in PLAIN else None
    of = asked.by if asked.by in SOURCE else None
    year = asked.by == "year"
    before = None if of or plain or year else f'"{asked.by}":"'
    found = db.read(
        "counted", **params, plain=None if of else plain, of=of, year=year, before=before
    )
    return tuple(_read(row, _value(row, asked.by, before), row["count"]) for row in found)


def _met(scope: Scope, asked: Tally) -> dict[str, Any]:
    """What of a filter the server decides by itself."""
    plain = {name: values for name, values in asked.header.items() if name in PLAIN}
    written = {name: values for name, values in asked.header.items() if name not in PLAIN}
    return {
        "kind": str(NodeKind.MEMCUBE),
        "origin_kind": str(NodeKind.SOURCE),
        "form": "plaintext",
        "walked": UNSAID["state"],
        "archived": scope.archived,
        "said": [
            {"name": name, "unsaid": UNSAID.get(name), "values": list(values)}
            for name, values in plain.items()
        ],
        # canonical JSON has no spaces, so a field stands in it like this
        "written": [
            [canonical({name: value})[1:-1].decode() for value in values]
            for name, values in written.items()
        ],
        "of_source": [
            {"name": name, "values": list(values)} for name, values in asked.of_source.items()
        ],
        "origins": None if asked.sources is None else list(asked.sources),
        "stated": _list(asked.stated),
        "valid": _list(asked.valid),
        "recorded": _list(asked.recorded),
        "leaves": [list(tags) for tags in asked.leaves],
        "agents": asked.agents,
    }


def _list(span: tuple[int, int] | None) -> list[int] | None:
    return None if span is None else list(span)


def _value(row: Row, by: str, before: str | None) -> str | None:
    """A value as it was said: what stands in the JSON is still written as there."""
    said = row["value"]
    if said is None or before is None:
        return UNSAID.get(by) if said is None else str(said)
    found = json.loads(said).get(by) if row["whole"] else json.loads(f'"{said}"')
    return None if found is None else str(found)


def _read(row: Row, value: str | int | None, exact: int) -> Tallied:
    agents = tuple(agent for agent in row["by"] or () if agent)
    return Tallied(
        value, row["count"], exact, row["since"], tuple(row["leaves"]), agents, row["made"]
    )
