"""Activation text: what a KV cache that was made elsewhere told, as text here, with its lineage (MemOS, arXiv 2507.03724).

Whoever sealed its manifest, all that it says is a claim. What it names are records, by the digests of
their payloads, which are salted: who names one has had the record itself, in a copy of this store. Only where all of them
are in force here does it become text, and then not a word is taken from the file: the sentences are those of the
records here, in the order in which the cache's tokens have them. The tensors are not read at all.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

from ..graph.canonical import sentences_of
from ..graph.change import ChangeSet
from ..graph.digest import canonical
from ..graph.errors import Refused, Unreadable
from ..graph.kind import Authority, NodeKind
from ..graph.receipt import Use
from ..graph.record import Author, Payload, Version
from ..graph.scope import Scope
from ..graph.store import GraphStore, Name
from ..graph.summary import Quoted, validity_of
from .activation.manifest import MOST_BYTES, Manifest
from .activation.memcube_json import PayloadType, open_memcube
from .activation.steering_file import manifest_path
from .activation.tensor_file import opened
from .fence import defused
from .transformation import ACTIVATION, transformed

METHOD = "kv-text@1"


def claimed(path: Path) -> Manifest:
    """What the manifest of a kept cache says, whoever sealed it.

    Raises `Unreadable` for a file that is none, and `Refused` for a MemCube of MemOS, which names no records.
    """
    try:
        handle, size = opened(path)
        with open(handle, "rb") as source:
            raw = source.read(MOST_BYTES + 1)
    except OSError as error:
        raise Unreadable(f"{path} cannot be read: {error.strerror or error}") from None
    if size > MOST_BYTES:
        raise Unreadable(f"{path} is larger than {MOST_BYTES} bytes: no manifest of a cache is")
    try:
        held = json.loads(raw)
    except (ValueError, RecursionError):
        held = None
    if isinstance(held, dict) and {"metadata", "payload"} <= held.keys():
        raise _of_memos(path)
    try:
        return Manifest.claimed(raw)
    except Unreadable as error:
        raise Unreadable(
            f"{path.name}: {error}; give the NAME.json that lies beside a cache's NAME-….safetensors"
        ) from None


def _of_memos(path: Path) -> Refused:
    """Why a MemCube of MemOS does not become text."""
    cube = open_memcube(path)
    if cube.payload.type is PayloadType.PLAINTEXT:
        return Refused(f"{path.name} is text already: `memcubes remember` or `ingest` takes it in")
    tensor = cube.tensor_path
    if tensor is not None and manifest_path(tensor).is_file():
        return Refused(
            f"{path.name} is a steering: it says how to talk and tells nothing; `memcubes models steer --file` "
            "takes it in where the texts are that it was made of"
        )
    return Refused(
        f"{path.name} does not say which records it was made of ({cube.missing or 'it has no manifest'}): a tensor "
        "alone cannot be read back; ingest the text that it was made of"
    )


def quoted(told: str, cubes: Sequence[Version]) -> tuple[Quoted, ...]:
    """The sentences of these cubes that a told text has word for word, in its order.

    Raises `Refused` for a cube of which it has none: a cache says of itself that it tells it.

    >>> author = Author("a", "s", Authority.EXTRACTED, 0)
    >>> text = "RV-7 failed. Tea was late."
    >>> log = author.version(NodeKind.MEMCUBE, "c1", {"sentences": [[0, 12], [13, 26]]}, payload=Payload.of(text))
    >>> [one.text for one in quoted("[m1] log\\nRV-7 failed.\\n\\n", [log])]
    ['RV-7 failed.']
    """
    found: list[tuple[int, Quoted]] = []
    for cube in cubes:
        mine = []
        for start, end in sentences_of(cube):
            words = cube.text[start:end]
            bare = words.strip()
            begin = start + words.find(bare)
            at = told.find(defused(bare)) if bare else -1
            if at >= 0:
                mine.append((at, Quoted(cube, (begin, begin + len(bare)))))
        if not mine:
            raise Refused(
                f"the activation says that it tells cube {cube.node}, and has no sentence of it: it is not what "
                "it says, or told facts alone; make it anew with `memcubes inject --form kv`"
            )
        found += mine
    return tuple(one for _, one in sorted(found, key=lambda pair: (pair[0], pair[1].span)))


def name_of(store: GraphStore, ns: str, manifest: Manifest) -> Name:
    """The identity of the text: the same cache becomes one text."""
    told = [METHOD, manifest.name, sorted(list(pin) for pin in manifest.pins)]
    digest = hashlib.sha256(canonical(told)).hexdigest()
    return store.name(ns, NodeKind.MEMCUBE, ACTIVATION, "text", digest)


def as_text(
    store: GraphStore, scope: Scope, manifest: Manifest, quotes: Sequence[Quoted], reason: str
) -> ChangeSet:
    """The change that opens the text of a cache, made of these sentences; whoever may read all of them may read it.

    It stands in for what it quotes while all of that is archived, as a summary does, and for nothing once any of it
    is in force no more.
    """
    text, spans, used = "", list[list[int]](), dict[str, list[tuple[int, int]]]()
    for quote in quotes:
        text += "\n" if text else ""
        spans.append([len(text), len(text) + len(quote.text)])
        text += quote.text
        used.setdefault(quote.cube.node, []).append(quote.span)
    cubes = list({quote.cube.node: quote.cube for quote in quotes}.values())
    payloads = {cube.node: cube.payload.digest for cube in cubes if cube.payload is not None}
    header = {
        "title": "what a KV cache told of "
        + ("1 passage" if len(cubes) == 1 else f"{len(cubes)} passages"),
        "semantic_type": "document",
        "origin_type": "inferred",
        "state": "activated",
        "sentences": spans,
        "quotes": [[quote.cube.node, *quote.span] for quote in quotes],
        "made_of": sorted(payloads.values()),
        "method": METHOD,
        "model": manifest.fingerprint.weights,
        "activation": manifest.artefact,
    }
    name, valid = name_of(store, scope.ns, manifest), validity_of(cubes)
    author = Author(scope.ns, name.id, Authority.INFERRED, valid.start, valid.known)
    payload = Payload.of(text)
    version = author.version(
        NodeKind.MEMCUBE, name.id, header, key=name.key, payload=payload, validity=valid
    )
    uses = [Use(cube, tuple(sorted(used[cube.node]))) for cube in cubes]
    return transformed(
        store, scope, author, version, uses, (ACTIVATION, "plaintext"), reason=reason
    )
