"""Evidence in words: answers and impacts as lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rich.markup import escape

from ..graph.belief import Belief, Status
from ..graph.impact import Impact
from ..graph.instant import show_day
from ..graph.joining import Joining

if TYPE_CHECKING:
    from ..query.quote import Answer, Quote
    from .memory import Memory

MOST = 8


def answer_lines(answer: Answer) -> Iterator[str]:
    """The quotes of an answer, numbered, each with its source, its status and what joins it."""
    if not answer.quotes:
        yield "Nothing in memory bears on this."
    for number, quote in enumerate(answer.quotes, 1):
        yield f"[bold]{number}.[/bold] “{_styled(quote)}”"
        yield f"   [dim]{_place(quote)}[/dim]"
        for line in _remarks(quote):
            yield f"   {line}"
    for note in answer.notes:
        yield f"[dim]{escape(note)}[/dim]"
    if answer.receipt:
        yield f"[dim]receipt {answer.receipt[:8]}, read at @{answer.seq}[/dim]"


def _styled(quote: Quote) -> str:
    text = escape(" ".join(quote.text.split()))
    return f"[strike]{text}[/strike]" if quote.status is Status.SUPERSEDED else text


def _place(quote: Quote) -> str:
    cube = quote.original or quote.cube
    stated = cube.get("stated")
    day = f", {show_day(int(stated))}" if stated is not None else ""
    span = quote.source_span
    where = f", characters {span[0]}–{span[1]}" if span else ""
    speaker = cube.get("speaker")
    who = f", {speaker}" if speaker else ""
    return escape(f"{quote.source_name}{who}{day}{where}")


def _remarks(quote: Quote) -> Iterator[str]:
    against = "; ".join(quote.against)
    if quote.status is Status.SUPERSEDED:
        yield f"[red]superseded[/red] by: {escape(against)}"
    elif quote.status is Status.DISPUTED:
        yield f"[yellow]disputed[/yellow] by: {escape(against)}"
    if quote.original is not None:
        yield "from a summary of what was archived"
    if quote.joined_by:
        yield f"joined by {escape(', '.join(quote.joined_by))}"
    if quote.necessary is not None:
        yield (
            "[dim]"
            + ("necessary" if quote.necessary else "redundant: said elsewhere too")
            + "[/dim]"
        )


def joining_lines(joining: Joining) -> Iterator[str]:
    """What a merge makes one."""
    moves = ", ".join(f"{count} {kind}" for kind, count in joining.moves.items()) or "none"
    yield f"{len(joining.members)} names are one; edges that count elsewhere: {moves}"
    for one in joining.conflicts:
        yield f"{one.name}: {escape(one.chosen)} [dim](not {escape(', '.join(one.others))})[/dim]"


def impact_lines(memory: Memory, impact: Impact) -> Iterator[str]:
    """What a change does to beliefs and to answers that were given."""
    yield from _beliefs("learned", "green", impact.learned)
    yield from _beliefs("withdrawn", "red", impact.withdrawn)
    yield from _beliefs("revived", "green", impact.revived)
    yield from _beliefs("superseded", "yellow", impact.superseded)
    yield from _beliefs("weakened", "yellow", impact.weakened)
    if impact.entities:
        names = ", ".join(impact.entities[:MOST])
        more = f" and {len(impact.entities) - MOST} more" if len(impact.entities) > MOST else ""
        yield f"no longer mentioned by anything: {escape(names)}{more}"
    if impact.answers:
        yield f"past answers touched: {len(impact.answers)}"
        for answer in memory.past_answers(impact, MOST):
            yield f"  {escape(answer.line)}"
    others = [one for one in impact.made if one.node not in set(impact.answers)]
    if others:
        stale = len(set(impact.stale).difference(impact.answers))
        yield f"made from it: {len(others)} artefacts, {stale} of them no longer to be used"
    if impact.empty:
        yield "[dim]Nothing that is believed or was answered changes.[/dim]"


def _beliefs(word: str, colour: str, found: Sequence[Belief]) -> Iterator[str]:
    if not found:
        return
    yield f"facts [{colour}]{word}[/{colour}]: {len(found)}"
    for belief in found[:MOST]:
        yield f"  {escape(belief.words)}"
    if len(found) > MOST:
        yield f"  … and {len(found) - MOST} more"
