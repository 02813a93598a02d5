"""Connection: one driver to one database, its managed transactions, and its errors in our words."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from ...cypher import statement
from ..errors import (
    DatabaseMissing,
    Invalid,
    LoginRefused,
    MemcubesError,
    ReadOnly,
    ServerTooOld,
    Unavailable,
)
from .address import PASSWORD, Address

if TYPE_CHECKING:
    import neo4j

OLDEST = (5, 26)
"""The first server with dynamic relationship types, which every statement that writes needs."""
REACHED = 2.5
"""Seconds after which a server that does not answer is said to be down."""
PATIENCE = 30.0
"""Seconds that a read or a commit waits for a server that was there and is starting again."""
LONGEST = 300.0
"""Seconds that one transaction may take, waiting for the lock of the head included.

A client that stops in the middle holds up the others no longer than this."""
MOST_ROWS = 5_000
"""Rows that are asked for at once."""

# what the driver has to say comes out as our errors, not on somebody's screen
logging.getLogger("neo4j").addHandler(logging.NullHandler())

T = TypeVar("T")
Row = Mapping[str, Any]


class Transaction:
    """One transaction that is under way; statements go by their names in `cypher/`."""

    def __init__(self, transaction: neo4j.ManagedTransaction, text: Callable[[str], str]) -> None:
        self._transaction = transaction
        self._text = text

    def run(self, name: str, /, **params: Any) -> list[Row]:
        """Run one statement and give its rows."""
        return list(self._transaction.run(self._text(name), {"in": params}))

    def one(self, name: str, /, **params: Any) -> Row:
        """Run one statement and give its only row."""
        return self.run(name, **params)[0]


class Connection:
    """A Neo4j database; safe to share between threads, one a process.

    `ran` counts the statements by name. Raises `Unavailable` within three seconds where nobody answers,
    `LoginRefused`, `DatabaseMissing`, `ServerTooOld`.
    """

    def __init__(self, address: Address) -> None:
        import neo4j

        self.address = address
        self.ran: Counter[str] = Counter()
        self._driver = neo4j.GraphDatabase.driver(
            address.driver_url,
            auth=(address.user, address.password),
            connection_timeout=REACHED,
            # the time to connect ends before the greeting; this one covers both
            connection_acquisition_timeout=REACHED,
            max_transaction_retry_time=PATIENCE,
            user_agent="memcubes",
            # an empty store knows no labels and properties yet: that is no news
            notifications_disabled_classifications=["UNRECOGNIZED"],
        )
        try:
            with mapped(address):
                self._recognise()
        except BaseException:
            self._driver.close()
            raise

    def _recognise(self) -> None:
        """Ask once, without the driver's retries, so that a server that is down is said to be at once."""
        with self._session() as session:
            version = str(session.run(self.text("components")).single(strict=True)["version"])
        if version_of(version) < OLDEST:
            raise ServerTooOld(
                f"{self.address.url} runs Neo4j {version}: memcubes needs "
                f"{'.'.join(map(str, OLDEST))} or newer (docker/compose.yml has one)"
            )
        self.version = version

    def text(self, name: str) -> str:
        """The words of a statement, counted; tests put wrong words here."""
        self.ran[name] += 1
        return statement(name)

    def _session(self, **more: Any) -> neo4j.Session:
        return self._driver.session(
            database=self.address.database,
            bookmark_manager=self._driver.execute_query_bookmark_manager,
            fetch_size=MOST_ROWS,
            **more,
        )

    def read(self, name: str, /, **params: Any) -> Sequence[Row]:
        """Run one statement that reads, on whichever server may answer it, and give its rows."""

        def work() -> Sequence[Row]:
            return self._driver.execute_query(
                self.text(name),
                {"in": params},
                routing_="r",
                database_=self.address.database,
            ).records

        return self._until_answered(work)

    def stream(self, name: str, /, **params: Any) -> Iterator[Row]:
        """Run one statement that reads very much, and give its rows as they come."""
        with mapped(self.address), self._session(default_access_mode="READ") as session:
            yield from session.run(self.text(name), {"in": params})

    def write(self, work: Callable[[Transaction], T]) -> T:
        """Run `work` in one managed transaction, again when the driver says so.

        `work` must be such that a second time changes nothing where the first was committed: the
        outcome of a commit whose answer got lost is found out by doing it again.
        """

        from neo4j import unit_of_work

        @unit_of_work(timeout=LONGEST)
        def once(inner: neo4j.ManagedTransaction) -> T:
            return work(Transaction(inner, self.text))

        def managed() -> T:
            with self._session() as session:
                return session.execute_write(once)

        return self._until_answered(managed)

    def _until_answered(self, work: Callable[[], T]) -> T:
        """Do what the driver does not do again by itself: a transaction whose outcome is unknown."""
        from neo4j.exceptions import IncompleteCommit

        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                with mapped(self.address):
                    return work()
            except Unavailable as error:
                lost = isinstance(error.__cause__, IncompleteCommit)
                if not lost or time.monotonic() > deadline:
                    raise

    def schema(self, text: str) -> None:
        """Run one statement that changes the schema, in a transaction of its own."""
        with mapped(self.address), self._session() as session:
            session.run(text).consume()

    @contextmanager
    def holding(self, name: str, /, **params: Any) -> Iterator[Row]:
        """Run one statement and keep its locks until the end of the block."""
        with mapped(self.address), self._session() as session, session.begin_transaction() as held:
            yield held.run(self.text(name), {"in": params}).single(strict=True)
            held.commit()

    def close(self) -> None:
        """Close the driver; a second time does nothing."""
        self._driver.close()


def version_of(said: str) -> tuple[int, ...]:
    """Read the first two numbers of a server's version.

    >>> version_of("5.26.30"), version_of("2026.08.1")
    ((5, 26), (2026, 8))
    """
    parts: list[int] = []
    for part in said.split(".")[:2]:
        digits = part.split("-")[0]
        parts.append(int(digits) if digits.isdigit() else 0)
    return tuple(parts)


_CODES: Sequence[tuple[str, type[MemcubesError], str]] = (
    ("Security.AuthenticationRateLimit", LoginRefused, "refuses further logins for a while after several wrong ones: wait, then check MEMCUBES_DB_PASSWORD"),
    ("Security.CredentialsExpired", LoginRefused, "wants a new password for '{user}' first: ALTER CURRENT USER SET PASSWORD"),
    ("Database.DatabaseNotFound", DatabaseMissing, "has no database '{database}': name another at the end of the URL"),
    ("Database.DatabaseUnavailable", Unavailable, "has database '{database}' stopped: start it, or name another"),
    ("General.ReadOnlyDatabase", ReadOnly, "has database '{database}' set read-only: nothing was written"),
    ("General.ForbiddenOnReadOnlyDatabase", ReadOnly, "has database '{database}' set read-only: nothing was written"),
    ("General.WriteOnReadOnlyAccessDatabase", ReadOnly, "has database '{database}' set read-only: nothing was written"),
    ("Cluster.NotALeader", Unavailable, "does not take writes here: use a neo4j:// address, which finds the server that does"),
    ("Transaction.", Unavailable, "ended the transaction before it was done: nothing was written, so try again"),
    ("Security.Forbidden", ReadOnly, "does not let '{user}' do this"),
    ("Security.", LoginRefused, "does not accept the login of '{user}': check the name in the URL and {variable}"),
)  # fmt: skip


@contextmanager
def mapped(address: Address) -> Iterator[None]:
    """Turn the driver's errors into ours, in this one place; none of them shows the password."""
    from neo4j.exceptions import ConstraintError, DriverError, Neo4jError

    try:
        yield
    except ConstraintError:
        raise  # the writer knows which record it was
    except Neo4jError as error:
        code = str(error.code or "")
        for part, kind, words in _CODES:
            if part in code:
                said = words.format(
                    user=address.user,
                    database=address.database or "neo4j",
                    variable=PASSWORD,
                )
                raise kind(f"{address.url} {said}") from error
        if "ClientError" in code:
            raise Invalid(f"{address.url} does not take this: {error.message}") from error
        raise Unavailable(f"{address.url} failed ({code or 'no code'}): {error.message}") from error
    except (DriverError, OSError) as error:
        raise Unavailable(
            f"{address.url} does not answer: start the server, or name another with --db "
            "(`memcubes doctor` says more)"
        ) from error
