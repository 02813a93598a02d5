"""Reader sets: who may read what, interned as small integers, by the grants that stand open.

A node is restricted while a GRANTS relationship leads to it; its readers are then the agents at the
other end. The number of the set (`acl`) is derived: neither versioned nor digested. 0 means everyone
who may read the namespace.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

from ..scope import Access
from .connection import Transaction

Pair = tuple[int, int]


def strongest(grants: Sequence[str | None]) -> Access:
    """The strongest role among the contents of grants.

    >>> strongest(['{"role":"reader"}', None, '{"role":"owner"}'])
    <Access.OWNER: 'owner'>
    """
    roles = [json.loads(text).get("role") for text in grants if text is not None]
    known = [Access(role) for role in roles if role in Access._value2member_map_]
    return max(known, key=lambda role: role.rank, default=Access.NONE)


class ReaderSets:
    """The reader sets that one transaction needs; those that are lacking are made.

    `many` is how many there are.
    """

    def __init__(self, tx: Transaction, many: int) -> None:
        self._tx = tx
        self._many = many

    def intern(self, readers: Iterable[frozenset[str]]) -> dict[frozenset[str], int]:
        """The numbers of some reader sets."""
        wanted = set(readers)
        if not wanted:
            return {}
        texts = {json.dumps(sorted(one)): one for one in wanted}
        found = self._tx.run("reader_sets", readers=sorted(texts), acls=[])
        numbers = {texts[row["readers"]]: int(row["acl"]) for row in found}
        new = []
        for text, one in sorted(texts.items()):
            if one not in numbers:
                self._many += 1
                numbers[one] = self._many
                new.append({"acl": self._many, "readers": text, "agents": sorted(one)})
        if new:
            self._tx.run("intern", sets=new, many=self._many)
        return numbers

    def joined(self, pairs: Iterable[Pair]) -> dict[Pair, int]:
        """The reader sets of records that stand on two nodes: those who may read both."""
        asked = set(pairs)
        out = {pair: pair[0] or pair[1] for pair in asked}
        both = {(one, other) for one, other in asked if one and other and one != other}
        if not both:
            return out
        numbers = sorted({number for pair in both for number in pair})
        found = self._tx.run("reader_sets", readers=[], acls=numbers)
        sets = {int(row["acl"]): frozenset(json.loads(row["readers"])) for row in found}
        met = {(one, other): sets[one] & sets[other] for one, other in both}
        made = self.intern(met.values())
        return out | {pair: made[one] for pair, one in met.items()}

    def refresh(self, nodes: Iterable[str]) -> None:
        """Work out the readers of these nodes anew and pass them on to the rows that stand on them."""
        found = [
            row
            for row in self._tx.run("open_readers", nodes=sorted(nodes))
            if row["kind"] != "Namespace"
        ]
        if not found:
            return
        sets = {row["node"]: frozenset(row["readers"]) for row in found}
        numbers = self.intern(one for one in sets.values() if one)
        acls = {node: numbers.get(readers, 0) for node, readers in sets.items()}
        self._tx.run("restrict", nodes=_rows(acls))
        rows = self._tx.run("standing_on", nodes=sorted(acls))
        joined = self.joined((row["node"], row["origin"]) for row in rows)
        self._tx.run(
            "restrict_rows",
            versions=[
                {"element": row["element"], "acl": joined[row["node"], row["origin"]]}
                for row in rows
            ],
            origins=_rows(acls),
        )


def _rows(acls: Mapping[str, int]) -> list[dict[str, str | int]]:
    return [{"node": node, "acl": acl} for node, acl in sorted(acls.items())]
