"""One search over several namespaces, from Python and from the command line, on each kind of store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from memcubes.api.joining import several
from memcubes.api.memory import Memory
from memcubes.graph import Author, Authority, ChangeSet, EdgeKind, NodeKind, Open
from memcubes.graph.errors import Invalid, NotFound
from memcubes.graph.instant import show

from ..server.server import Server
from ..server.stores import empty_store
from .conftest import Cli

QUESTION = "Who plays chess with the friend of Tom Reed?"
SAID = {
    "team": ("Ada Hill lives in Bonn with Tom Reed.", "Tom Reed repairs the pump CX-4."),
    "mine": ("Ada Hill plays chess with Eva Moon.", "Eva Moon works at the museum of Bonn."),
}


def said(url: str) -> None:
    """Fill two namespaces."""
    for namespace, statements in SAID.items():
        with Memory.open(url, namespace=namespace, user="local:ann", encoder="hashing") as memory:
            for statement in statements:
                memory.remember(statement)


@pytest.fixture(params=["sqlite", "neo4j"])
def memory(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Memory]:
    url = f"sqlite:///{tmp_path / 'a.db'}"
    if request.param == "neo4j":
        server: Server = request.getfixturevalue("neo4j_server")
        empty_store(server).close()
        monkeypatch.setenv("MEMCUBES_DB_PASSWORD", server.password)
        monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
        url = server.url
    said(url)
    with Memory.open(url, namespace="team", user="local:ann", encoder="hashing") as memory:
        yield memory


def test_what_two_namespaces_leave_out(memory: Memory) -> None:
    """The parts of a filter are looked up in the namespace that each cube is in."""
    of_team = {"source": memory.search("pump CX-4").hits[0].cube.origin}
    found = memory.search(QUESTION, namespaces=["team", "mine"], where=of_team, limit=4)
    kept = {hit.cube.text for hit in found.hits}
    filtered = {cut.cube.text: (cut.cube.ns, cut.unmet) for cut in found.cut}
    assert kept == {SAID["team"][1]}
    assert filtered == {
        text: (ns, ("source",)) for ns, texts in SAID.items() for text in texts if text not in kept
    }
    limited = memory.search(QUESTION, namespaces=["team", "mine"], limit=1)
    assert [str(cut.step) for cut in limited.cut] == ["limit"] * 3


def test_a_search_of_two_namespaces(memory: Memory, tmp_path: Path) -> None:
    found = memory.search(QUESTION, namespaces=["team", "mine"])
    assert found.namespaces == ("mine", "team")
    assert {(hit.namespace, hit.cube.text) for hit in found.hits} == {
        (namespace, text) for namespace, texts in SAID.items() for text in texts
    }
    chess = next(hit for hit in found.hits if "chess" in hit.cube.text)
    assert [step.label for step in chess.path][:-1][0] == "Tom Reed"
    assert "Ada Hill" in [step.label for step in chess.path]  # the one whom both know
    # the other store says the same
    url = f"sqlite:///{tmp_path / 'twin.db'}"
    said(url)
    with Memory.open(url, namespace="mine", user="local:ann", encoder="hashing") as twin:
        same = twin.search(QUESTION, namespaces=["mine", "team"])
    assert [hit.cube.text for hit in same.hits] == [hit.cube.text for hit in found.hits]
    for here, there in zip(same.hits, found.hits, strict=True):
        assert here.score == pytest.approx(there.score, abs=1e-12)

    # one namespace is the plain search, whichever it is
    with Memory.open(
        memory.settings.db, namespace="mine", user="local:ann", encoder="hashing"
    ) as mine:
        assert memory.search(QUESTION, namespaces=["mine"]) == mine.search(QUESTION)
    assert memory.search(QUESTION, namespaces=["team", "team"]) == memory.search(QUESTION)

    # pages go on in the snapshot of the first
    first = memory.search(QUESTION, namespaces=["team", "mine"], limit=3)
    with Memory.open(
        memory.settings.db, namespace="mine", user="local:ann", encoder="hashing"
    ) as mine:
        mine.remember("Tom Reed plays chess with a friend.")
    rest = memory.search(QUESTION, namespaces=["team", "mine"], limit=3, after=first.after)
    assert [h.cube.node for h in first.hits + rest.hits] == [h.cube.node for h in found.hits]
    assert memory.search(QUESTION, namespaces=["team", "mine"]).visible == 5
    with pytest.raises(Invalid, match="another listing"):
        memory.search(QUESTION, after=first.after)

    # a filter holds in each; as of an instant is that of both
    cubes = memory.search(QUESTION, namespaces=["team", "mine"], where={"tags": "-work"})
    assert cubes.total == 5
    source = next(h.cube.origin for h in found.hits if h.namespace == "mine")
    one = memory.search(QUESTION, namespaces=["team", "mine"], where={"source": source})
    assert [(h.namespace, h.cube.origin) for h in one.hits] == [("mine", source)]
    then = show(memory.store().changes(memory.scope(), newest=True, first=1)[0].at)
    past = memory.search(QUESTION, namespaces=["team", "mine"], as_of=then)
    assert past.visible == len([h for h in found.hits if h.namespace == "team"])
    log = {ns: memory.store().changes(memory.scope(namespace=ns)) for ns in SAID}
    assert len({change.seq for changes in log.values() for change in changes}) == sum(
        map(len, log.values())
    )  # one log: no sequence is of two namespaces
    seen = {
        seq: memory.search(QUESTION, namespaces=["team", "mine"], as_of=f"@{seq}").hits
        for seq in (log["team"][-1].seq, log["mine"][-2].seq, memory.store().head().seq)
    }
    # the team's two; then the first two of mine as well, each as it was when alone; then the third of mine
    assert [len(hits) for hits in seen.values()] == [2, 4, 5]
    assert seen[log["mine"][-2].seq] == found.hits
    assert seen[log["team"][-1].seq] == past.hits
    assert (
        seen[memory.store().head().seq]
        == memory.search(
            QUESTION, namespaces=["team", "mine"], as_of=memory.store().head().seq
        ).hits
    )
    with pytest.raises(NotFound, match="there is no sequence 10000 yet"):
        memory.search(QUESTION, namespaces=["team", "mine"], as_of="@10000")

    # whoever may read one of them is told of the others what he is told of one that is not there
    store = memory.store()
    bob = store.name("team", NodeKind.AGENT, "local:bob")
    home = store.name("team", NodeKind.NAMESPACE, "team").id
    author = Author("team", bob.id, Authority.ASSERTED, 0)
    records = (
        author.version(NodeKind.AGENT, bob.id, {"name": "bob"}, key=bob.key),
        author.edge(EdgeKind.GRANTS, bob.id, home, {"role": "reader"}),
    )
    store.commit(ChangeSet("team", "grant", tuple(Open(record) for record in records)))
    with Memory.open(memory.settings.db, namespace="team", user="local:bob") as other:
        assert other.search(QUESTION).hits
        for name in ("mine", "nowhere"):
            with pytest.raises(
                NotFound, match=f"there is no namespace '{name}' here for 'local:bob'"
            ):
                other.search(QUESTION, namespaces=["team", name])


def test_what_several_cannot_be_asked(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'a.db'}"
    said(url)
    refused: list[tuple[dict[str, object], str]] = [
        ({"facets": ["tags"]}, "leave facets out"),
        ({"order": "newest"}, "leave order out"),
        ({"without": ["a.md"]}, "leave without out"),
        ({"question": None, "where": {"tags": "a"}}, "searched by a question"),
        ({"question": " "}, "the question is empty"),
        ({"limit": 0}, "1 to 1000 cubes"),
        ({"namespaces": "team"}, "a list of names"),
        ({"namespaces": [f"n{i}" for i in range(21)]}, "1 to 20 namespaces"),
    ]
    with Memory.open(url, namespace="third", user="local:ann", encoder="use") as memory:
        for options, told in refused:
            asked = {"question": QUESTION, "namespaces": ["team", "mine"], **options}
            with pytest.raises(Invalid, match=told):
                memory.search(**asked)  # type: ignore[call-overload]
        with pytest.raises(NotFound, match="zz"):
            memory.search(QUESTION, namespaces=["team", "mine"], where={"source": "zz"})
        memory.remember("Ada Hill sings.")
        with pytest.raises(Invalid, match=r"'mine' is encoded by hashing.*'third' by .*one by one"):
            memory.search(QUESTION, namespaces=["mine", "third"])


def test_a_name_is_taken_once() -> None:
    assert several(("b", "a", "b")) == ("a", "b")
    with pytest.raises(Invalid, match="not 0"):
        several([])


def test_the_command_line(cli: Cli, db: Path) -> None:
    said(f"sqlite:///{db}")
    done = cli("search", QUESTION, "-n", "team", "--with", "mine")
    assert done.code == 0
    assert "in mine" in done.out
    assert "in team" in done.out
    data = cli("search", QUESTION, "-n", "team", "--with", "mine", "--json").data
    assert data["namespaces"] == ["mine", "team"]
    assert {hit["namespace"] for hit in data["hits"]} == {"mine", "team"}
    assert "namespaces" not in cli("search", QUESTION, "-n", "team", "--json").data
    refused = cli("search", QUESTION, "-n", "team", "--with", "mine", "--facets", "tags")
    assert refused.code != 0
    assert "leave facets out" in refused.err
    assert cli("search", QUESTION, "-n", "team", "--with", "nowhere").code != 0
