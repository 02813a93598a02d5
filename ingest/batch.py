"""Batches: the passages of many sources, read by each extractor at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..graph.record import Version
from .extraction import Extraction, Extractor
from .item import Item
from .passage import Passage
from .report import IngestReport

Wanted = tuple[Item, str, Extractor, list[Passage], Version | None]
"""A source to be read: its language and extractor, its passages, and the version that stands."""


def extracted(work: Iterable[tuple[Extractor, list[Passage]]]) -> list[list[Extraction]]:
    """Run each extractor once over all its passages of the batch."""
    jobs = list(work)
    results: list[list[Extraction]] = [[] for _ in jobs]
    by_extractor: dict[int, list[int]] = {}
    for place, (extractor, _) in enumerate(jobs):
        by_extractor.setdefault(id(extractor), []).append(place)
    for places in by_extractor.values():
        extractor = jobs[places[0]][0]
        flat = [passage for place in places for passage in jobs[place][1]]
        found = iter(extractor.extract(flat))
        for place in places:
            results[place] = [next(found) for _ in jobs[place][1]]
    return results


def read_whole(
    work: Sequence[Wanted], found: Sequence[list[Extraction]], report: IngestReport
) -> tuple[list[Wanted], list[list[Extraction]]]:
    """Say what an extractor could not read; a source that was read before is left as it was then."""
    kept: list[tuple[Wanted, list[Extraction]]] = []
    for one, extractions in zip(work, found, strict=True):
        item, before = one[0], one[4]
        failed = [extraction.failed for extraction in extractions if extraction.failed]
        if failed and before is not None and not before.get("unread"):
            report.failed.append((item.name, f"{failed[0]}; it stays as it was read before"))
            continue
        if failed:
            report.notes.append(
                f"{item.name}: {len(failed)} of {len(extractions)} passages are kept without names and "
                f"facts ({failed[0]}): ingest it again to have them read"
            )
        kept.append((one, extractions))
    return [one for one, _ in kept], [extractions for _, extractions in kept]
