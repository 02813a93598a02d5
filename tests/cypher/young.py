"""Which statements were planned on a store of one note, as they stand: their plan follows from nothing else.

`python -m tests.cypher.young` writes down all of them, after `make campaign` has planned them.
"""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

from memcubes.cypher import migrations, statement, statements

from ..server.jars import version

RECORD = Path(__file__).with_suffix(".json")


def key(name: str) -> str:
    """What the plan of a statement follows from: its words, the schema and the server."""
    parts = (statement(name), *(step.statement for step in migrations()), version())
    return sha256("\0".join(parts).encode()).hexdigest()[:16]


def planned() -> frozenset[str]:
    """The statements that stand as they stood when they were planned."""
    kept: dict[str, str] = json.loads(RECORD.read_text("utf-8")) if RECORD.exists() else {}
    return frozenset(name for name in statements() if kept.get(name) == key(name))


if __name__ == "__main__":
    record = {name: key(name) for name in sorted(statements())}
    RECORD.write_text(json.dumps(record, indent=0) + "\n", "utf-8")
