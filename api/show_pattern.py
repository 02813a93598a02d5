"""Patterns on a terminal: a row a line, its columns in their order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.markup import escape

if TYPE_CHECKING:
    from ..query.pattern import PatternResult


def row_lines(found: PatternResult) -> Iterator[str]:
    """The rows of a plan, a line each: what it is, then its columns, then how many cubes it rests on."""
    for row in found.rows:
        told = "  ".join(
            f"[dim]{escape(name)}[/dim] {escape(value if isinstance(value, str) else ', '.join(value))}"
            for name, value in row.values.items()
        )
        cubes = f"{len(row.cubes)} cube{'' if len(row.cubes) == 1 else 's'}"
        name = escape(row.key or row.kind)
        yield f"[cyan]{name}[/cyan]  {told}  [dim]({cubes})[/dim]"
