"""Commands that use memory: put something in, find it, ask it, give it to a model."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..options import Call
from ..show import Screen, short
from ..show_error import DONE, NOTHING, REFUSED

if TYPE_CHECKING:
    from ...query.quote import Answer
    from ..memory import Memory
    from ..show_evidence import Prose


class Form(StrEnum):
    """What `inject` makes: what is cheaper, a prompt, or a KV cache of a model on this machine."""

    AUTO = "auto"
    PROMPT = "prompt"
    KV = "kv"


class Verdict(StrEnum):
    """What feedback says."""

    HELPED = "helped"
    MISLED = "misled"


def ingest(
    call: Call,
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Files and folders.")],
    reinstate: Annotated[
        bool, typer.Option("--reinstate", help="Take sources in again that were retracted.")
    ] = False,
    retract_gone: Annotated[
        bool, typer.Option("--retract-gone", help="Retract sources of the folders that are gone.")
    ] = False,
) -> int:
    """Read files and folders into memory; what is there already costs nothing.

    memcubes ingest notes/ minutes.md
    """
    from ..show_intake import Bar, remark_lines, report_json, report_lines

    screen = Screen(call)
    with call.memory() as memory, Bar(screen, "reading") as bar:
        report = memory.ingest(
            *paths,
            reinstate=reinstate,
            retract_gone=retract_gone,
            progress=bar.read,
            indexing=bar.indexed,
        )
    screen.note(*remark_lines(report))
    for name, reason in report.failed:
        screen.warn(f"memcubes: {reason if name in reason else f'{name}: {reason}'}")
    screen.result(report_lines(report), report_json(report))
    if report.failed:
        return REFUSED
    if report.added or report.changed or report.unchanged or report.gone:
        return DONE
    named = ", ".join(str(path) for path in paths)
    empty = bool(report.skipped)
    screen.warn(f"memcubes: {named}: {'nothing' if empty else 'there is no file'} here to read")
    return NOTHING


def remember(
    call: Call,
    statement: Annotated[
        str, typer.Argument(metavar="STATEMENT", help="What is to be remembered.")
    ],
    speaker: Annotated[
        str | None, typer.Option(metavar="NAME", help="Who says so, if not you.")
    ] = None,
    reason: Annotated[str, typer.Option(metavar="WHY", help="Kept in the log.")] = "",
) -> None:
    """Keep one statement; a correction ("actually, …") takes the place of what it corrects.

    memcubes remember "The valve RV-7 was replaced on 3 April."
    """
    from rich.markup import escape

    from ..evidence import impact_lines
    from ..show_history import outcome_json, outcome_line

    screen = Screen(call)
    with call.memory() as memory:
        done = memory.remember(statement, speaker=speaker, reason=reason)
        if call.json:
            words = memory.past_answers(done.impact)
            names = memory.actors([done.change] if done.change else [])
            screen.document(outcome_json(done, words, names))
            return
        screen.say(f"{outcome_line(done)}  cube [cyan]{short(done.cube)}[/cyan]")
        screen.say(*(escape(note) for note in done.notes))
        if not done.impact.empty:
            screen.say(*impact_lines(memory, done.impact))


def ask(
    call: Call,
    question: Annotated[str, typer.Argument(metavar="QUESTION", help="A question.")],
    without: Annotated[
        list[str] | None,
        typer.Option(metavar="SOURCE", help="As if this source had never been; may be repeated."),
    ] = None,
    prose: Annotated[
        bool, typer.Option("--prose", help="Add sentences by a local model, each one checked.")
    ] = False,
    steer: Annotated[
        list[str] | None,
        typer.Option(metavar="ID", help="With --prose: a steering; may be repeated."),
    ] = None,
    no_receipt: Annotated[
        bool,
        typer.Option(
            "--no-receipt", help="Do not keep what was answered; what a model reads always is."
        ),
    ] = False,
) -> int:
    """Answer from quoted evidence, without a model; the answer is kept and can be traced.

    memcubes ask "Who signed the recall?" --without vendor.md
    """
    from ...graph.errors import Invalid
    from ..evidence import answer_lines
    from ..show_evidence import answer_json, prose_json, prose_lines

    if steer and not prose:
        raise Invalid("a steering is of a model's words: add --prose")
    screen = Screen(call)
    with call.memory() as memory:
        answer = memory.ask(
            _said(question),
            as_of=call.as_of,
            valid_at=call.valid_at,
            without=without or (),
            receipt_wanted=not no_receipt,
        )
        if not call.json:
            screen.say(*answer_lines(answer))
        written = _prose(memory, answer, steer or ()) if prose and answer.quotes else None
    if call.json:
        screen.document({**answer_json(answer), "prose": prose_json(written) if prose else None})
    elif written is not None:
        screen.say(*prose_lines(written))
    return DONE if answer.quotes else NOTHING


def _prose(memory: Memory, answer: Answer, adapters: Sequence[str]) -> Prose:
    from ...graph.errors import ModelMissing

    write = getattr(memory, "prose", None)
    if write is None:
        raise ModelMissing("no language model is at hand: `memcubes models install smollm2`")
    written: Prose = write(answer, adapters)
    return written


def inject(
    call: Call,
    question: Annotated[
        str, typer.Argument(metavar="[QUESTION]", help="What the model is to answer.")
    ] = "",
    budget: Annotated[int, typer.Option(metavar="N", help="Tokens at most.")] = 1000,
    form: Annotated[Form, typer.Option(help="What is made.")] = Form.AUTO,
    model: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Count tokens as this Hugging Face model or path does."),
    ] = None,
    template: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="A prompt template in memory, with {memory} and {question}."
        ),
    ] = None,
    steer: Annotated[
        list[str] | None,
        typer.Option(metavar="ID", help="A steering of the model; may be repeated."),
    ] = None,
    plan: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="In place of a question: what --json printed; - reads it here."
        ),
    ] = None,
    write: Annotated[
        int | None,
        typer.Option(metavar="N", help="With --plan: have a model write at most N tokens."),
    ] = None,
) -> int:
    """Print a block of memory for a prompt, under a token budget and with a receipt.

    memcubes inject "Who signed the recall?" --budget 600
    """
    from ...graph.errors import Invalid
    from ..show_evidence import injected_json, injected_lines

    screen = Screen(call)
    if plan is None and write is not None:
        raise Invalid("a model writes on from a plan: add --plan, or use `ask --prose`")
    if plan is not None:
        return _handed_back(call, screen, plan, question, model, write)
    with call.memory() as memory:
        given = memory.inject(
            _said(question),
            budget=budget,
            form=str(form),
            model=model,
            template=template,
            as_of=call.as_of,
            valid_at=call.valid_at,
            adapters=steer or (),
        )
        if call.json:
            screen.document(injected_json(given, memory.plan_json(given.plan)))
            return DONE if given.plan.cited else NOTHING
    screen.write(given.text)
    screen.note(*injected_lines(given))
    return DONE if given.plan.cited else NOTHING


def _handed_back(
    call: Call, screen: Screen, plan: Path, question: str, model: str | None, write: int | None
) -> int:
    """A plan that comes back: given out once more, or carried out by a model."""
    from ...graph.errors import Invalid
    from ..show_evidence import injected_json, injected_lines, read_json, read_lines

    if question:
        raise Invalid("a plan has its question: leave the other one out")
    try:
        document = sys.stdin.read() if str(plan) == "-" else plan.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Invalid(f"{plan}: cannot be read as a plan: {error}") from None
    with call.memory() as memory:
        if write is None:
            given = memory.give_again(document)
            if call.json:
                screen.document(injected_json(given, memory.plan_json(given.plan)))
                return DONE
            screen.write(given.text)
            screen.note(*injected_lines(given))
            return DONE
        made = memory.carry_out(document, model=model, most_tokens=write)
    if call.json:
        screen.document({"text": made.text, "model": made.model, **read_json(made)})
    else:
        screen.write(made.text)
        screen.note(*read_lines(made))
    return DONE


def feedback(
    call: Call,
    target: Annotated[str, typer.Argument(metavar="ID", help="An answer or a cube.")],
    verdict: Annotated[Verdict, typer.Argument(metavar="helped|misled", help="What it did.")],
    reason: Annotated[str, typer.Option(metavar="WHY", help="Kept in the log.")] = "",
) -> None:
    """Say of an answer or a cube that it helped or misled.

    memcubes feedback 0197c1d2 misled --reason "the date was wrong"
    """
    from .curate import told

    with call.memory() as memory:
        told(Screen(call), memory, memory.feedback(target, str(verdict), reason))


def _said(question: str) -> str:
    """Refuse an empty question before a store is looked for."""
    from ...graph.errors import Invalid

    if not question.strip():
        raise Invalid("the question is empty: say what you want to know")
    return question
