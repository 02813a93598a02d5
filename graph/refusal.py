"""Refusal: the words in which every engine declines a change, so that they are the same on each."""

from __future__ import annotations

from . import errors
from .change import ChangeSet


def no_principal() -> errors.PermissionDenied:
    """Nobody asks."""
    return errors.PermissionDenied("a change needs a principal: name one with --user")


def no_namespace(ns: str, name: str) -> errors.NotFound:
    """The namespace is not there, or not for this principal to see.

    >>> str(no_namespace("notes", "ann"))[:45]
    "there is no namespace 'notes' here for 'ann':"
    """
    return errors.NotFound(
        f"there is no namespace '{ns}' here for '{name}': the first write to "
        "a new name makes one, an owner's grant opens another"
    )


def no_writer(change: ChangeSet) -> errors.PermissionDenied:
    """The actor may read the namespace and not write it."""
    return errors.PermissionDenied(
        f"'{change.principal}' may read namespace '{change.ns}' and not write it: "
        "ask an owner for a grant"
    )


def no_owner(change: ChangeSet) -> errors.PermissionDenied:
    """The actor may write and not say who else may."""
    return errors.PermissionDenied(
        f"'{change.principal}' may write namespace '{change.ns}' and not say who else may: ask an owner"
    )


def no_owner_of_home(change: ChangeSet) -> errors.PermissionDenied:
    """The actor may write, and not change what the namespace says of itself (its encoder, its name)."""
    return errors.PermissionDenied(
        f"'{change.principal}' may write in namespace '{change.ns}' and not change what it says of "
        "itself: ask an owner"
    )


def legal_is_an_owners(node: str, change: ChangeSet) -> errors.PermissionDenied:
    """The actor may write, and not put off a legal hold."""
    return errors.PermissionDenied(
        f"cube {node} is under a legal hold, which '{change.principal}' may not put off: ask an owner "
        f"of '{change.ns}'"
    )


def partly_hidden(change: ChangeSet) -> errors.PermissionDenied:
    """A selector means more than what the actor may see."""
    return errors.PermissionDenied(
        f"part of what this {change.verb} would touch is not '{change.principal}''s to see: "
        "ask an owner"
    )


def id_taken(change: ChangeSet) -> errors.Conflict:
    """Another change, of somebody else or in another namespace, has this id."""
    return errors.Conflict(f"the id {change.id} is taken: draw a new one for this change")


def key_reused(change: ChangeSet, seq: int) -> errors.KeyReused:
    """The idempotency key came back with another request."""
    return errors.KeyReused(
        f"the idempotency key '{change.idempotency or change.id}' was used at @{seq} "
        "for another request: draw a new key"
    )


def moved(record: str, change: ChangeSet, current: str | None) -> errors.Conflict:
    """A record is not in force any more; `current` stands in its place."""
    return errors.Conflict(
        f"record {record} is no longer in force in '{change.ns}': somebody changed it since "
        "you read it; read it again",
        base=record,
        current=current,
        proposed=change.id,
    )


def exists(node: str, version: str, change: ChangeSet) -> errors.Conflict:
    """A node that should not be there is."""
    return errors.Conflict(
        f"node {node} exists by now: read it and try again",
        base=None,
        current=version,
        proposed=change.id,
    )


def another_version(kind: str, node: str, current: str, proposed: str) -> errors.Conflict:
    """The node has another open version where there can be one."""
    return errors.Conflict(
        f"{kind} {node} has another version in force by now: read it again",
        base=None,
        current=current,
        proposed=proposed,
    )


def not_fresh(record: str, *, open_now: bool) -> errors.Conflict:
    """A record that a change opens has or had that id."""
    how = "is in force already" if open_now else "was closed: reopen it"
    return errors.Conflict(f"record {record} {how}", current=record)


def opened_twice() -> errors.Conflict:
    """A change names one record twice."""
    return errors.Conflict("a change opens each record once")


def occupied() -> errors.Conflict:
    """Something else stands where a record would be reopened."""
    return errors.Conflict(
        "something else stands by now where a record would be reopened: "
        "undo the later change first (`memcubes log` lists them)"
    )


def erased_record(record: str) -> errors.Erased:
    """A record without content cannot come back."""
    return errors.Erased(f"record {record} was erased and cannot come back")


def erased_payload(digest: str) -> errors.Erased:
    """A payload without content cannot come back."""
    return errors.Erased(f"payload {digest[:16]}… was erased and cannot come back")


def wrong_digest(what: str) -> errors.Invalid:
    """A record or payload is not what its digest says."""
    return errors.Invalid(f"{what} does not match its own digest")


def no_footing(kind: str, record: str, node: str, ns: str) -> errors.NoFooting:
    """A record stands on a node that its namespace does not hold."""
    return errors.NoFooting(
        f"{kind} {record} stands on node {node}, which namespace "
        f"'{ns}' does not hold: open it first"
    )


def other_kind(node: str, held: str, kind: str) -> errors.Invalid:
    """A version is of another kind or key than its node."""
    return errors.Invalid(f"node {node} is a {held}, not this {kind}")


def closed_twice() -> errors.Invalid:
    """What is closed is not closed again."""
    return errors.Invalid("what a change closed cannot be closed again: reopen it, or name ids")


def held(node: str, hold: str, change: ChangeSet, *, here: str) -> errors.Held:
    """A hold keeps a cube from what a change would do; `here` is the namespace of that cube."""
    if here != change.ns:
        # whose it is, and which, is not for this namespace to know
        return errors.Held(
            f"what this {change.verb} would destroy is also kept elsewhere, under a legal hold: "
            "leave it out, or ask the owner of the store"
        )
    what, who = ("under a legal hold", " by an owner") if hold == "legal" else (hold, "")
    return errors.Held(
        f"cube {node} is {what}, so this {change.verb} is refused: "
        f"`memcubes transition {node} release`{who} lifts that"
    )
