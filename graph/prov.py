"""PROV: the history of memories as a W3C provenance document.

Each interval of a version is an entity, each change an activity, each principal an agent (PROV-DM,
https://www.w3.org/TR/prov-dm/). Most relations are not stored but follow from `from_seq`, `to_seq` and
the change's actors; docs/prov.md has the table. Payloads stay out: an entity has its title and digests.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from .actors import agent_names, changes_at
from .change import Committed
from .instant import OPEN
from .kind import EdgeKind, NodeKind, Role
from .line import moments_of
from .listing import all_edges
from .record import Edge, Record, Version
from .scope import Along, Direction, Scope
from .step import Step
from .store import GraphStore
from .trace import trace

if TYPE_CHECKING:
    from prov.model import ProvDocument

URN = "urn:memcubes:"
TERMS = "urn:memcubes:term:"
_DEPTH = 32
_MOST = 100_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SAID = ("uri", "author", "speaker", "media", "language", "state", "form", "model")


def prov_document(
    store: GraphStore, scope: Scope, nodes: Sequence[str] | None = None
) -> ProvDocument:
    """Write the provenance of these nodes and of all that they were made from, or of the namespace.

    >>> from memcubes.graph import ChangeSet, open_store
    >>> store = open_store("sqlite:///:memory:", "local:ann", create=True)
    >>> done = store.commit(ChangeSet("default", "remember", ()))
    >>> document = prov_document(store, store.scope("default"))
    >>> [str(agent.identifier)[:9] for agent in document.get_records() if agent.label == "local:ann"]
    ['mc:agent/']
    >>> store.close()

    Only what the viewer may read is in it, up to the scope's sequence. Raises `NotFound` for a node
    that is not there.
    """
    scope = scope.but(valid_at=None)
    records = list(_of_namespace(store, scope) if nodes is None else _of(store, scope, nodes))
    history = _History(scope.seq)
    for record in records:
        history.take(record)
    sequences = {v.from_seq for v in history.versions()} | {
        v.to_seq for v in history.versions() if v.to_seq <= scope.seq
    }
    changes = changes_at(store, scope, sequences)
    people = {person for change in changes for person in (change.actor, change.on_behalf_of)}
    names = agent_names(store, scope, people | history.agents)
    return _Writing(history, {c.seq: c for c in changes}, names).document()


def prov_json(
    store: GraphStore,
    scope: Scope,
    nodes: Sequence[str] | None = None,
    *,
    indent: int | None = None,
) -> str:
    """Write the same document as PROV-JSON (W3C submission 2013), which `prov` reads back equal."""
    return str(prov_document(store, scope, nodes).serialize(format="json", indent=indent))


def _of_namespace(store: GraphStore, scope: Scope) -> Iterator[Record]:
    """Every interval that the viewer may read; the feed itself masks nothing."""
    acls = set(store.rights(scope.ns, scope.viewer).acls)
    for record in store.feed(scope.ns, 0, scope.seq):
        if record.acl in acls and record.origin not in scope.without:
            yield record


def _of(store: GraphStore, scope: Scope, nodes: Sequence[str]) -> Iterator[Record]:
    """Every interval of these nodes and of what a trace upwards reaches, and the edges between."""
    steps: dict[str, None] = {}
    for node in nodes:
        found = trace(store, scope, node, Direction.UP, depth=_DEPTH, most=_MOST)
        steps |= dict.fromkeys(step.node for step in found.steps)
    versions = [version for node in steps for version in store.history(scope, node)]
    yield from versions
    for seq, ends in moments_of(versions, scope.seq).items():
        then = scope.but(seq=seq)
        yield from all_edges(store, then, Along((EdgeKind.DERIVED_FROM,), src=ends))
        yield from all_edges(store, then, Along((EdgeKind.SUPPORTS,), dst=ends))


@dataclass(slots=True)
class _History:
    """The versions of each node in order, and the edges that say what was made from what."""

    seq: int
    lines: dict[str, list[Version]] = field(default_factory=lambda: defaultdict(list))
    edges: dict[tuple[str, int], Edge] = field(default_factory=dict)
    agents: set[str] = field(default_factory=set)

    def take(self, record: Record) -> None:
        """Sort one record in; agents are no entities, and edges of other kinds say nothing here."""
        if isinstance(record, Edge):
            if record.kind in (EdgeKind.DERIVED_FROM, EdgeKind.SUPPORTS):
                self.edges[record.id, record.from_seq] = record
        elif record.kind is NodeKind.AGENT:
            self.agents.add(record.node)
        else:
            self.lines[record.node].append(record)

    def versions(self) -> Iterator[Version]:
        """Every entity, in the order in which they came to be."""
        found = (version for line in self.lines.values() for version in line)
        return iter(sorted(found, key=lambda v: (v.from_seq, v.id)))

    def successions(self) -> Iterator[tuple[Version, Version]]:
        """Each version with the one before it of the same node and origin, or with itself before.

        What comes back after others had its place is not made from those: it is as it was.
        """
        for line in self.lines.values():
            last: dict[str, Version] = {}
            known: dict[str, Version] = {}
            for version in sorted(line, key=lambda v: (v.from_seq, v.id)):
                before = known.get(version.id) or last.get(version.origin)
                if before is not None:
                    yield version, before
                last[version.origin] = known[version.id] = version

    def derivations(self) -> Iterator[tuple[Version, Version, Edge]]:
        """What was made from what: each made version with the version that it was made from."""
        for edge in self.edges.values():
            swap = edge.kind is EdgeKind.SUPPORTS
            made, of = (edge.dst, edge.src) if swap else (edge.src, edge.dst)
            for version in self.lines.get(made, ()):
                overlaps = version.from_seq < edge.to_seq and edge.from_seq < version.to_seq
                if not overlaps or (version.kind.keyed and version.origin != edge.origin):
                    continue
                used = _used(self.lines.get(of, ()), edge, max(version.from_seq, edge.from_seq))
                if used is not None:
                    yield version, used, edge


def _used(line: Iterable[Version], edge: Edge, seq: int) -> Version | None:
    """The version that an edge rests on: of the pinned payload if any, standing at the sequence."""
    pinned = edge.get("payload")
    fitting = [v for v in line if v.from_seq <= seq]
    exact = [v for v in fitting if pinned and v.payload and v.payload.digest == pinned]
    return max(exact or fitting, key=lambda v: (v.to_seq > seq, v.from_seq), default=None)


@dataclass(slots=True)
class _Writing:
    """One document being written."""

    history: _History
    changes: dict[int, Committed]
    names: dict[str, str]
    told: set[tuple[str, ...]] = field(default_factory=set)
    """Usages and derivations that are in the document: an edge that says one again adds nothing."""

    def document(self) -> ProvDocument:
        """Write everything."""
        from prov.model import ProvDocument

        document = ProvDocument(namespaces={"mc": URN, "memcubes": TERMS})
        for agent, name in sorted(self.names.items()):
            document.agent(_agent(agent), {"prov:label": name}.items())
        for seq in sorted(self.changes):
            self._change(document, self.changes[seq])
        for version in self.history.versions():
            self._version(document, version)
        for version, before in self.history.successions():
            if version.id == before.id:  # closed and brought back: the same content once more
                document.alternateOf(_entity(version), _entity(before))
            else:
                document.wasRevisionOf(_entity(version), _entity(before))
        for made, used, edge in self.history.derivations():
            self._derivation(document, made, used, edge)
        return document

    def _change(self, document: ProvDocument, change: Committed) -> None:
        told: dict[str, Any] = {
            "prov:type": document.valid_qualified_name(f"memcubes:{_word(change.verb)}"),
            "prov:label": f"{change.verb} @{change.seq}",
            "memcubes:seq": change.seq,
        }
        if change.reason:
            told["memcubes:reason"] = change.reason
        at = _moment(change.at)
        document.activity(_activity(change), at, at, told.items())
        if change.actor:
            document.wasAssociatedWith(_activity(change), _agent(change.actor))
        if change.actor and change.on_behalf_of not in ("", change.actor):
            document.actedOnBehalfOf(
                _agent(change.actor), _agent(change.on_behalf_of), _activity(change)
            )

    def _version(self, document: ProvDocument, version: Version) -> None:
        entity = document.entity(_entity(version), _attributes(document, version).items())
        opened = self.changes.get(version.from_seq)
        if opened is not None:
            entity.wasGeneratedBy(_activity(opened), _moment(opened.at))
            if opened.actor:
                entity.wasAttributedTo(_agent(opened.actor))
        closed = self.changes.get(version.to_seq)
        if closed is not None:
            entity.wasInvalidatedBy(_activity(closed), _moment(closed.at))

    def _derivation(self, document: ProvDocument, made: Version, used: Version, edge: Edge) -> None:
        role = str(edge.get("role", ""))
        one, other = _entity(made), _entity(used)
        if self._again(role, one, other):
            return
        if used.from_seq > made.from_seq:
            # PROV-CONSTRAINTS 42 wants what was used to be older; that it mattered stays true
            document.wasInfluencedBy(one, other)
        elif role == Role.PRIMARY_SOURCE:
            document.hadPrimarySource(one, other)
        elif role == Role.REVISION:
            document.wasRevisionOf(one, other)
        elif role == Role.USE and self._wrote(made, used):
            activity = self.changes[made.from_seq]
            if not self._again(_activity(activity), other):
                document.used(_activity(activity), other, _moment(activity.at))
            document.wasDerivedFrom(one, other, _activity(activity))
        else:
            document.wasDerivedFrom(one, other)

    def _wrote(self, made: Version, used: Version) -> bool:
        """Whether the change that opened something is the one that used: not one that brought it back."""
        first = all(
            made.from_seq <= v.from_seq for v in self.history.lines[made.node] if v.id == made.id
        )
        return first and made.from_seq <= used.to_seq and made.from_seq in self.changes

    def _again(self, *said: str) -> bool:
        before = said in self.told
        self.told.add(said)
        return before


def _attributes(document: ProvDocument, version: Version) -> dict[str, Any]:
    told: dict[str, Any] = {
        "prov:type": document.valid_qualified_name(f"memcubes:{version.kind}"),
        "memcubes:node": document.valid_qualified_name(f"mc:node/{version.node}"),
        "memcubes:namespace": version.ns,
        "memcubes:digest": version.digest,
    }
    if version.payload is not None:
        told["memcubes:payload"] = version.payload.digest
    if version.content is None:
        return {**told, "memcubes:erased": True}
    told["prov:label"] = Step(version, 0, True, False, None, None).title
    if version.validity.known:
        told["memcubes:validFrom"] = _moment(version.validity.start)
        if version.validity.end < OPEN:
            told["memcubes:validUntil"] = _moment(version.validity.end)
    for name in _SAID:
        if version.get(name):
            told[f"memcubes:{name}"] = str(version.get(name))
    return told


def _entity(version: Version) -> str:
    """An interval of a version: a record that was closed and came back is another entity."""
    return f"mc:version/{version.id}/{version.from_seq}"


def _activity(change: Committed) -> str:
    return f"mc:change/{change.id}"


def _agent(agent: str) -> str:
    return f"mc:agent/{agent}"


def _word(verb: str) -> str:
    return "".join(c if c.isalnum() else "-" for c in verb) or "change"


def _moment(instant: int) -> datetime:
    return _EPOCH + timedelta(microseconds=instant)
