"""Batches: the passages of many sources, read by each extractor at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future

from ..graph.index.sharing import Shared
from ..graph.record import Version
from ..graph.record_text import block_of
from .extraction import Extraction, Extractor
from .extractors import extractor_for
from .item import Item
from .passage import Passage
from .report import IngestReport
from .worker import Workers

PIECE, LAST = 16, 6
"""How many passages are handed to another process at a time, and of the last batch, at whose end one waits."""

WORTH = 256
"""Passages of a batch from which on other processes are started for it, if more is not to come anyway."""

Wanted = tuple[Item, str, Extractor, list[Passage], Version | None]
"""A source to be read: its language and extractor, its passages, and the version that stands."""


class Extracting:
    """The passages of a batch on their way through the extractors, each of which gets all its own at once.

    Those of a language's rules go in pieces, of which `workers` may read some; `more` says that this is
    not the last batch, so that it is worth to start them.
    """

    def __init__(
        self, work: Iterable[Wanted], workers: Workers | None = None, *, more: bool = False
    ) -> None:
        self._lacking: list[list[int]] = []
        self._plain: list[list[Extraction]] = []
        self._groups: dict[int, tuple[list[int], Shared[list[Passage], list[Extraction]]]] = {}
        grouped: dict[int, tuple[Extractor, str, list[int], list[Passage]]] = {}
        for place, (_, language, extractor, passages, _) in enumerate(work):
            wanting = [n for n, passage in enumerate(passages) if not plain_record(passage)]
            self._lacking.append(wanting)
            self._plain.append([Extraction(language, None, (), ())] * len(passages))
            passages = [passages[n] for n in wanting]
            held = grouped.setdefault(id(extractor), (extractor, language, [], []))
            held[2].append(place)
            held[3].extend(passages)
        for key, (extractor, language, places, passages) in grouped.items():
            shared = Shared([passages], extractor.extract)
            if workers is not None and _divided(extractor, language, passages, workers, more):
                size = PIECE if more else LAST
                pieces = [passages[at : at + size] for at in range(0, len(passages), size)]
                shared = Shared(pieces, extractor.extract, _handing(workers, language))
            self._groups[key] = places, shared

    def results(self, later: Iterable[Extracting] = ()) -> list[list[Extraction]]:
        """What was found in each source of the batch, passage by passage.

        Whoever waits here for another process goes on with batches that come later.
        """
        results = [list(plain) for plain in self._plain]
        others = [shared for one in later for _, shared in one._groups.values()]
        for places, shared in self._groups.values():
            found = (one for piece in shared.results(others) for one in piece)
            for place in places:
                for number in self._lacking[place]:
                    results[place][number] = next(found)
        return results


def plain_record(passage: Passage) -> bool:
    """Whether a passage is a record of keys, numbers and dates alone, in which there is nothing to be read."""
    if passage.entry is None or passage.entry.semantic_type is not None:
        return False
    block = block_of(passage.text)
    return block is not None and all(_CODE.fullmatch(cell.value) for cell in block.cells)


_CODE = re.compile(r"\S*\d\S*")


def _handing(
    workers: Workers, language: str
) -> Callable[[list[Passage]], Future[list[Extraction]]]:
    return lambda piece: workers.extract(language, piece)


def _divided(
    extractor: Extractor, language: str, passages: list[Passage], workers: Workers, more: bool
) -> bool:
    """Whether other processes are to read a part of it: only rules with a model behind them are slow."""
    if not workers.count or extractor.name == "neutral" or extractor is not extractor_for(language):
        return False
    return workers.started or more or len(passages) >= WORTH


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
