"""One story told into any store: documents, questions, and everything that people do to memory."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from memcubes.api import Memory
from memcubes.api.outcome import Outcome
from memcubes.graph import (
    Author,
    Authority,
    ChangeSet,
    Close,
    Edge,
    EdgeKind,
    NodeKind,
    Open,
    Selector,
    Version,
)
from memcubes.graph.curator import Curator
from memcubes.graph.scope import Where

FILES = {
    "chat.jsonl": '{"role": "user", "name": "Midge", "content": "Tank 😀 leaked. Midge counted 1,652 '
    'wheels. Judith Ostrander counted the boxes.", "time": "2025-03-26T11:02:00Z"}\n'
    '{"role": "user", "name": "Cuthbert \\"Bert\\" Vale", "content": "The horn H-4 failed at 03:00.", '
    '"time": "2025-03-26T11:03:00Z"}\n'
    '{"role": "user", "name": "Midge", "content": "Midge counted the racks.", '
    '"time": "2025-03-26T11:05:00Z"}\n',
    "log.txt": "Subject: Plant log\nDate: 2025-03-12\n\nThe valve RV-7 failed at 02:10. "
    "Dana Ruiz opened the bypass BP-2.\n",
    "order.md": "# Work order\n\nDate: 2025-03-10\n\nNorthline Controls replaced the coil S-88. "
    "Dana Ruiz works for Northline Controls.\n",
    "recount.md": "# Recount\n\nDate: 2025-03-21\n\nCorrection: The valve RV-7 failed at 05:15, not at "
    "02:10.\n",
    "second.md": "# Second statement\n\nDate: 2025-03-20\n\nNorthline Controls replaced the coil S-88. "
    "The cleaning crew left at 05:00.\n",
    "vendor.md": "# Vendor statement\n\nDate: 2025-03-19\n\nCorrection: The valve RV-7 failed at 07:40, "
    "not at 02:10. A voltage dip damaged the controller K-210.\n",
    "visit.md": "# Visit\n\nDate: 2025-04-07\n\nThe fence F-9 is open.\n",
}


@dataclass(frozen=True)
class Told:
    """A memory that holds the story, and the nodes that questions are asked about."""

    memory: Memory
    fact: str
    source: str
    cube: str
    chat: str
    revised: str
    restricted: str
    answer: str
    before: int
    """The sequence after reading and asking, before anybody curated."""
    after: int
    """The sequence after three retractions."""


def write(folder: Path) -> Path:
    """Write the documents."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in FILES.items():
        (folder / name).write_text(text, "utf-8")
    return folder


def tell(memory: Memory, folder: Path) -> Told:
    """Read the documents and do all that people do; the same acts in every store."""
    memory.ingest(folder)
    answer = memory.ask("When did the valve RV-7 fail?").receipt
    coil = memory.remember(
        "The coil S-89 failed on Monday.", key="coil", reason="by telephone"
    ).cube
    memory.ask("When did the coil S-89 fail?")
    before = memory.scope().seq
    assert answer is not None
    memory.revise(coil, "The coil S-90 failed on Monday.", "typing error")
    memory.merge(["Judith Ostrander", "Midge"], "one person")
    undo(memory, memory.merge(["Dana Ruiz", "Northline Controls"], "a mistake"))
    memory.feedback(answer, "misled", "the time is wrong")
    cubes = {v.text: v.node for v in held(memory, NodeKind.MEMCUBE)}
    horn = next(node for text, node in cubes.items() if "horn" in text)
    chat = next(node for text, node in cubes.items() if "😀" in text)
    log = next(node for text, node in cubes.items() if "Plant log" in text)
    facts = {str(v.get("object")): v.node for v in held(memory, NodeKind.FACT)}
    opposed(memory, log, chat, facts["05:15"], facts["02:10"])
    opposed(memory, horn, chat, facts["07:40"], facts["02:10"])
    opposed(memory, chat, horn, facts["02:10"], facts["07:40"])
    tag(memory, "open points", log, memory.resolve("second.md"))
    memory.retract(horn, reason="said in jest")
    memory.retract(facts["05:00"], reason="nobody left")
    memory.retract("vendor.md", reason="withdrawn by its author")
    after = memory.scope().seq
    undo(memory, memory.retract("order.md", reason="by mistake"))
    source = memory.resolve("second.md")
    restrict(memory, source, "bob", "carol")
    orphan(memory, memory.resolve("visit.md"))
    nodes = (facts["S-88"], memory.resolve("vendor.md"), log, chat, coil, source, answer)
    return Told(memory, *nodes, before, after)


def undo(memory: Memory, done: Outcome) -> None:
    """Revert what was just done."""
    assert done.change is not None
    memory.revert(done.change.seq, "it was right before")


def held(memory: Memory, kind: NodeKind) -> tuple[Version, ...]:
    """The versions of one kind in force."""
    return memory.store().find(memory.scope(), Where(kinds=(kind,)), first=1000).items


def opposed(memory: Memory, one: str, other: str, fact: str, rival: str) -> None:
    """Somebody says that one cube supersedes another and that one fact contradicts another."""
    curator = Curator(memory.store(), memory.namespace)
    said: dict[str, Any] = {
        "edges": [(EdgeKind.SUPERSEDES, one, other, {}), (EdgeKind.CONTRADICTS, fact, rival, {})]
    }
    curator.commit(curator.decided("oppose", {}, "as the minutes say", **said))


def tag(memory: Memory, name: str, *nodes: str) -> None:
    """Tag nodes."""
    store, ns = memory.store(), memory.namespace
    named = store.name(ns, NodeKind.TAG, name)
    author = Author(ns, named.id, Authority.ASSERTED, 0)
    made = author.version(NodeKind.TAG, named.id, {"name": name}, key=named.key)
    ties = (Open(author.edge(EdgeKind.TAGGED, node, named.id)) for node in nodes)
    store.commit(ChangeSet(ns, "tag", (Open(made), *ties)))


def restrict(memory: Memory, node: str, reader: str, other: str) -> None:
    """Two people join the namespace; one of them and `ann` are from now on alone to read a node."""
    store, ns = memory.store(), memory.namespace
    home = store.name(ns, NodeKind.NAMESPACE, ns).id
    opened: list[Version | Edge] = []
    for name, role in (("ann", ""), (reader, "reader"), (other, "writer")):
        agent = store.name(ns, NodeKind.AGENT, name)
        author = Author(ns, agent.id, Authority.ASSERTED, 0)
        if role:
            held = {"name": name}
            opened.append(author.version(NodeKind.AGENT, agent.id, held, key=agent.key))
            opened.append(author.edge(EdgeKind.GRANTS, agent.id, home, {"role": role}))
        if name != other:
            opened.append(author.edge(EdgeKind.GRANTS, agent.id, node, {"role": "reader"}))
    store.commit(ChangeSet(ns, "grant", tuple(Open(one) for one in opened), reason="two readers"))


def orphan(memory: Memory, source: str) -> None:
    """Close a source alone, and leave its cube standing."""
    ids = tuple(v.id for v in memory.get(source))
    memory.store().commit(ChangeSet(memory.namespace, "close", (Close(Selector(ids=ids)),)))
