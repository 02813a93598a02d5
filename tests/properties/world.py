"""A store with its index, into which statements are put as the extractor reads them."""

from __future__ import annotations

from memcubes.graph import ChangeSet, GuardedStore, Open
from memcubes.graph.index.encoders import load_encoder
from memcubes.graph.index.graph_index import GraphIndex
from memcubes.graph.sqlite import SqliteStore
from memcubes.ingest.draft import Reading
from memcubes.ingest.statement import statement_change

NS = "default"


class World:
    """One store in memory; what is said there differs in nothing but the order."""

    def __init__(self) -> None:
        self.store = GuardedStore(SqliteStore(None), "local:ann")
        self.store.commit(ChangeSet(ns=NS, verb="remember", ops=()))
        self.index = GraphIndex(self.store, load_encoder("hashing"))

    def saying(self, reading: Reading) -> ChangeSet:
        """The change that says something, not yet made."""
        return statement_change(self.store, NS, reading, reason="said")[0]

    def tell(self, reading: Reading) -> str:
        """Say something; its source."""
        change = self.saying(reading)
        self.store.commit(change)
        return next(op.record.origin for op in change.ops if isinstance(op, Open))

    def close(self) -> None:
        """Let go of both."""
        self.index.close()
        self.store.close()
