"""The examples run: those in docstrings, and the command lines that the README gives."""

import doctest
import importlib
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
FOLDERS = ["api", "cypher", "graph", "ingest", "injection", "query"]
MODULES = sorted(
    ".".join(["memcubes", *path.relative_to(ROOT).with_suffix("").parts]).removesuffix(".__init__")
    for folder in FOLDERS
    for path in (ROOT / folder).rglob("*.py")
    if path.name != "__main__.py"
)
BLOCK = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`((?:memcubes|make) [^`\n]+)`")


@pytest.mark.parametrize("name", MODULES)
def test_docstring_examples(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def command_lines(text: str) -> Iterator[list[str]]:
    """Each call of memcubes or make that a Markdown text shows to be typed."""
    lines = INLINE.findall(text)
    for language, block in BLOCK.findall(text):
        typed = block.replace("\\\n", " ").splitlines()
        prompted = [line[2:] for line in typed if line.startswith("$ ")]
        lines += prompted or (typed if language in {"sh", "bash", "shell"} else [])
    for line in lines:
        lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
        lexer.whitespace_split = True
        call: list[str] = []
        for word in [*lexer, ";"]:
            if not set(word) <= set(";&|<>()"):
                call.append(word)
                continue
            while call and re.match(r"[A-Z_]+=", call[0]):
                del call[0]
            if call and call[0].rpartition("/")[2] in {"memcubes", "make"}:
                yield [call[0].rpartition("/")[2], *call[1:]]
            call = []


def test_reading_command_lines() -> None:
    text = """`make demo` and `memcubes ask "who?"`
```sh
MODELS=none make demo && make test  # both
.venv/bin/memcubes --db x.db \\
    search "a; b" | less
pip install memcubes
```
```console
$ memcubes log > out
memcubes printed this
```
```python
memcubes verify
```
"""
    assert list(command_lines(text)) == [
        ["make", "demo"],
        ["memcubes", "ask", "who?"],
        ["make", "demo"],
        ["make", "test"],
        ["memcubes", "--db", "x.db", "search", "a; b"],
        ["memcubes", "log"],
    ]


def refused(command: Any, words: list[str]) -> str | None:
    """The first word that a command (of Typer) does not know, groups descended into."""
    rest = iter(words)
    options = {"--help": True}
    while True:
        for option in command.params:
            if option.param_type_name == "option":
                flag = bool(option.is_flag or option.count)
                options |= dict.fromkeys([*option.opts, *option.secondary_opts], flag)
        subcommands = getattr(command, "commands", {})
        for word in rest:
            if word.startswith("-") and word.strip("-"):
                name, given, _ = word.partition("=")
                if name not in options:
                    return word
                if not options[name] and not given:
                    next(rest, None)
            elif subcommands:
                if word not in subcommands:
                    return word
                command = subcommands[word]
                break
        else:
            return None


def test_refused_words() -> None:
    import typer
    from typer.main import get_command

    app, models = typer.Typer(), typer.Typer()

    @app.callback()
    def root(db: str = "") -> None: ...

    @app.command()
    def ask(question: str, limit: int = 3, json: bool = False) -> None: ...

    @models.command()
    def install() -> None: ...

    @models.command("list")
    def listed() -> None: ...

    app.add_typer(models, name="models")
    command = get_command(app)
    assert refused(command, ["--db", "ask", "ask", "who?", "--json"]) is None
    assert refused(command, ["ask", "--limit", "3", "who?", "--jsn"]) == "--jsn"
    assert refused(command, ["aks", "who?"]) == "aks"
    assert refused(command, ["models", "install"]) is None
    assert refused(command, ["models", "instal"]) == "instal"


PAGES = ["README.md", *sorted(str(p.relative_to(ROOT)) for p in ROOT.glob("docs/*.md"))]


@pytest.mark.parametrize("page", PAGES)
def test_commands_of_the_pages_exist(page: str) -> None:
    from typer.main import get_command

    cli = get_command(importlib.import_module("memcubes.api.cli").app)
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = {
        target
        for line in re.findall(r"^\.PHONY:(.*)", makefile, re.MULTILINE)
        for target in line.split()
    }
    wrong = []
    for program, *words in command_lines((ROOT / page).read_text("utf-8")):
        if program == "memcubes":
            word = refused(cli, words)
        else:
            goals = (w for w in words if "=" not in w and not w.startswith("-"))
            word = next((w for w in goals if w not in targets), None)
        if word:
            wrong.append(f"{program} {shlex.join(words)}: {word}")
    assert wrong == []
