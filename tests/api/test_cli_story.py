"""The verbs of the command line, in the order in which a story needs them."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

LOG = "# Plant log\n\nDate: 2025-03-12\n\nThe valve RV-7 failed at 02:10. Ada Finch kept the log.\n"
VENDOR = "# Vendor statement\n\nDate: 2025-03-19\n\nCorrection: The valve RV-7 failed at 07:40, not at 02:10.\n"
ASKED = "At what time did the valve RV-7 fail?"


@pytest.fixture
def case(tmp_path: Path) -> Path:
    """A folder with a log and what a vendor says against it."""
    folder = tmp_path / "case"
    folder.mkdir()
    (folder / "log.md").write_text(LOG, "utf-8")
    (folder / "vendor.md").write_text(VENDOR, "utf-8")
    return folder


@pytest.fixture
def told(cli: Any, case: Path) -> Any:
    """The command line with the case read in."""
    done = cli("ingest", case)
    assert done.code == 0, done.err
    return cli


def test_ingest_says_what_it_did(cli: Any, case: Path) -> None:
    (case / "empty.md").write_bytes(b"")
    done = cli("ingest", case)
    assert done.code == 0
    assert "sources: 2 added, 1 skipped" in done.out
    assert "characters/s" in done.out
    assert "skipped" in done.err
    assert "empty.md" in done.err
    again = cli("ingest", case, "--json", "--quiet")
    assert again.err == ""
    assert again.data["unchanged"] == ["log.md", "vendor.md"]
    assert again.data["changes"] == []
    (case / "log.md").write_text(LOG + "\nAll was well at 09:00.\n", "utf-8")
    assert "0 added, 1 changed, 1 unchanged" in cli("ingest", case).out


def test_search_says_why(told: Any) -> None:
    found = told("search", ASKED, "--why", "--limit", "2")
    assert found.code == 0
    assert "score: bm25 " in found.out
    assert "path: " in found.out
    data = told("search", ASKED, "--json").data
    assert data["hits"][0]["rank"] == 1
    assert set(data["hits"][0]["parts"]) == {"bm25", "dense", "sentence", "ppr"}
    assert told("search", ASKED, "--ranking", "bm25", "--limit", "1").out.count("\n") == 2
    assert told("search", "zebra", "--ranking", "bm25").code == 3


def test_an_answer_is_superseded_traced_and_comes_back(told: Any) -> None:
    asked = told("ask", ASKED)
    assert asked.code == 0
    assert asked.out.startswith("1. “Correction: The valve RV-7 failed at 07:40")
    assert "superseded by: RV-7 fail at 07:40" in asked.out
    assert "characters " in asked.out
    answer = told("ask", ASKED, "--json").data
    first = answer["quotes"][0]
    assert first["stated"] == "2025-03-19T00:00:00Z"
    start, end = first["characters"]
    assert VENDOR[start:end] == first["text"]

    up = told("trace", answer["receipt"][:8])
    assert "vendor.md" in up.out
    dry = told("retract", "vendor.md", "--dry-run")
    assert "nothing was written" in dry.out
    assert ASKED in dry.out
    head = told("log", "--limit", "1", "--json").data[0]["seq"]
    done = told("retract", "vendor.md", "--reason", "withdrawn by the vendor", "--json").data
    assert done["change"]["seq"] == head + 1
    assert [fact["words"] for fact in done["impact"]["revived"]] == ["RV-7 fail at 02:10"]
    assert answer["receipt"] in done["impact"]["stale"]

    after = told("ask", ASKED).out
    assert after.startswith("1. “The valve RV-7 failed at 02:10.”")
    assert "07:40" in told("ask", ASKED, "--as-of", f"@{head}", "--no-receipt").out
    down = told("trace", "vendor.md", "--down")
    assert "withdrawn by the vendor" in down.out
    refused = told("ingest", "case/vendor.md")
    assert refused.code == 1
    assert f"revert @{head + 1}" in refused.err
    assert told("revert", f"@{head + 1}").code == 0
    assert "07:40" in told("ask", ASKED).out.splitlines()[0]
    assert told("verify").code == 0


def test_without_a_source(told: Any) -> None:
    assert "07:40" not in told("ask", ASKED, "--without", "vendor.md", "--no-receipt").out
    assert told("ask", ASKED, "--without", "nobody.md").code == 3
    assert "receipt" not in told("ask", ASKED, "--no-receipt").out


def test_the_log_reads_like_gits(told: Any) -> None:
    told("remember", "Ada Finch left Ely.", "--speaker", "Bo", "--reason", "said at lunch")
    log = told("log").out
    assert log.splitlines()[0].startswith("@4 remember  20")
    assert "    said at lunch" in log
    line = told("log", "--oneline", "--limit", "1").out
    assert line.startswith("@4 ")
    assert line.count("\n") == 1
    change = told("log", "--json", "--limit", "1").data[0]
    assert change["reason"] == "said at lunch"
    assert change["at"].endswith("Z")
    assert [c["seq"] for c in told("log", "vendor.md", "--json").data] == [3]


def test_impact_and_diff_agree(told: Any) -> None:
    assert told("impact", "@3", "--json").data == told("diff", "@3", "--json").data
    assert told("diff", "@2", "@3", "--json").data == told("diff", "@3", "--json").data
    would = told("impact", "vendor.md", "--json").data
    assert [fact["words"] for fact in would["withdrawn"]] == ["RV-7 fail at 07:40"]
    assert "RV-7 fail at 07:40" in told("impact", "vendor.md").out


def test_merge_revise_and_feedback(told: Any) -> None:
    cube = told("remember", "Ada Finch is called Magpie.", "--json").data["cube"]
    merged = told("merge", "Ada Finch", "RV-7", "--json")
    assert merged.data["change"]["verb"] == "merge"
    assert told("revert", f"@{merged.data['change']['seq']}").code == 0
    assert told("revise", cube[:8], "Ada Finch is called Wren.", "--reason", "misheard").code == 0
    assert "Wren" in told("search", "What is Ada Finch called?").out
    receipt = told("ask", "What is Ada Finch called?", "--json").data["receipt"]
    assert told("feedback", receipt[:8], "helped").code == 0
    assert told("log", "--json", "--limit", "1").data[0]["verb"] == "feedback"


def test_a_block_stands_alone_on_stdout(told: Any) -> None:
    done = told("inject", ASKED, "--budget", "300")
    assert done.code == 0
    assert done.out.startswith("<memory-")
    assert done.out.rstrip().startswith("<memory-")
    assert done.out.rstrip().endswith(">")
    assert "tokens (estimate" in done.err
    assert "receipt " in done.err
    assert told("inject", ASKED, "--budget", "300", "--quiet").err == ""
    data = told("inject", ASKED, "--budget", "300", "--json").data
    assert data["tokens"] <= 300
    assert next(one["citation"] for one in data["segments"] if "cube" in one) == "m1"


def test_a_trace_as_a_page(told: Any, tmp_path: Path) -> None:
    page = tmp_path / "trace.html"
    done = told("trace", "vendor.md", "--down", "--html", page)
    assert (done.code, done.out) == (0, "")
    assert page.read_text("utf-8").startswith("<!doctype html>")
    assert told("trace", "vendor.md", "--json").data["direction"] == "up"
    refused = told("trace", "vendor.md", "--html", tmp_path / "no" / "x.html")
    assert refused.code == 1
    assert "name another file" in refused.err


def test_exports_are_read_back(told: Any, tmp_path: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(told("export", "--as", "csv").out, newline="")))
    assert {row["kind"] for row in rows} == {"Source", "MemCube", "Fact"}
    assert all(row["status"] == "in force" for row in rows)
    receipt = told("ask", ASKED, "--json").data["receipt"]
    rows = list(csv.DictReader(io.StringIO(told("export", receipt, "--as", "csv").out, newline="")))
    assert rows[0]["id"] == receipt
    out = tmp_path / "prov.json"
    done = told("export", "--as", "prov", receipt, "--out", out, "--json")
    assert done.data["bytes"] == out.stat().st_size
    assert "activity" in json.loads(out.read_text("utf-8"))


def test_prose_comes_second_and_is_marked(told: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from types import SimpleNamespace

    from memcubes.api.memory import Memory

    sentences = (("It failed at 07:40.", True, (1,)), ("It was green.", False, ()))
    written = SimpleNamespace(model="smollm2", sentences=sentences, generation=None)
    monkeypatch.setattr(Memory, "prose", lambda self, answer, adapters=(): written, raising=False)
    out = told("ask", ASKED, "--prose").out
    assert out.index("1. “") < out.index("In the words of smollm2")
    assert "supported by 1: It failed at 07:40." in out
    assert "unsupported: It was green." in out
    assert told("ask", ASKED, "--prose", "--json").data["prose"]["model"] == "smollm2"


def test_verify_fails_where_a_row_was_changed(told: Any, db: Path) -> None:
    import sqlite3

    with sqlite3.connect(db) as connection:
        (kind,) = connection.execute(
            "SELECT count(*) FROM pragma_table_info('version') WHERE name = 'digest'"
        ).fetchone()
        assert kind
        connection.execute("UPDATE version SET authority = 0 WHERE rowid = 5")
    connection.close()
    done = told("verify")
    assert done.code == 1
    assert "does not hold" in done.out
    assert told("verify", "--json").data["findings"]
