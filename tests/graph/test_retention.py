"""Policies: the table, what a file says otherwise, and what is due when."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memcubes.graph import Author, Authority, ChangeSet, GuardedStore, NodeKind, Open, Payload
from memcubes.graph.change import MOST_OPERATIONS
from memcubes.graph.digest import new_node_id
from memcubes.graph.errors import Invalid, Unreadable
from memcubes.graph.instant import now
from memcubes.graph.lifecycle import MOST_CUBES, Move, State
from memcubes.graph.retention import DAY, POLICIES, Policy, Sweep, read_policies
from memcubes.graph.sqlite import SqliteStore
from memcubes.ingest.passage import Granularity

# Each type with the days after which it is archived, then expired; None is never.
TABLE: dict[str, tuple[int | None, int | None]] = {
    "preference": (None, None),
    "fact": (None, None),
    "technical detail": (None, None),
    "profile": (None, None),
    "core block": (None, None),
    "skill": (None, None),
    "tool": (None, None),
    "prompt template": (None, None),
    "document": (None, None),
    "episode": (730, None),
    "progress": (30, 365),
    "summary": (None, None),
}


@pytest.fixture
def store() -> Iterator[GuardedStore]:
    store = GuardedStore(SqliteStore(None), "ann")
    store.commit(ChangeSet(ns="a", verb="begin", ops=()))
    yield store
    store.close()


def put(store: GuardedStore, kind: str | None, state: str = "activated", **header: object) -> str:
    """A cube of a semantic type, in force from now on."""
    node = new_node_id()
    fields = {"state": state, **({"semantic_type": kind} if kind else {}), **header}
    author = Author("a", node, Authority.ASSERTED, 0)
    version = author.version(NodeKind.MEMCUBE, node, fields, payload=Payload.of("tea"))
    store.commit(ChangeSet(ns="a", verb="remember", ops=(Open(version),)))
    return node


def due(store: GuardedStore, at: int, **more: Policy) -> dict[str, str]:
    """What is due at an instant, by node."""
    sweep = Sweep(store, store.scope("a"), at, {**POLICIES, **more})
    return {cube.node: str(move) for cube, move in sweep.due}


def test_every_type_has_its_policy() -> None:
    assert {name: (p.archive_after, p.expire_after) for name, p in POLICIES.items()} == TABLE


def test_the_page_tells_the_table_as_it_is() -> None:
    page = (Path(__file__).parents[2] / "docs" / "lifecycle.md").read_text("utf-8")

    def told(days: int | None) -> str:
        return "never" if days is None else f"{days} days"

    rows = [
        f"| {name} | {told(p.archive_after)} | {told(p.expire_after)} | {p.words} | {p.whole} | {p.longest} "
        f"| {f'{p.summary} {p.gist}' if p.summary else 'none'} |"
        for name, p in POLICIES.items()
    ]
    assert [row for row in rows if row not in page] == []


def test_a_document_is_cut_as_ingest_cuts_it() -> None:
    cut, policy = Granularity(), POLICIES["document"]
    assert (cut.words, cut.whole, cut.longest) == (policy.words, policy.whole, policy.longest)


@pytest.mark.parametrize("name", POLICIES)
def test_every_granularity_is_one_that_ingest_can_cut_by(name: str) -> None:
    policy = POLICIES[name]
    assert Granularity(policy.words, policy.whole, policy.longest)


@pytest.mark.parametrize("name", [*TABLE, None, "of their own"])
def test_each_type_is_archived_and_expired_when_its_days_are_over(
    store: GuardedStore, name: str | None
) -> None:
    active, stored = put(store, name), put(store, name, "archived")
    archive, expire = TABLE.get(name or "", (None, None))
    at = now()
    for days in (29, 31, 364, 366, 729, 731, 100_000):
        expected: dict[str, str] = {}
        if archive is not None and days >= archive:
            expected[active] = "archive"
        if expire is not None and days >= expire:
            expected[stored] = "expire"
        assert due(store, at + days * DAY) == expected, days


@given(
    st.sampled_from(list(State)),
    st.one_of(st.none(), st.integers(1, 9)),
    st.one_of(st.none(), st.integers(1, 9)),
    st.integers(0, 10),
)
def test_a_policy_moves_only_forward_and_only_when_due(
    state: State, archive: int | None, expire: int | None, gone: int
) -> None:
    policy = Policy(archive, expire)
    move = policy.due(state, {days: gone >= days for days in policy.days})
    if move is Move.ARCHIVE:
        assert state is State.ACTIVATED
        assert archive is not None
        assert gone >= archive
    elif move is Move.EXPIRE:
        assert expire is not None
        assert gone >= expire
        assert state is State.ARCHIVED or (state is State.ACTIVATED and archive is None)
    else:
        assert move is None
        assert state in (State.GENERATED, State.EXPIRED) or all(
            gone < days for days in policy.days[:1] if state is State.ACTIVATED
        )


def test_its_own_date_goes_before_the_policy(store: GuardedStore) -> None:
    at = now()
    soon, later = put(store, "progress", expires=at + DAY), put(store, "fact", expires=at + 2 * DAY)
    stored = put(store, "fact", "archived", expires=at + DAY)
    put(store, "fact", "generated", expires=at)
    put(store, "fact", "expired", expires=at)
    put(store, "fact", "of its own", expires=at)
    assert due(store, at) == {}
    assert due(store, at + DAY) == {soon: "expire", stored: "expire"}
    assert due(store, at + 2 * DAY)[later] == "expire"


def test_the_days_begin_anew_with_whatever_was_done_to_a_cube(store: GuardedStore) -> None:
    node = put(store, "progress")
    assert due(store, now() + 31 * DAY) == {node: "archive"}
    assert due(store, now() + 31 * DAY, progress=Policy(archive_after=32)) == {}
    assert due(store, now() + 31 * DAY, progress=Policy(expire_after=31)) == {node: "expire"}


def test_a_hold_keeps_a_cube_from_it_and_is_reported(store: GuardedStore) -> None:
    held = put(store, "progress", hold="frozen")
    put(store, "fact", hold="legal")
    sweep = Sweep(store, store.scope("a"), now() + 31 * DAY)
    assert ([v.node for v in sweep.held], sweep.due, list(sweep.parts())) == ([held], (), [])


def test_what_is_due_comes_in_changes_of_a_size_that_a_log_takes(
    store: GuardedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert MOST_CUBES + 2 == MOST_OPERATIONS
    monkeypatch.setattr("memcubes.graph.retention.MOST_CUBES", 3)
    nodes = {put(store, "progress") for _ in range(7)}
    sweep = Sweep(store, store.scope("a"), now() + 31 * DAY)
    parts = [(part, change) for part, change in sweep.parts()]
    assert [len(part) for part, _ in parts] == [3, 3, 1]
    assert [len(change.ops) for _, change in parts] == [5, 4, 2]  # the first one names the agent
    assert {cube.node for part, _ in parts for cube, _ in part} == nodes


def test_a_file_says_otherwise(tmp_path: Path) -> None:
    file = tmp_path / "policy.toml"
    file.write_text(
        '[progress]\nexpire_after = "never"\narchive_after = 7\n[recipe]\nexpire_after = 9\nwords = 50\n'
        'summary = 2\ngist = "latest"\n[episode]\nsummary = 0\n'
    )
    found = read_policies(file)
    assert found["progress"] == Policy(7, None, words=60, whole=120, summary=1, gist="latest")
    assert found["recipe"] == Policy(None, 9, words=50, summary=2, gist="latest")
    assert found["episode"] == Policy(archive_after=730, words=60)
    told = {"progress", "episode"}
    assert {name: found[name] for name in POLICIES if name not in told} == {
        name: policy for name, policy in POLICIES.items() if name not in told
    }


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[episode]\narchive = 3\n", "no 'archive': it has archive_after, expire_after"),
        ("[episode]\narchive_after = 0\n", "at least one day"),
        ("[episode]\narchive_after = 1.5\n", "a whole number, or"),
        ("[episode]\narchive_after = true\n", "a whole number"),
        ('[episode]\nwords = "never"\n', "words is a whole number, not 'never'"),
        ("[episode]\nwords = 500\n", "words <= longest"),
        ("episode = 3\n", "a policy is a table"),
        ("[episode]\nsummary = -1\n", r"0 \(none\) to 20 sentences, not -1"),
        ("[episode]\nsummary = 21\n", r"0 \(none\) to 20 sentences, not 21"),
        ("[episode]\nsummary = true\n", "summary is a whole number, not True"),
        ('[episode]\nsummary = "never"\n', "summary is a whole number, not 'never'"),
        ('[episode]\ngist = "best"\n', "gist is one of central, latest, not 'best'"),
        ("[episode]\ngist = 3\n", "gist is one of central, latest, not '3'"),
    ],
)
def test_a_file_that_is_wrong_says_where(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "policy.toml"
    file.write_text(text)
    with pytest.raises(Invalid, match=says) as refused:
        read_policies(file)
    assert str(refused.value).startswith(f"{file}, table [episode]: ")


@pytest.mark.parametrize("text", [b"[episode\n", b"\xff\xfe"])
def test_a_file_that_is_no_toml_is_unreadable(tmp_path: Path, text: bytes) -> None:
    file = tmp_path / "policy.toml"
    file.write_bytes(text)
    with pytest.raises(Unreadable, match="no TOML"):
        read_policies(file)
    with pytest.raises(Unreadable, match="cannot be read"):
        read_policies(tmp_path / "missing.toml")


def test_a_version_knows_its_type() -> None:
    """The field that policies go by is the one that ingest writes."""
    from memcubes.ingest.statement import read_statement

    assert read_statement("Ann likes tea.", "u", speaker="ann", stated=0).semantic_type in POLICIES
