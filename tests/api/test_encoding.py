"""Another encoder for a namespace: made ready, switched at one sequence, seen by everybody."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from memcubes.api import Memory
from memcubes.graph.errors import PermissionDenied
from memcubes.graph.index.encoder import load_encoder

from .casefolder import write
from .conftest import Cli

WHEN = "When did the valve RV-7 fail?"


@pytest.fixture
def place(tmp_path: Path) -> str:
    """Where the store is."""
    return str(tmp_path / "memories.db")


@pytest.fixture
def memory(place: str, tmp_path: Path) -> Iterator[Memory]:
    """The four documents of the case folder, searched with the hashing encoder."""
    with Memory.open(place, user="local:ann", encoder="hashing") as opened:
        opened.ingest(write(tmp_path / "files"))
        yield opened


def vectors(memory: Memory, encoder: str) -> int:
    """How many cubes have vectors of an encoder."""
    store, scope = memory.store(), memory.scope()
    cubes = [hit.cube.id for hit in memory.search("valve controller coil crew", limit=50).hits]
    return len(store.derived(scope.ns, load_encoder(encoder).fingerprint, cubes))


def test_the_switch_is_one_change_and_nothing_of_the_old_is_left(memory: Memory) -> None:
    assert vectors(memory, "hashing") == 4
    before = memory.scope().seq
    done = memory.use_encoder("use")
    assert done is not None
    assert done.change is not None
    assert (done.change.seq, done.change.verb) == (before + 1, "revise")
    assert (vectors(memory, "use"), vectors(memory, "hashing")) == (4, 0)
    assert memory.retrieval.encoder.name == "use"
    assert "07:40" in memory.ask(WHEN).quotes[0].text
    assert memory.use_encoder("use") is None
    assert memory.verify().ok


def test_another_process_sees_the_switch_with_its_next_question(memory: Memory, place: str) -> None:
    with Memory.open(place, user="local:ann") as other:
        assert other.retrieval.encoder.name == "hashing"
        held = other.search(WHEN).hits
        memory.use_encoder("use")
        assert other.search(WHEN).hits
        assert other.retrieval.encoder.name == "use"
        other.remember("The pump P-3 was replaced on 4 May.")
        assert "P-3" in memory.search("pump P-3").hits[0].cube.text
        assert held


def test_the_switch_is_undone_like_any_change(memory: Memory) -> None:
    before = [hit.cube.node for hit in memory.search(WHEN).hits]
    done = memory.use_encoder("use")
    assert done is not None
    assert done.change is not None
    memory.revert(done.change.seq)
    assert memory.retrieval.encoder.name == "hashing"
    assert [hit.cube.node for hit in memory.search(WHEN).hits] == before
    assert vectors(memory, "hashing") == 4


def test_broken_off_before_the_switch_nothing_has_changed(
    memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = memory.scope().seq

    def broken(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        memory.use_encoder("use", progress=broken)
    assert memory.scope().seq == before
    assert memory.retrieval.encoder.name == "hashing"
    assert "07:40" in memory.ask(WHEN, receipt_wanted=False).quotes[0].text
    assert memory.use_encoder("use") is not None


def test_only_an_owner_switches(memory: Memory, place: str) -> None:
    from memcubes.graph import Author, Authority, ChangeSet, EdgeKind, NodeKind, Open

    store = memory.store()
    bob, home = (
        store.name("default", kind, name)
        for kind, name in ((NodeKind.AGENT, "local:bob"), (NodeKind.NAMESPACE, "default"))
    )
    author = Author("default", bob.id, Authority.ASSERTED, 0)
    grant = author.edge(EdgeKind.GRANTS, bob.id, home.id, {"role": "writer"})
    agent = author.version(NodeKind.AGENT, bob.id, {"name": "local:bob"}, key=bob.key)
    store.commit(ChangeSet("default", "grant", (Open(agent), Open(grant))))
    with Memory.open(place, user="local:bob") as other:
        with pytest.raises(PermissionDenied):
            other.use_encoder("use")
        assert other.retrieval.encoder.name == "hashing"


def test_what_is_derived_anew_is_the_same(memory: Memory) -> None:
    before = [(hit.cube.node, hit.score) for hit in memory.search(WHEN).hits]
    assert memory.rebuild() == memory.scope().seq
    assert [(hit.cube.node, hit.score) for hit in memory.search(WHEN).hits] == before


def test_the_command_line_switches(cli: Cli, tmp_path: Path) -> None:
    cli("ingest", write(tmp_path / "files"))
    told = json.loads(cli("models", "use", "use", "--json").out)
    assert told["encoder"] == "use"
    assert "is the encoder already" in cli("models", "use", "use").out
    assert json.loads(cli("models", "rebuild", "--json").out)["seq"] == told["change"]
    assert "07:40" in cli("ask", WHEN).out
