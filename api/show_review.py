"""The review queue for a terminal: what may be one, why, and the command that decides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.markup import escape

from ..graph.resolution.proposal import Likeness
from ..graph.supersession.proposal import Supersession
from .reviewing import Review
from .show import one_line, short

MOST_PARTS = 4


def review_lines(found: Review, options: str) -> Iterator[str]:
    """Names first, then statements; each with its chance, what speaks for it, and what to do."""
    if not found.names and not found.statements:
        yield (
            "[dim]Nothing is joined by computation.[/dim]"
            if found.applied
            else (
                "[dim]Nothing is waiting: no names that may be one, no statement that may be outdated.[/dim]"
            )
        )
    for likeness in found.names:
        yield from _names(likeness, options)
    for statement in found.statements:
        yield from _statement(statement, options)
    for count, what in zip(found.more, ("names", "statements"), strict=True):
        if count:
            yield f"[dim]{count} more {what}: `--first` shows more[/dim]"


def _names(one: Likeness, options: str) -> Iterator[str]:
    first, second = (escape(one_line(name, 60)) for name in one.names)
    says = "are one" if one.applied else "may be one"
    yield f"[bold]{first}[/bold] and [bold]{second}[/bold] {says}  [cyan]{one.chance:.0%}[/cyan]"
    yield f"  {_because(one.parts)}"
    if one.cosine is not None:
        yield f"  the letters say little; the vectors of the names stand at {one.cosine:.2f}"
    if one.rivals:
        yield f"  one of them may be {one.rivals} other names as well"
    told = f"{options} {short(one.one)} {short(one.other)}"
    if one.applied:
        yield f"  [dim]no: memcubes distinguish {told}[/dim]"
    else:
        yield f"  [dim]yes: memcubes merge {told}   no: memcubes distinguish {told}[/dim]"
        yield f"  [dim]proposal {short(one.id)}[/dim]"


def _statement(one: Supersession, options: str) -> Iterator[str]:
    new = escape(one_line(one.new.text[slice(*one.new_span)], 90))
    old = escape(one_line(one.old.text[slice(*one.old_span)], 90))
    says = {
        (False, True): "may replace",
        (True, True): "replaces",
        (False, False): "may contradict",
        (True, False): "contradicts",
    }[one.applied, one.verdict.name == "SUPERSEDES"]
    yield f"“{new}” [bold]{says}[/bold] “{old}”  [cyan]{one.chance:.0%}[/cyan]"
    yield f"  {escape(one.reason)}" + (f"; {_because(one.parts)}" if one.parts else "")
    yield f"  [dim]{short(one.new.node)} over {short(one.old.node)}[/dim]"
    yes, no = (
        f"memcubes review {options} --{word} {short(one.id)}" for word in ("approve", "reject")
    )
    if one.ruled:
        yield f"  [dim]approved by @{one.ruled}   no: memcubes revert {options} @{one.ruled}[/dim]"
    elif one.applied and one.verdict.name == "SUPERSEDES":
        yield f"  [dim]no: {no}[/dim]"
    else:
        yield f"  [dim]yes, it replaces that: {yes}   no: {no}[/dim]"


def _because(parts: Sequence[tuple[str, float]]) -> str:
    said = [f"{escape(name)} {part:+.1f}" for name, part in parts if name != "bias"]
    return ", ".join(said[:MOST_PARTS]) or "no feature speaks"
