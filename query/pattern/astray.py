"""Astray: a hop over keys that leads nowhere, where another field holds what it names.

What a field names is the key of other records. Where none of it is, and a field of some records holds all of
it, the plan means that field: nothing would come back, and nobody would see why.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from ...graph.errors import Invalid
from .plan import Back, To
from .records import Tables
from .row import Row
from .value import number

LOOKED_AT = 1_000
"""Values of a column that are looked up as keys, before it is said to hold none."""


def to_nowhere(tables: Tables, rows: Sequence[Row], hop: To, place: str) -> None:
    """Refuse a hop from a field none of whose values is a key, where another field has all of them."""
    wanted = frozenset(_values(rows, hop.field))
    own = {row.kind for row in rows}
    if not wanted or _leads(tables, _column(tables, own, hop.field), hop.kinds, place):
        return
    for kind in hop.kinds or _kinds(tables, own, several=len(wanted) > 1):
        for name in sorted(tables.fields(kind, place)):
            if kind in own and name == hop.field:
                continue
            if _names(wanted, tables.by_text(kind, name, place)):
                field, other = hop.field.replace(" ", "_"), name.replace(" ", "_")
                raise Invalid(
                    f"pattern, {place}: nothing in '{field}' is the key of a record here, and '{kind}' has it in "
                    f'\'{other}\': write {{"to": "{field}", "kind": "{kind}", "as": "{other}"}}, or "as": '
                    '"@key" if keys are meant'
                )


def back_nowhere(tables: Tables, rows: Sequence[Row], hop: Back, place: str) -> None:
    """Refuse a hop back to a field which holds no key at all, where it holds what the rows have in another field."""
    named = {text for kind in hop.kinds for text in tables.by_text(kind, hop.field, place)}
    if _leads(tables, named, (), place):
        return
    for field in sorted({name for row in rows for name in row.values}):
        mine = frozenset(_values(rows, field))
        if any(row.kind in hop.kinds for row in rows) and field == hop.field:
            continue
        if mine & named and not _numbers(mine & named):
            field, kind = field.replace(" ", "_"), hop.kinds[0]
            other = hop.field.replace(" ", "_")
            raise Invalid(
                f"pattern, {place}: '{other}' of '{kind}' holds no key of a record here, and it holds what "
                f'\'{field}\' has: write {{"back": "{other}", "kind": "{kind}", "as": "{field}"}}, or "as": '
                '"@key" if keys are meant'
            )


def _kinds(tables: Tables, own: Collection[str], *, several: bool) -> list[str]:
    """Kinds to look at where the plan names none: those that were read, and for several values the others of a
    memory that is small enough; one value may well be the key of nothing."""
    found = {kind for kind, rows in tables.kinds.items() if rows}
    if several:
        some, whole = tables.some()
        found |= set(some).difference(own) if whole else set()
    return sorted(found)


def _values(rows: Iterable[Row], field: str) -> Iterator[str]:
    return (text for row in rows for text in row.get(field))


def _column(tables: Tables, kinds: Collection[str], field: str) -> Iterator[str]:
    """What the records of some kinds have in a field, of those kinds that were read whole."""
    for kind in sorted(kinds):
        yield from _values(tables.kinds.get(kind, ()), field)


def _leads(tables: Tables, texts: Iterable[str], kinds: Sequence[str], place: str) -> bool:
    """Whether any of some texts is a key."""
    some = sorted(set(texts))[:LOOKED_AT]
    return any(tables.by_key(some, kinds, place).values())


def _names(wanted: Iterable[str], held: Mapping[str, Sequence[Row]]) -> bool:
    """Whether a column holds all that is wanted; bare numbers only where it holds each once, as a key would."""
    if not all(text in held for text in wanted):
        return False
    return not _numbers(wanted) or all(len(rows) == 1 for rows in held.values())


def _numbers(texts: Iterable[str]) -> bool:
    return all(number(text) is not None for text in texts)
