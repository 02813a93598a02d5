"""Empty stores on the server of the run: the schema stays, everything else goes."""

from __future__ import annotations

from memcubes.graph.merkle import CompactRange
from memcubes.graph.neo4j import Neo4jStore
from memcubes.graph.neo4j.address import Address

from .server import Server

EMPTY = "MATCH (n) WHERE NOT n:Memcubes AND NOT n:Migration DETACH DELETE n"


def address(server: Server) -> Address:
    """Where the server is, with its password."""
    return Address("neo4j", "127.0.0.1", server.port, *server.auth, None)


def empty_store(server: Server) -> Neo4jStore:
    """A store that holds nothing; there is one at a time on a server."""
    store = Neo4jStore(address(server), create=True)
    with store.connection._session() as session:
        session.run(EMPTY).consume()
    store.connection.write(lambda tx: tx.run("found", roots=CompactRange().pack()))
    return store
