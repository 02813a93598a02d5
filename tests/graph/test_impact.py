"""Impact: what a retraction is said to change is what it then changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from memcubes.api import Memory


@pytest.mark.parametrize("whole", [False, True], ids=["one passage", "the source"])
def test_the_preview_of_a_retraction_is_what_then_happens(tmp_path: Path, whole: bool) -> None:
    note = tmp_path / "note.md"
    filling = "The weather was mild and nothing else happened on that day. " * 40
    note.write_text(
        f"# Valves\n\nThe valve RV-7 failed at 02:10.\n\n# Days\n\n{filling}\n", "utf-8"
    )
    with Memory.open("sqlite:///:memory:", user="local:ann", encoder="hashing") as memory:
        memory.ingest(note)
        hit = next(h for h in memory.search("the valve RV-7").hits if "RV-7" in h.cube.text)
        target = str(note) if whole else hit.cube.node
        said = memory.retract(target, dry_run=True).impact
        done = memory.retract(target, reason="wrong").impact
        assert said.withdrawn
        assert bool(memory.search("weather").hits) is not whole  # the rest stays
        assert [b.fact for b in done.withdrawn] == [b.fact for b in said.withdrawn]
