"""A chat of five turns, its summary, and short ways to ask for both."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from memcubes.api import Memory
from memcubes.graph.kind import NodeKind
from memcubes.graph.listing import all_found
from memcubes.graph.record import Version
from memcubes.graph.scope import Where

TURNS = (
    ("user", "The pump PX-2 ran dry at noon. Thanks for coming!"),
    ("assistant", "I see that the pump PX-2 ran dry. What did Ann do?"),
    ("user", "Ann closed the valve RV-7 and Bo refilled the pump PX-2."),
    ("assistant", "Then Ann should write a report about the pump PX-2."),
    ("user", "We had soup for lunch today."),
)
"""Eight sentences: a question, one of three words, and six that tell something."""
WHO = "Who closed the valve RV-7?"
CLOSED = "Ann closed the valve RV-7 and Bo refilled the pump PX-2."
OTHERS = ("The valve RV-9 is red.", "Cy likes tea.")


def written(file: Path, turns: tuple[tuple[str, str], ...], day: str = "") -> Path:
    """A chat, of a day if one is given."""
    when = {"time": day} if day else {}
    said = [{"role": role, "content": text, **when} for role, text in turns]
    file.write_text(json.dumps(said, ensure_ascii=False), "utf-8")
    return file


def cubes(memory: Memory, kind: str, scope: Any = None) -> list[Version]:
    """The cubes in force of a type."""
    where = Where(kinds=(NodeKind.MEMCUBE,), header={"semantic_type": kind})
    return list(all_found(memory.store(), scope or memory.scope(), where))


def summary(memory: Memory) -> Version:
    """The one there is."""
    (found,) = cubes(memory, "summary")
    return found


def found(memory: Memory, question: str = WHO, **more: Any) -> dict[str, str]:
    """What a search finds, with its types."""
    hits = memory.search(question, **more).hits
    return {hit.cube.text: str(hit.cube.get("semantic_type")) for hit in hits}
