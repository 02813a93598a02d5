"""The tour: a casebook read in, asked, traced, corrected, retracted and proven, all by the public verbs."""

from __future__ import annotations

import re
import shlex
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.rule import Rule

from ..graph.belief import Status
from ..graph.errors import MemcubesError
from .casebook import Casebook, Merging, read_casebook, shipped_folder
from .evidence import answer_lines, impact_lines

if TYPE_CHECKING:
    from ..query.quote import Answer
    from .memory import Memory

KEPT = Path("demo-output")


def run(
    directory: Path | None,
    *,
    keep: Path | None,
    models: bool,
    models_only: bool,
    console: Console,
) -> int:
    """Run the tour of a folder (or of the casebook that comes along); gives the exit code.

    The store and the HTML trace stay in `keep` (default `demo-output/` here), made anew each time.
    With `models_only` the tour is not repeated: the first question goes through a local model.
    """
    folder = (directory or shipped_folder()).expanduser()
    casebook = read_casebook(folder)
    place = _place(keep, casebook)
    tour = _Tour(console, casebook, folder, place)
    if not models_only:
        tour.run()
    if models or models_only:
        from .prose_demo import through_a_model

        through_a_model(console, casebook, place)
    tour.farewell()
    return 0


def _place(keep: Path | None, casebook: Casebook) -> Path:
    """A folder for what the tour leaves behind; a temporary one where this one cannot be written."""
    name = (
        re.sub(r"[^a-z0-9]+", "-", casebook.title.lower()).strip("-")[:40].strip("-") or "casebook"
    )
    place = (keep or KEPT) / name
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError:
        place = Path(tempfile.gettempdir()) / "memcubes-demo" / name
        place.mkdir(parents=True, exist_ok=True)
    return place


class _Tour:
    def __init__(self, console: Console, casebook: Casebook, folder: Path, place: Path) -> None:
        self.console = console
        self.casebook = casebook
        self.folder = folder
        self.place = place
        self.db = place / "memories.db"
        self.answers: dict[int, Answer] = {}
        self.merged: list[tuple[Merging, int]] = []
        self.before = 0

    def say(self, text: str = "") -> None:
        self.console.print(text, highlight=False, soft_wrap=True)

    def act(self, title: str) -> None:
        self.console.print()
        self.console.print(Rule(f"[bold]{escape(title)}[/bold]", align="left", style="cyan"))

    def run(self) -> None:
        from .memory import Memory

        self._clear()
        self.console.print(f"[bold]{escape(self.casebook.title)}[/bold]  ({self.folder.name}/)")
        with Memory.open(self.db, namespace="casebook") as memory:
            self._ingest(memory)
            for number in self._numbers():
                self._ask(memory, number, traced=number == self.casebook.trace)
            for act in (self._remember, self._merge, self._retract, self._as_before, self._unmerge):
                try:
                    act(memory)
                except MemcubesError as error:
                    # one act that cannot be done does not end the tour
                    self.say(f"[red]not done[/red]: {escape(str(error))}")
            self._prove(memory)
            self._page(memory)

    def _numbers(self) -> Sequence[int]:
        """The questions, the traced one first."""
        return sorted(
            range(1, len(self.casebook.questions) + 1), key=lambda n: (n != self.casebook.trace, n)
        )

    def _clear(self) -> None:
        """Remove what an earlier tour left, and nothing else."""
        for name in ("memories.db", "memories.db-wal", "memories.db-shm", "trace.html"):
            (self.place / name).unlink(missing_ok=True)
        shutil.rmtree(self.place / "memories.db.index", ignore_errors=True)

    @contextmanager
    def _busy(self, words: str) -> Iterator[None]:
        with self.console.status(words):
            yield

    def _ingest(self, memory: Memory) -> None:
        self.act("Ingest: files become memory")
        begun = time.perf_counter()
        with self._busy("reading …"):
            report = memory.ingest(self.folder)
        seconds = time.perf_counter() - begun
        counts = memory.counts()
        self.say(
            f"{len(report.added)} sources read in {seconds:.1f} s: {counts['MemCube']} cubes, "
            f"{counts['Entity']} entities, {counts['Fact']} facts"
        )
        for name, reason in (*report.failed, *report.skipped):
            self.say(f"  not read: {escape(name)}: {escape(reason)}")
        for note in report.notes:
            self.say(f"  note: {escape(note)}")

    def _ask(self, memory: Memory, number: int, *, traced: bool = False) -> None:
        question = self.casebook.questions[number - 1]
        self.act(f"Question {number}: {question}")
        begun = time.perf_counter()
        answer = memory.ask(question)
        seconds = time.perf_counter() - begun
        for line in answer_lines(answer):
            self.say(line)
        self.say(f"[dim]({seconds * 1000:.0f} ms, no language model)[/dim]")
        self._compare(number, answer)
        if traced and answer.receipt:
            from .tree import tree

            self.say()
            self.say("[bold]Where that comes from[/bold]")
            found = memory.trace(answer.receipt)
            self.console.print(tree(found, memory.statuses(found)))

    def _compare(self, number: int, answer: Answer) -> None:
        before = self.answers.get(number)
        self.answers[number] = answer
        if before is None:
            return
        old, new = _standing(before), _standing(answer)
        gone = [text for text in old if text not in new]
        if old == new:
            self.say("[dim]The answer stands as it was.[/dim]")
        else:
            was = "; ".join(f"“{escape(text)}”" for text in gone or old)
            self.say(f"[yellow]The answer changed.[/yellow] It rested on: {was or 'nothing'}")

    def _remember(self, memory: Memory) -> None:
        for part in self.casebook.remember:
            self.act("Remember: somebody adds what they know")
            done = memory.remember(part.statement)
            self.say(f"“{escape(part.statement)}”")
            for line in impact_lines(memory, done.impact):
                self.say(line)
            for number in part.affects:
                self._ask(memory, number)

    def _merge(self, memory: Memory) -> None:
        for part in self.casebook.merge:
            self.act(f"Merge: {' = '.join(part.names)}")
            done = memory.merge(part.names, reason="one and the same")
            assert done.change is not None
            self.merged.append((part, done.change.seq))
            self.say(
                f"@{done.change.seq}: one SAME_AS decision, nothing moved; `revert` undoes it exactly"
            )
            for line in impact_lines(memory, done.impact):
                self.say(line)
            for number in part.affects:
                self._ask(memory, number)

    def _retract(self, memory: Memory) -> None:
        for part in self.casebook.retract:
            self.act(f"Retract: {part.source}")
            if part.reason:
                self.say(f"Reason: {escape(part.reason)}")
            done = memory.retract(part.source, part.reason)
            assert done.change is not None
            self.before = self.before or done.change.seq - 1
            for line in impact_lines(memory, done.impact):
                self.say(line)
        if self.casebook.retract:
            for number in range(1, len(self.casebook.questions) + 1):
                self._ask(memory, number)

    def _as_before(self, memory: Memory) -> None:
        """Ask as of before the first retraction: a question that was answered otherwise then."""
        if not self.before:
            return
        for number in self._numbers():
            question = self.casebook.questions[number - 1]
            then = memory.ask(question, as_of=self.before, receipt_wanted=False)
            if _standing(then) != _standing(self.answers[number]):
                self.act(f"As of @{self.before}, before the first retraction: {question}")
                for line in answer_lines(then):
                    self.say(line)
                self.say("[dim]That is what was answered then; nothing of it was lost.[/dim]")
                return

    def _unmerge(self, memory: Memory) -> None:
        """Undo each merge, after something more was said of what it joined."""
        for part, seq in reversed(self.merged):
            self.act(f"Undo the merge: {' ≠ '.join(part.names)}")
            if part.then:
                memory.remember(part.then)
                self.say(f"Said meanwhile: “{escape(part.then)}”")
                for number in part.affects:
                    self._ask(memory, number)
            done = memory.revert(seq, reason="the tour takes it back")
            assert done.change is not None
            self.say(
                f"@{done.change.seq}: @{seq} is undone; every mention is where its source put it"
            )
            for line in impact_lines(memory, done.impact):
                self.say(line)
            for number in part.affects:
                self._ask(memory, number)

    def _prove(self, memory: Memory) -> None:
        self.act("Verify: every row against the log")
        begun = time.perf_counter()
        report = memory.verify()
        seconds = time.perf_counter() - begun
        state = "[green]holds[/green]" if report.ok else "[red]does not hold[/red]"
        self.say(
            f"The log {state}: {report.changes} changes, {report.records} records, {seconds:.1f} s"
        )
        self.say(f"[dim]root {report.root}[/dim]")
        for finding in report.findings:
            self.say(f"  {escape(finding)}")

    def _page(self, memory: Memory) -> None:
        answer = self.answers.get(self.casebook.trace)
        if answer is None or answer.receipt is None:
            return
        path = self.place / "trace.html"
        path.write_text(answer_page(memory, answer), "utf-8")
        self.act("A trace to hand on")
        self.say(f"{path}: one file, opens offline ({path.stat().st_size // 1024} kB)")

    def farewell(self) -> None:
        self.act("Go on from here")
        last = self.casebook.questions[self.casebook.trace - 1]
        options = f"--db {_quoted(str(self.db))} -n casebook"
        receipt = next((a.receipt for a in self.answers.values() if a.receipt), None)
        commands = [f"memcubes ask {_quoted(last)} {options}", f"memcubes log {options}"]
        if self.casebook.retract:
            source = self.casebook.retract[0].source
            commands.append(f"memcubes trace {_quoted(source)} --down {options}")
        if receipt:
            commands.append(f"memcubes trace {receipt[:8]} {options}")
        prefix = "" if shutil.which("memcubes") else _launcher()
        for command in commands:
            self.say(f"  {escape(prefix + command)}")


def answer_page(memory: Memory, answer: Answer) -> str:
    """The offline page of one answer: its trace, what joins its quotes, and what is believed of each."""
    from .page import Hop, page

    assert answer.receipt is not None
    found = memory.trace(answer.receipt)
    standing = [q for q in answer.quotes if q.status is not Status.SUPERSEDED]
    hops = (
        [Hop(q.source_name, ", ".join(q.joined_by)) for q in standing] if len(standing) > 1 else []
    )
    return page(found, statuses=memory.statuses(found), hops=hops, options=memory.options)


def _launcher() -> str:
    """How to reach the command where its folder is not on the path."""
    place = Path(sys.executable).parent
    try:
        return f"{place.relative_to(Path.cwd())}/"
    except ValueError:
        return f"{place}/"


def _standing(answer: Answer) -> list[str]:
    """The quotes that stand, in order."""
    return [q.text for q in answer.quotes if q.status is not Status.SUPERSEDED]


def _quoted(text: str) -> str:
    return shlex.quote(text)
