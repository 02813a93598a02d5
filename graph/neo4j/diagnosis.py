"""Diagnosis: whether a Neo4j server can be used, and if not, what is wrong and what would help.

It asks and changes nothing, gives up within three seconds where nobody answers, and never shows a
password.
"""

from __future__ import annotations

import logging
import re
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...cypher import migrations, statement
from .address import PASSWORD, Address

if TYPE_CHECKING:
    from neo4j.exceptions import DriverError, Neo4jError

OLDEST = (5, 26)
MOST_DIFFERENCE = 1.0
"""Seconds by which two clocks may differ before it is worth a word."""
_TO_CONNECT = 1.0
_TO_LOG_IN = 2.0
_SECURITY = "Neo.ClientError.Security."
_LOGIN = {
    "Unauthorized": "the server refuses this name and password",
    "AuthenticationRateLimit": "too many wrong passwords: the server refuses this name for a while",
    "CredentialsExpired": "the first password has to be changed before anything else",
    "TokenExpired": "the login has expired",
    "Forbidden": "the login may not use the server",
}


@dataclass(frozen=True, slots=True)
class Observation:
    """One thing that was looked at; `state` is ok, note, missing or wrong, `way_out` what would help."""

    name: str
    state: str
    found: str
    way_out: str = ""


_Ask = Callable[..., list[dict[str, Any]]]


def diagnose(address: Address) -> tuple[Observation, ...]:
    """Look at a server in the order in which one thing needs the other, as far as one gets.

    >>> [nobody] = diagnose(Address.parse("neo4j://localhost:1"))
    >>> nobody.name, nobody.state, nobody.found
    ('server', 'missing', 'neo4j://localhost:1: Connection refused')
    """
    unreachable = _unreachable(address)
    return (unreachable,) if unreachable else tuple(_observations(address))


def _unreachable(address: Address) -> Observation | None:
    """Whether nobody listens there, asked of a socket: it gives better reasons than the driver."""
    try:
        socket.create_connection((address.host, address.port), _TO_CONNECT).close()
    except OSError as error:
        found = f"{address.driver_url}: {_reason(error)}"
        way_out = f"start the server, or name another: --db {address.scheme}://HOST:PORT"
        return Observation("server", "missing", found, way_out)
    return None


def _observations(address: Address) -> Iterator[Observation]:
    """What the server says of itself, once it lets us in."""
    import neo4j
    from neo4j.exceptions import DriverError, Neo4jError

    # Without a handler, what the driver logs goes to the user's screen.
    logging.getLogger("neo4j").addHandler(logging.NullHandler())
    driver = neo4j.GraphDatabase.driver(
        address.driver_url,
        auth=(address.user, address.password),
        connection_timeout=_TO_CONNECT,
        connection_acquisition_timeout=_TO_LOG_IN,
        max_transaction_retry_time=0,
    )
    with driver:

        def ask(name: str, database: str | None = "system") -> list[dict[str, Any]]:
            with driver.session(database=database, default_access_mode=neo4j.READ_ACCESS) as one:
                return one.run(statement(name)).data()

        try:
            version = _version(ask)
        except Neo4jError as error:
            yield Observation("server", "ok", address.driver_url)
            yield _refused(address, error)
            return
        except DriverError as error:
            yield _no_bolt(address, error)
            return
        yield Observation("server", "ok", address.driver_url)
        yield Observation("login", "ok", address.user)
        yield version
        try:
            database = _database(ask, address)
            yield database
            if database.state in ("ok", "note"):
                yield _schema(ask, address)
                yield _clock(ask, address)
        except (Neo4jError, DriverError) as error:
            # the server went away meanwhile, or the login may not ask this
            yield Observation("database", "wrong", _reason(error))


def _refused(address: Address, error: Neo4jError) -> Observation:
    """Why the server does not let us in."""
    code = str(error.code)
    kind = code.removeprefix(_SECURITY)
    found = f"{address.user}: {_LOGIN.get(kind, code)}"
    if kind == "CredentialsExpired":
        way_out = "ALTER CURRENT USER SET PASSWORD FROM '…' TO '…', on the database system"
    elif not address.password:
        found, way_out = f"{address.user}: no password was given", f"set {PASSWORD}"
    elif code.startswith(_SECURITY):
        way_out = f"put the user into --db ({address.scheme}://USER@HOST) and set {PASSWORD}"
    else:
        return Observation("server", "wrong", f"{address.driver_url}: {code}")
    return Observation("login", "wrong", found, way_out)


def _no_bolt(address: Address, error: DriverError) -> Observation:
    """Something listens there, and it is no Neo4j, or not in this way."""
    found = f"{address.driver_url} listens and does not answer as a Neo4j server: {_reason(error)}"
    way_out = "name the Bolt port (7687); +s at the scheme means TLS, without it there is none"
    return Observation("server", "wrong", found, way_out)


def _version(ask: _Ask) -> Observation:
    (row,) = [row for row in ask("server_version") if row["name"] == "Neo4j Kernel"]
    version = row["versions"][0]
    found = f"Neo4j {version} {row['edition']}"
    numbers = tuple(int(n) for n in re.findall(r"\d+", version)[:2])
    if numbers < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        return Observation("server version", "wrong", found, f"use Neo4j {oldest} or newer")
    return Observation("server version", "ok", found)


def _clock(ask: _Ask, address: Address) -> Observation:
    """Memcubes takes instants from the server; the way there and back is no difference."""
    before = time.time()
    (row,) = ask("server_clock", address.database)
    after = time.time()
    ahead = row["at"] / 1e6 - (before + after) / 2
    beyond = abs(ahead) - (after - before) / 2
    if beyond < MOST_DIFFERENCE:
        return Observation("server clock", "ok", f"within {max(beyond, 0) + 0.1:.1f} s of this one")
    found = f"{abs(ahead):,.1f} s {'ahead of' if ahead > 0 else 'behind'} this one"
    return Observation("server clock", "note", found, "let both machines keep time by NTP")


def _database(ask: _Ask, address: Address) -> Observation:
    """The database that the address means; without a name, the home of the login."""
    rows = ask("server_databases")
    wanted = (address.database or "").lower()
    mine = [
        row
        for row in rows
        if (row["name"] == wanted or wanted in row["aliases"] if wanted else row["home"])
    ]
    if not mine:
        names = ", ".join(sorted({row["name"] for row in rows} - {"system"})) or "none"
        found = f"there is no '{address.database or 'home database'}'; there are: {names}"
        return Observation("database", "missing", found, f"{address.driver_url}/NAME names one")
    name = mine[0]["name"]
    if name == "system":
        return Observation("database", "wrong", "system keeps no graphs", "name another database")
    if all(row["status"] != "online" for row in mine):
        said = f"{name} is {mine[0]['status']}. {mine[0]['message']}".strip(". ")
        return Observation("database", "wrong", said, f"START DATABASE {name}, or see its log")
    if not any(row["writer"] and row["access"] == "read-write" for row in mine):
        way_out = "see server.databases.default_to_read_only and read_only in neo4j.conf"
        return Observation("database", "note", f"{name} can be read and not written", way_out)
    return Observation("database", "ok", f"{name}, online and writable")


def _schema(ask: _Ask, address: Address) -> Observation:
    """How far memcubes' migrations are there."""
    (row,) = ask("opening", address.database)
    done = [number for number, *_ in row["migrations"]]
    have, want = max(done, default=0), migrations()[-1].number
    if not done and row["nodes"]:
        found = f"other data, not memcubes' ({row['nodes']:,} nodes)"
        return Observation("schema", "wrong", found, "name a database that is empty")
    if not done:
        return Observation("schema", "note", "none yet: the first write makes it")
    if have > want:
        found = f"{have}, made by a newer memcubes; this one knows {want}"
        return Observation("schema", "wrong", found, "pip install --upgrade memcubes")
    if len(done) < want:
        found = f"{len(done)} of {want} steps: the next write makes the others"
        return Observation("schema", "note", found)
    return Observation("schema", "ok", str(have))


def _reason(error: BaseException) -> str:
    """The innermost cause in few words: what the operating system or the server said."""
    inner: BaseException | None = error
    while inner is not None:
        error = inner
        several = error.exceptions if isinstance(error, BaseExceptionGroup) else ()
        inner = several[0] if several else error.__cause__ or error.__context__
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    code = getattr(error, "code", None)
    return str(code or type(error).__name__)
