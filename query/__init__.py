"""A question in, cubes and reasons out: seeds, the walk, and evidence (MemOS's MemOperator)."""
