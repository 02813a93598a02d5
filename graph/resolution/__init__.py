"""Resolution: which names mean the same, found by comparing two names at a time."""
