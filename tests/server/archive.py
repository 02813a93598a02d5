"""What a new server need not do again: the classes where a JVM maps them, and the schema in its files.

    python -m tests.server.archive

A class data sharing archive (JEP 350) of what a server loads that has answered every kind of question;
one that does not fit the Java at hand is passed over by it. And the data of a server whose store holds
nothing but the schema, under the name of that schema.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

from memcubes.cypher import migrations

from .jars import folder

SEED_PASSWORD = "every server changes it"
"""What the data of `seed` let one in with."""


def archive() -> Path:
    """Where the archive lies, beside the jars."""
    return folder().with_name(f"{folder().name}.jsa")


def seed() -> Path:
    """Where the data of a store lie that holds nothing yet."""
    sums = "".join(step.checksum for step in migrations())
    return folder().with_name(f"{folder().name}.{hashlib.sha256(sums.encode()).hexdigest()[:12]}")


def make() -> None:
    """Run a server through its work and have it leave the archive and its data when it stops."""
    from memcubes.graph import Along, Direction, GuardedStore, NodeKind, Where
    from memcubes.graph.verify import verify

    from ..contract.world import World
    from .server import Server
    from .stores import empty_store

    beside = archive().with_name(f"{archive().name}.{os.getpid()}")
    with Server(java=[f"-XX:ArchiveClassesAtExit={beside}"], seeded=False) as server:
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
        empty_store(server).close()
        server.change_password(SEED_PASSWORD)
        server.stop(120)  # it writes the archive meanwhile
        data = seed().with_name(f"{seed().name}.{os.getpid()}")
        shutil.copytree(server.home / "data", data)
        try:
            data.rename(seed())
        except OSError:  # another was quicker
            shutil.rmtree(data)
    if beside.exists():  # a JVM that cannot make one says so and goes on
        beside.replace(archive())


if __name__ == "__main__":
    if not (archive().exists() and seed().exists()):
        make()
