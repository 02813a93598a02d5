"""RDF as facts."""

from __future__ import annotations

import pytest

from memcubes.ingest.document import ReadError
from memcubes.ingest.readers.rdf import read_rdf

TURTLE = """@prefix e: <http://e.org/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
e:ada a foaf:Person ; foaf:name "Ada Finch" ; foaf:knows [ foaf:name "Bo Chan" ] , [ e:age 7 ] .
e:mill_7 rdfs:label "Mühle"@de , "Tarn Mill"@en ; e:ownedBy e:ada ; e:note "It broke. It leaks." .
"""


def facts(text: str, form: str) -> list[tuple[str, str, str]]:
    found = read_rdf(text, "works.ttl", "works.ttl", form)
    return [] if found is None else [(c.subject, c.relation, c.object) for c in found.claims]


def test_things_go_by_their_labels_in_the_order_of_the_file() -> None:
    assert facts(TURTLE, "turtle") == [
        ("Ada Finch", "is a", "Person"),
        ("Ada Finch", "knows", "Bo Chan"),
        ("Ada Finch", "knows", "works 1"),
        ("works 1", "age", "7"),
        ("Tarn Mill", "label", "Mühle"),
        ("Tarn Mill", "owned by", "Ada Finch"),
        ("Tarn Mill", "note", "It broke. It leaks."),
    ]


def test_a_value_names_nothing() -> None:
    found = read_rdf(TURTLE, "works.ttl", "works.ttl", "turtle")
    assert found is not None
    assert {"7", "It broke. It leaks."}.isdisjoint({name.surface for name in found.names})


def test_the_other_forms() -> None:
    told = "<http://e.org/Ada_Finch> <http://e.org/worksFor> <http://e.org/P%C3%A9pin> .\n"
    assert facts(told, "nt") == [("Ada Finch", "works for", "Pépin")]
    assert facts("<http://e.org/g> {" + told + "}", "trig") == [("Ada Finch", "works for", "Pépin")]
    xml = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e.org/">'
        '<rdf:Description rdf:about="http://e.org/Ada"><e:age>7</e:age></rdf:Description></rdf:RDF>'
    )
    assert facts(xml, "xml") == [("Ada", "age", "7")]
    quoted = "@prefix e: <http://e.org/> . e:ada e:says { e:bo e:owns e:boat } ."
    assert ("bo", "owns", "boat") not in facts(quoted, "n3")


@pytest.mark.parametrize(
    ("text", "form", "told"),
    [
        ("@prefix e: <http://e.org/> .\ne:ada e:knows\n", "turtle", "line"),
        ("@prefix e: <http://e.org/> . e:a e:b " + "[" * 5000, "turtle", "nested too deep"),
        ('<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "xml", "declares entities"),
    ],
)
def test_what_is_broken_or_hostile_is_named(text: str, form: str, told: str) -> None:
    with pytest.raises(ReadError, match=told):
        read_rdf(text, "a", "a", form)
