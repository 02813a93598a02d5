"""The graph in Neo4j 5.26 or newer: the engine that people grow into."""

from .store import Neo4jStore

__all__ = ["Neo4jStore"]
