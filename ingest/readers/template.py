"""Prompt templates: kept word for word with their variables listed; never rendered, never run."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from ..document import Document, Entry
from .dates import parse_date
from .file import File, Reader
from .header import read_header
from .prose import language_code, person

_MOST = 200
_BRACES = re.compile(
    r"(?<![{$])\{\s*([A-Za-z_][\w.]{0,60})(?:![rsa])?(?::[^{}\n]{0,30})?\s*\}(?!\})"
)
_DOUBLE = re.compile(r"\{\{[#^/&>!]?\s*([A-Za-z_][\w.]{0,60})\s*(?:\|[^{}\n]{0,200})?\}\}")
_DOLLAR = re.compile(r"\$\{([A-Za-z_]\w{0,60})\}")
_SUFFIXES = (".prompt", ".prompty", ".jinja", ".jinja2", ".j2", ".mustache")
_FRONT = re.compile(r"---[ \t]*\r?\n(.*?)\r?\n(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL)
_LONGEST = 64_000
_LISTS = ("variables", "input_variables", "inputs")


def variables(text: str) -> tuple[str, ...]:
    """The variables of a template, in order of their names: Jinja's where it parses as such, else by looks.

    Jinja only parses it here: nothing is compiled, and no name is looked up.

    >>> variables("Dear {{ name }}, {% for day in days %}{{ day }}{% endfor %}")
    ('days', 'name')
    >>> variables("Answer {question} from ${sources}.")
    ('question', 'sources')
    """
    from jinja2 import Environment, TemplateError, meta

    found: set[str] = set()
    try:
        found |= meta.find_undeclared_variables(Environment().parse(text))
    except (TemplateError, RecursionError):
        found |= {match[1] for match in _DOUBLE.finditer(text)}
    if not found:
        found |= {match[1] for match in _BRACES.finditer(text)}
    found |= {match[1] for match in _DOLLAR.finditer(text)}
    return tuple(sorted(found)[:_MOST])


def template(
    text: str, uri: str, name: str, fields: Mapping[str, Any], listed: tuple[str, ...] = ()
) -> Document:
    """A template as a document of one entry; `listed` are variables that the file itself lists."""
    stated = fields.get("date")
    known = tuple(sorted({*listed, *variables(text)}))[:_MOST]
    detail = (("variables", list(known)),)
    return Document(
        uri,
        name,
        text,
        "text/x-prompt-template",
        language_code(fields.get("language")),
        parse_date(stated),
        person(fields.get("author")),
        entries=(Entry(0, len(text), "prompt template", subject=name, detail=detail),),
    )


def _template(file: File) -> Iterator[Document]:
    text = file.text()
    if not text.strip():
        yield file.blank
        return
    found = template_of(text, file.uri)
    assert found is not None  # it is declared by its suffix
    yield found


def template_of(text: str, uri: str, *, declared: bool = True) -> Document | None:
    """The template that a text is: by its file's suffix (`declared`), or by the variables that its YAML lists.

    >>> told = template_of("---\\nvariables: [who]\\n---\\nDear {who},", "a.md", declared=False)
    >>> told.entries[0].detail, template_of("Dear {who},", "a.md", declared=False)
    ((('variables', ['who']),), None)
    """
    matter = _matter(text, whole=uri.lower().endswith((".yaml", ".yml")))
    listed = _listed(matter)
    if not declared and not listed:
        return None
    said = {
        name: str(value) for name, value in matter.items() if not isinstance(value, list | dict)
    }
    fields = {**said, **read_header(text).fields}
    name = fields.get("title") or fields.get("name") or _stem(uri)
    return template(text, uri, name, fields, listed)


def _matter(text: str, *, whole: bool) -> dict[str, Any]:
    """What YAML says above a text (or all of a YAML file that is a template); nothing else in it is run."""
    import yaml

    from .unfolding import read_yaml

    found = _FRONT.match(text)
    body = found[1] if found is not None else text if whole else ""
    if not body or len(body) > _LONGEST:
        return {}
    try:
        made = read_yaml(body)
    except (yaml.YAMLError, ValueError, RecursionError):
        return {}
    if not isinstance(made, dict) or (found is None and not {"template", "prompt"} & made.keys()):
        return {}
    return {str(name): value for name, value in made.items()}


def _listed(matter: Mapping[str, Any]) -> tuple[str, ...]:
    inner = matter.get("input")
    schema = inner.get("schema") if isinstance(inner, Mapping) else None
    for listed in (*(matter.get(name) for name in _LISTS), schema):
        if isinstance(listed, list | Mapping):
            names = [one.get("name") if isinstance(one, Mapping) else one for one in listed]
            return tuple(name.partition("?")[0] for name in names if isinstance(name, str))
    return ()


def _stem(uri: str) -> str:
    return PurePosixPath(uri.partition("#")[0].replace("\\", "/")).stem


def template_in(value: Mapping[str, Any], uri: str) -> Document | None:
    """A template that stands in JSON under `template` or `prompt` beside a list of its variables.

    >>> found = template_in({"template": "Answer {question}.", "input_variables": ["question"]}, "a.json")
    >>> found.entries[0].detail
    (('variables', ['question']),)
    """
    text = next((value[n] for n in ("template", "prompt") if isinstance(value.get(n), str)), None)
    if text is None or not text.strip() or not any(name in value for name in _LISTS):
        return None
    said = next((value[n] for n in ("name", "title") if isinstance(value.get(n), str)), "")
    fields = {n: value[n] for n in ("date", "language", "author") if isinstance(value.get(n), str)}
    return template(text, uri, said.strip() or _stem(uri), fields, _listed(value))


TEMPLATE = Reader("template", _SUFFIXES, _template)
