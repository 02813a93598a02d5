"""How well memory finds the turns that answer: `python -m benchmarks.dialogue FILE`.

FILE is in LoCoMo's format (Maharana et al. 2024): conversations with questions, each with the ids of the turns
that bear its answer, and a category. Every conversation goes in by `Memory.ingest` as it is, into a
namespace of its own; printed is the recall of those turns at 5, 10 and 20 by category, for words alone (bm25),
vectors alone (dense) and the graph, with the graph's lead and its paired bootstrap interval. Answers are not
judged: some of LoCoMo's own are wrong. Adversarial questions, which ask one speaker of what the other said, are left
out: `--adversarial` counts them too, by the turns that they are about.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from memcubes.api.memory import Memory
from memcubes.graph.kind import NodeKind
from memcubes.graph.listing import all_found
from memcubes.graph.scope import Where

from .bootstrap import paired
from .retrieval import RANKINGS

CUTS = (5, 10, 20)
LIMIT = 60
CATEGORIES = {1: "multi-hop", 2: "temporal", 3: "open-domain", 4: "single-hop", 5: "adversarial"}


@dataclass(frozen=True, slots=True)
class Asked:
    """A question on one conversation, and the turns that bear its answer."""

    text: str
    category: str
    gold: frozenset[str]

    def recall(self, found: Sequence[str], cut: int) -> float:
        """The share of those turns among the first `cut`, in percent."""
        return 100 * len(self.gold.intersection(found[:cut])) / len(self.gold)


def questions_of(conversation: Mapping[str, Any], *, adversarial: bool = False) -> list[Asked]:
    """The questions whose turns are named and there; `adversarial` ones, where they are counted, too."""
    known = set(turn_ids(conversation["conversation"]))
    asked = []
    for one in conversation["qa"]:
        named = {part.strip() for item in one.get("evidence") or () for part in item.split(";")}
        gold = frozenset(named & known)
        category = CATEGORIES.get(one["category"], str(one["category"]))
        if gold and (adversarial or category != "adversarial"):
            asked.append(Asked(one["question"], category, gold))
    return asked


def turn_ids(conversation: Mapping[str, Any]) -> list[str]:
    """The ids of the turns in order of sessions."""
    sessions = sorted(
        (name for name in conversation if name.removeprefix("session_").isdigit()),
        key=lambda name: int(name.removeprefix("session_")),
    )
    return [turn["dia_id"] for name in sessions for turn in conversation[name] if turn.get("text")]


def turn_of_cube(memory: Memory, ids: Sequence[str]) -> dict[str, str]:
    """Which turn each cube of the one conversation in memory comes from."""
    sources = list(all_found(memory.store(), memory.scope(), Where(kinds=(NodeKind.SOURCE,))))
    (source,) = sources
    turns = source.get("turns")
    if len(turns) != len(ids):
        raise SystemExit(f"{len(ids)} turns went in and {len(turns)} are known of")
    starts = [turn[0] for turn in turns]
    return {node: ids[bisect_right(starts, start) - 1] for node, start, _ in source.get("passages")}


def ask_all(
    memory: Memory, asked: Sequence[Asked], ranking: str, turn_of: Mapping[str, str]
) -> tuple[list[list[str]], list[float]]:
    """Ask every question under one ranking: the turns in order, and the seconds."""
    found, seconds = [], []
    for question in asked:
        begun = time.perf_counter()
        hits = memory.search(question.text, limit=LIMIT, ranking=ranking).hits
        seconds.append(time.perf_counter() - begun)
        found.append(list(dict.fromkeys(turn_of[hit.cube.node] for hit in hits)))
    return found, seconds


def each(
    file: Path,
    db: Path,
    encoder: str,
    ask: Callable[[Memory, list[Asked], dict[str, str]], None],
    *,
    adversarial: bool = False,
) -> int:
    """Take in every conversation of a file, ask about it, and give how many there are."""
    conversations = json.loads(file.read_text("utf-8"))
    for number, conversation in enumerate(conversations):
        place = db.parent / f"conversation-{number}.json"
        place.write_text(json.dumps(conversation["conversation"]), "utf-8")
        here = {"namespace": f"conversation-{number}", "user": "local:benchmark"}
        with Memory.open(str(db), encoder=encoder, **here) as memory:
            report = memory.ingest(place)
            if report.failed:
                raise SystemExit(f"a conversation could not be read: {report.failed[0]}")
            turn_of = turn_of_cube(memory, turn_ids(conversation["conversation"]))
            questions = questions_of(conversation, adversarial=adversarial)
            memory.search(questions[0].text)
            ask(memory, questions, turn_of)
    return len(conversations)


def told(asked: Sequence[Asked], found: Mapping[str, Sequence[Sequence[str]]]) -> dict[str, Any]:
    """Recalls by ranking and category, and the graph's leads."""
    kinds = ["all", *sorted({one.category for one in asked})]
    recall: dict[str, Any] = {}
    for ranking, lists in found.items():
        recall[ranking] = {}
        for kind in kinds:
            mine = [
                (one, turns)
                for one, turns in zip(asked, lists, strict=True)
                if kind in ("all", one.category)
            ]
            recall[ranking][kind] = {
                "questions": len(mine),
                **{
                    f"R@{cut}": round(statistics.fmean(q.recall(f, cut) for q, f in mine), 1)
                    for cut in CUTS
                },
            }
    lead: dict[str, Any] = {}
    for other in RANKINGS[:-1]:
        lead[other] = {}
        for cut in CUTS:
            one, two = (
                [q.recall(f, cut) for q, f in zip(asked, found[name], strict=True)]
                for name in ("graph", other)
            )
            interval = paired(one, two)
            lead[other][f"R@{cut}"] = [
                round(x, 1) for x in (interval.mean, interval.low, interval.high)
            ]
    return {"recall": recall, "lead": lead}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark that the command line names."""
    parser = argparse.ArgumentParser(prog="benchmarks.dialogue", description=__doc__)
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--encoder", default="use")
    parser.add_argument("--db", type=Path, help="keep the memory here (default: a temporary file)")
    parser.add_argument("--adversarial", action="store_true", help="count these questions too")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    asked: list[Asked] = []
    found: dict[str, list[list[str]]] = {name: [] for name in RANKINGS}
    seconds: dict[str, list[float]] = {name: [] for name in RANKINGS}

    def ask(memory: Memory, questions: list[Asked], turn_of: dict[str, str]) -> None:
        for ranking in RANKINGS:
            turns, took = ask_all(memory, questions, ranking, turn_of)
            found[ranking] += turns
            seconds[ranking] += took
        asked.extend(questions)

    with tempfile.TemporaryDirectory() as scratch:
        db = given.db or Path(scratch) / "memory.db"
        conversations = each(given.file, db, given.encoder, ask, adversarial=given.adversarial)
    result = {
        "set": given.file.name,
        "encoder": given.encoder,
        "conversations": conversations,
        **told(asked, found),
        "p50_ms": {r: round(1000 * statistics.median(s), 1) for r, s in seconds.items()},
    }
    if given.json:
        print(json.dumps(result, ensure_ascii=False))
    else:
        _print(result)
    return 0


def _print(result: Mapping[str, Any]) -> None:
    print(f"{result['set']}: {result['conversations']} conversations, encoder {result['encoder']}")
    for ranking, kinds in result["recall"].items():
        print(f"  {ranking}, p50 {result['p50_ms'][ranking]} ms")
        for kind, row in kinds.items():
            cells = "".join(f"{row[f'R@{cut}']:<8.1f}" for cut in CUTS)
            print(f"    {kind:<12}{row['questions']:>5}  {cells}")
    for other, leads in result["lead"].items():
        cells = "  ".join(
            f"{cut} {m:+.1f} [{lo:+.1f}, {hi:+.1f}]" for cut, (m, lo, hi) in leads.items()
        )
        print(f"  graph − {other}: {cells}")


if __name__ == "__main__":
    sys.exit(main())
