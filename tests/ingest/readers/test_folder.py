"""Folders: what is found, what is left out, and what is refused."""

import os
from pathlib import Path
from typing import Any

import pytest

from memcubes.api import Memory
from memcubes.ingest.document import (
    MAX_CHARS,
    MAX_LINE,
    Document,
    Entry,
    Named,
    ReadError,
    Told,
    Turn,
)
from memcubes.ingest.readers import File, Reader, discover, read_documents, registry, skipped


def test_discovers_all_files_in_order_but_what_is_hidden(tmp_path: Path) -> None:
    for name in ["b.md", "a/z.txt", "a/y.html", ".hidden.md", ".git/x.md", "c.pdf", "plain"]:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("x", "utf-8")
    (tmp_path / "casebook.toml").write_text("", "utf-8")
    found = [path.relative_to(tmp_path).as_posix() for path in discover(tmp_path)]
    assert found == ["a/y.html", "a/z.txt", "b.md", "c.pdf", "plain"]
    assert skipped(tmp_path) == []


def test_what_is_no_file_is_left_out_and_said(tmp_path: Path) -> None:
    (tmp_path / "gone.md").symlink_to(tmp_path / "nowhere")
    (tmp_path / "round.md").symlink_to(tmp_path / "round.md")
    (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "a.md").write_text("x", "utf-8")
    assert [path.name for path in discover(tmp_path)] == ["a.md"]
    assert {one.path.name for one in skipped(tmp_path)} == {"gone.md", "pipe", "round.md"}


def test_a_link_out_of_the_folder_is_named_and_not_followed(tmp_path: Path) -> None:
    outside, folder = tmp_path / "secret.txt", tmp_path / "notes"
    (folder / "more").mkdir(parents=True)
    outside.write_text("The safe opens with 4711.\n")
    (folder / "a.md").write_text("Tea.\n")
    (folder / "out.txt").symlink_to(outside)
    (folder / "more" / "in.md").symlink_to(folder / "a.md")
    assert discover(folder) == [folder / "a.md", folder / "more" / "in.md"]
    assert [(one.path, one.reason) for one in skipped(folder)] == [
        (
            folder / "out.txt",
            "a link out of the folder; name the file itself if it is to be read",
        )
    ]
    # whoever names the link means it
    assert discover(folder / "out.txt") == [folder / "out.txt"]


def test_a_store_and_what_is_beside_it_is_no_source(tmp_path: Path) -> None:
    with Memory.open(str(tmp_path / "m.db"), encoder="hashing", user="local:ann") as memory:
        memory.remember("Ada keeps bees.")
        memory.search("bees")
        (tmp_path / "a.md").write_text("x", "utf-8")
        assert [path.name for path in discover(tmp_path)] == ["a.md"]
    assert [path.name for path in discover(tmp_path)] == ["a.md"]
    assert [one.reason for one in skipped(tmp_path / "m.db")] == [
        "a store of memcubes, or a database in use"
    ]
    assert discover(tmp_path / "m.db") == []


def test_names_with_odd_characters(tmp_path: Path) -> None:
    for name in ("a#1.md", "b\nc.md", "\u202e.md", os.fsdecode(b"d\xff.md"), "阀门 (1).md"):
        (tmp_path / name).write_text("Some text.", "utf-8")
    uris = [document.uri for document in read_documents(tmp_path)]
    assert uris == ["a%231.md", "b\\nc.md", "d\\xff.md", "\\u202e.md", "阀门 (1).md"]


def test_uris_are_relative_to_the_root(tmp_path: Path) -> None:
    path = tmp_path / "notes" / "a.md"
    path.parent.mkdir()
    path.write_text("Hello.", "utf-8")
    assert [d.uri for d in read_documents(tmp_path)] == ["notes/a.md"]
    assert [d.uri for d in read_documents(path)] == ["a.md"]
    assert [d.uri for d in read_documents(path, root=tmp_path)] == ["notes/a.md"]


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match=r"gone\.md: no such file"):
        list(read_documents(tmp_path / "gone.md"))


def test_text_is_the_file_character_for_character(tmp_path: Path) -> None:
    text = "\tOne\r\ntwo\rthree \u2028 four\n\n"
    (tmp_path / "a.txt").write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert next(read_documents(tmp_path)).text == text


def test_undecodable_names_file_offset_and_way_out(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_bytes(b"\x0d\x0a-\xe9\xff\xfe")
    with pytest.raises(ReadError, match=r"a\.md: byte 3 .* save the file as UTF-8"):
        list(read_documents(tmp_path))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x" * (MAX_LINE + 1), "line 1 of a.txt"),
        ("a\n" + "x" * (MAX_LINE + 1), "line 2 of a.txt"),
        ("xyz\n" * (MAX_CHARS // 4 + 1), "characters, more than 8,000,000"),
        ("a\0b", "a NUL character at 1"),
    ],
)
def test_limits(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "a.txt").write_text(text, "utf-8")
    with pytest.raises(ReadError, match=message):
        list(read_documents(tmp_path))


def test_half_a_surrogate_pair_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('[{"title": "t", "text": "x\\ud800"}]', "utf-8")
    with pytest.raises(ReadError, match="half a surrogate pair at character 1"):
        list(read_documents(tmp_path))


def test_half_a_surrogate_pair_is_refused_beside_the_text_too(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('[{"tool": "t", "args": "x", "id": "\\ud800"}]', "utf-8")
    with pytest.raises(ReadError, match="half a surrogate pair"):
        list(read_documents(tmp_path))


@pytest.mark.parametrize(
    "wrong",
    [
        {"entries": (Entry(0, 3), Entry(2, 4))},
        {"entries": (Entry(0, 9),)},
        {"turns": (Turn(3, 3, "Ann", None, None),)},
        {"names": (Named(-1, 2, "x"),)},
        {"claims": (Told(2, 7, "a", "b", "c"),)},
    ],
)
def test_a_reader_that_gives_wrong_characters_is_told_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wrong: dict[str, Any]
) -> None:
    def read(file: File) -> list[Document]:
        return [Document(file.uri, None, "text", "text/x", **wrong)]

    monkeypatch.setattr(registry, "HOUSE", (Reader("own", (".own",), read),))
    registry.readers.cache_clear()
    (tmp_path / "a.own").write_text("x", "utf-8")
    try:
        with pytest.raises(ReadError, match=r"a\.own: its reader gives characters"):
            list(read_documents(tmp_path))
    finally:
        registry.readers.cache_clear()


def test_records_of_one_title_keep_apart(tmp_path: Path) -> None:
    records = '{"title": "A", "text": "1"}\n{"title": "A", "text": "2"}\n'
    (tmp_path / "c.jsonl").write_text(records + '{"title": "A~2", "text": "3"}', "utf-8")
    uris = [document.uri for document in read_documents(tmp_path)]
    assert uris[:2] == ["c.jsonl#A", "c.jsonl#A~2"]
    assert len(set(uris)) == 3
