"""Screen: where results, remarks and progress of a command go, and in what form."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Any

from .plain import clean

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from .options import Call

WIDE = 1000
"""How wide a tree is drawn where no terminal says how wide it is."""


def short(node: str) -> str:
    """The beginning of an id, which commands take in its place.

    >>> short("0197c1d2-aaaa-7bbb-8ccc-000000000001")
    '0197c1d2'
    """
    return node[:8]


def one_line(text: str, most: int = 0) -> str:
    """Text on one line, cut after `most` characters (0: never).

    >>> one_line("a\\n  long  text", 6)
    'a lon…'
    """
    line = " ".join(text.split())
    return line if not most or len(line) <= most else line[: most - 1].rstrip() + "…"


class Screen:
    """Results on stdout, remarks and progress on stderr; with `--json` one document instead of words.

    Words are rich markup: escape what comes from memory. Lines are not broken, so that a terminal
    wraps them and a file does not hold its width.
    """

    def __init__(self, call: Call) -> None:
        self.json = call.json
        self.quiet = call.quiet

    @cached_property
    def out(self) -> Console:
        """The console of results."""
        return _console(stderr=False)

    @cached_property
    def err(self) -> Console:
        """The console of remarks and progress."""
        return _console(stderr=True)

    def say(self, *lines: str) -> None:
        """Print lines of the result."""
        for line in lines:
            self.out.print(clean(line), soft_wrap=True)

    def show(self, thing: RenderableType) -> None:
        """Print a tree or a rule of the result."""
        console = self.out if self.out.is_terminal else _console(stderr=False, width=WIDE)
        console.print(thing)

    def note(self, *lines: str) -> None:
        """Print remarks, unless they are not wanted."""
        if not self.quiet:
            for line in lines:
                self.err.print(clean(line), soft_wrap=True)

    def warn(self, line: str) -> None:
        """Print what went wrong beside the result; plain text."""
        self.err.print(clean(line), markup=False, soft_wrap=True)

    def write(self, text: str) -> None:
        """Print text exactly as it is."""
        sys.stdout.write(text if text.endswith("\n") else text + "\n")

    def document(self, data: Any) -> None:
        """Print the one JSON document."""
        self.write(json.dumps(data, ensure_ascii=False, indent=2))

    def result(self, lines: Iterable[str], data: Any) -> None:
        """Print the result in the form that was asked for."""
        if self.json:
            self.document(data)
        else:
            self.say(*lines)

    @property
    def live(self) -> bool:
        """Whether progress can be drawn."""
        return self.err.is_terminal and not self.quiet


def _console(*, stderr: bool, width: int | None = None) -> Console:
    from rich.console import Console

    class _Console(Console):
        def on_broken_pipe(self) -> None:
            raise BrokenPipeError

    return _Console(stderr=stderr, highlight=False, emoji=False, width=width)
