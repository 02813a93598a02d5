"""Opening a store by its URL: the one door, and everybody gets it guarded."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

from platformdirs import user_data_path

from .errors import Invalid
from .guard import GuardedStore
from .neo4j.address import SCHEMES, Address
from .sqlite import SqliteStore
from .store import Engine


def is_server(url: str) -> bool:
    """Whether a `--db` names a Neo4j server.

    >>> is_server("bolt://localhost"), is_server("notes.db")
    (True, False)
    """
    return "://" in url and urlsplit(url).scheme in SCHEMES


def shown(url: str) -> str:
    """A `--db` as it may be printed: without a password.

    >>> shown("neo4j://ann:secret@db.example/notes"), shown("notes.db")
    ('neo4j://ann@db.example:7687/notes', 'notes.db')
    """
    return Address.parse(url).url if is_server(url) else url


def beside(url: str, what: str) -> Path | None:
    """Where this machine keeps what belongs to a store and is not in it; None for one in memory.

    >>> beside("sqlite:////tmp/a.db", "index").as_posix(), beside("sqlite:///:memory:", "index")
    ('/tmp/a.db.index', None)

    `url` is the store's own.
    """
    if is_server(url):
        name = hashlib.sha256(url.encode()).hexdigest()[:16]
        return Path(user_data_path("memcubes")) / "servers" / f"{name}.{what}"
    if not url.startswith("sqlite:///") or url.endswith(":memory:"):
        return None
    return Path(f"{url.removeprefix('sqlite:///')}.{what}")


def sqlite_path(url: str) -> Path | None:
    """Read a `--db` that means a SQLite file; None where it means a store in memory.

    >>> sqlite_path("sqlite:///tmp/a.db").name, sqlite_path("notes.db").name
    ('a.db', 'notes.db')

    Raises `Invalid` for other schemes.
    """
    if "://" not in url:
        if not url.strip():
            raise Invalid("--db is empty: name a file, such as memories.db, or a URL")
        return Path(url).expanduser()
    parts = urlsplit(url)
    if parts.scheme != "sqlite":
        raise Invalid(
            f"memcubes has no engine for '{parts.scheme}://': use sqlite:///PATH, a plain file path, "
            "or neo4j://HOST"
        )
    if parts.netloc:
        raise Invalid(f"'{url}' names a host: a SQLite URL has three slashes, sqlite:///PATH")
    path = unquote(parts.path)
    if path in ("/:memory:", ""):
        return None
    return Path(path)


def open_store(
    url: str,
    principal: str,
    *,
    create: bool = False,
    about: Callable[[], Mapping[str, str]] = dict,
) -> GuardedStore:
    """Open a store as somebody; `about` describes the namespaces that are made through it.

    >>> with_it = open_store("sqlite:///:memory:", "local:ann", create=True)
    >>> with_it.head().seq
    0
    >>> with_it.close()

    Raises `Invalid` (wrong URL), `NotFound` (no store there, and `create` is false), `NotAStore`,
    `SchemaNewer`, `SchemaChanged`, `ReadOnly`, `Unavailable`, and for a server `LoginRefused`,
    `DatabaseMissing`, `ServerTooOld`.
    """
    return GuardedStore(_engine(url, create), principal, about)


def _engine(url: str, create: bool) -> Engine:
    if is_server(url):
        from .neo4j import Neo4jStore

        return Neo4jStore(url, create=create)
    return SqliteStore(sqlite_path(url), create=create)
