"""Records: what was said about a node or between two nodes, from when to when, and by whose doing.

Two layers (DESIGN, the record model). An *identity* is a node's bare existence (id, namespace, kind,
key). Everything else is a record with intervals: a `Version` is the content of one identity, an `Edge`
joins two. A record's id, content, salt and digest never change; closing and reopening give the same
record another system interval.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, TypeVar

from .digest import canonical, new_record_id, new_salt, salted
from .instant import OPEN
from .kind import Authority, EdgeKind, NodeKind

Content = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Validity:
    """When something holds in the world, in microseconds; `known` is false where only the statement's own time is known.

    >>> Validity(5, 9).covers(5), Validity(5, 9).covers(9)
    (True, False)
    """

    start: int
    end: int = OPEN
    known: bool = False

    def covers(self, instant: int) -> bool:
        """Whether the instant falls into the interval, its end excluded."""
        return self.start <= instant < self.end


@dataclass(frozen=True, slots=True)
class Payload:
    """What a cube or source holds: its text, or the address of a tensor file.

    `digest` is salted apart from the header, so that a tag or a change of state leaves it as it is and
    makes nothing stale. `content` is None once it was shredded.

    >>> tea = Payload.of("tea")
    >>> tea.digest == Payload.of("tea").digest
    False
    """

    form: str
    content: str | None
    salt: bytes | None
    digest: str

    @classmethod
    def of(cls, content: str, form: str = "plaintext") -> Payload:
        """Salt and digest new content."""
        salt = new_salt()
        return cls(form, content, salt, cls.digest_of(salt, form, content))

    @staticmethod
    def digest_of(salt: bytes, form: str, content: str) -> str:
        """Digest payload content under its salt: SHA-256(salt ‖ JCS([form, content]))."""
        return salted(salt, canonical([form, content]))


@dataclass(frozen=True, slots=True)
class Version:
    """The content of one identity, as one origin states it.

    `origin` is the id of the one node whose withdrawal takes this record along: a source, an extractor
    run, a decision, a package. `content` is the header (JSON without floats), None once shredded.
    Intervals are commit sequences, `from_seq <= s < to_seq`; a version not yet committed has 0.
    `shredded` is the sequence that destroyed content and salt, 0 while they are there.
    """

    id: str
    ns: str
    kind: NodeKind
    node: str
    key: str | None
    origin: str
    authority: Authority
    validity: Validity
    content: Content | None
    payload: Payload | None
    salt: bytes | None
    digest: str
    from_seq: int = 0
    to_seq: int = OPEN
    acl: int = 0
    shredded: int = 0

    @property
    def ends(self) -> tuple[str, ...]:
        """The nodes that the record stands on."""
        return (self.node,)

    @property
    def text(self) -> str:
        """The plain text of the payload, empty where there is none."""
        return (self.payload.content or "") if self.payload else ""

    def get(self, name: str, default: Any = None) -> Any:
        """Read one field of the header."""
        return default if self.content is None else self.content.get(name, default)

    def body(self, content: bytes | None = None) -> bytes:
        """The bytes that `digest` covers, in canonical form; `content` saves writing it again."""
        return _with_content(
            canonical(
                {
                    "authority": int(self.authority),
                    "key": self.key,
                    "payload": None if self.payload is None else self.payload.digest,
                    "valid": [self.validity.start, self.validity.end, self.validity.known],
                }
            ),
            written(self) if content is None else content,
        )


@dataclass(frozen=True, slots=True)
class Edge:
    """What joins two nodes, as one origin states it; in force while it is open and both nodes live."""

    id: str
    ns: str
    kind: EdgeKind
    src: str
    dst: str
    origin: str
    authority: Authority
    validity: Validity
    content: Content | None
    salt: bytes | None
    digest: str
    from_seq: int = 0
    to_seq: int = OPEN
    acl: int = 0
    shredded: int = 0

    @property
    def ends(self) -> tuple[str, ...]:
        """The nodes that the record stands on."""
        return (self.src, self.dst)

    def get(self, name: str, default: Any = None) -> Any:
        """Read one field of the content."""
        return default if self.content is None else self.content.get(name, default)

    def body(self, content: bytes | None = None) -> bytes:
        """The bytes that `digest` covers, in canonical form; `content` saves writing it again."""
        valid = self.validity
        return _with_content(
            _around(int(self.authority), valid.start, valid.end, valid.known),
            written(self) if content is None else content,
        )


Record = Version | Edge


def written(record: Record) -> bytes:
    """The record's content in canonical form."""
    if record.content is not None and not record.content:
        return b"{}"  # as that of most edges is
    return canonical(None if record.content is None else dict(record.content))


@lru_cache(maxsize=256, typed=True)
def _around(authority: int, start: int, end: int, known: bool) -> bytes:
    """What an edge's digest covers beside its content: the same for most edges of an origin."""
    return canonical({"authority": authority, "valid": [start, end, known]})


def _with_content(rest: bytes, content: bytes) -> bytes:
    """The canonical form with "content", which sorts right after "authority"."""
    authority, others = rest.split(b",", 1)
    return b'%b,"content":%b,%b' % (authority, content, others)


@dataclass(frozen=True, slots=True)
class Author:
    """Writes the records of one origin: what they share is said once.

    >>> desk = Author(ns="default", origin="s1", authority=Authority.EXTRACTED, stated=0)
    >>> alice = desk.version(NodeKind.ENTITY, "n1", {"name": "Alice"}, key="k1")
    >>> alice.origin, alice.get("name")
    ('s1', 'Alice')
    >>> desk.edge(EdgeKind.MENTIONS, "c1", alice.node).ends
    ('c1', 'n1')
    """

    ns: str
    origin: str
    authority: Authority
    stated: int
    known: bool = False

    def version(
        self,
        kind: NodeKind,
        node: str,
        content: Content,
        *,
        key: str | None = None,
        payload: Payload | None = None,
        validity: Validity | None = None,
        authority: Authority | None = None,
    ) -> Version:
        """Write a version of a node, salted and digested."""
        valid = validity or Validity(self.stated, OPEN, self.known)
        draft = Version(
            new_record_id(),
            self.ns,
            kind,
            node,
            key,
            self.origin,
            self.authority if authority is None else authority,
            valid,
            dict(content),
            payload,
            new_salt(),
            "",
        )
        return _sealed(draft)

    def edge(
        self,
        kind: EdgeKind,
        src: str,
        dst: str,
        content: Content | None = None,
        *,
        validity: Validity | None = None,
        authority: Authority | None = None,
    ) -> Edge:
        """Write an edge, salted and digested."""
        valid = validity or Validity(self.stated, OPEN, self.known)
        draft = Edge(
            new_record_id(),
            self.ns,
            kind,
            src,
            dst,
            self.origin,
            self.authority if authority is None else authority,
            valid,
            dict(content or {}),
            new_salt(),
            "",
        )
        return _sealed(draft)


_R = TypeVar("_R", Version, Edge)


def _sealed(draft: _R) -> _R:
    assert draft.salt is not None
    # of a value that nobody else has seen yet; `replace` takes several times as long
    object.__setattr__(draft, "digest", salted(draft.salt, draft.body()))
    return draft


def with_payload(version: Version, payload: Payload) -> Version:
    """The same draft holding a payload that is kept already, so that what was made from it stays fresh."""
    return _sealed(replace(version, payload=payload))


def recomputed(record: Record, content: bytes | None = None) -> str | None:
    """Digest a record again from what it holds; None once it was shredded."""
    if record.salt is None or record.content is None:
        return None
    return salted(record.salt, record.body(content))
