"""What of an answer survives in each form of a cube: `python -m benchmarks.forms DIR [--db FILE] [--half tuning|held-out]`.

DIR holds `corpus.json` and `questions.json` with answers (benchmarks.retrieval). For each question what `inject`
looks at is found, and of the cubes that support the answer and hold its words each form is told
(`injection.telling`). `survives` is the share of these in which the form still holds them, `share` the mean share
of the cube's relevance that the form keeps by the encoder and the words, and `factor` the one divided by the
other: what `telling.KEPT` should be for a form's worth to be its chance of answering. Then the same questions
are planned under budgets, and it is counted how often the block holds the answer.

Halves are drawn by the hash of the question's id: factors are set on one and looked at on the other.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

from memcubes.api.memory import Memory
from memcubes.injection import telling
from memcubes.injection.fence import Fence
from memcubes.injection.packing import pack
from memcubes.injection.plan import Shape
from memcubes.injection.tokens import EstimatedTokens

from .question import Question, read_questions
from .retrieval import places, take_in

BUDGETS = (200, 400, 800, 1_600)
LIMIT = 20
FENCE = "9f86d081884c"


def answers(folder: Path) -> dict[str, list[str]]:
    """The words of each answer, by the question's id; none of those that are yes or no."""
    raw = json.loads((folder / "questions.json").read_text("utf-8"))
    found: dict[str, list[str]] = {}
    for one in raw:
        given = one["answer"] if isinstance(one["answer"], list) else [one["answer"]]
        given = [*given, *one.get("answer_aliases", ())]
        told = [words(str(text)) for text in given]
        found[str(one["id"])] = [text for text in told if text.strip() not in ("", "yes", "no")]
    return found


def words(text: str) -> str:
    """Letters and digits alone, in lower case, with a space around each word."""
    return f" {' '.join(''.join(c if c.isalnum() else ' ' for c in text.lower()).split())} "


def holds(text: str, told: Sequence[str]) -> bool:
    """Whether a text holds one of the answers."""
    spaced = words(text)
    return any(answer in spaced for answer in told)


def half(question: Question) -> str:
    """In which half a question is."""
    return "tuning" if hashlib.sha256(question.id.encode()).digest()[0] % 2 else "held-out"


def told_forms(candidate: telling.Candidate) -> Iterator[tuple[str, str, float]]:
    """Each form of a cube: what it is called, its text, and the share of relevance that it keeps."""
    sentences = 0
    for shape, text, share, _, _ in telling._shaped(candidate):
        sentences += shape is Shape.SENTENCE
        name = f"{shape} {sentences}" if shape is Shape.SENTENCE else str(shape)
        yield name, text, share


def measured(
    memory: Memory, questions: Sequence[Question], held: dict[str, list[str]]
) -> dict[str, Any]:
    """Shares by form, and how often a block holds the answer."""
    record_of = places(memory)
    survived, shares = defaultdict[str, list[float]](list), defaultdict[str, list[float]](list)
    found_in = dict[int, list[float]]({budget: [] for budget in BUDGETS})
    scope, counter = memory.scope(), EstimatedTokens()
    for number, question in enumerate(questions):
        print(f"\r{number} of {len(questions)}", end="", file=sys.stderr, flush=True)
        result = memory.retrieval.operator.search(scope, question.text, limit=LIMIT)
        candidates = memory._candidates(scope, result)
        for one in candidates:
            text = one.cube.text
            if record_of[one.cube.origin] in question.gold and holds(text, held[question.id]):
                for name, told, share in told_forms(one):
                    survived[name].append(float(holds(told, held[question.id])))
                    shares[name].append(share)
        if not any(holds(one.cube.text, held[question.id]) for one in candidates):
            continue
        options = [telling.forms(one, counter, Fence(FENCE)) for one in candidates]
        for budget in BUDGETS:
            block = "\n".join(one.text for one in pack(options, budget).chosen if one)
            found_in[budget].append(float(holds(block, held[question.id])))
    print(file=sys.stderr)
    return {
        "questions": len(questions),
        "forms": {
            name: {
                "of": len(told),
                "survives": fmean(told),
                "share": fmean(shares[name]),
                "factor": fmean(told) / fmean(shares[name]),
            }
            for name, told in survived.items()
        },
        "blocks": {b: [len(told), fmean(told)] for b, told in found_in.items() if told},
        "factors": {str(shape): factor for shape, factor in telling.KEPT.items()},
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark that the command line names."""
    parser = argparse.ArgumentParser(prog="benchmarks.forms", description=__doc__)
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--db", help="keep the memory here (default: a temporary file)")
    parser.add_argument("--half", choices=("tuning", "held-out"), default="tuning")
    parser.add_argument("--factors", metavar="S,F", help="of sentences and facts, in place of ours")
    parser.add_argument("--encoder", default="use")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    if given.factors:
        sentence, fact = map(float, given.factors.split(","))
        telling.KEPT.update({Shape.SENTENCE: sentence, Shape.TRIPLE: fact})
    held = answers(given.folder)
    questions = [q for q in read_questions(given.folder) if half(q) == given.half and held[q.id]]
    with tempfile.TemporaryDirectory() as scratch:
        db = given.db or f"{scratch}/memory.db"
        with Memory.open(db, user="local:benchmark", encoder=given.encoder) as memory:
            if not memory.exists() or not places(memory):
                take_in(memory, given.folder / "corpus.json")
            told = {"set": given.folder.name, "half": given.half}
            told |= measured(memory, questions, held)
    if given.json:
        print(json.dumps(told, indent=1))
        return 0
    print(f"{told['set']}, {told['half']} half: {told['questions']} questions")
    print(f"{'form':12}{'of':>5}{'survives':>10}{'share':>8}{'factor':>8}")
    for name, one in told["forms"].items():
        print(
            f"{name:12}{one['of']:5}{one['survives']:10.1%}{one['share']:8.2f}{one['factor']:8.2f}"
        )
    for budget, (count, share) in told["blocks"].items():
        print(f"budget {budget:>5}: the block holds {share:.1%} of {count} answers")
    return 0


if __name__ == "__main__":
    sys.exit(main())
