"""The parts of every hit add up to its score: of passages, turns, and what was not reranked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from memcubes.api.memory import Memory

TALK = [
    ("Ann", "Did you paint the boat?"),
    ("Ben", "I painted it green on Monday."),
    ("Ann", "Green suits it."),
    ("Ben", "The mast is next."),
]


@pytest.fixture
def memory(tmp_path: Path) -> Memory:
    (tmp_path / "files").mkdir()
    talk = [{"speaker": who, "text": said} for who, said in TALK]
    (tmp_path / "files" / "talk.json").write_text(json.dumps(talk), "utf-8")
    for number in range(90):
        text = f"# Berth {number}\n\nThe boat at berth {number} belongs to crew {number % 7}.\n"
        (tmp_path / "files" / f"{number}.md").write_text(text, "utf-8")
    made = Memory.open(tmp_path / "m.db", user="local:ann", encoder="hashing")
    made.ingest(tmp_path / "files")
    made.remember("Cleo Marsh lives in Lindow.")
    made.remember("Actually, Cleo Marsh lives in Truro, not in Lindow.")
    return made


@pytest.mark.parametrize(
    "question", ["Who painted the boat green?", "Where does Cleo Marsh live?", "boat at berth 7"]
)
def test_the_parts_of_every_hit_add_up_to_its_score(memory: Memory, question: str) -> None:
    with memory:
        hits = memory.search(question, limit=200).hits
        assert len(hits) > 90
        for hit in hits:
            assert sum(hit.added.values()) == pytest.approx(hit.score, abs=1e-9)
        turns = [hit for hit in hits if "turn_place" in hit.added]
        assert {hit.cube.get("speaker") for hit in turns} <= {"Ann", "Ben"}
        assert turns or "Cleo" in question or "berth" in question
        # more passages than are reranked: the others have their fused score
        assert any(set(hit.added) == {"fused"} for hit in hits)
