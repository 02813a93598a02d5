"""What is remembered after the facts of a list: its contradictions, and statements that contradict nothing.

The records are those of letta-evals' core_memory_update: ten facts, a contradicting fact, a question with the
answers before and after, and which facts are contradicted. There every new statement contradicts something,
so statements that do not are made here, by rule and from the same lists.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

Facts = tuple[str, ...]

_NAME = re.compile(r"\b(?:(?:Mr|Mrs|Ms|Dr)\. )?[A-Z][a-z]+(?: [A-Z][a-z]+)+(?: (?:MD|Jr\.|PhD))?")
_AUXILIARY = frozenset(
    ["is", "are", "was", "were", "has", "have", "had", "can", "could", "may", "might", "will"]
)
TAILS = (
    ", with great care", " on most weekdays", ", as several friends confirm", " and is proud of it",
    ", which took a lot of patience", ", as a local newspaper wrote", " in a small circle of friends",
)  # fmt: skip
POSSIBLE = (
    "It is possible that {}", "There is a rumor that {}", "Perhaps {}", "If all goes well, {}",
    "Some people wonder whether {}",
)  # fmt: skip
SAID_AGAIN = ("As is well known, {}", "It is true that {}", "Once more for the record: {}")


@dataclass(frozen=True, slots=True)
class Record:
    """One contradiction: what is said, of which facts, and the question with both answers."""

    said: str
    of: tuple[int, ...]
    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Probe:
    """A statement that takes no fact's place; `left_out` is the fact that it was, if it is one."""

    kind: str
    said: str
    left_out: int | None = None


def lists_of(path: Path) -> dict[Facts, list[Record]]:
    """The records of a file by their list of facts, in order of the file."""
    found: dict[Facts, list[Record]] = {}
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        extra = row["agent_args"]["extra"]
        said = extra["contradicting_fact"].strip().strip('"')
        record = Record(
            said, tuple(extra["supporting_fact_indices"]), row["input"], row["ground_truth"]
        )
        found.setdefault(tuple(extra["facts"]), []).append(record)
    return found


def frame_of(facts: Facts) -> str:
    """What a list of facts is called among frames.

    >>> frame_of(("Ann keeps bees.", "Ann lives in Oslo."))
    'letta Ann keeps bees.|Ann lives in Oslo.'
    """
    return "letta " + "|".join(facts)


def names_in(facts: Sequence[str]) -> list[str]:
    """The people of a list, the most often named first."""
    counts: dict[str, int] = {}
    for fact in facts:
        for name in _NAME.findall(fact):
            counts[name] = counts.get(name, 0) + 1
    return [name for name in sorted(counts, key=lambda n: (-counts[n], n)) if counts[name] > 1]


def probes(
    lists: Sequence[Facts], which: int, records: Sequence[Record], seed: str = ""
) -> Iterator[Probe]:
    """The compatible statements for one list: seven kinds for each of its contradictions."""
    facts = lists[which]
    rng = Random("\n".join(facts) + seed)
    others = [f for place, f in enumerate(lists) if place != which and not set(f) & set(facts)]
    people = names_in(facts)
    for record in records:
        place = rng.randrange(len(facts))
        yield Probe("same list", facts[place], place)
        yield Probe("other list", rng.choice(rng.choice(others)))
        renamed = _renamed(rng.choice(others), people, rng)
        if renamed is not None:
            yield Probe("other list, renamed", renamed)
        fact = rng.choice(facts)
        yield Probe("refinement", fact.rstrip(".") + rng.choice(TAILS) + ".")
        yield Probe("restatement", rng.choice(SAID_AGAIN).format(_inside(rng.choice(facts))))
        added = _renamed(rng.choice(others), people, rng)
        if added is not None:
            yield Probe("addition", _also(added))
        yield Probe("hypothetical", rng.choice(POSSIBLE).format(_inside(record.said)))


def _inside(text: str) -> str:
    """A statement as it stands inside another sentence."""
    first = text.split(" ", 1)[0]
    plain = (
        first.lower()
        if first in {"The", "A", "An", "Both", "All", "During", "In", "After"}
        else first
    )
    return plain + text[len(first) :]


def _renamed(facts: Facts, people: Sequence[str], rng: Random) -> str | None:
    """A fact of another list with the people of this one in the place of its own."""
    theirs = names_in(facts)
    fact = rng.choice(facts)
    if not theirs or not people:
        return None
    mine = rng.sample(list(people), min(len(people), len(theirs)))
    put = dict(zip(theirs, mine, strict=False))
    if any(name in fact for name in theirs[len(mine) :]) or not any(n in fact for n in put):
        return None
    for name, other in put.items():
        fact = fact.replace(name, f"\0{other}\0")
        fact = re.sub(rf"\b{re.escape(name.split()[0])}\b", other.split()[0], fact)
    return fact.replace("\0", "")


def _also(text: str) -> str:
    """Say it as something that comes on top: "also" before the first verb, after an auxiliary."""
    names = list(_NAME.finditer(text))
    words = text.split(" ")
    for place, word in enumerate(words):
        if word in _AUXILIARY:
            return " ".join([*words[: place + 1], "also", *words[place + 1 :]])
    if names and names[0].start() == 0:
        last = names[0].end()
        for name in names[1:]:
            if text[last : name.start()] in (" and ", ", ", ", and "):
                last = name.end()
        if text[last : last + 1] == " ":
            return f"{text[:last]} also{text[last:]}"
    return f"In addition, {text}"
