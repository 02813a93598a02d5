"""A process that opens a store and makes it where it is lacking; run as a script.

    python making.py URL DIE

It kills itself before the statement of the schema, or the note of a step, that has this number: 0 means
never. "head" stands for the moment before the head is made, "end" for the one after it.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

from memcubes.graph.neo4j import Neo4jStore
from memcubes.graph.neo4j.connection import Connection


def die(*_: Any) -> None:
    """Go without a word."""
    os.kill(os.getpid(), signal.SIGKILL)


def mortal(moment: str) -> None:
    """Let this process die at a moment of making the schema."""
    schema, text, made = Connection.schema, Connection.text, 0

    def counted(self: Connection, statement: str) -> None:
        nonlocal made
        made += 1
        if str(made) == moment:
            die()
        schema(self, statement)

    def named(self: Connection, name: str) -> str:
        if (name, moment) == ("found", "head"):
            die()
        return text(self, name)

    Connection.schema = counted  # type: ignore[method-assign, assignment]
    Connection.text = named  # type: ignore[method-assign]
    if moment == "end":
        write = Connection.write

        def last(self: Connection, work: Any) -> Any:
            before = self.ran["found"]
            done = write(self, work)
            if self.ran["found"] != before:
                die()
            return done

        Connection.write = last  # type: ignore[method-assign]


if __name__ == "__main__":
    url, when = sys.argv[1:]
    mortal(when)
    Neo4jStore(url, create=True).close()
