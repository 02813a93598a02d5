"""What a memory is, where it is kept, who may touch it, and what happened to it."""

from .change import ChangeSet, Close, Committed, Open, Reopen, Selector, Shred
from .guard import GuardedStore
from .kind import Authority, EdgeKind, NodeKind, Role
from .opening import open_store
from .record import Author, Edge, Payload, Record, Validity, Version
from .scope import Access, Along, Direction, Page, Scope, Where
from .store import Derived, GraphStore, Head, Link

__all__ = [
    "Access",
    "Along",
    "Author",
    "Authority",
    "ChangeSet",
    "Close",
    "Committed",
    "Derived",
    "Direction",
    "Edge",
    "EdgeKind",
    "GraphStore",
    "GuardedStore",
    "Head",
    "Link",
    "NodeKind",
    "Open",
    "Page",
    "Payload",
    "Record",
    "Reopen",
    "Role",
    "Scope",
    "Selector",
    "Shred",
    "Validity",
    "Version",
    "Where",
    "open_store",
]
