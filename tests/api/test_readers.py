"""Files of every kind, from the folder to the answer: read, found, walked, traced, read again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest

from memcubes.api import Memory
from memcubes.graph.errors import NotFound
from memcubes.graph.kind import EdgeKind, NodeKind
from memcubes.graph.listing import all_edges, all_found
from memcubes.graph.record import Version
from memcubes.graph.scope import Along, Where
from memcubes.ingest.document import Document
from memcubes.ingest.extractors import extractor_for
from memcubes.ingest.readers import File, Reader, registry
from tests.ingest.readers import made

CHAT = [
    {"role": "user", "content": "Is the lamp L-9 lit?", "timestamp": "2025-03-14T05:40:00Z"},
    {
        "role": "assistant",
        "content": None,
        "tool_calls": [
            {"id": "c1", "type": "function", "function": {"name": "read_lamp", "arguments": '{"lamp": "L-9"}'}}
        ],
    },
    {"role": "tool", "tool_call_id": "c1", "content": "Seen.\nThe lamp L-9 failed at 05:39."},
    {"role": "assistant", "content": "No, it is dark."},
]  # fmt: skip
TEXTS = {
    "people.csv": "id,name,works_at\nE-1,Ada Finch,P-7\nE-2,Ben Stone,P-8\n",
    "places.json": json.dumps(
        [{"key": "P-7", "label": "Osmeadow", "river": "Tarn"}, {"key": "P-8", "label": "Brackwater", "river": "Lune"}]
    ),
    "facts_edges.csv": "source,target,relation\nn1,n2,works_for\n",
    "facts_nodes.csv": "id,name\nn1,Cy Marsh\nn2,Tarn Mill\n",
    "chat.json": json.dumps(CHAT),
    "ask.prompt": "The gate G-5 failed at 05:38.\nTell {{ user }} so.",
    "notes.xyz": "The gate G-6 failed in the night.\n",
}  # fmt: skip


def opened(place: Path) -> Memory:
    return Memory.open(str(place), user="local:ann", encoder="hashing")


def written(folder: Path) -> Path:
    """A file of each kind."""
    folder.mkdir()
    for name, make in made.ALL.items():
        make(folder / name)
    for name, text in TEXTS.items():
        (folder / name).write_text(text, "utf-8")
    return folder


@pytest.fixture(scope="module")
def read_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files, and a memory that read them."""
    place = tmp_path_factory.mktemp("read")
    with opened(place / "m.db") as memory:
        report = memory.ingest(written(place / "files"))
        assert (report.failed, report.skipped) == ([], [])
        assert len(report.added) == len(made.ALL) + len(TEXTS)
    return place


@pytest.fixture(scope="module")
def known(read_once: Path) -> Iterator[Memory]:
    """The memory, for tests that only read."""
    with opened(read_once / "m.db") as memory:
        yield memory


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """The files of a memory of its own."""
    return written(tmp_path / "files")


@pytest.fixture
def memory(tmp_path: Path, files: Path) -> Iterator[Memory]:
    """A memory of its own, for tests that change something."""
    with opened(tmp_path / "m.db") as memory:
        memory.ingest(files)
        yield memory


def cubes(memory: Memory) -> list[Version]:
    return list(all_found(memory.store(), memory.scope(), Where(kinds=(NodeKind.MEMCUBE,))))


def sources(memory: Memory) -> dict[str, Version]:
    found = all_found(memory.store(), memory.scope(), Where(kinds=(NodeKind.SOURCE,)))
    return {str(version.get("name")): version for version in found}


@pytest.mark.parametrize(
    ("question", "source"),
    [
        ("Who closed the line?", "report.docx"),
        ("王小明在哪里更换了阀门?", "valve.pdf"),
        ("Which plant does Ada Finch work at since 2024-02-01?", "staff.xlsx"),
        ("RV-7 Ben Stone came", "plant.pptx"),
        ("photo of valve RV-7 in hall 2", "photo.jpg"),
        ("log night.txt archive", "logs.zip"),
        ("Night shift sound wav", "night.wav"),
        ("read_lamp L-9", "chat.json"),
        ("gate G-6", "notes.xyz"),
        ("Tell user gate G-5", "ask.prompt"),
    ],
)
def test_each_kind_is_found_and_traced_to_its_characters(
    known: Memory, question: str, source: str
) -> None:
    hits = known.search(question, limit=5).hits
    names = [_name(known, hit.cube) for hit in hits]
    assert source in names, (question, names)
    hit = hits[names.index(source)]
    trace = known.trace(hit.cube.node)
    origin = next(step.version for step in trace.steps if step.version.kind is NodeKind.SOURCE)
    place = next(p for p in origin.get("passages") if p[0] == hit.cube.node)
    assert origin.text[place[1] : place[2]] == hit.cube.text


def _name(memory: Memory, cube: Version) -> str:
    [source] = memory.store().get(memory.scope(), [cube.origin])
    return str(source.get("name"))


def test_a_walk_follows_the_keys_of_records_from_file_to_file(known: Memory) -> None:
    hits = known.search("Ada Finch E-1 river", limit=20).hits
    texts = [hit.cube.text for hit in hits]
    tarn = next(n for n, text in enumerate(texts) if "river: Tarn" in text)
    lune = next(n for n, text in enumerate(texts) if "river: Lune" in text)
    assert tarn < lune  # both say "river"; only Tarn is where Ada works, by the key P-7
    cube = next(c for c in cubes(known) if "name: Ada Finch\nworks_at" in c.text)
    edges = _edges(known, cube)
    assert {"P-7", "E-1", "Ada Finch"} <= edges
    # the rows of a table follow one another, and that joins nothing; what is said does
    after = list(all_edges(known.store(), known.scope(), Along(kinds=(EdgeKind.NEXT,))))
    assert not any(cube.node in edge.ends for edge in after)
    call = next(c for c in cubes(known) if c.get("semantic_type") == "tool")
    assert sum(call.node in edge.ends for edge in after) == 2


def _edges(memory: Memory, cube: Version) -> set[str]:
    kinds = (EdgeKind.MENTIONS, EdgeKind.ABOUT)
    found = [
        e.dst
        for e in all_edges(memory.store(), memory.scope(), Along(kinds=kinds))
        if e.src == cube.node
    ]
    return {str(v.get("name")) for v in memory.store().get(memory.scope(), found)}


def test_cells_and_triples_are_believed_with_their_characters(known: Memory) -> None:
    words = {b.words: b for b in known.beliefs().values()}
    assert {"Ada Finch works at P-7", "Cy Marsh works for Tarn Mill"} <= set(words)
    fact = next(n for n, b in known.beliefs().items() if b.words == "Cy Marsh works for Tarn Mill")
    [edge] = [
        e
        for e in all_edges(known.store(), known.scope(), Along(kinds=(EdgeKind.SUPPORTS,)))
        if e.dst == fact
    ]
    [cube] = known.store().get(known.scope(), [edge.src])
    [(start, end)] = edge.get("spans")
    assert cube.text[start:end] == "Cy Marsh works for Tarn Mill"


def test_types_of_memory_and_what_their_headers_keep(known: Memory) -> None:
    kinds = {(_name(known, c), str(c.get("semantic_type"))) for c in cubes(known)}
    assert {
        ("chat.json", "episode"), ("chat.json", "tool"), ("ask.prompt", "prompt template"),
        ("photo.jpg", "media"), ("people.csv", "document"),
    } <= kinds  # fmt: skip
    call = next(c for c in cubes(known) if c.get("semantic_type") == "tool")
    assert (call.get("tool"), call.get("call"), call.get("status")) == ("read_lamp", "c1", "ok")
    assert (
        call.text
        == 'Tool: read_lamp\narguments: {"lamp": "L-9"}\nresult: Seen.\nThe lamp L-9 failed at 05:39.'
    )
    template = next(c for c in cubes(known) if c.get("semantic_type") == "prompt template")
    assert template.get("variables") == ["user"]
    # neither a template nor what a tool gave back is a statement of its source
    assert not any("L-9 fail" in b.words or "G-5 fail" in b.words for b in known.beliefs().values())


def test_the_same_files_twice_change_nothing_and_an_edit_only_its_record(
    memory: Memory, files: Path
) -> None:
    again = memory.ingest(files)
    assert (again.added, again.changed) == ([], [])
    assert len(again.unchanged) == len(made.ALL) + len(TEXTS)
    before = {c.node: c.id for c in cubes(memory)}
    rows = TEXTS["people.csv"].splitlines(keepends=True)
    rows.insert(1, "E-3,Di Ford,P-8\n")
    (files / "people.csv").write_text("".join(rows).replace("Ben Stone", "Ben Stonor"), "utf-8")
    assert memory.ingest(files).changed == ["people.csv"]
    after = {c.node: c.id for c in cubes(memory)}
    assert len(after.keys() - before.keys()) == 2  # Di, and Ben under his other name
    assert len(before.keys() - after.keys()) == 1
    assert all(after[node] == before[node] for node in before.keys() & after.keys())
    # another id of the call is no other text, and yet something else that the source keeps
    (files / "chat.json").write_text(TEXTS["chat.json"].replace("c1", "c7"), "utf-8")
    assert memory.ingest(files).changed == ["chat.json"]
    assert {c.get("call") for c in cubes(memory) if c.get("semantic_type") == "tool"} == {"c7"}
    assert memory.verify().ok


def test_every_kind_is_read_again_from_what_is_kept(
    memory: Memory, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in files.iterdir():
        path.unlink()
    before = {c.node: c.text for c in cubes(memory)}
    said = {b.words for b in memory.beliefs().values()}
    first = memory.reread()
    assert (first.changed, first.failed) == ([], [])
    monkeypatch.setattr(
        "memcubes.api.extracting.extractor_for", lambda code: _Renamed(extractor_for(code))
    )
    report = memory.reread()
    assert report.failed == []
    assert len(report.changed) == len(made.ALL) + len(TEXTS)
    assert {c.node: c.text for c in cubes(memory)} == before
    assert {b.words for b in memory.beliefs().values()} == said


class _Renamed:
    """An extractor of the same rules under another fingerprint."""

    def __init__(self, real: Any) -> None:
        self._real = real
        self.fingerprint = f"{real.fingerprint}+next"

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


def test_the_bytes_of_media_are_kept_proven_and_given_back(
    memory: Memory, files: Path, tmp_path: Path
) -> None:
    kept = memory.attachment("photo.jpg")
    assert kept.read_bytes() == (files / "photo.jpg").read_bytes()
    assert memory.verify().ok
    with pytest.raises(NotFound, match="no bytes beside its text"):
        memory.attachment("people.csv")
    kept.write_bytes(b"other")
    assert any("holds other bytes" in finding for finding in memory.verify().findings)
    kept.unlink()
    assert any("photo.jpg is missing" in finding for finding in memory.verify().findings)
    memory.ingest(files / "photo.jpg", reinstate=True)
    (tmp_path / "m.db.payloads" / "new-left").write_bytes(b"left by a kill")
    assert any("named by no source" in finding for finding in memory.verify().findings)


def test_a_file_that_changes_meanwhile_is_named(
    memory: Memory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from memcubes.graph import payload_folder

    path = tmp_path / "other.wav"
    path.write_bytes(made.song(path).read_bytes()[:-4])
    real = payload_folder.PayloadFolder.put

    def late(folder: Any, source: Path, digest: str) -> None:
        source.write_bytes(b"changed")
        real(folder, source, digest)

    monkeypatch.setattr(payload_folder.PayloadFolder, "put", late)
    report = memory.ingest(path)
    assert [name for name, _ in report.failed] == ["other.wav"]
    assert "ingest it once more" in report.failed[0][1]
    assert "other.wav" not in sources(memory)
    assert memory.verify().ok  # and nothing is left over


def test_a_folder_of_good_and_bad_files(tmp_path: Path) -> None:
    folder = tmp_path / "mixed"
    folder.mkdir()
    (folder / "good.md").write_text("The pump P-3 failed at 02:10.\n", "utf-8")
    bad = {
        "cut.docx": made.word(tmp_path / "w.docx").read_bytes()[:900],
        "cut.pdf": made.pdf(tmp_path / "w.pdf").read_bytes()[:500],
        "deep.json": b"[" * 100_000,
        "bad.jsonl": b'{"text": "one"}\n{"text": \n',
        "posing.txt": b"\x7fELF\0\0\1\2" * 20,
    }
    for name, data in bad.items():
        (folder / name).write_bytes(data)
    (folder / "empty.csv").write_bytes(b"")
    (folder / "loop").symlink_to(folder, target_is_directory=True)
    with opened(tmp_path / "m.db") as memory:
        report = memory.ingest(folder)
        assert report.added == ["good.md"]
        assert {Path(name).name for name, _ in report.failed} == set(bad)
        assert all(Path(name).name in reason for name, reason in report.failed)
        assert [name for name, _ in report.skipped] == ["empty.csv"]
        assert set(sources(memory)) == {"good.md"}
        assert memory.verify().ok


def test_a_reader_of_another_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    points = [
        EntryPoint("shout", f"{__name__}:SHOUT", registry.GROUP),
        EntryPoint("broken", "no.such.module:READER", registry.GROUP),
    ]
    monkeypatch.setenv("MEMCUBES_READING_SECONDS", "0")  # another process has no such package
    monkeypatch.setattr(registry, "entry_points", lambda group: points[:1])
    monkeypatch.setattr(EntryPoint, "load", lambda point: SHOUT)
    registry.readers.cache_clear()
    try:
        (tmp_path / "a.shout").write_text("the pump P-3 failed.", "utf-8")
        (tmp_path / "b.md").write_text("the bell B-1 failed.", "utf-8")
        with opened(tmp_path / "m.db") as memory:
            report = memory.ingest(tmp_path / "a.shout", tmp_path / "b.md")
            assert report.added == ["a.shout", "b.md"]
            assert report.notes[0] == "shouted"
            assert {c.text for c in cubes(memory)} == {
                "THE PUMP P-3 FAILED.",
                "THE BELL B-1 FAILED.",
            }
            monkeypatch.undo()
            monkeypatch.setenv("MEMCUBES_READING_SECONDS", "0")
            monkeypatch.setattr(registry, "entry_points", lambda group: points[1:])
            registry.readers.cache_clear()
            failed = memory.ingest(tmp_path / "b.md").failed
            assert "the reader 'broken'" in failed[0][1]
            assert "update or remove the package" in failed[0][1]
    finally:
        registry.readers.cache_clear()


def _shout(file: File) -> list[Document]:
    file.notes.append("shouted")
    return [Document(file.uri, None, file.text().upper(), "text/x-shout")]


SHOUT = Reader("shout", (".shout", ".md"), _shout)
