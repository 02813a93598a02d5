"""Every act that a history may be made of."""

from .acts import (
    batch,
    derive,
    ingest,
    reingest,
    reinstate,
    remember,
    retract,
    retry,
    revert,
    revise,
    stale,
)
from .decisions import claim, feedback, grant, merge, receipt, revoke, shred, tag
from .driving import Act
from .holding import expire, hold, release, transition
from .mistakes import mistake
from .restoring import restore

PLANTED = (
    "ingest", "reingest", "retract", "reinstate", "revert", "remember", "revise", "stale", "merge", "tag", "receipt",
    "feedback", "claim", "grant", "revoke", "shred", "retry", "batch", "derive", "mistake",
)  # fmt: skip
"""The acts, in their order, of the histories in which planted bugs are known to show."""

ALL: dict[str, Act] = {
    act.__name__: act
    for act in (
        ingest, reingest, retract, reinstate, revert, remember, revise, stale, merge, tag, receipt, feedback, claim,
        grant, revoke, shred, retry, batch, derive, mistake, restore,
        hold, release, transition, expire,
    )
}  # fmt: skip
