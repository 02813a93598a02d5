"""What holds for every test."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from .properties.adjacency import heard, table, told
from .server.server import Server

# Hypothesis keeps its examples with the other build products.
os.environ.setdefault(
    "HYPOTHESIS_STORAGE_DIRECTORY",
    str(Path(__file__).parents[1] / "build" / "hypothesis"),
)


# How long an example takes depends on what else the machine does.
settings.register_profile("memcubes", deadline=None)
settings.load_profile("memcubes")


@pytest.fixture(scope="session")
def neo4j_server() -> Iterator[Server]:
    """One real Neo4j server for the whole run, started when the first test asks for it."""
    with Server() as server:
        yield server


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Let a worker tell what histories it drove."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["histories"] = told()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Hear what histories a worker drove."""
    pairs, outcomes = getattr(node, "workeroutput", {}).get("histories", ([], []))
    heard(pairs, outcomes)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print which act came right after which."""
    lines = list(table())
    if len(lines) > 2:
        terminalreporter.section("operation x operation")
        for line in lines:
            terminalreporter.line(line)
