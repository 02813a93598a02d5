"""Which statements take the place of earlier ones: `python -m benchmarks.supersession FILE [--json] [--unseen CORPUS ...]`.

FILE has records of letta-evals' core_memory_update: ten facts, a contradicting fact, a question with the answers
before and after. The facts of a list are remembered one by one through `Memory.remember`, then its contradicting
facts and compatible statements (`supersession_probes`, four for each contradiction: a fifth of what is said
contradicts something). Links are read off the index that search uses, as they stand after the automatic
threshold and with the review queue accepted; the questions are asked of `search` with each new fact alone in
memory beside the ten (`without` the others), and as of before. A link that the statement gives itself
("Actually", "not Y") is told apart from one that was found.

The trees that ship learned from letta-evals' `core_memory_update_dev.jsonl`. With `--unseen` each list of it is
judged by trees fitted without it and the fifth of lists, groups and frames that it is of (`train_supersession`,
which takes the corpora; LightGBM).
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from unittest.mock import patch

from memcubes.api import Memory
from memcubes.graph.supersession import scorer
from memcubes.graph.supersession.link import given
from memcubes.graph.supersession.scorer import AUTOMATIC, REVIEW
from memcubes.graph.supersession.sentence import read
from memcubes.graph.supersession.trees import Trees

from .interval import wilson
from .supersession_pairs import FOLDS, fold_of
from .supersession_probes import Facts, Probe, Record, frame_of, lists_of, probes

NEGATIVES = 4
"""Compatible statements for each contradiction."""
RANKINGS = ("graph", "bm25", "dense")


@dataclass
class Tally:
    """What was counted: links by right and wrong, contradictions found, questions answered in order."""

    right: int = 0
    wrong: int = 0
    wrong_of_kind: Counter[str] = field(default_factory=Counter)
    found: int = 0
    found_given: int = 0
    above: Counter[str] = field(default_factory=Counter)
    before: Counter[str] = field(default_factory=Counter)

    def told(self, contradictions: int, given_ones: int, asked: int) -> dict[str, object]:
        """The figures, shares with their 95 % Wilson interval; `asked` counts the questions."""
        links = self.right + self.wrong
        return {
            "recall": wilson(self.found, contradictions),
            "recall_given": wilson(self.found_given, given_ones),
            "recall_found": wilson(self.found - self.found_given, contradictions - given_ones),
            "precision": wilson(self.right, links),
            "links": links,
            "wrong_by_kind": dict(self.wrong_of_kind),
            "new_above_old": {r: wilson(self.above[r], asked) for r in RANKINGS},
            "old_first_as_of_before": {r: wilson(self.before[r], asked) for r in RANKINGS},
        }


@dataclass(frozen=True, slots=True)
class Said:
    """One statement in memory: its cube and source, and the sequence before it."""

    cube: str
    source: str
    before: int


def main() -> None:
    """Run, and print a table or JSON."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("file", type=Path)
    options.add_argument("--json", action="store_true")
    options.add_argument(
        "--unseen", type=Path, nargs="+", metavar="CORPUS", help="trees fitted without each list"
    )
    options.add_argument("--lists", type=int, help="stop after so many lists")
    options.add_argument("--encoder", default="use")
    options.add_argument("--no-questions", action="store_true", help="links only, which is faster")
    said = options.parse_args()
    found = measured(
        said.file, said.unseen, said.lists, said.encoder, questions=not said.no_questions
    )
    print(json.dumps(found, indent=1) if said.json else table(found))


def judges(letta: Path, corpus: Sequence[Path]) -> dict[int, Trees]:
    """The trees for each part of the lists, fitted on the other parts."""
    from .train_supersession import Examples

    examples = Examples.of(letta, corpus)
    return {fold: Trees.read(examples.fitted(without=fold)) for fold in range(FOLDS)}


def measured(
    path: Path,
    unseen: Sequence[Path] | None,
    most: int | None,
    encoder: str,
    *,
    questions: bool = True,
) -> dict[str, object]:
    """Measure a file, by the trees that ship or by those that did not see a list."""
    lists = lists_of(path)
    every = list(lists)
    fitted = judges(path, unseen) if unseen else {}
    chosen = range(len(every))[:most]
    tallies = {"none": Tally(), "automatic": Tally(), "review accepted": Tally()}
    counted: Counter[str] = Counter()
    times: list[float] = []
    for number in chosen:
        facts, records = every[number], lists[every[number]]
        negatives = list(_spread(probes(every, number, records), NEGATIVES * len(records)))
        with ExitStack() as stack:
            if fitted:
                judge = fitted[fold_of(frame_of(facts))]
                stack.enter_context(patch.object(scorer, "trees", lambda _, judge=judge: judge))
            memory = stack.enter_context(
                Memory.open("sqlite:///:memory:", user="local:bench", encoder=encoder)
            )
            run = _List(memory, facts, times)
            for record in records:
                counted["contradictions"] += 1
                counted["given"] += run.contradicted(record, tallies, questions=questions)
            for probe in negatives:
                counted["compatible"] += 1
                run.compatible(probe, tallies)
    told: dict[str, object] = {
        "file": path.name,
        "trees": "fitted without each list" if fitted else "as they ship",
        "lists": len(chosen),
        **counted,
        "thresholds": {"automatic": AUTOMATIC, "review": REVIEW},
        "remember_ms": round(1000 * statistics.median(times), 1) if times else None,
    }
    for name, tally in tallies.items():
        told[name] = tally.told(
            counted["contradictions"],
            counted["given"],
            counted["contradictions"] if questions else 0,
        )
    everyday = Path(__file__).with_name("supersession_data") / "everyday.jsonl"
    told["everyday"] = everyday_figures(everyday)
    return told


def _spread(made: Iterable[Probe], most: int) -> Iterator[Probe]:
    """So many of the probes, as many of each kind."""
    kinds: dict[str, list[Probe]] = {}
    for probe in made:
        kinds.setdefault(probe.kind, []).append(probe)
    queues = [iter(one) for one in kinds.values()]
    left = most
    while queues and left:
        for queue in list(queues):
            one = next(queue, None)
            if one is None:
                queues.remove(queue)
            elif left:
                left -= 1
                yield one


class _List:
    """The memory of one list: its ten facts, and what is said after them."""

    def __init__(self, memory: Memory, facts: Facts, times: list[float]) -> None:
        self.memory = memory
        self.facts = facts
        self.times = times
        self.olds = [self._said(fact) for fact in facts]
        self.extra: list[str] = []

    def _said(self, text: str) -> Said:
        before = self.memory.store().head().seq if self.memory.exists() else 0
        start = time.perf_counter()
        done = self.memory.remember(text)
        self.times.append(time.perf_counter() - start)
        return Said(done.cube or "", done.target, before)

    def _links(self, new: Said, least: float) -> set[int]:
        """Which of the ten facts a statement supersedes."""
        view = self.memory.retrieval.index.view(self.memory.scope())
        places = {view.node(i): i for i in range(view.size)}
        mine = places[new.cube]
        olds = {places[old.cube]: n for n, old in enumerate(self.olds)}
        return {
            olds[bond.old]
            for bond in view.links
            if bond.new == mine and bond.old in olds and bond.chance >= least
        }

    def contradicted(self, record: Record, tallies: dict[str, Tally], *, questions: bool) -> bool:
        """Say a contradiction; whether it is one that gives itself away."""
        new = self._said(record.said)
        gold = set(record.of)
        says_so = any(given(read(self.facts[i]), read(record.said)) for i in gold)
        for name, least in (("automatic", AUTOMATIC), ("review accepted", REVIEW)):
            tally, links = tallies[name], self._links(new, least)
            tally.right += len(links & gold)
            tally.wrong += len(links - gold)
            tally.wrong_of_kind["beside its own"] += len(links - gold)
            tally.found += bool(links & gold)
            tally.found_given += bool(links & gold) and says_so
        if questions:
            self._asked(record, new, tallies)
        self.extra.append(new.source)
        return says_so

    def compatible(self, probe: Probe, tallies: dict[str, Tally]) -> None:
        """Say something that contradicts nothing."""
        new = self._said(probe.said)
        for name, least in (("automatic", AUTOMATIC), ("review accepted", REVIEW)):
            links = self._links(new, least) - {probe.left_out}
            tallies[name].wrong += len(links)
            tallies[name].wrong_of_kind[probe.kind] += len(links)
        self.extra.append(new.source)

    def _asked(self, record: Record, new: Said, tallies: dict[str, Tally]) -> None:
        olds = {self.olds[i].cube for i in record.of}
        scope = self.memory.scope(without=self.extra)
        then = self.memory.scope(as_of=new.before, without=self.extra)
        operator = self.memory.retrieval.operator
        levels = (("none", 2.0), ("automatic", AUTOMATIC), ("review accepted", REVIEW))
        for name, accept in levels:
            for ranking in RANKINGS:
                hits = operator.search(scope, record.question, ranking=ranking, accept=accept).hits
                found = [hit.cube.node for hit in hits]
                at = min((found.index(old) for old in olds if old in found), default=len(found))
                tallies[name].above[ranking] += new.cube in found and found.index(new.cube) < at
                past = operator.search(then, record.question, ranking=ranking, accept=accept).hits
                tallies[name].before[ranking] += bool(past) and past[0].cube.node in olds


def everyday_figures(path: Path) -> dict[str, object]:
    """Pairs in everyday words that nothing was trained on, each in a memory of its own links."""
    from memcubes.graph.supersession.link import chance_of

    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    chances = [chance_of(row["old"], row["new"]) for row in rows]
    told: dict[str, object] = {"pairs": len(rows)}
    for name, least in (("automatic", AUTOMATIC), ("review accepted", REVIEW)):
        called = [row["link"] for row, chance in zip(rows, chances, strict=True) if chance >= least]
        told[name] = {
            "recall": wilson(sum(called), sum(row["link"] for row in rows)),
            "precision": wilson(sum(called), len(called)),
        }
    return told


def table(found: dict[str, object]) -> str:
    """The figures as lines."""
    head = ("file", "trees", "lists", "contradictions", "given", "compatible", "remember_ms")
    lines = ["  ".join(f"{name} {found.get(name)}" for name in head)]
    for name in ("none", "automatic", "review accepted"):
        told = found[name]
        assert isinstance(told, dict)
        lines += ["", name]
        for key, value in told.items():
            lines.append(f"  {key:<24} {_shown(value)}")
    lines += ["", f"everyday  {_shown(found['everyday'])}"]
    return "\n".join(lines)


def _shown(value: object) -> str:
    if isinstance(value, dict) and {"share", "low", "high"} <= set(value):
        share, low, high = (100 * float(value[k]) for k in ("share", "low", "high"))
        return f"{share:.1f} % [{low:.1f}, {high:.1f}] of {value['of']}"
    if isinstance(value, dict):
        return "; ".join(f"{key}: {_shown(one)}" for key, one in value.items())
    return str(value)


if __name__ == "__main__":
    main()
