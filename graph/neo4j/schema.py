"""The schema of a Neo4j store: made step by step, by one process at a time, and recognised again."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from typing import Any

from ...cypher import Migration, migrations, statement
from ..errors import NotAStore, NotFound, SchemaChanged, SchemaNewer, Unavailable
from ..instant import now
from ..merkle import CompactRange
from .connection import Connection

ATTEMPTS = 20


def prepare(connection: Connection, *, create: bool) -> bytes:
    """Recognise the store, bring its schema up to date, and give its secret.

    Raises `NotFound` (nothing there, and `create` is false), `NotAStore` (something else is there),
    `SchemaNewer`, `SchemaChanged`.
    """
    steps = migrations()
    where = connection.address.url
    found = connection.read("opening")[0]
    if found["store"] is None:
        if found["nodes"]:
            raise NotAStore(
                f"{where} holds {found['nodes']} nodes that are not memcubes': name an empty database"
            )
        if not create:
            raise NotFound(
                f"there is no store at {where}: `memcubes ingest` or `memcubes remember` makes one"
            )
    done = _checked(where, found["migrations"], steps)
    if found["store"] is None or len(done) < len(steps):
        _make(connection, steps)
    return bytes(connection.read("opening")[0]["store"]["secret"])


def _checked(
    where: str, found: Sequence[Sequence[Any]], steps: Sequence[Migration]
) -> frozenset[int]:
    known = {step.number: step for step in steps}
    for number, name, checksum in found:
        step = known.get(number)
        if step is None:
            raise SchemaNewer(
                f"{where} was made with step {number} ({name}) of a newer schema, this memcubes knows "
                f"{len(steps)}: upgrade memcubes"
            )
        if step.checksum != checksum:
            raise SchemaChanged(
                f"step {number} ({name}) of the schema of {where} is not the one that this memcubes "
                "knows: use the memcubes that made it"
            )
    return frozenset(row[0] for row in found)


def _make(connection: Connection, steps: Sequence[Migration]) -> None:
    """Make the steps that are lacking, each noted when it is done, while others wait."""
    _first(connection)
    with connection.holding("migration_lock", secret=os.urandom(32)) as held:
        done = set(held["done"])
        for step in steps:
            if step.number in done:
                continue
            connection.schema(step.statement)
            noted: dict[str, Any] = {
                "number": step.number,
                "name": step.name,
                "checksum": step.checksum,
                "at": now(),
            }
            connection.write(lambda tx, noted=noted: tx.run("migrated", **noted))  # type: ignore[misc]
        connection.write(lambda tx: tx.run("found", roots=CompactRange().pack()))


def _first(connection: Connection) -> None:
    """The one statement that has no lock to stand behind: others may be making it as well."""
    for attempt in range(ATTEMPTS):
        try:
            connection.schema(statement("store_one"))
            return
        except Unavailable:
            if attempt == ATTEMPTS - 1:
                raise
            time.sleep(0.1)
