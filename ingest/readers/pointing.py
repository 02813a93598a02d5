"""Pointing: whether a column of bare numbers is of keys, by what stands in it.

`manager: 3` leads to the record 3, `floor: 3` does not, and names of columns tell little. What tells is chance: how
likely it is that numbers that mean something else are all among the keys. Keys with gaps between them (1017, 1042)
are rarely met by chance; those without (1, 2, 3 …) are. But a column that leads back into its own table makes a tree
(a manager has a manager, until one has none) or pairs (a partner's partner). Of all maps of n things, of
which r lead nowhere, r in n have no cycle (Cayley), and where every row has a number there is always one.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

NEARLY = 0.9
"""The share of values that must be keys."""

LIKELY = 1 / 3
"""How likely chance may be where a column leads into its own table, and its numbers make a tree."""
RARE = 0.01
"""And where numbers are only met."""


def pointing(
    values: Sequence[Sequence[str]],
    keys: Collection[str],
    own: Sequence[str] | None = None,
    *,
    named: bool = False,
) -> bool:
    """Whether the numbers of a column are keys; `own` are the keys of their rows where it leads into its own table.

    `named`: the column is called what the records of that table are.

    >>> staff = ["1", "2", "3", "4", "5"]
    >>> pointing([["3"], ["3"], ["5"], ["3"], []], staff, staff)
    True
    >>> pointing([["3"], ["1"], ["2"], ["3"], []], staff, staff), pointing([["3"], ["1"]], staff)
    (False, False)
    >>> pointing([["1042"], ["1017"]], ["1017", "1042", "1090"])
    True
    """
    told = [one for some in values for one in some]
    known = [one for one in told if one in keys]
    if not known or len(known) < NEARLY * len(told):
        return False
    if named:
        return True
    chance = _met(set(known), keys)
    if own is None:
        return chance < RARE
    leads = {
        key: some[0]
        for key, some in zip(own, values, strict=True)
        if key and len(some) == 1 and some[0] in keys
    }
    if len(leads) < len(known) or len(set(own)) < len(own):
        return chance < RARE
    if _paired(leads):
        return len(leads) > 2 or chance < RARE
    return _ends(leads) and chance * (len(own) - len(leads)) / len(own) <= LIKELY


def _met(known: Collection[str], keys: Collection[str]) -> float:
    """How likely it is that so many numbers of the range of the keys are all keys."""
    numbers = [int(key) for key in keys if key.isdecimal()]
    if len(numbers) < len(keys):
        return 0.0  # such keys are no counts
    reach = max(numbers) - min(min(numbers), 1) + 1
    share: float = (len(numbers) / reach) ** len(known)
    return share


def _ends(leads: Mapping[str, str]) -> bool:
    """Whether one comes to an end from wherever one follows."""
    done = set[str]()
    for start in leads:
        way, at = set[str](), start
        while at in leads and at not in done:
            if at in way:
                return False
            way.add(at)
            at = leads[at]
        done |= way
    return True


def _paired(leads: Mapping[str, str]) -> bool:
    """Whether each leads to one that leads back, and none to itself."""
    return all(there != here and leads.get(there) == here for here, there in leads.items())
