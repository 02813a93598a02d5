"""What one document costs in a graph of N nodes: the curve of `benchmarks.ingest`.

The graph is filled by `Memory.ingest` with generated Spanish notes, which are read by capitals alone (no
model), and the `hashing` encoder. Nodes are cubes, entities and sources together.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

from memcubes.api.memory import Memory
from memcubes.graph.errors import NotFound

SECTIONS = 25
"""Notes of one filling document: a cube each, with two entities of its own and one that others mention."""

AT_ONCE = 400
"""Filling documents that are ingested together."""

WORDS = 2_000
"""Words that names are made of: what is worked out of a word is worked out for it once."""

_SYLLABLES = "ba ro ti mel sun dar ki lo ven pra tu sha gor nim fel".split()  # noqa: SIM905


def word(number: int) -> str:
    """A name of two words that is like no other number's.

    >>> word(0), word(7001)
    ('Barobaba Barobaba', 'Shalosunba Melrobaba')
    """
    return " ".join(_spelt(part) for part in reversed(divmod(number, WORDS)))


def _spelt(number: int) -> str:
    out, number = [], number + len(_SYLLABLES)
    for _ in range(4):
        number, rest = divmod(number, len(_SYLLABLES))
        out.append(_SYLLABLES[rest])
    return "".join(out).capitalize()


def document(number: int, sections: int = SECTIONS, edition: int = 0) -> str:
    """One document of notes about pumps."""
    notes = []
    for n in range(number * SECTIONS, number * SECTIONS + sections):
        notes.append(
            f"## Nota {n}\n\nLa bomba {word(2 * n)} de la planta {word(n // 40)} fue cambiada por "
            f"{word(2 * n + 1)} el día {1 + (n + edition) % 28}."
        )
    return "\n\n".join(notes) + "\n"


@dataclass(frozen=True, slots=True)
class Point:
    """Median milliseconds at one size; `write` reads and commits, `index` brings the index up to date."""

    nodes: int
    cubes: int
    fill_per_s: float
    insert_write: float
    insert_index: float
    insert_search: float
    update_write: float
    update_index: float
    update_search: float
    delete: float
    delete_search: float
    search_again: float


def counted(memory: Memory) -> tuple[int, int, int]:
    """Nodes, cubes and sources of the memory."""
    try:
        counts = memory.counts()
    except NotFound:  # nothing was written yet
        return 0, 0, 0
    cubes, entities, sources = (counts[kind] for kind in ("MemCube", "Entity", "Source"))
    return cubes + entities + sources, cubes, sources


def curve(memory: Memory, folder: Path, sizes: Sequence[int], times: int) -> Iterator[Point]:
    """Fill a memory up to each size in turn and measure there; goes on from what it holds."""
    nodes = counted(memory)[0]
    for size in sorted(sizes):
        begun, before = time.perf_counter(), nodes
        nodes, cubes, done = filled(memory, folder, size)
        rate = (nodes - before) / (time.perf_counter() - begun)
        yield _measured(memory, folder, done, times, (nodes, cubes, round(rate)))


def filled(memory: Memory, folder: Path, size: int) -> tuple[int, int, int]:
    """Fill a memory up to a size, and count its nodes, cubes and sources; it goes on from what it holds."""
    nodes, cubes, done = counted(memory)
    while nodes < size:
        # from what there is by now, how many documents are lacking
        each = nodes / done if done else 4 * SECTIONS
        count = max(1, min(AT_ONCE, round((size - nodes) / each)))
        place = folder / f"fill-{done}"
        place.mkdir()
        for n in range(done, done + count):
            (place / f"{n}.md").write_text(document(n), "utf-8")
        memory.ingest(place)
        done += count
        # counting takes a while: only where what there was before says that it may be enough
        nodes = round(each * done)
        if nodes >= size:
            nodes, cubes, done = counted(memory)
    return nodes, cubes, done


def _measured(
    memory: Memory, folder: Path, base: int, times: int, about: tuple[int, int, int]
) -> Point:
    taken: dict[str, list[float]] = {field.name: [] for field in fields(Point)}

    def search(number: int) -> float:
        name = word(2 * number * SECTIONS)
        begun = time.perf_counter()
        memory.search(f"¿Quién cambió la bomba {name}?")
        return time.perf_counter() - begun

    def ingest(path: Path, what: str) -> None:
        begun = time.perf_counter()
        report = memory.ingest(path)
        whole = time.perf_counter() - begun
        assert len(report.added) + len(report.changed) == 1, report
        taken[f"{what}_write"].append(report.seconds)
        taken[f"{what}_index"].append(whole - report.seconds)

    search(0)
    for n in range(times + 1):
        number = 1_000_000 + base * 10 + n
        path = folder / f"one-{number}.md"
        path.write_text(document(number, 1), "utf-8")
        ingest(path, "insert")
        taken["insert_search"].append(search(number))
        taken["search_again"].append(search(number - 1 if n else 0))
        path.write_text(document(number, 1, edition=1), "utf-8")
        ingest(path, "update")
        taken["update_search"].append(search(number))
        begun = time.perf_counter()
        memory.retract(str(path.resolve()), "measured")
        taken["delete"].append(time.perf_counter() - begun)
        taken["delete_search"].append(search(0))
    # the first of each warms things up
    medians = {
        name: round(1000 * statistics.median(values[1:]), 1)
        for name, values in taken.items()
        if values
    }
    nodes, cubes, rate = about
    return Point(nodes=nodes, cubes=cubes, fill_per_s=rate, **medians)


def printed(points: Sequence[Point]) -> str:
    """The curve as a table, one line a size."""
    names = [field.name for field in fields(Point)]
    rows = [names, *([f"{getattr(point, name):,}" for name in names] for point in points)]
    widths = [max(len(row[at]) for row in rows) for at in range(len(names))]
    return "\n".join(
        "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True))
        for row in rows
    )
