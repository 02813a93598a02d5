"""PROV exports of random histories, as of any sequence, keep the constraints of W3C PROV-CONSTRAINTS.

Numbers are those of https://www.w3.org/TR/prov-constraints/. The order of events is a preorder: no
cycle of it may hold a step that is strict, and times must agree with it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime
from typing import Any

import networkx
import pytest
from prov.model import (
    ProvActivity,
    ProvAgent,
    ProvAlternate,
    ProvAssociation,
    ProvAttribution,
    ProvDelegation,
    ProvDerivation,
    ProvDocument,
    ProvEntity,
    ProvGeneration,
    ProvInfluence,
    ProvInvalidation,
    ProvRecord,
    ProvUsage,
)

from memcubes.graph import ChangeSet, Close, Edge, EdgeKind, NodeKind, Open, Selector, Version
from memcubes.graph.prov import prov_document

from ..oracle import OPEN
from ..properties.acts import change, desk, remember
from ..properties.conftest import STORES
from ..properties.decisions import receipt
from ..properties.driving import CAMPAIGN, NAMESPACES, PRINCIPALS, Drive, run
from ..properties.reading import pinned, probe
from ..properties.repertoire import ALL

SEEDS = {"sqlite": 200 if CAMPAIGN else 6, "neo4j": 20 if CAMPAIGN else 1}
SAID: Counter[str] = Counter()
"""How often each relation was in a document."""


RELATIONS = (
    ProvGeneration, ProvInvalidation, ProvUsage, ProvDerivation, ProvAlternate, ProvInfluence,
    ProvAssociation, ProvAttribution, ProvDelegation,
)  # fmt: skip


class Order:
    """The events of a document, and which of them precedes which."""

    def __init__(self, document: ProvDocument) -> None:
        self.document = document
        self.time: dict[str, datetime] = {}
        self.before: Any = networkx.DiGraph()
        self.strict: list[tuple[str, str]] = []

    def records(self, kind: type[ProvRecord]) -> list[list[str]]:
        """The formal arguments of the records of one kind, "" where one is not given."""
        found = self.document.get_records(kind)
        return [["" if arg is None else str(arg) for arg in record.args] for record in found]

    def happened(self, event: str, at: object) -> None:
        """An event and its time: every event has one, and only one."""
        assert event not in self.time, f"{event} happened twice"
        assert isinstance(at, datetime)
        self.time[event] = at
        self.before.add_node(event)

    def precedes(self, one: str, other: str, *, strictly: bool = False) -> None:
        """The one event comes before the other, or with it."""
        assert self.time[one] <= self.time[other], f"{one} is later than {other}"
        self.before.add_edge(one, other)
        if strictly:
            self.strict.append((one, other))

    def holds(self) -> None:
        """No strict step lies on a cycle."""
        place = {
            event: number
            for number, part in enumerate(networkx.strongly_connected_components(self.before))
            for event in part
        }
        assert all(place[one] != place[other] for one, other in self.strict)


def checked(document: ProvDocument) -> Order:
    """Hold a document against the constraints."""
    order = Order(document)
    entities = {args[0] for args in _named(document, ProvEntity)}
    activities = {args[0] for args in _named(document, ProvActivity)}
    agents = {args[0] for args in _named(document, ProvAgent)}
    # 22, 23: an identifier stands for one thing; 55: of one type
    named = [str(r.identifier) for r in document.get_records() if r.identifier is not None]
    assert len(named) == len(set(named))
    assert not entities & activities
    assert not agents & (entities | activities)
    for run_of in document.get_records(ProvActivity):
        assert isinstance(run_of, ProvActivity)
        order.happened(f"start {run_of.identifier}", run_of.get_startTime())
        order.happened(f"end {run_of.identifier}", run_of.get_endTime())
        order.precedes(f"start {run_of.identifier}", f"end {run_of.identifier}")  # 30
    made, gone = dict[str, str](), dict[str, str]()
    SAID.update({kind.__name__: len(list(document.get_records(kind))) for kind in RELATIONS})
    for kind, word, of in ((ProvGeneration, "made", made), (ProvInvalidation, "gone", gone)):
        for record in document.get_records(kind):
            what, by, at = record.args
            assert str(what) not in of  # 24, 25: by one activity, once
            of[str(what)] = str(by)
            order.happened(f"{word} {what}", at)
            _within(order, f"{word} {what}", str(by))  # 34
    uses = set[tuple[str, str]]()
    for record in document.get_records(ProvUsage):
        by, what, at = record.args
        uses.add((str(by), str(what)))
        order.happened(f"used {what} {by}", at)
        _within(order, f"used {what} {by}", str(by))  # 33
        order.precedes(f"made {what}", f"used {what} {by}")  # 37
        if str(what) in gone:
            order.precedes(f"used {what} {by}", f"gone {what}")  # 38
    assert made.keys() == entities
    assert gone.keys() <= entities
    for entity in gone:
        order.precedes(f"made {entity}", f"gone {entity}")  # 36
    for young, old, activity, generation, usage in order.records(ProvDerivation):
        order.precedes(f"made {old}", f"made {young}", strictly=True)  # 42
        if activity:  # 41, and inference 11
            assert made[young] == activity
            assert (activity, old) in uses
            order.precedes(f"used {old} {activity}", f"made {young}")
        else:
            assert (generation, usage) == ("", "")  # 51
    associated = {(args[0], args[1]) for args in order.records(ProvAssociation)}
    for entity, agent in order.records(ProvAttribution):
        assert (made[entity], agent) in associated  # 48, inference 13
    for delegate, responsible, activity in order.records(ProvDelegation):
        assert (activity, delegate) in associated  # 49, inference 14
        assert delegate != responsible
        assert responsible in agents
    assert {agent for _, agent in associated} <= agents  # 47, 50
    for one, other in order.records(ProvAlternate):
        assert one != other  # 50
        assert {one, other} <= entities
        assert one.split("/")[:-1] == other.split("/")[:-1]
    came_back(order, entities)
    for one, other in order.records(ProvInfluence):
        assert {one, other} <= entities
    order.holds()
    return order


def came_back(order: Order, entities: set[str]) -> None:
    """A record that came back is as it was: made from nothing that had its place, used by nobody anew."""
    records: dict[str, list[int]] = {}
    for entity in entities:
        record, seq = entity.rsplit("/", 1)
        records.setdefault(record, []).append(int(seq))
    again = {f"{r}/{seq}" for r, seqs in records.items() for seq in seqs if seq != min(seqs)}
    assert {one for one, _ in order.records(ProvAlternate)} == again
    for derivation in order.document.get_records(ProvDerivation):
        young, _, activity = derivation.args[:3]
        if str(young) in again:
            assert activity is None
            assert "prov:Revision" not in {str(t) for t in derivation.get_asserted_types()}


def _named(document: ProvDocument, kind: type[ProvRecord]) -> list[list[str]]:
    return [[str(record.identifier)] for record in document.get_records(kind)]


def _within(order: Order, event: str, activity: str) -> None:
    order.precedes(f"start {activity}", event)
    order.precedes(event, f"end {activity}")


def behalf(d: Drive) -> list[ChangeSet]:
    """Somebody remembers something for somebody else."""
    return [replace(one, on_behalf_of=d.rng.choice([*PRINCIPALS, "eve"])) for one in remember(d)]


def closed_early(d: Drive) -> list[ChangeSet]:
    """What a receipt used goes in the very change that the receipt comes in, or it had gone before."""
    made = receipt(d)
    used = {
        op.record.dst
        for c in made
        for op in c.ops
        if isinstance(op, Open) and isinstance(op.record, Edge)
    }
    held = [v.id for v in d.open(made[0].ns) if v.node in used and d.rng.random() < 0.5]
    close = (Close(Selector(ids=tuple(held))),) if held else ()
    return [replace(c, ops=(*close, *c.ops)) for c in made]


def added_later(d: Drive) -> list[ChangeSet]:
    """A receipt is said to rest on something else as well, older or younger than itself."""
    ns = d.rng.choice(NAMESPACES)
    receipts = [v for v in d.open(ns) if v.kind is NodeKind.INJECTION]
    made = [v for v in d.open(ns) if v.kind is NodeKind.MEMCUBE]
    if not receipts or not made:
        return []
    one, other = d.rng.choice(receipts), d.rng.choice([made[-1], *made])
    known = [r.record for r in d.oracle.rows if r.record.ends == (other.node,)]
    held = [v.payload.digest for v in known if isinstance(v, Version) and v.payload]
    use = {"role": "use", "payload": d.rng.choice(held or [""])}
    edge = desk(d, ns, one.origin).edge(EdgeKind.DERIVED_FROM, one.node, other.node, use)
    return [change(d, ns, "ask", Open(edge))]


ACTS = {
    **{name: ALL[name] for name in (
        "ingest", "reingest", "retract", "reinstate", "revert", "remember", "revise", "receipt", "feedback",
        "grant", "shred", "restore",
    )},
    "behalf": behalf, "closed early": closed_early, "added later": added_later,
    "receipt again": receipt, "revise again": ALL["revise"], "revert again": ALL["revert"],
}  # fmt: skip


def exported(d: Drive) -> None:
    """Export each namespace as now and as of then, whole and for some nodes, as each may read it."""
    for ns in NAMESPACES:
        for who in PRINCIPALS:
            for seq in (d.head, d.rng.randrange(2, d.head + 1)):
                scope = pinned(d, ns, who, seq=seq)
                if scope is None:
                    continue
                store = d.guards[who]
                whole = checked(prov_document(store, scope)).document
                again = ProvDocument.deserialize(content=whole.serialize(format="json"))
                assert again == whole
                with pytest.warns(FutureWarning, match="unified"):
                    unified = whole.unified()
                assert len(list(unified.get_records())) == len(list(whole.get_records()))
                intervals(d, ns, who, seq, whole)
                made = [v.node for v in d.open(ns) if v.kind is NodeKind.INJECTION]
                some = [node for node in made[:2] if store.history(scope, node)]
                if some:
                    part = checked(prov_document(store, scope, some)).document
                    named = {args[0] for args in _named(part, ProvEntity)}
                    assert named <= {args[0] for args in _named(whole, ProvEntity)}


def intervals(d: Drive, ns: str, who: str, seq: int, document: ProvDocument) -> None:
    """Entities are the intervals that the viewer may read; what was invalidated has ended by then."""
    scope = d.guards[who].scope(ns).but(seq=seq)
    rows = [
        row
        for node in {r.record.ends[0] for r in d.oracle.rows}
        for row in d.oracle.history(scope, node)
        if row[4] != NodeKind.AGENT
    ]
    entities = {args[0] for args in _named(document, ProvEntity)}
    assert entities == {f"mc:version/{row[0]}/{row[1]}" for row in rows}
    ended = {f"mc:version/{row[0]}/{row[1]}" for row in rows if row[2] <= min(seq, OPEN - 1)}
    assert {str(r.args[0]) for r in document.get_records(ProvInvalidation)} == ended


@pytest.mark.parametrize("seed", range(max(SEEDS.values())))
@pytest.mark.parametrize("kind", list(STORES))
def test_exports_keep_the_constraints(kind: str, seed: int, request: pytest.FixtureRequest) -> None:
    if seed >= SEEDS[kind]:
        pytest.skip("enough histories on this store")

    def make() -> Any:
        return STORES[kind](lambda: request.getfixturevalue("neo4j_server"))

    run(9_000 + seed, 80, ACTS, probe, exported, make=make, probes=0)


def test_every_relation_was_in_some_document() -> None:
    if SAID["ProvAssociation"] < 1000:
        pytest.skip("only some of the histories were run")
    assert all(SAID[kind.__name__] for kind in RELATIONS), SAID
