"""Which statements were planned as they stand, on a store of one note and on a crowd; a campaign plans all again.

A plan on one note follows from a statement's words, the schema and the server; what is read on a crowd from all that
asks as well. Where any of that is another, the next run plans again. `python -m tests.cypher.planned` writes down what
there is, after `make campaign` has planned it.
"""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

from memcubes.cypher import migrations, statement, statements

from ..server.jars import version

RECORD = Path(__file__).with_suffix(".json")
ROOT = Path(__file__).parents[2]
ASKING = (("cypher", "*.cypher"), ("graph/neo4j", "*.py"), ("tests/cypher", "*.py"))
CROWD = "a crowd"


def key(name: str) -> str:
    """What the plan of a statement follows from: its words, the schema and the server."""
    parts = (statement(name), *(step.statement for step in migrations()), version())
    return sha256("\0".join(parts).encode()).hexdigest()[:16]


def crowded() -> str:
    """What the reads on a crowd follow from: all Cypher, the adapter, these tests and the server."""
    files = sorted(file for folder, kind in ASKING for file in (ROOT / folder).rglob(kind))
    digest = sha256(version().encode())
    for file in files:
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:16]


def recorded() -> dict[str, str]:
    """What was written down."""
    kept: dict[str, str] = json.loads(RECORD.read_text("utf-8")) if RECORD.exists() else {}
    return kept


def planned() -> frozenset[str]:
    """The statements that stand as they stood when they were planned."""
    kept = recorded()
    return frozenset(name for name in statements() if kept.get(name) == key(name))


if __name__ == "__main__":
    record = {CROWD: crowded()} | {name: key(name) for name in sorted(statements())}
    RECORD.write_text(json.dumps(record, indent=0) + "\n", "utf-8")
