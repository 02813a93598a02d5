"""Commands that keep memory tidy: states and holds by hand, expiry and retention by policy."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

from ..options import Call
from ..show import Screen, short
from .curate import Reason, Target, Tried, told

if TYPE_CHECKING:
    from ...graph.record import Version
    from ..lifecycle import Swept

MOST_NAMED = 10
"""Cubes that are named one by one; of more, the number is told."""


def transition(
    call: Call,
    target: Target,
    to: Annotated[
        str,
        typer.Argument(metavar="TO", help="activate, archive, expire, freeze, hold or release."),
    ],
    reason: Reason = "",
    expires: Annotated[
        str | None,
        typer.Option(
            metavar="WHEN", help="With activate: a date or instant from which it expires."
        ),
    ] = None,
    dry_run: Tried = False,
) -> None:
    """Archive a cube, bring it back, or hold it: freeze stops edits, hold stops erasure as well.

    memcubes transition minutes.md archive --reason "the project is over"
    """
    with call.memory() as memory:
        done = memory.transition(target, to, reason, expires=expires, dry_run=dry_run)
        told(Screen(call), memory, done)


def worker(
    call: Call,
    once: Annotated[bool, typer.Option("--once", help="Do what is due and end.")] = False,
    every: Annotated[
        int, typer.Option(metavar="SECONDS", min=1, help="How long to wait between two times.")
    ] = 3600,
    at: Annotated[
        str | None, typer.Option(metavar="WHEN", help="What is due then, not now.")
    ] = None,
    dry_run: Tried = False,
) -> None:
    """Archive and expire what is due by its own date or the policy of its type; sum up what was archived.

    memcubes worker --once
    """
    screen = Screen(call)
    while True:
        with call.memory() as memory:
            swept = memory.expire(at, dry_run=dry_run)
        screen.result(swept_lines(swept, dry_run=dry_run), swept_json(swept))
        if once or dry_run:
            return
        time.sleep(every)


def swept_lines(swept: Swept, *, dry_run: bool = False) -> Iterator[str]:
    """What policies did."""
    if dry_run:
        yield "[bold]Dry run:[/bold] nothing was written. This would follow:"
    summed = f", summarised {len(swept.summarised)}" if swept.summarised else ""
    ended = f", ended {len(swept.ended)} that no longer fit" if swept.ended else ""
    yield f"archived {len(swept.archived)}, expired {len(swept.expired)}{summed}{ended}"
    for word, cubes in (
        ("archived", swept.archived),
        ("expired", swept.expired),
        ("summary", swept.summarised),
        ("ended", swept.ended),
    ):
        yield from _named(word, cubes)
    if swept.held:
        yield f"[yellow]{len(swept.held)} due and under a hold[/yellow], nothing was done to them"
        yield from _named("held", swept.held)
    if swept.cooled:
        yield f"text again {len(swept.cooled)}: KV caches that nobody has read for a month"
        for node in swept.cooled[:MOST_NAMED]:
            yield f"  activation [cyan]{short(node)}[/cyan]"
    if swept.removed:
        yield f"removed {swept.removed} files of KV caches that nobody will read"
    for change in swept.changes:
        yield f"[yellow]@{change.seq}[/yellow] [bold]{escape(change.verb)}[/bold]"


def _named(word: str, cubes: tuple[Version, ...]) -> Iterator[str]:
    for cube in cubes[:MOST_NAMED]:
        title = escape(str(cube.get("title") or " ".join(cube.text.split())[:60]))
        yield f"  {word} [cyan]{short(cube.node)}[/cyan] {title}"
    if len(cubes) > MOST_NAMED:
        yield f"  {word} {len(cubes) - MOST_NAMED} more"


def swept_json(swept: Swept) -> dict[str, Any]:
    """What policies did, as plain data."""
    from ...graph.instant import show

    return {
        "at": show(swept.at),
        "archived": [cube.node for cube in swept.archived],
        "expired": [cube.node for cube in swept.expired],
        "summarised": [cube.node for cube in swept.summarised],
        "ended": [cube.node for cube in swept.ended],
        "held": [cube.node for cube in swept.held],
        "cooled": list(swept.cooled),
        "removed": swept.removed,
        "changes": [change.seq for change in swept.changes],
    }
