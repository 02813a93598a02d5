"""The records of a reading, in an order in which they can be committed part by part."""

from __future__ import annotations

from memcubes.graph import ChangeSet, EdgeKind, GuardedStore, NodeKind, Open
from memcubes.graph.change import MOST_OPERATIONS
from memcubes.graph.sqlite import SqliteStore
from memcubes.ingest.document import Document
from memcubes.ingest.draft import Reading, drafted
from memcubes.ingest.extraction import Extraction, Mention
from memcubes.ingest.passage import Passage

MANY = MOST_OPERATIONS + 100
TEXT = "A list of names."


def reading(mentions: int, text: str = TEXT) -> Reading:
    """One passage that names very many things."""
    found = tuple(Mention(f"Name {n}", "NAME", ((0, 1),)) for n in range(mentions))
    return Reading(
        document=Document(text=text, uri="list.txt", title=None, media="text/plain"),
        language="en",
        extractor="none",
        passages=(Passage(text, 0, len(text), ((0, len(text)),), None, None, None, None, 0, 0),),
        extractions=(Extraction("en", None, found, ()),),
    )


def test_a_source_of_more_names_than_a_change_holds_is_committed_in_parts() -> None:
    store = GuardedStore(SqliteStore(None), "local:ann")
    store.commit(ChangeSet(ns="default", verb="remember", ops=()))
    records = drafted(store, "default", reading(MANY), 1).records()
    assert records[0].kind is NodeKind.SOURCE
    parts = [records[at : at + MOST_OPERATIONS] for at in range(0, len(records), MOST_OPERATIONS)]
    assert len(parts) == 3  # 5,102 versions and 5,101 edges
    store.commit(
        *(
            ChangeSet(ns="default", verb="ingest", ops=tuple(Open(r) for r in part))
            for part in parts
        )
    )
    store.close()


def test_what_a_text_says_of_two_names_stands_on_its_mention() -> None:
    store = GuardedStore(SqliteStore(None), "local:ann")
    text = "The Lake Survey Office (LSO) measures depth."
    records = drafted(store, "default", reading(0, text), 1).records()
    names = {r.node: r.get("name") for r in records if r.kind is NodeKind.ENTITY}
    given = {
        names[r.dst]: [names[n] for n in r.get("alias_of")]
        for r in records
        if r.kind is EdgeKind.MENTIONS and r.get("alias_of")
    }
    assert given == {"LSO": ["Lake Survey Office"]}
    store.close()
