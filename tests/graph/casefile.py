"""A small case, its records opened by hand as docs/model.md says: what a test about lineage needs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from memcubes.graph import (
    Access,
    Author,
    Authority,
    ChangeSet,
    Close,
    EdgeKind,
    GuardedStore,
    NodeKind,
    Open,
    Payload,
    Reopen,
    Role,
    Scope,
    Selector,
    Shred,
    Version,
    open_store,
)
from memcubes.graph.change import Operation
from memcubes.graph.instant import now, parse
from memcubes.graph.record import Edge, Record

NS = "default"
ANN, BOB = "local:ann", "local:bob"
Fact = tuple[str, str, str]


class Casefile:
    """A store in memory (or at `url`) with verbs short enough for a test to read as a story."""

    def __init__(self, url: str = "sqlite:///:memory:", user: str = ANN) -> None:
        self.store = open_store(url, user, create=True)
        self.user = user

    def scope(self, seq: int | None = None) -> Scope:
        """Now, or as of a sequence."""
        return self.store.scope(NS, seq=seq)

    @property
    def seq(self) -> int:
        """Where the log stands."""
        return self.store.head().seq

    def as_user(self, user: str) -> GuardedStore:
        """The same records, seen by somebody else."""
        return GuardedStore(self.store.engine, user)

    def commit(
        self, verb: str, ops: Sequence[Operation], reason: str = "", behalf: str = ""
    ) -> int:
        """Commit one change and give its sequence."""
        change = ChangeSet(NS, verb, tuple(ops), reason=reason, on_behalf_of=behalf)
        return self.store.commit(change)[0].seq

    def source(self, uri: str) -> str:
        """The node of a source, whether or not it is there."""
        return self.store.name(NS, NodeKind.SOURCE, uri).id

    def cube(self, uri: str, text: str) -> str:
        """The node of a passage."""
        return self.store.name(NS, NodeKind.MEMCUBE, uri, text, "0").id

    def fact(self, value: Fact) -> str:
        """The node of a fact."""
        return self.store.name(NS, NodeKind.FACT, *value, "").id

    def ingest(
        self,
        uri: str,
        passages: Sequence[str],
        *,
        title: str = "",
        stated: str = "2025-03-14",
        author: str = "",
        facts: dict[str, Fact] | None = None,
        behalf: str = "",
    ) -> str:
        """Take a source in, or take it in anew after an edit: only what differs is opened and closed."""
        home = self.store.name(NS, NodeKind.SOURCE, uri)
        by = Author(NS, home.id, Authority.EXTRACTED, parse(stated), True)
        text = "\n\n".join(passages)
        placed, at = [], 0
        records: list[Record] = []
        for passage in passages:
            name = self.store.name(NS, NodeKind.MEMCUBE, uri, passage, "0")
            placed.append([name.id, at, at + len(passage)])
            at += len(passage) + 2
            about = {"title": title or uri, "state": "activated", "semantic_type": "document"}
            records += [
                by.version(
                    NodeKind.MEMCUBE, name.id, about, key=name.key, payload=Payload.of(passage)
                ),
                by.edge(
                    EdgeKind.DERIVED_FROM, name.id, home.id, {"role": str(Role.PRIMARY_SOURCE)}
                ),
            ]
            if facts and passage in facts:
                records += self._stated(by, name.id, facts[passage], len(passage))
        header: dict[str, Any] = {
            "uri": uri,
            "title": title or uri,
            "passages": placed,
            "stated": by.stated,
        }
        if author:
            header["author"] = author
        records.insert(
            0,
            by.version(NodeKind.SOURCE, home.id, header, key=home.key, payload=Payload.of(text)),
        )
        self.commit("ingest", self._difference(home.id, records), f"read {uri}", behalf)
        return home.id

    def _stated(self, by: Author, cube: str, value: Fact, length: int) -> list[Record]:
        name = self.store.name(NS, NodeKind.FACT, *value, "")
        subject, relation, object_ = value
        header = {"subject": subject, "relation": relation, "object": object_, "negated": False}
        return [
            by.version(NodeKind.FACT, name.id, header, key=name.key),
            by.edge(EdgeKind.SUPPORTS, cube, name.id, {"spans": [[0, length]]}),
        ]

    def _difference(self, home: str, records: Sequence[Record]) -> list[Operation]:
        """Close what the new reading lacks, open what the old one lacks."""
        held: list[Record] = [
            r
            for r in (self.store.feed(NS, 0, self.seq) if self.seq else ())
            if r.origin == home and r.to_seq > self.seq
        ]
        old = {_likeness(r): r.id for r in held}
        new = {_likeness(r): r for r in records}
        gone = tuple(old[like] for like in old.keys() - new.keys())
        ops: list[Operation] = [Close(Selector(ids=gone))] if gone else []
        return ops + [Open(r) for like, r in new.items() if like not in old]

    def answer(self, question: str, given: str, *uses: tuple[str, str]) -> str:
        """Give a receipt for an answer; a use is a cube and the words quoted from it ("" for all)."""
        node = hashlib.sha256(f"{question}{self.seq}".encode()).hexdigest()
        node = f"{node[:8]}-{node[8:12]}-4{node[12:15]}-8{node[15:18]}-{node[18:30]}"
        by = Author(NS, node, Authority.ASSERTED, now(), True)
        header = {"verb": "ask", "question": question, "form": "quotes", "read_at": self.seq}
        ops = [Open(by.version(NodeKind.INJECTION, node, header, payload=Payload.of(given)))]
        for cube, words in uses:
            (version,) = self.store.get(self.scope(), [cube])
            at = version.text.index(words)
            assert version.payload
            use = {
                "role": str(Role.USE),
                "payload": version.payload.digest,
                "spans": [[at, at + len(words)]] if words else [],
            }
            ops.append(Open(by.edge(EdgeKind.DERIVED_FROM, node, cube, use)))
        self.commit("ask", ops, question)
        return node

    def revise(self, cube: str, text: str, reason: str = "") -> int:
        """Put another text into a cube."""
        (old,) = self.store.get(self.scope(), [cube])
        by = Author(NS, old.origin, Authority.CURATED, now(), True)
        new = by.version(
            NodeKind.MEMCUBE, cube, dict(old.content or {}), key=old.key, payload=Payload.of(text)
        )
        return self.commit("revise", [Close(Selector(ids=(old.id,))), Open(new)], reason)

    def retract(self, uri: str, reason: str = "") -> int:
        """Withdraw a source and everything it opened."""
        return self.commit("retract", [Close(Selector(origin=self.source(uri)))], reason)

    def revert(self, seq: int) -> int:
        """Bring back what a change closed."""
        return self.commit("revert", [Reopen(Selector(closed_by=seq))], f"undo @{seq}")

    def erase(self, uri: str, reason: str = "") -> int:
        """Destroy a source's content for ever."""
        by_origin = Selector(origin=self.source(uri))
        return self.commit("erase", [Close(by_origin), Shred(by_origin)], reason)

    def grant(self, user: str, role: Access = Access.READER) -> str:
        """Let somebody into the namespace."""
        return self._grant(user, self.store.name(NS, NodeKind.NAMESPACE, NS).id, role)

    def restrict(self, uri: str, user: str) -> str:
        """Let only this person read a source."""
        return self._grant(user, self.source(uri), Access.READER)

    def _grant(self, user: str, target: str, role: Access) -> str:
        agent = self.store.name(NS, NodeKind.AGENT, user)
        home = self.store.name(NS, NodeKind.NAMESPACE, NS)
        by = Author(NS, home.id, Authority.ASSERTED, now())
        ops: list[Operation] = []
        if not self.store.get(self.scope(), [agent.id]):
            ops.append(Open(by.version(NodeKind.AGENT, agent.id, {"name": user}, key=agent.key)))
        ops.append(Open(by.edge(EdgeKind.GRANTS, agent.id, target, {"role": str(role)})))
        self.commit("grant", ops)
        return agent.id


def _likeness(record: Record) -> tuple[str, ...]:
    """What makes two records the same statement, whatever their ids and salts."""
    if isinstance(record, Edge):
        return (str(record.kind), record.src, record.dst)
    assert isinstance(record, Version)
    return (str(record.kind), record.node, record.text, json.dumps(record.content, sort_keys=True))


VALVE = "The valve RV-7 failed at 02:10. The night shift closed it by hand."
LATER = "Correction: the valve RV-7 failed at 07:40, not at 02:10."
POLICY = "Tobias Wendlecott insures with Hexcombe Mutual."
LOG, STATEMENT, LETTER = "plant-log.txt", "notes/vendor-statement.md", "letter.md"
REASON = "The clock of the service laptop was wrong."


def casebook(url: str = "sqlite:///:memory:") -> Casefile:
    """Three sources, two answers, one retraction: what most tests here begin with."""
    case = Casefile(url)
    case.ingest(
        LOG,
        ["Night of 12 March 2025.", VALVE],
        title="Plant log",
        author="Night shift",
        facts={VALVE: ("valve RV-7", "fail at", "02:10")},
    )
    case.ingest(
        STATEMENT,
        ["Brackwater Controls has evaluated the memory.", LATER],
        title="Statement of Brackwater Controls",
        stated="2025-03-19",
        author="Gareth Stobrook",
        facts={LATER: ("valve RV-7", "fail at", "07:40")},
    )
    case.ingest(LETTER, [POLICY], title="Reply of Merrowby Staffing", stated="2025-03-28")
    case.answer(
        "At what time did the valve RV-7 fail?",
        "“the valve RV-7 failed at 07:40, not at 02:10.”",
        (case.cube(STATEMENT, LATER), LATER),
        (case.cube(LOG, VALVE), "The valve RV-7 failed at 02:10."),
    )
    case.answer("Who insures him?", POLICY, (case.cube(LETTER, POLICY), ""))
    case.retract(STATEMENT, REASON)
    return case
