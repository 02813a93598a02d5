"""`memcubes serve` as a process of its own, and what it refuses before it listens."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from ..casefolder import write
from ..conftest import Cli
from .test_change import CHANGE

ROOT = Path(__file__).parents[3]
RUN = [sys.executable, "-m", "memcubes.api"]


@contextmanager
def running(
    db: Path, *words: str, **environment: str
) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A server on a free port, and its address."""
    command = [
        *RUN,
        "serve",
        "--db",
        str(db),
        "--user",
        "local:ann",
        "--port",
        "0",
        "--json",
        *words,
    ]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"MEMCUBES_ENCODER": "hashing"} | environment,
    )
    assert process.stdout is not None
    try:
        lines: list[str] = []
        while not lines or lines[-1] != "}\n":
            lines.append(process.stdout.readline())
            assert lines[-1], process.communicate()[1]
        yield json.loads("".join(lines))["url"], process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def test_a_server_takes_in_answers_changes_and_ends(tmp_path: Path) -> None:
    folder, db = write(tmp_path / "files"), tmp_path / "memories.db"
    with running(db, "--folder", str(folder)) as (url, process):
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/graphql", url)
        assert not db.exists()
        with httpx.Client(trust_env=False, timeout=60) as http:
            assert http.get(url.replace("graphql", "health")).json() == {"status": "ok"}

            def ask(query: str, **variables: object) -> dict[str, object]:
                found = http.post(url, json={"query": query, "variables": variables}).json()
                assert "errors" not in found, found
                data: dict[str, object] = found["data"]
                return data

            done = ask(
                """mutation { ingest(input: {namespace: "default", paths: ["."],
                texts: [{name: "memo.md", text: "Memo: the pump P-3 stopped at 04:10."}]}) { added } }"""
            )
            added = ["memo.md", "log.txt", "order.md", "vendor.md", "vendor2.md"]
            assert done == {"ingest": {"added": added}}
            found = ask(
                """{ viewer { name } graph(namespace: "default") { seq search(question: "pump P-3", first: 1) {
                edges { quote node { evidence { source { name } } } } } } }"""
            )
            assert "P-3" in str(found)
            assert found["viewer"] == {"name": "local:ann"}
            change = {
                "mode": "COMMIT",
                "namespace": "default",
                "operations": [{"retract": {"target": "vendor.md"}}],
                "reason": "withdrawn",
                "idempotencyKey": "1",
            }
            assert ask(CHANGE, input=change) == ask(CHANGE, input=change)
            refused = http.post(
                url, json={"query": "{viewer{name}}"}, headers={"host": "evil.example"}
            )
            assert refused.status_code == 403
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=30)
        assert (process.returncode, out, err) == (0, "", "")
    done_ = subprocess.run(
        [*RUN, "--db", str(db), "--user", "local:ann", "verify"], check=False, capture_output=True
    )
    assert done_.returncode == 0
    log = subprocess.run(
        [*RUN, "--db", str(db), "--user", "local:ann", "log", "--json"],
        check=True,
        capture_output=True,
        text=True,
    )
    assert log.stdout.count('"retract"') == 1


def test_a_token_opens_a_server_to_other_machines(tmp_path: Path) -> None:
    token = "a-token-of-some-length"
    with running(tmp_path / "a.db", "--host", "0.0.0.0", MEMCUBES_SERVE_TOKEN=token) as (
        url,
        process,
    ):
        with httpx.Client(trust_env=False, timeout=60) as http:
            place = url.replace("0.0.0.0", "127.0.0.1")
            body = {"query": "{ __typename }"}
            headers = {"host": "memory.example"}
            assert http.post(place, json=body, headers=headers).status_code == 401
            headers["authorization"] = f"Bearer {token}"
            assert http.post(place, json=body, headers=headers).json() == {
                "data": {"__typename": "Query"}
            }
        process.send_signal(signal.SIGINT)
        assert process.communicate(timeout=30) == ("", "")
        assert process.returncode == 0


def test_other_machines_are_not_let_in_without_a_token(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MEMCUBES_SERVE_TOKEN", raising=False)
    for host in ("0.0.0.0", "::", "192.0.2.1", "memory.example"):
        done = cli("serve", "--host", host, "--port", 0)
        assert (done.code, "--token-file" in done.err, done.err.count("\n")) == (2, True, 1)


def test_a_token_must_be_one(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "token"
    for text in ("", "short", "with spaces in it, of some length", "é" * 20):
        file.write_text(text, "utf-8")
        done = cli("serve", "--token-file", file)
        assert (done.code, "16 ASCII characters" in done.err) == (2, True)
        assert not text or text not in done.err
        monkeypatch.setenv("MEMCUBES_SERVE_TOKEN", text)
        assert cli("serve").code == 2
        monkeypatch.delenv("MEMCUBES_SERVE_TOKEN")
    done = cli("serve", "--token-file", tmp_path / "none")
    assert (done.code, "cannot be read" in done.err) == (1, True)
    file.write_bytes(b"\xff" * 20)
    assert "it is not text" in cli("serve", "--token-file", file).err


def test_what_cannot_be_served_is_told_in_one_line(cli: Cli, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = cli("serve", "--port", taken.getsockname()[1])
    assert (done.code, "cannot listen at" in done.err, done.err.count("\n")) == (1, True, 1)
    done = cli("serve", "--folder", tmp_path / "none")
    assert (done.code, "--folder" in done.err) == (1, True)
    assert cli("serve", "--port", 70_000).code == 2
    done = cli("serve", "--as-of", "@1", "--port", 0)
    assert (done.code, "--as-of" in done.err) == (2, True)


def test_a_file_that_is_no_store_is_told_at_the_start(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "a.db").write_text("hello", "utf-8")
    done = cli("serve", "--db", tmp_path / "a.db", "--port", 0)
    assert (done.code, "not a memcubes store" in done.err) == (1, True)


def test_the_schema_is_printed_without_a_store(cli: Cli, db: Path) -> None:
    done = cli("serve", "--print-schema")
    assert (done.code, done.err) == (0, "")
    assert done.out == (ROOT / "api" / "graphql" / "schema.graphql").read_text("utf-8")
    assert not db.exists()
