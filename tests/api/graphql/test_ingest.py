"""Taking in: texts that are handed over, and files of the one folder that is allowed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from memcubes.api.graphql.intake import MOST_TEXTS
from memcubes.graph.verify import verify

from ..casefolder import FILES
from .conftest import Server, served

INGEST = """mutation($input: IngestInput!) { ingest(input: $input) { added changed unchanged
    failed { name reason } skipped { name reason } gone { name source } retracted notes cubes changes { id verb reason } } }"""


def ingest(server: Server, **given: Any) -> Any:
    """Hand something over."""
    return server.ask(INGEST, input={"namespace": "default", **given})["ingest"]


def refused(server: Server, **given: Any) -> tuple[str, str]:
    """Hand something over that is refused as a whole."""
    return server.refused(INGEST, input={"namespace": "default", **given})


def head(server: Server) -> int:
    """Where the log stands."""
    return server.service.store().head().seq


def test_texts_are_read_as_files_of_that_name_would_be(empty: Server) -> None:
    texts = [{"name": f"notes/{name}", "text": text} for name, text in FILES.items()]
    done = ingest(empty, texts=texts)
    assert done["added"] == [text["name"] for text in texts]
    assert (done["cubes"], done["failed"], len(done["changes"])) == (4, [], 4)
    assert {change["verb"] for change in done["changes"]} == {"ingest"}
    query = """{ graph(namespace: "default") { cubes { edges { node { title
        evidence { start end quote source { uri name title text } } } } } } }"""
    found = [edge["node"] for edge in empty.ask(query)["graph"]["cubes"]["edges"]]
    for one in found:
        (place,) = one["evidence"]
        name = place["source"]["name"].removeprefix("notes/")
        assert place["source"]["uri"] == f"inline:/notes/{name}"
        assert place["source"]["text"] == FILES[name]
        assert FILES[name][place["start"] : place["end"]] == place["quote"]
    assert "/tmp" not in str(found)
    answer = empty.memory.ask("When did the valve RV-7 fail?")
    assert answer.quotes[0].source_name == "notes/vendor.md"
    after = head(empty)
    again = ingest(empty, texts=texts)
    assert (again["unchanged"], again["changes"], head(empty)) == (done["added"], [], after)
    edited = [{"name": "notes/log.txt", "text": FILES["log.txt"] + "It was cold.\n"}]
    assert ingest(empty, texts=edited)["changed"] == ["notes/log.txt"]
    assert verify(empty.service.store().engine).ok


def test_what_cannot_be_read_is_named_and_the_rest_goes_on(empty: Server) -> None:
    done = ingest(
        empty,
        texts=[
            {"name": "good", "text": "The pump P-3 stopped at 04:10 on Monday."},
            {"name": "bad.json", "text": "{"},
            {"name": "empty.md", "text": "  "},
            {"name": "nul.txt", "text": "a\0b"},
            {
                "name": "two.jsonl",
                "text": '{"text": "One thing was said."}\n{"text": "Another."}\n',
            },
        ],
    )
    assert done["added"] == ["good", "two.jsonl#1", "two.jsonl#2"] or len(done["added"]) == 3
    assert {one["name"] for one in done["failed"]} == {"bad.json", "nul.txt"}
    assert [one["name"] for one in done["skipped"]] == ["empty.md"]
    assert all(one["reason"] for one in done["failed"])
    assert "memcubes-" not in str(done)
    assert "/tmp" not in str(done)


def test_a_table_that_is_handed_over_goes_by_its_name(empty: Server) -> None:
    texts = [
        {"name": "shop/customers.csv", "text": "id,name\n7,Ada Finch\n"},
        {"name": "orders.csv", "text": "id,customer_id\n1,7\n"},
        {"name": "photo.jpg", "text": "no picture at all"},
    ]
    done = ingest(empty, texts=texts)
    assert done["added"] == ["shop/customers.csv", "orders.csv", "photo.jpg"]
    said = {belief.words for belief in empty.memory.beliefs().values()}
    assert {"order 1 customer id customer 7", "Ada Finch id customer 7"} <= said


def test_a_retracted_text_stays_so_until_it_is_reinstated(empty: Server) -> None:
    texts = [{"name": "log.txt", "text": FILES["log.txt"]}]
    ingest(empty, texts=texts)
    empty.memory.retract("log.txt")
    (failed,) = ingest(empty, texts=texts)["failed"]
    assert "was retracted" in failed["reason"]
    assert ingest(empty, texts=texts, reinstate=True)["added"] == ["log.txt"]


def test_files_of_the_folder_are_taken_in(empty: Server) -> None:
    done = ingest(empty, paths=["log.txt", "vendor.md"])
    assert done["added"] == ["log.txt", "vendor.md"]
    assert ingest(empty, paths=["."])["added"] == ["order.md", "vendor2.md"]
    assert empty.service.folder is not None
    assert ingest(empty, paths=[str(empty.service.folder)])["added"] == []


@pytest.mark.parametrize(
    "path",
    [
        "..",
        "../secret.md",
        "/etc/hosts",
        "sub/../../secret.md",
        "link.md",
        "linked",
        "sub",
        "~",
        "a\0b",
        "//etc",
    ],
)
def test_nothing_leads_out_of_the_folder(empty: Server, tmp_path: Path, path: str) -> None:
    folder = tmp_path / "files"
    (tmp_path / "secret.md").write_text("The secret word is xyzzy.\n", "utf-8")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret.md").write_text("The secret word is xyzzy.\n", "utf-8")
    (folder / "link.md").symlink_to(tmp_path / "secret.md")
    (folder / "linked").symlink_to(tmp_path / "outside")
    (folder / "sub").mkdir()
    (folder / "sub" / "inner.md").symlink_to(tmp_path / "secret.md")
    ingest(empty, texts=[{"name": "a", "text": "Something is there already."}])
    before = head(empty)
    code, message = refused(empty, paths=["log.txt", path])
    assert (code, "xyzzy" in message) == ("INVALID", False)
    assert head(empty) == before
    inside = refused(empty, paths=["../secret.md"])[1]
    assert refused(empty, paths=["../unknown.md"])[1].replace("unknown", "secret") == inside


def test_without_a_folder_there_are_no_files(tmp_path: Path) -> None:
    server = served(str(tmp_path / "a.db"))
    code, message = refused(server, paths=[str(tmp_path)])
    assert (code, "--folder" in message) == ("INVALID", True)
    assert not (tmp_path / "a.db").exists()
    server.service.close()


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"texts": [], "paths": []},
        {"texts": [{"name": "a", "text": "x"}] * 2},
        {"texts": [{"name": f"{n}", "text": "x"} for n in range(MOST_TEXTS + 1)]},
        {"paths": ["missing.md"]},
        *({"texts": [{"name": name, "text": "x"}]} for name in ("", " ", "../a", "a/../b", "/a", "a//b", "a#b", "a\\b", "a\nb", "x" * 201)),
    ],
)  # fmt: skip
def test_what_is_no_intake_is_refused_before_anything_is_made(
    empty: Server, given: dict[str, Any]
) -> None:
    code, message = refused(empty, **given)
    assert (code, bool(message)) == ("INVALID", True)
    assert empty.request("GET", "/health").json() == {"status": "ok"}
    db = empty.service.settings.db
    assert db.startswith("sqlite") or not Path(db).exists()


def test_who_may_not_write_takes_nothing_in(empty: Server) -> None:
    from .conftest import admit, beside

    ingest(empty, texts=[{"name": "a", "text": "The pump P-3 stopped."}])
    eve = admit(empty, "local:eve")
    texts = [{"name": "b", "text": "The pump P-4 stopped."}]
    assert refused(eve, texts=texts)[0] == "DENIED"
    assert refused(beside(empty, "local:mallory"), texts=texts)[0] == "NOT_FOUND"


def test_what_is_gone_from_the_folder_is_told_and_taken_back_where_asked(empty: Server) -> None:
    assert empty.service.folder is not None
    ingest(empty, paths=["."])
    (empty.service.folder / "log.txt").unlink()
    done = ingest(empty, paths=["."])
    assert ([one["name"] for one in done["gone"]], done["retracted"]) == (["log.txt"], [])
    done = ingest(empty, paths=["."], retractGone=True)
    assert done["retracted"] == ["log.txt"]
    assert [change["verb"] for change in done["changes"]] == ["retract"]
    assert ingest(empty, paths=["vendor.md"])["gone"] == []
    assert ingest(empty, paths=["."])["gone"] == []
