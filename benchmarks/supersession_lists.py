"""Labelled lists: ten facts about invented people and things, and what is said after them.

`supersession_data/lists.txt` was written for this project, by several hands, in the shape of letta-evals'
core_memory_update and in other people's words: `*` a fact, `+1,4` what takes the place of facts 1 and 4, `-` what leaves all
of them true, as tempting as could be. Few of its changes say so by a word, so that it is the hardest ground there is here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .supersession_pairs import DATA, Pair
from .supersession_probes import Facts, Record, probes

FACTS = 10
_TAKES = re.compile(r"\+([\d,]+) (.+)")


@dataclass(frozen=True, slots=True)
class Written:
    """Facts, what takes the place of some, and what takes the place of none."""

    facts: Facts
    records: tuple[Record, ...]
    compatible: tuple[str, ...]


def written_lists() -> list[Written]:
    """The lists, in order of the file; ValueError names a line that is none of the four kinds."""
    found = []
    for block in (DATA / "lists.txt").read_text("utf-8").split("\n\n"):
        facts: list[str] = []
        records: list[Record] = []
        compatible: list[str] = []
        for line in block.strip().splitlines():
            takes = _TAKES.fullmatch(line)
            if line.startswith("* "):
                facts.append(line[2:])
            elif takes is not None:
                of = tuple(int(place) for place in takes[1].split(","))
                records.append(Record(takes[2], of, "", ""))
            elif line.startswith("- "):
                compatible.append(line[2:])
            elif not line.startswith("#"):
                raise ValueError(f"no fact, no statement after it and no remark: {line!r}")
        if facts:
            found.append(Written(tuple(facts), tuple(records), tuple(compatible)))
    return found


def list_pairs(lists: Sequence[Written], negatives: int) -> Iterator[Pair]:
    """Each fact of a list with all that is said after it, and with `negatives` probes for each that takes a place."""
    every = [one.facts for one in lists]
    for number, one in enumerate(lists):
        frame = "list " + "|".join(one.facts)
        for record in one.records:
            for place, fact in enumerate(one.facts):
                yield Pair(fact, record.said, float(place in record.of), "list", frame)
        for said in one.compatible:
            for fact in one.facts:
                yield Pair(fact, said, 0.0, "list", frame)
        kinds: dict[str, list[tuple[str, int | None]]] = {}
        for probe in probes(every, number, one.records):
            kinds.setdefault(probe.kind, []).append((probe.said, probe.left_out))
        for made in kinds.values():
            for said, left_out in made[: max(1, negatives * len(one.records) // len(kinds))]:
                for place, fact in enumerate(one.facts):
                    if place != left_out:
                        yield Pair(fact, said, 0.0, "list", frame)
