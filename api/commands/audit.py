"""Commands that audit memory: where it comes from, what changed, and whether the log holds."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..options import Call
from ..show import Screen
from ..show_error import DONE, NOTHING, REFUSED

MOST_CHANGES = 10_000


def trace(
    call: Call,
    target: Annotated[
        str,
        typer.Argument(metavar="ID", help="An answer, a cube, a fact, or a source's file name."),
    ],
    down: Annotated[
        bool, typer.Option("--down", help="What was made of it, not what it was made from.")
    ] = False,
    depth: Annotated[int, typer.Option(metavar="N", help="Steps at most.")] = 8,
    html: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write a page that opens offline.")
    ] = None,
) -> None:
    """Follow an answer up to its sources, or a source down to every answer that used it.

    memcubes trace vendor.md --down
    """
    from ...graph.scope import Direction

    screen = Screen(call)
    with call.memory() as memory:
        direction = Direction.DOWN if down else Direction.UP
        found = memory.trace(target, direction, depth=depth, as_of=call.as_of)
        statuses = memory.statuses(found)
    if html is not None:
        from ..page import page

        written(html, page(found, statuses=statuses, options=memory.options))
        screen.note(f"{html}: one file, opens offline")
    if call.json:
        screen.document(found.as_json())
    elif html is None:
        from ..tree import tree

        screen.show(tree(found, statuses))


def log(
    call: Call,
    target: Annotated[
        str | None,
        typer.Argument(metavar="[ID]", help="Only changes that touched this.", show_default=False),
    ] = None,
    limit: Annotated[int, typer.Option(metavar="N", help="How many changes at most.")] = 20,
    oneline: Annotated[bool, typer.Option("--oneline", help="One line for each.")] = False,
) -> int:
    """List the changes, newest first: who did what, when, and why.

    memcubes log --oneline
    """
    from ...graph.errors import Invalid
    from ..show_history import change_json, change_line, change_lines

    if limit < 1:
        raise Invalid(f"a log shows at least one change, not {limit}: give a positive --limit")
    if limit > MOST_CHANGES:
        raise Invalid(
            f"a log shows at most {MOST_CHANGES:,} changes at once: give a smaller --limit"
        )
    screen = Screen(call)
    with call.memory() as memory:
        changes = memory.log(target, limit=limit)
        names = memory.actors(changes)
    if call.json:
        screen.document([change_json(change, names) for change in changes])
    elif oneline:
        screen.say(*(change_line(change, names) for change in changes))
    else:
        screen.say(*(line for change in changes for line in change_lines(change, names)))
    return DONE if changes else NOTHING


def diff(
    call: Call,
    one: Annotated[str, typer.Argument(metavar="A", help="A change (@12), or an instant.")],
    other: Annotated[
        str, typer.Argument(metavar="[B]", help="A later sequence or instant.", show_default=False)
    ] = "",
) -> None:
    """Show what one change did to what is believed, or what differs between two times.

    memcubes diff @12 @15
    """
    from ..evidence import impact_lines
    from ..show_history import impact_json

    screen = Screen(call)
    with call.memory() as memory:
        found = memory.diff(one, other)
        words = memory.answers_in_words(found.answers, found.stale) if call.json else ()
        screen.result(impact_lines(memory, found), impact_json(found, words) if call.json else None)


def impact(
    call: Call,
    target: Annotated[
        str, typer.Argument(metavar="ID|@N", help="A source or statement, or a change.")
    ],
) -> None:
    """Show what withdrawing a source would do, or what a change did.

    memcubes impact vendor.md
    """
    from ..evidence import impact_lines
    from ..show_history import impact_json

    screen = Screen(call)
    with call.memory() as memory:
        found = memory.impact(target)
        words = memory.answers_in_words(found.answers, found.stale) if call.json else ()
        screen.result(impact_lines(memory, found), impact_json(found, words) if call.json else None)


def verify(call: Call) -> int:
    """Prove that every row is what the log says, and that the log is whole.

    memcubes verify
    """
    from ..show_history import report_json, report_lines
    from ..show_intake import Bar

    screen = Screen(call)
    with call.memory() as memory, Bar(screen, "verifying") as bar:
        report = memory.verify(bar.counted)
    screen.result(report_lines(report), report_json(report))
    return DONE if report.ok else REFUSED


def written(path: Path, text: str) -> None:
    """Write a file, or say why that is not possible."""
    from ...graph.errors import Refused

    try:
        path.write_text(text, "utf-8", newline="")
    except OSError as error:
        raise Refused(f"{path} cannot be written ({error.strerror}): name another file") from None
