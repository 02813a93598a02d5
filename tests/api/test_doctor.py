"""The doctor says what is there, what is missing, and what mends it; it changes nothing."""

import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from memcubes.api import doctor
from memcubes.api.models import MODELS, Model


def found(done: Any) -> dict[str, dict[str, Any]]:
    """The findings by name; the last of a name counts."""
    return {one["name"]: one for one in done.data["findings"]}


def without(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    """Take models away."""
    gone = tuple(
        replace(one, modules=tuple(f"no_such_{m}" for m in one.modules))
        if one.name in names
        else one
        for one in MODELS
    )
    monkeypatch.setattr(doctor, "MODELS", gone)


def test_where_nothing_is_yet(cli: Any, db: Path) -> None:
    done = cli("doctor", "--json")
    assert done.code == 0
    said = found(done)
    assert said["user"]["detail"] == "local:ann"
    assert said["place"]["detail"] == str(db)
    assert said["store"]["state"] == "note"
    assert not db.exists()
    text = cli("doctor").out
    assert text.splitlines()[0].startswith("ok       python: 3.")
    assert text.count("  model ") == len(MODELS)


def test_a_store_and_its_index(cli: Any) -> None:
    cli("remember", "Ada keeps bees.")
    said = found(cli("doctor", "--json"))
    assert "2 changes; namespaces: default" in said["store"]["detail"]
    assert "schema 1, writable" in said["place"]["detail"]
    assert "encoder hashing" in said["namespace"]["detail"]
    assert said["index"]["detail"] == "up to date (@2)"
    other = found(cli("doctor", "--json", "-n", "work"))
    assert other["namespace"]["state"] == "note"
    assert "index" not in other
    stranger = found(cli("doctor", "--json", "--user", "local:eve"))
    assert "namespaces: none" in stranger["store"]["detail"]


def test_an_encoder_that_is_set_and_not_used_is_a_note(
    cli: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli("remember", "Ada keeps bees.")
    assert "encoder" not in found(cli("doctor", "--json"))
    monkeypatch.setenv("MEMCUBES_ENCODER", "use")
    said = found(cli("doctor", "--json"))["encoder"]
    assert said["state"] == "note"
    assert "'default' is searched with 'hashing'" in said["detail"]
    assert said["mend"].startswith("memcubes models use use --db ")


def test_an_index_that_lags_is_a_note(cli: Any, db: Path) -> None:
    cli("remember", "Ada keeps bees.")
    with sqlite3.connect(db) as connection:
        connection.execute("UPDATE watermark SET seq = 1")
    connection.close()
    done = cli("doctor", "--json")
    assert done.code == 0
    assert found(done)["index"]["detail"].startswith("at @1 of @2")


def test_a_place_that_is_no_store(cli: Any, tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("no database at all", "utf-8")
    done = cli("doctor", "--json", "--db", tmp_path / "text.db")
    assert done.code == 1
    assert found(done)["store"]["state"] == "missing"
    assert cli("doctor", "--db", "mysql://x").code == 1
    below = cli("doctor", "--json", "--db", tmp_path / "text.db" / "x.db")
    assert found(below)["place"]["state"] == "missing"
    memory = found(cli("doctor", "--json", "--db", "sqlite:///:memory:"))
    assert memory["place"]["state"] == "note"


def test_an_optional_model_that_is_absent_is_a_note(
    cli: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    without(monkeypatch, "torch", "smollm2", "e5", "minilm")
    done = cli("doctor", "--json")
    assert done.code == 0
    assert found(done)["model e5"]["mend"] == "memcubes models install e5"
    assert found(done)["model torch"]["state"] == "note"


def test_a_model_that_is_needed_is_missing(cli: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch, "english")
    done = cli("doctor")
    assert done.code == 1
    line = next(line for line in done.out.splitlines() if "model english" in line)
    assert line.startswith("missing")
    assert line.endswith("memcubes models install english")


def test_the_encoder_of_the_namespace_is_needed(cli: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch, "e5")
    monkeypatch.setenv("MEMCUBES_ENCODER", "e5")
    assert cli("doctor").code == 1
    monkeypatch.setenv("MEMCUBES_ENCODER", "hashing")
    assert cli("doctor").code == 0


def test_a_model_without_a_distribution_has_no_version() -> None:
    assert Model("here", "the standard library", ("no-such-package",), ("json",), 0).version == ""
