"""How long filters, facets and pages take in a synthetic memory: `python -m benchmarks.facets 100000`.

Cubes come by hundreds from a source, each with two of 200 tags (on two levels), and nothing is read out of
them. The store is in memory; the figures are processor time, of the first time and the best of the next three.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from time import process_time

from memcubes.graph import (
    Author,
    Authority,
    ChangeSet,
    EdgeKind,
    GuardedStore,
    NodeKind,
    Open,
    Payload,
    Record,
)
from memcubes.graph.digest import new_node_id
from memcubes.graph.index.encoders import load_encoder
from memcubes.graph.index.graph_index import GraphIndex
from memcubes.graph.sqlite import SqliteStore
from memcubes.query.cube_filter import CubeFilter
from memcubes.query.facet import FacetName
from memcubes.query.memoperator import MemOperator

NS, TOGETHER, CHANGE = "default", 100, 4_000
TYPES = ("fact", "document", "episode", "preference")
YEARS = 1_700_000_000_000_000


def filled(store: GuardedStore, cubes: int) -> None:
    """Write that many cubes."""
    draw = random.Random(1)
    names = [f"p{one}/q{other}" for one in range(20) for other in range(10)]
    tags = [store.name(NS, NodeKind.TAG, name) for name in names]
    source = store.name(NS, NodeKind.SOURCE, "tags")
    by = Author(NS, source.id, Authority.CURATED, 0)
    records: list[Record] = [
        by.version(NodeKind.SOURCE, source.id, {"uri": "tags"}, key=source.key),
        *(
            by.version(NodeKind.TAG, tag.id, {"name": name}, key=tag.key)
            for name, tag in zip(names, tags, strict=True)
        ),
    ]
    for begin in range(0, cubes, TOGETHER):
        source = store.name(NS, NodeKind.SOURCE, str(begin))
        by = Author(NS, source.id, Authority.EXTRACTED, draw.randrange(YEARS))
        nodes = [new_node_id() for _ in range(TOGETHER)]
        about = {"uri": str(begin), "passages": [[n, i, i + 1] for i, n in enumerate(nodes)]}
        records.append(by.version(NodeKind.SOURCE, source.id, about, key=source.key))
        for node in nodes:
            header = {"title": "t", "semantic_type": draw.choice(TYPES), "state": "activated"}
            words = Payload.of(f"word{draw.randrange(5000)} tea w{draw.randrange(100)}")
            records.append(by.version(NodeKind.MEMCUBE, node, header, payload=words))
            records += [by.edge(EdgeKind.TAGGED, node, tag.id) for tag in draw.sample(tags, 2)]
        if len(records) > CHANGE or begin + TOGETHER >= cubes:
            store.commit(ChangeSet(NS, "ingest", tuple(map(Open, records))))
            records = []


def told(what: str, act: Callable[[], object]) -> None:
    """Print how long something takes."""
    took = []
    for _ in range(4):
        begun = process_time()
        act()
        took.append(1000 * (process_time() - begun))
    print(f"{what:28} {took[0]:8.0f} ms, then {min(took[1:]):6.0f} ms")


def main(cubes: int) -> None:
    """Fill a store and measure."""
    store, encoder = GuardedStore(SqliteStore(None), "local:ann"), load_encoder("hashing")
    filled(store, cubes)
    operator = MemOperator(store, GraphIndex(store, encoder), encoder)
    scope, everything = store.scope(NS), CubeFilter()
    print(f"{operator.index.view(scope).size:,} cubes")
    some = CubeFilter.of(tags="+p1 -p2/q3 p3 p4", semantic_type=["fact", "episode"])
    asked = "tea word17"
    told("a page of everything", lambda: operator.search(scope, None))
    told("a page of a filter", lambda: operator.search(scope, None, where=some))
    after = operator.search(scope, None, where=some).after
    told("the next page", lambda: operator.search(scope, None, where=some, after=after))
    told("tags of everything", lambda: operator.facets(scope, everything, ["tags"]))
    told("all facets of everything", lambda: operator.facets(scope, everything, list(FacetName)))
    told("all facets of the filter", lambda: operator.facets(scope, some, list(FacetName)))
    told("a question", lambda: operator.search(scope, asked))
    told("a question, filtered", lambda: operator.search(scope, asked, where=some))
    store.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
