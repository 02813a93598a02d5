"""Graphs that files state: triples, and nodes with edges."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from memcubes.ingest.document import Document
from memcubes.ingest.readers import read_documents
from memcubes.ingest.readers.records import read_json
from memcubes.ingest.readers.sheet import read_csv
from memcubes.ingest.readers.triples import written

from .spans import exact, facts, lines, named

TRIPLES = [
    ("Ada Finch", "works for", "Osmeadow Plant"),
    ("Ada Finch", "knows", "Ben Stone"),
    ("Ben Stone", "lives in", "Brno"),
]


def told(document: Document) -> None:
    """Check that a document states the three facts, each in the characters of its own line."""
    exact(document)
    assert facts(document) == TRIPLES
    assert lines(document) == [" ".join(triple) for triple in TRIPLES]
    assert [entry.subject for entry in document.entries] == ["Ada Finch", "Ben Stone"]
    assert named(document)["Brno"] == ["Brno"]


@pytest.mark.parametrize("header", ["subject,predicate,object", "head,relation,tail"])
def test_triples_in_a_table(header: str) -> None:
    text = "\n".join([header, *(",".join(triple) for triple in TRIPLES)])
    [document] = read_csv(text, "facts.csv", "facts.csv")
    told(document)


def test_triples_without_a_header_in_a_file_of_that_name() -> None:
    text = "\n".join("\t".join(triple) for triple in TRIPLES)
    [document] = read_csv(text, "my_triples.tsv", "my_triples.tsv")
    told(document)


@pytest.mark.parametrize("shape", ["lists", "objects", "graph"])
def test_triples_in_json(shape: str) -> None:
    value: object = TRIPLES
    if shape == "objects":
        value = [{"subject": s, "relation": r, "object": o} for s, r, o in TRIPLES]
    if shape == "graph":
        edges = [{"source": s, "target": o, "type": r} for s, r, o in TRIPLES]
        value = {"directed": True, "nodes": [{"id": "Ada Finch"}], "links": edges}
    [document] = read_json(json.dumps(value), "facts.json", "facts.json")
    exact(document)
    assert [fact for fact in facts(document) if fact[1] != "id"] == TRIPLES


def test_edges_are_named_by_the_nodes_beside_them(tmp_path: Path) -> None:
    (tmp_path / "plant_nodes.csv").write_text(
        "id,name,type\nn1,Ada Finch,person\nn2,Osmeadow Plant,plant\nn3,Ben Stone,person\nn4,Brno,city\n",
        "utf-8",
    )
    (tmp_path / "plant_edges.csv").write_text(
        "source,target,relation\nn1,n2,works_for\nn1,n3,knows\nn3,n4,lives_in\n", "utf-8"
    )
    edges, nodes = read_documents(tmp_path)
    told(edges)
    assert [entry.subject for entry in nodes.entries][:2] == ["Ada Finch", "Osmeadow Plant"]


def test_edges_without_nodes_keep_their_ids(tmp_path: Path) -> None:
    (tmp_path / "edges.csv").write_text(":START_ID,:END_ID,:TYPE\nn1,n2,WORKS_FOR\n", "utf-8")
    outside = tmp_path / "elsewhere"
    outside.mkdir()
    (outside / "secret.csv").write_text("id,name\nn1,Secret Name\n", "utf-8")
    (tmp_path / "nodes.csv").symlink_to(outside / "secret.csv")
    [edges] = read_documents(tmp_path / "edges.csv")
    assert facts(edges) == [("n1", "works for", "n2")]  # a link to elsewhere is not followed


def test_chinese_triples() -> None:
    [document] = read_csv("主语,关系,宾语\n王小明,任职于,北京水厂\n", "三元组.csv", "三元组.csv")
    exact(document)
    assert facts(document) == [("王小明", "任职于", "北京水厂")]
    assert lines(document) == ["王小明 任职于 北京水厂"]


def test_other_tables_with_such_words_are_records() -> None:
    [document] = read_csv("from,to,price,note\nBrno,Vienna,12,ok\n", "fares.csv", "fares.csv")
    assert document.text.startswith("from: Brno\nto: Vienna\n")


def test_what_is_too_long_for_a_fact_is_text_and_whole() -> None:
    told = "It broke. " * 80
    found = written([("Mill", "abstract", told), ("Mill", "river", "Tarn")], "a.csv")
    assert found is not None
    assert found.text.startswith(f"Mill abstract: {told.strip()}\nMill river Tarn\n")
    assert [claim.object for claim in found.claims] == ["Tarn"]
