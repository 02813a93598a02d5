"""The command line in this process: what it prints, and the code it ends with."""

import io
import json
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        """The JSON document."""
        return json.loads(self.out)


Cli = Callable[..., Done]


@pytest.fixture
def db(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store that is not there yet; commands that name no other use it."""
    place = tmp_path / "memories.db"
    for name, value in (
        ("MEMCUBES_DB", str(place)),
        ("MEMCUBES_USER", "local:ann"),
        ("MEMCUBES_ENCODER", "hashing"),
    ):
        monkeypatch.setenv(name, value)
    for name in ("MEMCUBES_NAMESPACE", "MEMCUBES_TRACEBACK", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return place


@pytest.fixture
def cli(db: Path) -> Cli:
    """Run `memcubes` with these words."""
    from memcubes.api.cli import app

    def run(*words: object) -> Done:
        out, err, code = io.StringIO(), io.StringIO(), 0
        hook = sys.excepthook
        with redirect_stdout(out), redirect_stderr(err):
            try:
                app(args=[str(word) for word in words])
            except SystemExit as end:
                code = end.code if isinstance(end.code, int) else int(end.code is not None)
            finally:
                sys.excepthook = hook
        return Done(code, out.getvalue(), err.getvalue())

    return run
