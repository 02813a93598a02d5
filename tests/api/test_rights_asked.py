"""How often an ingest asks what somebody may do: a server answers each time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from memcubes.api.memory import Memory
from memcubes.graph.guard import GuardedStore


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Memory]:
    """An empty memory in a file."""
    with Memory.open(f"sqlite:///{tmp_path}/m.db", user="local:ann", encoder="hashing") as opened:
        yield opened


def test_a_document_asks_a_few_times_and_several_no_more(
    memory: Memory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    readable = GuardedStore._readable

    def counted(store: GuardedStore, ns: str) -> object:
        asked.append(ns)
        return readable(store, ns)

    def written(name: str, text: str) -> Path:
        (tmp_path / name).write_text(text)
        return tmp_path / name

    memory.ingest(written("first.txt", "Ana vive en Lima. La casa es grande."))
    memory.search("Lima")
    monkeypatch.setattr(GuardedStore, "_readable", counted)
    assert memory.ingest(written("one.txt", "Luis vive en Quito. El perro es negro.")).cubes == 1
    # sources, what they change, the encoder, what is lacking; two things derived; changes, links and names
    one, asked[:] = len(asked), ()
    assert one <= 9
    texts = [f"Eva {n} vive en Cuzco. El gato {n} es negro." for n in range(20)]
    many = memory.ingest(*(written(f"{n}.txt", text) for n, text in enumerate(texts)))
    assert many.cubes == 20
    assert len(asked) <= one + 1
