"""`python -m memcubes.api` is `memcubes`."""

from .cli import main

main()
