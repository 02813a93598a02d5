"""Effects: what the operations of a change reached, and the leaf that says so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .change import Close, Open, Operation, Reopen, Shred
from .digest import canonical, digest_of_ids
from .leaf import FORMAT

NAMES = {Open: "open", Close: "close", Reopen: "reopen", Shred: "shred"}


@dataclass(frozen=True, slots=True)
class Effect:
    """What one operation did: the operation, and the record ids that it reached."""

    operation: Operation
    ids: tuple[str, ...]

    def described(self) -> dict[str, Any]:
        """What the leaf says of it."""
        op = self.operation
        if isinstance(op, Open):
            record = op.record
            return {
                "digest": record.digest,
                "ends": list(record.ends),
                "id": record.id,
                "kind": str(record.kind),
                "op": "open",
                "origin": record.origin,
            }
        return {
            "by": op.selector.described(),
            "count": len(self.ids),
            "ids": digest_of_ids(self.ids),
            "op": NAMES[type(op)],
        }


def leaf_bytes(
    *,
    seq: int,
    change_id: str,
    prev_in_ns: int,
    at: int,
    ns: str,
    actor: str,
    on_behalf_of: str,
    verb: str,
    enacts: str | None,
    request_hash: str,
    note_digest: str,
    effects: tuple[Effect, ...],
) -> bytes:
    """Write a leaf in JCS; `actor` and `on_behalf_of` are node ids, since names are content."""
    return canonical(
        {
            "actor": actor,
            "at": at,
            "behalf": on_behalf_of,
            "enacts": enacts,
            "id": change_id,
            "note": note_digest,
            "ns": ns,
            "ops": [effect.described() for effect in effects],
            "prev_in_ns": prev_in_ns,
            "request_hash": request_hash,
            "seq": seq,
            "sums": _sums(effects),
            "v": FORMAT,
            "verb": str(verb),
        }
    )


def _sums(effects: tuple[Effect, ...]) -> dict[str, str]:
    """One digest over everything that each kind of operation reached, however many there were."""
    reached: dict[str, list[str]] = {}
    for effect in effects:
        name = NAMES[type(effect.operation)]
        if name != "open":
            reached.setdefault(name, []).extend(effect.ids)
    return {name: digest_of_ids(ids) for name, ids in reached.items()}
