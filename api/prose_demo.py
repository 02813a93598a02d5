"""The second half of the tour: one question through a small local model, and what a KV cache is for."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.rule import Rule

from ..graph.errors import MemcubesError, ModelMissing
from .casebook import Casebook

if TYPE_CHECKING:
    from ..injection.engine import Generation
    from ..query.quote import Answer
    from .memory import Memory


def through_a_model(console: Console, casebook: Casebook, place: Path) -> bool:
    """Ask the traced question through the local model; says so where none is installed."""
    from .memory import Memory

    console.print()
    console.print(
        Rule(
            "[bold]The same question through a small local model[/bold]", align="left", style="cyan"
        )
    )
    database = place / "memories.db"
    if not database.exists():
        console.print(f"{database} is not there: run `memcubes demo` first", highlight=False)
        return False
    with Memory.open(database, namespace="casebook") as memory:
        try:
            _prose(console, casebook, memory)
            _prefix(console, casebook, memory)
        except ModelMissing as error:
            console.print(escape(str(error)), highlight=False, soft_wrap=True)
            return False
        except MemcubesError as error:
            console.print(f"memcubes: {escape(str(error))}", highlight=False, soft_wrap=True)
            return False
    return True


def _prose(console: Console, casebook: Casebook, memory: Memory) -> None:
    question = casebook.questions[casebook.trace - 1]
    answer = memory.ask(question, receipt_wanted=False)
    begun = time.perf_counter()
    with console.status("the model reads the quotes …"):
        prose = memory.prose(answer)
    seconds = time.perf_counter() - begun
    console.print(f"[bold]{escape(question)}[/bold]", highlight=False)
    console.print(
        f"[dim]{escape(prose.model)}, {seconds:.1f} s with loading[/dim]", highlight=False
    )
    for sentence in prose.sentences:
        mark = (
            "[green]supported[/green]"
            if sentence.supported
            else "[red]not supported by the quotes[/red]"
        )
        cited = f" [{', '.join(sentence.citations)}]" if sentence.citations else ""
        console.print(
            f"  {escape(sentence.text)}{escape(cited)}  {mark}", highlight=False, soft_wrap=True
        )
    console.print("[dim]The evidence above is the answer; the prose is a reading of it.[/dim]")
    _kept(console, memory, answer, prose.generation)


def _kept(console: Console, memory: Memory, answer: Answer, first: Generation | None) -> None:
    """The same question again and again: what is read often is kept, and goes with its source."""
    console.print()
    console.print("[bold]Asked again and again[/bold]")
    read = first
    for number in range(1, memory.settings.keep_after + 2):
        if number > 1:
            with console.status("the model reads the quotes once more …"):
                read = memory.prose(answer).generation
        if read is not None:
            console.print(f"  {_reading(number, read)}", highlight=False, soft_wrap=True)
    if read is None or not read.artefact:
        return
    name = next(quote.source_name for quote in answer.quotes if quote.source is not None)
    source = next(quote.source.node for quote in answer.quotes if quote.source is not None)
    gone = memory.retract(source, "to see what becomes of the cache")
    refused = "may not be used any more" if read.artefact in gone.impact.stale else "is still used"
    console.print(f"  {escape(name)} withdrawn: the cache {refused}", highlight=False)
    if gone.change is None:
        return
    memory.revert(gone.change.seq, "back again")
    with console.status("the model reads the quotes once more …"):
        back = memory.prose(answer).generation
    if back is not None:
        told = f"{back.kept_tokens} of {back.prompt_tokens} tokens kept, the same words"
        same = told if back.text == read.text else "other words"
        console.print(f"  and brought back: {same}", highlight=False, soft_wrap=True)


def _reading(number: int, read: Generation) -> str:
    kept = f", {read.kept_tokens} of {read.prompt_tokens} tokens kept" if read.kept_tokens else ""
    return (
        f"{number}. first token after {read.seconds_to_first:.2f} s{kept} ({escape(read.reason)})"
    )


def _prefix(console: Console, casebook: Casebook, memory: Memory) -> None:
    from ..injection.language_models import language_model
    from ..injection.local_model import LocalModel
    from ..injection.prefix import measure_prefix

    model = language_model(memory.settings.model)
    if not isinstance(model, LocalModel):
        return  # a model behind a wire keeps its caches to itself

    question = casebook.questions[casebook.trace - 1]
    block = memory.search(question, limit=3)
    text = "\n\n".join(hit.cube.text for hit in block.hits)
    with console.status("prefilling with and without a kept KV cache …"):
        timing = measure_prefix(model, text, question)
    console.print()
    console.print("[bold]What a KV cache is for[/bold]")
    saved = 1 - timing.cached_seconds / timing.direct_seconds if timing.direct_seconds else 0.0
    console.print(
        f"  {timing.memory_tokens} tokens of memory + {timing.question_tokens} of question: "
        f"{timing.direct_seconds:.2f} s to the first token; {timing.cached_seconds:.2f} s where the cache "
        f"of the memory is kept ({saved:.0%} less), logits {'equal' if timing.equal else 'NOT equal'} bit for bit",
        highlight=False,
        soft_wrap=True,
    )
