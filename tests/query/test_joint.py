"""Several namespaces are walked as the one graph that somebody else draws of them."""

from __future__ import annotations

from dataclasses import replace

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from memcubes.graph import NodeKind, Scope, Version
from memcubes.graph.errors import Invalid
from memcubes.graph.index.bond import Bond
from memcubes.graph.index.encoders import load_encoder
from memcubes.graph.index.folding import names_of
from memcubes.graph.index.graph_index import GraphIndex
from memcubes.graph.index.joined_view import JoinedView, called, shared_names
from memcubes.graph.supersession.link import Verdict
from memcubes.ingest.extraction import normalise
from memcubes.query.joint import Joint
from memcubes.query.memoperator import MemOperator
from memcubes.query.network import network
from memcubes.query.recipe import Recipe
from memcubes.query.walk import personalised_pagerank

from ..graph.index.bookshelf import ANN, BOB, Bookshelf
from .test_walk import FLAT, RECIPE, crowded, drawn_of

NAMES = ("Ada Hill", "Tom Reed", "Curtis Bern", "Eva Moon", "Bonn", "Ulm", "Kiel", "Trier")


def two(seed: int) -> tuple[Bookshelf, Bookshelf]:
    """Two crowded namespaces in one store; in the first Ada Hill is Eva Moon."""
    one = crowded(seed)
    other = Bookshelf(ns="other", store=one.store)
    for number, text in enumerate(
        (
            "With Ada Hill went Eva Moon to Bonn. In Bonn was Tom Reed.",
            "Once Tom Reed saw Curtis Bern.",
            "Then Eva Moon left Ulm.",
            "Nobody met Otto Lang in Jena.",
        )
    ):
        other.add(f"{number}.md", text, "After that came Ada Hill.", subject=NAMES[number])
    other.share()
    return one, other


def key_of(version: Version) -> str | None:
    """What the shelves name their entities by."""
    return str(version.get("name")).lower()


def joint_of(*shelves: Bookshelf, recipe: Recipe = RECIPE, who: str = ANN) -> Joint:
    """A joint search of shelves."""
    encoder = load_encoder("hashing")
    operators = {}
    for shelf in shelves:
        store = shelf.as_(who)
        operators[shelf.ns] = MemOperator(store, GraphIndex(store, encoder), encoder, recipe)
    return Joint(operators, key_of)


def joined(joint: Joint, scopes: list[Scope]) -> JoinedView:
    """Its joined view."""
    views = tuple(joint.operators[scope.ns].index.view(scope) for scope in scopes)
    return joint._view_of(views, scopes)


@pytest.mark.parametrize("recipe", [RECIPE, FLAT])
@pytest.mark.parametrize("viewer", [ANN, BOB])
def test_the_joint_walk_equals_networkx_on_the_joined_graph(recipe: Recipe, viewer: str) -> None:
    one, other = two(1)
    shelves = [other, one]  # in the order of their names: other, shelf
    scopes = [shelf.as_(viewer).scope(shelf.ns) for shelf in shelves]
    view = joined(joint_of(*shelves, recipe=recipe, who=viewer), scopes)
    net = network(view, recipe)

    # "ada hill" comes before "eva moon", so it joins the shelf's group of both; Eva Moon of the other one stays
    # by herself, or else she would be Ada Hill there
    called_by: dict[str, str] = {}
    for name in (*NAMES, "Otto Lang", "Jena"):
        for shelf in shelves:
            called_by[shelf.entity(name)] = name
    called_by[one.entity("Eva Moon")] = "Ada Hill"
    called_by[other.entity("Eva Moon")] = "Eva Moon of the other"
    graph = drawn_of(
        [(s, scope, called_by.__getitem__) for s, scope in zip(shelves, scopes, strict=True)],
        recipe,
    )
    ids = [view.node(i) for i in range(view.size)]
    ids += [called_by[view.entity(i)] for i in range(view.adjacency.groups)]
    assert len(set(ids)) == len(ids)
    reset = np.random.default_rng(5).random(net.size) * [node in graph for node in ids]
    expected = nx.pagerank(
        graph,
        alpha=recipe.damping,
        personalization=dict(zip(ids, reset.tolist(), strict=True)),
        max_iter=1000,
        tol=1e-15,
    )
    mass = personalised_pagerank(net, reset, recipe.damping, tolerance=1e-14)
    assert set(graph) <= set(ids)
    found = dict(zip(ids, mass.tolist(), strict=True))
    assert max(abs(found[node] - expected[node]) for node in expected) < 1e-8
    # and every part of the view tells of the same nodes
    for group in range(view.adjacency.groups):
        passages = np.flatnonzero(view.adjacency.mentions[:, [group]].toarray().ravel())
        passages = np.union1d(passages, net.tf.tocsc()[:, [group]].nonzero()[0])
        assert view.naming(group).tolist() == passages.tolist()
    (tom,) = view.named("tom reed")
    assert called_by[view.entity(tom)] == "Tom Reed"
    one.close()


def test_a_way_leads_from_one_namespace_into_another() -> None:
    one = Bookshelf()
    other = Bookshelf(ns="other", store=one.store)
    one.add("a.md", "With Ada Hill lived Tom Reed.")
    one.add("b.md", "Nothing was said about pumps.")
    other.add("a.md", "At chess sat Ada Hill.", "Rain fell on Ulm.")
    joint = joint_of(other, one, recipe=Recipe())
    scopes = [other.scope(), one.scope()]
    found = joint.together(scopes, "Who sat beside the friend of Tom Reed?")
    assert found.namespaces == ("other", "shelf")
    assert found.visible == found.total == 4
    chess = next(hit for hit in found.hits if "chess" in hit.cube.text)
    assert chess.namespace == "other"
    # by the passage of the first namespace, and Ada Hill, whom both know
    assert [step.label for step in chess.path] == ["Tom Reed", "a.md", "Ada Hill", "a.md"]
    # by itself the other namespace knows no Tom Reed
    alone = joint.operators["other"].search(other.scope(), "Who sat beside the friend of Tom Reed?")
    assert not alone.named
    assert [name.text for name in found.named] == ["Tom Reed"]
    pages = [found.hits[:0]]
    after = None
    for _ in range(4):
        page = joint.together(
            scopes, "Who sat beside the friend of Tom Reed?", limit=1, after=after
        )
        pages.append(page.hits)
        after = page.after
    assert [hit.cube.node for page in pages for hit in page] == [h.cube.node for h in found.hits]
    assert after is None
    one.close()


def test_what_a_viewer_may_not_read_is_not_walked() -> None:
    one, other = two(2)
    hidden = other.node(NodeKind.SOURCE, "0.md")
    other.grant("local:cleo", hidden)
    scopes = [shelf.as_(BOB).scope(shelf.ns) for shelf in (other, one)]
    joint = joint_of(other, one, who=BOB)
    found = joint.together(scopes, "Who went with Ada Hill to Bonn?", limit=50)
    assert found.visible == sum(
        joint.operators[scope.ns].index.view(scope).size for scope in scopes
    )
    assert hidden not in {hit.cube.origin for hit in found.hits}
    assert {hit.namespace for hit in found.hits} == {"other", "shelf"}
    one.close()


def test_a_change_in_either_namespace_counts_in_the_next_search() -> None:
    one, other = two(3)
    joint = joint_of(other, one)
    question = "Did Otto Lang live in Kiel?"
    scopes = [other.scope(), one.scope()]
    first = joint.together(scopes, question)
    assert joint.together(scopes, question) == first
    one.add("new.md", "In Kiel lived Otto Lang.")
    texts = [h.cube.text for h in joint.together([other.scope(), one.scope()], question).hits]
    assert "In Kiel lived Otto Lang." in texts[:2]
    assert joint.together(scopes, question) == first  # as it was then
    one.erase("new.md")
    again = joint.together([other.scope(), one.scope()], question)
    assert [hit.cube.node for hit in again.hits] == [hit.cube.node for hit in first.hits]
    one.close()


@pytest.mark.parametrize("seed", range(4))
def test_after_a_change_only_new_names_are_read_and_nothing_else_is_another(seed: int) -> None:
    one, other = two(seed)
    asked: list[str] = []

    def key(version: Version) -> str | None:
        asked.append(version.id)
        return key_of(version)

    joint = joint_of(other, one)
    joint._key = key
    question = "Did Otto Lang live in Kiel with Ada Hill?"
    joint.together([other.scope(), one.scope()], question)
    assert asked
    for shelf, text in (
        (one, "In Kiel lived Otto Lang. He met Eva Moon."),
        (other, "In Kiel was Ada Hill."),
        (one, "Nobody was there."),
    ):
        asked.clear()
        shelf.add(f"new {len(text)}.md", text)
        scopes = [other.scope(), one.scope()]
        found = joint.together(scopes, question)
        assert found == joint_of(other, one).together(scopes, question)
        # Otto Lang is known to both from now on, as is Kiel; whoever was asked of before is not again
        names = {str(v.get("name")) for shelf in (one, other) for v in _named(shelf, asked)}
        assert names <= {"Otto Lang", "Kiel", "Eva Moon"}
    assert not asked
    # what was erased is asked of again
    one.erase("new 41.md")  # the first of these
    scopes = [other.scope(), one.scope()]
    assert joint.together(scopes, question) == joint_of(other, one).together(scopes, question)
    one.close()


def _named(shelf: Bookshelf, records: list[str]) -> list[Version]:
    found = shelf.store.intervals(shelf.scope(), records)
    return [record for record in found if isinstance(record, Version)]


def test_what_is_decided_of_passages_is_told_of_the_same_ones() -> None:
    one, other = two(0)
    scopes = [other.scope(), one.scope()]
    joint = joint_of(other, one)
    parts = [joint.operators[scope.ns].index.view(scope) for scope in scopes]
    ends = (Verdict.SUPERSEDES, 0.9, (0, 3), (4, 9))
    for part in parts:
        part.__dict__["merged"] = [[0, 2]]
        part.__dict__["links"] = (Bond(1, 2, *ends),)
    view = joined(joint, scopes)
    told = [[view.node(i) for i in group] for group in view.merged]
    assert told == [[part.node(0), part.node(2)] for part in parts]
    linked = [(view.node(bond.new), view.node(bond.old)) for bond in view.links]
    assert linked == [(part.node(1), part.node(2)) for part in parts]
    for number, part in enumerate(parts):
        for i in range(part.size):
            mine = i + number * parts[0].size
            assert view.node(mine) == part.node(i)
            assert view.sentence_span(mine, 0) == part.sentence_span(i, 0)
            assert view.lengths[mine] == part.lengths[i]
    one.close()


def test_two_encoders_are_not_compared() -> None:
    one, other = two(0)
    joint = joint_of(other, one)
    mine, theirs = (joint.operators[name] for name in ("other", "shelf"))

    class Another:
        name, fingerprint, dimension = "e5", "e5-1", mine.encoder.dimension

    theirs.encoder = Another()  # type: ignore[assignment]
    with pytest.raises(Invalid, match=r"'other' is encoded by .* and 'shelf' by e5-1.* models use"):
        Joint({"shelf": theirs, "other": mine}, key_of)
    one.close()


def test_only_names_that_two_know_are_read() -> None:
    one, other = two(1)
    views = [one.index().view(one.scope()), other.index().view(other.scope())]
    known = {row.entity.decode() for row in called(views[1], shared_names(views))}
    assert known == {other.entity(name) for name in NAMES if name != "Trier"} & known
    assert other.entity("Jena") not in known
    assert shared_names(views[:1]).tolist() == []
    one.close()


LETTERS = "aAéÉ '’.-_(2Ｃß李"


@given(st.text(LETTERS, min_size=1, max_size=8), st.sampled_from([str.upper, str.title, str.strip]))
def test_names_of_one_key_share_a_folded_form(name: str, spelled: object) -> None:
    other = spelled(name)  # type: ignore[operator]
    if normalise(name) == normalise(other):
        mine, theirs = set(names_of(name)), set(names_of(other))
        assert mine & theirs or not mine or not theirs


@pytest.mark.parametrize("seed", range(2))
def test_a_namespace_beside_an_empty_one_is_as_by_itself(seed: int) -> None:
    one = crowded(seed)
    empty = Bookshelf(ns="void", store=one.store)
    joint = joint_of(one, empty)
    question = "Where did Tom Reed and Ada Hill live?"
    plain = joint.operators["shelf"].search(one.scope(), question)
    found = joint.together([one.scope(), empty.scope()], question)
    assert [hit.cube.node for hit in found.hits] == [hit.cube.node for hit in plain.hits]
    for mine, theirs in zip(found.hits, plain.hits, strict=True):
        assert mine.score == pytest.approx(theirs.score, abs=1e-12)
        assert replace(mine, score=0, parts={}, added={}, path=(), lead=None) == replace(
            theirs, score=0, parts={}, added={}, path=(), lead=None
        )
    one.close()
