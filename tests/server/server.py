"""A real Neo4j server of one's own: a free port, a home that goes away, a password nobody knows.

    with Server() as server, server.driver() as driver: ...

It runs in a session of its own and is signalled only by its own process id. A small shell beside it
holds the other end of a pipe: when the process of the tests dies in whatever way, the pipe closes
and the shell ends the server and removes its home.
"""

from __future__ import annotations

import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Self

import neo4j
from neo4j.exceptions import DriverError, Neo4jError

from .archive import SEED_PASSWORD, archive, seed
from .jars import jars, java

SECONDS_TO_START = 90
SECONDS_TO_STOP = 30
PORTS_TRIED = 5
USER = "neo4j"
STARTED = "Started."
PORT_TAKEN = "Address already in use"
# Without it, Bolt waits twice five seconds for nobody, after the databases have stopped.
QUICK_STOP = "internal.server.bolt.thread_pool_shutdown_wait_time=0s"
OPENED = ("java.base/java.nio", "java.base/java.io", "java.base/sun.nio.ch")
WATCH = 'read -r _ || { kill -9 "$1"; sleep 1; rm -rf "$2"; }'


class NotStarted(RuntimeError):
    """The server did not come up; the message ends with what it wrote last."""


class _PortTaken(Exception):
    """Somebody took the port between the choosing and the binding."""


def free_port() -> int:
    """A loopback port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """One Neo4j 5.26 Community server; `conf` are further lines of neo4j.conf, which win, `java` of Java's; `plugins` a folder of jars.

    It begins with the schema of memcubes in its database, where set-up has left that, unless not `seeded`.

    `home` and `port` stay the same from the first start to `close`, through stop, kill and restart.
    """

    def __init__(
        self,
        conf: Sequence[str] = (),
        java: Sequence[str] = (),
        *,
        seeded: bool = True,
        plugins: Path | None = None,
    ) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="memcubes-neo4j-"))
        self.logs = self.home / "logs"
        self.password = secrets.token_urlsafe(18)
        self.port = 0
        self._conf = tuple(conf)
        self._java = tuple(java)
        self._plugins = plugins
        self._known = USER  # the password that a new server begins with
        if seeded and seed().is_dir():
            shutil.copytree(seed(), self.home / "data")
            self._known = SEED_PASSWORD
        self._process: subprocess.Popen[bytes] | None = None
        self._watch: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def url(self) -> str:
        """Where the server answers, without name and password."""
        return f"neo4j://127.0.0.1:{self.port}"

    @property
    def auth(self) -> tuple[str, str]:
        """Name and password, as the driver takes them."""
        return USER, self.password

    @property
    def pid(self) -> int | None:
        """The id of the server's process; None while it does not run."""
        return self._process.pid if self._process and self._process.poll() is None else None

    def driver(self) -> neo4j.Driver:
        """A new driver, which the caller closes."""
        return neo4j.GraphDatabase.driver(self.url, auth=self.auth, connection_timeout=5)

    def start(self) -> None:
        """Start, and come back when a query would be answered."""
        assert self.pid is None, "the server runs already"
        choosing = not self.port
        for _ in range(PORTS_TRIED):
            self.port = free_port() if choosing else self.port
            try:
                self._launch()
            except _PortTaken:
                continue
            self._name()
            self._verify()
            return
        raise NotStarted(f"port {self.port} was taken {PORTS_TRIED} times{self._tail()}")

    def stop(self, seconds: float = SECONDS_TO_STOP) -> None:
        """Shut down in order; the home stays, and `start` brings the server back."""
        self._end(signal.SIGTERM, seconds)

    def kill(self) -> None:
        """Pull the plug: SIGKILL, nothing is written any more; the home stays."""
        self._end(signal.SIGKILL)

    def restart(self, conf: Sequence[str] | None = None) -> None:
        """Stop if it runs, then start on the same home and port; `conf` replaces the further lines."""
        self.stop()
        if conf is not None:
            self._conf = tuple(conf)
        self.start()

    def close(self) -> None:
        """End the server and remove its home; killed, because nothing of it is wanted any more."""
        self.kill()
        shutil.rmtree(self.home, ignore_errors=True)

    def clear(self) -> None:
        """Delete every node and relationship; constraints and indexes stay."""
        delete = "MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 5000 ROWS"
        with self.driver() as driver, driver.session() as session:
            session.run(delete).consume()

    def _launch(self) -> None:
        path, library = java(), jars()
        # as Neo4j's own script does: what extends the server is found on the path of its classes
        plugged = f":{self._plugins}/*" if self._plugins else ""
        leaves = any("ArchiveClassesAtExit" in option for option in self._java)
        shared = [f"-XX:SharedArchiveFile={archive()}"] if archive().exists() and not leaves else []
        self._configure()
        self.logs.mkdir(exist_ok=True)
        log = self.logs / "neo4j.log"
        before = log.stat().st_size if log.exists() else 0
        command = [
            *(
                path,
                "-Xms512m",
                "-Xmx1g",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",  # two servers that compile better have no core left to run on
                "--add-modules=jdk.incubator.vector",
            ),
            *shared,
            *self._java,
            *(f"--add-opens={package}=ALL-UNNAMED" for package in OPENED),
            *("-cp", f"{library}/*{plugged}", "org.neo4j.server.CommunityEntryPoint"),
            *(f"--home-dir={self.home}", f"--config-dir={self.home / 'conf'}"),
        ]
        with (self.logs / "console.log").open("ab") as console:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=subprocess.STDOUT,
                cwd=self.home,
                start_new_session=True,
            )
        self._watch = subprocess.Popen(
            ["sh", "-c", WATCH, "watch", str(self._process.pid), str(self.home)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        # Its own log says when it listens; that the port answers could be another server's doing.
        deadline = time.monotonic() + SECONDS_TO_START
        while STARTED not in self._said(before):
            if self._process.poll() is not None:
                self.kill()
                if PORT_TAKEN in self._said(before):
                    raise _PortTaken
                raise NotStarted(f"Neo4j ended while starting{self._tail()}")
            if time.monotonic() > deadline:
                self.kill()
                raise NotStarted(f"Neo4j did not start in {SECONDS_TO_START} s{self._tail()}")
            time.sleep(0.05)

    def _configure(self) -> None:
        lines = (
            "server.default_listen_address=127.0.0.1",
            f"server.bolt.listen_address=127.0.0.1:{self.port}",
            f"server.bolt.advertised_address=127.0.0.1:{self.port}",
            "server.http.enabled=false",
            "server.https.enabled=false",
            "dbms.usage_report.enabled=false",
            "server.memory.pagecache.size=256m",
            "db.tx_log.preallocate=false",
            # tests empty the store again and again, which looks like a reason to plan anew
            "dbms.cypher.min_replan_interval=24h",
            QUICK_STOP,
            *([f"server.directories.plugins={self._plugins}"] if self._plugins else ()),
            *self._conf,
        )
        settings = dict(line.split("=", 1) for line in lines)  # each once, or Neo4j refuses
        file = self.home / "conf" / "neo4j.conf"
        file.parent.mkdir(exist_ok=True)
        file.write_text("".join(f"{key}={value}\n" for key, value in settings.items()), "utf-8")

    def change_password(self, new: str) -> None:
        """Let nobody in who does not know the new one."""
        with neo4j.GraphDatabase.driver(self.url, auth=(USER, self._known)) as driver:
            driver.execute_query(
                "ALTER CURRENT USER SET PASSWORD FROM $old TO $new",
                {"old": self._known, "new": new},
                database_="system",
            )
        self._known = new

    def _name(self) -> None:
        """Make it a server of its own: its password, and the secret of the store that it begins with."""
        if self._known == self.password:
            return
        self.change_password(self.password)
        with self.driver() as driver:
            driver.execute_query(
                "MATCH (s:Memcubes) SET s.secret = $secret", {"secret": secrets.token_bytes(32)}
            )

    def _verify(self) -> None:
        deadline = time.monotonic() + SECONDS_TO_START
        while True:
            try:
                with self.driver() as driver:
                    driver.verify_connectivity()
                return
            except (DriverError, Neo4jError) as error:
                if self.pid is None or time.monotonic() > deadline:
                    self.kill()
                    raise NotStarted(f"Neo4j does not answer: {error}{self._tail()}") from error
                time.sleep(0.1)

    def _end(self, by: signal.Signals, seconds: float = SECONDS_TO_STOP) -> None:
        if self._process is not None:
            self._process.send_signal(by)
            try:
                self._process.wait(seconds)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None
        if self._watch is not None:
            self._watch.communicate(b"done\n")
            self._watch = None

    def _said(self, since: int) -> str:
        log = self.logs / "neo4j.log"
        return log.read_bytes()[since:].decode("utf-8", "replace") if log.exists() else ""

    def _tail(self, lines: int = 30) -> str:
        """The end of what the server wrote, to put into an error."""
        said = []
        for file in (self.logs / "neo4j.log", self.logs / "console.log"):
            if file.exists():
                last = file.read_text("utf-8", "replace").splitlines()[-lines:]
                said += [f"\n--- logs/{file.name} ---", *last]
        return "\n".join(said)
