"""The PROV document says what the log says, and keeps the order that PROV-CONSTRAINTS asks for."""

from collections.abc import Iterator
from datetime import datetime
from itertools import chain
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
    ProvInvalidation,
    ProvRecord,
    ProvUsage,
)

from memcubes.graph import Access, NodeKind
from memcubes.graph.errors import NotFound
from memcubes.graph.prov import prov_document, prov_json

from .casefile import ANN, BOB, LATER, LETTER, LOG, NS, POLICY, STATEMENT, VALVE, Casefile, casebook


@pytest.fixture
def case() -> Iterator[Casefile]:
    """The casebook, then a revision, a return, an edited source and an erasure."""
    made = casebook()
    made.revert(made.seq)
    made.revise(made.cube(LETTER, POLICY), "Tobias Wendlecott insures with Averlock.", "a mail")
    made.ingest(LOG, ["A line in front.", "Night of 12 March 2025.", VALVE], title="Plant log")
    made.retract(STATEMENT, "again")
    yield made
    made.store.close()


def args(record: ProvRecord) -> list[str]:
    """The formal arguments of a record as text."""
    return [str(arg) for arg in record.args]


def labels(document: ProvDocument) -> dict[str, str]:
    return {
        str(r.identifier): r.label
        for kind in (ProvEntity, ProvActivity, ProvAgent)
        for r in document.get_records(kind)
    }


def pairs(document: ProvDocument, kind: type[ProvRecord], typed: str = "") -> set[tuple[str, str]]:
    """Relations of one kind, told by the labels of their ends."""
    named = labels(document)
    return {
        (named[args(r)[0]], named[args(r)[1]])
        for r in document.get_records(kind)
        if typed in {str(t) for t in r.get_asserted_types()} or not typed
    }


def test_each_interval_is_an_entity_with_its_generation(case: Casefile) -> None:
    document = prov_document(case.store, case.scope())
    entities = {str(e.identifier) for e in document.get_records(ProvEntity)}
    rows = [
        v for v in case.store.engine.rows() if hasattr(v, "node") and v.kind is not NodeKind.AGENT
    ]
    assert len(entities) == len(rows)
    assert entities == {args(g)[0] for g in document.get_records(ProvGeneration)}
    ended = {f"mc:version/{v.id}/{v.from_seq}" for v in rows if v.to_seq <= case.seq}
    assert {args(i)[0] for i in document.get_records(ProvInvalidation)} == ended


def test_activities_are_the_changes(case: Casefile) -> None:
    document = prov_document(case.store, case.scope())
    told = {a.label: a for a in document.get_records(ProvActivity)}
    assert {"ingest @2", "ask @5", "retract @7", "revert @8", "revise @9"} <= told.keys()
    for activity in told.values():
        assert isinstance(activity, ProvActivity)
        assert activity.get_startTime() == activity.get_endTime()
    assert pairs(document, ProvAssociation) == {(label, ANN) for label in told}
    assert {agent for _, agent in pairs(document, ProvAttribution)} == {ANN}


def test_derivations(case: Casefile) -> None:
    document = prov_document(case.store, case.scope())
    question = "At what time did the valve RV-7 fail?"
    assert ("Plant log", "Plant log") in pairs(document, ProvDerivation, "prov:PrimarySource")
    assert ("Plant log", "Plant log") in pairs(document, ProvDerivation, "prov:Revision")
    plain = pairs(document, ProvDerivation)
    assert (question, "Statement of Brackwater Controls") in plain
    assert ("valve RV-7 fail at 02:10", "Plant log") in plain
    assert pairs(document, ProvUsage) >= {("ask @5", "Plant log")}
    back = {("Statement of Brackwater Controls",) * 2, ("valve RV-7 fail at 07:40",) * 2}
    assert pairs(document, ProvAlternate) == back


def test_an_answer_used_the_version_that_it_pinned(case: Casefile) -> None:
    document = prov_document(case.store, case.scope())
    first, second = case.store.history(case.scope(), case.cube(LETTER, POLICY))
    used = {args(u)[1] for u in document.get_records(ProvUsage)}
    assert f"mc:version/{first.id}/{first.from_seq}" in used
    assert f"mc:version/{second.id}/{second.from_seq}" not in used


def test_delegation() -> None:
    case = Casefile()
    case.ingest("a.md", ["A text."], behalf=BOB)
    document = prov_document(case.store, case.scope())
    (acted,) = document.get_records(ProvDelegation)
    assert labels(document)[args(acted)[0]] == ANN
    assert args(acted)[1] == f"mc:agent/{case.store.name(NS, NodeKind.AGENT, BOB).id}"
    case.store.close()


def test_json_reads_back_equal_and_unifies(case: Casefile) -> None:
    document = prov_document(case.store, case.scope())
    text = prov_json(case.store, case.scope())
    again = ProvDocument.deserialize(content=text, format="json")
    assert again == document
    with pytest.warns(FutureWarning, match="unified"):
        unified = document.unified()
    assert len(list(unified.get_records())) == len(list(document.get_records()))
    assert document.get_provn().startswith("document")


def test_order_of_events_keeps_prov_constraints(case: Casefile) -> None:
    """Constraints 36 to 42: generation, then use, then invalidation; what is used is older."""
    document = prov_document(case.store, case.scope())
    time: dict[str, datetime] = {}
    order: Any = networkx.DiGraph()
    kinds = (ProvGeneration, ProvInvalidation, ProvUsage)
    for record in chain.from_iterable(document.get_records(kind) for kind in kinds):
        subject, activity, at = record.args
        entity, name = str(subject), type(record).__name__
        if isinstance(record, ProvUsage):
            entity, activity = str(activity), subject
        event = f"{name} {entity} {activity if isinstance(record, ProvUsage) else ''}"
        assert event not in time, "an entity is generated once and invalidated once"
        time[event] = at
        (run,) = document.get_record(activity)
        assert isinstance(run, ProvActivity)
        started, ended = run.get_startTime(), run.get_endTime()
        assert started is not None
        assert ended is not None
        assert started <= at <= ended
    made = {e.split()[1]: e for e in time if e.startswith("ProvGeneration")}
    gone = {e.split()[1]: e for e in time if e.startswith("ProvInvalidation")}
    for entity, event in gone.items():
        assert time[made[entity]] < time[event]
    for event, at in time.items():
        if event.startswith("ProvUsage"):
            entity = event.split()[1]
            assert time[made[entity]] <= at
            assert entity not in gone or at <= time[gone[entity]]
    for derivation in document.get_records(ProvDerivation):
        young, old = args(derivation)[:2]
        assert time[made[old]] <= time[made[young]]
        order.add_edge(made[old], made[young])
    assert networkx.is_directed_acyclic_graph(order), "a derivation is strictly ordered"


def test_of_one_answer_only_what_it_was_made_from(case: Casefile) -> None:
    cube = case.cube(STATEMENT, LATER)
    document = prov_document(case.store, case.scope(), [cube])
    whole = prov_document(case.store, case.scope())
    some = {str(e.identifier): e.label for e in document.get_records(ProvEntity)}
    assert set(some.values()) == {"Statement of Brackwater Controls"}
    assert len(some) == 4
    assert some.keys() < {str(e.identifier) for e in whole.get_records(ProvEntity)}
    assert len(list(document.get_records(ProvDerivation))) == 2
    fact = case.fact(("valve RV-7", "fail at", "07:40"))
    assert len(list(prov_document(case.store, case.scope(), [fact]).get_records(ProvEntity))) == 6
    for nobody in (["nothing"], [case.source("never.md")]):
        with pytest.raises(NotFound):
            prov_document(case.store, case.scope(), nobody)


def test_as_of_ends_where_it_is_asked_to(case: Casefile) -> None:
    document = prov_document(case.store, case.scope(seq=4))
    assert {a.label for a in document.get_records(ProvActivity)} <= {
        "found @1",
        "ingest @2",
        "ingest @3",
        "ingest @4",
    }
    assert list(document.get_records(ProvInvalidation)) == []


def test_only_the_visible_part_and_no_payload(case: Casefile) -> None:
    case.grant(BOB, Access.READER)
    case.restrict(LOG, ANN)
    bob = case.as_user(BOB)
    text = prov_json(bob, bob.scope(NS))
    assert "Plant log" not in text
    assert "Reply of Merrowby Staffing" in text
    assert "Wendlecott" not in text.replace("Who insures him?", "")
    assert ProvDocument.deserialize(content=text, format="json")


def test_erased_content_leaves_its_digest(case: Casefile) -> None:
    digests = [v.digest for v in case.store.history(case.scope(), case.source(LOG))]
    case.erase(LOG, "asked for")
    text = prov_json(case.store, case.scope())
    assert "Plant log" not in text
    assert all(digest in text for digest in digests)
    assert "memcubes:erased" in text
