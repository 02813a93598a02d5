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


def _prefix(console: Console, casebook: Casebook, memory: Memory) -> None:
    from ..injection.language_model import language_model
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
    console.print("[bold]What the KV cache will be for[/bold]")
    saved = 1 - timing.cached_seconds / timing.direct_seconds if timing.direct_seconds else 0.0
    console.print(
        f"  {timing.memory_tokens} tokens of memory + {timing.question_tokens} of question: "
        f"{timing.direct_seconds:.2f} s to the first token; {timing.cached_seconds:.2f} s where the cache "
        f"of the memory is kept ({saved:.0%} less), logits {'equal' if timing.equal else 'NOT equal'} bit for bit",
        highlight=False,
        soft_wrap=True,
    )
