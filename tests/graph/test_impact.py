"""Impact: what a retraction is said to change is what it then changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from memcubes.api import Memory


@pytest.mark.parametrize("whole", [False, True], ids=["one passage", "the source"])
def test_the_preview_of_a_retraction_is_what_then_happens(tmp_path: Path, whole: bool) -> None:
    note = tmp_path / "note.md"
    note.write_text(
        "# Valves\n\nThe valve RV-7 failed at 02:10.\n\n# Pumps\n\nDana Ruiz opened the bypass BP-1.\n",
        "utf-8",
    )
    with Memory.open("sqlite:///:memory:", user="local:ann", encoder="hashing") as memory:
        memory.ingest(note)
        (hit, *_) = memory.search("the valve RV-7").hits
        target = str(note) if whole else hit.cube.node
        said = memory.impact(target)
        done = memory.retract(target, reason="wrong").impact
        assert said.withdrawn
        assert [b.fact for b in done.withdrawn] == [b.fact for b in said.withdrawn]
