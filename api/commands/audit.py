"""Commands that audit memory: where it comes from, what changed, and whether the log holds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..options import Call
from ..show import Screen
from ..show_error import DONE, NOTHING, REFUSED

if TYPE_CHECKING:
    from ...graph.impact import Impact
    from ..memory import Memory

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
        found = memory.trace(
            target, direction, depth=depth, as_of=call.as_of, valid_at=call.valid_at
        )
        statuses = memory.statuses(found, valid_at=call.valid_at)
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
        typer.Argument(
            metavar="[ID]|[@A..@B]", help="Only what touched this, or a range.", show_default=False
        ),
    ] = None,
    between: Annotated[
        str | None, typer.Argument(metavar="[@A..@B]", help="A range.", show_default=False)
    ] = None,
    limit: Annotated[
        int, typer.Option("--limit", "--max-count", metavar="N", help="How many changes at most.")
    ] = 20,
    oneline: Annotated[bool, typer.Option("--oneline", help="One line for each.")] = False,
    author: Annotated[str, typer.Option(metavar="NAME", help="By this person or program.")] = "",
    verb: Annotated[str, typer.Option(metavar="VERB", help="Of this kind, such as retract.")] = "",
    grep: Annotated[str, typer.Option(metavar="WORDS", help="Whose reason holds this.")] = "",
    reverse: Annotated[bool, typer.Option("--reverse", help="Oldest first.")] = False,
) -> int:
    """List the changes, newest first: who did what, when, and why.

    memcubes log @3..@9 --oneline
    """
    from ...graph.errors import Invalid
    from ..reference import spans
    from ..show_history import change_json, change_line, change_lines

    if limit < 1:
        raise Invalid(f"a log shows at least one change, not {limit}: give a positive --limit")
    if limit > MOST_CHANGES:
        raise Invalid(
            f"a log shows at most {MOST_CHANGES:,} changes at once: give a smaller --limit"
        )
    if between is None and target is not None and spans(target):
        target, between = None, target
    screen = Screen(call)
    with call.memory() as memory:
        changes = memory.log(
            target,
            limit=limit,
            between=between or "",
            actor=author,
            verb=verb,
            grep=grep,
            oldest_first=reverse,
            as_of=call.as_of,
        )
        names = memory.actors(changes)
    if call.json:
        screen.document([change_json(change, names) for change in changes])
    elif oneline:
        screen.say(*(change_line(change, names) for change in changes))
    else:
        screen.say(*(line for change in changes for line in change_lines(change, names)))
    return DONE if changes else NOTHING


def history(
    call: Call,
    target: Annotated[str, typer.Argument(metavar="ID", help="Any node, or a source's file name.")],
) -> None:
    """Show every version of one node, newest first: when, who, why, and what was changed.

    memcubes history 0197c1d2
    """
    from ..show_difference import history_lines

    screen = Screen(call)
    with call.memory() as memory:
        found = memory.history(target, as_of=call.as_of)
    screen.result(history_lines(found), [chapter.as_json() for chapter in found])


def diff(
    call: Call,
    one: Annotated[
        str, typer.Argument(metavar="A", help="A change (@12), an instant, ID@12, ID, an answer.")
    ],
    other: Annotated[
        str,
        typer.Argument(
            metavar="[B]", help="A later instant, version, or answer.", show_default=False
        ),
    ] = "",
) -> None:
    """Show what a change did to beliefs, or what differs: two times, versions of a node, or answers.

    memcubes diff 0197c1d2@3 0197c1d2@7
    """
    from ...graph.cited import AnswerDifference
    from ...graph.impact import Impact
    from ..show_difference import answers_lines, difference_lines

    screen = Screen(call)
    with call.memory() as memory:
        found = memory.diff(one, other, valid_at=call.valid_at)
        if isinstance(found, Impact):
            _impact(screen, memory, found)
        elif isinstance(found, AnswerDifference):
            screen.result(answers_lines(found), found.as_json())
        else:
            screen.result(difference_lines(found), found.as_json())


def impact(
    call: Call,
    target: Annotated[
        str, typer.Argument(metavar="ID|@N", help="A source or statement, or a change.")
    ],
) -> None:
    """Show what withdrawing a source would do, or what a change did.

    memcubes impact vendor.md
    """
    screen = Screen(call)
    with call.memory() as memory:
        _impact(screen, memory, memory.impact(target, as_of=call.as_of, valid_at=call.valid_at))


def _impact(screen: Screen, memory: Memory, found: Impact) -> None:
    from ..evidence import impact_lines
    from ..show_history import impact_json

    words = memory.past_answers(found) if screen.json else ()
    screen.result(impact_lines(memory, found), impact_json(found, words) if screen.json else None)


def restore(
    call: Call,
    to: Annotated[str, typer.Argument(metavar="WHEN", help="A sequence (@12) or an instant.")],
    target: Annotated[
        str,
        typer.Argument(metavar="[ID]", help="Only this node, not everything.", show_default=False),
    ] = "",
    reason: Annotated[str, typer.Option(metavar="WHY", help="Kept in the log.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would follow.")] = False,
    without_erased: Annotated[
        bool, typer.Option("--without-erased", help="Leave out what was destroyed for ever.")
    ] = False,
) -> None:
    """Go back to how things stood then, by one new change, which revert undoes.

    memcubes restore @12 vendor.md --reason "the edit was a mistake" --dry-run
    """
    from .curate import told

    with call.memory() as memory:
        done = memory.restore(
            to, target or None, reason, dry_run=dry_run, without_erased=without_erased
        )
        told(Screen(call), memory, done)


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
