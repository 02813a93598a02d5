"""The classes of the server, put down once where a JVM maps them: it starts in half the time.

    python -m tests.server.archive

A class data sharing archive (JEP 350) of what a server loads that has answered every kind of question.
One that does not fit the Java at hand is passed over by it.
"""

from __future__ import annotations

import os
from pathlib import Path

from .jars import folder


def archive() -> Path:
    """Where the archive lies, beside the jars."""
    return folder().with_name(f"{folder().name}.jsa")


def make() -> None:
    """Run a server through its work and have it leave the archive when it stops."""
    from memcubes.graph import Along, Direction, GuardedStore, NodeKind, Where
    from memcubes.graph.verify import verify

    from ..contract.world import World
    from .server import Server
    from .stores import empty_store

    beside = archive().with_name(f"{archive().name}.{os.getpid()}")
    with Server(java=[f"-XX:ArchiveClassesAtExit={beside}"]) as server:
        store = empty_store(server)
        world = World(store)
        cube = world.cube()
        world.put(cube)
        world.close(cube)
        guarded, scope = GuardedStore(store, "ann"), world.scope()
        guarded.find(scope, Where(kinds=(NodeKind.MEMCUBE,)))
        guarded.edges(scope, Along(touching=(cube.node,)))
        guarded.lineage(scope, [cube.node], Direction.UP)
        guarded.history(scope, cube.node)
        verify(store)
        store.close()
        server.stop(120)  # it writes the archive meanwhile
    if beside.exists():  # a JVM that cannot make one says so and goes on
        beside.replace(archive())


if __name__ == "__main__":
    if not archive().exists():
        make()
