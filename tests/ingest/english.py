"""One English passage, read by the real model."""

from __future__ import annotations

from memcubes.ingest.document import Document
from memcubes.ingest.english import EnglishExtractor
from memcubes.ingest.extraction import Extraction
from memcubes.ingest.passage import split_passages

ENGLISH = EnglishExtractor()


def read(text: str, title: str | None = None) -> Extraction:
    """What is extracted of a text of one passage."""
    document = Document("a.txt", title, text, "text/plain")
    [found] = ENGLISH.extract(split_passages(document, ENGLISH))
    return found
