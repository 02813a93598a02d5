"""Time as a person meets it: both clocks on every verb, differences, histories, and going back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from memcubes.api import Memory
from memcubes.graph import ChangeSet, Close, Selector, Shred
from memcubes.graph.cited import AnswerDifference
from memcubes.graph.difference import Difference
from memcubes.graph.errors import Conflict, Erased, Invalid, NotFound
from memcubes.graph.impact import Impact
from memcubes.graph.instant import parse, show
from memcubes.graph.kind import EdgeKind, NodeKind
from memcubes.graph.scope import Direction

from .casefolder import FILES, write

WHEN = "When did the valve RV-7 fail?"
ORDER = ("log.txt", "order.md", "vendor.md", "vendor2.md")
Verb = Callable[..., Any]


def opened(place: Path) -> Memory:
    return Memory.open(place / "memories.db", user="local:ann", encoder="hashing")


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Memory]:
    """One source a change, in order: @2 log, @3 order, @4 vendor, @5 vendor2."""
    with opened(tmp_path) as memory:
        for name in ORDER:
            memory.ingest(write(tmp_path / "files", name) / name)
        yield memory


def quotes(answer: Any) -> list[tuple[str, str]]:
    return [(quote.text, str(quote.status)) for quote in answer.quotes]


READS: dict[str, Verb] = {
    "get": lambda m, **at: [v.text for v in m.get("log.txt", **at)],
    "find": lambda m, **at: sorted(v.text for v in m.find([NodeKind.MEMCUBE], **at)),
    "search": lambda m, **at: sorted(hit.cube.text for hit in m.search(WHEN, **at).hits),
    "ask": lambda m, **at: quotes(m.ask(WHEN, receipt_wanted=False, **at)),
    "inject": lambda m, **at: sorted(
        c.text.split("\n", 1)[1] for c in m.inject(WHEN, **at).plan.cited
    ),
    "neighbours": lambda m, **at: sorted(
        (str(edge.kind), str(v.get("uri", ""))[-10:], v.text)
        for edge, v in m.neighbours("log.txt", [EdgeKind.DERIVED_FROM], **at)
    ),
    "trace": lambda m, **at: sorted(
        step.title
        for step in m.trace("log.txt", Direction.DOWN, **at).steps
        if step.kind is not NodeKind.INJECTION
    ),
    "beliefs": lambda m, **at: sorted(
        (b.words, str(b.status), len(b.sources)) for b in m.beliefs(**at).values()
    ),
    "counts": lambda m, **at: {
        kind: n
        for kind, n in m.counts(**at).items()
        if kind in ("MemCube", "Entity", "Fact", "Source")
    },
    "impact": lambda m, **at: sorted(
        (b.words, word)
        for word in ("withdrawn", "revived", "weakened")
        for b in getattr(m.impact("log.txt", **at), word)
    ),
}
"""What each verb reads, told without ids and sequences."""


def told(read: Verb, memory: Memory, **at: Any) -> Any:
    try:
        return read(memory, **at)
    except NotFound:
        return None


def test_as_of_is_what_a_memory_says_that_holds_only_what_was_recorded(
    memory: Memory, tmp_path: Path
) -> None:
    for seq, names in ((2, ORDER[:1]), (4, ORDER[:3])):
        instant = show(memory.log(between=f"@{seq - 1}..@{seq}")[0].at)
        with opened(tmp_path / str(seq)) as then:
            for name in names:
                then.ingest(write(tmp_path / "files", name) / name)
            for verb, read in READS.items():
                wanted = told(read, then)
                assert wanted, verb
                for as_of in (seq, f"@{seq}", instant):
                    assert (verb, told(read, memory, as_of=as_of)) == (verb, wanted)


def test_valid_at_is_what_a_memory_says_that_holds_only_what_held(
    memory: Memory, tmp_path: Path
) -> None:
    dates = {name: FILES[name].split("Date: ")[1][:10] for name in ORDER}
    for day, seq in (("2025-03-12", 5), ("2025-03-19", 5), ("2025-03-19", 3)):
        with opened(tmp_path / f"{day}-{seq}") as then:
            for name in ORDER[: seq - 1]:
                if dates[name] <= day:
                    then.ingest(write(tmp_path / "files", name) / name)
            for verb, read in READS.items():
                wanted = told(read, then)
                assert wanted, verb
                assert (verb, told(read, memory, valid_at=day, as_of=seq)) == (verb, wanted)


def test_what_says_no_time_holds_from_when_it_was_said(memory: Memory) -> None:
    cube = memory.remember("The valve RV-7 is green.").cube
    (version,) = memory.get(cube)
    said = version.validity.start
    assert memory.get(cube, valid_at=said) == (version,)
    assert memory.get(cube, valid_at=said - 1) == ()
    assert not memory.find(valid_at="1999-01-01")


def test_a_trace_leads_through_what_held(memory: Memory) -> None:
    receipt = memory.ask(WHEN).receipt
    assert receipt
    now = memory.trace(receipt)
    then = memory.trace(receipt, valid_at="2025-03-15")
    names = {"Vendor statement", "Plant log"}
    assert {s.title for s in now.of_kind(NodeKind.SOURCE)} == names
    assert {s.title for s in then.of_kind(NodeKind.SOURCE)} == {"Plant log"}
    assert then.root.node == receipt
    down = memory.trace("vendor.md", Direction.DOWN, valid_at="2025-03-15")
    assert [s.node for s in down.of_kind(NodeKind.INJECTION)] == []


def test_statuses_of_an_old_trace_are_those_of_then(memory: Memory) -> None:
    early = memory.trace("log.txt", Direction.DOWN, as_of=2)
    late = memory.trace("log.txt", Direction.DOWN)
    assert memory.statuses(early) == {}
    assert any("superseded" in word for word in memory.statuses(late).values())


def test_diff_of_two_versions(memory: Memory) -> None:
    cube = memory.remember("The valve RV-7 is green.").cube
    memory.revise(cube, "The valve RV-7 is dark green.", "looked again")
    last = memory.diff(cube)
    assert isinstance(last, Difference)
    assert [(s.before, s.after) for s in last.text if not s.same] == [("", "dark ")]
    assert {f.name for f in last.fields} >= {"stated", "authority"}
    for one, other in ((f"{cube}@6", f"{cube}@7"), (f"{cube}@6", ""), (f"{cube}@6", "@7")):
        assert memory.diff(one, other) == last
    assert isinstance(same := memory.diff(f"{cube}@6", f"{cube}@6"), Difference)
    assert same.empty
    back = memory.diff(f"{cube}@7", f"{cube}@6")
    assert isinstance(back, Difference)
    assert [(s.before, s.after) for s in back.text if not s.same] == [("dark ", "")]


def test_diff_of_two_times_is_what_changed_between_them(memory: Memory) -> None:
    found = memory.diff("@3", "@4")
    assert isinstance(found, Impact)
    assert [b.words for b in found.superseded] == ["RV-7 fail at 02:10"]
    early = memory.diff("@3", "@4", valid_at="2025-03-15")
    assert isinstance(early, Impact)
    assert early.empty


def test_diff_of_two_answers(memory: Memory) -> None:
    first = memory.ask(WHEN).receipt
    memory.retract("vendor.md")
    second = memory.ask(WHEN).receipt
    other = memory.ask("Who replaced the coil S-88?").receipt
    assert first
    assert second
    assert other
    found = memory.diff(first, second)
    assert isinstance(found, AnswerDifference)
    assert found.same_question
    assert [c.text for c in found.went] == [
        "Correction: The valve RV-7 failed at 07:40, not at 02:10."
    ]
    assert [(a.status, b.status) for a, b in found.changed] == [("superseded", "believed")]
    assert found.came == ()
    unlike = memory.diff(first, other)
    assert isinstance(unlike, AnswerDifference)
    assert not unlike.same_question
    assert memory.diff(first, first).empty


def test_diff_says_what_it_cannot_compare(memory: Memory) -> None:
    receipt = memory.ask(WHEN).receipt
    assert receipt
    for one, other, error in (
        ("log.txt", "vendor.md", Invalid),
        ("@3", "log.txt", Invalid),
        (receipt, "log.txt", Invalid),
        (receipt, "", NotFound),
        ("vendor.md@3", "", NotFound),
        ("nothing", "", NotFound),
    ):
        with pytest.raises(error):
            memory.diff(one, other)


def test_history_tells_every_version(memory: Memory) -> None:
    cube = memory.remember("The valve RV-7 is green.").cube
    memory.revise(cube, "The valve RV-7 is red.", "looked again")
    memory.revert("@7")
    first, second, third = memory.history(cube)
    assert [c.since.seq for c in (first, second, third) if c.since] == [6, 7, 8]
    assert [c.until.seq if c.until else 0 for c in (first, second, third)] == [7, 8, 0]
    assert second.since
    assert (second.since.verb, second.since.reason) == ("revise", "looked again")
    assert second.changed
    assert [(s.before, s.after) for s in second.changed.text if not s.same] == [("green", "red")]
    assert third.again
    assert memory.history(cube, as_of=7) == (first, *memory.history(cube, as_of=7)[1:])
    assert len(memory.history(cube, as_of=7)) == 2
    assert memory.history(cube, as_of=7)[1].until is None


def state(memory: Memory, **at: Any) -> Any:
    return {verb: told(READS[verb], memory, **at) for verb in ("find", "search", "ask", "beliefs")}


def test_restore_gives_what_was_and_reverts(memory: Memory) -> None:
    memory.ask(WHEN)
    memory.retract("vendor.md")
    memory.remember("The valve RV-7 is green.")
    before = state(memory)
    preview = memory.restore("@6", dry_run=True)
    assert preview.change is None
    done = memory.restore("@6", reason="a mistake")
    assert done.change
    assert (done.change.verb, done.change.reason) == ("restore", "a mistake")
    assert preview.impact == done.impact
    assert state(memory) == state(memory, as_of=6) != before
    assert len(memory.find([NodeKind.INJECTION])) == 1
    with pytest.raises(Conflict, match="nothing to restore"):
        memory.restore(6)
    memory.revert(done.change.seq)
    assert state(memory) == before
    assert memory.verify().ok


def test_restore_of_one_node_leaves_the_rest(memory: Memory) -> None:
    cube = memory.remember("The valve RV-7 is green.").cube
    before = memory.beliefs()
    memory.revise(cube, "The valve RV-7 is red.")
    memory.remember("Dana Ruiz keeps bees.")
    preview = memory.restore(6, cube, dry_run=True)
    done = memory.restore(6, cube)
    assert preview.impact == done.impact
    words = {b.words for b in memory.beliefs().values()}
    assert {"RV-7 be green", "Dana Ruiz keep bees"} <= words
    assert "RV-7 be red" not in words
    assert before.items() <= memory.beliefs().items()
    memory.retract("vendor.md")
    memory.restore(4, "vendor.md")
    assert before.items() <= memory.beliefs().items()


def test_restore_keeps_a_fact_that_another_passage_states(tmp_path: Path) -> None:
    path, rain = tmp_path / "two.md", "It rains. " * 60
    one, other = "RV-7 is a valve.", "Ada Lume opened the gate G-2."
    path.write_text(f"# One\n\n{one} {rain}\n", "utf-8")
    with opened(tmp_path) as memory:
        memory.ingest(path)
        seq = memory.store().head().seq
        (cube,) = memory.find([NodeKind.MEMCUBE])
        memory.revise(cube.node, other)
        # another passage of the source states what the new wording does, and what the old one did
        path.write_text(f"# One\n\n{one} {rain}\n\n# Two\n\n{other} {one} {rain}\n", "utf-8")
        memory.ingest(path)
        assert len(memory.find([NodeKind.MEMCUBE])) == 3
        before = {b.words for b in memory.beliefs().values()}
        memory.restore(seq, cube.node)
        assert memory.get(cube.node)[0].text.startswith("# One")
        assert {b.words for b in memory.beliefs().values()} == before >= {"Ada Lume open G-2"}
        assert all(b.believed for b in memory.beliefs().values())


def test_restore_says_what_cannot_come_back(memory: Memory) -> None:
    node = memory.resolve("vendor.md")
    gone = Selector(origin=node)
    memory.store().commit(ChangeSet("default", "erase", (Close(gone), Shred(gone))))
    memory.retract("vendor2.md")
    with pytest.raises(Erased, match=f"Source {node[:8]}.*--without-erased"):
        memory.restore(5)
    memory.restore(5, without_erased=True)
    assert memory.store().get(memory.scope(), [node]) == ()
    assert len(memory.find([NodeKind.SOURCE])) == 3


def test_restore_refuses_what_makes_no_sense(memory: Memory) -> None:
    receipt = memory.ask(WHEN).receipt
    assert receipt
    for to, target, error in (
        ("@0", None, NotFound),
        ("@99", None, NotFound),
        ("1999-01-01", None, NotFound),
        ("soon", None, Invalid),
        ("", None, Invalid),
        ("@3", receipt, Invalid),
    ):
        with pytest.raises(error):
            memory.restore(to, target)


def test_log_reads_ranges_and_filters(memory: Memory) -> None:
    cube = memory.remember("The valve RV-7 is green.", reason="walked by").cube

    def seqs(**how: Any) -> list[int]:
        return [change.seq for change in memory.log(how.pop("target", None), **how)]

    assert seqs() == [6, 5, 4, 3, 2, 1]
    assert seqs(limit=2) == [6, 5]
    assert seqs(between="@2..@4") == [4, 3]
    assert seqs(between="@4..") == [6, 5]
    assert seqs(between="..@2", oldest_first=True) == [1, 2]
    assert seqs(verb="remember") == [6]
    assert seqs(grep="WALKED") == [6]
    assert seqs(actor="ann", limit=1) == [6]
    assert seqs(actor="bob") == []
    assert seqs(as_of=3) == [3, 2, 1]
    assert seqs(target=cube) == [6]
    assert seqs(target="log.txt", between="@2..") == []
    day = show(parse("2020-01-01"))[:10]
    assert seqs(between=f"{day}..", limit=1) == [6]
    for wrong in ("@2", "x..y", "@2-@4"):
        with pytest.raises(Invalid):
            seqs(between=wrong)


def test_a_fact_of_two_sources_holds_from_the_earlier(memory: Memory) -> None:
    (fact,) = (b.fact for b in memory.beliefs().values() if b.words.endswith("replace S-88"))
    then = memory.trace(fact, valid_at="2025-03-15")
    assert [s.title for s in then.of_kind(NodeKind.SOURCE)] == ["Work order"]
    assert len(memory.trace(fact).of_kind(NodeKind.SOURCE)) == 2
    down = memory.trace("order.md", Direction.DOWN, valid_at="2025-03-15")
    assert fact in {s.node for s in down.of_kind(NodeKind.FACT)}
    late = memory.trace("vendor2.md", Direction.DOWN, valid_at="2025-03-15")
    assert late.of_kind(NodeKind.FACT) == ()


def test_restoring_to_before_an_erasure_says_what_is_gone(memory: Memory, tmp_path: Path) -> None:
    path = tmp_path / "kept.md"
    path.write_text("The lamp L-2 is green.\n", "utf-8")
    memory.ingest(path)
    store, seq = memory.store(), memory.scope().seq
    node = memory.search("lamp L-2").hits[0].cube.node
    (cube,) = store.get(memory.scope(), [node])
    store.commit(ChangeSet("default", "erase", (Shred(Selector(ids=(cube.id,))),)))
    for target in (None, node):  # it stands open, and is empty
        with pytest.raises(Erased, match="cannot come back whole"):
            memory.restore(seq, target)
    with pytest.raises(Conflict, match="nothing to restore"):
        memory.restore(seq, without_erased=True)
