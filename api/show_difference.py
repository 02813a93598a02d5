"""Differences in git's manner: what went after a minus, what came after a plus, and a node's history."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from rich.markup import escape

from ..graph.actors import Act
from ..graph.chronicle import Chapter
from ..graph.cited import AnswerDifference, Cited
from ..graph.difference import Difference, Stretch
from ..graph.instant import show
from ..graph.step import Step
from .show import one_line, short

AROUND = 60
"""Characters of unchanged text that are shown beside a change."""


def difference_lines(found: Difference) -> Iterator[str]:
    """Two versions of one node: `---`, `+++`, then the fields and the text."""
    for sign, colour, version in (("---", "red", found.before), ("+++", "green", found.after)):
        title = Step(version, 0, True, False, None, None).title
        yield (
            f"[bold {colour}]{sign}[/bold {colour}] {version.kind} [cyan]{short(version.node)}[/cyan]"
            f"@{version.from_seq}  {escape(one_line(title, 80))}"
        )
    yield from changed_lines(found)


def changed_lines(found: Difference) -> Iterator[str]:
    """What was changed, field by field, then the text around each change."""
    if found.empty:
        yield "[dim]Both say the same.[/dim]"
    for field in found.fields:
        if field.before is not None:
            yield f"[red]- {escape(field.name)}: {_value(field.name, field.before)}[/red]"
        if field.after is not None:
            yield f"[green]+ {escape(field.name)}: {_value(field.name, field.after)}[/green]"
    if any(not stretch.same for stretch in found.text):
        yield f"[red]- {_side(found.text, 'before')}[/red]"
        yield f"[green]+ {_side(found.text, 'after')}[/green]"


def _side(text: Sequence[Stretch], side: str) -> str:
    """One side of a text, what differs in reverse, what stayed cut to what stands beside a change."""
    parts = []
    for place, stretch in enumerate(text):
        words = on_one_line(str(getattr(stretch, side)))
        if stretch.same:
            parts.append(escape(_cut(words, first=place == 0, last=place == len(text) - 1)))
        elif words:
            parts.append(f"[reverse]{escape(words)}[/reverse]")
    return "".join(parts)


def on_one_line(text: str) -> str:
    """Text on one line, with its blanks at both ends.

    >>> on_one_line(" a\\n\\nb ")
    ' a ¶ b '
    """
    return " ¶ ".join(part for part in text.split("\n") if part)


def _cut(words: str, *, first: bool, last: bool) -> str:
    if first and len(words) > AROUND:
        return "…" + words[-AROUND:]
    if last and len(words) > AROUND:
        return words[:AROUND] + "…"
    return f"{words[:AROUND]} … {words[-AROUND:]}" if len(words) > 3 * AROUND else words


def _value(name: str, value: Any) -> str:
    if name == "stated" and isinstance(value, int):
        value = show(value)
    told = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return escape(one_line(told, 200))


def answers_lines(found: AnswerDifference) -> Iterator[str]:
    """Two answers: which quotes went, came and changed their status."""
    for sign, colour, version in (("---", "red", found.before), ("+++", "green", found.after)):
        yield (
            f"[bold {colour}]{sign}[/bold {colour}] answer [cyan]{short(version.node)}[/cyan] of "
            f"{show(version.validity.start)}  {escape(one_line(str(version.get('question', '')), 120))}"
        )
    if not found.same_question:
        yield "[yellow]These answer two different questions.[/yellow]"
    yield from (f"[red]- {_quote(cited)}[/red]" for cited in found.went)
    yield from (f"[green]+ {_quote(cited)}[/green]" for cited in found.came)
    for before, after in found.changed:
        yield f"[yellow]~ {_quote(after)}: {before.status} → {after.status}[/yellow]"
    yield from (f"[dim]  {_quote(cited)}[/dim]" for cited in found.kept)
    if found.empty:
        yield "[dim]Both rest on the same quotes.[/dim]"


def _quote(cited: Cited) -> str:
    return f"“{escape(one_line(cited.text, 200))}” ({escape(cited.title)}, {cited.status})"


def history_lines(chapters: Sequence[Chapter]) -> Iterator[str]:
    """The life of a node, newest first, as `git log -p` would tell it."""
    for chapter in reversed(chapters):
        yield (
            f"[yellow]{_act(chapter.since, chapter.version.from_seq)}[/yellow]  "
            f"[bold]{escape(one_line(chapter.title, 80))}[/bold]  [dim]version {chapter.number}[/dim]"
        )
        if chapter.since and chapter.since.reason:
            yield f"    {escape(one_line(chapter.since.reason, 300))}"
        if chapter.again:
            yield "    [dim]came back as it was[/dim]"
        elif chapter.erased:
            yield "    [red]erased[/red]"
        elif chapter.changed is not None:
            yield from (f"    {line}" for line in changed_lines(chapter.changed))
        if chapter.until is not None:
            yield f"    [dim]until {_act(chapter.until, 0)}[/dim]"


def _act(act: Act | None, seq: int) -> str:
    if act is None:
        return f"@{seq}"
    behalf = f" for {act.on_behalf_of}" if act.on_behalf_of else ""
    return f"@{act.seq} {escape(act.verb)}  {show(act.at)}  {escape(act.actor + behalf)}"
