"""Which kept cache goes when there is no room: the one whose loss costs least for the room it takes.

GreedyDual-Size (Cao and Irani, USITS 1997) with frequency (Cherkasova 1998): a rank is age + heat · cost /
size; the least rank goes, and its rank becomes the age, so that what nobody asks for any more goes in time,
however dear it was.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class _Kept:
    size: int
    heat: int
    rank: float


class GreedyDual:
    """Sizes and ranks by name.

    >>> kept = GreedyDual()
    >>> kept.add("dear", 10, 5.0); kept.add("cheap", 10, 1.0); kept.add("new", 10, 1.0)
    >>> kept.size, kept.overflow(20, besides="new")
    (30, ['cheap'])
    """

    def __init__(self) -> None:
        self._kept: dict[str, _Kept] = {}
        self._age = 0.0
        self.size = 0

    def __contains__(self, name: str) -> bool:
        return name in self._kept

    def add(self, name: str, size: int, cost: float) -> None:
        """Something of so many bytes, whose loss costs so many seconds, was put in."""
        self.remove(name)
        self._kept[name] = _Kept(size, 1, self._age + cost / max(size, 1))
        self.size += size

    def touch(self, name: str, cost: float) -> None:
        """It was used."""
        kept = self._kept.get(name)
        if kept is not None:
            kept.heat += 1
            kept.rank = self._age + kept.heat * cost / max(kept.size, 1)

    def remove(self, name: str) -> None:
        """It is not there any more."""
        kept = self._kept.pop(name, None)
        if kept is not None:
            self.size -= kept.size

    def overflow(self, most: int, besides: str = "") -> list[str]:
        """Take out what must go so that the rest has no more than `most` bytes; their names."""
        gone = []
        for name in sorted(self._kept, key=lambda one: (self._kept[one].rank, one)):
            if self.size <= most:
                break
            if name != besides:
                self._age = max(self._age, self._kept[name].rank)
                self.remove(name)
                gone.append(name)
        return gone
