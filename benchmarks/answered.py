"""What ways of reading a prompt answered, prompt by prompt, and a file that a run which was broken off goes on from."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any


@dataclass(slots=True)
class Told:
    """What one way gave, item by item, and the seconds of the prompts that were timed."""

    hits: list[float] = field(default_factory=list)
    first: list[float] = field(default_factory=list)
    shares: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def add(self, more: Told) -> None:
        """Put what another prompt gave behind."""
        self.hits += more.hits
        self.first += more.first
        self.shares += more.shares
        self.seconds += more.seconds


class Kept:
    """The prompts that were answered, as lines of a file; `path` None keeps nothing."""

    def __init__(self, path: Path | None, **of: object) -> None:
        self.path, self.of = path, {name: str(value) for name, value in of.items()}

    def read(self) -> dict[int, dict[str, Told]]:
        """Those of just this run, by their number; a line that a kill cut off is none."""
        found: dict[int, dict[str, Told]] = {}
        lines = (
            self.path.read_text("utf-8").splitlines() if self.path and self.path.exists() else []
        )
        for line in lines:
            try:
                held = json.loads(line)
            except ValueError:
                continue
            if held["of"] == self.of:
                found[held["prompt"]] = {name: Told(**one) for name, one in held["ways"].items()}
        return found

    def write(self, prompt: int, told: Mapping[str, Told]) -> None:
        """One more; the line before it may have been cut off."""
        if self.path is not None:
            ways = {name: asdict(one) for name, one in told.items()}
            line = json.dumps({"of": self.of, "prompt": prompt, "ways": ways})
            with self.path.open("a", encoding="utf-8") as file:
                file.write(f"\n{line}\n")


class Lazy(dict[Any, Any]):
    """What was made of things; what was not is made when it is first asked for.

    >>> lengths = Lazy(len)
    >>> lengths["valve"], dict(lengths)
    (5, {'valve': 5})
    """

    def __init__(self, make: Callable[[Any], Any]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, thing: Any) -> Any:
        self[thing] = self._make(thing)
        return self[thing]
