"""Undoing across comings and goings: parts that were retracted by themselves, sources that came back meanwhile."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

from memcubes.api import Memory
from memcubes.graph.errors import DependsOn, NotFound
from memcubes.graph.snapshot import Snapshot, snapshot
from memcubes.graph.verify import verify

TURNS = (
    "Jordan lives in Brno.",
    "The valve RV-7 failed at 02:10.",
    "The pump P-3 cost 40 crowns.",
)


def chat(folder: Path, *turns: str, name: str = "c.json") -> Path:
    """A dialogue, a passage a turn."""
    path = folder / name
    said = {"messages": [{"role": "user", "content": turn} for turn in turns]}
    path.write_text(json.dumps(said), "utf-8")
    return path


def note(folder: Path, name: str, *lines: str) -> Path:
    """A file of one passage."""
    path = folder / name
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


@pytest.fixture
def memory() -> Iterator[Memory]:
    """An empty memory."""
    with Memory.open("sqlite:///:memory:", user="local:ann", encoder="hashing") as opened:
        yield opened


def seen(memory: Memory) -> Snapshot:
    """Everything there is."""
    memory.retrieval.refresh()
    return snapshot(memory.store(), "local:ann", index=memory.retrieval.index)


def held(memory: Memory) -> list[str]:
    """What is believed."""
    return sorted(b.words for b in memory.beliefs().values() if b.believed)


def fact(memory: Memory, words: str) -> str:
    """The fact that says this."""
    return next(b.fact for b in memory.beliefs().values() if words in b.words)


def cube(memory: Memory, words: str) -> str:
    """The passage that says this."""
    return next(h.cube.node for h in memory.search(words).hits if words in h.cube.text)


def retracted(memory: Memory, target: str) -> int:
    """Retract, and say at which sequence."""
    change = memory.retract(target).change
    assert change is not None
    return change.seq


@pytest.mark.parametrize(
    ("what", "back", "first"),
    list(product(["passage", "fact"], ["revert", "reinstate"], ["source", "part"])),
)
def test_a_part_and_its_source_come_back_in_either_order(
    memory: Memory, tmp_path: Path, what: str, back: str, first: str
) -> None:
    path = chat(tmp_path, *TURNS)
    memory.ingest(path)
    before = seen(memory)
    part = retracted(memory, cube(memory, "Jordan") if what == "passage" else fact(memory, "Brno"))
    without = seen(memory)
    source = retracted(memory, "c.json")

    def bring() -> None:
        if back == "revert":
            tried = memory.revert(source, dry_run=True).impact
            done = memory.revert(source)
            assert done.impact == tried
        else:
            assert memory.ingest(path, reinstate=True).ok

    if first == "source":
        bring()
        assert not without.difference(seen(memory))
        tried = memory.revert(part, dry_run=True).impact
        assert memory.revert(part).impact == tried
    else:
        memory.revert(part)
        bring()
    assert not before.difference(seen(memory))
    assert memory.ingest(path).unchanged
    assert verify(memory.store().engine).ok


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_passages_that_went_one_by_one_come_back_in_either_order(
    memory: Memory, tmp_path: Path, order: tuple[int, int]
) -> None:
    memory.ingest(chat(tmp_path, *TURNS[:2]))
    before = seen(memory)
    gone = [retracted(memory, cube(memory, words)) for words in ("Jordan", "RV-7")]
    assert held(memory) == []
    for place in order:
        memory.revert(gone[place])
    assert not before.difference(seen(memory))


def test_a_fact_that_its_file_dropped_and_says_again_comes_back(
    memory: Memory, tmp_path: Path
) -> None:
    memory.ingest(note(tmp_path, "a.md", *TURNS[:2]))
    before = seen(memory)
    gone = retracted(memory, fact(memory, "02:10"))
    for lines in (TURNS[:1], TURNS[:2]):
        memory.ingest(note(tmp_path, "a.md", *lines))
        assert held(memory) == ["Jordan live in Brno"]
    memory.revert(gone)
    assert not before.difference(seen(memory))


@pytest.mark.parametrize("way", ["revert", "reinstate", "restore", "read again"])
def test_what_was_retracted_stays_so_however_a_source_comes_back(
    memory: Memory, tmp_path: Path, way: str
) -> None:
    valve, other = TURNS[1], "Keller was promoted by Orrin Bank."
    memory.ingest(note(tmp_path, "a.md", valve, TURNS[0]), note(tmp_path, "b.md", valve, other))
    both = held(memory)
    if way == "read again":
        memory.ingest(note(tmp_path, "b.md", other))
        away = memory.scope().seq
    else:
        away = retracted(memory, "b.md")
    decided = retracted(memory, fact(memory, "02:10"))
    if way == "reinstate":
        memory.ingest(tmp_path / "b.md", reinstate=True)
    elif way == "restore":
        memory.restore(away - 1, "b.md")
    else:
        memory.revert(away)
    assert held(memory) == ["Jordan live in Brno", "Keller be promoted by Orrin Bank"]
    memory.revert(decided)
    assert held(memory) == both
    (belief,) = (b for b in memory.beliefs().values() if "02:10" in b.words)
    assert len(belief.sources) == 2


def test_a_wording_that_still_says_what_was_retracted_does_not_bring_it_back(
    memory: Memory, tmp_path: Path
) -> None:
    memory.ingest(note(tmp_path, "a.md", TURNS[1], TURNS[0]))
    decided = retracted(memory, fact(memory, "02:10"))
    node = cube(memory, "Jordan")
    memory.revise(node, memory.get(node)[0].text.replace("Brno", "Linz"))
    assert held(memory) == ["Jordan live in Linz"]
    memory.revert(decided)  # the new wording says it too
    assert held(memory) == ["Jordan live in Linz", "RV-7 fail at 02:10"]
    trace = memory.trace(fact(memory, "02:10"))
    assert {q.text for join in trace.joins for q in join.quotes} >= {TURNS[1]}


def test_a_fact_does_not_come_back_to_a_passage_that_no_longer_says_it(
    memory: Memory, tmp_path: Path
) -> None:
    memory.ingest(note(tmp_path, "a.md", TURNS[1]))
    node, decided = cube(memory, "RV-7"), retracted(memory, fact(memory, "02:10"))
    memory.revise(node, "Tea is hot.")
    memory.revert(decided)
    assert held(memory) == ["Tea be hot"]
    assert verify(memory.store().engine).ok


def test_restoring_a_fact_takes_back_what_was_decided_against_it(
    memory: Memory, tmp_path: Path
) -> None:
    memory.ingest(note(tmp_path, "a.md", *TURNS[:2]))
    seq, node = memory.scope().seq, fact(memory, "02:10")
    before = seen(memory)
    memory.retract(node)
    memory.restore(seq, node)
    assert not before.difference(seen(memory))


def test_all_that_stands_in_the_way_is_named_and_undone_in_that_order(
    memory: Memory, tmp_path: Path
) -> None:
    for time in ("02:10", "03:33", "04:44", "05:55"):
        memory.ingest(note(tmp_path, "a.md", f"The valve RV-7 failed at {time}."))
    with pytest.raises(DependsOn, match="undo @5, @4, @3 first") as refused:
        memory.revert(2)
    assert refused.value.sequences == (5, 4, 3)
    for seq in (*refused.value.sequences, 2):
        memory.revert(seq)
    assert held(memory) == []


def test_what_is_named_is_never_an_undoing(memory: Memory, tmp_path: Path) -> None:
    def read(text: str, *, reinstate: bool = False) -> int:
        memory.ingest(note(tmp_path, "a.md", text), reinstate=reinstate)
        return memory.scope().seq

    read(TURNS[1])
    first = seen(memory)
    gone = retracted(memory, "a.md")
    second = read("The valve RV-7 failed at 07:40.", reinstate=True)
    third = read("The valve RV-7 failed at 09:00.")
    memory.revert(third)
    with pytest.raises(DependsOn) as refused:
        memory.revert(gone)
    assert refused.value.sequences == (second,)
    memory.revert(second)
    memory.revert(gone)
    assert not first.difference(seen(memory))


def test_names_that_were_told_apart_while_what_joined_them_was_away_stay_apart(
    memory: Memory, tmp_path: Path
) -> None:
    memory.ingest(
        note(tmp_path, "a.md", "Maria Keller met Ada Finch in Brno."),
        note(tmp_path, "b.md", "Orrin Bank was founded in 1921."),
    )
    memory.merge(["Maria Keller", "Orrin Bank"])
    memory.merge(["Orrin Bank", "Ada Finch"])
    gone = retracted(memory, "b.md")
    apart = memory.distinguish(["Maria Keller", "Ada Finch"]).change
    assert apart is not None
    with pytest.raises(DependsOn) as refused:
        memory.revert(gone)
    assert refused.value.sequences == (apart.seq,)


def test_versions_of_one_source_are_compared(memory: Memory, tmp_path: Path) -> None:
    for day in ("01", "05"):
        memory.ingest(note(tmp_path, "a.md", f"Date: 2025-01-{day}", "", TURNS[1]))
    memory.ingest(note(tmp_path, "b.md", "Date: 2025-02-01", "", TURNS[1]))
    node = fact(memory, "02:10")
    for one, other in ((node, ""), (f"{node}@2", f"{node}@4")):
        found = memory.diff(one, other)
        assert found.before.origin == found.after.origin  # type: ignore[union-attr]
        assert not found.empty
    memory.retract("a.md")
    with pytest.raises(NotFound, match="different sources"):
        memory.diff(f"{node}@3", f"{node}@5")


def test_a_change_says_stale_only_of_what_was_usable(memory: Memory, tmp_path: Path) -> None:
    memory.ingest(
        note(tmp_path, "a.md", TURNS[1]), note(tmp_path, "b.md", "The valve RV-7 is red.")
    )
    receipt = memory.ask("What of the valve RV-7?").receipt
    first = retracted(memory, "b.md")
    second = retracted(memory, "a.md")
    assert receipt in memory.impact(f"@{first}").stale
    assert receipt not in memory.impact(f"@{second}").stale
    done = memory.restore(second - 1)  # one comes back, and the other does not
    assert receipt not in done.impact.stale


def test_a_far_date_stops_nothing(memory: Memory, tmp_path: Path) -> None:
    files = [
        note(tmp_path, "a.md", TURNS[0]),
        note(tmp_path, "b.md", "Date: 1600-01-01", "", TURNS[1]),
        note(tmp_path, "c.md", TURNS[2]),
    ]
    report = memory.ingest(*files)
    assert (report.failed, len(report.added)) == ([], 3)
    (remark,) = report.notes
    assert remark.startswith("b.md has a date before 1684 or after 2255")
    assert len(held(memory)) == 3


@pytest.mark.parametrize("how", ["dropped", "retracted", "revised", "revised and read again"])
def test_a_correction_goes_with_the_passage_that_makes_it(
    memory: Memory, tmp_path: Path, how: str
) -> None:
    correcting = "Correction: the valve RV-7 failed at 07:40, not 02:10."
    plain = "The valve RV-7 failed at 07:40."
    memory.ingest(note(tmp_path, "d.md", TURNS[1]), chat(tmp_path, correcting, plain, TURNS[0]))
    assert [b.words for b in memory.beliefs().values() if b.status == "superseded"] == [
        "RV-7 fail at 02:10"
    ]
    head = memory.scope().seq
    if how == "dropped":
        memory.ingest(chat(tmp_path, plain, TURNS[0]))
    elif how == "retracted":
        memory.retract(cube(memory, "Correction"))
    else:
        memory.revise(cube(memory, "Correction"), "Nothing else happened.")
    if how == "revised and read again":
        memory.ingest(chat(tmp_path, correcting, plain, TURNS[0].replace("Brno", "Linz")))
    assert {w for w in held(memory) if "RV-7" in w} == {"RV-7 fail at 02:10", "RV-7 fail at 07:40"}
    for seq in range(memory.scope().seq, head, -1):
        memory.revert(seq)
    assert {w for w in held(memory) if "RV-7" in w} == {"RV-7 fail at 07:40"}


@pytest.mark.parametrize("part", ["passage", "fact"])
def test_what_a_file_stopped_saying_while_it_was_retracted_does_not_come_back(
    memory: Memory, tmp_path: Path, part: str
) -> None:
    memory.ingest(chat(tmp_path, *TURNS))
    decided = retracted(
        memory, cube(memory, "Jordan") if part == "passage" else fact(memory, "Brno")
    )
    memory.revert(
        retracted(memory, "c.json")
    )  # the source came back, what it says of that part too
    memory.ingest(chat(tmp_path, *TURNS[1:]))
    memory.revert(decided)
    after = seen(memory)
    with Memory.open("sqlite:///:memory:", user="local:ann", encoder="hashing") as fresh:
        fresh.ingest(tmp_path / "c.json")
        assert not after.difference(seen(fresh))


def test_whoever_says_again_what_was_retracted_is_told_so(memory: Memory, tmp_path: Path) -> None:
    memory.ingest(note(tmp_path, "a.md", *TURNS[:2]))
    decided = retracted(memory, fact(memory, "02:10"))
    assert memory.remember(TURNS[2]).notes == ()
    done = memory.remember(TURNS[1])
    (said,) = done.notes
    assert said.startswith(f"'RV-7 fail at 02:10' was retracted at @{decided} and is stated again")
    assert done.change is not None
    assert done.change.note is not None
    assert done.change.note["despite"] == [fact(memory, "02:10")]
    assert "RV-7 fail at 02:10" in held(memory)
    memory.retract(fact(memory, "02:10"))
    assert "RV-7 fail at 02:10" not in held(memory)
