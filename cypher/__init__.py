"""Every word of Cypher, one statement a file, read from here by whoever talks to Neo4j.

`queries/` holds what is asked and written, `migrations/` what makes the schema, in order, `analysis/` what
people ask for themselves, and `bare/` what a commit is measured against. Each query
begins with comment lines: what it answers, its `parameters`, its `columns`, and what its plan is
`allowed` to hold although it is slow elsewhere, with the reason. The parameters come as one map, `$in`:
Neo4j plans a statement anew for each length of a list that is a parameter itself.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

__all__ = ["Migration", "migrations", "statement", "statements"]


@dataclass(frozen=True, slots=True)
class Migration:
    """One step of the schema; `checksum` is SHA-256 over the file."""

    number: int
    name: str
    checksum: str
    statement: str


@cache
def statement(name: str) -> str:
    """Read one statement by its name.

    >>> statement("head").splitlines()[0]
    '// Where the log stands.'

    Raises `FileNotFoundError` where there is none of that name.
    """
    return (files(__package__) / "queries" / f"{name}.cypher").read_text("utf-8")


def statements() -> tuple[str, ...]:
    """The names of all statements, in order.

    >>> "head" in statements()
    True
    """
    folder = files(__package__) / "queries"
    return tuple(sorted(f.name.removesuffix(".cypher") for f in folder.iterdir()))


@cache
def migrations() -> tuple[Migration, ...]:
    """The steps of the schema, in order; a step that was ever released never changes.

    >>> [step.number for step in migrations()][:3]
    [1, 2, 3]
    """
    folder = files(__package__) / "migrations"
    out: list[Migration] = []
    for file in sorted(folder.iterdir(), key=lambda f: f.name):
        number, name = file.name.removesuffix(".cypher").split("_", 1)
        text = file.read_text("utf-8")
        out.append(Migration(int(number), name, hashlib.sha256(text.encode()).hexdigest(), text))
    return tuple(out)
