"""The statements for analysts as files: text, header, parameters, columns."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "cypher" / "analysis"


@dataclass(frozen=True)
class Statement:
    """One file, read."""

    name: str
    text: str
    parameters: tuple[str, ...]
    columns: tuple[str, ...]
    allowed: frozenset[str]


def read(name: str) -> Statement:
    """Read a statement and its header."""
    text = (FOLDER / f"{name}.cypher").read_text("utf-8")
    head: list[str] = []
    for line in text.splitlines():
        if not line.startswith("//"):
            break
        if line.startswith("//   ") or (head and not re.match(r"// \w+( \w+)?:", line)):
            head[-1] += line.removeprefix("//").strip().join((" ", ""))
        else:
            head.append(line.removeprefix("// "))
    fields = {
        name: _names(line.partition(": ")[2])
        for line in head[1:]
        for name in [line.partition(":")[0]]
    }
    allowed = {name.split(" ")[1] for name in fields if name.startswith("allowed ")}
    return Statement(name, text, fields["parameters"], fields["columns"], frozenset(allowed))


def names() -> list[str]:
    """All statements, in order."""
    return sorted(path.stem for path in FOLDER.glob("*.cypher"))


def _names(listed: str) -> tuple[str, ...]:
    bare = re.sub(r"\([^()]*\)", "", listed)
    return tuple(part.strip() for part in bare.split(",") if part.strip())
