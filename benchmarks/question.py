"""Questions whose supporting passages are known: the format of `corpus.json` and `questions.json`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Question:
    """A question and the indices of the corpus records that support its answer."""

    id: str
    text: str
    kind: str
    gold: frozenset[int]

    def recall(self, found: Sequence[int], cut: int) -> float:
        """The share of the supporting records among the first `cut` that were found.

        >>> Question("q", "?", "", frozenset({1, 2})).recall([2, 5, 1], 2)
        0.5
        """
        return len(self.gold.intersection(found[:cut])) / len(self.gold)


def read_questions(folder: Path) -> tuple[Question, ...]:
    """Read the questions of a folder that have any supporting passage."""
    raw = json.loads((folder / "questions.json").read_text("utf-8"))
    return tuple(
        Question(str(one["id"]), one["question"], str(one.get("type", "")), frozenset(one["gold"]))
        for one in raw
        if one["gold"]
    )
