"""Drafts: what one document opens, as a pure function of its content and the extractor.

Nothing here looks at other documents, which makes ingest confluent: in whatever order sources arrive,
each opens the same records (DESIGN, belief).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache, partial
from itertools import pairwise
from typing import Any

from ..graph.instant import OPEN
from ..graph.kind import Authority, EdgeKind, NodeKind, Role
from ..graph.record import Author, Edge, Payload, Record, Validity, Version
from ..graph.record_text import KIND, parted
from ..graph.store import GraphStore, Name
from .alias import with_aliases
from .document import Document
from .extraction import Claim, Extraction, Extractor, normalise
from .passage import Granularity, Passage
from .when import Valid, hull

READER = "memreader@6"


@dataclass(frozen=True, slots=True)
class Reading:
    """A document with what was read out of it: passages, and one extraction for each."""

    document: Document
    language: str
    extractor: str
    passages: tuple[Passage, ...]
    extractions: tuple[Extraction, ...]
    record: int | None = None
    name: str = ""
    semantic_type: str = "document"
    origin_type: str = "retrieved"
    authority: Authority = Authority.EXTRACTED
    granularity: Granularity | None = None
    """How large its passages are; None where it was not cut by a policy."""
    cube: Name | None = None
    """The identity of the one passage, where it is not to follow from the text (a revision)."""

    @property
    def unread(self) -> int:
        """How many of its passages an extractor could not read."""
        return sum(bool(one.failed) for one in self.extractions)


@dataclass(slots=True)
class Draft:
    """The records that a reading asks for, each under its logical key.

    The key is (kind, node) for a version and (kind, from, to) for an edge, so that a new reading of an
    edited source can be compared with what the old one opened.
    """

    source: Name
    versions: dict[tuple[str, ...], Version] = field(default_factory=dict)
    edges: dict[tuple[str, ...], Edge] = field(default_factory=dict)

    def records(self) -> tuple[Record, ...]:
        """All records, nodes before the edges that stand on them."""
        return (*self.versions.values(), *self.edges.values())


def drafted(store: GraphStore, ns: str, reading: Reading, now: int) -> Draft:
    """Write the records of a reading; `now` (microseconds) stands in where the document has no date."""
    document = reading.document
    # a source says most of its names several times
    name_of = cache(partial(store.name, ns))
    source = name_of(NodeKind.SOURCE, document.uri)
    stated = document.stated if document.stated is not None else now
    author = Author(ns, source.id, reading.authority, stated, document.stated is not None)
    draft = Draft(source)
    entities: dict[str, tuple[str, str]] = {}
    facts: dict[tuple[str, str, str, str], dict[str, Any]] = {}
    fact_of: dict[str, tuple[str, str, str, str]] = {}
    supports: dict[tuple[str, str], list[tuple[int, int]]] = {}
    said: dict[tuple[str, str], dict[str, Any]] = {}
    links: set[tuple[EdgeKind, str, str]] = set()
    mentions: dict[tuple[str, str], set[tuple[int, int]]] = {}
    given: dict[tuple[str, str], set[str]] = {}
    placed: list[tuple[str, int, int]] = []
    times: dict[tuple[str, str], list[Valid | None]] = {}
    begins = {
        cube: min([stated, *(claim.valid[0] for claim in found.claims if claim.valid)])
        for cube, found in enumerate(reading.extractions)
    }
    since: dict[str, int] = {}

    def from_(start: int) -> Validity | None:
        """Visible from when the first of what it says holds, where that was before it was said."""
        return Validity(start, OPEN, True) if start < stated else None

    def entity(surface: str, label: str) -> str | None:
        key = normalise(surface)
        if not key:
            return None
        held = entities.get(key)
        if held is None or (held[1] in _VAGUE and label not in _VAGUE):
            entities[key] = (held[0] if held else " ".join(surface.split()), label)
        return name_of(NodeKind.ENTITY, key).id

    for place, (passage, found) in enumerate(
        zip(reading.passages, reading.extractions, strict=True)
    ):
        cube = reading.cube or name_of(
            NodeKind.MEMCUBE, document.uri, passage.text, str(passage.occurrence)
        )
        placed.append((cube.id, passage.start, passage.end))
        found, aliases = with_aliases(passage.text, found)
        header = _header(reading, passage, found)
        since[cube.id] = min(begins[place], since.get(cube.id, stated))
        draft.versions["MemCube", cube.id] = author.version(
            NodeKind.MEMCUBE,
            cube.id,
            header,
            key=cube.key,
            payload=Payload.of(passage.text),
            validity=from_(since[cube.id]),
        )
        links.add((EdgeKind.DERIVED_FROM, cube.id, source.id))
        known: dict[str, str] = {}
        for mention in found.mentions:
            if mention.is_value:
                continue
            node = entity(mention.surface, mention.label)
            if node is not None:
                known[mention.key] = node
                mentions.setdefault((cube.id, node), set()).update(mention.spans)
        for alias in aliases:
            short, full = known.get(normalise(alias.surface)), known.get(normalise(alias.of))
            if short is not None and full is not None:
                given.setdefault((cube.id, short), set()).add(full)
        if found.subject:
            node = entity(found.subject, "TOPIC")
            if node is not None:
                links.add((EdgeKind.ABOUT, cube.id, node))
        for surface in found.called:
            node = entity(surface, "PERSON")
            if node is not None:
                links.add((EdgeKind.ABOUT, cube.id, node))
        for claim in found.claims:
            value = _value(claim)
            if not all(value[:2]):
                continue
            fact = name_of(NodeKind.FACT, *value).id
            fact_of[fact] = value
            _note_claim(facts.setdefault(value, {}), claim, passage)
            supports.setdefault((cube.id, fact), []).append(claim.span)
            times.setdefault((cube.id, fact), []).append(claim.valid)
            _note_manner(said.setdefault((cube.id, fact), {}), claim, passage)
            subject = entity(claim.subject, "TOPIC")
            if subject is not None:
                links.add((EdgeKind.SUBJECT_OF, subject, fact))
            target = _mentioned(claim.object, known)
            if target is not None:
                links.add((EdgeKind.OBJECT_OF, target, fact))
    for (one, after), ((earlier, _, _), (later, _, _)) in zip(
        pairwise(reading.passages), pairwise(placed), strict=True
    ):
        # the rows of a table follow one another, and nothing leads from one to the next
        if earlier != later and not (_record(one) and _record(after)):
            links.add((EdgeKind.NEXT, earlier, later))
    whole = from_(min(since.values(), default=stated))
    of_fact: dict[str, list[Valid | None]] = {}
    for (_, fact), held_times in times.items():
        of_fact.setdefault(fact, []).extend(held_times)
    for key, (surface, label) in entities.items():
        name = name_of(NodeKind.ENTITY, key)
        draft.versions["Entity", name.id] = author.version(
            NodeKind.ENTITY,
            name.id,
            {"name": surface, "label": label},
            key=name.key,
            validity=whole,
        )
    for fact, value in fact_of.items():
        key = name_of(NodeKind.FACT, *value).key
        valid = hull(of_fact[fact])
        draft.versions["Fact", fact] = author.version(
            NodeKind.FACT,
            fact,
            facts[value],
            key=key,
            validity=Validity(*valid, True) if valid else whole,
        )
    version = author.version(
        NodeKind.SOURCE,
        source.id,
        _source_header(reading, placed),
        key=source.key,
        payload=Payload.of(document.text),
        validity=whole,
    )
    # first, since everything stands on it: of a large source the rest may come in later changes
    draft.versions = {("Source", source.id): version, **draft.versions}
    for kind, src, dst in sorted(links):
        role = {"role": str(Role.PRIMARY_SOURCE)} if kind is EdgeKind.DERIVED_FROM else {}
        start = from_(since[src]) if src in since else whole
        draft.edges[str(kind), src, dst] = author.edge(kind, src, dst, role, validity=start)
    for (cube_id, node), spans in mentions.items():
        draft.edges["MENTIONS", cube_id, node] = author.edge(
            EdgeKind.MENTIONS,
            cube_id,
            node,
            {"spans": _spans(spans)} | _alias_of(given.get((cube_id, node))),
            validity=from_(since[cube_id]),
        )
    for (cube_id, fact), held_spans in supports.items():
        valid = hull(times[cube_id, fact])
        draft.edges["SUPPORTS", cube_id, fact] = author.edge(
            EdgeKind.SUPPORTS,
            cube_id,
            fact,
            {"spans": _spans(held_spans), "claim": said[cube_id, fact]},
            validity=Validity(*valid, True) if valid else from_(since[cube_id]),
        )
    return draft


_VAGUE = frozenset({"TOPIC", "NAME"})


def _record(passage: Passage) -> bool:
    return passage.entry is not None and passage.entry.semantic_type is None


def _spans(spans: Iterable[tuple[int, int]]) -> list[list[int]]:
    return [list(span) for span in sorted(set(spans))]


def _alias_of(names: Iterable[str] | None) -> dict[str, Any]:
    """What a passage says that a name stands for: it goes with the passage."""
    return {"alias_of": sorted(names)} if names else {}


def _value(claim: Claim) -> tuple[str, str, str, str]:
    return (
        normalise(claim.subject),
        claim.relation,
        normalise(claim.object),
        "not" if claim.negated else "",
    )


def _note_claim(held: dict[str, Any], claim: Claim, passage: Passage) -> None:
    """Keep the first wording of a fact; a correction anywhere in the source makes it one."""
    held.setdefault("subject", claim.subject)
    held.setdefault("relation", claim.relation)
    held.setdefault("object", claim.object)
    held.setdefault("negated", claim.negated)
    if passage.stated is not None:
        held["stated"] = max(held.get("stated", passage.stated), passage.stated)
    held["correction"] = held.get("correction", False) or claim.correction
    if claim.instead_of is not None:
        held["instead_of"] = claim.instead_of


def _note_manner(held: dict[str, Any], claim: Claim, passage: Passage) -> None:
    """Keep how one passage states a fact: when, and whether as a correction; that goes with the passage."""
    if claim.correction:
        held["correction"] = True
    if claim.instead_of is not None:
        held["instead_of"] = min(held.get("instead_of", claim.instead_of), claim.instead_of)
    if passage.stated is not None:
        held["stated"] = max(held.get("stated", passage.stated), passage.stated)
    # of several sentences the surest speaks: one that does not hedge
    if claim.confidence > held.get("confidence", 0):
        held["confidence"] = claim.confidence
        held["tense"] = claim.tense
    if not claim.hedged:
        held["hedged"] = False
    held.setdefault("hedged", claim.hedged)


def _mentioned(text: str, known: dict[str, str]) -> str | None:
    """The entity that an object names: itself, or the longest known name inside it."""
    key = normalise(text)
    if key in known:
        return known[key]
    inside = [name for name in known if f" {name} " in f" {key} "]
    return known[max(inside, key=lambda name: (len(name), name))] if inside else None


def _header(reading: Reading, passage: Passage, found: Extraction) -> dict[str, Any]:
    entry = passage.entry
    header: dict[str, Any] = {
        "title": passage.title or reading.document.name,
        "semantic_type": (entry and entry.semantic_type)
        or ("preference" if found.preference else reading.semantic_type),
        "origin_type": reading.origin_type,
        "language": found.language,
        "state": "activated",
        "sentences": [list(span) for span in passage.sentences],
    }
    for name, value in (
        ("subject", found.subject),
        ("unread", found.failed or None),
        ("heading", passage.heading),
        ("speaker", passage.speaker),
        ("called", list(found.called) or None),
        # what a dialogue's file is called says nothing of its turns
        ("untitled", (passage.speaker is not None and passage.title is None) or None),
        ("role", passage.role),
        ("stated", passage.stated),
    ):
        if value is not None:
            header[name] = value
    if entry is not None:
        header.update(entry.detail)
        whole = reading.document.text[entry.start : entry.end]
        if KIND in header and passage.text != whole.strip():
            header.update(parted(header, whole))
    return header


def structure_kept(document: Document) -> dict[str, Any]:
    """What a source keeps of its structure, so that it can be read again from its text; None where none."""
    attached = document.attachment
    return {
        "turns": [turn.kept() for turn in document.turns] or None,
        "entries": [entry.kept() for entry in document.entries] or None,
        "names": [list(one) for one in document.names] or None,
        "claims": [list(one) for one in document.claims] or None,
        "attachment": asdict(attached) if attached else None,
    }


def unchanged(
    before: Version, document: Document, language: str, extractor: Extractor, pieces: Granularity
) -> bool:
    """Whether a source was read from this very document, in the way that it would be read now."""
    return (
        before.text == document.text
        and all(before.get(n) == kept for n, kept in structure_kept(document).items())
        and before.get("title") == document.name
        and before.get("stated") == document.stated
        and before.get("author") == document.author
        and before.get("language") == language
        and before.get("extractor") == extractor.fingerprint
        and before.get("reader") == READER
        and before.get("pieces") == pieces.sizes
        and not before.get("unread")
    )


def _source_header(reading: Reading, placed: Sequence[tuple[str, int, int]]) -> dict[str, Any]:
    document = reading.document
    header: dict[str, Any] = {
        "uri": document.uri,
        "name": reading.name or document.uri,
        "title": document.name,
        "media": document.media,
        "language": reading.language,
        "reader": READER,
        "extractor": reading.extractor,
        "passages": [list(place) for place in placed],
    }
    for name, value in (
        ("stated", document.stated),
        ("author", document.author),
        ("record", reading.record),
        ("untitled", document.title is None or None),
        *structure_kept(document).items(),
        ("pieces", reading.granularity.sizes if reading.granularity else None),
        ("unread", reading.unread or None),
    ):
        if value is not None:
            header[name] = value
    return header
