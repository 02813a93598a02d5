"""Turns of a dialogue change places by who spoke when, and what stood beside them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from memcubes.api.memory import Memory
from memcubes.graph import Author, Authority, ChangeSet, EdgeKind, NodeKind, Open
from memcubes.query import turn
from memcubes.query.cube_filter import CubeFilter
from memcubes.query.recipe import TURNS, Recipe
from memcubes.query.speaker import names

MAY = 1_683_500_000_000_000
JUNE = MAY + 31 * 86_400_000_000
TALK = [
    ("Ann", "What did you do after the concert?", MAY),
    ("Ben", "I walked home along the river.", MAY),
    ("Ann", "How was the concert itself?", JUNE),
    ("Ben", "The band played three songs and left.", JUNE),
    ("Ann", "I bought a red bicycle.", JUNE),
    ("Ben", "A bicycle is what I want too.", JUNE),
]


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Memory]:
    folder = tmp_path
    talk = [
        {
            "speaker": who,
            "text": said,
            "timestamp": datetime.fromtimestamp(at / 1e6, UTC).isoformat(),
        }
        for who, said, at in TALK
    ]
    (folder / "talk.json").write_text(json.dumps(talk), "utf-8")
    (folder / "note.md").write_text(
        "# Bicycles\n\nA red bicycle is for sale in the shop.\n", "utf-8"
    )
    with Memory.open(folder / "memory.db", user="local:ann", encoder="hashing") as made:
        report = made.ingest(folder / "talk.json", folder / "note.md")
        assert not report.failed
        yield made


def said(memory: Memory, question: str) -> list[str]:
    return [hit.cube.text for hit in memory.search(question, limit=10).hits]


def added(memory: Memory, question: str) -> dict[str, dict[str, float]]:
    """What each turn was ordered by."""
    hits = memory.search(question, limit=10).hits
    return {hit.cube.text: dict(hit.added) for hit in hits if hit.cube.get("speaker")}


def test_an_answer_comes_up_with_the_question_before_it(memory: Memory) -> None:
    found = added(memory, "What did Ben do after the concert?")
    # it shares no word with the question: the turn before it does, and asks
    answer = found["I walked home along the river."]
    assert answer["turn_answers"] > 0
    assert answer["turn_before"] > 0
    assert "turn_answers" not in found["What did you do after the concert?"]
    assert found["What did you do after the concert?"]["turn_asks"] == TURNS["asks"]


def test_the_speaker_who_is_named_counts(memory: Memory) -> None:
    mine, theirs = "I bought a red bicycle.", "A bicycle is what I want too."
    one = added(memory, "What does Ann say of a bicycle?")
    assert one[mine]["turn_speaker"] == TURNS["speaker"]
    assert "turn_speaker" not in one[theirs]
    # neither, or both: a half for everybody
    for question in ("Who wants a bicycle?", "Do Ann and Ben want a bicycle?"):
        both = added(memory, question)
        assert {both[text]["turn_speaker"] for text in (mine, theirs)} == {TURNS["speaker"] / 2}


def test_a_speaker_is_named_where_no_spaces_part_the_words(tmp_path: Path) -> None:
    talk = [
        {"speaker": "小明", "text": "我昨天在上海买了一辆红色的自行车。"},
        {"speaker": "小红", "text": "我上周在北京买了一辆蓝色的自行车。"},
    ]
    (tmp_path / "talk.json").write_text(json.dumps(talk), "utf-8")
    with Memory.open(tmp_path / "zh.db", user="local:ann", encoder="hashing") as made:
        made.ingest(tmp_path / "talk.json")
        spoken = {
            hit.cube.get("speaker"): hit.added.get("turn_speaker")
            for hit in made.search("小红买了什么自行车？").hits
        }
    assert spoken == {"小红": TURNS["speaker"], "小明": None}


def test_turns_are_measured_beside_the_names_of_speakers(memory: Memory) -> None:
    """Who is named speaks: what is said to them by name is no nearer for it."""
    named = added(memory, "What did Ann say of a bicycle?")
    bare = added(memory, "What did say of a bicycle?")
    for text in bare:
        assert named[text]["turn_dense"] == bare[text]["turn_dense"]
        assert named[text].get("turn_sentence") == bare[text].get("turn_sentence")
        assert named[text].get("turn_near") == bare[text].get("turn_near")
    memory.retrieval.operator.recipe = Recipe().without(["speakers"])
    whole = added(memory, "What did Ann say of a bicycle?")
    assert any(whole[text]["turn_dense"] != bare[text]["turn_dense"] for text in bare)


def test_turns_stand_alike_where_vectors_are_sketched_first(
    memory: Memory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is put in order has been compared."""
    question = "What does Ann say of a bicycle?"
    exact = added(memory, question)
    monkeypatch.setenv("MEMCUBES_EXACT_VECTORS", "1")
    with Memory.open(tmp_path / "memory.db", user="local:ann", encoder="hashing") as again:
        assert added(again, question) == exact


def test_a_question_in_chinese_finds_what_its_speaker_said(tmp_path: Path) -> None:
    """Who is spoken to is named; the answer names nobody."""
    talk = [
        {"speaker": "小红", "text": "小明，小明，小明！你好！"},
        {"speaker": "小明", "text": "小红，晚上好。"},
        {"speaker": "小红", "text": "小明，小明，天气真好。"},
        {"speaker": "小明", "text": "我买的是一本小说。"},
    ]
    (tmp_path / "talk.json").write_text(json.dumps(talk), "utf-8")
    with Memory.open(tmp_path / "zh.db", user="local:ann", encoder="hashing") as made:
        made.ingest(tmp_path / "talk.json")
        hits = made.search("小明买了什么书？", limit=4).hits
    assert hits[0].cube.text == "我买的是一本小说。"


def test_what_is_like_the_first_turns_comes_up_where_the_named_one_speaks(memory: Memory) -> None:
    found = added(memory, "What does Ann say of a bicycle?")
    # cosines are at most 1; the other speaker has no part in it
    mine = found["I bought a red bicycle."]["turn_alike"]
    assert 0 < mine <= TURNS["alike"]
    assert "turn_alike" not in found["A bicycle is what I want too."]


@pytest.mark.parametrize(
    ("speaker", "named"),
    [
        ("Ann Hill", True),
        ("ANN", True),
        ("An", False),
        ("A.*n", False),
        (" \t", False),
        ("(", False),
    ],
)
def test_a_speaker_is_named_by_a_word_of_its_own(speaker: str, named: bool) -> None:
    assert names("What did Ann buy?", speaker) is named


def test_the_parts_order_the_turns(memory: Memory) -> None:
    sums = [sum(parts.values()) for parts in added(memory, "Who bought a bicycle?").values()]
    assert sums == sorted(sums, reverse=True)


def test_the_month_that_is_named_counts(memory: Memory) -> None:
    (june, *_) = said(memory, "What was said about the concert in June 2023?")
    assert june in {text for _, text, at in TALK if at == JUNE}
    (may, *_) = said(memory, "What was said about the concert in May 2023?")
    assert may in {text for _, text, at in TALK if at == MAY}


def test_turns_that_a_tag_picks_out_are_ordered_too(
    memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However far down the others put them."""
    question = "What did you do after the concert?"
    last = [hit.cube for hit in memory.search(question, limit=10).hits if hit.cube.get("speaker")][
        -2:
    ]
    store, ns = memory.store(), memory.scope().ns
    tag = store.name(ns, NodeKind.TAG, "late")
    author = Author(ns, store.name(ns, NodeKind.NAMESPACE, ns).id, Authority.CURATED, 0)
    ops = [
        Open(author.version(NodeKind.TAG, tag.id, {"name": "late"}, key=tag.key)),
        *(Open(author.edge(EdgeKind.TAGGED, cube.node, tag.id)) for cube in last),
    ]
    store.commit(ChangeSet(ns=ns, verb="tag", ops=tuple(ops)))
    monkeypatch.setattr(turn, "CANDIDATES", 2)
    operator = memory.retrieval.operator
    hits = operator.search(memory.scope(), question, where=CubeFilter.of(tags="late")).hits
    assert {hit.cube.node for hit in hits} == {cube.node for cube in last}
    assert all(any(name.startswith("turn_") for name in hit.added) for hit in hits)


def test_turns_change_places_among_themselves_only(memory: Memory) -> None:
    """The places that turns hold are the same with the step and without; what is no turn stays."""
    operator, question = memory.retrieval.operator, "Who has a red bicycle?"
    with_turns = memory.search(question, limit=10).hits
    operator.recipe = Recipe().without(["turns"])
    bare = memory.search(question, limit=10).hits

    def speakers(hits: object) -> list[bool]:
        return [bool(hit.cube.get("speaker")) for hit in hits]  # type: ignore[attr-defined]

    assert speakers(with_turns) == speakers(bare)
    assert {hit.cube.node for hit in with_turns} == {hit.cube.node for hit in bare}
    assert [hit.score for hit in with_turns] == pytest.approx([hit.score for hit in bare])
    note = next(hit for hit in with_turns if not hit.cube.get("speaker"))
    assert not any(name.startswith("turn_") for name in note.added)
    turn = next(hit for hit in with_turns if hit.cube.get("speaker"))
    assert any(name.startswith("turn_") for name in turn.added)
