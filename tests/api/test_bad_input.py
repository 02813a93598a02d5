"""Bad input: one line that names the thing and the way out, a code, and nothing written."""

import json
import os
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from memcubes.api.memory import Memory
from memcubes.graph.errors import Invalid

GOOD = "The valve RV-7 failed at 02:10 in the night. Ada Finch kept the log of the plant.\n"


def head(db: Path) -> int:
    """How many changes a store holds; 0 where there is none."""
    if not db.exists():
        return 0
    with Memory.open(db) as memory:
        return memory.store().head().seq


def refused(done: Any, code: int, *parts: str) -> None:
    """Check the one line, and that it holds these parts."""
    assert done.code == code, done
    assert done.err.startswith("memcubes: "), done.err
    assert done.err.count("\n") == 1, done.err
    assert "Traceback" not in done.err
    for part in parts:
        assert part in done.err


@pytest.fixture
def full(cli: Any, db: Path, tmp_path: Path) -> Any:
    """The command line with one source in the store."""
    (tmp_path / "good.md").write_text(GOOD, "utf-8")
    assert cli("ingest", tmp_path / "good.md").code == 0
    return cli


def unreadable(tmp_path: Path) -> dict[str, Path]:
    """Files that cannot be taken in, by what is wrong with them."""
    places = {
        name: tmp_path / name
        for name in ("missing.md", "dangling.md", "broken.jsonl", "long.txt", "nul.txt", "a.pdf")
    }
    places["dangling.md"].symlink_to(tmp_path / "nowhere")
    places["broken.jsonl"].write_text('{"text": "one"}\n{broken\n', "utf-8")
    places["long.txt"].write_text("word " * 2_000_000, "utf-8")
    places["nul.txt"].write_text("a\0b", "utf-8")
    places["a.pdf"].write_bytes(b"%PDF")
    return places


WAYS_OUT = {
    "missing.md": "check the path",
    "dangling.md": "check the path",
    "broken.jsonl": "correct it or leave it out",
    "long.txt": "split it",
    "nul.txt": "binary",
    "a.pdf": "save it again",
}


@pytest.mark.parametrize("name", WAYS_OUT)
def test_a_file_that_cannot_be_taken_in(cli: Any, db: Path, tmp_path: Path, name: str) -> None:
    path = unreadable(tmp_path)[name]
    done = cli("ingest", path)
    refused(done, 1, name, WAYS_OUT[name])
    assert head(db) == 0


def test_a_file_that_may_not_be_read(cli: Any, db: Path, tmp_path: Path) -> None:
    path = tmp_path / "secret.md"
    path.write_text(GOOD, "utf-8")
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("the superuser reads everything")
    refused(cli("ingest", path), 1, "secret.md", "may read it")
    assert head(db) == 0


def test_a_folder_that_looks_like_a_file(cli: Any, db: Path, tmp_path: Path) -> None:
    (tmp_path / "folder.md").mkdir()
    refused(cli("ingest", tmp_path / "folder.md"), 3, "folder.md", "no file here")
    assert head(db) == 0


@pytest.mark.parametrize("alone", [True, False])
def test_files_that_hold_no_text_are_named(cli: Any, tmp_path: Path, alone: bool) -> None:
    folder = tmp_path / "case"
    folder.mkdir()
    (folder / "blank.txt").write_text(" \n\n", "utf-8")
    nobody = {"author": None, "content": {"parts": [None]}}
    talk = {"title": None, "mapping": {"a": {"id": "a", "message": nobody}}, "current_node": "a"}
    (folder / "chat.json").write_text(json.dumps([talk]), "utf-8")
    if not alone:
        (folder / "good.md").write_text(GOOD, "utf-8")
    done = cli("ingest", folder, "--json", "--quiet")
    assert done.code == (3 if alone else 0), done
    named = [(one["name"], one["reason"]) for one in json.loads(done.out)["skipped"]]
    assert named == [("blank.txt", "holds no text"), ("chat.json", "holds no text")]
    if alone:
        refused(done, 3, "nothing here to read")


def test_a_broken_line_among_good_files_is_named_and_the_rest_kept(
    cli: Any, tmp_path: Path
) -> None:
    folder = tmp_path / "case"
    folder.mkdir()
    (folder / "a.md").write_text(GOOD, "utf-8")
    (folder / "b.jsonl").write_text('{"text": "one"}\n{broken\n{"text": "two"}\n', "utf-8")
    (folder / "c.md").write_text(GOOD.replace("RV-7", "RV-8"), "utf-8")
    done = cli("ingest", folder, "--quiet")
    refused(done, 1, "b.jsonl, line 2")
    assert "2 added, 1 failed" in done.out
    assert cli("search", "RV-8").code == 0


def test_one_missing_among_good_files(cli: Any, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(GOOD, "utf-8")
    done = cli("ingest", tmp_path / "a.md", tmp_path / "b.md", "--quiet")
    refused(done, 1, "b.md: no such file")
    assert "1 added, 1 failed" in done.out


def test_a_language_without_a_model_is_taken_in_and_said(cli: Any, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("ਸਤ ਸ੍ਰੀ ਅਕਾਲ, ਇਹ ਇੱਕ ਛੋਟਾ ਟੈਸਟ ਹੈ ਅਤੇ ਹੋਰ ਕੁਝ ਨਹੀਂ।", "utf-8")
    done = cli("ingest", tmp_path / "a.md")
    assert done.code == 0
    assert "note: language 'pa'" in done.err
    assert cli("ingest", tmp_path / "a.md", "--quiet").err == ""


@pytest.mark.parametrize(
    ("url", "part"),
    [
        ("mysql://host/x", "mysql://"),
        ("neo4j://", "names no host"),
        ("sqlite://host/x.db", "three slashes"),
        ("", "--db is empty"),
    ],
)
@pytest.mark.parametrize("words", [["search", "bees"], ["remember", "Ada keeps bees."], ["verify"]])
def test_a_url_that_means_no_store(
    cli: Any, db: Path, words: list[str], url: str, part: str
) -> None:
    refused(cli(*words, "--db", url), 2, part)
    assert not db.exists()


@pytest.mark.parametrize("words", [["log"], ["remember", "Ada keeps bees."], ["ingest", "a.md"]])
def test_a_file_that_is_no_store(cli: Any, tmp_path: Path, words: list[str]) -> None:
    (tmp_path / "a.md").write_text(GOOD, "utf-8")
    text, other = tmp_path / "text.db", tmp_path / "other.db"
    text.write_text("no database at all", "utf-8")
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE theirs (x)")
    connection.close()
    before = {place: place.read_bytes() for place in (text, other)}
    refused(cli(*words, "--db", text), 1, "text.db", "--db")
    refused(cli(*words, "--db", other), 1, "other.db", "--db")
    refused(cli(*words, "--db", tmp_path), 1, "is a folder", "--db")
    assert {place: place.read_bytes() for place in before} == before


def test_a_damaged_store_is_named(full: Any, db: Path) -> None:
    db.write_bytes(db.read_bytes()[:5000])
    for end in ("-wal", "-shm"):
        db.with_name(db.name + end).unlink(missing_ok=True)
    done = full("log")
    refused(done, 1, "memories.db")


def test_a_place_that_cannot_be_written(cli: Any, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", "utf-8")
    refused(cli("remember", "Ada.", "--db", tmp_path / "file" / "x.db"), 1, "cannot be", "--db")
    refused(cli("remember", "Ada.", "--db", "/proc/none/x.db"), 1, "/proc/none", "--db")
    refused(cli("log", "--db", "/proc/none/x.db"), 3, "/proc/none/x.db")


def test_a_store_that_can_only_be_read(
    full: Any, db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = head(db)
    access = os.access

    def locked(path: Any, mode: int, **rest: Any) -> bool:
        return not (mode & os.W_OK and db.parent.as_posix() in str(path)) and access(
            path, mode, **rest
        )

    monkeypatch.setattr(os, "access", locked)
    refused(full("remember", "Ada keeps bees."), 1, "cannot be written")
    asked = full("ask", "When did RV-7 fail?")
    assert asked.code == 0
    assert "no receipt" in asked.out
    monkeypatch.undo()
    assert head(db) == before


@pytest.mark.parametrize(
    ("words", "code", "part"),
    [
        (["search", " "], 2, "empty"),
        (["ask", ""], 2, "empty"),
        (["inject", "\n"], 2, "empty"),
        (["remember", " "], 2, "empty"),
        (["inject", "RV-7", "--budget", "-5"], 2, "-5"),
        (["inject", "RV-7", "--budget", "0"], 2, "0"),
        (["inject", "RV-7", "--budget", "3"], 2, "give more"),
        (["inject", "RV-7", "--model", "/no/such/model"], 1, "/no/such/model"),
        (["search", "RV-7", "--limit", "0"], 2, "0"),
        (["search", "RV-7", "--limit", "1000000"], 2, "1000000"),
        (["search", "RV-7", "--as-of", "yesterday"], 2, "2025-03-14"),
        (["search", "RV-7", "--as-of", "@99"], 3, "99"),
        (["search", "RV-7", "--valid-at", "soon"], 2, "2025-03-14"),
        (["search", "RV-7", "-n", "nowhere"], 3, "nowhere"),
        (["search", "RV-7", "--user", "local:eve"], 3, "default"),
        (["search", "RV-7", "--user", ""], 1, "--user"),
        (["remember", "x y z.", "-n", "a\x00b"], 2, "namespace"),
        (["log", "--limit", "0"], 2, "--limit"),
        (["log", "nothing.md"], 3, "nothing.md"),
        (["trace", "deadbeef"], 3, "deadbeef"),
        (["trace", "ab"], 2, "4 characters"),
        (["trace", ""], 2, "name a node"),
        (["trace", "good.md", "--depth", "0"], 2, "step"),
        (["impact", "deadbeef"], 3, "deadbeef"),
        (["impact", "@99"], 3, "@99"),
        (["diff", "whenever"], 3, "whenever"),
        (["retract", "deadbeef", "--dry-run"], 3, "deadbeef"),
        (["revise", "deadbeef", "other words"], 3, "deadbeef"),
        (["revise", "good.md", " "], 2, ""),
        (["revert", "that"], 2, "@12"),
        (["revert", "@99"], 3, "@99"),
        (["revert", "@1"], 2, "namespace"),
        (["merge", "Ada Finch"], 2, "two"),
        (["merge", "Ada Finch", "Nobody Known"], 3, "Nobody Known"),
        (["feedback", "deadbeef", "helped"], 3, "deadbeef"),
        (["feedback", "good.md", "helped"], 2, "Source"),
        (["ask", "RV-7?", "--without", "nothing.md"], 3, "nothing.md"),
        (["export", "deadbeef", "--as", "prov"], 3, "deadbeef"),
        (["export", "--as", "csv", "--out", "/proc/none/x.csv"], 1, "/proc/none/x.csv"),
        (["models", "install", "gpt"], 2, "gpt"),
    ],
)
def test_a_request_that_cannot_be_met(
    full: Any, db: Path, words: list[str], code: int, part: str
) -> None:
    before = head(db)
    done = full(*words)
    refused(done, code, part)
    assert done.out == ""
    assert head(db) == before


def test_an_ambiguous_id_lists_what_is_meant_on_one_line(full: Any, db: Path) -> None:
    ids: list[str] = []
    while len({node[:4] for node in ids}) == len(ids) and len(ids) < 3000:
        with Memory.open(db) as memory:
            store, ns = memory.store(), memory.namespace
            ids = [v.node for v in store.find(memory.scope(), _everything(), first=10_000).items]
            ids = list(dict.fromkeys(ids))
            assert ns
        if len({node[:4] for node in ids}) == len(ids):
            with Memory.open(db) as memory:
                _many(memory, 200)
    taken = [node[:4] for node in ids]
    prefix = next(start for start in taken if taken.count(start) > 1)
    done = full("trace", prefix)
    refused(done, 2, f"'{prefix}' may mean", "give more of the id")
    assert sum(node in done.err for node in ids if node.startswith(prefix)) >= 2


def _everything() -> Any:
    from memcubes.graph.scope import Where

    return Where()


def _many(memory: Memory, count: int) -> None:
    """Commit nodes with random ids, quickly."""
    from memcubes.graph import Author, Authority, ChangeSet, NodeKind, Open
    from memcubes.graph.digest import new_node_id

    ops = []
    for _ in range(count):
        node = new_node_id()
        author = Author(memory.namespace, node, Authority.CURATED, 0)
        ops.append(Open(author.version(NodeKind.DECISION, node, {"verb": "test"})))
    memory.store().commit(ChangeSet(memory.namespace, "test", tuple(ops)))


def test_what_was_withdrawn_already_is_said(full: Any, db: Path) -> None:
    assert full("retract", "good.md").code == 0
    before = head(db)
    refused(full("retract", "good.md"), 1, "withdrawn already", f"@{before}")
    assert head(db) == before


def test_an_undo_out_of_order_names_the_order(cli: Any, db: Path) -> None:
    cube = cli("remember", "The valve RV-7 failed at 02:10.", "--json").data["cube"]
    assert cli("revise", cube, "The valve RV-7 failed at 03:10.").code == 0
    refused(cli("revert", "@2"), 1, "@2 cannot be undone", "undo @3 first")
    assert head(db) == 3
    assert cli("revert", "@3").code == 0
    refused(cli("revert", "@3"), 1, "undone already, by @4")
    assert cli("revert", "@2").code == 0


@pytest.mark.parametrize(
    "act",
    [
        lambda memory: memory.ingest(""),
        lambda memory: memory.ingest(" ", GOOD),
        lambda memory: memory.remember(None),
        lambda memory: memory.remember(b"tea"),
        lambda memory: memory.search(7),
        lambda memory: memory.ask(None),
        lambda memory: memory.inject(None),
        lambda memory: memory.retract(None),
        lambda memory: memory.trace(3.5),
        lambda memory: memory.revise("good.md", 4),
        lambda memory: memory.merge([1, 2]),
    ],
)
def test_a_program_that_hands_over_what_is_no_text_is_told_so(
    full: Any, db: Path, act: Any
) -> None:
    before = head(db)
    with Memory.open(db) as memory, pytest.raises(Invalid, match="text|a path is empty"):
        act(memory)
    assert head(db) == before


@pytest.mark.parametrize(
    "act",
    [
        lambda memory: memory.remember("tea \ud800"),
        lambda memory: memory.search("tea \ud800"),
        lambda memory: memory.ask("tea \ud800"),
        lambda memory: memory.inject("tea \ud800"),
    ],
)
def test_half_a_character_is_told_where_it_stands(full: Any, db: Path, act: Any) -> None:
    before = head(db)
    with Memory.open(db) as memory, pytest.raises(Invalid, match="half a one stands at 4"):
        act(memory)
    assert head(db) == before
