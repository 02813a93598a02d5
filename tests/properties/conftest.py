"""The adjacency table, printed at the end of a run: which act came right after which, how often."""

from collections.abc import Iterator

import pytest

from .driving import ADJACENT, OUTCOMES


def table() -> Iterator[str]:
    """Rows came first, columns right after."""
    names = sorted({name for pair in ADJACENT for name in pair})
    width = max(map(len, names), default=0)
    yield " " * width + "".join(f"{name[:6]:>7}" for name in names)
    for one in names:
        yield f"{one:<{width}}" + "".join(f"{ADJACENT[one, other]:>7}" for other in names)
    pairs = [ADJACENT[one, other] for one in names for other in names]
    yield f"{len(pairs)} ordered pairs, each tried {min(pairs, default=0)} times or more, {sum(pairs)} in all"
    for name in names:
        came = ", ".join(
            f"{what} {n}" for (act, what), n in sorted(OUTCOMES.items()) if act == name
        )
        yield f"{name:<{width}}  {came}"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if ADJACENT:
        terminalreporter.section("operation x operation")
        for line in table():
            terminalreporter.line(line)
