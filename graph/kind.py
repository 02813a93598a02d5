"""The kinds of node and edge, and how much a statement weighs.

The lists are closed: labels and relationship types come from here and never from input
(DESIGN, portability). Names follow MemOS, PROV and SKOS.
"""

from __future__ import annotations

from enum import IntEnum, StrEnum


class NodeKind(StrEnum):
    """What a node is.

    >>> NodeKind.ENTITY.keyed, NodeKind.INJECTION.keyed
    (True, False)
    """

    MEMCUBE = "MemCube"
    ENTITY = "Entity"
    FACT = "Fact"
    TAG = "Tag"
    SOURCE = "Source"
    AGENT = "Agent"
    INJECTION = "Injection"
    PROPOSAL = "Proposal"
    DECISION = "Decision"
    GRANT = "Grant"
    NAMESPACE = "Namespace"

    @property
    def keyed(self) -> bool:
        """Whether its identity follows from its value, so that each origin opens a version of its own."""
        return self in _KEYED


_KEYED = frozenset({NodeKind.ENTITY, NodeKind.FACT, NodeKind.TAG, NodeKind.SOURCE, NodeKind.AGENT})


class EdgeKind(StrEnum):
    """What joins two nodes; the last four stand only where somebody decided or a source says so."""

    DERIVED_FROM = "DERIVED_FROM"
    MENTIONS = "MENTIONS"
    ABOUT = "ABOUT"
    TAGGED = "TAGGED"
    SUBJECT_OF = "SUBJECT_OF"
    OBJECT_OF = "OBJECT_OF"
    SUPPORTS = "SUPPORTS"
    NEXT = "NEXT"
    GRANTS = "GRANTS"
    SAME_AS = "SAME_AS"
    NOT_SAME_AS = "NOT_SAME_AS"
    SUPERSEDES = "SUPERSEDES"
    CONTRADICTS = "CONTRADICTS"


class Verb(StrEnum):
    """What somebody did: the word on a change. A leaf holds effects, so old verbs stay readable."""

    FOUND = "found"
    INGEST = "ingest"
    REMEMBER = "remember"
    REVISE = "revise"
    RETRACT = "retract"
    MERGE = "merge"
    DISTINGUISH = "distinguish"
    SPLIT = "split"
    APPROVE = "approve"
    REJECT = "reject"
    TAG = "tag"
    TRANSITION = "transition"
    EXPIRE = "expire"
    FEEDBACK = "feedback"
    REVERT = "revert"
    RESTORE = "restore"
    ASK = "ask"
    INJECT = "inject"
    TRANSFORM = "transform"


class Role(StrEnum):
    """What a DERIVED_FROM edge means (PROV-DM 5.2: revision, primary source, and plain use)."""

    REVISION = "revision"
    PRIMARY_SOURCE = "primary source"
    USE = "use"


class Authority(IntEnum):
    """Who wins when two statements fill one slot.

    >>> Authority.CURATED > Authority.ASSERTED > Authority.EXTRACTED > Authority.INFERRED
    True
    """

    INFERRED = 0
    EXTRACTED = 1
    ASSERTED = 2
    CURATED = 3
