"""What holds for every test."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from .long import put_off
from .properties.adjacency import heard, table, told
from .server.server import Server

# Hypothesis keeps its examples with the other build products.
os.environ.setdefault(
    "HYPOTHESIS_STORAGE_DIRECTORY",
    str(Path(__file__).parents[1] / "build" / "hypothesis"),
)


# Workers share the cores: a worker's second thread would spin on the core that another works on. Whoever
# has the machine to himself has all threads.
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.setdefault("OMP_NUM_THREADS", "1")


# How long an example takes depends on what else the machine does.
settings.register_profile("memcubes", deadline=None)
settings.load_profile("memcubes")


@pytest.fixture(scope="session")
def neo4j_server() -> Iterator[Server]:
    """One real Neo4j server for the whole run, started when the first test asks for it."""
    with Server() as server:
        yield server


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Share the files among workers as `workers` says."""
    if config.getoption("dist") != "loadfile":
        return None
    from .workers import Scheduling

    return Scheduling(config, log)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out what is for campaigns, and bring what takes longest to the front where workers share the files."""
    put_off(items)
    if "PYTEST_XDIST_WORKER" in os.environ:
        from .workers import FIRST

        items.sort(key=lambda item: not item.nodeid.startswith(FIRST))


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
