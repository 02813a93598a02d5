"""The compose file for people: only this machine reaches the server, and no password is built in."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from . import jars

FILE = Path(__file__).parents[2] / "docker" / "compose.yml"


@pytest.fixture
def neo4j() -> dict[str, Any]:
    """The one service."""
    compose = import_module("yaml").safe_load(FILE.read_text("utf-8"))  # comes with the models
    assert set(compose["services"]) == {"neo4j"}
    assert set(compose["volumes"]) == {"data", "logs"}
    return dict(compose["services"]["neo4j"])


def test_the_same_neo4j_as_the_tests(neo4j: dict[str, Any]) -> None:
    major, minor, _ = jars.version().split(".")
    assert neo4j["image"] == f"neo4j:{major}.{minor}-community"


def test_only_this_machine_reaches_it(neo4j: dict[str, Any]) -> None:
    assert [port.rsplit(":", 2)[0] for port in neo4j["ports"]] == ["127.0.0.1"] * 2


def test_it_refuses_to_start_without_a_password(neo4j: dict[str, Any]) -> None:
    assert neo4j["environment"]["NEO4J_AUTH"].startswith("neo4j/${MEMCUBES_DB_PASSWORD:?")


def test_what_is_kept_outlives_the_container(neo4j: dict[str, Any]) -> None:
    assert neo4j["volumes"] == ["data:/data", "logs:/logs"]
    assert "healthcheck" in neo4j
