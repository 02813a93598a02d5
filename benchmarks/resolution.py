"""Which names mean one thing: `python -m benchmarks.resolution [--names FILE …] [--json] [--train]`.

Labelled names (`resolution_corpus`: written for this project, FEBRL's people, GeoNames' cities, ISO's countries, and files of one's
own in the form of `names.tsv`) go in as triples by `Memory.ingest`, a memory for each corpus; what is one on read and
what is proposed is asked of `Memory.review`. Only the names that were kept aside by hash count,
unless `--train`. Recall is of all pairs that mean one thing, and of those whose names share letters at all:
"Peking" and "Beijing" are one to nobody who has only the names.
"""

from __future__ import annotations

import argparse
import csv
import json
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import combinations
from pathlib import Path

from rapidfuzz import fuzz

from memcubes.api import Memory
from memcubes.graph.canonical import components
from memcubes.graph.resolution.form import Form
from memcubes.graph.resolution.proposal import Likeness

from .interval import wilson
from .resolution_corpus import CORPORA, Named, corpora, written

SHARED = 50
"""Per cent of letters (`rapidfuzz.fuzz.ratio`) from which on two names share letters."""

STEPS = ("certain", "proposed", "certain or proposed")
SHARES = ("precision", "recall", "recall_sharing_letters")

Pair = tuple[str, str]


def labelled(names: Iterable[Named]) -> dict[Pair, bool]:
    """Every pair of different names that means one thing, by surface."""
    meant: dict[str, set[str]] = defaultdict(set)
    for name in names:
        meant[name.cluster].add(name.surface)
    return {
        pair: _shares(*pair)
        for members in meant.values()
        for pair in combinations(sorted(members), 2)
    }


def _shares(one: str, other: str) -> bool:
    first, second = Form(one), Form(other)
    short = bool({first.acronym} & second.acronyms or {second.acronym} & first.acronyms)
    return short or fuzz.ratio(first.joined, second.joined) >= SHARED


def _pair(one: str, other: str) -> Pair:
    return (one, other) if one < other else (other, one)


def _closed(found: Iterable[Likeness]) -> set[Pair]:
    """All pairs that are one on read, also by a detour."""
    roots = components(one.names for one in found)
    groups: dict[str, list[str]] = defaultdict(list)
    for name, root in roots.items():
        groups[root].append(name)
    return {pair for names in groups.values() for pair in combinations(sorted(names), 2)}


def measured(corpus: str, names: Sequence[Named], folder: Path) -> dict[str, object]:
    """Put the names of one corpus into a memory of their own, and count what it takes for one."""
    file = folder / f"{corpus}.csv"
    with file.open("w", encoding="utf-8", newline="") as opened:
        rows = csv.writer(opened)
        rows.writerow(("subject", "predicate", "object"))
        for surface in sorted({name.surface for name in names}):
            rows.writerow((surface, "is listed in", f"list {corpus}"))
    same = labelled(names)
    with Memory.open(folder / f"{corpus}.db", encoder="hashing") as memory:
        memory.ingest(file)
        certain = _closed(memory.review(applied=True, first=10**9).names)
        begun = time.perf_counter()
        proposed = {_pair(*one.names) for one in memory.review(first=10**9).names}
        reviewing = time.perf_counter() - begun
    found = {"certain": certain, "proposed": proposed, "certain or proposed": certain | proposed}
    sharing = {pair for pair, shares in same.items() if shares}
    told: dict[str, object] = {
        "names": len({name.surface for name in names}),
        "pairs": len(same),
        "pairs_sharing_letters": len(sharing),
        "review_seconds": round(reviewing, 2),
    }
    for step, pairs in found.items():
        right = pairs & same.keys()
        told[step] = {
            "called": len(pairs),
            "precision": wilson(len(right), len(pairs)),
            "recall": wilson(len(right), len(same)),
            "recall_sharing_letters": wilson(len(right & sharing), len(sharing)),
        }
    return told


def main() -> None:
    """Run, and print a table or JSON."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--names", type=Path, nargs="*", default=[], help="files like names.tsv")
    options.add_argument("--corpora", nargs="*", choices=list(CORPORA), default=list(CORPORA))
    options.add_argument("--train", action="store_true", help="the names that were tuned on")
    options.add_argument("--json", action="store_true")
    said = options.parse_args()
    sets = {corpus: corpora([corpus]) for corpus in said.corpora}
    told: dict[str, dict[str, object]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for corpus, names in sets.items():
            chosen = [name for name in names if name.checks is not said.train]
            if chosen:
                told[corpus] = measured(corpus, chosen, Path(folder))
        for file in said.names:
            # nothing was tuned on these
            told[file.stem] = measured(file.stem, list(written(file)), Path(folder))
    if said.json:
        print(json.dumps(told, indent=2))
        return
    for corpus, found in told.items():
        print(
            ", ".join(f"{name} {found[name]}" for name in ("names", "pairs", "review_seconds")),
            corpus,
        )
        for step in STEPS:
            print(f"  {step:20} {_line(found[step])}")


def _line(step: object) -> str:
    assert isinstance(step, dict)
    shares = (f"{name.replace('_', ' ')} {_share(step[name])}" for name in SHARES)
    return f"{step['called']:6} called, " + ", ".join(shares)


def _share(share: dict[str, float]) -> str:
    return f"{share['share']:.1%} [{share['low']:.1%}, {share['high']:.1%}]"


if __name__ == "__main__":
    main()
