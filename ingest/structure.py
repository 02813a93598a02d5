"""What a file's structure says of its passages, joined with what an extractor read in them.

A cell, a key or a triple needs no model: its subject, its names and its facts stand where the reader found
them. They take the place of whatever an extractor made of the same characters.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import replace

from .document import Document, Named, Told
from .extraction import Claim, Extraction, Mention, Span, normalise
from .passage import Passage
from .section import records_of


def structured(
    document: Document, passages: Sequence[Passage], found: Sequence[Extraction]
) -> list[Extraction]:
    """Give the extraction of each passage with what the document's structure says.

    A passage of an entry that states no facts (a call of a tool, a prompt template) keeps its subject and
    names only; a template, whose words are instructions, not even names.
    """
    headed = ((), ()) if document.turns or document.entries else records_of(document.text)
    names = sorted([*document.names, *headed[0]])
    claims = sorted([*document.claims, *headed[1]])
    return [
        _joined(passage, _worded(passage, one), _inside(names, passage), _inside(claims, passage))
        for passage, one in zip(passages, found, strict=True)
    ]


def _inside(sorted_spans: Sequence[Named | Told], passage: Passage) -> list[Named | Told]:
    first = bisect_left(sorted_spans, passage.start, key=lambda one: one.start)
    last = bisect_left(sorted_spans, passage.end, key=lambda one: one.start)
    return [one for one in sorted_spans[first:last] if one.end <= passage.end]


_HEADING = re.compile(r" {0,3}#{1,6}[ \t]+")


def _worded(passage: Passage, found: Extraction) -> Extraction:
    """Without what a heading's name was taken for: "Office handbook" is no deed of an office."""
    text = passage.text

    def heads(span: Span) -> bool:
        return bool(_HEADING.fullmatch(text, text.rfind("\n", 0, span[0]) + 1, span[0]))

    kept = tuple(one for one in found.claims if one.object or not heads(one.span))
    return found if len(kept) == len(found.claims) else replace(found, claims=kept)


def _joined(
    passage: Passage,
    found: Extraction,
    names: Iterable[Named | Told],
    claims: Iterable[Named | Told],
) -> Extraction:
    entry = passage.entry
    here = passage.start
    told = [
        Claim(one.subject, one.relation, one.object, False, (one.start - here, one.end - here))
        for one in claims
        if isinstance(one, Told)
    ]
    named = [
        (one.surface, (one.start - here, one.end - here)) for one in names if isinstance(one, Named)
    ]
    quiet = entry is not None and entry.semantic_type is not None
    if not (quiet or told or named or (entry is not None and entry.subject)):
        return found
    read = [] if quiet else [c for c in found.claims if not _overlaps(c.span, told)]
    mentions = () if entry is not None and entry.kind in _SILENT else found.mentions
    return replace(
        found,
        subject=entry.subject if entry is not None and entry.subject else found.subject,
        mentions=_named(mentions, named),
        claims=(*told, *read),
    )


_SILENT = frozenset({"prompt template"})


def _overlaps(span: Span, claims: Iterable[Claim]) -> bool:
    return any(span[0] < claim.span[1] and claim.span[0] < span[1] for claim in claims)


def _named(found: Iterable[Mention], named: Sequence[tuple[str, Span]]) -> tuple[Mention, ...]:
    """The mentions of the structure, then what was found beside them; one for each name."""
    joined: dict[str, Mention] = {}
    taken = [span for _, span in named]
    for surface, span in named:
        key = normalise(surface)
        before = joined.get(key)
        if key:
            spans = (*before.spans, span) if before else (span,)
            joined[key] = Mention(surface, "NAME", tuple(sorted(set(spans))))
    for mention in found:
        spans = tuple(
            s for s in mention.spans if not any(s[0] < t[1] and t[0] < s[1] for t in taken)
        )
        before = joined.get(mention.key)
        if before is not None:
            # the extractor knows what kind of thing the name is
            joined[mention.key] = Mention(
                before.surface, mention.label, tuple(sorted({*before.spans, *spans}))
            )
        elif spans:
            joined[mention.key] = replace(mention, spans=spans)
    return tuple(joined.values())
