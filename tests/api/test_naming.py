"""Who is who, through the verbs: merge, distinguish and split, and what questions find then."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from memcubes.api import Memory
from memcubes.graph.errors import Conflict, DependsOn, Invalid

from .conftest import Cli

TEXTS = {
    "league.md": "# League\n\nDate: 2025-03-01\n\nJordan scored 40 points in Brno.\n",
    "survey.md": "# Survey\n\nDate: 2025-03-02\n\nThe survey measured Jordan at 3 metres in spring.\n",
    "atlas.md": "# Atlas\n\nDate: 2025-03-03\n\nThe River Jordan flows into the Dead Sea.\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three documents; two of them write Jordan and mean two things."""
    for name, text in TEXTS.items():
        (tmp_path / name).write_text(text, "utf-8")
    return tmp_path


@pytest.fixture
def memory(folder: Path) -> Iterator[Memory]:
    """A memory of the three."""
    with Memory.open(str(folder / "m.db"), user="local:ann", encoder="hashing") as opened:
        opened.ingest(*(folder / name for name in TEXTS))
        yield opened


def cube(memory: Memory, words: str) -> str:
    """The passage that holds these words."""
    return next(h.cube.node for h in memory.search(words, limit=9).hits if words in h.cube.text)


def mentions(memory: Memory, name: str) -> set[str]:
    """The texts of the passages that name an entity, as the walk sees them."""
    view = memory.retrieval.index.view(memory.scope())
    found = {
        view.node(int(place))
        for group in view.named(name)
        for place in view.adjacency.mentions[:, [group]].nonzero()[0]
    }
    return {version.text for version in memory.store().get(memory.scope(), sorted(found))}


def test_a_split_gives_mentions_to_a_name_that_is_known(memory: Memory) -> None:
    survey = cube(memory, "3 metres")
    before = mentions(memory, "jordan"), mentions(memory, "river jordan")
    assert any("3 metres" in text for text in before[0])
    done = memory.split("Jordan", [survey], "the river is meant", called="River Jordan")
    assert not any("3 metres" in text for text in mentions(memory, "jordan"))
    assert any("3 metres" in text for text in mentions(memory, "river jordan"))
    with pytest.raises(Conflict, match="kept apart"):
        memory.merge(["Jordan", "River Jordan"])
    assert done.change is not None
    memory.revert(done.change.seq)
    assert (mentions(memory, "jordan"), mentions(memory, "river jordan")) == before


def test_a_split_outlives_another_edition(memory: Memory, folder: Path) -> None:
    memory.split("Jordan", [cube(memory, "3 metres")], called="River Jordan")
    path = folder / "survey.md"
    path.write_text(TEXTS["survey.md"] + "\nIt was repeated in autumn.\n", "utf-8")
    memory.ingest(path)
    assert any("3 metres" in text for text in mentions(memory, "river jordan"))
    assert not any("3 metres" in text for text in mentions(memory, "jordan"))


def test_refusals_name_the_way_out(memory: Memory) -> None:
    merged = memory.merge(["Jordan", "River Jordan"])
    assert merged.change is not None
    with pytest.raises(DependsOn, match=f"are one by @{merged.change.seq}: undo"):
        memory.distinguish(["Jordan", "River Jordan"])
    with pytest.raises(Invalid, match="another name, or undo the merge"):
        memory.split("Jordan", [cube(memory, "3 metres")], called="River Jordan")


def test_the_command_line_decides_and_tries(cli: Cli, folder: Path) -> None:
    for name in TEXTS:
        assert cli("ingest", folder / name).code == 0
    tried = cli("merge", "Jordan", "River Jordan", "--dry-run", "--json").data
    assert tried["change"] is None
    done = cli("distinguish", "Jordan", "River Jordan", "--json").data
    assert done["change"]["verb"] == "distinguish"
    refused = cli("merge", "Jordan", "River Jordan")
    assert refused.code == 1
    assert "memcubes revert @" in refused.err
    hits = cli("search", "metres in spring", "--json").data
    survey = next(hit for hit in hits["hits"] if "3 metres" in json.dumps(hit))
    split = cli("split", "Jordan", survey["cube"], "--called", "Jordan (river)", "--json")
    assert split.code == 0, split.err
    assert split.data["change"]["verb"] == "split"
