"""What has to hold of every document, whatever it was read from."""

from __future__ import annotations

from memcubes.ingest.document import Document, Entry, Turn
from memcubes.ingest.neutral import NeutralExtractor
from memcubes.ingest.passage import split_passages
from memcubes.ingest.structure import structured

NEUTRAL = NeutralExtractor("und")


def exact(document: Document) -> None:
    """Check every span: of turns and entries, of names and facts, of passages and what is in them."""
    text = document.text
    last = 0
    parts: list[Turn | Entry] = [*document.turns, *document.entries]
    for part in sorted(parts, key=lambda one: one.start):
        assert last <= part.start < part.end <= len(text)
        last = part.end
    spans = [(one.start, one.end) for one in document.names]
    spans += [(one.start, one.end) for one in document.claims]
    assert all(0 <= start < end <= len(text) for start, end in spans)
    for told in document.claims:
        assert told.relation
        assert told.subject
    passages = split_passages(document, NEUTRAL)
    for passage in passages:
        assert passage.text == text[passage.start : passage.end]
        assert all(0 <= a < b <= len(passage.text) for a, b in passage.sentences)
    found = structured(document, passages, NEUTRAL.extract(passages))
    for passage, one in zip(passages, found, strict=True):
        for mention in one.mentions:
            assert all(0 <= a < b <= len(passage.text) for a, b in mention.spans)
        for claim in one.claims:
            assert 0 <= claim.span[0] < claim.span[1] <= len(passage.text)


def named(document: Document) -> dict[str, list[str]]:
    """What the structure names, with the characters that stand for it."""
    found: dict[str, list[str]] = {}
    for start, end, surface in document.names:
        found.setdefault(surface, []).append(document.text[start:end])
    return found


def facts(document: Document) -> list[tuple[str, str, str]]:
    """What the structure states."""
    return [(told.subject, told.relation, told.object) for told in document.claims]


def lines(document: Document) -> list[str]:
    """The characters that each fact stands in."""
    return [document.text[told.start : told.end] for told in document.claims]
