"""Supersession: which statements take the place of earlier ones, found by comparing two texts at a time."""
