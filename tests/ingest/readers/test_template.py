"""Prompt templates: kept as they are, with their variables."""

from __future__ import annotations

from pathlib import Path

import pytest

from memcubes.ingest.document import Document
from memcubes.ingest.readers import read_documents
from memcubes.ingest.readers.template import variables

from .spans import exact


def read(path: Path, text: str) -> Document:
    path.write_text(text, "utf-8")
    [document] = read_documents(path)
    exact(document)
    return document


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("a.j2", "Dear {{ user.name }}, {% if late %}sorry{% endif %} {# no #}", ["late", "user"]),
        (
            "a.prompt",
            "---\nmodel: x\ninput:\n  schema:\n    city: string\n---\nIs {city} big?",
            ["city"],
        ),
        (
            "a.prompty",
            "---\ninputs:\n  question:\n    type: string\n---\n{{question}}",
            ["question"],
        ),
        ("a.mustache", "{{#items}}{{name}}{{/items}}", ["items", "name"]),
        (
            "a.md",
            "---\ntitle: Ask\nvariables: [who, what]\n---\nTell {who} {what}.",
            ["what", "who"],
        ),
        ("a.yaml", "template: Answer {question}.\ninput_variables: [question]\n", ["question"]),
        ("a.json", '{"template": "Answer {q}.", "input_variables": ["q"]}', ["q"]),
        ("问.prompt", "请回答:{{ 问题 }}", ["问题"]),
        ("a.prompt", "Nothing varies.", []),
    ],
)
def test_templates(tmp_path: Path, name: str, text: str, found: list[str]) -> None:
    document = read(tmp_path / name, text)
    assert document.semantic_type == "prompt template"
    [entry] = document.entries
    assert dict(entry.detail) == {"variables": found}
    assert document.text == ("Answer {q}." if name == "a.json" else text)


def test_nothing_is_run(tmp_path: Path) -> None:
    text = (
        "{{ cycler.__init__.__globals__.os.system('touch ran') }}{% include '/etc/passwd' %}"
        "{% for x in range(10**12) %}{{ x }}{% endfor %}"
    )
    document = read(tmp_path / "evil.j2", text)
    assert document.text == text
    assert not (tmp_path / "ran").exists()
    bomb = "---\na: &a [x, x]\nb: &b [*a, *a]\nvariables: !!python/object/apply:os.system ['touch ran']\n---\nx"
    assert read(tmp_path / "evil.md", bomb).semantic_type == "document"


def test_other_texts_are_no_templates(tmp_path: Path) -> None:
    assert read(tmp_path / "a.md", "Dear {{ name }}").semantic_type == "document"
    assert read(tmp_path / "a.yaml", "name: x\nversion: 1\n").semantic_type == "document"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("{% set x = 1 %}{{ x }} {{ y }}", ("y",)),
        ("{{ broken", ()),
        ("{{ open }} {% if %}", ("open",)),
        ('{{"a": 1}} {a} {b!r} {c:>3}', ("a", "b", "c")),
        ("{{" * 5000, ()),
    ],
)
def test_variables(text: str, found: tuple[str, ...]) -> None:
    assert variables(text) == found
