"""The verbs as commands, a module for each panel of `memcubes --help`."""
