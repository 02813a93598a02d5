"""Opening a store by its URL: the one door, and everybody gets it guarded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

from .errors import Invalid
from .guard import GuardedStore
from .sqlite import SqliteStore


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
            f"memcubes has no engine for '{parts.scheme}://': use sqlite:///PATH or a plain file path"
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
    `SchemaNewer`, `ReadOnly`, `Unavailable`.
    """
    return GuardedStore(SqliteStore(sqlite_path(url), create=create), principal, about)
