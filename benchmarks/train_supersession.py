"""Train the supersession scorer: `python -m benchmarks.train_supersession --letta FILE --corpus FILE ... [--out FILE]`.

Gradient-boosted trees (LightGBM, which is needed here only: `pip install lightgbm`; Ke et al. 2017) on
`graph.supersession.features`, with soft labels. They learn from pairs written for this project
(`supersession_pairs`, `supersession_lists`), from sentences of corpora (`supersession_corpus`), and from the lists of letta-evals'
core_memory_update (Apache-2.0). What ships learns from all of it. What is reported is said of each fifth by trees
that the other four made (`supersession_pairs.fold_of`: whole lists, groups and frames), here pair by pair and by
`benchmarks.supersession FILE --unseen FILE ...` through `Memory.remember` and `Memory.search`.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from memcubes.graph.supersession.comparison import Comparison
from memcubes.graph.supersession.features import features
from memcubes.graph.supersession.scorer import AUTOMATIC, REVIEW, refused
from memcubes.graph.supersession.sentence import read
from memcubes.graph.supersession.trees import Trees

from .interval import wilson
from .supersession_corpus import corpus_pairs
from .supersession_lists import list_pairs, written_lists
from .supersession_pairs import (
    FOLDS,
    Pair,
    all_grouped,
    beside_grouped,
    fold_of,
    hand_written,
    pairs,
)
from .supersession_probes import frame_of, lists_of, probes
from .supersession_slots import slot_pairs

Floats = npt.NDArray[np.float64]

ROUNDS = 1200
PARAMETERS = {
    "objective": "cross_entropy",
    "num_leaves": 63,
    "max_depth": 10,
    "learning_rate": 0.03,
    "extra_trees": True,
    "min_data_in_leaf": 12,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "feature_fraction": 0.4,
    "lambda_l2": 3.0,
    "num_threads": 1,
    "deterministic": True,
    "force_row_wise": True,
    "seed": 1,
    "verbose": -1,
}
WEIGHTS = {
    "hand": 4.0,
    "group": 5.0,
    "talk": 5.0,
    "hands": 5.0,
    "more": 5.0,
    "slot": 1.0,
    "beside": 4.0,
    "letta": 8.0,
    "list": 4.0,
    "article": 0.3,
}
FRAME = 0.5
NEGATIVES = 4


def matrix(rows: Sequence[Pair]) -> tuple[Floats, list[str], list[Pair]]:
    """The features of pairs, one row each, their names, and the pairs that no rule refuses."""
    names: list[str] = []
    values, kept = [], []
    for pair in rows:
        compared = Comparison(read(pair.old), read(pair.new))
        # what the scorer refuses by rule has nothing to teach it
        if refused(compared):
            continue
        found = features(compared)
        names = names or list(found)
        values.append([found[name] for name in names])
        kept.append(pair)
    return np.array(values), names, kept


def letta_pairs(path: Path) -> Iterator[Pair]:
    """Each fact of a list with each contradiction of it, and with statements that contradict nothing."""
    lists = lists_of(path)
    every = list(lists)
    for number, facts in enumerate(every):
        frame = frame_of(facts)
        for record in lists[facts]:
            for place, fact in enumerate(facts):
                yield Pair(fact, record.said, float(place in record.of), "letta", frame)
        kinds: dict[str, list[Any]] = {}
        for probe in probes(every, number, lists[facts]):
            kinds.setdefault(probe.kind, []).append(probe)
        for made in kinds.values():
            for probe in made[: max(1, NEGATIVES * len(lists[facts]) // len(kinds))]:
                for place, fact in enumerate(facts):
                    if place != probe.left_out:
                        yield Pair(fact, probe.said, 0.0, "letta", frame)


def weight_of(pair: Pair) -> float:
    """How much a pair counts, by where it is from."""
    kind = pair.frame.split(" ", 1)[0]
    return WEIGHTS.get(kind, FRAME)


def fitted(x: Floats, y: Floats, weight: Floats, names: Sequence[str]) -> dict[str, Any]:
    """Trees that make soft labels `y` likeliest, as `graph.supersession.trees` reads them."""
    import lightgbm

    data = lightgbm.Dataset(x, y, weight=weight)
    model = lightgbm.train(PARAMETERS, data, ROUNDS)
    found = []
    for tree in model.dump_model()["tree_info"]:
        nodes: list[list[float]] = []
        _written(tree["tree_structure"], nodes)
        found.append(nodes)
    return {"features": list(names), "trees": found}


def _written(node: dict[str, Any], nodes: list[list[float]]) -> None:
    """Append a node and what is below it: the branch of smaller values first."""
    if "leaf_value" in node:
        nodes.append([round(node["leaf_value"], 5)])
        return
    here: list[float] = [node["split_feature"], round(node["threshold"], 6), 0]
    nodes.append([*here, round(node["internal_value"], 5)])
    place = len(nodes) - 1
    _written(node["left_child"], nodes)
    nodes[place][2] = len(nodes)
    _written(node["right_child"], nodes)


@dataclass(frozen=True, slots=True, eq=False)
class Examples:
    """All pairs that train: `x` their features (float64, a row each), `rows` what they are, `folds` their parts."""

    x: Floats
    names: tuple[str, ...]
    rows: tuple[Pair, ...]
    folds: npt.NDArray[np.int64]

    @classmethod
    def of(cls, letta: Path, corpus: Sequence[Path], articles: int = 250) -> Examples:
        """Make them of letta-evals' records, of corpora, and of what was written."""
        made = [
            *pairs(1),
            *hand_written(),
            *all_grouped(),
            *slot_pairs(),
            *beside_grouped(),
            *letta_pairs(letta),
            *list_pairs(written_lists(), NEGATIVES),
            *corpus_pairs(corpus, articles),
        ]
        x, names, rows = matrix(made)
        return cls(x, tuple(names), tuple(rows), np.array([fold_of(pair.frame) for pair in rows]))

    def fitted(self, without: int | None = None) -> dict[str, Any]:
        """Trees of all of them, or of all but one part."""
        used = np.full(len(self.rows), True) if without is None else self.folds != without
        y = np.array([pair.label for pair in self.rows])
        weight = np.array([weight_of(pair) for pair in self.rows])
        return fitted(self.x[used], y[used], weight[used], self.names)

    def unseen(self) -> Floats:
        """The probability of each pair by trees that its part had no share in."""
        found = np.zeros(len(self.rows))
        for fold in range(FOLDS):
            model = Trees.read(self.fitted(without=fold))
            for place in np.flatnonzero(self.folds == fold):
                measured = dict(zip(self.names, self.x[place].tolist(), strict=True))
                found[place] = model.probability(measured)
        return found


def main() -> None:
    """Train, report on each fifth by trees of the others, write what all of them make."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--letta", type=Path, required=True)
    options.add_argument("--corpus", type=Path, nargs="+", required=True)
    options.add_argument("--articles", type=int, default=250)
    options.add_argument("--out", type=Path)
    said = options.parse_args()
    examples = Examples.of(said.letta, said.corpus, said.articles)
    links = sum(pair.label > 0.5 for pair in examples.rows)
    print(f"{len(examples.rows)} pairs, {links} of them links; {len(examples.names)} features")
    if said.out is not None:
        table = examples.fitted()
        lines = ",\n".join(json.dumps(tree, separators=(",", ":")) for tree in table["trees"])
        head = json.dumps(table["features"])
        said.out.write_text(f'{{"features": {head},\n"trees": [\n{lines}\n]}}\n', "utf-8")
    told(examples.rows, examples.unseen())


def told(rows: Sequence[Pair], chances: Floats) -> None:
    """Print recall and precision by what the pairs are; those that a rule refuses are not among them."""
    kinds = {
        "group": "everyday groups",
        "talk": "groups of talk",
        "hands": "groups of many hands",
        "more": "more groups of many hands",
        "slot": "slots, other names",
        "hand": "everyday pairs",
        "letta": "lists of letta-evals",
        "list": "lists of many hands",
        "article": "sentences of corpora",
        "beside": "changes of something else",
    }
    called: dict[str, list[tuple[float, float]]] = {}
    for pair, chance in zip(rows, chances.tolist(), strict=True):
        kind = kinds.get(pair.frame.split(" ", 1)[0], "frames, other relations")
        called.setdefault(kind, []).append((chance, pair.label))
    for kind, found in called.items():
        for least in (AUTOMATIC, REVIEW):
            right = sum(c >= least and label >= 0.9 for c, label in found)
            wrong = sum(c >= least and label <= 0.2 for c, label in found)
            links = sum(label >= 0.9 for _, label in found)
            if links:
                print(f"unseen, {kind}, p >= {least}: recall {_shown(wilson(right, links))}")
            print(f"   precision {_shown(wilson(right, right + wrong))}, {len(found)} pairs")


def _shown(found: Mapping[str, float]) -> str:
    share, low, high = (100 * found[key] for key in ("share", "low", "high"))
    return f"{share:.1f} % [{low:.1f}, {high:.1f}] of {found['of']}"


if __name__ == "__main__":
    main()
