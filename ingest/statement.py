"""Statements: what somebody asks to be remembered, and another wording for what is remembered."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..graph.change import ChangeSet, Close, Open, Operation, Selector
from ..graph.decided import against, decided_against, kept_edges
from ..graph.errors import Invalid, NotFound
from ..graph.instant import now
from ..graph.kind import Authority, EdgeKind, NodeKind, Verb
from ..graph.listing import all_edges, all_found
from ..graph.record import Author, Record, Version
from ..graph.record_text import revised
from ..graph.scope import Along, Scope, Where
from ..graph.store import GraphStore, Name
from .difference import JOINS, SAYS
from .document import Document
from .draft import Draft, Reading, drafted
from .extraction import Extraction, Extractors
from .extractors import extractor_for
from .introduction import introduced, said_of
from .language import detect
from .passage import Granularity, split_passages

WHOLE = Granularity(words=10_000, whole=10_000, longest=10_000)
_FIRST_PERSON = re.compile(r"\b(?:I|(?i:i['’]m|i['’]ve|my|mine|myself|we|our|ours)|me|us)\b|我|咱")


def read_statement(
    text: str, uri: str, *, speaker: str, stated: int, extractors: Extractors = extractor_for
) -> Reading:
    """Read one statement as a source of its own, stated by somebody at an instant.

    >>> reading = read_statement("RV-7 is a valve.", "statement:1", speaker="ann", stated=0)
    >>> reading.semantic_type, len(reading.passages)
    ('fact', 1)
    """
    if not text.strip():
        raise Invalid("there is nothing to remember: the statement is empty")
    language = detect(text)
    extractor = extractors(language)
    document = Document(uri, _short(text), text, "text/plain", None, stated, speaker)
    # the title is cut from the statement itself and names no subject; who speaks is the subject only
    # of what is said in the first person
    who = speaker.removeprefix("local:") if _FIRST_PERSON.search(text) else None
    passages = [
        replace(passage, title=None, speaker=who)
        for passage in split_passages(document, extractor, WHOLE)
    ]
    if not passages:
        raise Invalid(f"there is nothing to remember in '{text[:40]}'")
    return Reading(
        document,
        language,
        extractor.fingerprint,
        tuple(passages),
        tuple(introduced(passages, extractor.extract(passages))),
        name=document.name,
        semantic_type="fact",
        origin_type="user input",
        authority=Authority.ASSERTED,
    )


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else line[:57].rsplit(" ", 1)[0] + "…"


def statement_change(
    store: GraphStore,
    ns: str,
    reading: Reading,
    *,
    reason: str,
    request: Mapping[str, Any] | None = None,
    idempotency: str | None = None,
) -> tuple[ChangeSet, str]:
    """The change that remembers a statement, and the id of its first cube."""
    draft = drafted(store, ns, reading, now())
    cube = next(
        version.node for version in draft.versions.values() if version.kind is NodeKind.MEMCUBE
    )
    change = ChangeSet(
        ns=ns,
        verb=Verb.REMEMBER,
        ops=tuple(Open(record) for record in draft.records()),
        reason=reason,
        note={"targets": [cube], **_despite(store, ns, draft)},
        request=request,
        idempotency=idempotency,
    )
    return change, cube


def _despite(store: GraphStore, ns: str, draft: Draft) -> dict[str, list[str]]:
    """The facts that somebody retracted by themselves and that are said again: whoever says it means it."""
    facts = [node for kind, node in draft.versions if kind == str(NodeKind.FACT)]
    try:
        scope = store.scope(ns, "")
    except NotFound:
        return {}  # the first write makes the namespace
    silent = set(facts) - {version.node for version in store.get(scope, facts)}
    if not any(store.history(scope, node) for node in sorted(silent)):
        return {}
    said = sorted(silent & against(store, scope).keys())
    return {"despite": said} if said else {}


def revision(
    store: GraphStore,
    scope: Scope,
    node: str,
    text: str,
    reason: str,
    *,
    extractors: Extractors = extractor_for,
) -> ChangeSet:
    """The change that gives a cube another wording, by a person's authority.

    The cube keeps its identity, its source and its tags; what is read out of the new wording replaces
    what was read out of the old one, and whatever was made from the old one becomes stale.
    """
    if not text.strip():
        raise Invalid("a revision needs the new wording: it is empty")
    found = store.get(scope, [node])
    if not found:
        raise NotFound(f"there is no cube {node} in force: `memcubes search` finds what there is")
    cube = found[0]
    if cube.kind is not NodeKind.MEMCUBE:
        raise Invalid(f"only a cube is revised; {node} is a {cube.kind}")
    if cube.get("made_of") is not None:
        raise Invalid(
            f"cube {node} is a summary, which quotes word for word: revise the passages that it was made "
            f"of (`memcubes trace {node}`), and the next `memcubes worker` makes it anew"
        )
    if cube.text == text:
        raise Invalid("the new wording is the old one: nothing to revise")
    draft = _redrafted(store, scope, cube, text, extractors)
    close, fresh = _exchanged(store, scope, cube, draft)
    operations: tuple[Operation, ...] = (
        Close(Selector(ids=tuple(close))),
        *(Open(record) for record in fresh),
    )
    return ChangeSet(
        ns=scope.ns,
        verb=Verb.REVISE,
        ops=operations,
        reason=reason,
        note={"targets": [node]},
        expects=(cube.id,),
        base_seq=scope.seq,
    )


def _redrafted(
    store: GraphStore, scope: Scope, cube: Version, text: str, extractors: Extractors
) -> Draft:
    sources = [v for v in store.get(scope, [cube.origin]) if v.kind is NodeKind.SOURCE]
    uri = str(sources[0].get("uri")) if sources else f"cube:{cube.node}"
    stated = now()
    speaker = str(cube.get("speaker", ""))
    reading = read_statement(text, uri, speaker=speaker, stated=stated, extractors=extractors)
    first = reading.passages[0]
    whole = replace(first, text=text, start=0, end=len(text), title=str(cube.get("title", "")))
    reading = replace(
        reading,
        passages=(whole,),
        extractions=(_called(reading, cube),),
        authority=Authority.CURATED,
        cube=Name(cube.key or "", cube.node),
    )
    draft = drafted(store, scope.ns, reading, stated)
    key = (str(NodeKind.MEMCUBE), cube.node)
    kept = {k: v for k, v in revised(cube, text).items() if k != "sentences"}
    read = draft.versions[key].content or {}
    header = {**read, **kept, "sentences": read.get("sentences", []), "stated": stated}
    author = Author(scope.ns, cube.origin, Authority.CURATED, stated, True)
    draft.versions[key] = author.version(
        NodeKind.MEMCUBE, cube.node, header, key=cube.key, payload=draft.versions[key].payload
    )
    return draft


def _called(reading: Reading, cube: Version) -> Extraction:
    """What the new wording says, of the names too that its speaker goes by elsewhere in the source."""
    found, who = reading.extractions[0], reading.passages[0].speaker
    return said_of(found, who, [str(name) for name in cube.get("called") or ()]) if who else found


def _exchanged(
    store: GraphStore, scope: Scope, cube: Version, draft: Draft
) -> tuple[list[str], list[Record]]:
    """What to close and what to open, leaving alone what other cubes of the source still stand on."""
    mine = Along(kinds=SAYS, origins=(cube.origin,))
    edges = list(all_edges(store, scope, mine))
    gone_edges = [edge for edge in edges if edge.src == cube.node]
    wanted = {key: r for key, r in draft.edges.items() if r.kind is not EdgeKind.DERIVED_FROM}
    versions: dict[tuple[str, ...], Version] = {
        (str(v.kind), v.node): v
        for v in all_found(store, scope, Where(origins=(cube.origin,)))
        if v.kind in (NodeKind.ENTITY, NodeKind.FACT)
    }
    decided = decided_against(store, scope)
    kept = [e for e in kept_edges(store, scope, cube.origin, decided) if e.kind in (*SAYS, *JOINS)]
    gone_edges += [edge for edge in kept if edge.src == cube.node]
    # a passage that somebody retracted by itself goes on standing on what it mentions
    said = [*edges, *(edge for edge in kept if edge.kind in SAYS)]
    others = {edge.dst for edge in said if edge.src != cube.node}
    # what somebody retracted stays so, whatever says it now
    silent = {e.dst for e in kept} & {e.dst for e in gone_edges} - {
        e.dst for e in kept if e.kind is EdgeKind.SUPPORTS and e.src != cube.node
    }
    close = [cube.id, *(edge.id for edge in gone_edges)]
    joins_of = [edge for edge in kept if edge.kind in JOINS]
    close += [edge.id for edge in joins_of if edge.dst in silent]
    needed = {end for record in wanted.values() for end in record.ends}
    left = {edge.dst for edge in gone_edges} - others - needed
    facts = {v.node for v in versions.values() if v.kind is NodeKind.FACT}
    joins = Along(kinds=(EdgeKind.SUBJECT_OF, EdgeKind.OBJECT_OF), origins=(cube.origin,))
    standing = {(str(e.kind), e.src, e.dst) for e in joins_of if e.dst not in silent}
    for edge in all_edges(store, scope, joins):
        if edge.dst in left & facts:
            close.append(edge.id)
        else:
            standing.add((str(edge.kind), edge.src, edge.dst))
            left.discard(edge.src)
    close += [version.id for version in versions.values() if version.node in left]
    fresh: list[Record] = [draft.versions[str(NodeKind.MEMCUBE), cube.node]]
    for key, version in draft.versions.items():
        was = versions.get(key)
        new = was is None or was.node in left
        read = version.kind in (NodeKind.ENTITY, NodeKind.FACT) and version.node not in decided.by
        if new and read:
            fresh.append(version)
    fresh += [record for key, record in wanted.items() if key not in standing]
    return close, fresh
