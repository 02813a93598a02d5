"""How the files of tests are shared among workers that run at the same time."""

from __future__ import annotations

from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped]

TORCH = ("tests/injection/", "tests/graph/index/test_encoder_huggingface.py")
"""Files that load torch and transformers, for ten seconds of work in each worker that does."""
FIRST = (*TORCH, "tests/cypher/test_plans.py", "tests/properties/", "tests/integration/")
"""What takes longest: begun last, it would run alone at the end."""


class Scheduling(LoadFileScheduling):  # type: ignore[misc]
    """A file goes to one worker as a whole, and so do all files together that load torch."""

    def _split_scope(self, nodeid: str) -> str:
        return TORCH[0] if nodeid.startswith(TORCH) else nodeid.split("::")[0]
