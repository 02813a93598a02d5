"""Errors for a person: one line on stderr that names the thing and the way out, and an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import suppress

from .plain import clean

DONE, REFUSED, USAGE, NOTHING, INTERRUPTED = 0, 1, 2, 3, 130
"""The exit codes; a closed pipe ends with `CLOSED`."""

CLOSED = 141

CODES = (
    "Exit codes: 0 done, 1 refused or failed, 2 wrong usage, 3 nothing found. "
    "Results go to stdout, progress and errors to stderr."
)


def exit_code(error: BaseException) -> int:
    """The exit code of an error: what was asked wrongly is 2, what is not there 3, the rest 1.

    >>> from ..graph.errors import Invalid, NotFound, ReadOnly, Unreadable
    >>> [exit_code(kind("")) for kind in (Invalid, Unreadable, NotFound, ReadOnly, KeyError)]
    [2, 1, 3, 1, 1]
    """
    from ..graph.errors import Invalid, NotFound, Unreadable

    if isinstance(error, Invalid) and not isinstance(error, Unreadable):
        return USAGE
    return NOTHING if isinstance(error, NotFound) else REFUSED


def told(error: BaseException) -> str:
    """An error in one line; one that nobody foresaw says how to see more of it.

    >>> from ..graph.errors import NotFound
    >>> told(NotFound("there is no store: `memcubes ingest` makes one"))
    'there is no store: `memcubes ingest` makes one'
    >>> told(ValueError("7"))
    'unexpected ValueError: 7 (MEMCUBES_TRACEBACK=1 shows where; please report it)'
    """
    from ..graph.errors import MemcubesError

    first, *rest = [line.strip() for line in str(error).splitlines() if line.strip()] or [""]
    line = f"{first} ({'; '.join(rest)})" if rest else first
    if isinstance(error, MemcubesError) or _foreseen(error):
        return line or type(error).__name__
    if isinstance(error, OSError):
        name = f"{error.filename}: " if error.filename else ""
        return f"{name}{error.strerror or line or type(error).__name__}"
    why = f": {line}" if line else ""
    return f"unexpected {type(error).__name__}{why} (MEMCUBES_TRACEBACK=1 shows where; please report it)"


def _foreseen(error: BaseException) -> bool:
    """Whether it is one of our own errors that stand beside the tree."""
    return type(error).__module__.startswith("memcubes.") and isinstance(error, Exception)


def complain(message: str) -> None:
    """Write the one line."""
    with suppress(OSError):
        print(f"memcubes: {clean(message)}", file=sys.stderr, flush=True)


def settled(act: Callable[[], int | None]) -> int:
    """Do something and give its exit code; whatever goes wrong is told in one line.

    >>> settled(lambda: None), settled(lambda: 3)
    (0, 3)
    """
    try:
        code = act() or DONE
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        complain("interrupted: what was committed stays")
        return INTERRUPTED
    except BrokenPipeError:
        _swallow()
        return CLOSED
    except Exception as error:
        if hasattr(error, "exit_code"):
            raise  # typer's own ways of ending
        if os.environ.get("MEMCUBES_TRACEBACK"):
            import traceback

            traceback.print_exc()
        complain(told(error))
        return exit_code(error)


def _swallow() -> None:
    """Let the interpreter flush into nothing: the reader of the pipe has gone."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
