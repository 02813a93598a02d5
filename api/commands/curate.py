"""Commands that correct memory: each is one change, tells what follows, and can be undone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ..options import Call
from ..show import Screen
from ..show_error import DONE, NOTHING

if TYPE_CHECKING:
    from ..memory import Memory
    from ..outcome import Outcome

Target = Annotated[
    str, typer.Argument(metavar="ID", help="An id, its beginning, or a source's file name.")
]
Reason = Annotated[str, typer.Option(metavar="WHY", help="Kept in the log.")]
Tried = Annotated[bool, typer.Option("--dry-run", help="Only say what would follow.")]
Names = Annotated[
    list[str], typer.Argument(metavar="NAME NAME...", help="Names as sources write them, or ids.")
]


def told(screen: Screen, memory: Memory, done: Outcome) -> None:
    """Print what a curating verb did, and what follows from it."""
    from ..evidence import impact_lines, joining_lines
    from ..show_history import outcome_json, outcome_line

    if screen.json:
        words = memory.past_answers(done.impact)
        names = memory.actors([done.change] if done.change else [])
        screen.document(outcome_json(done, words, names))
    else:
        joins = joining_lines(done.joining) if done.joining else ()
        screen.say(outcome_line(done), *joins, *impact_lines(memory, done.impact))


def revise(
    call: Call,
    target: Target,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="The new wording.")],
    reason: Reason = "",
    dry_run: Tried = False,
) -> None:
    """Give a cube another wording; what was read out of the old one goes.

    memcubes revise 0197c1d2 "The valve failed at 07:40." --reason "typing error"
    """
    with call.memory() as memory:
        told(Screen(call), memory, memory.revise(target, text, reason, dry_run=dry_run))


def retract(call: Call, target: Target, reason: Reason = "", dry_run: Tried = False) -> None:
    """No longer believe a source, statement, passage or fact; revert brings it back.

    memcubes retract vendor.md --reason "the vendor withdrew it" --dry-run
    """
    with call.memory() as memory:
        told(Screen(call), memory, memory.retract(target, reason, dry_run=dry_run))


def revert(
    call: Call,
    change: Annotated[str, typer.Argument(metavar="@N", help="A change, as the log shows it.")],
    reason: Reason = "",
    dry_run: Tried = False,
) -> None:
    """Undo one change exactly; refused while later changes stand on it.

    memcubes revert @12
    """
    with call.memory() as memory:
        told(Screen(call), memory, memory.revert(change, reason, dry_run=dry_run))


def merge(call: Call, names: Names, reason: Reason = "", dry_run: Tried = False) -> None:
    """Say that names (or cubes) mean one thing; nothing is moved, so revert undoes it exactly.

    memcubes merge "Hexcombe Mutual" Hexcombe
    """
    with call.memory() as memory:
        told(Screen(call), memory, memory.merge(names, reason, dry_run=dry_run))


def distinguish(call: Call, names: Names, reason: Reason = "", dry_run: Tried = False) -> None:
    """Say that names (or cubes) do not mean one thing; no later merge may join them.

    memcubes distinguish Jordan "River Jordan"
    """
    with call.memory() as memory:
        told(Screen(call), memory, memory.distinguish(names, reason, dry_run=dry_run))


def tag(
    call: Call,
    target: Target,
    names: Annotated[
        list[str] | None, typer.Argument(metavar="TAG...", help="Tags to add; / makes levels.")
    ] = None,
    remove: Annotated[
        list[str] | None,
        typer.Option("--remove", metavar="TAG", help="A tag to take away; several times."),
    ] = None,
    reason: Reason = "",
    dry_run: Tried = False,
) -> None:
    """Give a cube, or every cube that a source has now, tags, or take some away.

    memcubes tag minutes.md project/apollo --remove draft
    """
    with call.memory() as memory:
        done = memory.tag(target, names or [], remove or [], reason, dry_run=dry_run)
        told(Screen(call), memory, done)


def split(
    call: Call,
    name: Annotated[str, typer.Argument(metavar="NAME", help="A name, or the id of an entity.")],
    cubes: Annotated[
        list[str], typer.Argument(metavar="ID...", help="Cubes in which it means something else.")
    ],
    called: Annotated[
        str, typer.Option("--called", metavar="NAME", help="What that is called from now on.")
    ] = "",
    reason: Reason = "",
    dry_run: Tried = False,
) -> None:
    """Say that in some cubes a name means something else; holds when their source is read again.

    memcubes split Jordan 0197c1d2 --called "River Jordan"
    """
    with call.memory() as memory:
        done = memory.split(name, cubes, reason, called=called, dry_run=dry_run)
        told(Screen(call), memory, done)


def review(
    call: Call,
    applied: Annotated[
        bool,
        typer.Option("--applied", help="What reads go by already, instead of what is proposed."),
    ] = False,
    first: Annotated[int, typer.Option(metavar="N", min=1, help="Of each kind at most.")] = 20,
    approve: Annotated[
        list[str] | None,
        typer.Option("--approve", metavar="ID", help="A proposal that is right; several times."),
    ] = None,
    reject: Annotated[
        list[str] | None,
        typer.Option("--reject", metavar="ID", help="One that is wrong, applied or not."),
    ] = None,
    reason: Reason = "",
    dry_run: Tried = False,
) -> int:
    """Show what is likely and not decided (names that may be one, outdated statements), or decide it.

    memcubes review --approve 5f0c1d2e --reject 81a7b3c4 --reason "asked Ann"
    """
    from ..evidence import impact_lines, joining_lines
    from ..show_history import outcome_json, outcome_line
    from ..show_review import review_lines

    screen = Screen(call)
    with call.memory() as memory:
        if not (approve or reject):
            found = memory.review(
                applied=applied, first=first, as_of=call.as_of, valid_at=call.valid_at
            )
            screen.result(review_lines(found, memory.options), found.as_json())
            return DONE if found.names or found.statements else NOTHING
        if call.as_of is not None or call.valid_at is not None:
            from ...graph.errors import Invalid

            raise Invalid("what is decided holds from now on: leave --as-of and --valid-at out")
        done = memory.review(
            approve=approve or [], reject=reject or [], reason=reason, dry_run=dry_run
        )
        lines, told = list[str](), list[object]()
        for one in done:
            joins = joining_lines(one.joining) if one.joining else ()
            lines += [outcome_line(one), *joins, *impact_lines(memory, one.impact)]
            words = memory.past_answers(one.impact)
            names = memory.actors([one.change] if one.change else [])
            told.append(outcome_json(one, words, names))
        screen.result(lines, {"decided": told})
    return DONE
