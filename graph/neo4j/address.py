"""Address: where a Neo4j server is, and who asks; the password never comes out of it again."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, unquote, urlsplit

from ..errors import Invalid

SCHEMES = ("neo4j", "neo4j+s", "neo4j+ssc", "bolt", "bolt+s", "bolt+ssc")
PASSWORD = "MEMCUBES_DB_PASSWORD"
"""The environment variable that holds the password where the URL has none."""


@dataclass(frozen=True, slots=True)
class Address:
    """A server, a database on it, and a login.

    >>> at = Address.parse("neo4j://ann:secret@db.example:7688/notes")
    >>> at.url, at.driver_url, at.database
    ('neo4j://ann@db.example:7688/notes', 'neo4j://db.example:7688', 'notes')
    >>> "secret" in repr(at)
    False
    """

    scheme: str
    host: str
    port: int
    user: str
    password: str = field(repr=False)
    database: str | None

    @classmethod
    def parse(cls, url: str, environment: Mapping[str, str] | None = None) -> Address:
        """Read `scheme://[user[:password]@]host[:port][/database]`; raises `Invalid`.

        The password may stand in the environment instead, and does so better: a URL is easily shown.
        """
        said = os.environ if environment is None else environment
        parts = urlsplit(url)
        shown = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
        if parts.scheme not in SCHEMES:
            raise Invalid(f"'{parts.scheme}://' is no Neo4j address: use {', '.join(SCHEMES)}")
        try:
            port = parts.port or 7687
        except ValueError:
            raise Invalid(f"the port of {shown} is no number from 1 to 65535") from None
        if not parts.hostname:
            raise Invalid(f"{parts.scheme}:// names no host: write {parts.scheme}://localhost:7687")
        if parts.query or parts.fragment:
            raise Invalid(f"the address {shown} ends with options: memcubes takes none there")
        database = unquote(parts.path.strip("/")) or None
        if database is not None and "/" in database:
            raise Invalid(
                f"'{database}' cannot name a database: the address {shown} takes one name"
            )
        user = unquote(parts.username or "") or "neo4j"
        password = unquote(parts.password or "") or said.get(PASSWORD, "")
        return cls(parts.scheme, parts.hostname, port, user, password, database)

    @property
    def driver_url(self) -> str:
        """What the driver connects to: no login, no database."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"

    @property
    def url(self) -> str:
        """What may be shown: everything but the password."""
        place, database = self.driver_url, "" if self.database is None else f"/{self.database}"
        if self.user != "neo4j":
            place = place.replace("://", f"://{quote(self.user, safe='')}@", 1)
        return place + database
