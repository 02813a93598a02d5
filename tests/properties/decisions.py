"""What somebody decides about what is there: who is who, who may read, what is destroyed."""

from __future__ import annotations

from memcubes.graph import (
    ChangeSet,
    Close,
    EdgeKind,
    NodeKind,
    Open,
    Payload,
    Selector,
    Shred,
)
from memcubes.graph.change import Operation
from memcubes.graph.digest import new_node_id
from memcubes.graph.kind import Verb

from ..oracle import OPEN
from .acts import WORDS, change, cubes, desk, origin
from .driving import NAMESPACES, PRINCIPALS, Drive


def merge(d: Drive) -> list[ChangeSet]:
    """Somebody decides that two entities are, or are not, the same, or what such a proposal is worth."""
    ns = d.rng.choice(NAMESPACES)
    entities = sorted({v.node for v in d.open(ns) if v.kind is NodeKind.ENTITY})
    if len(entities) < 2:
        return []
    decision = new_node_id()
    by = desk(d, ns, decision)
    one, other = d.rng.sample(entities, 2)
    kind = d.rng.choice([EdgeKind.SAME_AS, EdgeKind.NOT_SAME_AS])
    # by hand, or by what somebody says of a proposal; nothing more is drawn for it
    verb, content = Verb.MERGE if one < other else Verb.APPROVE, dict[str, bool]()
    if kind is EdgeKind.NOT_SAME_AS:
        apart = Verb.DISTINGUISH if one[0] < "8" else Verb.REJECT
        verb = Verb.SPLIT if one < other else apart
        content = {"split": True} if verb is Verb.SPLIT else {}
    return [
        change(
            d,
            ns,
            verb,
            Open(by.version(NodeKind.DECISION, decision, {"verb": str(verb)})),
            Open(by.edge(kind, one, other, content)),
        )
    ]


def tag(d: Drive) -> list[ChangeSet]:
    """A decision puts a tag on some node."""
    ns = d.rng.choice(NAMESPACES)
    decision, word = new_node_id(), d.engine.name(ns, NodeKind.TAG, d.rng.choice(WORDS[:2]))
    by = desk(d, ns, decision)
    held = cubes(d, ns) or d.open(ns)
    if not held:
        return []
    target = d.rng.choice(held).node
    return [
        change(
            d,
            ns,
            "tag",
            Open(by.version(NodeKind.DECISION, decision, {"verb": "tag"})),
            Open(by.version(NodeKind.TAG, word.id, {"name": "tag"}, key=word.key)),
            Open(by.edge(EdgeKind.TAGGED, target, word.id)),
        )
    ]


def receipt(d: Drive) -> list[ChangeSet]:
    """An injection is made of some cubes, or of another injection."""
    ns = d.rng.choice(NAMESPACES)
    made = [v for v in d.open(ns) if v.kind in (NodeKind.MEMCUBE, NodeKind.INJECTION)]
    node = new_node_id()
    by = desk(d, ns, node)
    uses = d.rng.sample(made, min(len(made), 2))
    edges = [
        by.edge(
            EdgeKind.DERIVED_FROM,
            node,
            v.node,
            {"role": "use", "payload": v.payload.digest if v.payload else ""},
        )
        for v in uses
    ]
    verb = d.rng.choice([Verb.ASK, Verb.INJECT, Verb.TRANSFORM])
    if verb is Verb.TRANSFORM:
        held = Payload.of('{"tokens":7}', "activation")
        version = by.version(NodeKind.MEMCUBE, node, {"semantic_type": "activation"}, payload=held)
    else:
        version = by.version(
            NodeKind.INJECTION, node, {"verb": str(verb)}, payload=Payload.of("given out")
        )
    return [change(d, ns, verb, Open(version), *map(Open, edges))]


def feedback(d: Drive) -> list[ChangeSet]:
    """Somebody says of a receipt or cube that it helped."""
    ns = d.rng.choice(NAMESPACES)
    about = [v.node for v in d.open(ns) if v.kind in (NodeKind.MEMCUBE, NodeKind.INJECTION)]
    if not about:
        return []
    decision = new_node_id()
    by = desk(d, ns, decision)
    return [
        change(
            d,
            ns,
            Verb.FEEDBACK,
            Open(by.version(NodeKind.DECISION, decision, {"verb": "feedback"})),
            Open(by.edge(EdgeKind.ABOUT, decision, d.rng.choice(about), {"verdict": "helped"})),
        )
    ]


def claim(d: Drive) -> list[ChangeSet]:
    """A cube's source says that one fact supersedes or contradicts another; or somebody proposes it."""
    ns = d.rng.choice(NAMESPACES)
    facts = sorted({v.node for v in d.open(ns) if v.kind is NodeKind.FACT})
    if len(facts) < 2:
        return []
    one, other = d.rng.sample(facts, 2)
    if d.rng.random() < 0.4:
        node = new_node_id()
        content = {"operations": [{"open": "SUPERSEDES", "src": one, "dst": other}]}
        proposal = desk(d, ns, node).version(NodeKind.PROPOSAL, node, content)
        return [change(d, ns, "review", Open(proposal))]
    kind = d.rng.choice([EdgeKind.SUPERSEDES, EdgeKind.CONTRADICTS])
    return [change(d, ns, Verb.REVISE, Open(desk(d, ns, origin(d, ns)).edge(kind, one, other)))]


def grant(d: Drive) -> list[ChangeSet]:
    """Somebody may read a source or cube, or read or write a namespace; others then may not."""
    ns, who = d.rng.choice(NAMESPACES), d.rng.choice(PRINCIPALS)
    agent = d.engine.name(ns, NodeKind.AGENT, who)
    by = desk(d, ns, agent.id)
    home = d.engine.name(ns, NodeKind.NAMESPACE, ns).id
    ops: list[Operation] = []
    if all(v.node != agent.id for v in d.open(ns)):
        ops.append(Open(by.version(NodeKind.AGENT, agent.id, {"name": who}, key=agent.key)))
    if d.rng.random() < 0.5:
        to, role = home, d.rng.choice(["reader", "writer", "writer", "owner"])
    else:
        kinds = (NodeKind.SOURCE, NodeKind.MEMCUBE)
        nodes = [v.node for v in d.open(ns) if v.kind in kinds]
        if not nodes:
            return []
        to, role = d.rng.choice(nodes), "reader"
    if d.rng.random() < 0.3:
        node = new_node_id()
        by = desk(d, ns, node)
        ops.append(Open(by.version(NodeKind.GRANT, node, {"role": role})))
    ops.append(Open(by.edge(EdgeKind.GRANTS, agent.id, to, {"role": role})))
    return [change(d, ns, "grant", *ops)]


def revoke(d: Drive) -> list[ChangeSet]:
    """Take a grant back; an owner's own first grant mostly stays, or little would happen after."""
    ns = d.rng.choice(NAMESPACES)
    grants = [
        r.record.id
        for r in d.oracle.rows
        if r.record.kind is EdgeKind.GRANTS and r.record.ns == ns and r.end == OPEN
    ]
    if len(grants) > 1 and d.rng.random() < 0.95:
        grants = grants[1:]
    elif d.rng.random() < 0.8:
        return []
    return [change(d, ns, "revoke", Close(Selector(ids=(d.rng.choice(grants),))))] if grants else []


def shred(d: Drive) -> list[ChangeSet]:
    """Destroy some records, a whole source, or what a change closed."""
    ns = d.rng.choice(NAMESPACES)
    way = d.rng.random()
    mine = [
        r.record
        for r in d.oracle.rows
        if r.record.ns == ns and r.record.kind not in (EdgeKind.GRANTS, NodeKind.NAMESPACE)
    ]
    if not mine:
        return []
    if way < 0.5:
        ids = tuple({r.id for r in d.rng.sample(mine, min(2, len(mine)))})
        selector = Selector(ids=ids)
    elif way < 0.8:
        selector = Selector(origin=origin(d, ns))
    else:
        selector = Selector(closed_by=d.rng.randrange(1, d.head + 2))
    return [change(d, ns, "erase", Shred(selector))]
