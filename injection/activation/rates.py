"""What the cost guard measured, kept for the next process: one small file for each machine, model and kind of arithmetic.

Canonical JSON (RFC 8785) under the seal of the namespace, beside its caches. A file that is not as it was written
says nothing, and everything is measured anew. What a disk took is believed for ten minutes, as in one process.
"""

from __future__ import annotations

import hashlib
import os
import platform
import re
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from ...graph.errors import Unreadable
from .fingerprint import Fingerprint
from .guard import Guard, Points
from .seal import sealed, unsealed
from .tensor_file import opened, publish

FORMAT = 1
MOST_BYTES = 20_000
_FILE = re.compile(r"rates-[0-9a-f]{32}\.json")
_NAMES = {"format", "of", "at", "passes", "loads", "attaches"}
_MOST = 2**53 - 1


class RatesFile:
    """The rates of one fingerprint on this machine, in the folder of a namespace.

    `clock` tells seconds since 1970. Nothing here raises: without rates a guard begins as it always did.
    """

    def __init__(
        self,
        root: Path,
        namespace_key: str,
        fingerprint: Fingerprint,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._key, self._clock = namespace_key, clock
        self._of = hashlib.sha256(f"{platform.node()}\n{fingerprint.digest}".encode()).hexdigest()
        self.path = root / f"rates-{self._of[:32]}.json"

    def give(self, guard: Guard) -> bool:
        """Let a guard begin with what was measured before; whether there was anything to believe."""
        try:
            told = opened_rates(self.path, self._key)
        except (OSError, Unreadable):
            return False
        if told["of"] != self._of:
            return False
        age = self._clock() - told["at"] / 1_000
        loads = _points(told["loads"]) if age >= 0 else ()  # else the clock was set back
        attaches = [one / 1e9 for one in told["attaches"]]
        guard.begin(_points(told["passes"]), loads, attaches, max(age, 0.0))
        return True

    def take(self, guard: Guard) -> None:
        """Write what a guard has measured, whole or not at all; where nobody may write there is no file."""
        passes, loads, attaches, age = guard.measured
        told = {
            "format": FORMAT,
            "of": self._of,
            "at": int((self._clock() - age) * 1_000),
            "passes": _whole_numbers(passes),
            "loads": _whole_numbers(loads),
            "attaches": [_nanoseconds(one) for one in attaches],
        }
        raw = sealed(told, self._key)
        with suppress(OSError):
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            publish(self.path.parent, self.path.name, lambda target: target.write(raw))


def rates_files(root: Path, namespace_key: str) -> set[str]:
    """The names of the good files of a folder; others under such names are nobody's."""
    found = set[str]()
    with suppress(OSError), os.scandir(root) as entries:
        for entry in entries:
            if _FILE.fullmatch(entry.name):
                with suppress(OSError, Unreadable):
                    opened_rates(root / entry.name, namespace_key)
                    found.add(entry.name)
    return found


def opened_rates(path: Path, namespace_key: str) -> dict[str, Any]:
    """What a file says; raises `Unreadable` for anything that was not written here, byte for byte."""
    handle, size = opened(path)
    with os.fdopen(handle, "rb") as source:
        raw = source.read(MOST_BYTES + 1)
    if size > MOST_BYTES:
        raise Unreadable(f"{path.name} is larger than {MOST_BYTES} bytes")
    try:
        told = unsealed(raw, namespace_key, _NAMES)
    except Unreadable as error:
        raise Unreadable(f"{path.name} is refused: {error}") from None
    if told["format"] != FORMAT:
        raise Unreadable(f"{path.name} is of another format than {FORMAT}")
    return told


def _whole_numbers(points: Points) -> list[list[int]]:
    """Amounts, and nanoseconds."""
    return [[int(amount), _nanoseconds(seconds)] for amount, seconds in points]


def _nanoseconds(seconds: float) -> int:
    return min(max(round(seconds * 1e9), 0), _MOST)


def _points(told: list[list[int]]) -> Points:
    return tuple((float(amount), nanoseconds / 1e9) for amount, nanoseconds in told)
