"""Tags by hand: on cubes and sources, found by their levels, taken away and brought back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from memcubes.api import Memory
from memcubes.graph.change import MOST_OPERATIONS
from memcubes.graph.errors import Conflict, Invalid, NotFound

TEXTS = ("The valve RV-7 failed.", "The pump PX-2 was painted.", "Ada keeps the log.")


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Memory]:
    with Memory.open(tmp_path / "m.db", user="local:ann", encoder="hashing") as memory:
        yield memory


@pytest.fixture
def cubes(memory: Memory) -> list[str]:
    return [memory.remember(text).cube for text in TEXTS]


def carrying(memory: Memory, tags: str) -> set[str]:
    return {hit.cube.node for hit in memory.search(where={"tags": tags}).hits}


def test_a_tag_is_found_by_its_levels_and_goes_again(memory: Memory, cubes: list[str]) -> None:
    memory.tag(cubes[0], ["Project/Apollo", "to do"], reason="sorting")
    memory.tag(cubes[1], ["project"])
    before = memory.store().head().seq
    assert carrying(memory, "project") == set(cubes[:2])
    assert carrying(memory, "+project -PROJECT/apollo") == {cubes[1]}
    assert carrying(memory, '"to do"') == {cubes[0]}
    done = memory.tag(cubes[0], ["project"], ["project/apollo"])
    assert carrying(memory, "project/apollo") == set()
    assert carrying(memory, "=project") == set(cubes[:2])
    at = {
        hit.cube.node for hit in memory.search(where={"tags": "project/apollo"}, as_of=before).hits
    }
    assert at == {cubes[0]}
    assert done.change is not None
    memory.revert(f"@{done.change.seq}")
    assert carrying(memory, "project/apollo") == {cubes[0]}
    assert carrying(memory, "=project") == {cubes[1]}
    assert memory.verify().ok


def test_a_source_gives_its_tag_to_all_that_it_has(memory: Memory, tmp_path: Path) -> None:
    file = tmp_path / "pets.csv"
    file.write_text("id,name\nP-1,Ada\nP-2,Ben\n")
    memory.ingest(file)
    held = {hit.cube.node for hit in memory.search("Ada or Ben?").hits}
    assert len(held) >= 2
    assert memory.tag("pets.csv", ["minutes"], dry_run=True).change is None
    assert carrying(memory, "minutes") == set()
    memory.tag("pets.csv", ["minutes"])
    assert carrying(memory, "minutes") == held
    memory.tag("pets.csv", remove=["MINUTES"])
    assert carrying(memory, "minutes") == set()


def test_what_two_people_say_is_taken_away_at_once(memory: Memory, cubes: list[str]) -> None:
    memory.tag(cubes[0], ["hot"])
    with pytest.raises(Conflict, match="carries hot: "):
        memory.tag(cubes[0], ["HOT"])
    memory.tag(cubes[0], ["hot", "red"])
    assert carrying(memory, "red") == {cubes[0]}
    memory.tag(cubes[0], remove=["hot"])
    assert carrying(memory, "hot") == set()
    with pytest.raises(Conflict, match="does not carry hot: "):
        memory.tag(cubes[0], remove=["hot"])


def test_a_tag_makes_nothing_stale(memory: Memory, cubes: list[str]) -> None:
    memory.ask("What failed?")
    done = memory.tag(cubes[0], ["hot"])
    assert not done.impact.stale
    assert not done.impact.answers


@pytest.mark.parametrize(
    ("add", "remove", "match"),
    [
        ([], [], "nothing to tag with"),
        ([" "], [], "is no name of a tag"),
        (["a\nb"], [], "is no name of a tag"),
        (["x" * 201], [], "is no name of a tag"),
        (["a"], ["A"], "'a' cannot be added and removed at once"),
        ([f"t{n}" for n in range(MOST_OPERATIONS)], [], "a change holds at most 5000 operations"),
    ],
)
def test_bad_tags_are_refused(
    memory: Memory, cubes: list[str], add: list[str], remove: list[str], match: str
) -> None:
    before = memory.store().head().seq
    with pytest.raises(Invalid, match=match):
        memory.tag(cubes[0], add, remove)
    assert memory.store().head().seq == before


def test_only_cubes_carry_tags(memory: Memory, cubes: list[str]) -> None:
    memory.tag(cubes[0], ["hot"])
    decision = memory.store().head().seq
    with pytest.raises(NotFound):
        memory.tag("nothing.md", ["hot"])
    assert memory.store().head().seq == decision
