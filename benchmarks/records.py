"""Questions over linked records, answered by plans: `python -m benchmarks.records DIR [--plans FILE] [--json]`.

DIR is the filesystem suite of letta-evals (`files/`, `questions_dev.jsonl`) or any folder like it. Its text files
go in by `Memory.ingest` as they are; each question has a plan in the language of `docs/patterns.md`, which
is data (`records_data/plans.json`: a list of {question, plan}) and is given to `Memory.search`. The answer is the
column `answer` of the rows. It is right where it is the truth word for word; a truth that is a number, with
its currency or noun beside it, where it is that number.
"""

from __future__ import annotations

import argparse
import json
import re
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from memcubes.api import Memory
from memcubes.api.matching import plan_of
from memcubes.graph.errors import MemcubesError

PLANS = Path(__file__).parent / "records_data" / "plans.json"
_AMOUNT = re.compile(r"[$€£]?\s?(-?\d[\d,]*(?:\.\d+)?)(?:\s[a-z ]+)?")


def question_of(line: Mapping[str, Any]) -> str:
    """The question without the words around it that tell a model where the files are."""
    return str(line["input"]).rsplit("Question:", 1)[-1].strip()


def amount(text: str) -> Decimal | None:
    """The number that a truth states, with or without a currency before it or a noun after it.

    >>> amount("$138,439.16"), amount("18 records"), amount("Ann 7")
    (Decimal('138439.16'), Decimal('18'), None)
    """
    found = _AMOUNT.fullmatch(text.strip())
    return Decimal(found[1].replace(",", "")) if found else None


def right(answer: str, truth: str) -> bool:
    """Whether an answer is the truth: the same words, or the same number."""
    wanted, given = amount(truth), amount(answer)
    return answer == truth.strip() if wanted is None else given == wanted


def answered(memory: Memory, plan: Any) -> tuple[str, int]:
    """The answer of a plan, and how many cubes it rests on; several rows are several answers."""
    rows = memory.search(pattern=plan).rows
    told = [row.values.get("answer", "") for row in rows]
    cubes = {cube for row in rows for cube in row.cubes}
    return "; ".join(one if isinstance(one, str) else ", ".join(one) for one in told), len(cubes)


def measured(folder: Path, plans: Mapping[str, Any], db: str) -> dict[str, Any]:
    """Ingest the files and carry out every plan, in the order of the questions."""
    lines = (folder / "questions_dev.jsonl").read_text("utf-8").splitlines()
    questions = [json.loads(line) for line in lines if line.strip()]
    with Memory.open(db, user="local:benchmark", encoder="hashing") as memory:
        begun = time.perf_counter()
        report = memory.ingest(folder / "files")
        ingest = time.perf_counter() - begun
        found = []
        for line in questions:
            question = question_of(line)
            begun = time.perf_counter()
            answer, cubes, wrong = "", 0, ""
            if question in plans:
                try:
                    answer, cubes = answered(memory, plans[question])
                except MemcubesError as error:
                    wrong = str(error)
            found.append(
                {
                    "question": question,
                    "kind": line["agent_args"]["extra"]["question_type"],
                    "truth": line["ground_truth"],
                    "answer": answer,
                    "right": right(answer, line["ground_truth"]),
                    "planned": question in plans,
                    "refused": wrong,
                    "cubes": cubes,
                    "seconds": round(time.perf_counter() - begun, 4),
                }
            )
    return {"records": report.cubes, "ingest_seconds": round(ingest, 1), "questions": found}


def table(told: Mapping[str, Any]) -> str:
    """The figures for people."""
    found: Sequence[Mapping[str, Any]] = told["questions"]
    every, good = Counter(q["kind"] for q in found), Counter(q["kind"] for q in found if q["right"])
    rows = [f"{kind:26}{good[kind]:4} of {every[kind]:3}" for kind in sorted(every)]
    seconds = sorted(q["seconds"] for q in found)
    rows.append(f"{'all':26}{sum(good.values()):4} of {len(found):3}")
    rows.append(
        f"{told['records']:,} records in {told['ingest_seconds']} s; a plan takes {seconds[len(seconds) // 2]} s "
        f"in the middle, {seconds[-1]} s at most (the first reads the files' records)"
    )
    for one in found:
        if not one["right"]:
            why = one["refused"] or (f"got {one['answer']!r}" if one["planned"] else "has no plan")
            rows.append(f"  wrong: {one['question'][:90]}… wanted {one['truth']!r}: {why}")
    return "\n".join(rows)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m benchmarks.records")
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--plans", type=Path, default=PLANS, metavar="FILE")
    parser.add_argument("--db", default="", metavar="URL", help="keep the memory here")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    listed = plan_of(given.plans.read_text("utf-8"), str(given.plans))
    plans = {one["question"]: one["plan"] for one in listed}
    with tempfile.TemporaryDirectory() as folder:
        told = measured(given.folder, plans, given.db or f"sqlite:///{folder}/records.db")
    print(json.dumps(told, indent=1, ensure_ascii=False) if given.json else table(told))


if __name__ == "__main__":
    main()
