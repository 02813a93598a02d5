"""Another encoder for a namespace: made ready, switched at one sequence, seen by everybody."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from memcubes.api import Memory
from memcubes.graph.errors import ModelMissing, PermissionDenied
from memcubes.graph.index import indexer
from memcubes.graph.index.encoders import load_encoder

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


KILLED = """
import os, signal, sys
from memcubes.api import Memory
from memcubes.graph.index import indexer

indexer.BATCH = 1

def progress(done, total):
    if done == 2:
        os.kill(os.getpid(), signal.SIGKILL)

with Memory.open(sys.argv[1], user="local:ann") as memory:
    memory.use_encoder("use", progress=progress)
"""


def test_killed_in_the_middle_it_goes_on_where_it_was(
    memory: Memory, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, held = memory.scope().seq, told(memory)
    done = subprocess.run([sys.executable, "-c", KILLED, place], check=False)
    assert done.returncode == -signal.SIGKILL
    assert memory.scope().seq == before
    assert told(memory) == held
    assert (vectors(memory, "use"), vectors(memory, "hashing")) == (2, 4)
    monkeypatch.setattr(indexer, "BATCH", 1)
    steps: list[tuple[int, int]] = []
    assert memory.use_encoder("use", progress=lambda *step: steps.append(step)) is not None
    assert steps == [(1, 2), (2, 2)]  # two of the four were there
    assert (vectors(memory, "use"), vectors(memory, "hashing")) == (4, 0)
    assert memory.verify().ok


def test_broken_off_after_the_switch_the_next_try_removes_what_is_left(
    memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    from memcubes.graph.index.graph_index import GraphIndex

    def broken(self: GraphIndex, ns: str, encoders: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken_off:
        broken_off.setattr(GraphIndex, "forget_others", broken)
        with pytest.raises(KeyboardInterrupt):
            memory.use_encoder("use")
    assert memory.retrieval.encoder.name == "use"
    assert (vectors(memory, "use"), vectors(memory, "hashing")) == (4, 4)
    assert memory.use_encoder("use") is None
    assert (vectors(memory, "use"), vectors(memory, "hashing")) == (4, 0)


def told(memory: Memory) -> tuple[tuple[str, float], ...]:
    """What a search finds, with all digits."""
    return tuple((hit.cube.node, hit.score) for hit in memory.search(WHEN).hits)


def test_whoever_reads_meanwhile_has_the_old_answer_and_then_the_new_one(
    memory: Memory, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexer, "BATCH", 1)
    old, heard = told(memory), list[tuple[tuple[str, float], ...]]()
    quoted, over = set[str](), threading.Event()

    def read() -> None:
        with Memory.open(place, user="local:ann") as reader:
            while True:
                last = over.is_set()
                heard.append(told(reader))
                answer = reader.ask(WHEN, receipt_wanted=False, check_sources=False)
                quoted.add(answer.quotes[0].text)
                if last:
                    return

    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(read)
        try:
            memory.use_encoder("use")
        finally:
            over.set()
        reading.result()
    new = told(memory)
    assert old != new
    assert heard[-1] == new
    # never a third one, and never the old one again
    first = heard.index(new)
    assert set(heard[:first]) <= {old}
    assert set(heard[first:]) == {new}
    assert all("07:40" in text for text in quoted)


def test_an_encoder_that_is_no_more_there_can_be_left(
    memory: Memory, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory.close()
    monkeypatch.setattr(load_encoder("hashing"), "fingerprint", "hashing@another/0")
    with Memory.open(place, user="local:ann") as later:
        with pytest.raises(ModelMissing, match="memcubes models use hashing"):
            later.search(WHEN)
        assert later.use_encoder("use") is not None
        assert later.search(WHEN).hits


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


def test_a_few_vectors_are_all_compared_by_their_sketches_as_well(memory: Memory) -> None:
    before = told(memory)
    memory.settings.exact_vectors = 0
    memory._let_go()
    assert told(memory) == before
    assert memory.retrieval.index.exact == 0


def test_the_command_line_switches(cli: Cli, tmp_path: Path) -> None:
    cli("ingest", write(tmp_path / "files"))
    told = json.loads(cli("models", "use", "use", "--json").out)
    assert told["encoder"] == "use"
    assert "is the encoder already" in cli("models", "use", "use").out
    assert json.loads(cli("models", "rebuild", "--json").out)["seq"] == told["change"]
    assert "07:40" in cli("ask", WHEN).out
