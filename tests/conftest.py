"""What holds for every test."""

import os
from pathlib import Path

# Hypothesis keeps its examples with the other build products.
os.environ.setdefault(
    "HYPOTHESIS_STORAGE_DIRECTORY",
    str(Path(__file__).parents[1] / "build" / "hypothesis"),
)
