"""A process that revises the same few cubes as others do, and writes down what came of it; a script.

    python revising.py URL LEDGER WHO COUNT

Each revision expects the version that was read just before. The ledger gets "won SEQ RECORD BEFORE" or
"lost" for each of COUNT tries; anything but a Conflict ends the process.
"""

from __future__ import annotations

import os
import random
import sys

from memcubes.graph import (
    Author,
    Authority,
    ChangeSet,
    Close,
    GuardedStore,
    NodeKind,
    Open,
    Payload,
    Selector,
)
from memcubes.graph.errors import Conflict
from memcubes.graph.opening import open_store

CUBES = ("c1", "c2", "c3")


def revise(store: GuardedStore, cube: str) -> str:
    """Read a cube and put a new version in its place; what came of it, in one line."""
    (read,) = store.get(store.scope("a"), [cube])
    by = Author("a", cube, Authority.ASSERTED, 1)
    new = by.version(NodeKind.MEMCUBE, cube, {"after": read.id}, payload=Payload.of("tea"))
    ops = (Close(Selector(ids=(read.id,))), Open(new))
    try:
        (done,) = store.commit(ChangeSet(ns="a", verb="revise", ops=ops, expects=(read.id,)))
    except Conflict as error:
        if error.current in (None, read.id):
            raise  # it has to say which version was there first
        return "lost"
    return f"won {done.seq} {new.id} {read.id}"


if __name__ == "__main__":
    url, log, who, count = sys.argv[1:]
    opened = open_store(url, who)
    ledger = os.open(log, os.O_CREAT | os.O_APPEND | os.O_WRONLY)
    chance = random.Random(log)
    for _ in range(int(count)):
        os.write(ledger, f"{revise(opened, chance.choice(CUBES))}\n".encode())
    opened.close()
