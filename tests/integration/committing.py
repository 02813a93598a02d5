"""A process that commits without end, and writes down what was acknowledged; run as a script.

    python committing.py URL LEDGER WHO COUNT

The password of a server is in the environment. Each acknowledged change is in the ledger, fsynced,
before the next one begins. COUNT 0 means until it is told to end (SIGTERM), which it does between changes.
"""

from __future__ import annotations

import os
import signal
import sys
import threading

from memcubes.graph import (
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
    Selector,
)
from memcubes.graph.digest import new_node_id
from memcubes.graph.opening import open_store


def commits(store: GuardedStore, ledger: int, count: int, ended: threading.Event) -> None:
    """Remember, retract and bring back, one change after the other."""
    done = 0
    while not ended.is_set() and (count == 0 or done < count):
        source = new_node_id()
        by = Author("a", source, Authority.ASSERTED, 1)
        cubes = [
            by.version(NodeKind.MEMCUBE, new_node_id(), {"n": n}, payload=Payload.of("tea" * 50))
            for n in range(5)
        ]
        top = by.version(NodeKind.SOURCE, source, {"uri": source}, key=source)
        edges = [by.edge(EdgeKind.DERIVED_FROM, cube.node, source) for cube in cubes]
        for ops in (
            (Open(top), *map(Open, cubes), *map(Open, edges)),
            (Close(Selector(origin=source)),),
            (Reopen(Selector(origin=source)),),
        ):
            (one,) = store.commit(ChangeSet(ns="a", verb="test", ops=ops))
            os.write(ledger, f"{one.seq} {one.id}\n".encode())
            os.fsync(ledger)
            done += 1


if __name__ == "__main__":
    url, log, who, limit = sys.argv[1:]
    told = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: told.set())
    opened = open_store(url, who, create=True)
    commits(opened, os.open(log, os.O_CREAT | os.O_APPEND | os.O_WRONLY), int(limit), told)
    opened.close()
