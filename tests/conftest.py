"""What holds for every test."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from .server.server import Server

# Hypothesis keeps its examples with the other build products.
os.environ.setdefault(
    "HYPOTHESIS_STORAGE_DIRECTORY",
    str(Path(__file__).parents[1] / "build" / "hypothesis"),
)


@pytest.fixture(scope="session")
def neo4j_server() -> Iterator[Server]:
    """One real Neo4j server for the whole run, started when the first test asks for it."""
    with Server() as server:
        yield server
