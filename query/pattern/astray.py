"""Astray: a hop that leads nowhere: another field holds what it names, or no fact has its relation.

What a field names is the key of other records. Where none of it is, and a field of some records holds all of
it and nothing twice, the plan means that field: nothing would come back, and nobody would see why.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from ...graph.errors import Invalid
from .plan import Back, To
from .records import LISTED, Tables
from .row import Row
from .value import number

LOOKED_AT = 1_000
"""Values of a column that are looked up as keys, before it is said to hold none."""


def to_nowhere(tables: Tables, rows: Sequence[Row], hop: To, place: str) -> None:
    """Refuse a hop from a field none of whose values is a key, where another field has all of them, each once."""
    wanted = frozenset(_values(rows, hop.field))
    own = {row.kind for row in rows}
    if not wanted or _leads(tables, _column(tables, own, hop.field), hop.kinds, place):
        return
    for kind in hop.kinds or _kinds(tables, own, several=len(wanted) > 1):
        # a field of that name names the same, wherever it is
        for name in sorted(tables.fields(kind, place) - {hop.field}):
            held = tables.by_text(kind, name, place)
            if wanted <= held.keys() and all(len(some) == 1 for some in held.values()):
                field, other = hop.field.replace(" ", "_"), name.replace(" ", "_")
                raise Invalid(
                    f"pattern, {place}: nothing in '{field}' is the key of a record here, and '{kind}' has it in "
                    f'\'{other}\': write {{"to": "{field}", "kind": "{kind}", "as": "{other}"}}, or "as": '
                    '"@key" if keys are meant'
                )


def back_nowhere(tables: Tables, rows: Sequence[Row], hop: Back, place: str) -> None:
    """Refuse a hop back to a field which holds no key at all, where it holds what the rows have in another field,
    each once."""
    named = {text for kind in hop.kinds for text in tables.by_text(kind, hop.field, place)}
    if _leads(tables, named, (), place):
        return
    for name in sorted({name for row in rows for name in row.values} - {hop.field}):
        mine = list(_values(rows, name))
        shared = named.intersection(mine)
        if shared and len(set(mine)) == len(mine) and not all(map(_numeric, shared)):
            field, kind = name.replace(" ", "_"), hop.kinds[0]
            other = hop.field.replace(" ", "_")
            raise Invalid(
                f"pattern, {place}: '{other}' of '{kind}' holds no key of a record here, and it holds what "
                f'\'{field}\' has: write {{"back": "{other}", "kind": "{kind}", "as": "{field}"}}, or "as": '
                '"@key" if keys are meant'
            )


def unheard(tables: Tables, relation: str, place: str) -> None:
    """Refuse a relation that no fact has."""
    some, whole = tables.relations()
    if whole and relation not in some:
        words = set(relation.split())
        near = sorted(some, key=lambda one: (-len(words & set(one.split())), one))
        named = [*sorted(near[:LISTED]), *(["…"] if len(near) > LISTED else [])]
        raise Invalid(
            f"pattern, {place}: no fact here has the relation '{relation[:60]}': there are "
            f"{', '.join(named) or 'none at all'}"
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


def _numeric(text: str) -> bool:
    return number(text) is not None
