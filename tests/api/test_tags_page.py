"""The examples of docs/tags.md are run."""

from __future__ import annotations

import doctest
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "tags.md"


def test_the_page_is_true(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MEMCUBES_DB", "MEMCUBES_NAMESPACE"):
        monkeypatch.delenv(name, raising=False)
    done = doctest.testfile(str(PAGE), module_relative=False)
    assert done.attempted > 10
    assert done.failed == 0
