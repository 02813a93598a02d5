"""The prompt form: the best cubes under a token budget, cited, and fenced as untrusted text.

What a memory says is data and never an instruction. The block says so, its fence is a word that occurs
in none of the texts, and control tokens of chat templates inside a text are broken, so that no template
parses them (DESIGN, governance).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from ..graph.errors import Invalid
from ..graph.instant import show_day
from ..graph.record import Version
from .fence import FRAME, defused
from .tokens import EstimatedTokens, TokenCounter

__all__ = ["Cited", "PromptBlock", "defused", "prompt_block"]


@dataclass(frozen=True, slots=True)
class Cited:
    """One cube in a block, under the citation id that stands before it."""

    citation: str
    cube: Version
    tokens: int


@dataclass(frozen=True, slots=True)
class PromptBlock:
    """A block of memory for a prompt.

    `tokens` counts the whole block with the counter named in `counter`; `left_out` are the cubes that
    did not fit.
    """

    text: str
    cited: tuple[Cited, ...]
    tokens: int
    counter: str
    left_out: int


def prompt_block(
    cubes: Sequence[Version], budget: int, counter: TokenCounter | None = None
) -> PromptBlock:
    """Put cubes, best first, into a block of at most `budget` tokens.

    A cube that does not fit is left out and the next one is tried. Raises `Invalid` for a budget that
    is not positive, or too small for the frame alone.
    """
    if budget <= 0:
        raise Invalid(f"a budget is a positive number of tokens, not {budget}")
    counting = counter or EstimatedTokens()
    fence = _fence(cubes)
    if counting.count(_block(fence, [])) > budget:
        raise Invalid(
            f"a budget of {budget} tokens does not hold even the frame of the block "
            f"({counting.count(_block(fence, []))}): give more"
        )
    chosen: list[Cited] = []
    entries: list[str] = []
    for cube in cubes:
        citation = f"m{len(chosen) + 1}"
        entry = _entry(citation, cube)
        if counting.count(_block(fence, [*entries, entry])) > budget:
            continue
        entries.append(entry)
        chosen.append(Cited(citation, cube, counting.count(entry)))
    text = _block(fence, entries)
    return PromptBlock(
        text, tuple(chosen), counting.count(text), counting.name, len(cubes) - len(chosen)
    )


def _fence(cubes: Sequence[Version]) -> str:
    """A word that no title or text holds, the same for the same cubes."""
    everything = "\n".join(f"{cube.get('title', '')}\n{cube.text}" for cube in cubes)
    number = 0
    while True:
        seed = hashlib.sha256(f"{number}\n{everything}".encode()).hexdigest()[:12]
        if seed not in everything:
            return f"memory-{seed}"
        number += 1


def _entry(citation: str, cube: Version) -> str:
    where = defused(" ".join(str(cube.get("title", "")).split()))
    stated = cube.get("stated")
    day = f", {show_day(int(stated))}" if stated is not None else ""
    return f"[{citation}] {where}{day}\n{defused(cube.text.strip())}"


def _block(fence: str, entries: Sequence[str]) -> str:
    return "\n\n".join(
        [
            f"<{fence}>\n{FRAME.format(fence=fence)}",
            *entries,
            f"</{fence}>",
        ]
    )
