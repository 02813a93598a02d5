"""Granularity by policy: how large the pieces of a document and of a dialogue are."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from memcubes.api import Memory
from memcubes.graph.errors import Invalid
from memcubes.graph.kind import NodeKind
from memcubes.graph.listing import all_found
from memcubes.graph.retention import POLICIES
from memcubes.graph.scope import Where
from memcubes.ingest.passage import count_words

SENTENCES = [f"The pump P-{n} ran well on line {n} all day." for n in range(70)]  # ten words each
LONG = " ".join(SENTENCES)


def opened(folder: Path, policy: Path | None = None) -> Memory:
    """A memory of this folder."""
    memory = Memory.open(str(folder / "m.db"), user="local:ann", encoder="hashing")
    memory.settings = memory.settings.model_copy(update={"policy": policy})
    return memory


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A document and a dialogue that say the same."""
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "report.md").write_text(f"# Report\n\n{LONG}\n", "utf-8")
    turns = [{"role": "user", "content": LONG}, {"role": "assistant", "content": "Noted, thanks."}]
    (folder / "chat.json").write_text(json.dumps({"messages": turns}), "utf-8")
    return folder


def pieces(memory: Memory) -> dict[str, list[float]]:
    """The words of each passage that says something of a pump, by semantic type."""
    found: dict[str, list[float]] = {}
    for cube in all_found(memory.store(), memory.scope(), Where(kinds=(NodeKind.MEMCUBE,))):
        if "pump" in cube.text:
            found.setdefault(str(cube.get("semantic_type")), []).append(count_words(cube.text))
    return found


def test_a_document_and_a_dialogue_are_cut_by_their_own_policies(
    tmp_path: Path, files: Path
) -> None:
    with opened(tmp_path) as memory:
        memory.ingest(files)
        found = pieces(memory)
    assert set(found) == {"document", "episode"}
    for name, sizes in found.items():
        # packed from whole sentences of ten words up to about the size aimed at
        mean = sum(sizes) / len(sizes)
        assert 0.5 * POLICIES[name].words <= mean <= 1.5 * POLICIES[name].words, (name, sizes)
    assert len(found["episode"]) > len(found["document"])


def test_another_policy_cuts_anew_what_is_read_again(tmp_path: Path, files: Path) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text("[episode]\nwords = 30\nwhole = 30\n", "utf-8")
    with opened(tmp_path) as memory:
        memory.ingest(files)
        before = pieces(memory)
        assert sorted(memory.ingest(files).unchanged) == ["chat.json", "report.md"]
    with opened(tmp_path, policy) as memory:
        again = memory.ingest(files)
        assert (again.changed, again.unchanged) == (["chat.json"], ["report.md"])
        after = pieces(memory)
        assert after["document"] == before["document"]
        assert len(after["episode"]) > len(before["episode"])
        (change,) = again.changes
        memory.revert(change.seq)
        assert pieces(memory) == before


def test_a_policy_that_cannot_be_read_stops_the_ingest_before_it_begins(
    tmp_path: Path, files: Path
) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text("[episode]\nwords = 0\n", "utf-8")
    with opened(tmp_path, policy) as memory, pytest.raises(Invalid, match=r"table \[episode\]"):
        memory.ingest(files)
    assert not (tmp_path / "m.db").exists()
