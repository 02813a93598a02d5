"""Valid time out of texts: what a source says of then is found then, whenever it was written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from memcubes.api import Memory
from memcubes.graph.belief import Status, beliefs
from memcubes.graph.verify import verify

LINES = (
    "Ada Finch lived in Brno from 2010 to 2015.",
    "Ada Finch has lived in Linz since 2016.",
    "Ada Finch may have sold the mill.",
)


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Memory]:
    """One dated file."""
    path = tmp_path / "life.md"
    path.write_text("Date: 2020-03-01\n\n" + "\n\n".join(LINES) + "\n", "utf-8")
    with Memory.open("sqlite:///:memory:", user="local:ann", encoder="hashing") as opened:
        assert opened.ingest(path).ok
        yield opened
        assert verify(opened.store().engine).ok


def held(memory: Memory, valid_at: str | None) -> set[str]:
    """What is believed to hold at an instant, or at any."""
    scope = memory.scope(valid_at=valid_at)
    found = beliefs(memory.store(), scope).values()
    return {b.words for b in found if b.believed and " live in " in b.words}


def test_a_fact_holds_from_when_to_when_its_sentence_says(memory: Memory) -> None:
    brno, linz = "Ada Finch live in Brno", "Ada Finch live in Linz"
    assert held(memory, None) == {brno, linz}
    assert held(memory, "2012-06-01") == {brno}
    assert held(memory, "2017-01-01") == {linz}  # before it was written down
    assert held(memory, "2021-01-01") == {linz}
    assert held(memory, "2009-12-31") == set()


def test_what_was_written_later_is_found_when_one_asks_of_then(memory: Memory) -> None:
    found = memory.search("Where did Ada Finch live?", valid_at="2012-06-01")
    assert any("Brno" in hit.cube.text for hit in found.hits)
    assert not memory.search("Where did Ada Finch live?", valid_at="1999-01-01").hits


def test_what_is_only_supposed_is_told_as_such(memory: Memory) -> None:
    (mill,) = (b for b in beliefs(memory.store(), memory.scope()).values() if "mill" in b.words)
    assert (mill.status, mill.believed) == (Status.SUPPOSED, False)
    quotes = memory.ask("Who sold the mill?").quotes
    assert [str(q.status) for q in quotes if "mill" in q.text] == ["supposed"]
    memory.remember("Ada Finch sold the mill.")
    (mill,) = (b for b in beliefs(memory.store(), memory.scope()).values() if "mill" in b.words)
    assert mill.believed


def test_reading_it_again_changes_nothing(memory: Memory, tmp_path: Path) -> None:
    head = memory.scope().seq
    assert memory.ingest(tmp_path / "life.md").unchanged
    assert memory.scope().seq == head


def test_a_preference_is_a_memory_of_its_own_kind(memory: Memory, tmp_path: Path) -> None:
    said = ["I prefer tea to coffee.", "I moved to Linz last May."]
    messages = [{"role": "user", "name": "Ann", "content": text} for text in said]
    (tmp_path / "chat.json").write_text(json.dumps({"messages": messages}), "utf-8")
    memory.ingest(tmp_path / "chat.json")
    types = {
        hit.cube.text: hit.cube.get("semantic_type")
        for question in ("Who prefers tea?", "Who moved to Linz?")
        for hit in memory.search(question).hits
    }
    assert types[said[0]] == "preference"
    assert types[said[1]] == "episode"
    kept = memory.remember("I can't stand loud music.")
    assert memory.get(kept.cube)[0].get("semantic_type") == "preference"


@pytest.mark.parametrize("year", ["1958", "1702", "1634", "1200"])
def test_what_was_done_long_ago_holds_whenever_it_was_written(
    memory: Memory, tmp_path: Path, year: str
) -> None:
    (tmp_path / "hall.md").write_text(f"The hall was painted in {year}.\n", "utf-8")
    memory.ingest(tmp_path / "hall.md")
    (hit, *_) = memory.search("When was the hall painted?", valid_at="2001-01-01").hits
    assert year in hit.cube.text
    assert [q.text for q in memory.ask("When was the hall painted?", valid_at="2001-01-01").quotes]


def test_what_somebody_did_long_ago_is_over(memory: Memory, tmp_path: Path) -> None:
    (tmp_path / "tom.md").write_text("Tom Reed lived in Rome from 1620 to 1634.\n", "utf-8")
    memory.ingest(tmp_path / "tom.md")
    rome = "Tom Reed live in Rome"
    assert rome in held(memory, None)
    assert rome not in held(memory, "2001-01-01")
    assert rome not in held(memory, "2100-01-01")
