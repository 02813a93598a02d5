"""Commands that carry memory elsewhere."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from ..options import Call
from ..show import Screen
from .audit import written


class Format(StrEnum):
    """What an export is written as."""

    PROV = "prov"
    CSV = "csv"


def export(
    call: Call,
    as_: Annotated[
        Format, typer.Option("--as", help="W3C PROV-JSON, or a table with a row for each node.")
    ],
    target: Annotated[
        str | None,
        typer.Argument(
            metavar="[ID]", help="One node with all it was made from; else all.", show_default=False
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write it there, not to the terminal.")
    ] = None,
) -> None:
    """Write the provenance of memories in a form that other tools read.

    memcubes export --as prov 0197c1d2 --out answer.json
    """
    if call.json and out is None and as_ is Format.CSV:
        from ...graph.errors import Invalid

        raise Invalid("CSV is no JSON: leave out --json, or name a file with --out")
    with call.memory() as memory:
        scope = memory.scope(call.as_of)
        node = memory.resolve(target, scope) if target else None
        if as_ is Format.PROV:
            from ...graph.prov import prov_json

            text = prov_json(memory.store(), scope, [node] if node else None, indent=2)
        else:
            from ..show_table import table

            text = table(memory.store(), scope, node)
    screen = Screen(call)
    if out is None:
        screen.write(text)
        return
    written(out, text)
    if call.json:
        screen.document({"file": str(out), "as": str(as_), "bytes": out.stat().st_size})
    else:
        screen.note(f"{out}: {out.stat().st_size:,} bytes")
