"""The server that tests run against is one's own, dies when told to, and keeps what it was given."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from memcubes.graph.neo4j.address import Address
from memcubes.graph.neo4j.diagnosis import diagnose

from . import jars
from .server import NotStarted, Server, free_port

ROOT = Path(__file__).parents[2]
# Starts a server, says where, and waits to be killed.
HOLD = """
import time
from tests.server.server import Server
with Server() as server:
    print(server.pid, server.home, flush=True)
    time.sleep(600)
"""


def runs(pid: int) -> bool:
    """Whether there is such a process."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def ask(server: Server, query: str) -> list[object]:
    """The first column of what a query gives."""
    with server.driver() as driver:
        return [record[0] for record in driver.execute_query(query, database_="neo4j").records]


def wait_until(true: Callable[[], bool], seconds: float = 10) -> None:
    """Wait for something that another process does."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_the_server_of_the_run_answers(neo4j_server: Server) -> None:
    assert ask(neo4j_server, "RETURN 1") == [1]
    versions = ask(neo4j_server, "CALL dbms.components() YIELD versions RETURN versions[0]")
    assert versions == [jars.version()]
    ask(neo4j_server, "CREATE (:A)-[:B]->(:A)")
    neo4j_server.clear()
    assert ask(neo4j_server, "MATCH (n) RETURN count(n)") == [0]


def test_a_server_of_ones_own(neo4j_server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    ports = [neo4j_server.port, free_port()]  # the first is taken before the server binds it
    monkeypatch.setattr(f"{Server.__module__}.free_port", iter(ports).__next__)
    with Server(["db.transaction.timeout=77s"]) as server:
        assert server.port == ports[1]
        assert server.home != neo4j_server.home
        assert server.password != neo4j_server.password
        assert ask(server, "SHOW SETTINGS 'db.transaction.timeout' YIELD value RETURN value") == [
            "1m17s"
        ]
        home, url, first = server.home, server.url, server.pid
        ask(server, "CREATE (:Kept {n: 42})")

        server.kill()
        assert first is not None
        assert not runs(first)
        assert server.pid is None
        server.restart(["server.databases.default_to_read_only=true"])
        assert (server.home, server.url) == (home, url)
        assert server.pid != first
        assert ask(server, "MATCH (k:Kept) RETURN k.n") == [42]
        seen = diagnose(Address.parse(url, {"MEMCUBES_DB_PASSWORD": server.password}))
        assert ("database", "note") in {(one.name, one.state) for one in seen}

        second = server.pid
        assert second is not None
        server.stop()
        assert not runs(second)
        assert "Stopped." in (server.logs / "neo4j.log").read_text("utf-8")
        assert home.is_dir()
    assert not home.exists()
    assert ask(neo4j_server, "MATCH (k:Kept) RETURN count(k)") == [0]


def test_it_dies_with_the_process_that_started_it() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        pid, home = holder.stdout.readline().split()
        assert runs(int(pid))
        holder.send_signal(signal.SIGKILL)
    wait_until(lambda: not runs(int(pid)))
    wait_until(lambda: not Path(home).exists())


def test_a_start_that_fails_shows_the_log() -> None:
    server = Server(["no.such.setting=1"])
    with pytest.raises(NotStarted, match=r"no\.such\.setting"), server:
        pass
    assert not server.home.exists()


@pytest.mark.parametrize(
    ("tools", "said"),
    [
        ({}, "there is no java"),
        ({"java": 'echo openjdk version \\"11.0.2\\" >&2'}, "found 11"),
        ({"java": 'echo openjdk version \\"21\\" >&2'}, "with mvn, missing here"),
        (
            {"java": 'echo openjdk version \\"17.0.1\\"', "mvn": "echo no network; exit 1"},
            "no network",
        ),
    ],
)
def test_what_is_missing_is_named(
    tools: dict[str, str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, script in tools.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{script}\n", "utf-8")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    with pytest.raises(jars.Lacking, match=said):
        jars.jars()
    assert not jars.folder().exists()
    left = {path.name for path in jars.folder().parent.glob("*")}
    assert left <= {f"{jars.folder().name}.lock"}


def test_runs_side_by_side_fetch_once(tmp_path: Path) -> None:
    """Mvn is a stand-in that takes its time and counts how often it is called."""
    mvn = tmp_path / "mvn"
    mvn.write_text(
        "#!/bin/sh\n"
        "for word; do case $word in -DoutputDirectory=*) out=${word#*=} ;; esac; done\n"
        f'echo called >>"{tmp_path}/calls"; sleep 0.3; echo jar >"$out/neo4j-server-1.jar"\n',
        "utf-8",
    )
    mvn.chmod(0o755)
    environment = os.environ | {
        "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}",
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
    }
    command = [sys.executable, str(Path(jars.__file__))]
    several = [
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    said = [one.communicate()[0] for one in several]
    assert [one.returncode for one in several] == [0, 0, 0]
    assert sorted(text.count("about 123 MB") for text in said) == [0, 0, 1]
    assert (tmp_path / "calls").read_text("utf-8") == "called\n"


def test_set_up_fetches_nothing_where_java_is_too_old(tmp_path: Path) -> None:
    for name in ("Makefile", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    old = tmp_path / "bin" / "java"
    old.parent.mkdir()
    old.write_text('#!/bin/sh\necho openjdk version \\"11.0.2\\" >&2\n', "utf-8")
    old.chmod(0o755)
    done = subprocess.run(
        ["make", "test"],
        cwd=tmp_path,
        check=False,
        env=os.environ | {"PATH": f"{old.parent}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
    )
    assert done.returncode
    assert "lacks: java (17 or newer)" in done.stderr
    assert "Nothing was fetched" in done.stderr
    assert not (tmp_path / ".venv" / "bin").exists()
