"""Injection: a receipt of what was given out, and its connection."""

from __future__ import annotations

import asyncio

import strawberry

from ...graph.kind import NodeKind
from ...graph.record import Version
from ...graph.scope import Scope
from .cube import MemCube, cube_of
from .cursor import Place
from .evidence import Evidence, evidence_of, spans_of
from .node import PageInfo, Recorded, Traceable, said
from .page import cut
from .reading import Asked, Reading
from .scalar import Seq


@strawberry.type
class Use:
    """One cube as it was used.

    `digest` pins the text that was used, `in_force` says whether it still stands; `cube` is null where
    nothing of the cube stands in this snapshot, and `quotes` where its text is another by now.
    """

    digest: str
    in_force: bool
    cube: MemCube | None
    quotes: list[Evidence] | None


@strawberry.type
class Injection(Traceable):
    """What was given out, to whom, made from exactly which content."""

    @property
    def version(self) -> Version:
        """The one version of a receipt."""
        return self.versions[0]

    @strawberry.field
    def verb(self) -> str:
        """Ask or inject."""
        return str(self.version.get("verb", ""))

    @strawberry.field
    def question(self) -> str:
        """What was asked."""
        return str(self.version.get("question", ""))

    @strawberry.field
    def form(self) -> str | None:
        """What was made: evidence, a prompt, a KV cache (`kv`)."""
        return said(self.version, "form")

    @strawberry.field
    def form_reason(self) -> str | None:
        """Why in this form; null for an answer of quotes, as all that follows of models."""
        return said(self.version, "form_reason")

    @strawberry.field
    def model(self) -> str | None:
        """The model that it was meant for."""
        return said(self.version, "model")

    @strawberry.field
    def fingerprint(self) -> str | None:
        """The weights that read it; another one wherever they would go on in another way."""
        return said(self.version, "fingerprint")

    @strawberry.field
    def adapters(self) -> list[str]:
        """The adapters that were loaded, by the hash of their content."""
        return [str(one) for one in self.version.get("adapters") or ()]

    @strawberry.field
    def budget(self) -> int | None:
        """How many tokens it might have."""
        return _number(self.version, "budget")

    @strawberry.field
    def tokens(self) -> int | None:
        """How many tokens it has."""
        return _number(self.version, "tokens")

    @strawberry.field
    def counter(self) -> str | None:
        """What counted the tokens: a tokenizer, or an estimate."""
        return said(self.version, "counter")

    @strawberry.field
    def left_out(self) -> int | None:
        """How many cubes had no room."""
        return _number(self.version, "left_out")

    @strawberry.field
    def prompt_tokens(self) -> int | None:
        """How many tokens a model on this machine was given in all."""
        return _number(self.version, "prompt_tokens")

    @strawberry.field
    def kept(self) -> int | None:
        """How many of them were kept in a cache, and not to be read again."""
        return _number(self.version, "kept")

    @strawberry.field
    def split(self) -> int | None:
        """Up to which token the cache goes; null where none was attached."""
        return _number(self.version, "split")

    @strawberry.field
    async def artefact(self, info: Asked) -> MemCube | None:
        """The activation whose cache was read; null where there was none, or it is text again."""
        return await cube_of(info.context, self.scope, str(self.version.get("artefact") or ""))

    @strawberry.field
    def ids_sha256(self) -> str | None:
        """The SHA-256 of the token ids that a model on this machine was given."""
        return said(self.version, "ids_sha256")

    @strawberry.field
    def viewer(self) -> str | None:
        """To whom it was given."""
        return said(self.version, "viewer")

    @strawberry.field
    def sha256(self) -> str | None:
        """The SHA-256 of the exact text that went out."""
        return said(self.version, "sha256")

    @strawberry.field
    def text(self) -> str | None:
        """The exact text that went out; null once it was erased."""
        return self.version.payload.content if self.version.payload else None

    @strawberry.field
    def read_at(self) -> Seq | None:
        """The sequence that was read for it: ask as of it to see what it saw."""
        value = self.version.get("read_at")
        return Seq(value) if isinstance(value, int) else None

    @strawberry.field
    def recorded(self) -> Recorded:
        """When it was given out."""
        return Recorded.of(self.version, self.scope)

    @strawberry.field
    async def used(self, info: Asked) -> list[Use]:
        """What it was made from."""
        edges = await info.context.uses(self.scope, str(self.id))
        found = await asyncio.gather(*(info.context.versions(self.scope, e.dst) for e in edges))
        told = []
        for edge, versions in zip(edges, found, strict=True):
            digest = str(edge.get("payload", ""))
            cube = next((v for v in versions if v.kind is NodeKind.MEMCUBE), None)
            same = bool(
                cube
                and cube.payload
                and cube.payload.digest == digest
                and cube.payload.content is not None
            )
            told.append((digest, same, cube, spans_of(edge)))
        quotes = await asyncio.gather(
            *(
                evidence_of(info.context, self.scope, cube, spans)
                for _, same, cube, spans in told
                if cube is not None and same
            )
        )
        quoted = iter(quotes)
        return [
            Use(
                digest=digest,
                in_force=same,
                cube=MemCube(id=strawberry.ID(cube.node), scope=self.scope, versions=(cube,))
                if cube is not None
                else None,
                quotes=next(quoted) if same else None,
            )
            for digest, same, cube, _ in told
        ]


@strawberry.type
class InjectionEdge:
    """A receipt of a listing."""

    node: Injection
    cursor: str


@strawberry.type
class InjectionConnection:
    """A page of receipts."""

    edges: list[InjectionEdge]
    page_info: PageInfo


async def injections(
    reading: Reading, place: Place, nodes: list[str], size: int
) -> InjectionConnection:
    """A page of receipts whose ids are known."""
    page = cut(nodes, place, size)
    found = await asyncio.gather(*(reading.versions(place.scope, node) for node in page.items))
    edges = [
        InjectionEdge(node=injection_of(place.scope, versions), cursor=cursor)
        for versions, cursor in zip(found, page.cursors, strict=True)
        if versions
    ]
    return InjectionConnection(edges=edges, page_info=page.info)


async def receipt_of(reading: Reading, scope: Scope, node: str | None) -> Injection | None:
    """A receipt by its id, None where there is none."""
    versions = await reading.versions(scope, node) if node else ()
    return injection_of(scope, versions) if versions else None


def _number(version: Version, name: str) -> int | None:
    value = version.get(name)
    return value if isinstance(value, int) else None


def injection_of(scope: Scope, versions: tuple[Version, ...]) -> Injection:
    """A receipt by its versions."""
    return Injection(id=strawberry.ID(versions[0].node), scope=scope, versions=versions)
