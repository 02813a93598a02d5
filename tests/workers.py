"""How the files of tests are shared among workers that run at the same time."""

from __future__ import annotations

from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped]

TORCH = (
    "tests/injection/",
    "tests/api/test_steering.py",
    "tests/graph/index/test_encoder_huggingface.py",
)
"""Files that load torch and transformers, for ten seconds of work in each worker that does."""
SERVED = (
    "tests/properties/", "tests/integration/test_activations.py", "tests/integration/test_conflicting_edits.py", "tests/integration/test_crash.py",
    "tests/integration/test_ingest_crash.py", "tests/integration/test_lost_answer.py",
    "tests/api/graphql/test_change.py", "tests/api/graphql/test_reading.py", "tests/api/graphql/test_statements.py",
    "tests/contract/", "tests/graph/neo4j/", "tests/graph/test_prov_constraints.py", "tests/query/test_excerpt.py",
    "tests/api/test_joint_search.py", "tests/analysis/",
)  # fmt: skip
"""Files that ask the Neo4j of the run: on one worker they share one server, whose statements are planned once."""
FIRST = (*TORCH, *SERVED, "tests/cypher/test_plans.py", "tests/integration/")
"""What takes longest: begun last, it would run alone at the end."""


class Scheduling(LoadFileScheduling):  # type: ignore[misc]
    """A file goes to one worker as a whole, and so do all files together that load torch, or ask one Neo4j."""

    def _split_scope(self, nodeid: str) -> str:
        for together in (TORCH, SERVED):
            if nodeid.startswith(together):
                return together[0]
        return nodeid.split("::")[0]
